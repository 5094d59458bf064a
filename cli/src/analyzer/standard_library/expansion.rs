//! A crate's sources with all macros expanded, as rustc prints them.
//!
//! What rustc has against them does not matter (a crate of the standard library is not
//! meant to be compiled alone): it prints all the same.

use super::member::Crate;
use crate::process;
use anyhow::{Context, Result};
use std::fs;
use std::os::unix::fs::symlink;
use std::process::Stdio;

/// `krate` as one file. The modules that lie outside the crate's own folder are empty:
/// the intrinsics of all processors, portable vectors, what reads backtraces.
pub fn of(name: &str, krate: &Crate) -> Result<String> {
    let folder = tempfile::tempdir()?;
    // As deep as in the real sources: `../../stdarch/…` stays in the folder.
    let sources = folder.path().join(name).join("src");
    fs::create_dir_all(&sources)?;
    for entry in fs::read_dir(&krate.sources)? {
        let entry = entry?;
        if entry.file_name() != "lib.rs" {
            symlink(entry.path(), sources.join(entry.file_name()))?;
        }
    }
    let root = fs::read_to_string(krate.sources.join("lib.rs"))?;
    for path in outside(&root) {
        let file = sources.join(path);
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(file, "")?;
    }
    fs::write(sources.join("lib.rs"), root)?;
    // Parts of its documentation stand in the crates that it needs.
    for need in &krate.needs {
        let neighbour = krate.sources.join("../..").join(need);
        let place = folder.path().join(need);
        if neighbour.is_dir() && !place.exists() {
            symlink(neighbour, place)?;
        }
    }

    let mut rustc = process::command("rustc");
    // What is not stable in rustc: the option, and much of the sources.
    rustc.env("RUSTC_BOOTSTRAP", "1").arg("-Zunpretty=expanded");
    rustc.args(["--crate-name", name, "--edition", &krate.edition]);
    for feature in &krate.features {
        rustc.args(["--cfg", &format!("feature={feature:?}")]);
    }
    for crate_name in &krate.needs {
        rustc.args(["--extern", crate_name]);
    }
    let output = rustc.arg(sources.join("lib.rs")).stderr(Stdio::null()).output()?;
    String::from_utf8(output.stdout).context("rustc ne répond pas en UTF-8")
}

/// The files outside the crate's folder that modules of its root name.
fn outside(root: &str) -> impl Iterator<Item = &str> {
    root.lines()
        .filter_map(|line| line.trim().strip_prefix("#[path = \"")?.strip_suffix("\"]"))
        .filter(|path| path.starts_with("../../") && !path["../../".len()..].contains(".."))
}
