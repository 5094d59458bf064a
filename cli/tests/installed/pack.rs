//! The set-up carried to another folder in one archive: unpacked without network
//! and without compiling, or refused with a sentence, leaving nothing.

use crate::common::{install, output, root, said, tp_command};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A notebook that needs the library and its data.
const NOTEBOOK: &str = r#"{
 "cells": [
  {"cell_type": "code", "id": "a", "metadata": {}, "execution_count": null, "outputs": [],
   "source": ":dep mnist_tp = { path = \"..\" }\nuse mnist_tp::prelude::*;"},
  {"cell_type": "code", "id": "b", "metadata": {}, "execution_count": null, "outputs": [],
   "source": "mnist_tp::data::Mnist::load()?.to_string()"}
 ],
 "metadata": {"kernelspec": {"name": "rust-tp", "display_name": "Rust", "language": "rust"}},
 "nbformat": 4, "nbformat_minor": 5
}"#;

/// A copy of the checkout as git would make it, with the dates of now.
fn checkout(at: &Path) {
    fs::create_dir(at).unwrap();
    for name in ["Cargo.toml", "Cargo.lock", "src", "cli", "data", "benches", "examples", "tests"] {
        copy(&root().join(name), &at.join(name));
    }
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::write(to, fs::read(from).unwrap()).unwrap();
    }
}

/// What is in the checkout's folder, `.tp` and whatever an unpacking leaves.
fn hidden(checkout: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(checkout).unwrap().map(|entry| entry.unwrap().path());
    let is_hidden = |path: &PathBuf| path.file_name().unwrap().as_encoded_bytes()[0] == b'.';
    entries.filter(is_hidden).collect()
}

/// A command that finds no network, nor what this machine has downloaded.
fn offline(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.env_remove("TP_DIR").env("CARGO_NET_OFFLINE", "true").env("PIP_NO_INDEX", "1");
    command.env("CARGO_HOME", "/nowhere");
    command
}

fn unpack(archive: &Path, checkout: &Path) -> Output {
    offline("sh").arg(archive).arg(checkout).output().unwrap()
}

#[test]
fn the_set_up_is_carried_to_a_path_with_a_space_without_network() {
    install();
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let archive = folder.path().join("la salle.run");
    let packed = output(tp_command(&["pack", "--out"]).arg(&archive));
    assert!(packed.status.success(), "{}", said(&packed));

    let there = folder.path().join("l'école de là bas");
    checkout(&there);
    let refused = |archive: &Path, checkout: &Path, expected: &str| {
        let output = unpack(archive, checkout);
        let told = said(&output);
        assert!(!output.status.success() && told.contains(expected), "{expected}: {told}");
        assert_eq!(told.lines().count(), 1, "{told}");
    };
    refused(&archive, folder.path(), "n'est pas le dossier du TP");
    let whole = fs::read(&archive).unwrap();
    let other = folder.path().join("abîmée.run");
    for length in [1_000_000, whole.len() - 1] {
        fs::write(&other, &whole[..length]).unwrap();
        refused(&other, &there, "abîmée ou incomplète");
    }
    let text = fs::read(there.join("src/lib.rs")).unwrap();
    fs::write(there.join("src/lib.rs"), "// changed").unwrap();
    refused(&archive, &there, "ne sont pas celles de l'archive");
    fs::write(there.join("src/lib.rs"), text).unwrap();
    assert!(hidden(&there).is_empty(), "{:?}", hidden(&there));

    // What an interrupted unpacking left is no hindrance.
    fs::create_dir_all(there.join(".tp/unpacking/rustc")).unwrap();
    fs::create_dir_all(there.join(".tp/venv")).unwrap();
    let output = unpack(&archive, &there);
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(hidden(&there), [there.join(".tp")]);
    assert!(!there.join(".tp/unpacking").exists());
    let log = fs::read_to_string(there.join(".tp/log/library.log")).unwrap();
    assert!(log.contains("Finished") && !log.contains("Compiling"), "{log}");
    let script = fs::read_to_string(there.join(".tp/venv/bin/jupyter-lab")).unwrap();
    assert!(script.contains(&*there.to_string_lossy()), "{script}");
    refused(&archive, &there, "a déjà une installation");

    fs::create_dir(there.join("notebooks")).unwrap();
    let notebook = there.join("notebooks/essai.ipynb");
    fs::write(&notebook, NOTEBOOK).unwrap();
    let ran = offline(there.join(".tp/bin/tp")).arg("run").arg(&notebook).output().unwrap();
    assert!(ran.status.success(), "{}", said(&ran));
}
