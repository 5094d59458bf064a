"""JupyterHub on one server: each student is an account of the system.

    cd /etc/jupyterhub && jupyterhub -f CHECKOUT/deploy/jupyterhub/jupyterhub_config.py

With systemd each student's server is a unit of its own, held to its memory and cores by
the kernel; without, a plain process, whose limits are those of an account (prlimit).
"""

import os
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import common  # noqa: E402

c = get_config()  # noqa: F821

common.accounts(c)
# Starting a Rust kernel is some seconds of both cores: a class does not start at once.
c.JupyterHub.concurrent_spawn_limit = 10
c.JupyterHub.active_server_limit = 0

if os.path.isdir("/run/systemd/system") and shutil.which("systemd-run"):
    c.JupyterHub.spawner_class = "systemd"
    c.SystemdSpawner.isolate_tmp = True
    c.SystemdSpawner.disable_user_sudo = True
    # What a fork without end would fill.
    c.SystemdSpawner.unit_extra_properties = {"TasksMax": "1000", "MemorySwapMax": "0"}
else:
    c.JupyterHub.spawner_class = "jupyterhub.spawner.LocalProcessSpawner"
    # An account's processes, and the addresses of each (evcxr's rust-analyzer asks for 2 GB
    # that it never touches).
    prlimit = shutil.which("prlimit") or sys.exit("There is no prlimit: apt install util-linux.")
    c.Spawner.cmd = [prlimit, "--nproc=1000", f"--as={16 * 1024**3}", *c.Spawner.cmd]
