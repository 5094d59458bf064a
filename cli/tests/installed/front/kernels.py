"""Kernels of the front's tests, driven by the real jupyter_client."""

import os
import queue
import time

from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import KernelManager

TP = os.environ["TP"]
EVCXR = os.environ["EVCXR"]
MARK = "\\u{1e}MNIST_TP "


def spec(argv, **more):
    return dict(argv=argv, display_name="essai", language="rust", interrupt_mode="message", **more)


class Manager(KernelManager):
    """Starts a kernel by its command, without an installed kernelspec."""

    argv = None

    @property
    def kernel_spec(self):
        from jupyter_client.kernelspec import KernelSpec

        return KernelSpec(**spec(self.argv))


FRONT = [TP, "front", "{connection_file}", EVCXR]
STOCK = [EVCXR, "--control_file", "{connection_file}"]


class Kernel:
    """A kernel with one client; `run` returns the reply and the outputs."""

    def __init__(self, argv=FRONT, **options):
        self.manager = Manager()
        self.manager.argv = argv
        self.manager.start_kernel(**options)
        self.client = self.connect()
        self.joined = 0

    def connect(self):
        """A client with a session of its own."""
        client = BlockingKernelClient(connection_file=self.manager.connection_file)
        client.load_connection_file()
        # Whether the kernel lives is the process's affair, not the heartbeat's.
        client.parent = self.manager
        client.start_channels()
        client.wait_for_ready(timeout=180)
        return client

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.stop_channels()
        if self.manager.is_alive():
            self.manager.shutdown_kernel(now=True)
        self.manager.cleanup_resources()

    @property
    def pid(self):
        return self.manager.provisioner.process.pid

    def start(self, code, client=None, **options):
        return (client or self.client).execute(code, **options)

    def start_named(self, code, name="a1b2"):
        """As a client does that has a name for each cell."""
        content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False, "stop_on_error": True}
        message = self.client.session.msg("execute_request", content, metadata={"cellId": name})
        self.client.shell_channel.send(message)
        return message["header"]["msg_id"]

    def finish(self, msg_id, client=None, timeout=120):
        """The execute_reply's content and the outputs up to idle, in order."""
        client = client or self.client
        end = time.monotonic() + timeout
        outputs = []
        while True:
            message = client.get_iopub_msg(timeout=max(end - time.monotonic(), 0.01))
            if message["parent_header"].get("msg_id") != msg_id:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "status" and content["execution_state"] == "idle":
                break
            if kind == "stream" and outputs and outputs[-1][0] == kind and outputs[-1][1]["name"] == content["name"]:
                # Clients join them too; how many there are depends on the load.
                outputs[-1][1]["text"] += content["text"]
                self.joined += 1
            elif kind not in ("status", "execute_input"):
                outputs.append((kind, content))
        while True:
            reply = client.get_shell_msg(timeout=max(end - time.monotonic(), 0.01))
            if reply["parent_header"].get("msg_id") == msg_id:
                return reply["content"], outputs

    def run(self, code, client=None, **options):
        return self.finish(self.start(code, client, **options), client)

    def wait_for_text(self, text, client=None, timeout=120):
        """Waits until a cell has printed `text`."""
        client = client or self.client
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            try:
                message = client.get_iopub_msg(timeout=1)
            except queue.Empty:
                continue
            if text in message["content"].get("text", ""):
                return
        raise AssertionError(f"« {text} » n'est pas venu")


def text_of(outputs, name="stdout"):
    return "".join(c["text"] for kind, c in outputs if kind == "stream" and c["name"] == name)


def kinds(outputs):
    return [kind for kind, _ in outputs]


def descendants(pid):
    """The processes below `pid`, by /proc."""
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat") as file:
                    fields = file.read().rsplit(")", 1)[1].split()
                parents.setdefault(int(fields[1]), []).append(int(entry))
            except OSError:
                pass
    found, todo = [], [pid]
    while todo:
        children = parents.get(todo.pop(), [])
        found += children
        todo += children
    return found


def arguments(pid):
    """The command of a process; nothing once it is gone."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read()
    except OSError:
        return b""


def memory(pid):
    """What a process holds, and has held at most, in MB."""
    with open(f"/proc/{pid}/status") as file:
        return {line.split(":")[0]: int(line.split()[1]) / 1024 for line in file if line.startswith(("VmRSS", "VmHWM"))}


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


def wait_until(condition, what, timeout=120):
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError(f"au bout de {timeout} s : {what}")


def check(label, condition, shown=None):
    if not condition:
        raise AssertionError(f"{label} : {shown!r}")
    print("ok", label, flush=True)
