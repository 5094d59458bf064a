"""What the front costs: time of a trivial cell against the stock kernel, memory."""

import statistics
import time

from kernels import FRONT, STOCK, Kernel, check

CELLS = ("1 + 1", 'println!("a");', "let n = 3;")
ROUNDS = 25


def measure(kernel, code):
    start = time.perf_counter()
    reply, _ = kernel.run(code)
    took = time.perf_counter() - start
    assert reply["status"] == "ok", reply
    return 1000 * took


def memory(pid):
    with open(f"/proc/{pid}/status") as file:
        return {line.split(":")[0]: int(line.split()[1]) / 1024 for line in file if line.startswith(("VmRSS", "VmHWM"))}


with Kernel(FRONT) as front, Kernel(STOCK) as stock:
    both = (("front", front), ("stock", stock))
    for _, kernel in both:
        for code in CELLS:
            kernel.run(code)
    for code in CELLS:
        # In turns, so that whatever else the machine does meets both.
        times = {name: [] for name, _ in both}
        for turn in range(ROUNDS):
            for name, kernel in both if turn % 2 else both[::-1]:
                times[name].append(measure(kernel, code))
        medians = {name: statistics.median(values) for name, values in times.items()}
        added = medians["front"] - medians["stock"]
        pairs = statistics.median(a - b for a, b in zip(times["front"], times["stock"]))
        print(f"{code:18} stock {medians['stock']:.1f} ms, front {medians['front']:.1f} ms, "
              f"median added {added:+.1f} ms, by pairs {pairs:+.1f} ms", flush=True)
        check("less than 5 ms more", min(added, pairs) < 5, (added, pairs))

    # What passes without evcxr's compiler in the way.
    def ask(kernel):
        start = time.perf_counter()
        kernel.client.kernel_info(reply=True, timeout=30)
        return 1000 * (time.perf_counter() - start)

    times = {name: [ask(kernel) for _ in range(200)] for name, kernel in both}
    print("kernel_info:", {name: f"{statistics.median(v):.2f} ms" for name, v in times.items()})

    code = 'for i in 0..10000 { println!("{i}"); }'
    for name, kernel in both:
        best = min(measure(kernel, code) for _ in range(3))
        print(f"10,000 lines, {name}: {best:.0f} ms", flush=True)
    used = memory(front.pid)
    print("memory of the front:", {key: f"{value:.1f} MB" for key, value in used.items()})
    check("less than 20 MB", used["VmHWM"] < 20, used)
