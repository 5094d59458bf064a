"""Times the cells of one kernel, for `cargo tp latence`.

Arguments: kernel name, the kernel's working folder, how often each kind of cell
is run. One JSON object on standard output: {"start": seconds from the kernel's
start to the end of a first `let`, "cells": {kind: [seconds, …]}, "memory": MB
held by the idle kernel and its processes, or null where the system does not tell}.
"""

import json
import os
import subprocess
import sys
import time

from jupyter_client.manager import KernelManager

CELLS = {
    "trivial": "{i} + 1",
    "typed": "let v{i}: u32 = {i};",
    "tensor": "let t{i} = Tensor::rand(0f32, 1.0, ({i}, 3), &Device::Cpu)?; t{i}.sum_all()?",
}


def execute(client, code):
    begin = time.monotonic()
    reply = client.execute_interactive(
        code, allow_stdin=False, output_hook=lambda message: None, timeout=600
    )
    seconds = time.monotonic() - begin
    if reply["content"]["status"] != "ok":
        sys.exit(f"{code} : {reply['content']}")
    return seconds


def processes(root):
    """The process and all that it started."""
    children = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat") as stat:
                parent = int(stat.read().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(name))
    found, todo = [], [root]
    while todo:
        found.append(todo.pop())
        todo.extend(children.get(found[-1], []))
    return found


def megabytes(root):
    """What these processes hold, what they share with others counted in parts."""
    if not os.path.exists("/proc/self/smaps_rollup"):
        return None
    total = 0
    for process in processes(root):
        try:
            with open(f"/proc/{process}/smaps_rollup") as rollup:
                total += sum(int(line.split()[1]) for line in rollup if line.startswith("Pss:"))
        except OSError:
            continue
    return total / 1000


def main(kernel, folder, turns):
    manager = KernelManager(kernel_name=kernel)
    begin = time.monotonic()
    # Standard output is ours.
    manager.start_kernel(cwd=folder, stdout=subprocess.DEVNULL)
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=1800)
        execute(client, "let x: u32 = 1;")
        answer = {"start": time.monotonic() - begin}
        answer["memory"] = megabytes(manager.provisioner.pid)
        # The first cell of a kernel is compiled by cargo in any case.
        execute(client, "use mnist_tp::prelude::*;")
        cells = {kind: [] for kind in CELLS}
        for turn in range(1, turns + 1):
            for kind, code in CELLS.items():
                cells[kind].append(execute(client, code.replace("{i}", str(turn))))
        print(json.dumps(answer | {"cells": cells}))
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
