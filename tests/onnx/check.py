"""Judges ONNX files with onnx.checker and runs them with onnxruntime.

    check.py FOLDER

FOLDER/cases.json lists the networks: `name`, the shapes `input` and `output` of all
samples, and the names of the `layers`. Beside NAME.onnx stand NAME.x and NAME.y,
inputs and the library's outputs, f32. Prints a line of JSON for each network.
"""

import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime

folder = pathlib.Path(sys.argv[1])


def judge(name, input, output, layers):
    path = folder / f"{name}.onnx"
    model = onnx.load(path)
    # The shapes that the file tells must be those that follow from its nodes.
    onnx.checker.check_model(model, full_check=True)
    onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    told = {tensor.name for tensor in [*model.graph.value_info, *model.graph.output]}
    nodes = {node.name for node in model.graph.node}
    unnamed = [layer for layer in layers if layer not in nodes or layer not in told]
    batch = model.graph.input[0].type.tensor_type.shape.dim[0]
    free = batch.HasField("dim_param") and not batch.HasField("dim_value")
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    x = np.fromfile(folder / f"{name}.x", "<f4").reshape(input)
    y = np.fromfile(folder / f"{name}.y", "<f4").reshape(output)
    given = session.get_inputs()[0].name
    assert session.get_outputs()[0].name == layers[-1]

    def worst(n):
        return float(np.abs(session.run(None, {given: x[:n]})[0] - y[:n]).max())

    return {
        "name": name,
        "worst": max(worst(n) for n in [1, 3, len(x)]),
        "spread": float(y.reshape(len(y), -1).std(axis=0).max()),
        "unnamed": unnamed,
        "free": free,
    }


for case in json.loads((folder / "cases.json").read_text()):
    print(json.dumps(judge(**case)))
