//! A kernel's own copy of the warmed folder.
//!
//! cargo and evcxr write some files in place: if two kernels shared those by
//! hard links, each would run the other's cells. Hard links are for what never
//! changes, the large compiled libraries; everything else is really copied.

use super::lock_file;
use crate::layout::Layout;
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;

/// Files up to this size are copied: they cost little, and some are rewritten.
const LINKED_ABOVE: u64 = 200_000;

/// Copies the warmed folder to `destination`, not while it is being compiled.
pub fn warmed(layout: &Layout, destination: &Path) -> Result<()> {
    let lock = lock_file(layout)?;
    lock.lock_shared()?;
    folder(&layout.warm(), destination, false)
        .with_context(|| format!("impossible de préparer « {} »", destination.display()))
}

/// Copies a folder; `changing` when its files may be rewritten in place.
fn folder(source: &Path, destination: &Path, changing: bool) -> Result<()> {
    fs::create_dir_all(destination)?;
    for entry in fs::read_dir(source)? {
        let entry = entry?;
        let (from, to) = (entry.path(), destination.join(entry.file_name()));
        let changing = changing || is_rewritten(&entry.file_name().to_string_lossy());
        let kind = entry.file_type()?;
        if kind.is_dir() {
            folder(&from, &to, changing)?;
        } else if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(&from)?, &to)?;
        } else {
            file(&from, &to, &entry.metadata()?, changing)?;
        }
    }
    Ok(())
}

fn file(from: &Path, to: &Path, metadata: &fs::Metadata, changing: bool) -> Result<()> {
    let linked = !changing && metadata.len() > LINKED_ABOVE && fs::hard_link(from, to).is_ok();
    if !linked {
        fs::copy(from, to)?;
        // cargo compares dates to know what to compile again.
        let times = fs::FileTimes::new().set_modified(metadata.modified()?);
        fs::File::open(to)?.set_times(times)?;
    }
    Ok(())
}

/// Whether a file, or all in a folder of that name, may be rewritten in place:
/// incremental compilation's state, and whatever belongs to the cells' crate
/// (not the folder `ctx` itself, which also holds the compiled library).
fn is_rewritten(name: &str) -> bool {
    let stem = name.strip_prefix("lib").unwrap_or(name);
    name == "incremental" || stem.starts_with("ctx-") || stem.starts_with("ctx.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::MetadataExt;

    #[test]
    fn only_large_files_that_never_change_are_shared() {
        let root = tempfile::tempdir().unwrap();
        let source = root.path().join("ctx");
        let large = vec![0_u8; 300_000];
        let files = [
            ("deps/libmnist_tp.so", &large[..], true),
            ("deps/libmnist_tp.d", b"small", false),
            ("deps/libctx.so", &large[..], false),
            ("incremental/keep-1/s-2/query-cache.bin", &large[..], false),
        ];
        for (name, content, _) in files {
            let path = source.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        let copy = root.path().join("copy");
        folder(&source, &copy, false).unwrap();
        for (name, content, shared) in files {
            let (old, new) = (source.join(name), copy.join(name));
            assert_eq!(fs::read(&new).unwrap(), content, "{name}");
            let (old, new) = (fs::metadata(old).unwrap(), fs::metadata(new).unwrap());
            assert_eq!(old.ino() == new.ino(), shared, "{name}");
            assert_eq!(old.modified().unwrap(), new.modified().unwrap(), "{name}");
        }
    }

    #[test]
    fn the_cells_crate_is_recognised_by_name() {
        for name in ["incremental", "ctx-0a1b", "ctx.d", "libctx.so", "libctx-0a1b.rmeta"] {
            assert!(is_rewritten(name), "{name}");
        }
        for name in ["ctx", "context-12", "libcontext.rlib", "libmnist_tp.so"] {
            assert!(!is_rewritten(name), "{name}");
        }
    }
}
