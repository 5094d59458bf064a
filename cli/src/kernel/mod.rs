//! `cargo tp kernel`: what the kernelspec starts.
//!
//! Each kernel gets its own copy of the warmed folder, evcxr's environment, and
//! a reaper that removes the copy and stops what is left when the kernel ends,
//! in whatever way.

mod bare;
mod folder;
pub mod reaper;
pub mod score;

use crate::analyzer;
use crate::front;
use crate::install;
use crate::layout::Layout;
use crate::process;
use crate::protocol;
use crate::toolchain;
use crate::warm;
use anyhow::Result;
pub use bare::{Args as BareArgs, run as run_bare};
use folder::KernelFolder;
pub use folder::living;
use reaper::Reaper;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

#[derive(clap::Args)]
pub struct Args {
    /// Le fichier de connexion que Jupyter a écrit.
    connection_file: PathBuf,
}

/// Prepares a kernel, runs it to its end and cleans up.
pub fn run(args: Args) -> Result<ExitCode> {
    let layout = Layout::find()?;
    let installed = layout.clone();
    let status = front::serve(
        &args.connection_file,
        move |say| install::ready_for_kernel(&installed, say),
        move |warm| prepare(layout, warm),
    )?;
    // The reaper, seeing us end, does the rest.
    Ok(status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .map_or(ExitCode::FAILURE, ExitCode::from))
}

/// Makes the kernel's folder; the folder and its reaper live as long as what is
/// returned.
fn prepare(layout: Layout, warm: bool) -> Result<front::Evcxr> {
    // rustc takes some time to start, whatever it is asked.
    let libraries = std::thread::spawn(toolchain::libraries);
    let folder = KernelFolder::create(&layout)?;
    warm::copy::warmed(&layout, &folder.path)?;
    let libraries = libraries.join().ok().and_then(Result::ok);
    let reaper = Reaper::start(&folder.path)?;
    Ok(Box::new(move || {
        // The whole folder is captured, not its path alone: its lock must live
        // as long as the kernel, or the next one sweeps the folder away.
        let folder: &KernelFolder = &folder;
        let mut command = evcxr(&layout, &folder.path, warm);
        // A cell looks for the standard library along a path that rustc counts from the folder
        // of its first file; evcxr loads it one folder further up. Where the checkout and the
        // toolchain are in one home, that path leads beside it.
        if let Some(folder) = &libraries {
            process::lend_libraries(&mut command, folder);
        }
        reaper.watch(&mut command);
        command
    }))
}

/// evcxr_jupyter with all that makes it start fast; the connection file's
/// arguments are left to [`front::serve`].
fn evcxr(layout: &Layout, folder: &Path, warm: bool) -> Command {
    let mut command = process::command(layout.evcxr());
    let config = if warm { layout.config() } else { layout.tp.join("no-config") };
    command
        .env("EVCXR_TMPDIR", folder.join("ctx"))
        .env("EVCXR_CONFIG_DIR", config)
        .env(protocol::LIBRARY, &layout.root)
        .env(protocol::SCORE, score::file(layout, folder))
        // candle's barrier pool would spin on a core that rayon needs.
        .env("CANDLE_BARRIER_POOL_SPIN_LIMIT", "1")
        // evcxr updates the kernelspec it finds here; it must find none.
        .env("JUPYTER_PATH", layout.tp.join("no-kernelspec"));
    if !score::is_named() {
        command.env(front::SCORES, layout.scores());
    }
    analyzer::show(&mut command, layout);
    command
}
