//! What evcxr's rust-analyzer is given to read.
//!
//! evcxr learns the type of each variable from a rust-analyzer of its own, which
//! reads the library's 150 dependencies (candle's tokenizers, zip, regex, … where
//! no student's variable has its type), the whole standard library (half of it is
//! processor intrinsics, most of the rest bodies and what macros repeat) and the whole
//! checkout, `.tp/` included. That is most of a kernel's start, and nearly all of its
//! memory. evcxr has no setting for it, but the environment has:
//!
//! ```text
//! .tp/analyzer/
//!   toolchain/bin/   the real rustc and cargo, except that `cargo metadata`
//!                    leaves out the crates that give no types (see `graph`), and
//!                    that a cell is compiled without cargo (see [`crate::shortcut`])
//!   answers/         what they have answered and compiled for other kernels (see
//!                    `answers`)
//!   std/             the part of the standard library that gives types (see
//!                    `standard_library`)
//! ```
//!
//! Only what rust-analyzer reads is smaller; what is compiled is the same. Without
//! these folders a kernel works too, with a longer start and more memory.

mod answers;
mod graph;
mod standard_library;

use crate::files;
use crate::layout::Layout;
use crate::shortcut;
use crate::toolchain;
pub use answers::run as answer;
use anyhow::Result;
pub use standard_library::{CARRIED, origin};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

/// What the folders are made from, besides the toolchain: a change rebuilds them.
pub fn text() -> String {
    let (kept, crates) = (graph::KEPT, standard_library::CRATES);
    format!("{CARGO} {RUSTC} {SYSROOT} {kept:?} {crates:?} {}\n", standard_library::rules())
}

/// Writes both folders for the present toolchain.
pub fn prepare(layout: &Layout) -> Result<()> {
    let sysroot = toolchain::sysroot()?;
    let _ = fs::remove_dir_all(shortcut::shared_folder(layout));
    programs(layout, &sysroot)?;
    standard_library::prepare(layout, &sysroot)
}

/// Whether the standard library's part is there.
pub fn is_done(layout: &Layout) -> bool {
    standard_library::folder(layout).join("Cargo.lock").is_file()
}

/// Shows evcxr's rust-analyzer what was prepared, as far as this account can read
/// it: the toolchain may be in the home of whoever prepared it.
pub fn show(command: &mut Command, layout: &Layout) {
    let toolchain = layout.analyzer().join("toolchain");
    let cargo = toolchain.join("bin/cargo");
    if cargo.is_file() && toolchain.join(SYSROOT).join("bin/cargo").is_file() {
        // The first is for rustup, which evcxr asks; where Rust was installed
        // without it, rust-analyzer obeys the second, evcxr the third.
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(toolchain.join("bin")).chain(std::env::split_paths(&path));
        if let Ok(path) = std::env::join_paths(folders) {
            command.env("PATH", path);
        }
        command.env("RUSTUP_TOOLCHAIN", toolchain).env("CARGO", cargo);
    }
    if is_done(layout) && standard_library::is_readable(layout) {
        command.env("RUST_SRC_PATH", standard_library::folder(layout));
    }
}

const CARGO: &str = r#"#!/bin/sh
# What rust-analyzer asks is answered by tp, which also compiles what is only a
# new cell and keeps what rustc has against it; the rest is cargo's business.
case "$1" in
build | check) exec $TP cargo $CARGO -- "$@" ;;
metadata | locate-project | rustc | --version | -Z) exec $TP answer $CARGO -- "$@" ;;
*) exec $CARGO "$@" ;;
esac
"#;

const RUSTC: &str = r#"#!/bin/sh
# How cargo calls rustc for a cell is noted (see `shortcut`).
[ -z "$TP_RACCOURCI_NOTE" ] || exec $TP rustc $RUSTC -- "$@"
case "$1" in
-vV | -Vv | --print) exec $TP answer $RUSTC -- "$@" ;;
esac
exec $RUSTC "$@"
"#;

/// The real toolchain, a link beside our `bin/`.
const SYSROOT: &str = "sysroot";

/// A toolchain for rustup: scripts that call the real one's programs.
fn programs(layout: &Layout, sysroot: &Path) -> Result<()> {
    let folder = layout.analyzer().join("toolchain");
    let (real, ours) = (folder.join(SYSROOT).join("bin"), folder.join("bin"));
    let tp = quoted(&layout.kernel_program());
    let rustdoc = "#!/bin/sh\nexec $RUSTDOC \"$@\"\n";
    for (name, text) in [("cargo", CARGO), ("rustc", RUSTC), ("rustdoc", rustdoc)] {
        let text = text.replace("$TP ", &format!("{tp} "));
        let program = format!("${} ", name.to_uppercase());
        let text = text.replace(&program, &format!("{} ", quoted(&real.join(name))));
        script(&ours.join(name), &text)?;
    }
    files::link(sysroot, &folder.join(SYSROOT))
}

fn script(path: &Path, content: &str) -> Result<()> {
    files::replace(path, content.as_bytes())?;
    Ok(fs::set_permissions(path, fs::Permissions::from_mode(0o755))?)
}

/// A path as one word of the shell.
pub fn quoted(path: &Path) -> String {
    format!("'{}'", path.to_string_lossy().replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process;

    #[test]
    fn metadata_and_cells_go_through_tp() {
        // What other tests fork would hold the scripts that are written here.
        let _turn = process::TURN.lock();
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("l'atelier CARGO TP");
        let layout = Layout { root: folder.clone(), tp: folder.clone() };
        let real = folder.join("real");
        script(&real.join("bin/cargo"), "#!/bin/sh\necho real \"$@\"\n").unwrap();
        script(&layout.kernel_program(), "#!/bin/sh\necho tp \"$@\"\n").unwrap();
        programs(&layout, &real).unwrap();
        let answer = |arguments: &[&str]| {
            let cargo = layout.analyzer().join("toolchain/bin/cargo");
            let output = Command::new(cargo).args(arguments).output().unwrap();
            String::from_utf8(output.stdout).unwrap()
        };
        assert_eq!(answer(&["test", "a b"]), "real test a b\n");
        let cargo = layout.analyzer().join("toolchain/sysroot/bin/cargo");
        for verb in ["build", "check"] {
            let expected = format!("tp cargo {} -- {verb} --offline\n", cargo.display());
            assert_eq!(answer(&[verb, "--offline"]), expected);
        }
        let asked = format!("tp answer {} --", cargo.display());
        assert_eq!(answer(&["metadata", "--locked"]), format!("{asked} metadata --locked\n"));
        assert_eq!(answer(&["--version"]), format!("{asked} --version\n"));

        let shown = || {
            let mut command = Command::new("evcxr");
            show(&mut command, &layout);
            command.get_envs().count()
        };
        assert_eq!(shown(), 3);
        fs::remove_file(real.join("bin/cargo")).unwrap();
        assert_eq!(shown(), 0);
    }
}
