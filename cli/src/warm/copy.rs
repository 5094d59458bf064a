//! A kernel's own copy of the warmed folder.
//!
//! cargo and evcxr write some files in place: if two kernels shared those by
//! hard links, each would run the other's cells. Hard links are for what never
//! changes, the large compiled libraries; small files are really copied (18 MB
//! a kernel), and the state of incremental compilation is left out.

use super::lock;
use crate::layout::Layout;
use anyhow::{Context, Result};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// Files up to this size are copied: they cost little, and some are rewritten.
const LINKED_ABOVE: u64 = 200_000;

/// Copies the warmed folder to `destination`, not while it is being compiled.
pub fn warmed(layout: &Layout, destination: &Path) -> Result<()> {
    let lock = lock::file(layout)?;
    lock.lock_shared()?;
    folder(&layout.warm(), destination)
        .with_context(|| format!("impossible de préparer « {} »", destination.display()))
}

fn folder(source: &Path, destination: &Path) -> Result<()> {
    fs::create_dir_all(destination)?;
    for entry in fs::read_dir(source)? {
        let entry = entry?;
        let (from, to) = (entry.path(), destination.join(entry.file_name()));
        let kind = entry.file_type()?;
        if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(&from)?, &to)?;
        } else if kind.is_file() {
            file(&from, &to, &entry.metadata()?)?;
        } else if entry.file_name() != "incremental" {
            folder(&from, &to)?;
        }
    }
    Ok(())
}

fn file(from: &Path, to: &Path, metadata: &fs::Metadata) -> Result<()> {
    let shared = metadata.len() > LINKED_ABOVE && !is_of_cells(from);
    if !(shared && link(from, to).is_ok()) {
        fs::copy(from, to)?;
        set_date(to, metadata)?;
    }
    Ok(())
}

/// A hard link, or a symbolic one where that cannot be: from one disk to another,
/// or for files of somebody else (one set-up for all users of a server).
fn link(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::hard_link(from, to).or_else(|_| symbolic(from, to))
}

/// A symbolic link, but not to the library: rustc writes into each cell where the
/// dylib really is, seen from a folder that evcxr moves the cell out of.
fn symbolic(from: &Path, to: &Path) -> std::io::Result<()> {
    if from.extension().is_some_and(|extension| extension == std::env::consts::DLL_EXTENSION) {
        return Err(std::io::ErrorKind::Unsupported.into());
    }
    std::os::unix::fs::symlink(from, to)
}

/// cargo compares dates to know what to compile again.
fn set_date(path: &Path, metadata: &fs::Metadata) -> Result<()> {
    let times = fs::FileTimes::new().set_modified(metadata.modified()?);
    Ok(fs::File::open(path)?.set_times(times)?)
}

/// Whether a file belongs to the crate of the cells, rewritten at each of them.
fn is_of_cells(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let stem = name.strip_prefix("lib").unwrap_or(&name);
    stem.starts_with("ctx-") || stem.starts_with("ctx.")
}

/// Gives the warmed folder its own copy of the library's files before they are
/// compiled again: a linker may write in place what living kernels have loaded.
pub fn unshare(layout: &Layout) -> Result<()> {
    let mut folders = vec![layout.warm()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let (path, metadata) = (entry.path(), entry.metadata()?);
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if metadata.is_dir() {
                folders.push(path);
            } else if name.contains("mnist_tp") && metadata.nlink() > 1 {
                let draft = path.with_extension("draft");
                fs::copy(&path, &draft)?;
                set_date(&draft, &metadata)?;
                fs::rename(&draft, &path)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dylib_is_never_a_symbolic_link() {
        let root = tempfile::tempdir().unwrap();
        let dylib = format!("libmnist_tp{}", std::env::consts::DLL_SUFFIX);
        for (name, linked) in [("libcandle.rlib", true), (&dylib, false)] {
            let (from, to) = (root.path().join(name), root.path().join(format!("copy-{name}")));
            fs::write(&from, "x").unwrap();
            assert_eq!((symbolic(&from, &to).is_ok(), to.exists()), (linked, linked), "{name}");
        }
    }

    #[test]
    fn only_large_files_that_never_change_are_shared() {
        let root = tempfile::tempdir().unwrap();
        let source = root.path().join("ctx");
        let large = vec![0_u8; 300_000];
        let files = [
            ("deps/libmnist_tp.so", &large[..], Some(true)),
            ("deps/libmnist_tp.d", b"small", Some(false)),
            ("deps/libctx.so", &large[..], Some(false)),
            ("incremental/keep-1/s-2/query-cache.bin", &large[..], None),
        ];
        for (name, content, _) in files {
            let path = source.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        let copy = root.path().join("copy");
        folder(&source, &copy).unwrap();
        for (name, content, shared) in files {
            let (old, new) = (source.join(name), copy.join(name));
            assert_eq!(new.exists(), shared.is_some(), "{name}");
            if let Some(shared) = shared {
                assert_eq!(fs::read(&new).unwrap(), content, "{name}");
                let (old, new) = (fs::metadata(old).unwrap(), fs::metadata(new).unwrap());
                assert_eq!(old.ino() == new.ino(), shared, "{name}");
                assert_eq!(old.modified().unwrap(), new.modified().unwrap(), "{name}");
            }
        }
    }

    #[test]
    fn what_is_compiled_again_is_no_longer_shared() {
        let root = tempfile::tempdir().unwrap();
        let layout = Layout { root: root.path().to_owned(), tp: root.path().to_owned() };
        let warm = layout.warm().join("ctx/target/libmnist_tp.so");
        fs::create_dir_all(warm.parent().unwrap()).unwrap();
        fs::write(&warm, "library").unwrap();
        let kernel = root.path().join("kernel.so");
        fs::hard_link(&warm, &kernel).unwrap();
        let date = fs::metadata(&warm).unwrap().modified().unwrap();
        unshare(&layout).unwrap();
        let (warm, kernel) = (fs::metadata(&warm).unwrap(), fs::metadata(&kernel).unwrap());
        assert_ne!(warm.ino(), kernel.ino());
        assert_eq!(warm.modified().unwrap(), date);
    }

    #[test]
    fn the_cells_crate_is_recognised_by_name() {
        for name in ["ctx-0a1b", "ctx.d", "libctx.so", "libctx-0a1b.rmeta"] {
            assert!(is_of_cells(Path::new(name)), "{name}");
        }
        for name in ["ctx", "context-12", "libcontext.rlib", "libmnist_tp.so"] {
            assert!(!is_of_cells(Path::new(name)), "{name}");
        }
    }
}
