"""What the front costs: time of a trivial cell, memory.

With evcxr behind, a trivial cell takes 200 ms of compiler, of which 10 more or less from
one to the next, and `tp latence` measures it. What is measured here is what the front adds
to a stand-in that answers at once and, as the outlet of a loaded library, tells the end.
"""

import os
import statistics
import stat
import sys
import tempfile
import time

from kernels import FRONT, STOCK, TP, Kernel, check, memory

CELLS = ("1 + 1", 'println!("a");', "let n = 3;")


def measure(kernel, code):
    start = time.perf_counter()
    reply, _ = kernel.run(code)
    took = time.perf_counter() - start
    assert reply["status"] == "ok", reply
    return 1000 * took


def compare(front, direct, code, rounds):
    """The times of both, in turns: whatever else the machine does meets both."""
    both = (("front", front), ("direct", direct))
    times = {name: [] for name, _ in both}
    for turn in range(rounds):
        for name, kernel in both if turn % 2 else both[::-1]:
            times[name].append(measure(kernel, code))
    return times


def described(code, times):
    median = {name: statistics.median(values) for name, values in times.items()}
    pairs = [a - b for a, b in zip(times["front"], times["direct"])]
    quarters = statistics.quantiles(pairs, n=4)
    added = median["front"] - median["direct"]
    print(f"{code:16} direct {median['direct']:.1f} ms, front {median['front']:.1f} ms, medians differ by {added:+.1f} ms; "
          f"by pairs {quarters[1]:+.1f} ms ({quarters[0]:+.1f} to {quarters[2]:+.1f})", flush=True)
    return quarters[1]


folder = tempfile.TemporaryDirectory()
instant = os.path.join(folder.name, "instant")
with open(instant, "w") as file:
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "instant.py")
    file.write(f"#!/bin/sh\nexec '{sys.executable}' '{script}' \"$@\"\n")
os.chmod(instant, stat.S_IRWXU)

print("In front of a stand-in that answers at once, 300 cells each:")
with Kernel([TP, "front", "{connection_file}", instant]) as front, \
        Kernel([instant, "--control_file", "{connection_file}"]) as direct:
    for code in CELLS:
        compare(front, direct, code, 20)
        added = described(code, compare(front, direct, code, 300))
        check("less than 5 ms more", added < 5, added)

with Kernel(FRONT) as front, Kernel(STOCK) as stock:
    code = 'for i in 0..10000 { println!("{i}"); }'
    for name, kernel in (("front", front), ("stock", stock)):
        best = min(measure(kernel, code) for _ in range(3))
        print(f"10,000 lines, {name}: {best:.0f} ms", flush=True)
    used = memory(front.pid)
    print("memory of the front:", {key: f"{value:.1f} MB" for key, value in used.items()})
    check("less than 20 MB", used["VmHWM"] < 20, used)
