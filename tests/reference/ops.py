"""Outputs and gradients of PyTorch for the operations of src/ops.

    python -m venv /tmp/torch && /tmp/torch/bin/pip install torch==2.15.0
    /tmp/torch/bin/python tests/reference/ops.py > tests/reference/ops.json

Arrays are channels-last and flattened, as the library stores them; `dy` is the
gradient of the output, and the gradients are those of `sum(y * dy)`.
"""

import json

import torch
import torch.nn.functional as F

torch.manual_seed(20261122)


def last(t):
    """NCHW to NHWC."""
    return t.permute(0, 2, 3, 1) if t.dim() == 4 else t


def numbers(t):
    return [float(f"{v:.9g}") for v in t.detach().contiguous().flatten().tolist()]


def finish(case, x, params, y):
    dy = torch.randn_like(y)
    gradients = torch.autograd.grad((y * dy).sum(), [x, *params.values()])
    case |= {"n": x.shape[0], "input": list(last(x).shape[1:]), "x": numbers(last(x))}
    case |= {"y": numbers(last(y)), "dy": numbers(last(dy)), "dx": numbers(last(gradients[0]))}
    for (name, value), gradient in zip(params.items(), gradients[1:]):
        # Kernels [c_out, c_in, kh, kw] become [kh, kw, c_in, c_out].
        order = (2, 3, 1, 0) if value.dim() == 4 else (0,)
        case[name] = numbers(value.permute(order))
        case["d" + name] = numbers(gradient.permute(order))
    return case


def conv(n, h, w, c_in, c_out, size, stride, pad, padding, relu):
    """`pad`: zeros (left, right, top, bottom), written out for "same"."""
    x = torch.randn(n, c_in, h, w, requires_grad=True)
    kernel = torch.randn(c_out, c_in, *size, requires_grad=True)
    bias = torch.randn(c_out, requires_grad=True)
    y = F.conv2d(F.pad(x, pad), kernel, bias, stride=stride)
    y = F.relu(y) if relu else y
    case = {"op": "conv2d", "size": size, "stride": stride, "padding": padding, "relu": relu}
    return finish(case | {"filters": c_out}, x, {"kernel": kernel, "bias": bias}, y)


def pool(op, n, h, w, c, size, stride, levels=None):
    x = torch.randn(n, c, h, w)
    if levels:
        x = torch.randint(levels, x.shape).float()
    x.requires_grad_()
    y = (F.max_pool2d if op == "max_pool2d" else F.avg_pool2d)(x, size, stride)
    return finish({"op": op, "size": size, "stride": stride}, x, {}, y)


def batch_norm(n, h, w, c):
    x = (torch.randn(n, c, h, w) * 2 + 1).requires_grad_()
    gamma = torch.randn(c, requires_grad=True)
    beta = torch.randn(c, requires_grad=True)
    y = F.batch_norm(x, None, None, gamma, beta, training=True, eps=1e-3)
    return finish({"op": "batch_norm"}, x, {"gamma": gamma, "beta": beta}, y)


def conv_relu_pool(n, h, w, c_in, c_out, size):
    x = torch.randn(n, c_in, h, w, requires_grad=True)
    kernel = torch.randn(c_out, c_in, size, size, requires_grad=True)
    bias = torch.randn(c_out, requires_grad=True)
    y = F.max_pool2d(F.relu(F.conv2d(x, kernel, bias)), 2)
    case = {"op": "conv_relu_pool", "size": [size, size], "filters": c_out}
    return finish(case, x, {"kernel": kernel, "bias": bias}, y)


def gates(t):
    """PyTorch's gates r, z, n in Keras's order z, r, n; weights as [in, 3 units]."""
    r, z, n = t.chunk(3)
    return torch.cat([z, r, n]).transpose(0, -1)


def gru(n, steps, inputs, units, sequences, both):
    layer = torch.nn.GRU(inputs, units, batch_first=True, bidirectional=both)
    for p in layer.parameters():
        torch.nn.init.normal_(p, std=0.5)
    x = torch.randn(n, steps, inputs, requires_grad=True)
    out, last = layer(x)
    y = out if sequences else last.transpose(0, 1).reshape(n, -1)
    dy = torch.randn_like(y)
    named = dict(layer.named_parameters())
    gradients = torch.autograd.grad((y * dy).sum(), [x, *named.values()])
    case = {"op": "gru", "both": both, "sequences": sequences, "units": units, "n": n}
    case |= {"input": [steps, inputs], "x": numbers(x), "y": numbers(y), "dy": numbers(dy)}
    case["dx"] = numbers(gradients[0])
    for prefix, values in (("", named), ("d", dict(zip(named, gradients[1:])))):
        for name, side in (("forward", ""), ("backward", "_reverse"))[: 1 + both]:
            part = lambda kind: gates(values[f"{kind}_l0{side}"])
            case[f"{prefix}{name}_kernel"] = numbers(part("weight_ih"))
            case[f"{prefix}{name}_recurrent_kernel"] = numbers(part("weight_hh"))
            case[f"{prefix}{name}_bias"] = numbers(torch.stack([part("bias_ih"), part("bias_hh")]))
    return case


cases = [
    conv(2, 5, 6, 2, 3, [3, 3], [1, 1], (0, 0, 0, 0), "Valid", False),
    conv(2, 6, 5, 3, 4, [3, 3], [1, 1], (1, 1, 1, 1), "Same", True),
    conv(1, 7, 8, 2, 2, [2, 4], [2, 3], (0, 0, 0, 0), "Valid", False),
    # 6 rows, kernel 3, stride 2: 3 outputs, one zero, at the end as in Keras.
    conv(2, 6, 6, 1, 2, [3, 3], [2, 2], (0, 1, 0, 1), "Same", False),
    pool("max_pool2d", 2, 6, 4, 2, [2, 2], [2, 2]),
    pool("max_pool2d", 2, 5, 7, 2, [2, 2], [2, 2], levels=3),
    pool("max_pool2d", 1, 7, 7, 3, [3, 3], [2, 2], levels=4),
    pool("avg_pool2d", 2, 5, 7, 2, [2, 2], [2, 2]),
    pool("avg_pool2d", 1, 6, 6, 2, [3, 3], [1, 1]),
    batch_norm(4, 3, 3, 3),
    conv_relu_pool(2, 7, 6, 1, 5, 3),
    conv_relu_pool(1, 6, 8, 3, 17, 3),
    gru(2, 4, 3, 5, True, False),
    gru(3, 3, 4, 2, False, False),
    gru(2, 5, 3, 4, True, True),
    gru(2, 3, 6, 3, False, True),
]
print(json.dumps({"torch": torch.__version__, "cases": cases}).replace('{"op"', '\n{"op"'))
