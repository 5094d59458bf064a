"""Kernels that start before the set-up is finished, with stand-ins for what it runs.

The stand-in of `cargo install` reads what to do from files of the set-up's folder:
`more` (it tells of compiled crates), `fail`, `go` (evcxr_jupyter is there). Python's
stand-in makes an empty environment; the library is that of the checkout.
"""

import os
import shutil
import stat
import subprocess
import sys
import tempfile

from kernels import TP, Kernel, alive, check, text_of, wait_until

INSTALLED = os.environ["TP_DIR"]
ARGV = [TP, "kernel", "{connection_file}"]
CARGO = f"""#!/bin/sh
[ "$1" = --config ] || exec {shutil.which("cargo")} "$@"
echo $$ >> "$TP_DIR/started"
while [ ! -e "$TP_DIR/go" ]; do
  if [ -e "$TP_DIR/more" ]; then
    rm "$TP_DIR/more"; echo "   Compiling serde v1"; echo "   Compiling libc v1"
  fi
  if [ -e "$TP_DIR/fail" ]; then echo "error: No space left on device (os error 28)"; exit 101; fi
  sleep 0.1
done
mkdir -p "$TP_DIR/bin" "$TP_DIR/build-evcxr"
echo '"evcxr_jupyter 0.22.0 (registry)" = []' > "$TP_DIR/.crates.toml"
cp {INSTALLED}/bin/evcxr_jupyter "$TP_DIR/bin/new" && mv "$TP_DIR/bin/new" "$TP_DIR/bin/evcxr_jupyter"
"""
PYTHON = """#!/bin/sh
case "$1 $2" in
  "-c "*) echo 3.12 ;;
  "-m venv") mkdir -p "$3/bin" "$3/lib/python3.12"; cp "$0" "$3/bin/python"; touch "$3/bin/jupyter-lab" ;;
esac
"""


class SetUp:
    """A checkout of which evcxr_jupyter and the Python environment are missing."""

    def __init__(self, folder):
        self.folder = os.path.join(folder, "tp")
        os.makedirs(self.folder)
        for name in ("warm", "analyzer", "config"):
            os.symlink(os.path.join(INSTALLED, name), self.path(name))
        shutil.copytree(os.path.join(INSTALLED, "stamps"), self.path("stamps"))
        programs = os.path.join(folder, "bin")
        os.makedirs(programs)
        for name, script in (("cargo", CARGO), ("python3", PYTHON)):
            path = os.path.join(programs, name)
            with open(path, "w") as file:
                file.write(script)
            os.chmod(path, os.stat(path).st_mode | stat.S_IXUSR)
        self.environment = dict(
            os.environ,
            TP_DIR=self.folder,
            TP_PYTHON=os.path.join(programs, "python3"),
            PATH=programs + os.pathsep + os.environ["PATH"],
        )

    def path(self, name):
        return os.path.join(self.folder, name)

    def sign(self, name):
        open(self.path(name), "w").close()

    def attempts(self):
        """The processes of `cargo install`, one for each attempt."""
        try:
            with open(self.path("started")) as file:
                return [int(line) for line in file]
        except OSError:
            return []

    def kernel(self):
        return Kernel(ARGV, env=self.environment)


def message(kernel, msg_id, kind, wanted=lambda content: True):
    """The next message of this kind that belongs to a cell."""
    while True:
        found = kernel.client.get_iopub_msg(timeout=120)
        mine = found["parent_header"].get("msg_id") == msg_id
        if mine and found["msg_type"] == kind and wanted(found["content"]):
            return found["content"]


def shown(content):
    return content["data"]["text/plain"]


def waits(set_up):
    with set_up.kernel() as first, set_up.kernel() as second:
        check("kernels answer before their set-up is there", not os.path.exists(set_up.path("bin/evcxr_jupyter")))
        one = first.start('println!("enfin"); 1 + 1')
        line = message(first, one, "display_data")
        check("the cell says what it waits for", "Installation du noyau" in shown(line), line)
        check("and that it will run", "s’exécutera d’elle-même" in shown(line), line)
        wait_until(set_up.attempts, "cargo install")
        set_up.sign("more")
        update = message(first, one, "update_display_data", lambda content: "paquets" in shown(content))
        check("the crates are counted", "(noyau Rust pour Jupyter, 2 paquets sur" in shown(update), update)
        check("the time left is told", "encore environ" in shown(update), update)
        check("in the same place", update["transient"] == line["transient"], (line, update))

        # A page that was loaded again is another client.
        other = first.connect()
        again = first.start("5", other)
        shown_again = message(first, again, "display_data")
        check("a second client has the line too", shown_again["transient"] == line["transient"], shown_again)

        two, behind = second.start("2"), second.start("3")
        message(second, two, "display_data")
        second.manager.interrupt_kernel()
        reply, out = second.finish(two)
        check("a waiting cell can be interrupted", reply["ename"] == "Interruption", reply)
        # The line may have counted once more meanwhile.
        left = [kind for kind, _ in out if kind != "update_display_data"]
        check("its line goes", left == ["clear_output", "error"] and out[-1][0] == "error", out)
        check("what is behind it is not run", second.finish(behind)[0]["status"] == "aborted")
        two = second.start("2")
        message(second, two, "display_data")

        set_up.sign("go")
        message(first, one, "clear_output")
        reply, out = first.finish(one, timeout=300)
        check("the cell runs by itself", reply["status"] == "ok" and text_of(out) == "enfin\n", (reply, out))
        check("its value", out[-1][1]["data"]["text/plain"] == "2", out)
        reply, out = second.finish(two, timeout=300)
        check("that of the other kernel too", out[-1][1]["data"]["text/plain"] == "2", (reply, out))
        check("that of the second client too", first.finish(again, other, timeout=300)[0]["status"] == "ok")
        other.stop_channels()
        check("all by one set-up", len(set_up.attempts()) == 1, set_up.attempts())
        reply, out = first.run("4")
        check("then a cell is as ever", [kind for kind, _ in out] == ["execute_result"], out)


def fails(set_up):
    set_up.sign("fail")
    with set_up.kernel() as kernel:
        reply, out = kernel.run("1")
        check("a failed set-up is the cell's error", reply["ename"] == "Installation", reply)
        for expected in ("le disque est plein", "log/evcxr.log", "relancez cette cellule"):
            check(f"it says « {expected} »", expected in reply["evalue"], reply)
        check("its line goes", out[-2][0] == "clear_output" and out[-1][0] == "error", out)
        os.remove(set_up.path("fail"))
        set_up.sign("go")
        reply, out = kernel.finish(kernel.start("1"), timeout=300)
        check("run again after the mend", reply["status"] == "ok", (reply, out))
        check("with its value", out[-1][1]["data"]["text/plain"] == "1", out)


def goes_on(set_up):
    kernel = set_up.kernel()
    with kernel:
        wait_until(set_up.attempts, "cargo install")
        kernel.start("1")
    [process] = set_up.attempts()
    check("a kernel that ends leaves the set-up alone", not kernel.manager.is_alive() and alive(process))
    joined = subprocess.Popen([TP, "install"], env=set_up.environment, stderr=subprocess.PIPE, text=True)
    set_up.sign("go")
    told = joined.communicate(timeout=120)[1]
    check("and `tp install` waits for it", joined.returncode == 0 and "j'attends" in told, told)
    check("it was installed once", len(set_up.attempts()) == 1 and os.path.exists(set_up.path("bin/evcxr_jupyter")))


for part in (waits, fails, goes_on):
    if not sys.argv[1:] or part.__name__ in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as folder:
            part(SetUp(folder))
