"""Executes one notebook through nbclient, for `cargo tp run` and `cargo tp check`.

Arguments: notebook, executed copy to write, the kernel's working folder, kernel
name, timeout of a cell in seconds (0: none), and what a timeout does: "stop"
the whole, or "interrupt" the cell. One JSON line a code cell on standard
output: {"index", "seconds", "outputs"} or, when there is no answer, {"index",
"seconds", "failure"}. The reader answers each line by "go" or "stop".
"""

import ctypes
import json
import os
import secrets
import sys
import time

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError


# What nbclient takes for the reply of a cell that it interrupted.
TOO_LONG = {
    "ename": "Délai",
    "evalue": "la cellule n'a pas fini à temps (--timeout)",
    "traceback": [],
}


def closed():
    """The standard output, for this process alone: neither the kernel, which would
    inherit it, nor a cell that looks at other processes can write to it."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    if sys.platform == "linux":
        PR_SET_DUMPABLE = 4
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    return answers


def tell(**message):
    print(json.dumps(message), file=ANSWERS, flush=True)


def main(source, target, folder, kernel, timeout, on_timeout):
    notebook = nbformat.read(source, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
            cell.execution_count = None
    client = NotebookClient(
        notebook,
        kernel_name=kernel,
        timeout=int(timeout) or None,
        # The first start may compile the library.
        startup_timeout=1800,
        allow_errors=True,
        record_timing=False,
        interrupt_on_timeout=on_timeout == "interrupt",
        error_on_timeout=TOO_LONG,
        # A test cell that a tag makes nbclient skip would give all its points;
        # no student can guess this one.
        skip_cells_with_tag=secrets.token_hex(),
        # A kernel gets the notebook's folder as its own, as in JupyterLab.
        resources={"metadata": {"path": folder}},
    )
    try:
        with client.setup_kernel():
            run(client, notebook)
    finally:
        os.makedirs(os.path.dirname(os.path.abspath(target)), exist_ok=True)
        draft = f"{target}.{os.getpid()}"
        nbformat.write(notebook, draft)
        os.replace(draft, target)


def run(client, notebook):
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        start = time.monotonic()
        answer = {}
        try:
            client.execute_cell(cell, index)
            answer["outputs"] = cell.outputs
            if time.monotonic() - start > (client.timeout or float("inf")):
                answer["outputs"].append(nbformat.v4.new_output("error", **TOO_LONG))
        except CellTimeoutError:
            answer["failure"] = "timeout"
        except DeadKernelError:
            answer["failure"] = "dead"
        tell(index=index, seconds=time.monotonic() - start, **answer)
        if "failure" in answer or sys.stdin.readline().strip() != "go":
            return


if __name__ == "__main__":
    ANSWERS = closed()
    main(*sys.argv[1:])
