#!/bin/sh
# On a machine that reaches Debian's packages but no registry of images: makes an image
# of the public one's name, with what the Containerfile needs of it. As root, with
# podman, mmdebstrap, and a Rust of the same version:
#
#   sh deploy/stand-in.sh [docker.io/library/rust:1.95-slim-bookworm]
set -eu
name=${1:-docker.io/library/rust:1.95-slim-bookworm}
suite=${name##*-}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
root=$folder/root

mmdebstrap --variant=minbase --include=ca-certificates,gcc,libc6-dev "$suite" "$root"

# The toolchain alone, without documentation; rustup's own folders are elsewhere, too.
sysroot=$(rustc --print sysroot)
version=$(rustc --version | cut -d ' ' -f 2)
case $name in
*:"${version%.*}"-*) ;;
*) echo "This machine has Rust $version, and $name is another one's." >&2 && exit 1 ;;
esac
toolchain=$root/usr/local/rustup/toolchains/$version
mkdir -p "$toolchain/lib/rustlib" "$toolchain/bin" "$root/usr/local/cargo/bin"
for program in rustc cargo; do
    cp "$sysroot/bin/$program" "$toolchain/bin"
    ln -s "/usr/local/rustup/toolchains/$version/bin/$program" "$root/usr/local/cargo/bin/$program"
done
cp -a "$sysroot"/lib/lib* "$toolchain/lib"
host=$(rustc -vV | sed -n 's/^host: //p')
cp -a "$sysroot/lib/rustlib/$host" "$toolchain/lib/rustlib"
if [ -d "$sysroot/lib/rustlib/src" ]; then
    cp -a "$sysroot/lib/rustlib/src" "$toolchain/lib/rustlib"
fi

tar -C "$root" -c . | podman import \
    --change "ENV PATH=/usr/local/cargo/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
    --change "ENV CARGO_HOME=/usr/local/cargo" \
    --change "ENV RUSTUP_HOME=/usr/local/rustup" \
    - "$name"
