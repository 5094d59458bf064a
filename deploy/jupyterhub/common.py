"""What a hub tells every student's server, wherever it runs. The numbers are those of
deploy/README.md, each with the command that measures it."""

import grp
import os
import sys

# A kernel at rest and JupyterLab hold about 0.35 GB; a training of TP2 to TP4 1.5 GB more.
MEMORY = os.environ.get("TP_MEMORY", "3G")
# More cores make trainings shorter, not cells: those are compiled on one.
CORES = float(os.environ.get("TP_CORES", "2"))
# The checkout in which `cargo tp install` was run, readable by every account.
CHECKOUT = os.environ.get("TP_CHECKOUT", "/opt/mnist-tp")
# The folder of cargo and rustc, which every account reads, too.
RUST = os.environ.get("TP_RUST", "/usr/local/cargo/bin")
# Seconds after which a server that nobody uses is ended.
IDLE = int(os.environ.get("TP_IDLE", "10800"))
EXCHANGE = os.environ.get("NBGRADER_EXCHANGE", "/srv/nbgrader/exchange")


def configure(c):
    """What is the same on one server, on Slurm and in containers."""
    c.Spawner.default_url = "/lab/tree/TP"
    c.Spawner.notebook_dir = "~"
    c.Spawner.mem_limit = MEMORY
    c.Spawner.cpu_limit = CORES
    # rayon and OpenMP count the machine's cores, not the student's.
    c.Spawner.environment = {
        "RAYON_NUM_THREADS": str(max(1, round(CORES))),
        "NBGRADER_EXCHANGE": EXCHANGE,
    }
    # A first start on a slow disk; usually some seconds.
    c.Spawner.start_timeout = 120
    c.Spawner.http_timeout = 60
    # Servers that nobody looks at any more; their kernels are culled after two hours.
    c.JupyterHub.load_roles = [
        {
            "name": "idle-culler",
            "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
            "services": ["idle-culler"],
        }
    ]
    c.JupyterHub.services = [
        {
            "name": "idle-culler",
            "command": [
                sys.executable,
                "-m",
                "jupyterhub_idle_culler",
                f"--timeout={IDLE}",
                f"--cull-every={min(300, max(1, IDLE // 2))}",
            ],
        }
    ]


def group(variable, default):
    """The group that a variable names. Every login would fail on one that there is not."""
    name = os.environ.get(variable, default)
    try:
        grp.getgrnam(name)
    except KeyError:
        sys.exit(f"There is no group {name}: groupadd {name}, or name another by {variable}.")
    return name


def accounts(c):
    """Students are accounts of the system; their servers run out of the shared checkout,
    started as the image starts it."""
    configure(c)
    # Who may log in: the accounts of two groups, of which one sees all servers.
    teachers = group("TP_TEACHERS", "enseignants")
    c.PAMAuthenticator.allowed_groups = {group("TP_GROUP", "etudiants"), teachers}
    c.PAMAuthenticator.admin_groups = {teachers}
    programs = [f"{CHECKOUT}/.tp/venv/bin", f"{CHECKOUT}/.tp/bin", RUST]
    c.Spawner.environment["PATH"] = ":".join([*programs, "/usr/local/bin", "/usr/bin", "/bin"])
    c.Spawner.environment["TP_CHECKOUT"] = CHECKOUT
    # rustup's cargo and rustc look for the toolchain in the home where nobody names its
    # folder: the one beside cargo's.
    rustup = os.environ.get("RUSTUP_HOME", os.path.join(RUST, "../../rustup"))
    if os.path.isdir(rustup):
        c.Spawner.environment["RUSTUP_HOME"] = os.path.realpath(rustup)
    c.Spawner.env_keep = ["LANG", "LC_ALL", "TP_KERNELS", "SLURM_CONF"]
    c.Spawner.cmd = [f"{CHECKOUT}/deploy/start.sh", "jupyterhub-singleuser"]
