//! The standard library as rust-analyzer sees it: the three crates in which
//! types are, and the hash table that `HashMap` is made of.
//!
//! `RUST_SRC_PATH` names a small workspace whose `src/` folders are links to the
//! toolchain's sources. Left out are the intrinsics of all processors
//! (`std::arch`, 27 of the 50 MB), the unstable `std::simd`, the symbolication of
//! backtraces, and tests.
//!
//! The sources are a component of rustup that its default profile lacks, and
//! without them evcxr knows the type of nothing: not even `vec![1]` can be
//! stored. rust-analyzer fetches them at the first start of a kernel, which in a
//! classroom may be too late for the network; here they are part of the set-up.

use crate::files;
use crate::layout::Layout;
use crate::process::{self, run_logged};
use crate::toolchain;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// The crates, each with those of them it needs.
pub const CRATES: [(&str, &[&str]); 4] = [
    ("core", &[]),
    ("alloc", &["core"]),
    ("hashbrown", &["core", "alloc"]),
    ("std", &["core", "alloc", "hashbrown"]),
];

const WORKSPACE: &str = "[workspace]\nmembers = [\"std\"]\nresolver = \"3\"\n";

/// The file that is there when the sources themselves are, not links to those of the
/// toolchain: an archive brought them (see `pack`). It names the compiler they are for.
pub const CARRIED: &str = "rustc";

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
    let folder = folder(layout);
    if let Ok(compiler) = fs::read_to_string(folder.join(CARRIED)) {
        if compiler == toolchain::version()? {
            return Ok(());
        }
        fs::remove_dir_all(&folder)?;
    }
    // Written last: while it is missing, the folder is not used.
    let _ = fs::remove_file(folder.join("Cargo.lock"));
    let metadata = metadata(layout, &sources(layout, sysroot)?)?;
    files::replace(&folder.join("Cargo.toml"), WORKSPACE.as_bytes())?;
    for (name, needs) in CRATES {
        let found = Crate::find(&metadata, name)
            .with_context(|| format!("la bibliothèque standard n'a pas de « {name} »"))?;
        files::replace(
            &folder.join(name).join("Cargo.toml"),
            found.manifest(name, needs).as_bytes(),
        )?;
        files::link(&found.sources, &folder.join(name).join("src"))?;
    }
    let mut cargo = process::command("cargo");
    cargo.args(["generate-lockfile", "--offline"]).current_dir(&folder);
    run_logged(&mut cargo, &layout.tp.join("log/std.log"))
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

/// A crate of the standard library.
struct Crate {
    edition: String,
    /// The folder of its `lib.rs`.
    sources: PathBuf,
    features: Vec<String>,
}

impl Crate {
    fn find(metadata: &Value, name: &str) -> Option<Self> {
        let items = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let package = items(&metadata["packages"]).into_iter().find(|p| p["name"] == name)?;
        let library = items(&package["targets"]).into_iter().find(|target| {
            target["src_path"].as_str().is_some_and(|path| path.ends_with("/lib.rs"))
        })?;
        let node = items(&metadata["resolve"]["nodes"])
            .into_iter()
            .find(|node| node["id"] == package["id"])?;
        Some(Self {
            edition: package["edition"].as_str()?.to_owned(),
            sources: Path::new(library["src_path"].as_str()?).parent()?.to_owned(),
            features: items(&node["features"])
                .iter()
                .filter_map(|feature| feature.as_str().map(str::to_owned))
                .filter(|feature| feature != "default")
                .collect(),
        })
    }

    /// A manifest with the features of the real one, and no other dependencies.
    fn manifest(&self, name: &str, needs: &[&str]) -> String {
        let mut text = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"{}\"\n\n[lib]\n\n[features]\ndefault = {:?}\n",
            self.edition, self.features
        );
        for feature in &self.features {
            text += &format!("{feature:?} = []\n");
        }
        text += "\n[dependencies]\n";
        for need in needs {
            text += &format!("{need} = {{ path = \"../{need}\" }}\n");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyzer;

    /// For the very toolchain that compiles this: its sources are linked, and cargo
    /// finds the crates with the features that the real ones have.
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
        // Again, over what is there.
        analyzer::prepare(&layout).unwrap();
        assert!(analyzer::is_done(&layout));
    }
}
