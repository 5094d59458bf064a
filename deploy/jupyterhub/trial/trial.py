"""A class arrives at the hub: ten accounts, each logs in, starts its server and a kernel,
and runs a first cell. As root, with the hub's own Python:

    /opt/hub/bin/python CHECKOUT/deploy/jupyterhub/trial/trial.py            one server
    /opt/hub/bin/python CHECKOUT/deploy/jupyterhub/trial/trial.py --slurm    two nodes of Slurm

The checkout is set up as deploy/README.md says; the accounts, the hub's folder and Slurm
are the trial's own, and are gone when it ends. Ports 8000, 8001 and 8081 must be free.
"""

import argparse
import contextlib
import grp
import os
import pwd
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from pathlib import Path

import requests
from student import Student

HERE = Path(__file__).resolve().parent
GROUP, TEACHERS = "tp-essai", "tp-essai-enseignants"
HUB = "http://127.0.0.1:8000"
CELL = "let x: u32 = 1; x + 1"
HOSTS = "127.0.0.1 n1 n2 # tp-essai\n"


def missing(slurm, checkout):
    """What the trial needs and this machine has not, or has where the trial's own will be."""
    programs = ["useradd", "runuser", "configurable-http-proxy"]
    if slurm:
        programs += ["slurmctld", "slurmd", "munged", "sbatch"]
    server = checkout / ".tp/venv/bin/jupyterhub-singleuser"
    lacks = [] if os.geteuid() == 0 else ["root"]
    lacks += [name for name in programs if not shutil.which(name)]
    lacks += [] if server.exists() else [str(server)]
    own = [account.pw_name for account in pwd.getpwall()] + [group.gr_name for group in grp.getgrall()]
    return lacks + [f"the name {name}, which is taken" for name in own if name.startswith(GROUP)]


class Machine:
    """The accounts, Slurm and the hub, as long as the trial lasts."""

    def __init__(self, arguments, checkout):
        self.slurm, self.hub, self.checkout = arguments.slurm, None, checkout
        self.folder = Path(tempfile.mkdtemp(prefix="tp-essai-"))
        self.names = [f"tp-essai-{number}" for number in range(arguments.students)]
        self.names += ["tp-essai-prof", "tp-essai-autre"]
        self.two_nodes = checkout / "deploy/slurm/two-nodes.sh"
        name = "slurm_config.py" if self.slurm else "jupyterhub_config.py"
        self.config = checkout / "deploy/jupyterhub" / name
        self.environment = {**os.environ, "TP_CHECKOUT": str(checkout), "TP_GROUP": GROUP, "TP_TEACHERS": TEACHERS}
        if arguments.idle:
            self.environment["TP_IDLE"] = str(arguments.idle)

    def start(self):
        """The students, a teacher, and an account of neither group."""
        for group in (GROUP, TEACHERS):
            subprocess.run(["groupadd", group], check=True)
        students = []
        for name in self.names:
            student = Student(HUB, name, secrets.token_hex(8))
            subprocess.run(["useradd", "--create-home", "--shell", "/bin/sh", name], check=True)
            group = {"tp-essai-prof": TEACHERS, "tp-essai-autre": name}.get(name, GROUP)
            subprocess.run(["gpasswd", "--add", name, group], check=True, stdout=subprocess.DEVNULL)
            subprocess.run(["chpasswd"], input=f"{name}:{student.password}", text=True, check=True)
            students.append(student)
        if self.slurm:
            self.start_slurm()
        hub = self.folder / "hub"
        hub.mkdir(mode=0o700)
        with open(self.folder / "hub.log", "w") as log:
            command = [sys.executable, "-m", "jupyterhub", "-f", str(self.config)]
            self.hub = subprocess.Popen(command, cwd=hub, env=self.environment, stdout=log, stderr=log)
        wait("the hub answers", 120, lambda: self.hub.poll() is None and answers())
        return students

    def start_slurm(self):
        # The proxy finds a student's server by the name of its node.
        with open("/etc/hosts", "a") as hosts:
            hosts.write(HOSTS)
        environment = {**self.environment, "CPUS": str(len(self.names))}
        command = ["sh", str(self.two_nodes), "start", str(self.folder / "slurm")]
        with open(self.folder / "slurm.out", "w+") as out:
            subprocess.run(command, env=environment, stdout=out, check=True)
            out.seek(0)
            settings = out.read().strip().split("=", 1)[1]
        self.folder.chmod(0o755)
        os.environ["SLURM_CONF"] = self.environment["SLURM_CONF"] = settings

    def jobs(self):
        """The nodes of the jobs that Slurm knows."""
        command = ["squeue", "--noheader", "--format=%B"]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()

    def end(self):
        if self.hub:
            self.hub.terminate()
            try:
                self.hub.wait(60)
            except subprocess.TimeoutExpired:
                self.hub.kill()
        if self.slurm:
            subprocess.run(["sh", str(self.two_nodes), "stop", str(self.folder / "slurm")], check=False)
            hosts = Path("/etc/hosts")
            hosts.write_text(hosts.read_text().replace(HOSTS, ""))
        for name in self.names:
            for process in processes(name):
                subprocess.run(["kill", "-9", process.name], check=False)
            with contextlib.suppress(KeyError):
                shutil.rmtree(kernels(name), ignore_errors=True)
            subprocess.run(["userdel", "--remove", name], check=False, stderr=subprocess.DEVNULL)
        for group in (GROUP, TEACHERS):
            subprocess.run(["groupdel", group], check=False)


def answers():
    try:
        return requests.get(f"{HUB}/hub/login", timeout=5).ok
    except requests.RequestException:
        return False


