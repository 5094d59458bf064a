//! `tp front`: the front before any evcxr_jupyter, for the tests.

use super::reaper::Reaper;
use super::score;
use crate::front;
use crate::protocol;
use anyhow::Result;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(clap::Args)]
pub struct Args {
    /// Le fichier de connexion que Jupyter a écrit.
    connection_file: PathBuf,
    /// Le programme evcxr_jupyter.
    evcxr: PathBuf,
}

/// Serves a bare kernel: no warmed folder, no start-up files.
pub fn run(args: Args) -> Result<ExitCode> {
    let folder = tempfile::Builder::new().prefix("evcxr-").tempdir()?.keep();
    let reaper = Reaper::start(&folder)?;
    let evcxr = args.evcxr;
    let status = front::serve(
        &args.connection_file,
        |_| Ok(()),
        move |()| {
            Ok(Box::new(move || {
                let mut command = crate::process::command(&evcxr);
                command.env("EVCXR_TMPDIR", &folder).env("EVCXR_CONFIG_DIR", &folder);
                command.env(protocol::SCORE, score::own(&folder));
                reaper.watch(&mut command);
                command
            }))
        },
    )?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
