"""Drives Jupyter kernels for the Rust tests: one JSON request a line on standard
input, one JSON answer a line on standard output.

{"do": "start", "kernel": name, "folder": working folder} -> {"session": n, "seconds"}
{"do": "execute", "session": n, "code": text, "cell": the client's name for it or none,
"until": outputs or none, "then": "interrupt" or none}
    -> {"status", "stdout", "stderr", "errors", "results", "displays", "seconds",
    "showing": the seconds since its first output}
{"do": "interrupt" | "restart" | "stop" | "kill", "session": n} -> {}
{"do": "pid", "session": n} -> {"pid"}
"""

import json
import queue
import subprocess
import sys
import time

from jupyter_client.manager import KernelManager

sessions = []


def start(request):
    begin = time.monotonic()
    manager = KernelManager(kernel_name=request["kernel"])
    # Standard output is ours; what the kernel says there is not for the tests.
    manager.start_kernel(cwd=request["folder"], stdout=subprocess.DEVNULL)
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=1800)
    sessions.append((manager, client))
    return {"session": len(sessions) - 1, "seconds": time.monotonic() - begin}


def execute(request):
    manager, client = sessions[request["session"]]
    begin = time.monotonic()
    content = {"code": request["code"], "silent": False, "store_history": True, "allow_stdin": False}
    metadata = {"cellId": request["cell"]} if "cell" in request else {}
    asked = client.session.msg("execute_request", content, metadata=metadata)
    client.shell_channel.send(asked)
    message = asked["header"]["msg_id"]
    answer = {"stdout": "", "stderr": "", "errors": [], "results": [], "displays": []}
    deadline = begin + request.get("timeout", 900)
    answer["status"] = None
    idle = False
    count, first = 0, None
    while not (idle and answer["status"]):
        if count >= request.get("until", float("inf")):
            if request.pop("then", None) == "interrupt":
                manager.interrupt_kernel()
                del request["until"]
            else:
                answer["status"] = "running"
        elif time.monotonic() > deadline:
            answer["status"] = "timeout"
        elif not manager.is_alive():
            answer["status"] = "dead"
        if answer["status"] in ("running", "timeout", "dead"):
            break
        try:
            reply = client.get_shell_msg(timeout=0 if not idle else 0.5)
            if reply["parent_header"].get("msg_id") == message:
                answer["status"] = reply["content"]["status"]
                answer["reply"] = reply["content"]
        except queue.Empty:
            pass
        try:
            output = client.get_iopub_msg(timeout=0.2)
        except queue.Empty:
            continue
        if output["parent_header"].get("msg_id") != message:
            continue
        kind, content = output["msg_type"], output["content"]
        if kind in ("stream", "display_data", "update_display_data"):
            count += 1
            first = first or time.monotonic()
        if kind == "stream":
            answer[content["name"]] += content["text"]
        elif kind == "error":
            answer["errors"].append(content)
        elif kind == "execute_result":
            answer["results"].append(content["data"])
        elif kind in ("display_data", "update_display_data"):
            answer["displays"].append(content["data"])
        elif kind == "status" and content["execution_state"] == "idle":
            idle = True
    end = time.monotonic()
    answer |= {"seconds": end - begin, "showing": end - (first or end)}
    return answer


def stop(request):
    manager, client = sessions[request["session"]]
    client.stop_channels()
    manager.shutdown_kernel(now=request["do"] == "kill")
    return {}


def control(request):
    manager, client = sessions[request["session"]]
    if request["do"] == "interrupt":
        manager.interrupt_kernel()
    else:
        manager.restart_kernel()
        client.wait_for_ready(timeout=600)
    return {}


def pid(request):
    return {"pid": sessions[request["session"]][0].provisioner.pid}


actions = {
    "start": start,
    "execute": execute,
    "interrupt": control,
    "restart": control,
    "stop": stop,
    "kill": stop,
    "pid": pid,
}

try:
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps(actions[request["do"]](request)), flush=True)
finally:
    for manager, client in sessions:
        if manager.is_alive():
            manager.shutdown_kernel(now=True)