def wait(what, seconds, is_so):
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise RuntimeError(f"after {seconds} s, not yet: {what}")
        time.sleep(0.5)


def processes(name):
    """The folders in /proc of an account's processes."""
    try:
        number = pwd.getpwnam(name).pw_uid
    except KeyError:
        return []
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if process.stat().st_uid == number:
                found.append(process)
        except FileNotFoundError:
            pass
    return found


def kernels(name):
    """Where an account's kernels have their copies of the library."""
    return Path(f"/tmp/mnist-tp-{pwd.getpwnam(name).pw_uid}")


def megabytes(name):
    """What an account holds, each shared page divided among those that share it."""
    total = 0
    for process in processes(name):
        try:
            lines = (process / "smaps_rollup").read_text().splitlines()
            total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        except (FileNotFoundError, ProcessLookupError):
            pass
    return total * 1024 / 1e6


def arrive(student, delay, rows):
    """From the login to the first cell's answer; what took how long."""
    time.sleep(delay)
    try:
        start = time.monotonic()
        assert student.login(), f"{student.name} is refused"
        student.start()
        server = time.monotonic() - start
        student.open()
        answer = student.run(CELL)
        rows[student.name] = (server, time.monotonic() - start, answer)
    except Exception:
        traceback.print_exc()


def neighbours(student, others, checkout):
    """What the student's kernel can read of the others, or of the solutions: nothing, if
    all is well."""
    folders = [str(checkout / name) for name in ("solutions", "tests", ".git") if (checkout / name).exists()]
    for other in others:
        home = pwd.getpwnam(other.name).pw_dir
        folders += [f"{home}/TP", f"{home}/.local/share/jupyter/runtime", str(kernels(other.name))]
    assert all(Path(folder).is_dir() for folder in folders), folders
    listed = ", ".join(f'"{folder}"' for folder in folders)
    code = f'for f in [{listed}] {{ if std::fs::read_dir(f).is_ok() {{ println!("{{f}}"); }} }}'
    return student.run(code).split() + [other.name for other in others if student.sees(other)]


def trial(machine, arguments):
    *students, teacher, stranger = machine.start()
    assert teacher.login(), "the teacher is refused"
    assert not stranger.login(), "an account outside the groups is let in"
    assert not Student(HUB, students[0].name, "wrong").login(), "a wrong password is let in"
    rows, load = {}, os.getloadavg()[0]
    threads = [
        threading.Thread(target=arrive, args=(student, arguments.every * number, rows))
        for number, student in enumerate(students)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(rows) == len(students), "not everybody had an answer"
    print(f"load: {load:.1f} before, {os.getloadavg()[0]:.1f} after the last answer")
    time.sleep(20)
    print("account        server    first cell  answer  held at rest")
    for student in students:
        server, cell, answer = rows[student.name]
        held = megabytes(student.name)
        print(f"{student.name:12} {server:6.1f} s  {cell:10.1f} s  {answer:>6}  {held:9.0f} MB", flush=True)
    assert [row[2] for row in rows.values()] == ["2"] * len(students), "not every first cell answered 2"
    if machine.slurm:
        nodes = machine.jobs()
        print("jobs on n1:", nodes.count("n1"), "on n2:", nodes.count("n2"))
        assert len(nodes) == len(students) and set(nodes) == {"n1", "n2"}, nodes
    for one, student in enumerate(students):
        seen = neighbours(student, students[:one] + students[one + 1 :], machine.checkout)
        assert not seen, f"{student.name} reads {seen}"
    print("no account reads the solutions, or another's notebooks, connection files, kernels or server")
    if not machine.slurm:
        bounds = (processes(students[0].name)[0] / "limits").read_text().splitlines()
        print(*[line for line in bounds if line.startswith(("Max processes", "Max address space"))], sep="\n")
    # By hand; and, where it was asked for, the others by the hub itself.
    left = students[len(students) // 2 :] if arguments.idle else []
    for student in students[: len(students) - len(left)]:
        student.stop()
    gone(machine, students[: len(students) - len(left)], len(left), 60)
    print(len(students) - len(left), "servers stopped, and nothing of theirs runs")
    if left:
        gone(machine, left, 0, 2 * arguments.idle + 60)
        print(len(left), "servers ended by the hub, idle for", arguments.idle, "s")


def gone(machine, students, jobs, seconds):
    """No process of these accounts runs, no kernel's folder is left, so many jobs are."""
    wait("no process", seconds, lambda: not any(processes(student.name) for student in students))
    for student in students:
        folder = kernels(student.name)
        wait("no kernel", 20, lambda folder=folder: not [path for path in folder.iterdir() if path.is_dir()])
    if machine.slurm:
        wait("no job", 60, lambda: len(machine.jobs()) == jobs)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--slurm", action="store_true", help="on two nodes of Slurm")
    parser.add_argument("--students", type=int, default=10)
    parser.add_argument("--every", type=float, default=5, help="seconds between two logins")
    parser.add_argument("--idle", type=int, help="have the hub end half of the servers, idle so many seconds")
    arguments = parser.parse_args()
    checkout = Path(os.environ.get("TP_CHECKOUT", "/opt/mnist-tp"))
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    if lacks := missing(arguments.slurm, checkout):
        print("skipped: missing here:", ", ".join(lacks))
        return
    if answers():
        sys.exit(f"{HUB} answers already: stop that hub first")
    machine = Machine(arguments, checkout)
    try:
        trial(machine, arguments)
    except BaseException:
        print("the logs are in", machine.folder)
        raise
    finally:
        machine.end()
    shutil.rmtree(machine.folder)


if __name__ == "__main__":
    main()
