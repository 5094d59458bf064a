//! Cleans up after a kernel, however it ends.
//!
//! A kernel killed outright cannot tidy up. So it starts a second process, which
//! waits at the end of a pipe: when the kernel ends, the system closes the pipe;
//! the reaper then stops what the kernel left running and removes its folder. Slurm
//! ends a server by a SIGTERM to all that it started: the reaper outlives that.

use super::folder;
use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, getpid, kill_process_group, setpgid};
use std::io::{BufRead, Write};
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use tokio::signal::unix::{SignalKind, signal};

#[derive(clap::Args)]
pub struct Args {
    /// Le dossier du noyau.
    folder: PathBuf,
}

/// The reaper's process: reads the process groups to stop, waits, cleans up.
pub fn run(args: Args) -> Result<ExitCode> {
    // Whoever listens to SIGTERM once does not end by it any more.
    // Without a listener there is as much to clean up.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().ok();
    let listen = |runtime: &tokio::runtime::Runtime| {
        runtime.block_on(async { signal(SignalKind::terminate()) }).ok()
    };
    let _told = runtime.as_ref().and_then(listen);
    let groups = std::io::stdin()
        .lock()
        .lines()
        .map_while(Result::ok)
        .filter_map(|line| line.trim().parse().ok())
        .filter(|group| *group > 1)
        .filter_map(Pid::from_raw)
        // All are read before the first is stopped: the pipe closes with the kernel.
        .collect::<Vec<_>>();
    for group in groups {
        // Made by the kernel for its own children; it may have ended by itself.
        let _ = kill_process_group(group, Signal::KILL);
    }
    folder::remove(&args.folder);
    Ok(ExitCode::SUCCESS)
}

/// The kernel's end of the pipe.
pub struct Reaper {
    pipe: Arc<OwnedFd>,
}

impl Reaper {
    /// Starts the reaper of a kernel's folder.
    pub fn start(folder: &Path) -> Result<Self> {
        let mut child = Command::new(crate::process::program()?)
            .arg("reap")
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Out of the kernel's group, which Jupyter kills as a whole.
            .process_group(0)
            .spawn()
            .context("le nettoyeur du noyau ne démarre pas")?;
        let pipe = child.stdin.take().context("the reaper's stdin is piped")?;
        Ok(Self { pipe: Arc::new(pipe.into()) })
    }

    /// Makes the command's process the leader of a group that the reaper knows
    /// before anything runs in it.
    pub fn watch(&self, command: &mut Command) {
        let pipe = Arc::clone(&self.pipe);
        let announce = move || {
            setpgid(None, None)?;
            let group = getpid();
            let mut line = [0_u8; 16];
            let mut rest = &mut line[..];
            // A pid has at most 10 digits, so the line fits and nothing allocates.
            writeln!(rest, "{group}")?;
            let free = rest.len();
            let written = line.len() - free;
            rustix::io::write(&pipe, &line[..written])?;
            Ok(())
        };
        // SAFETY: between fork and exec `announce` only formats into a local
        // array and makes async-signal-safe calls.
        unsafe { command.pre_exec(announce) };
    }
}
