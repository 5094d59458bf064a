//! Files: where those of the checkout are, writing them whole or not at all, and what
//! a file of another kind is.

use std::ffi::OsString;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::{Error, Result, protocol};

/// A file or folder that comes with the library, in its checkout.
///
/// The kernel says by [`protocol::LIBRARY`] which checkout it belongs to: a compiled
/// library may have been carried away from the folder of its sources.
pub(crate) fn of_checkout(name: &str) -> PathBuf {
    in_checkout(std::env::var_os(protocol::LIBRARY), name)
}

fn in_checkout(told: Option<OsString>, name: &str) -> PathBuf {
    let told = told.map(|checkout| Path::new(&checkout).join(name));
    told.filter(|path| path.exists())
        .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join(name))
}

/// Writes `bytes` under another name first, then gives the file its own: an
/// interruption, or a power cut, leaves the former file as it was. The folder is
/// made where needed.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    make_folder(path)?;
    let mut draft = path.as_os_str().to_owned();
    // Two notebooks that write the same file each have a draft of their own.
    draft.push(format!(".{}.partiel", std::process::id()));
    let written = File::create(&draft)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| std::fs::rename(&draft, path));
    written.map_err(|source| {
        // The first error is the one to report.
        let _ = std::fs::remove_file(&draft);
        Error::Io { path: path.display().to_string(), source }
    })
}

/// What a file of another kind than the one wanted is, by its first four bytes.
pub(crate) fn foreign(start: &[u8]) -> Option<&'static str> {
    const KINDS: [(&[u8], &str); 13] = [
        (
            b"PK\x03\x04",
            "une archive zip, la forme des fichiers `.npz` de NumPy et `.keras` de Keras",
        ),
        (b"\x89HDF", "un fichier HDF5, la forme des fichiers `.h5` de Keras"),
        (b"\x93NUM", "un tableau de NumPy (`.npy`)"),
        (b"PAR1", "une table Parquet"),
        (b"\x1f\x8b", "un fichier compressé par gzip"),
        (b"BZh", "un fichier compressé par bzip2"),
        (b"\xfd7zX", "un fichier compressé par xz"),
        (b"7z\xbc\xaf", "une archive 7-Zip"),
        (b"\x89PNG", "une image PNG"),
        (b"\xff\xd8\xff", "une image JPEG"),
        (b"%PDF", "un document PDF"),
        (b"<!", "une page web (le téléchargement n’a pas rendu le fichier)"),
        (b"<ht", "une page web (le téléchargement n’a pas rendu le fichier)"),
    ];
    let start = start.to_ascii_lowercase();
    let kind = KINDS.iter().find(|(bytes, _)| start.starts_with(&bytes.to_ascii_lowercase()));
    kind.map(|(_, french)| *french)
}

/// Makes the folder of a file where needed.
fn make_folder(path: &Path) -> Result<()> {
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => std::fs::create_dir_all(folder)
            .map_err(|source| Error::Io { path: folder.display().to_string(), source }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_checkout_comes_before_the_one_that_was_compiled() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("data")).unwrap();
        let compiled = Path::new(env!("CARGO_MANIFEST_DIR"));
        let told = || Some(folder.path().as_os_str().to_owned());
        assert_eq!(in_checkout(told(), "data"), folder.path().join("data"));
        assert_eq!(in_checkout(told(), "src"), compiled.join("src"));
        assert_eq!(in_checkout(None, "data"), compiled.join("data"));
    }

    #[test]
    fn the_folder_is_made_and_no_draft_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/fichier.bin");
        // What a draft would be called whose process did not tell its number.
        let other = folder.path().join("autre.partiel");
        std::fs::write(&other, b"la moi").unwrap();
        write(&path, b"un").unwrap();
        write(&path, b"deux").unwrap();
        write(&folder.path().join("autre"), b"trois").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"deux");
        assert_eq!(std::fs::read(other).unwrap(), b"la moi");
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_writing_that_fails_leaves_no_draft() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("pris/dedans")).unwrap();
        let text = write(&folder.path().join("pris"), b"un").unwrap_err().to_string();
        assert!(text.contains("pris"), "{text}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        // A file where a folder is needed.
        std::fs::write(folder.path().join("fichier"), b"un").unwrap();
        assert!(write(&folder.path().join("fichier/dedans"), b"un").is_err());
    }
}
