//! What an archive holds: what took long to make, or came from the network. The
//! rest of `.tp/` is written anew where it is unpacked.
//!
//! ```text
//! bin/evcxr_jupyter, .crates.toml   the stock kernel
//! venv/           Python's packages
//! cargo/          the published crates that the library needs, as cargo's own
//!                 folder has them, all platforms (evcxr asks for them)
//! analyzer/std/   the standard library's sources that evcxr reads, no links
//! rustc/          what rustc wrote when the library was compiled
//! ```

use crate::layout::Layout;
use crate::warm;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The checkout's own crate, which has another number in each folder.
pub const CHECKOUT: &str = "mnist_tp";

/// Where the draft of what rustc wrote is, in the archive.
pub const STORE: &str = "rustc";

/// A file, or a symbolic link, and its name in the archive.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    name: PathBuf,
    from: PathBuf,
}

impl Entry {
    pub fn new(from: &Path, name: &Path) -> Self {
        Self { name: name.to_owned(), from: from.to_owned() }
    }

    pub fn is_named(&self, name: &Path) -> bool {
        self.name == name
    }

    /// Adds it to an archive.
    pub fn append<W: Write>(&self, tar: &mut tar::Builder<W>) -> Result<()> {
        tar.follow_symlinks(false);
        tar.append_path_with_name(&self.from, &self.name)
            .with_context(|| format!("impossible de lire « {} »", self.from.display()))
    }

    /// The size of the file.
    pub fn bytes(&self) -> u64 {
        fs::symlink_metadata(&self.from).map_or(0, |metadata| metadata.len())
    }
}

/// All that an archive of this installation holds.
pub fn of(layout: &Layout) -> Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for name in ["bin/evcxr_jupyter", ".crates.toml", ".crates2.json"] {
        entries.push(Entry::new(&layout.tp.join(name), Path::new(name)));
    }
    folder(&layout.tp.join("venv"), Path::new("venv"), &mut entries)?;
    let standard = Path::new("analyzer/std");
    folder(&layout.tp.join(standard).canonicalize()?, standard, &mut entries)?;
    // Links lead to the toolchain of this machine: what they lead to is packed.
    let links: Vec<_> = entries
        .iter()
        .filter(|entry| entry.name.starts_with(standard) && entry.from.is_dir())
        .map(|entry| (entry.from.clone(), entry.name.clone()))
        .collect();
    entries.retain(|entry| !links.iter().any(|(_, name)| *name == entry.name));
    for (link, name) in links {
        folder(&link.canonicalize()?, &name, &mut entries)?;
    }
    crates(layout, &mut entries)?;
    compiled(layout, &mut entries)?;
    entries.sort();
    entries.dedup_by(|one, other| one.name == other.name);
    Ok(entries)
}

/// The files below a folder; links are kept as they are.
fn folder(from: &Path, name: &Path, entries: &mut Vec<Entry>) -> Result<()> {
    let listed =
        fs::read_dir(from).with_context(|| format!("impossible de lire « {} »", from.display()))?;
    for entry in listed {
        let entry = entry?;
        let (path, name) = (entry.path(), name.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            folder(&path, &name, entries)?;
        } else {
            entries.push(Entry { name, from: path });
        }
    }
    Ok(())
}

/// The published crates of the library, with their lines of the registry's index.
fn crates(layout: &Layout, entries: &mut Vec<Entry>) -> Result<()> {
    let lock = fs::read_to_string(layout.warm().join("Cargo.lock"))?;
    let registry = cargo_home()?.join("registry");
    let caches = fs::read_dir(registry.join("cache"))
        .with_context(|| format!("« {} » n'existe pas", registry.join("cache").display()))?;
    let caches = caches.map(|cache| Ok(cache?.file_name())).collect::<Result<Vec<_>>>()?;
    for (name, version) in published(&lock) {
        let file = format!("{name}-{version}.crate");
        let found =
            caches.iter().find(|cache| registry.join("cache").join(cache).join(&file).is_file());
        let Some(cache) = found else {
            bail!(
                "{file} manque dans « {} » : lancez `cargo fetch` dans « {} »",
                registry.display(),
                layout.warm().display()
            );
        };
        let index = Path::new("index").join(cache);
        let listed = index.join(".cache").join(index_folder(&name)).join(name.to_lowercase());
        for path in [Path::new("cache").join(cache).join(&file), listed, index.join("config.json")]
        {
            if registry.join(&path).is_file() {
                entries.push(Entry {
                    from: registry.join(&path),
                    name: Path::new("cargo/registry").join(path),
                });
            }
        }
    }
    Ok(())
}

/// cargo's folder.
fn cargo_home() -> Result<PathBuf> {
    let told = std::env::var_os("CARGO_HOME").filter(|folder| !folder.is_empty());
    let home = || std::env::home_dir().map(|home| home.join(".cargo"));
    told.map(PathBuf::from).or_else(home).context("le dossier de cargo est introuvable")
}

