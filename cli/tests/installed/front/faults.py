"""What ends, and how, when something breaks."""

import json
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

import zmq
from kernels import EVCXR, FRONT, TP, Kernel, alive, arguments, check, descendants, text_of, wait_until

SPIN = 'println!("parti"); let mut n = 0u64; loop { n = std::hint::black_box(n + 1); }'


def front(connection, evcxr=EVCXR):
    """Runs the front until it ends: exit code and stderr."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        file.write(connection if isinstance(connection, str) else json.dumps(connection))
        file.flush()
        done = subprocess.run([TP, "front", file.name, evcxr], capture_output=True, text=True, timeout=120)
    return done.returncode, done.stderr


def connection():
    sockets = [socket.socket() for _ in range(5)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    names = ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port")
    ports = {name: s.getsockname()[1] for name, s in zip(names, sockets)}
    for s in sockets:
        s.close()
    return dict(ports, ip="127.0.0.1", transport="tcp", key="k", signature_scheme="hmac-sha256")


def refusals():
    code, words = front("{")
    check("no connection file", code != 0 and "fichier de connexion" in words, words)
    taken = connection()
    with socket.create_server(("127.0.0.1", taken["control_port"])):
        code, words = front(taken)
    check("a port already taken", code != 0 and "déjà pris" in words, words)
    check("which one", str(taken["control_port"]) in words, words)
    code, words = front(connection(), "/nulle/part/evcxr")
    check("no evcxr", code != 0 and "ne démarre pas" in words, words)
    code, words = front(connection(), "false")
    check("an evcxr that ends at once", code != 0 and "au démarrage" in words, words)
    code, words = front(dict(connection(), signature_scheme="hmac-md5"))
    check("another signature scheme", code != 0 and "hmac-sha256" in words, words)


def raw_zmq(port):
    """A REQ client by hand: its greeting, its READY and one heartbeat have left."""
    sock = socket.create_connection(("127.0.0.1", port))
    sock.sendall(b"\xff" + bytes(8) + b"\x7f\x03\x00NULL" + bytes(48))
    ready = b"\x05READY\x0bSocket-Type\x00\x00\x00\x03REQ"
    sock.sendall(b"\x04" + bytes([len(ready)]) + ready)
    sock.sendall(b"\x01\x00" + b"\x00\x04ping")
    return sock


def garbage(kernel):
    """What cannot be read, or is not signed, is dropped; the kernel goes on."""
    info = kernel.manager.get_connection_info()
    session = kernel.client.session
    context = zmq.Context()
    forged = session.clone()
    forged.key = b"une autre cle"
    good = session.serialize(session.msg("shutdown_request", {"restart": False}))
    bad = forged.serialize(session.msg("shutdown_request", {"restart": False}))
    cut = session.serialize(session.msg("execute_request", {"code": "1"}))[:4]
    blind = [good[0], good[1], b"{", *good[3:]]
    for name in ("shell", "control", "stdin"):
        port = info[f"{name}_port"]
        dealer = context.socket(zmq.DEALER)
        dealer.connect(f"tcp://127.0.0.1:{port}")
        for frames in (bad, cut, blind, [b"bonjour"], [b""], [b"<IDS|MSG>"], [b"<IDS|MSG>", b"zz", b"{}"]):
            dealer.send_multipart(frames)
        dealer.close(linger=200)
    for name in ("shell", "control", "stdin", "iopub", "hb"):
        with socket.create_connection(("127.0.0.1", info[f"{name}_port"])) as raw:
            raw.sendall(b"GET / HTTP/1.1\r\n\r\n" + bytes(200))
    for frames in ([b"sans", b"enveloppe"], [b"seul"], [b""]):
        beat = context.socket(zmq.DEALER)
        beat.connect(f"tcp://127.0.0.1:{info['hb_port']}")
        beat.send_multipart(frames)
        beat.close(linger=200)
    for _ in range(20):
        # A client that is gone, rudely, before its answer.
        beat = raw_zmq(info["hb_port"])
        beat.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        beat.close()
    time.sleep(0.5)
    reply, _ = kernel.run("1 + 1")
    check("garbage changes nothing", reply["status"] == "ok", reply)
    pulse = context.socket(zmq.REQ)
    pulse.connect(f"tcp://127.0.0.1:{info['hb_port']}")
    pulse.send(b"ping")
    check("the heart beats on", pulse.poll(120_000) and pulse.recv() == b"ping")
    context.destroy(linger=0)


def slow_clients(kernel):
    """A frozen subscriber, and one that is killed, do not slow the cell."""
    url = f"tcp://127.0.0.1:{kernel.manager.get_connection_info()['iopub_port']}"
    context = zmq.Context()
    frozen = context.socket(zmq.SUB)
    frozen.setsockopt(zmq.RCVHWM, 1)
    frozen.setsockopt(zmq.RCVBUF, 4096)
    frozen.connect(url)
    frozen.subscribe(b"")
    listener = (
        "import sys, time, zmq; s = zmq.Context().socket(zmq.SUB); s.connect(sys.argv[1]);"
        "s.subscribe(b''); print('ici', flush=True); time.sleep(1000)"
    )
    killed = subprocess.Popen([sys.executable, "-c", listener, url], stdout=subprocess.PIPE)
    killed.stdout.readline()
    time.sleep(0.3)
    code = 'let t = "x".repeat(100); for i in 0..60000 { println!("{i} {t}"); }'
    msg_id = kernel.start(code)
    kernel.wait_for_text("1000 ")
    killed.kill()
    reply, outputs = kernel.finish(msg_id, timeout=600)
    check("the cell ends", reply["status"] == "ok", reply)
    check("to the last line", "59999 " in text_of(outputs)[-200:], text_of(outputs)[-200:])
    killed.wait()
    context.destroy(linger=0)
    reply, _ = kernel.run("1 + 1")
    check("and the next one runs", reply["status"] == "ok", reply)


def dead_evcxr(kernel):
    msg_id = kernel.start(SPIN)
    kernel.wait_for_text("parti")
    waiting = kernel.start("1 + 1")
    children = descendants(kernel.pid)
    evcxr = next(pid for pid in children if b"--control_file" in arguments(pid))
    os.kill(evcxr, signal.SIGKILL)
    reply, outputs = kernel.finish(msg_id)
    check("the cell fails", reply["ename"] == "ProcessusTermine" and outputs[-1][0] == "error", reply)
    reply = kernel.client.get_shell_msg(timeout=120)
    check("what waits is aborted", reply["parent_header"]["msg_id"] == waiting, reply)
    check("as such", reply["content"]["status"] == "aborted", reply)
    wait_until(lambda: not kernel.manager.is_alive(), "the kernel is dead for Jupyter")
    wait_until(lambda: not any(map(alive, children)), "nothing is left")
    print("ok evcxr killed in a cell", flush=True)


def dead_front():
    with Kernel() as kernel:
        kernel.start(SPIN)
        kernel.wait_for_text("parti")
        children = descendants(kernel.pid)
        check("evcxr and the student's process run", len(children) >= 3, children)
        os.kill(kernel.pid, signal.SIGKILL)
        wait_until(lambda: not any(map(alive, children)), "nothing is left")
    print("ok front killed in a cell", flush=True)


def terminated():
    """SIGTERM, before evcxr is even ready."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(connection(), file)
        file.flush()
        process = subprocess.Popen([TP, "front", file.name, EVCXR], stderr=subprocess.DEVNULL)
        wait_until(lambda: len(descendants(process.pid)) >= 3, "evcxr starts")
        children = descendants(process.pid)
        process.terminate()
        process.wait(120)
        wait_until(lambda: not any(map(alive, children)), "nothing is left")
    print("ok SIGTERM", flush=True)


def dead_jupyter():
    """The process that started the kernel is killed."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from kernels import *; m = Manager(); m.argv = FRONT;"
        "m.start_kernel(); print(m.provisioner.process.pid, flush=True); import time; time.sleep(1000)"
    )
    here = os.path.dirname(os.path.abspath(__file__))
    jupyter = subprocess.Popen([sys.executable, "-c", code, here], stdout=subprocess.PIPE, text=True)
    pid = int(jupyter.stdout.readline())
    wait_until(lambda: len(descendants(pid)) >= 2, "the kernel starts")
    everyone = [pid, *descendants(pid)]
    jupyter.kill()
    jupyter.wait()
    wait_until(lambda: not any(map(alive, everyone)), "the kernel ends with Jupyter")
    print("ok Jupyter killed", flush=True)


refusals()
with Kernel(FRONT) as kernel:
    garbage(kernel)
    slow_clients(kernel)
    dead_evcxr(kernel)
dead_front()
terminated()
dead_jupyter()
