"""Compares what docs/keras.md says of Keras's defaults with Keras.

    python -m venv VENV && VENV/bin/pip install keras==3.15.1 numpy scipy jax
    KERAS_BACKEND=numpy VENV/bin/python benches/peers/defaults.py

(The environment of `cargo tp bench`, .tp/peers, does as well.) Each row
`layers.Dense.kernel_initializer` of the page's table is looked up in the signature of
`keras.layers.Dense`; a row that is not so is printed, and the script fails.
"""

import inspect
import pathlib
import re
import sys

import keras

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/keras.md"
ROW = re.compile(r"^\| `((?:layers|optimizers|callbacks|Model)\.[\w.]+)` \| `([^`]*)`")

rows = [match.groups() for line in PAGE.read_text().splitlines() if (match := ROW.match(line))]
wrong = 0
for name, told in rows:
    *path, parameter = name.split(".")
    call = keras
    for word in path:
        call = getattr(call, word)
    default = inspect.signature(call).parameters[parameter].default
    if str(default) != told:
        wrong += 1
        print(f"{name}: the page says {told}, Keras {keras.__version__} has {default}")
print(f"{len(rows)} defaults compared with Keras {keras.__version__}, {wrong} wrong")
sys.exit(1 if wrong or not rows else 0)
