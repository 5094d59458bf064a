"""Times kernels, for `cargo tp latence`; one JSON object on standard output.

    latency.py KERNEL FOLDER cells TURNS

One kernel, working in FOLDER, runs each kind of cell TURNS times: {"start": seconds from
its start to the end of a first `let`, "cells": {kind: [seconds, …]}, "memory": MB held by
the idle kernel and its processes, or null where the system does not tell}.

    latency.py KERNEL FOLDER room COUNT

COUNT kernels start within a minute, and stay: {"starts": [seconds from each one's start to
the end of its first cell], "memory": [MB of each, once all are idle, or null]}.
"""

import json
import os
import subprocess
import sys
import threading
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


class Kernel:
    """A kernel whose first cell has run."""

    def __init__(self, name, folder):
        self.manager = KernelManager(kernel_name=name)
        begin = time.monotonic()
        # Standard output is ours.
        self.manager.start_kernel(cwd=folder, stdout=subprocess.DEVNULL)
        self.client = self.manager.client()
        self.client.start_channels()
        try:
            self.client.wait_for_ready(timeout=1800)
            execute(self.client, "let x: u32 = 1;")
        except BaseException:
            self.end()
            raise
        self.start = time.monotonic() - begin

    def memory(self):
        return megabytes(self.manager.provisioner.pid)

    def end(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


def measure_cells(name, folder, turns):
    kernel = Kernel(name, folder)
    try:
        answer = {"start": kernel.start, "memory": kernel.memory()}
        # The first cell of a kernel is compiled by cargo in any case.
        execute(kernel.client, "use mnist_tp::prelude::*;")
        cells = {kind: [] for kind in CELLS}
        for turn in range(1, turns + 1):
            for kind, code in CELLS.items():
                cells[kind].append(execute(kernel.client, code.replace("{i}", str(turn))))
        return answer | {"cells": cells}
    finally:
        kernel.end()


def measure_room(name, folder, count):
    kernels = []
    students = [threading.Thread(target=lambda: kernels.append(Kernel(name, folder))) for _ in range(count)]
    try:
        for number, student in enumerate(students):
            time.sleep(60 / count if number else 0)
            student.start()
        for student in students:
            student.join()
        if len(kernels) < count:
            sys.exit(f"{count - len(kernels)} noyaux sur {count} n'ont pas répondu")
        return {"starts": [kernel.start for kernel in kernels], "memory": [kernel.memory() for kernel in kernels]}
    finally:
        for kernel in kernels:
            kernel.end()


if __name__ == "__main__":
    measure = {"cells": measure_cells, "room": measure_room}[sys.argv[3]]
    print(json.dumps(measure(sys.argv[1], sys.argv[2], int(sys.argv[4]))))
