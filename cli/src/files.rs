//! Files and links that are written whole or not at all.

use anyhow::{Context, Result};
use std::fs;
use std::path::Path;

/// Writes a file whole or not at all, and not at all if it already says so.
pub fn replace(path: &Path, content: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|found| found == content) {
        return Ok(());
    }
    let folder = path.parent().context("a file has a folder")?;
    fs::create_dir_all(folder)?;
    let name = path.file_name().context("a file has a name")?.to_string_lossy();
    let draft = folder.join(format!(".{name}.{}", std::process::id()));
    fs::write(&draft, content)
        .and_then(|()| fs::rename(&draft, path))
        .with_context(|| format!("impossible d'écrire « {} »", path.display()))
}

/// A symbolic link, replaced if it leads elsewhere.
pub fn link(target: &Path, path: &Path) -> Result<()> {
    if fs::read_link(path).is_ok_and(|found| found == target) {
        return Ok(());
    }
    let draft = path.with_extension("draft");
    let _ = fs::remove_file(&draft);
    std::os::unix::fs::symlink(target, &draft)?;
    Ok(fs::rename(&draft, path)?)
}
