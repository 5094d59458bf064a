//! Unpacks an archive into this checkout: all of it, or nothing.

use super::archive::Archive;
use super::{contents, venv};
use crate::layout::Layout;
use crate::process::{self, run_logged};
use crate::{analyzer, files, install};
use anyhow::{Context, Result, bail};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What is unpacked and made here, inside `.tp/`.
const PARTS: [&str; 8] =
    ["bin", "venv", "cargo", "analyzer", "warm", "stamps", ".crates.toml", ".crates2.json"];

/// What cargo extracts of the crates, and what the files of a disk take beside
/// their contents.
const MARGIN: u64 = 400_000_000;

#[derive(clap::Args)]
pub struct Args {
    /// L'archive que `cargo tp pack` a écrite.
    archive: PathBuf,
}

/// Checks, then unpacks.
pub fn run(args: Args) -> Result<ExitCode> {
    let layout = Layout::find()?;
    let start = std::time::Instant::now();
    let archive = Archive::open(&args.archive)?;
    archive.manifest.check(&layout)?;
    let python = venv::interpreter(&archive.manifest.python)?;
    install::check_compiler()?;
    check_place(&layout)?;
    install::check_space(&layout.tp, archive.manifest.bytes + MARGIN)?;
    archive.verify()?;
    eprintln!("Déballage dans {}…", layout.tp.display());
    let outcome = unpack(&layout, &archive, &python);
    if outcome.is_err() {
        clean(&layout);
    }
    outcome?;
    // Kernelspecs; and whatever cargo does not take for compiled.
    install::ensure(&layout)?;
    eprintln!(
        "Prêt en {:.0} s, sans réseau. Pour ouvrir le TP1 : {} lab",
        start.elapsed().as_secs_f64(),
        shown(&layout.kernel_program())
    );
    Ok(ExitCode::SUCCESS)
}

/// A program as one types it here.
fn shown(program: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    program.strip_prefix(here).unwrap_or(program).display().to_string()
}

/// The folder of what is not in its place yet; while it exists, an unpacking is
/// under way or was interrupted.
fn draft(layout: &Layout) -> PathBuf {
    layout.tp.join("unpacking")
}

/// Refuses to write over an installation.
fn check_place(layout: &Layout) -> Result<()> {
    if draft(layout).exists() {
        return Ok(());
    }
    if let Some(part) = PARTS.iter().find(|part| layout.tp.join(part).exists()) {
        bail!(
            "« {} » a déjà une installation (« {part} ») : effacez-la d'abord, sans son dossier « notes » si vous y tenez",
            layout.tp.display()
        );
    }
    Ok(())
}

/// Removes what an unpacking leaves that failed or was interrupted.
fn clean(layout: &Layout) {
    for part in PARTS.iter().map(|part| layout.tp.join(part)) {
        let _ = if part.is_dir() { fs::remove_dir_all(&part) } else { fs::remove_file(&part) };
    }
    // Last: it tells that the others are to be removed.
    let _ = fs::remove_dir_all(draft(layout));
}

fn unpack(layout: &Layout, archive: &Archive, python: &str) -> Result<()> {
    let _lock = install::lock(layout)?;
    let draft = draft(layout);
    if draft.exists() {
        clean(layout);
    }
    check_place(layout)?;
    fs::create_dir(&draft)
        .with_context(|| format!("impossible de créer « {} »", draft.display()))?;
    let program = draft.join("bin/tp");
    archive.unpack(&draft, &program)?;
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755))?;
    for part in PARTS.iter().filter(|part| draft.join(part).exists()) {
        fs::rename(draft.join(part), layout.tp.join(part))?;
    }
    venv::settle(layout, python)?;
    compile(layout, &draft.join(contents::STORE))?;
    fs::remove_dir_all(&draft)?;
    Ok(())
}

/// Has cargo "compile" the library here, what rustc wrote elsewhere in hand; then
/// looks, without that, whether cargo takes it for compiled.
fn compile(layout: &Layout, store: &Path) -> Result<()> {
    let stand_in = draft(layout).join("rustc.sh");
    let (tp, store) = (analyzer::quoted(&layout.kernel_program()), analyzer::quoted(store));
    files::replace(
        &stand_in,
        format!("#!/bin/sh\nexec {tp} hand-out {store} \"$@\"\n").as_bytes(),
    )?;
    fs::set_permissions(&stand_in, fs::Permissions::from_mode(0o755))?;
    for wrapper in [Some(stand_in), None] {
        let mut tp = process::command(layout.kernel_program());
        tp.arg("warm").env("TP_DIR", &layout.tp).env("CARGO_NET_OFFLINE", "true");
        if let Some(wrapper) = &wrapper {
            tp.env("RUSTC_WRAPPER", wrapper);
        }
        run_logged(&mut tp, &layout.tp.join("log/unpack.log"))
            .context("la bibliothèque de l'archive ne se met pas en place")?;
        if wrapper.is_some() {
            fs::remove_file(layout.tp.join("stamps/library"))?;
        }
    }
    Ok(())
}
