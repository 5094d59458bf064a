"""Each cell of `errors.py` in the real kernel: its French line, its layout.

`FIXTURES=file` also writes down what rustc said, for the front's own tests.
"""

import glob
import json
import os
import re

from errors import ERRORS
from kernels import TP, Kernel, check

KERNELS = os.environ["TP_KERNELS"]
COLOUR = re.compile("\x1b\\[[0-9;]*m")


def kept():
    lines = []
    for name in glob.glob(f"{KERNELS}/*/ctx/target/erreurs.jsonl"):
        lines += open(name, encoding="utf-8").read().splitlines()
        os.remove(name)
    return lines


def around(messages):
    """The lines of evcxr's code beside the main places, by number."""
    lines = {}
    for name in glob.glob(f"{KERNELS}/*/ctx/src/lib.rs"):
        code = open(name, encoding="utf-8").read().splitlines()
        spans = [span for message in messages for span in message["spans"]]
        for at in {span["line_start"] + off for span in spans for off in (-2, -1, 0, 1, 2)}:
            if 0 < at <= len(code):
                lines[at] = code[at - 1]
    return lines


def without(message):
    """Without what the front does not read, and the machine's paths."""
    if isinstance(message, dict):
        wanted = "message code level spans children file_name line_start line_end column_start column_end"
        wanted += " is_primary text label suggested_replacement expansion span"
        out = {key: without(value) for key, value in message.items() if key in wanted.split()}
        if "file_name" in out:
            out["file_name"] = "src/lib.rs" if out["file_name"].endswith("ctx/src/lib.rs") else "other.rs"
        if isinstance(out.get("code"), dict):
            out["code"] = {"code": message["code"]["code"]}
        return out
    if isinstance(message, list):
        return [without(value) for value in message]
    return re.sub("/[^ `]*/ctx/", "", message) if isinstance(message, str) else message


def main():
    wrong, fixtures = [], []
    with Kernel([TP, "kernel", "{connection_file}"], env=dict(os.environ, CARGO_NET_OFFLINE="true")) as kernel:
        reply, out = kernel.run(os.environ["PRELUDE"])
        check("the library is there", reply["status"] == "ok", (reply, out))
        for kind, cells, parts in ERRORS:
            cells = [cells] if isinstance(cells, str) else cells
            for before in cells[:-1]:
                reply, out = kernel.run(before)
                check(f"{before!r} runs", reply["status"] == "ok", (reply, out))
            kept()
            reply, out = kernel.run(cells[-1])
            lines = kept()
            said = [COLOUR.sub("", line) for line in reply.get("traceback", [])]
            first = said[0].replace("\u00a0", " ") if said else ""
            # A cell without its line number has no layout of its own.
            placed = any(re.match("Compilation(, ligne [0-9]+)\u00a0: ", line) for line in said)
            if reply["status"] != "error" or not all(part in first for part in parts) or not placed:
                wrong.append((kind, cells[-1], parts, said))
            if os.environ.get("VERBOSE"):
                print(f"--- {kind}\n{cells[-1]}\n" + "\n".join(f"    {line}" for line in said), flush=True)
            known = re.findall("let (?:mut )?([a-z_]+)", "\n".join(cells[:-1]))
            messages = [without(json.loads(line)) for line in lines]
            fixtures.append({
                "kind": kind, "cell": cells[-1], "known": known, "says": parts, "evalue": reply.get("evalue", ""),
                "rustc": messages, "generated": around(messages),
            })
    if name := os.environ.get("FIXTURES"):
        with open(name, "w", encoding="utf-8") as file:
            file.write("\n".join(json.dumps(one, ensure_ascii=False) for one in fixtures) + "\n")
    for kind, cell, parts, said in wrong:
        print(f"=== {kind}\n{cell}\n  awaited {parts}, said:\n" + "\n".join(f"    {line}" for line in said), flush=True)
    check(f"{len(ERRORS)} cells", not wrong, f"{len(wrong)} with a wrong line")


main()
