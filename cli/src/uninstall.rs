//! `cargo tp desinstaller`: gives the disk back.

use crate::french::decimal;
use crate::install::background;
use crate::layout::Layout;
use crate::{kernel, lab};
use anyhow::{Context, Result, bail};
use std::collections::HashSet;
use std::fs;
use std::io::{BufRead, IsTerminal, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(clap::Args)]
pub struct Args {
    /// Supprime sans demander confirmation.
    #[arg(long)]
    oui: bool,
    /// Supprime aussi les notes que `cargo tp grade` a gardées.
    #[arg(long)]
    notes: bool,
}

/// What the folder `.tp` may hold. A folder that `TP_DIR` names and that holds more
/// is not ours alone.
const OURS: [&str; 25] = [
    ".crates.toml",
    ".crates2.json",
    "analyzer",
    "bin",
    "build-evcxr",
    "config",
    "executed",
    "install.lock",
    "installation.json",
    "jupyter",
    "kernels",
    "lab.lock",
    "log",
    "no-config",
    "no-kernelspec",
    NOTES,
    "peers",
    "plain",
    "playwright",
    "scores",
    "stamps",
    "unpacking",
    "venv",
    "warm",
    "warm.lock",
];
/// The marks of `tp grade`: the only thing here that cannot be made again.
const NOTES: &str = "notes";

