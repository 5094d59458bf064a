//! What the set-up needs from the machine, checked before anything starts so
//! that a lack is told in one sentence and not after ten minutes.

use super::{python, step::Step};
use crate::layout::Layout;
use crate::process;
use anyhow::{Result, bail};
use std::path::Path;
use std::process::Stdio;

/// Checks Python, the C compiler and the free space of the disk.
pub fn check(layout: &Layout, missing: &[Vec<Step>]) -> Result<()> {
    if missing.iter().flatten().any(|step| step.name.contains("Python")) {
        python::check()?;
    }
    compiler()?;
    space(&layout.tp, missing.iter().flatten().map(|step| step.bytes(layout)).sum())
}

/// Checks that there is a C compiler.
pub fn compiler() -> Result<()> {
    let mut command = process::command("cc");
    command.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    if !command.status().is_ok_and(|status| status.success()) {
        bail!(
            "aucun compilateur C (`cc`) : installez-le (Debian/Ubuntu : sudo apt install build-essential ; macOS : xcode-select --install)"
        );
    }
    Ok(())
}

/// Checks the free space of a folder's disk, whether the folder is made already or not.
pub fn space(folder: &Path, needed: u64) -> Result<()> {
    let disk = folder.ancestors().find(|path| path.exists()).unwrap_or(folder);
    if let Some(free) = free_bytes(disk).filter(|free| *free < needed) {
        bail!(
            "il reste {:.1} Go sur le disque de « {} » et l'installation en demande {:.1} : libérez de la place puis relancez la même commande",
            free as f64 / 1e9,
            folder.display(),
            needed as f64 / 1e9
        );
    }
    Ok(())
}

/// The free space of a folder's disk, if the system tells.
fn free_bytes(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    Some(disk.f_bavail * disk.f_frsize)
}
