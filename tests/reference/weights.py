"""Weights of small networks of PyTorch and of Keras, and what these answer.

    python -m venv /tmp/venv && /tmp/venv/bin/pip install torch==2.15.0 numpy safetensors
    /tmp/venv/bin/python tests/reference/weights.py pytorch
    /tmp/venv/bin/pip install keras==3.15.1
    KERAS_BACKEND=numpy /tmp/venv/bin/python tests/reference/weights.py keras

For each framework two files of weights, of a network of images and of one of
sequences, and a JSON file of inputs (channels-last, flattened) and outputs.
"""

import json
import pathlib
import sys

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
random = np.random.default_rng(20261126)
IMAGES = random.normal(size=(4, 6, 7, 2)).astype("f4")
SEQUENCES = random.normal(size=(4, 5, 3)).astype("f4")


def numbers(values):
    return [float(f"{v:.9g}") for v in np.asarray(values).flatten()]


def write(framework, answers):
    inputs = {"images": IMAGES, "sequences": SEQUENCES}
    cases = {name: {"x": numbers(inputs[name]), "y": numbers(y)} for name, y in answers.items()}
    (HERE / f"weights_{framework}.json").write_text(json.dumps(cases) + "\n")


def pytorch():
    import torch
    from safetensors.torch import save_file
    from torch import nn

    torch.manual_seed(20261126)

    class Images(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1 = nn.Conv2d(2, 3, 3, padding=1)
            self.bn1 = nn.BatchNorm2d(3)
            self.conv2 = nn.Conv2d(3, 4, (2, 3), bias=False)
            self.bn2 = nn.BatchNorm1d(16)
            self.fc1 = nn.Linear(16, 5)
            self.fc2 = nn.Linear(5, 3)

        def forward(self, x):
            x = torch.relu(self.bn1(self.conv1(x)))
            x = torch.max_pool2d(x, (2, 1))
            x = torch.relu(self.conv2(x))
            x = torch.max_pool2d(x, (1, 2), (1, 2))
            x = torch.flatten(x, 1)
            x = torch.tanh(self.fc1(self.bn2(x)))
            return torch.softmax(self.fc2(x), 1)

    class Sequences(nn.Module):
        def __init__(self):
            super().__init__()
            self.both = nn.GRU(3, 4, batch_first=True, bidirectional=True)
            self.last = nn.GRU(8, 3, batch_first=True)
            self.fc = nn.Linear(3, 2)

        def forward(self, x):
            x, _ = self.last(self.both(x)[0])
            return torch.softmax(self.fc(x[:, -1]), 1)

    answers = {}
    channels_first = torch.from_numpy(IMAGES).permute(0, 3, 1, 2).contiguous()
    inputs = {"images": channels_first, "sequences": torch.from_numpy(SEQUENCES)}
    for name, network in [("images", Images()), ("sequences", Sequences())]:
        for key, value in network.state_dict().items():
            if value.is_floating_point():
                value.normal_(0, 0.6)
                if key.endswith("running_var"):
                    value.abs_().add_(0.3)
        network.eval()
        with torch.no_grad():
            answers[name] = network(inputs[name]).numpy()
        save_file(network.state_dict(), HERE / f"pytorch_{name}.safetensors")
    write("pytorch", answers)


def keras():
    import keras
    from keras import layers
    from safetensors.numpy import save_file

    keras.utils.set_random_seed(20261126)
    images = keras.Sequential([
        keras.Input((6, 7, 2)),
        layers.Conv2D(3, 3, strides=(1, 2), padding="same", activation="relu"),
        layers.BatchNormalization(),
        layers.Conv2D(4, (2, 3), use_bias=False, activation="relu"),
        layers.AveragePooling2D((2, 1)),
        layers.Flatten(),
        layers.BatchNormalization(epsilon=1e-5),
        layers.Dense(5, activation="tanh", name="C3"),
        layers.Dense(3, activation="softmax"),
    ])
    sequences = keras.Sequential([
        keras.Input((5, 3)),
        layers.Bidirectional(layers.GRU(4, return_sequences=True)),
        layers.GRU(3),
        layers.Dense(2, activation="softmax"),
    ])
    answers = {}
    inputs = {"images": IMAGES, "sequences": SEQUENCES}
    for name, network in [("images", images), ("sequences", sequences)]:
        for variable in network.weights:
            values = random.normal(size=variable.shape) * 0.6
            if variable.path.endswith("moving_variance"):
                values = np.abs(values) + 0.3
            variable.assign(values.astype("f4"))
        answers[name] = network.predict(inputs[name], verbose=0)
        weights = {variable.path: np.asarray(variable) for variable in network.weights}
        save_file(weights, HERE / f"keras_{name}.safetensors")
    write("keras", answers)


{"pytorch": pytorch, "keras": keras}[sys.argv[1]]()