/// Says what will go, asks, and removes it.
pub fn run(args: Args) -> Result<ExitCode> {
    let layout = Layout::find()?;
    idle(&layout)?;
    let parts = parts(&layout, args.notes)?;
    if parts.is_empty() {
        eprintln!("Rien n'est installé ni compilé.");
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("À supprimer :");
    let mut seen = HashSet::new();
    let mut total = 0;
    for part in &parts {
        let bytes = size(part, &mut seen)?;
        total += bytes;
        let link = if part.is_symlink() { " (le lien seul, pas ce qu'il désigne)" } else { "" };
        eprintln!("  {:>8}  {}{link}", amount(bytes), part.display());
    }
    let notes = layout.tp.join(NOTES);
    if !args.notes && notes.exists() {
        eprintln!("Gardé : {} (`--notes` le supprime aussi).", notes.display());
    }
    if !args.oui && !confirmed(total)? {
        eprintln!("Rien n'a été supprimé.");
        return Ok(ExitCode::FAILURE);
    }
    for part in &parts {
        remove(part).with_context(|| format!("impossible de supprimer « {} »", part.display()))?;
    }
    // Stays where something is kept in it.
    let _ = fs::remove_dir(&layout.tp);
    eprintln!("{} rendus. `cargo tp lab` réinstalle tout.", amount(total));
    Ok(ExitCode::SUCCESS)
}

/// Refuses while something uses what would go.
fn idle(layout: &Layout) -> Result<()> {
    let held = |path: &Path| {
        let file = fs::File::open(path);
        file.is_ok_and(|file| matches!(file.try_lock(), Err(fs::TryLockError::WouldBlock)))
    };
    if held(&lab::lock_file(layout)) {
        bail!(
            "JupyterLab est ouvert : arrêtez-le (Ctrl-C dans son terminal), puis relancez cette commande"
        );
    }
    if held(&background::lock_file(layout)) {
        bail!(
            "une installation est en cours : attendez sa fin (`cargo tp install` la montre), puis relancez cette commande"
        );
    }
    match kernel::living(layout)? {
        0 => {}
        1 => bail!(
            "un noyau est encore en marche : arrêtez-le dans Jupyter, puis relancez cette commande"
        ),
        count => bail!(
            "{count} noyaux sont encore en marche : arrêtez-les dans Jupyter, puis relancez cette commande"
        ),
    }
    let profiles =
        ["debug", "release"].map(|profile| target(layout).join(profile).join(".cargo-lock"));
    if profiles.iter().any(|lock| held(lock)) {
        bail!("cargo compile en ce moment : attendez sa fin, puis relancez cette commande");
    }
    Ok(())
}

fn target(layout: &Layout) -> PathBuf {
    layout.root.join("target")
}

/// What is to go. Where `.tp` or `target` is a link, it alone.
fn parts(layout: &Layout, with_notes: bool) -> Result<Vec<PathBuf>> {
    let mut parts = Vec::new();
    if layout.tp.is_symlink() {
        parts.push(layout.tp.clone());
    } else if layout.tp.is_dir() {
        let entries = fs::read_dir(&layout.tp)?.collect::<Result<Vec<_>, _>>()?;
        let foreign: Vec<_> = entries
            .iter()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .filter(|name| !OURS.contains(&name.as_str()))
            .collect();
        if layout.tp != layout.root.join(".tp") && !foreign.is_empty() {
            bail!(
                "« {} » contient autre chose que l'installation ({}) : mettez-le ailleurs, puis relancez cette commande",
                layout.tp.display(),
                foreign.join(", ")
            );
        }
        let goes = |path: &PathBuf| with_notes || path.file_name().is_none_or(|name| name != NOTES);
        parts.extend(entries.iter().map(fs::DirEntry::path).filter(goes));
    }
    let target = target(layout);
    // cargo marks its own folder.
    if target.is_symlink() || target.join("CACHEDIR.TAG").is_file() {
        parts.push(target);
    }
    parts.sort();
    Ok(parts)
}

/// The bytes that a path takes on the disk; what has several names counts once, and
/// no link is followed.
fn size(path: &Path, seen: &mut HashSet<(u64, u64)>) -> Result<u64> {
    let metadata = fs::symlink_metadata(path)?;
    if metadata.is_dir() {
        let mut total = 0;
        for entry in fs::read_dir(path)? {
            total += size(&entry?.path(), seen)?;
        }
        return Ok(total);
    }
    let first = metadata.nlink() == 1 || seen.insert((metadata.dev(), metadata.ino()));
    Ok(if first { metadata.blocks() * 512 } else { 0 })
}

/// Removes a file, a link, or a folder with all in it; links in it lose only their
/// own name.
fn remove(path: &Path) -> std::io::Result<()> {
    let kind = fs::symlink_metadata(path)?.file_type();
    if kind.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
}

fn confirmed(total: u64) -> Result<bool> {
    if !std::io::stdin().is_terminal() {
        bail!("confirmez par l'option --oui ; rien n'a été supprimé");
    }
    eprint!("Supprimer ces {} ? [o/N] ", amount(total));
    std::io::stderr().flush()?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    Ok(["o", "oui"].contains(&answer.trim().to_lowercase().as_str()))
}

/// `1,8 Go`, `240 Mo`.
fn amount(bytes: u64) -> String {
    match bytes.div_ceil(1_000_000) {
        megabytes @ 0..1000 => format!("{megabytes} Mo"),
        megabytes => format!("{} Go", decimal(megabytes as f64 / 1000.0, 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn checkout(folder: &Path) -> Layout {
        let layout = Layout { root: folder.join("tp"), tp: folder.join("tp/.tp") };
        for name in ["venv/bin", "notes", "stamps"] {
            fs::create_dir_all(layout.tp.join(name)).unwrap();
        }
        fs::create_dir_all(target(&layout).join("debug")).unwrap();
        fs::write(target(&layout).join("CACHEDIR.TAG"), "").unwrap();
        layout
    }

    fn names(layout: &Layout, with_notes: bool) -> Vec<String> {
        let parts = parts(layout, with_notes).unwrap();
        let name = |path: &PathBuf| path.strip_prefix(&layout.root).unwrap().display().to_string();
        parts.iter().map(name).collect()
    }

    #[test]
    fn the_marks_stay_unless_they_are_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let layout = checkout(folder.path());
        assert_eq!(names(&layout, false), [".tp/stamps", ".tp/venv", "target"]);
        assert!(names(&layout, true).contains(&".tp/notes".to_owned()));
        fs::remove_file(target(&layout).join("CACHEDIR.TAG")).unwrap();
        assert_eq!(names(&layout, false), [".tp/stamps", ".tp/venv"]);
    }

    #[test]
    fn a_folder_of_others_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let mut layout = checkout(folder.path());
        layout.tp = folder.path().join("ailleurs");
        fs::create_dir_all(layout.tp.join("venv")).unwrap();
        assert_eq!(parts(&layout, false).unwrap().len(), 2);
        fs::write(layout.tp.join("thèse.tex"), "").unwrap();
        let error = parts(&layout, false).unwrap_err().to_string();
        assert!(error.contains("thèse.tex"), "{error}");
    }

    #[test]
    fn links_are_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let layout = checkout(folder.path());
        let outside = folder.path().join("dehors");
        fs::create_dir(&outside).unwrap();
        fs::write(outside.join("gros"), vec![1; 3_000_000]).unwrap();
        symlink(&outside, layout.tp.join("venv/bin/lien")).unwrap();
        fs::write(layout.tp.join("stamps/a"), vec![1; 2_000_000]).unwrap();
        fs::hard_link(layout.tp.join("stamps/a"), layout.tp.join("venv/b")).unwrap();
        let mut seen = HashSet::new();
        let parts = parts(&layout, false).unwrap();
        let total: u64 = parts.iter().map(|part| size(part, &mut seen).unwrap()).sum();
        assert!(total < 3_000_000, "{total}");
        parts.iter().for_each(|part| remove(part).unwrap());
        assert!(outside.join("gros").exists() && layout.tp.join("notes").exists());

        fs::remove_dir_all(&layout.tp).unwrap();
        symlink(&outside, &layout.tp).unwrap();
        assert_eq!(names(&layout, false), [".tp"]);
        remove(&layout.tp).unwrap();
        assert!(outside.join("gros").exists() && !layout.tp.is_symlink());
    }

    #[test]
    fn what_is_in_use_stays() {
        let folder = tempfile::tempdir().unwrap();
        let layout = checkout(folder.path());
        idle(&layout).unwrap();
        let told = |lock: PathBuf| {
            fs::create_dir_all(lock.parent().unwrap()).unwrap();
            let file = fs::File::create(lock).unwrap();
            file.lock_shared().unwrap();
            idle(&layout).unwrap_err().to_string()
        };
        assert!(told(lab::lock_file(&layout)).contains("JupyterLab est ouvert"));
        assert!(told(background::lock_file(&layout)).contains("installation est en cours"));
        assert!(told(layout.tp.join("kernels/12.lock")).contains("un noyau"));
        assert!(told(target(&layout).join("debug/.cargo-lock")).contains("cargo compile"));
        idle(&layout).unwrap();
    }

    #[test]
    fn amounts_are_french() {
        assert_eq!(
            [0, 1, 240_000_000, 1_849_000_000].map(amount),
            ["0 Mo", "1 Mo", "240 Mo", "1,8 Go"]
        );
    }
}
