"""One peer (keras or torch) as a process that answers measures.

A request is a line of JSON, {"do": "build" | "fit" | "test" | "predict", ...};
so is the answer. The networks are those of benches/models.rs.
"""

import json
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
import data

DENSE = {"dense-784": [784], "dense-128-64": [128, 64]}


class Keras:
    def __init__(self):
        os.environ["KERAS_BACKEND"] = "tensorflow"
        import keras

        self.keras = keras

    def build(self, name, seed):
        keras, layers = self.keras, self.keras.layers
        keras.utils.set_random_seed(seed)

        def conv(filters, size, padding="valid"):
            return layers.Conv2D(filters, size, padding=padding, activation="relu")

        def dense(units):
            return layers.Dense(units, activation="relu")

        stack = [keras.Input((784,) if name in DENSE else (28, 28, 1))]
        if name in DENSE:
            stack += [dense(units) for units in DENSE[name]]
        elif name == "cnn":
            stack += [conv(32, 3), layers.MaxPooling2D(2), conv(64, 3), layers.MaxPooling2D(2)]
            stack += [layers.Flatten(), dense(128)]
        elif name == "lenet":
            stack += [conv(6, 5, "same"), layers.MaxPooling2D(2), conv(16, 5), layers.MaxPooling2D(2)]
            stack += [layers.Flatten(), dense(200), dense(84)]
        else:
            for filters in [32, 64, 128]:
                for _ in range(2):
                    stack += [conv(filters, 3, "same"), layers.BatchNormalization()]
                stack += [layers.MaxPooling2D(2), layers.Dropout(0.3)]
            if name == "gru":
                stack.append(layers.Reshape((3, 384)))
                stack.append(layers.Bidirectional(layers.GRU(512, return_sequences=True)))
                stack.append(layers.Bidirectional(layers.GRU(256)))
            else:
                stack += [layers.Flatten(), dense(512), layers.Dropout(0.25)]
                stack += [dense(512), layers.Dropout(0.5), layers.BatchNormalization()]
        stack.append(layers.Dense(10, activation="softmax"))
        self.model = keras.Sequential(stack)
        self.model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        self.shape = (-1, 784) if name in DENSE else (-1, 28, 28, 1)

    def fit(self, x, y, batch):
        self.model.fit(x.reshape(self.shape), y, batch_size=batch, epochs=1, verbose=0)

    def predict(self, x, batch=256):
        return self.model.predict(x.reshape(self.shape), batch_size=batch, verbose=0).argmax(1)


class Torch:
    def __init__(self):
        import torch

        self.torch = torch

    def build(self, name, seed):
        nn = self.torch.nn
        self.torch.manual_seed(seed)

        def conv(c_in, c_out, size, padding=0):
            return [nn.Conv2d(c_in, c_out, size, padding=padding), nn.ReLU()]

        def dense(widths):
            pairs = zip(widths, widths[1:])
            return [layer for a, b in pairs for layer in (nn.Linear(a, b), nn.ReLU())]

        pool = [nn.MaxPool2d(2)]
        if name in DENSE:
            widths = [784, *DENSE[name]]
            stack = dense(widths) + [nn.Linear(widths[-1], 10)]
        elif name == "cnn":
            stack = conv(1, 32, 3) + pool + conv(32, 64, 3) + pool
            stack += [nn.Flatten(), *dense([1600, 128]), nn.Linear(128, 10)]
        elif name == "lenet":
            stack = conv(1, 6, 5, 2) + pool + conv(6, 16, 5) + pool
            stack += [nn.Flatten(), *dense([400, 200, 84]), nn.Linear(84, 10)]
        else:
            stack, c_in = [], 1
            for filters in [32, 64, 128]:
                for _ in range(2):
                    stack += conv(c_in, filters, 3, 1) + [nn.BatchNorm2d(filters)]
                    c_in = filters
                stack += pool + [nn.Dropout(0.3)]
            if name == "gru":
                stack += [self.recurrent(), nn.Linear(512, 10)]
            else:
                stack += [nn.Flatten(), *dense([1152, 512]), nn.Dropout(0.25), *dense([512, 512])]
                stack += [nn.Dropout(0.5), nn.BatchNorm1d(512), nn.Linear(512, 10)]
        self.model = nn.Sequential(*stack)
        self.optimizer = self.torch.optim.Adam(self.model.parameters())
        self.shape = (-1, 784) if name in DENSE else (-1, 1, 28, 28)

    def recurrent(self):
        """The rows of an image as a sequence, read from both ends by two layers."""
        nn, torch = self.torch.nn, self.torch

        class Recurrent(nn.Module):
            def __init__(self):
                super().__init__()
                self.first = nn.GRU(384, 512, batch_first=True, bidirectional=True)
                self.second = nn.GRU(1024, 256, batch_first=True, bidirectional=True)

            def forward(self, x):
                sequence = x.permute(0, 2, 3, 1).reshape(len(x), 3, 384)
                _, last = self.second(self.first(sequence)[0])
                return torch.cat([last[0], last[1]], 1)

        return Recurrent()

    def fit(self, x, y, batch):
        torch, functional = self.torch, self.torch.nn.functional
        x, y = torch.from_numpy(x).reshape(self.shape), torch.from_numpy(y)
        self.model.train()
        loss_sum, correct = torch.zeros(()), torch.zeros((), dtype=torch.int64)
        for rows in torch.randperm(len(x)).split(batch):
            xb, yb = x[rows], y[rows]
            logits = self.model(xb)
            loss = functional.cross_entropy(logits, yb)
            self.optimizer.zero_grad(set_to_none=True)
            loss.backward()
            self.optimizer.step()
            loss_sum += loss.detach() * len(rows)
            correct += (logits.argmax(1) == yb).sum()
        return float(loss_sum), int(correct)

    def predict(self, x, batch=256):
        torch = self.torch
        self.model.eval()
        with torch.no_grad():
            parts = torch.from_numpy(x).reshape(self.shape).split(batch)
            return torch.cat([self.model(part).argmax(1) for part in parts]).numpy()


def main():
    peer = {"keras": Keras, "torch": Torch}[sys.argv[1]]()
    (x, y), (x_test, y_test) = data.load("train"), data.load("t10k")
    for line in sys.stdin:
        ask = json.loads(line)
        start = time.perf_counter()
        answer = {}
        if ask["do"] == "build":
            peer.build(ask["model"], ask["seed"])
            peer.fit(x[: 2 * ask["batch"]], y[: 2 * ask["batch"]], ask["batch"])
            peer.predict(x[:256])
        elif ask["do"] == "fit":
            peer.fit(x[: ask["images"]], y[: ask["images"]], ask["batch"])
        elif ask["do"] == "predict":
            peer.predict(x_test)
        else:
            answer["accuracy"] = float((peer.predict(x_test) == y_test).mean())
        answer["seconds"] = time.perf_counter() - start
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
