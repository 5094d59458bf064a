#!/bin/sh
# Makes what the image holds: sh deploy/build.sh FOLDER, in a copy of the checkout,
# by the Containerfile's stage `build`.
#
# Everything comes out of an archive of `cargo tp pack`: of one that is there already
# (in the checkout or in /archive), which takes a minute and no network, or of one that
# is compiled first. /archive/wheels may hold Python's packages for the hub.
set -eu
to=$1

# An image keeps whole seconds: cargo and tp, which compare dates, must see no change.
find . -exec touch --no-dereference --date=@1700000000 {} +

archive=$(find . /archive -maxdepth 1 -name 'mnist-tp-*.run' 2>/dev/null | head -n 1)
if [ -z "$archive" ]; then
    export CARGO_TARGET_DIR=/tmp/target
    cargo run --bin tp -- install
    archive=/tmp/mnist-tp.run
    cargo run --bin tp -- pack --out "$archive"
fi

mkdir -p "$to/deploy"
# Not the solutions: a student reads all of the image.
cp -a Cargo.toml Cargo.lock README.md LISEZMOI.md LICENSE-* src data benches examples cli notebooks "$to"
cp -a deploy/start.sh deploy/jupyter "$to/deploy"
sh "$archive" "$to"

pip="$to/.tp/venv/bin/python -m pip install --disable-pip-version-check --no-cache-dir"
if [ -d /archive/wheels ]; then
    pip="$pip --no-index --find-links /archive/wheels"
fi
$pip --requirement deploy/requirements.txt --constraint cli/constraints.txt
mkdir -p "$to/.tp/venv/etc/jupyter"
cp deploy/jupyter/*.py "$to/.tp/venv/etc/jupyter"
rm -rf "$to/.tp/log" "$to/.tp/jupyter/runtime" "$to/.tp/kernels"
# Whatever the account, it reads and starts all of this.
chmod -R a+rX "$to"