/// The name and version of each crate of a lock file that comes from a registry.
fn published(lock: &str) -> Vec<(String, String)> {
    let field = |block: &str, name: &str| {
        let start = format!("{name} = \"");
        let line = block.lines().find_map(|line| line.strip_prefix(&start))?;
        Some(line.trim_end_matches('"').to_owned())
    };
    lock.split("[[package]]")
        .filter(|block| field(block, "source").is_some_and(|text| text.starts_with("registry+")))
        .filter_map(|block| Some((field(block, "name")?, field(block, "version")?)))
        .collect()
}

/// Where a registry's index lists a crate: `serde` in `se/rd`.
fn index_folder(name: &str) -> PathBuf {
    let name = name.to_lowercase();
    match name.len() {
        0..=2 => name.len().to_string().into(),
        3 => Path::new("3").join(&name[..1]),
        _ => Path::new(&name[..2]).join(&name[2..4]),
    }
}

/// What rustc wrote for the library and all below it: cargo, which finds nothing
/// to do, tells.
fn compiled(layout: &Layout, entries: &mut Vec<Entry>) -> Result<()> {
    let mut files = BTreeMap::new();
    let mut cargo = warm::cargo(layout)?;
    let output = cargo.args(["--offline", "--message-format=json"]).output()?;
    if !output.status.success() {
        bail!(
            "la bibliothèque ne se compile pas : {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        if let Ok(message) = serde_json::from_str::<Value>(line) {
            files.extend(artifact(&message).unwrap_or_default());
        }
    }
    if !files.contains_key(&format!("lib{CHECKOUT}.rlib")) {
        bail!("cargo ne dit pas où il a compilé la bibliothèque ; lancez `cargo tp install`");
    }
    entries.extend(
        files.into_iter().map(|(name, from)| Entry { name: Path::new(STORE).join(name), from }),
    );
    Ok(())
}

/// The files of one crate, by the name that rustc gave them.
fn artifact(message: &Value) -> Option<Vec<(String, PathBuf)>> {
    let target = message["target"]["name"].as_str()?.replace('-', "_");
    if message["reason"] != "compiler-artifact" || target == "keep" || target == "ctx" {
        return None;
    }
    let named = |path: &Path| {
        let name = path.file_name()?.to_str()?;
        let (stem, extension) = name.split_once('.').map_or((name, None), |(a, b)| (a, Some(b)));
        Some(match extension {
            // cargo has renamed a build script's program.
            None => {
                let number = path.parent()?.file_name()?.to_str()?.rsplit_once('-')?.1;
                format!("{target}-{number}")
            }
            Some(end) if target == CHECKOUT => format!("{}.{end}", stem.split('-').next()?),
            Some(_) => name.to_owned(),
        })
    };
    let paths = message["filenames"].as_array()?.iter().filter_map(|path| path.as_str());
    paths.map(PathBuf::from).map(|path| Some((named(&path)?, path))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn published_crates_are_read_from_the_lock_file() {
        let lock = "version = 4\n\n[[package]]\nname = \"half\"\nversion = \"2.7.1\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"00\"\n\n[[package]]\nname = \"keep\"\nversion = \"1.0.0\"\ndependencies = [\n \"half\",\n]\n";
        assert_eq!(published(lock), [("half".to_owned(), "2.7.1".to_owned())]);
        for (name, folder) in [("a", "1"), ("cc", "2"), ("syn", "3/s"), ("Inflector", "in/fl")] {
            assert_eq!(index_folder(name), Path::new(folder), "{name}");
        }
    }

    #[test]
    fn files_have_the_names_that_rustc_gave_them() {
        let names = |target: &str, files: &[&str]| {
            let message = json!({"reason": "compiler-artifact", "target": {"name": target}, "filenames": files});
            let found = artifact(&message).unwrap_or_default();
            found.into_iter().map(|(name, _)| name).collect::<Vec<_>>()
        };
        assert_eq!(names("half", &["/t/deps/libhalf-a9.rlib"]), ["libhalf-a9.rlib"]);
        assert_eq!(
            names("build-script-build", &["/t/build/my-crate-0f/build-script-build"]),
            ["build_script_build-0f"]
        );
        assert_eq!(
            names("mnist_tp", &["/t/deps/libmnist_tp-94.rmeta", "/t/libmnist_tp.so"]),
            ["libmnist_tp.rmeta", "libmnist_tp.so"]
        );
        assert!(names("keep", &["/t/libkeep.rlib"]).is_empty());
    }

    #[test]
    fn links_within_a_folder_are_kept() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("lib")).unwrap();
        fs::write(root.path().join("lib/a"), "x").unwrap();
        std::os::unix::fs::symlink("lib", root.path().join("lib64")).unwrap();
        let mut entries = Vec::new();
        folder(root.path(), Path::new("venv"), &mut entries).unwrap();
        entries.sort();
        let names: Vec<_> = entries.iter().map(|entry| entry.name.to_str().unwrap()).collect();
        assert_eq!(names, ["venv/lib/a", "venv/lib64"]);
    }
}
