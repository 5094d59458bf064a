//! The four files of a data set in its folder, and what else people have there.

use std::path::{Path, PathBuf};

use crate::{Error, Result, file};

/// The first of the file's usual names that exists in `folder`.
pub(super) fn find(folder: &Path, stem: &str, kind: &str) -> Result<PathBuf> {
    let names = [
        format!("{stem}-{kind}.gz"),
        format!("{stem}-{kind}"),
        format!("{stem}.{kind}.gz"),
        format!("{stem}.{kind}"),
    ];
    let paths = names.each_ref().map(|name| folder.join(name));
    if let Some(path) = paths.iter().find(|path| path.is_file()) {
        return Ok(path.clone());
    }
    if let Some(path) = paths.iter().find(|path| path.is_dir()) {
        return Err(is_folder(path));
    }
    let [compressed, plain, ..] = &names;
    let (path, found) = absent(folder, folder.join(compressed));
    let expected = format!(
        "« {compressed} » ou « {plain} » dans un dossier de quatre fichiers IDX (vérifiez le \
         chemin ou MNIST_TP_DATA)"
    );
    Err(Error::bad_file(path, found, expected))
}

/// What is there in the place of `missing`: the path to speak of, and the words.
fn absent(folder: &Path, missing: PathBuf) -> (PathBuf, String) {
    if folder.is_file() {
        let start = first_bytes(folder);
        let what = file::foreign(&start).unwrap_or("un seul fichier");
        return (folder.into(), format!("{what}, pas un dossier{}", cure(folder)));
    }
    let Ok(entries) = folder.read_dir() else { return (missing, "dossier absent".to_owned()) };
    let mut names: Vec<String> =
        entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    if let Some(name) = names.iter().find(|name| name.to_lowercase().starts_with("emnist")) {
        let found = format!(
            "fichier absent ; le dossier contient ceux d’EMNIST, comme « {name} ». Leurs images \
             sont couchées : lisez-les par `data::idx::read`, échangez lignes et colonnes \
             (`images.transpose(1, 2)?.contiguous()?`), puis `Dataset::new`"
        );
        return (missing, found);
    }
    let is_other = |name: &&String| {
        let extension = Path::new(name).extension().unwrap_or_default().to_string_lossy();
        OTHERS.contains(&&*extension.to_lowercase())
    };
    let found = match names.iter().find(is_other) {
        Some(name) => format!("fichier absent ; le dossier contient « {name} »{}", cure(name)),
        None => "fichier absent".to_owned(),
    };
    (missing, found)
}

/// Forms in which the same images are to be had elsewhere.
const OTHERS: [&str; 11] =
    ["npz", "npy", "h5", "hdf5", "keras", "mat", "csv", "parquet", "zip", "tar", "tgz"];

/// What to do with a file of another form.
fn cure(path: impl AsRef<Path>) -> &'static str {
    let extension = path.as_ref().extension().unwrap_or_default().to_string_lossy().to_lowercase();
    match &*extension {
        "zip" | "tar" | "tgz" => " ; décompressez-la : les quatre fichiers sont peut-être dedans",
        "keras" => " ; c’est le nom d’un réseau de Keras, pas celui d’images",
        _ if OTHERS.contains(&&*extension) => {
            ", qui n’est pas lu ici ; prenez les mêmes images sous la forme de quatre fichiers IDX"
        }
        _ => "",
    }
}

fn first_bytes(path: &Path) -> Vec<u8> {
    use std::io::Read;
    let mut start = Vec::new();
    // What cannot be read is told by whoever opens it.
    let _ = std::fs::File::open(path).and_then(|file| file.take(4).read_to_end(&mut start));
    start
}

/// Archives of some sites unpack to a folder of the file's name, the file in it.
pub(super) fn is_folder(path: &Path) -> Error {
    let inside = path.read_dir().into_iter().flatten().flatten().find(|e| e.path().is_file());
    let expected = match inside {
        Some(entry) => format!(
            "le fichier lui-même ; « {} » est dans ce dossier : déplacez-le à la place du dossier",
            entry.file_name().to_string_lossy()
        ),
        None => "un fichier IDX (supprimez ce dossier, ou corrigez le chemin)".to_owned(),
    };
    Error::bad_file(path, "un dossier porte ce nom", expected)
}

/// How displays call the set in `folder`.
pub(super) fn set_name(folder: &Path) -> String {
    let name = folder.file_name().unwrap_or(folder.as_os_str()).to_string_lossy();
    match name.to_lowercase().as_str() {
        "mnist" => "MNIST".to_string(),
        lower if lower.contains("fashion") => "Fashion-MNIST".to_string(),
        _ => name.into_owned(),
    }
}

#[cfg(test)]
#[path = "files_tests.rs"]
mod tests;
