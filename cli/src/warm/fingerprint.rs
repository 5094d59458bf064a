//! Tells whether the compiled library is that of the present sources.
//!
//! Sources are compared by date and size, as cargo does: a file touched without
//! a change makes cargo compile again in each kernel, so it counts as changed.

use super::{cargo, project};
use crate::analyzer;
use crate::layout::Layout;
use crate::toolchain;
use anyhow::{Context, Result};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::UNIX_EPOCH;

/// One line per source and per tool.
pub fn of(layout: &Layout) -> Result<String> {
    let mut text = format!(
        "{}\n{}\n{}\n{}",
        toolchain::version()?,
        cargo::flags(),
        project::text(layout),
        analyzer::text()
    );
    for name in ["Cargo.toml", "Cargo.lock"] {
        line(&mut text, &layout.root.join(name))?;
    }
    folder(&mut text, &layout.root.join("src"))?;
    Ok(text)
}

fn folder(text: &mut String, path: &Path) -> Result<()> {
    let entries =
        fs::read_dir(path).with_context(|| format!("impossible de lire « {} »", path.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    // Editors leave drafts and locks (`.#lib.rs` leads nowhere) beside the sources.
    paths.retain(|path| !path.file_name().unwrap_or_default().as_encoded_bytes().starts_with(b"."));
    paths.sort();
    for path in paths {
        if path.is_dir() { folder(text, &path)? } else { line(text, &path)? }
    }
    Ok(())
}

fn line(text: &mut String, path: &Path) -> Result<()> {
    let metadata =
        fs::metadata(path).with_context(|| format!("impossible de lire « {} »", path.display()))?;
    let age = metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
    writeln!(text, "{} {} {}", path.display(), metadata.len(), age.as_nanos())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process;

    #[test]
    fn a_touched_source_changes_the_fingerprint() {
        let _turn = process::TURN.lock();
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("src/nn")).unwrap();
        for name in ["Cargo.toml", "Cargo.lock", "src/lib.rs", "src/nn/mod.rs"] {
            fs::write(root.path().join(name), "x").unwrap();
        }
        let layout = Layout { root: root.path().to_owned(), tp: root.path().join(".tp") };
        let before = of(&layout).unwrap();
        std::os::unix::fs::symlink("nobody@1", root.path().join("src/.#lib.rs")).unwrap();
        assert_eq!(before, of(&layout).unwrap());
        let touched =
            fs::File::options().write(true).open(root.path().join("src/nn/mod.rs")).unwrap();
        touched.set_modified(UNIX_EPOCH).unwrap();
        assert_ne!(before, of(&layout).unwrap());
    }
}
