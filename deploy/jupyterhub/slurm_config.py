"""JupyterHub on a cluster: each student's server is a job of Slurm, by batchspawner.

    jupyterhub -f CHECKOUT/deploy/jupyterhub/slurm_config.py

The hub runs, as root, on a machine that can submit jobs; the homes and the checkout are
on a file system that all machines share, at the same paths.
"""

import os
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import batchspawner  # noqa: E402  (it adds itself to what the hub answers)
import common  # noqa: E402

c = get_config()  # noqa: F821

common.accounts(c)

# The students' machines must reach it: the name or address of this one.
c.JupyterHub.hub_ip = os.environ.get("TP_HUB", "127.0.0.1")


class SlurmSpawner(batchspawner.SlurmSpawner):
    """Its programs run as the student, who can read what they are given: what asks about a
    job, or ends it, is not given the hub's own variables, its keys among them."""

    async def run_command(self, cmd, input=None, env=None):
        public = {name: os.environ[name] for name in ("PATH", "SLURM_CONF") if name in os.environ}
        return await super().run_command(cmd, input=input, env=public if env is None else env)


c.JupyterHub.spawner_class = SlurmSpawner
# As the student, with the variables of the server; batchspawner's own way needs sudo. Both
# programs are looked for on the hub's path: the student's is another.
c.SlurmSpawner.exec_prefix = f"{shutil.which('runuser') or '/usr/sbin/runuser'} -u {{username}} --"
c.SlurmSpawner.batch_submit_cmd = f"{shutil.which('sbatch') or 'sbatch'} --parsable"
# The queue may be long when a class begins.
c.Spawner.start_timeout = 600
c.SlurmSpawner.req_partition = os.environ.get("TP_PARTITION", "")
c.SlurmSpawner.req_nprocs = str(max(1, round(common.CORES)))
c.SlurmSpawner.req_memory = common.MEMORY
c.SlurmSpawner.req_runtime = os.environ.get("TP_TIME", "4:00:00")
# batchspawner's own program starts a program of Python's; ours starts it.
c.Spawner.cmd = ["jupyterhub-singleuser"]
c.SlurmSpawner.batch_script = """#!/bin/sh
#SBATCH --job-name=tp-{{ username }}
#SBATCH --output={{ homedir }}/.jupyterhub-slurm.log
#SBATCH --chdir={{ homedir }}
#SBATCH --export={{ keepvars }}
#SBATCH --no-requeue
#SBATCH --cpus-per-task={{ nprocs }}
#SBATCH --mem={{ memory }}
#SBATCH --time={{ runtime }}
{% if partition %}#SBATCH --partition={{ partition }}
{% endif %}
HOME={{ homedir }}
export HOME
exec "$TP_CHECKOUT/deploy/start.sh" {{ cmd }}
"""
