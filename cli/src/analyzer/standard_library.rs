//! The standard library as rust-analyzer sees it: the three crates in which
//! types are, and the hash table that `HashMap` is made of.
//!
//! `RUST_SRC_PATH` names a small workspace. Each of its crates is one file: the
//! toolchain's sources with all macros expanded (see `expansion`), cut to what gives
//! types (see `signatures`). Where that does not succeed, with a compiler
//! whose sources are not as these modules expect, `src/` is a link to the sources
//! themselves, and a kernel starts later.
//!
//! The sources are a component of rustup that its default profile lacks, and
//! without them evcxr knows the type of nothing: not even `vec![1]` can be
//! stored. rust-analyzer fetches them at the first start of a kernel, which in a
//! classroom may be too late for the network; here they are part of the set-up.

mod expansion;
mod member;
mod signatures;

use crate::files;
use crate::layout::Layout;
use crate::process::{self, run_logged};
use crate::toolchain;
use anyhow::{Context, Result, bail};
use member::Crate;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};

/// The crates, each with those of them it needs.
pub const CRATES: [(&str, &[&str]); 4] = [
    ("core", &[]),
    ("alloc", &["core"]),
    ("hashbrown", &["core", "alloc"]),
    ("std", &["core", "alloc", "hashbrown"]),
];

/// What each crate defines, whatever its version: without one of these, its sources were
/// not understood.
const LANDMARKS: [(&str, &[&str]); 4] = [
    ("core", &["enum Option<", "trait Iterator", "trait Add<", "macro_rules! assert_eq"]),
    ("alloc", &["struct Vec<", "struct String", "struct Rc<", "fn push(", "macro_rules! vec"]),
    ("hashbrown", &["struct HashMap<", "struct HashSet<"]),
    ("std", &["struct HashMap<", "struct Mutex<", "struct Instant", "macro_rules! println"]),
];

const WORKSPACE: &str = "[workspace]\nmembers = [\"std\"]\nresolver = \"3\"\n";

/// The file that is there when the sources themselves are, not links to those of the
/// toolchain. It says what they were made from (see [`origin`]).
pub const CARRIED: &str = "origin";

/// The compiler that the sources are for, and how they were cut.
pub fn origin() -> Result<String> {
    Ok(format!("{}{}\n", toolchain::version()?, rules()))
}

/// How the sources are cut: another text for other rules.
pub fn rules() -> String {
    let rules = [
        include_str!("standard_library/expansion.rs"),
        include_str!("../source.rs"),
        include_str!("standard_library/signatures.rs"),
        include_str!("../source/tokens.rs"),
    ];
    hex::encode(Sha256::digest(rules.concat()))
}

pub fn folder(layout: &Layout) -> PathBuf {
    layout.analyzer().join("std")
}

/// Whether the links lead to something that this account may read.
pub fn is_readable(layout: &Layout) -> bool {
    let source = |name| folder(layout).join(name).join("src/lib.rs");
    CRATES.iter().all(|(name, _)| fs::File::open(source(name)).is_ok())
}

