//! What the set-up needs from the machine, checked before anything starts so
//! that a lack is told in one sentence and not after ten minutes.

use super::{python, steps::Step};
use crate::layout::Layout;
use crate::process;
use anyhow::{Result, bail};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::Stdio;

/// Checks Python, the C compiler and the free space of the disk.
pub fn check(layout: &Layout, missing: &[Vec<Step>]) -> Result<()> {
    if missing.iter().flatten().any(|step| step.name.contains("Python")) {
        python::check()?;
    }
    let answers = |program: &str| {
        let mut command = process::command(program);
        command.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    if !answers("cc") {
        bail!(
            "aucun compilateur C (`cc`) : installez-le (Debian/Ubuntu : sudo apt install build-essential ; macOS : xcode-select --install)"
        );
    }
    let needed: u64 = missing.iter().flatten().map(|step| step.bytes(layout)).sum();
    if let Some(free) = free_bytes(&layout.tp).filter(|free| *free < needed) {
        bail!(
            "il reste {:.1} Go sur le disque de « {} » et l'installation en demande {:.1} : libérez de la place puis relancez la même commande",
            free as f64 / 1e9,
            layout.tp.display(),
            needed as f64 / 1e9
        );
    }
    Ok(())
}

/// The free space of a folder's disk, if the system tells.
fn free_bytes(folder: &Path) -> Option<u64> {
    let path = std::ffi::CString::new(folder.as_os_str().as_bytes()).ok()?;
    let mut answer = std::mem::MaybeUninit::<libc::statvfs>::uninit();
    // SAFETY: `path` is a nul-terminated string and `answer` a `statvfs` that
    // the call fills entirely when it returns 0, before it is read.
    let answer = unsafe {
        if libc::statvfs(path.as_ptr(), answer.as_mut_ptr()) != 0 {
            return None;
        }
        answer.assume_init()
    };
    #[allow(clippy::unnecessary_cast, reason = "u32 on macOS")]
    Some(answer.f_bavail as u64 * answer.f_frsize as u64)
}
