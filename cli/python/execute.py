"""Executes one notebook through nbclient, for `cargo tp run`.

Arguments: notebook, executed copy to write, kernel name, timeout of a cell in
seconds (0: none). One JSON line a code cell on standard
output: {"index", "seconds", "outputs"} or, when there is no answer, {"index",
"seconds", "failure"}. The reader answers each line by "go" or "stop".
"""

import json
import os
import sys
import time

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError


def tell(**message):
    print(json.dumps(message), flush=True)


def main(source, target, kernel, timeout):
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
        # A kernel gets the notebook's folder as its own, as in JupyterLab.
        resources={"metadata": {"path": os.path.dirname(os.path.abspath(source))}},
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
        except CellTimeoutError:
            answer["failure"] = "timeout"
        except DeadKernelError:
            answer["failure"] = "dead"
        tell(index=index, seconds=time.monotonic() - start, **answer)
        if "failure" in answer or sys.stdin.readline().strip() != "go":
            return


if __name__ == "__main__":
    main(*sys.argv[1:])
