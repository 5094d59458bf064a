#!/bin/sh
# A Slurm of two nodes on one machine, to try `cargo tp grade --sur slurm` and the hub's
# configuration: Debian's packages as they are, daemons of its own on ports of its own,
# nothing of the system's. As root:
#
#   sh deploy/slurm/two-nodes.sh start FOLDER      prints SLURM_CONF=…, to be exported
#   sh deploy/slurm/two-nodes.sh kill FOLDER n2    as a power cut would
#   sh deploy/slurm/two-nodes.sh revive FOLDER n2
#   sh deploy/slurm/two-nodes.sh stop FOLDER
#
# PORT (17001 where it is not set) and the two after it must be free. CPUS says how many
# cores each node offers (2), whatever the machine has.
set -eu
order=$1
mkdir -p "$2"
folder=$(cd "$2" && pwd)
export SLURM_CONF="$folder/slurm.conf"
PATH="$PATH:/usr/sbin:/sbin"

daemon() {
    name=$1
    shift
    "$@" -D >>"$folder/$name.log" 2>&1 &
    echo $! >"$folder/$name.pid"
}

node() {
    daemon "$1" slurmd -N "$1"
}

# Ends a process and all that it started, whatever groups and sessions they made; the
# parent first, which must not see its children's end.
end_tree() {
    children=$(cat "/proc/$1/task/"*/children 2>/dev/null || true)
    kill -9 "$1" 2>/dev/null || true
    for child in $children; do
        # A function of the shell has no variables of its own; a subshell has.
        (end_tree "$child")
    done
}

# The processes of a node's jobs, which are not slurmd's children: their environment
# names the node, and this Slurm.
jobs_of() {
    for environment in /proc/[0-9]*/environ; do
        lines=$(tr '\0' '\n' 2>/dev/null <"$environment" || true)
        if echo "$lines" | grep -qx "SLURMD_NODENAME=$1" && echo "$lines" | grep -qx "SLURM_CONF=$SLURM_CONF"; then
            process=${environment#/proc/}
            echo "${process%/environ}"
        fi
    done
}

kill_node() {
    end_tree "$(cat "$folder/$1.pid")"
    rm -f "$folder/$1.pid"
    processes=$(jobs_of "$1")
    # What looks after a job first: it must not tell that the job has ended.
    for process in $processes; do
        parent=$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$process/status" 2>/dev/null || true)
        if [ "$(cat "/proc/$parent/comm" 2>/dev/null)" = slurmstepd ]; then
            end_tree "$parent"
        fi
    done
    for process in $processes; do
        end_tree "$process"
    done
}

case $order in
start)
    port=${PORT:-17001}
    head -c 1024 /dev/urandom >"$folder/munge.key"
    chmod 600 "$folder/munge.key"
    # munged asks that nobody else writes where its socket is.
    chmod 755 "$folder"
    munged --force --key-file="$folder/munge.key" --socket="$folder/munge.socket" \
        --pid-file="$folder/munge.pid" --log-file="$folder/munge.log" --seed-file="$folder/munge.seed"
    for node in n1 n2; do
        mkdir -p "$folder/spool-$node"
    done
    mkdir -p "$folder/state"
    cat >"$SLURM_CONF" <<END
ClusterName=deux
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmctldPort=$port
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge.socket
CredType=cred/munge
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool-%n
SlurmctldPidFile=$folder/slurmctld.own.pid
SlurmdPidFile=$folder/%n.own.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SlurmdParameters=config_overrides
ReturnToService=2
SlurmdTimeout=10
KillWait=5
NodeName=n1 NodeHostname=$(hostname -s) NodeAddr=127.0.0.1 Port=$((port + 1)) CPUs=${CPUS:-2} RealMemory=16000
NodeName=n2 NodeHostname=$(hostname -s) NodeAddr=127.0.0.1 Port=$((port + 2)) CPUs=${CPUS:-2} RealMemory=16000
PartitionName=tp Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
END
    daemon slurmctld slurmctld
    node n1
    node n2
    for turn in $(seq 150); do
        if [ "$(sinfo -h -o %t -N 2>/dev/null | grep -c idle)" = 2 ]; then
            echo "SLURM_CONF=$SLURM_CONF"
            exit 0
        fi
        sleep 0.2
    done
    for log in "$folder"/*.log; do
        echo "$log" >&2
        tail -n 5 "$log" >&2
    done
    exit 1
    ;;
kill) kill_node "$3" ;;
revive) node "$3" ;;
stop)
    scancel --full --user=root 2>/dev/null || true
    for node in n1 n2; do
        [ -f "$folder/$node.pid" ] && kill_node "$node"
    done
    for file in "$folder"/slurmctld.pid "$folder"/munge.pid; do
        [ -f "$file" ] && end_tree "$(cat "$file")"
        rm -f "$file"
    done
    ;;
esac
