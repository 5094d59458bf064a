#!/bin/sh
# What the image, and a hub, starts: the notebooks go into the home where they are
# missing, then the command runs, JupyterLab where none is given.
set -eu
here=${TP_CHECKOUT:-/opt/mnist-tp}
# On a hub others have accounts, too, and Debian's homes are open to all.
[ -z "${JUPYTERHUB_USER:-}" ] || umask 077
# Without a home of its own (an account the system does not know), a temporary one.
if ! mkdir -p "${HOME:=/}/TP" 2>/dev/null || ! [ -w "$HOME/TP" ]; then
    HOME=$(mktemp -d)
    mkdir "$HOME/TP"
    echo "Aucun dossier personnel inscriptible : ce que vous écrivez disparaîtra avec le conteneur." >&2
fi
export HOME
# One that was there before may be open.
[ -z "${JUPYTERHUB_USER:-}" ] || chmod 700 "$HOME/TP"
for notebook in "$here"/notebooks/*; do
    # A student's own copy is never written over.
    [ -e "$HOME/TP/${notebook##*/}" ] || cp -r "$notebook" "$HOME/TP/"
done
# The image has these settings in its own place.
if [ -n "${JUPYTERHUB_USER:-}" ]; then
    export JUPYTER_CONFIG_PATH="$here/deploy/jupyter${JUPYTER_CONFIG_PATH:+:$JUPYTER_CONFIG_PATH}"
fi
# Without nbgrader's exchange its panels would only complain.
if ! [ -d "${NBGRADER_EXCHANGE:-/srv/nbgrader/exchange}" ]; then
    export JUPYTER_CONFIG_PATH="$here/deploy/jupyter/sans-echange${JUPYTER_CONFIG_PATH:+:$JUPYTER_CONFIG_PATH}"
fi
if [ $# -eq 0 ]; then
    set -- jupyter lab --ip=0.0.0.0 --port=8888 --no-browser \
        --ServerApp.root_dir="$HOME" --ServerApp.preferred_dir="$HOME/TP"
fi
exec "$@"
