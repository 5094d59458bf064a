//! `cargo tp pack` and `cargo tp unpack`: the set-up carried to machines without
//! network.
//!
//! An archive holds what took long to make ([`contents`]), with what it was made on
//! and from ([`manifest`]), in one file that is a script too ([`archive`]): `sh
//! ARCHIVE` in a fresh checkout, wherever it is, unpacks it without cargo. What
//! depends on the place is made there: the scripts of the Python environment
//! ([`venv`]), and cargo's memory of what is compiled ([`rustc`]).

mod archive;
mod contents;
mod manifest;
pub mod rustc;
mod sources;
mod unpack;
mod venv;

use crate::layout::Layout;
use crate::{install, process};
use anyhow::{Context, Result};
use contents::Entry;
use manifest::Manifest;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
pub use unpack::{Args as UnpackArgs, run as run_unpack};

#[derive(clap::Args)]
pub struct Args {
    /// Le fichier à écrire [par défaut : mnist-tp-SYSTÈME-PROCESSEUR.run].
    #[arg(long)]
    out: Option<PathBuf>,
}

/// Installs whatever is missing, then writes the archive.
pub fn run(args: Args) -> Result<ExitCode> {
    let layout = Layout::find()?;
    let out = args.out.unwrap_or_else(|| {
        format!("mnist-tp-{}-{}.run", std::env::consts::OS, std::env::consts::ARCH).into()
    });
    install::ensure(&layout)?;
    let start = std::time::Instant::now();
    let program = process::program()?;
    let python = venv::version_of(&layout.venv_bin("python"))
        .context("le Python de .tp/venv ne répond pas ; lancez `cargo tp install`")?;
    let mut manifest = Manifest::here(&layout, python)?;
    let mut entries = contents::of(&layout)?;
    // Sources that were links are now files: what for, is to be said.
    let mut mark = tempfile::NamedTempFile::new()?;
    mark.write_all(crate::analyzer::origin()?.as_bytes())?;
    let name = Path::new("analyzer/std").join(crate::analyzer::CARRIED);
    if !entries.iter().any(|entry| entry.is_named(&name)) {
        entries.push(Entry::new(mark.path(), &name));
    }
    manifest.program = program.metadata()?.len();
    manifest.bytes = manifest.program + entries.iter().map(Entry::bytes).sum::<u64>();
    let size = archive::write(&out, &manifest, &program, &entries)?;
    eprintln!(
        "Archive « {} » : {} Mo, en {:.0} s. Dans un dépôt frais : sh {}",
        out.display(),
        size / 1_000_000,
        start.elapsed().as_secs_f64(),
        out.file_name().unwrap_or_default().display()
    );
    Ok(ExitCode::SUCCESS)
}
