//! A kernel's own copy of the warmed folder.
//!
//! cargo and evcxr write some files in place: if two kernels shared those by
//! hard links, each would run the other's cells. Hard links are for what never
//! changes, the compiled libraries; the rest is really copied, and the state of
//! incremental compilation is left out.
//!
//! What only cargo reads is two thirds of the files, and cells are compiled without cargo
//! (see [`crate::shortcut`]): it is copied when cargo is called for the first time.

use super::{fingerprint, lock};
use crate::layout::Layout;
use anyhow::{Context, Result};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// Other files than compiled crates are copied up to this size: they cost little, and some
/// are rewritten.
const LINKED_ABOVE: u64 = 200_000;

/// In a kernel's folder, as long as it lacks cargo's part: of which library it is a copy.
const INCOMPLETE: &str = "incomplet";

/// Copies the warmed folder to `destination`, not while it is being compiled; without
/// what only cargo reads.
pub fn warmed(layout: &Layout, destination: &Path) -> Result<()> {
    let lock = lock::file(layout)?;
    lock.lock_shared()?;
    let made = || -> Result<()> {
        folder(&layout.warm(), destination, Part::First)?;
        Ok(fs::write(destination.join(INCOMPLETE), fingerprint(layout))?)
    };
    made().with_context(|| format!("impossible de préparer « {} »", destination.display()))
}

/// Adds to a kernel's folder what cargo reads, if it is not there yet.
pub fn complete(kernel: &Path) -> Result<()> {
    let Ok(marker) = fs::File::open(kernel.join(INCOMPLETE)) else { return Ok(()) };
    let layout = Layout::find()?;
    let lock = lock::file(&layout)?;
    lock.lock_shared()?;
    // Two calls of cargo at once: the second one finds it done.
    marker.lock()?;
    fill(&layout, kernel)
        .with_context(|| format!("impossible de compléter « {} »", kernel.display()))
}

/// The same for all kernels, before the library that they have is compiled anew.
pub fn complete_all(layout: &Layout) {
    let kernels = layout.kernels().and_then(|folder| Ok(fs::read_dir(folder)?));
    for kernel in kernels.into_iter().flatten().flatten() {
        // For one that cannot be completed, of another account or on its way out, cargo
        // would compile the library again.
        let _ = fill(layout, &kernel.path());
    }
}

fn fill(layout: &Layout, kernel: &Path) -> Result<()> {
    let marker = kernel.join(INCOMPLETE);
    let Ok(library) = fs::read_to_string(&marker) else { return Ok(()) };
    if library == fingerprint(layout) {
        folder(&layout.warm(), kernel, Part::Cargos)?;
    }
    Ok(fs::remove_file(marker)?)
}

/// What is copied: at a kernel's start, or when cargo is called.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    First,
    Cargos,
    /// Of a folder that is cargo's.
    All,
}

fn folder(source: &Path, destination: &Path, part: Part) -> Result<()> {
    fs::create_dir_all(destination)?;
    for entry in fs::read_dir(source)? {
        let entry = entry?;
        let (from, to) = (entry.path(), destination.join(entry.file_name()));
        let kind = entry.file_type()?;
        let is_cargos = is_cargos(&from);
        if entry.file_name() == "incremental" || (is_cargos && part == Part::First) {
            continue;
        }
        if kind.is_dir() {
            folder(&from, &to, if is_cargos { Part::All } else { part })?;
        } else if to.exists() || (!is_cargos && part == Part::Cargos) {
            continue;
        } else if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(&from)?, &to)?;
        } else {
            file(&from, &to, &entry.metadata()?)?;
        }
    }
    Ok(())
}

/// Whether only cargo reads it: what it knows of the crates, and what their build scripts
/// and rustc have told it.
fn is_cargos(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    let is_list = path.extension().is_some_and(|extension| extension == "d");
    [".fingerprint", "build"].iter().any(|cargos| name == *cargos) || is_list
}

fn file(from: &Path, to: &Path, metadata: &fs::Metadata) -> Result<()> {
    let shared = (is_crate(from) || metadata.len() > LINKED_ABOVE) && !is_of_cells(from);
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

/// Whether it is a compiled crate: rustc writes another file in its place, never into it.
fn is_crate(path: &Path) -> bool {
    let kinds = ["rlib", "rmeta", std::env::consts::DLL_EXTENSION];
    path.extension().is_some_and(|extension| kinds.iter().any(|kind| extension == *kind))
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
    fn only_files_that_never_change_are_shared() {
        let root = tempfile::tempdir().unwrap();
        let source = root.path().join("ctx");
        let large = vec![0_u8; 300_000];
        let files = [
            ("deps/libmnist_tp.so", &large[..], Some(true)),
            ("deps/libryu.rmeta", b"small", Some(true)),
            ("deps/mnist_tp.d", b"small", None),
            ("deps/libctx.so", &large[..], Some(false)),
            ("deps/libctx.rmeta", b"small", Some(false)),
            (".rustc_info.json", b"small", Some(false)),
            (".fingerprint/ryu-1/dep-lib-ryu", b"small", None),
            ("build/libm-1/build-script-build", &large[..], None),
            ("build/libm-1/build_script_build.d", b"small", None),
            ("build/libm-2/out/build/libm.o", b"small", None),
            ("incremental/keep-1/s-2/query-cache.bin", &large[..], None),
        ];
        for (name, content, _) in files {
            let path = source.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        let copy = root.path().join("copy");
        folder(&source, &copy, Part::First).unwrap();
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
        // A cell has been compiled meanwhile.
        fs::write(copy.join("deps/libctx.so"), "newer").unwrap();
        folder(&source, &copy, Part::Cargos).unwrap();
        for (name, content, _) in files {
            let here = fs::read(copy.join(name)).unwrap_or_default();
            let expected = match name {
                "deps/libctx.so" => &b"newer"[..],
                _ if name.starts_with("incremental") => &[],
                _ => content,
            };
            assert!(here == expected, "{name}");
        }
    }

    #[test]
    fn living_kernels_keep_the_library_that_they_have() {
        let root = tempfile::tempdir().unwrap();
        let layout = Layout { root: root.path().to_owned(), tp: root.path().to_owned() };
        let list = "ctx/target/.fingerprint/ryu-1/dep-lib-ryu";
        let write = |path: &Path, text: &str| {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write(&layout.warm().join(list), "first");
        write(&root.path().join("stamps/library"), "1");
        let kernels = ["before", "after"].map(|name| root.path().join(name));
        for kernel in &kernels {
            warmed(&layout, kernel).unwrap();
            assert!(!kernel.join(list).exists());
        }
        fill(&layout, &kernels[0]).unwrap();
        write(&layout.warm().join(list), "second");
        write(&root.path().join("stamps/library"), "2");
        for kernel in &kernels {
            fill(&layout, kernel).unwrap();
            assert!(!kernel.join(INCOMPLETE).exists());
        }
        assert_eq!(fs::read_to_string(kernels[0].join(list)).unwrap(), "first");
        assert!(!kernels[1].join(list).exists(), "of another library");
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
