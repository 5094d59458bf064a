//! The sources that an archive was made from, summed up by their contents.

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};

/// The files and folders of the checkout that what is packed was made from.
pub const SOURCES: [&str; 7] = [
    "Cargo.toml",
    "Cargo.lock",
    "src",
    "cli/Cargo.toml",
    "cli/src",
    "cli/requirements.txt",
    "cli/constraints.txt",
];

/// A sum of the sources' contents, whatever their dates and the checkout's place.
pub fn sum(root: &Path) -> Result<String> {
    let mut files = Vec::new();
    for name in SOURCES {
        gather(root, Path::new(name), &mut files)?;
    }
    files.sort();
    let mut sum = Sha256::new();
    for name in files {
        let content = read(&root.join(&name))?;
        sum.update(format!("{} {}\n", name.display(), content.len()));
        sum.update(content);
    }
    Ok(hex::encode(sum.finalize()))
}

fn gather(root: &Path, name: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let path = root.join(name);
    if !path.is_dir() {
        files.push(name.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(&path)? {
        let file = entry?.file_name();
        // Editors leave drafts and locks beside the sources.
        if !file.as_encoded_bytes().starts_with(b".") {
            gather(root, &name.join(file), files)?;
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("impossible de lire « {} »", path.display()))
}
