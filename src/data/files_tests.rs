use super::*;
use crate::data::Mnist;
use crate::data::idx::{self, Kind};
use std::fs;

fn said(folder: &Path) -> String {
    Mnist::load_dir(folder).unwrap_err().to_string().replace('\u{a0}', " ")
}

#[test]
fn another_form_of_the_images_is_told_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes, word) in [
        ("mnist.npz", &b"PK\x03\x04xxxx"[..], "zip"),
        ("mnist.h5", b"\x89HDF\r\n\x1a\n", "HDF5"),
        ("lenet.keras", b"PK\x03\x04xxxx", "réseau de Keras"),
        ("archive.zip", b"PK\x03\x04xxxx", "décompressez"),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        // As the folder, in the folder, and in the place of a file.
        let as_folder = said(&path);
        assert!(as_folder.contains(name) && as_folder.contains(word), "{as_folder}");
        let inside = said(folder.path());
        assert!(inside.contains(name) && inside.contains("fichier absent ; "), "{inside}");
        let as_file = idx::read(&path, Kind::Images).unwrap_err().to_string();
        let kind = if name == "mnist.h5" { "HDF5" } else { "zip" };
        assert!(as_file.contains(kind) && as_file.contains("des images"), "{as_file}");
        fs::remove_file(path).unwrap();
    }
    let page = idx::parse("page", b"<!DOCTYPE html>", Kind::Labels).unwrap_err().to_string();
    assert!(page.contains("page web"), "{page}");
    let page = idx::parse("page", b"<HTML><body>", Kind::Labels).unwrap_err().to_string();
    assert!(page.contains("page web"), "{page}");
}

#[test]
fn a_folder_in_place_of_a_file_is_told_with_what_is_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let name = "train-images-idx3-ubyte";
    fs::create_dir(folder.path().join(name)).unwrap();
    let empty = said(folder.path());
    assert!(empty.contains("un dossier porte ce nom"), "{empty}");
    fs::write(folder.path().join(name).join(name), b"x").unwrap();
    let text = said(folder.path());
    assert!(text.contains(&format!("« {name} » est dans ce dossier : déplacez-le")), "{text}");
    let direct = idx::read(&folder.path().join(name), Kind::Images).unwrap_err().to_string();
    assert_eq!(direct.replace('\u{a0}', " "), text);
}

#[test]
fn a_data_set_in_emnists_names_is_told_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["emnist-digits-train-images-idx3-ubyte.gz", "emnist-digits-mapping.txt"] {
        fs::write(folder.path().join(name), b"x").unwrap();
    }
    let text = said(folder.path());
    assert!(text.contains("EMNIST") && text.contains("transpose(1, 2)"), "{text}");
}
