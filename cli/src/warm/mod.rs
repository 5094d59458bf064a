//! The library compiled once, in the very form evcxr asks for, so that a kernel
//! only has to copy the result.
//!
//! evcxr compiles each cell as the crate `ctx` of a folder of its own
//! (`EVCXR_TMPDIR`), which a plain kernel fills anew at each start: minutes of
//! compilation. Here that folder is a member of a small workspace:
//!
//! ```text
//! .tp/warm/
//!   Cargo.toml   the workspace: members, and the profile of cells and library
//!   Cargo.lock   the versions of the checkout's own Cargo.lock
//!   keep/        an empty crate that depends on the library: it is what we
//!                compile, and it keeps the library's versions in Cargo.lock
//!                even while evcxr's own crate depends on nothing yet
//!   ctx/         evcxr's folder, its `target/` filled
//! ```
//!
//! Nothing is fetched when a cell asks for the library: all versions are in
//! `Cargo.lock` already, whatever newer ones the machine has downloaded since.

mod cargo;
pub mod copy;
mod fingerprint;
mod levels;
mod lock;
mod project;

use crate::analyzer;
use crate::files;
use crate::layout::Layout;
use crate::process::{self, run_logged};
use anyhow::{Context, Result};
pub use cargo::{cargo, flags};
use std::fs;
use std::process::ExitCode;

/// `cargo tp warm`: compiles the library if it has changed.
pub fn run() -> Result<ExitCode> {
    let layout = Layout::find()?;
    fs::create_dir_all(&layout.tp)?;
    if is_fresh(&layout) {
        eprintln!("La bibliothèque des noyaux est à jour.");
    } else {
        let start = std::time::Instant::now();
        build(&layout)?;
        eprintln!(
            "Bibliothèque compilée pour les noyaux en {:.0} s.",
            start.elapsed().as_secs_f64()
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether the compiled library is that of the present sources.
pub fn is_fresh(layout: &Layout) -> bool {
    let stamp = fs::read_to_string(stamp_file(layout));
    stamp.is_ok_and(|stamp| fingerprint::of(layout).is_ok_and(|now| now == stamp))
}

/// What tells the library that kernels were given last from any other.
pub fn fingerprint(layout: &Layout) -> String {
    fs::read_to_string(stamp_file(layout)).unwrap_or_default()
}

/// Whether [`build`] failed by the library's own sources, and not for want of the
/// network, of room on the disk or of a linker.
pub fn is_at_fault(layout: &Layout) -> bool {
    let log = fs::read_to_string(layout.tp.join("log/library.log"));
    log.is_ok_and(|text| text.contains("could not compile `mnist_tp`"))
}

/// The free space that [`build`] needs: little where the rest is compiled already.
pub fn megabytes(layout: &Layout) -> u64 {
    if layout.warm().join("ctx/target").exists() { 200 } else { 1000 }
}

/// Whether the library, as it is or as it was, has been compiled to the end before.
pub fn was_built(layout: &Layout) -> bool {
    let dylib = format!("debug/libmnist_tp{}", std::env::consts::DLL_SUFFIX);
    let hosts = fs::read_dir(layout.warm().join("ctx/target")).into_iter().flatten();
    hosts.filter_map(Result::ok).any(|host| host.path().join(&dylib).is_file())
}

/// Compiles the library, incrementally where it can; one process at a time.
pub fn build(layout: &Layout) -> Result<()> {
    let lock = lock::file(layout)?;
    lock.lock()?;
    if is_fresh(layout) {
        return Ok(());
    }
    // Taken before compiling: a source saved meanwhile makes the result stale.
    let fingerprint = fingerprint::of(layout)?;
    copy::complete_all(layout);
    let stamp = stamp_file(layout);
    if stamp.exists() {
        fs::remove_file(&stamp)?;
    }
    project::write(layout)?;
    if let Err(error) = analyzer::prepare(layout) {
        // Kernels do without: they only start later and hold more memory.
        eprintln!("tp : {error:#}");
    }
    copy::unshare(layout)?;
    let log = |name: &str| layout.tp.join("log").join(name);
    // evcxr calls `cargo metadata`, which wants the crates of every platform:
    // fetched now, or a kernel could not start without network.
    let mut fetch = process::command("cargo");
    run_logged(fetch.arg("fetch").current_dir(layout.warm()), &log("library-fetch.log"))
        .context("les bibliothèques nécessaires ne se téléchargent pas")?;
    run_logged(&mut cargo(layout)?, &log("library.log"))
        .context("la bibliothèque du TP ne se compile pas")?;
    files::replace(&stamp, fingerprint.as_bytes())
}

fn stamp_file(layout: &Layout) -> std::path::PathBuf {
    layout.tp.join("stamps/library")
}