/// Writes the workspace; fetches what it needs if it is not on the machine.
pub fn prepare(layout: &Layout, sysroot: &Path) -> Result<()> {
    let (folder, origin) = (folder(layout), origin()?);
    let carried = fs::read_to_string(folder.join(CARRIED));
    if folder.join("Cargo.lock").is_file() && carried.is_ok_and(|carried| carried == origin) {
        return Ok(());
    }
    // Whole: through an earlier link one would write into the toolchain.
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let metadata = metadata(layout, &sources(layout, sysroot)?)?;
    let find = |(name, needs): (&'static str, &'static [&'static str])| {
        let found = Crate::find(&metadata, name)
            .with_context(|| format!("la bibliothèque standard n'a pas de « {name} »"))?;
        Ok((name, needs, found))
    };
    let crates = CRATES.into_iter().map(find).collect::<Result<Vec<_>>>()?;
    files::replace(&folder.join("Cargo.toml"), WORKSPACE.as_bytes())?;
    for (name, needs, found) in &crates {
        let manifest = found.manifest(name, needs);
        files::replace(&folder.join(name).join("Cargo.toml"), manifest.as_bytes())?;
    }
    match cut(&crates) {
        Some(texts) => {
            for ((name, ..), text) in crates.iter().zip(texts) {
                files::replace(&folder.join(name).join("src/lib.rs"), text.as_bytes())?;
            }
            files::replace(&folder.join(CARRIED), origin.as_bytes())?;
        }
        None => {
            for (name, _, found) in &crates {
                files::link(&found.sources, &folder.join(name).join("src"))?;
            }
        }
    }
    // Written last: while it is missing, the folder is not used.
    let mut cargo = process::command("cargo");
    cargo.args(["generate-lockfile", "--offline"]).current_dir(&folder);
    run_logged(&mut cargo, &layout.tp.join("log/std.log"))
}

/// All crates, each as one file with what gives types; none if one is not understood.
fn cut(crates: &[(&str, &[&str], Crate)]) -> Option<Vec<String>> {
    let expanded: Option<Vec<_>> = std::thread::scope(|scope| {
        let expand = |(name, _, found)| scope.spawn(move || expansion::of(name, found).ok());
        let running: Vec<_> =
            crates.iter().map(|(name, needs, found)| expand((*name, needs, found))).collect();
        running.into_iter().map(|expansion| expansion.join().ok()?).collect()
    });
    let texts = signatures::of(&expanded?)?;
    let is_whole = |((name, ..), text): (&(&str, _, _), &String)| {
        let landmarks = LANDMARKS.iter().find(|(of, _)| of == name);
        landmarks.is_some_and(|(_, found)| found.iter().all(|landmark| text.contains(landmark)))
    };
    crates.iter().zip(&texts).all(is_whole).then_some(texts)
}

/// The toolchain's sources of the standard library.
fn sources(layout: &Layout, sysroot: &Path) -> Result<PathBuf> {
    let library = sysroot.join("lib/rustlib/src/rust/library");
    if !library.is_dir() {
        let mut rustup = process::command("rustup");
        rustup.args(["component", "add", "rust-src"]);
        run_logged(&mut rustup, &layout.tp.join("log/rust-src.log")).context(
            "les sources de la bibliothèque standard manquent ; une fois connecté, lancez `rustup component add rust-src` (Rust installé par Debian/Ubuntu : sudo apt install rust-src)",
        )?;
    }
    if !library.is_dir() {
        bail!("« {} » n'existe pas : installez les sources de Rust (rust-src)", library.display());
    }
    Ok(library)
}

/// What cargo knows of the standard library, whose own dependencies (the hash
/// table is one) come from crates.io.
fn metadata(layout: &Layout, library: &Path) -> Result<Value> {
    let host = toolchain::host()?;
    let cargo = |arguments: &[&str]| {
        let mut cargo = process::command("cargo");
        // Its manifests use what is not stable in cargo.
        cargo.args(arguments).args(["--locked", "--manifest-path"]).arg(library.join("Cargo.toml"));
        cargo.current_dir(&layout.tp).env("RUSTC_BOOTSTRAP", "1");
        cargo
    };
    run_logged(&mut cargo(&["fetch", "--target", &host]), &layout.tp.join("log/std-fetch.log"))
        .context("ce dont la bibliothèque standard a besoin ne se télécharge pas")?;
    let arguments = ["metadata", "--offline", "--format-version", "1", "--filter-platform", &host];
    let output = cargo(&arguments).output()?;
    if !output.status.success() {
        bail!(
            "cargo ne comprend pas la bibliothèque standard : {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyzer;

    /// For the very toolchain that compiles this: its sources are cut, and cargo finds
    /// the crates with the features that the real ones have.
    #[test]
    fn the_workspace_is_one_that_cargo_reads_without_network() {
        let _turn = process::TURN.lock();
        let root = tempfile::tempdir().unwrap();
        let layout = Layout { root: root.path().to_owned(), tp: root.path().join(".tp") };
        analyzer::prepare(&layout).unwrap();
        assert!(analyzer::is_done(&layout) && is_readable(&layout));
        let mut cargo = process::command("cargo");
        cargo.args(["metadata", "--format-version", "1", "--locked", "--offline"]);
        let output = cargo.current_dir(folder(&layout)).output().unwrap();
        let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
        for (name, _) in CRATES {
            let found = Crate::find(&metadata, name).unwrap();
            assert!(found.sources.join("lib.rs").is_file(), "{name}");
        }
        assert!(Crate::find(&metadata, "hashbrown").unwrap().features.contains(&"nightly".into()));
        let carried = fs::read_to_string(folder(&layout).join(CARRIED)).unwrap();
        assert_eq!(carried, origin().unwrap());
        let text = fs::read_to_string(folder(&layout).join("alloc/src/lib.rs")).unwrap();
        assert!(text.contains("pub fn push(&mut self, value: T)") && text.len() < 1_000_000);
        // Again, over what is there.
        analyzer::prepare(&layout).unwrap();
        assert!(analyzer::is_done(&layout));
    }
}
