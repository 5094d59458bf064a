//! What the commands share about notebook files: one way to find and to read them.

mod decode;
mod mend;

use crate::files;
use anyhow::{Context, Result, bail};
pub use mend::identify;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// The absolute path of a notebook that must exist.
pub fn existing(path: &Path) -> Result<PathBuf> {
    if path.is_dir() {
        bail!("« {} » est un dossier, pas un notebook", path.display());
    }
    if !path.is_file() {
        bail!("le notebook « {} » n'existe pas", path.display());
    }
    Ok(fs::canonicalize(path)?)
}

/// The notebooks of a folder, in order of their names.
pub fn in_folder(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)
        .with_context(|| format!("impossible de lire le dossier « {} »", folder.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.retain(|path| {
        path.is_file() && path.extension().is_some_and(|extension| extension == "ipynb")
    });
    paths.sort();
    Ok(paths)
}

/// The content of a notebook, completed where the tool that wrote it left out
/// what the format wants.
pub fn read(path: &Path) -> Result<Value> {
    parse(&bytes(path)?).with_context(|| unread(path))
}

/// The content of a notebook's file.
pub fn parse(bytes: &[u8]) -> Result<Value> {
    let mut content = decode::json(bytes)?;
    mend::whole(&mut content)?;
    Ok(content)
}

/// The content of a notebook as its file has it, nothing completed.
pub fn as_written(path: &Path) -> Result<Value> {
    decode::json(&bytes(path)?).with_context(|| unread(path))
}

/// A file in which Python's tools read what [`read`] does: the notebook's own or,
/// where they would refuse that, a copy of the same name in a folder.
pub fn for_python(path: &Path, folder: &Path) -> Result<PathBuf> {
    let content = read(path)?;
    if serde_json::from_slice::<Value>(&bytes(path)?).is_ok_and(|found| found == content) {
        return Ok(path.to_owned());
    }
    let copy = folder.join(path.file_name().context("un notebook a un nom")?);
    files::replace(&copy, content.to_string().as_bytes())?;
    Ok(copy)
}

fn bytes(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("impossible de lire « {} »", path.display()))
}

fn unread(path: &Path) -> String {
    format!("« {} » n'est pas un notebook lisible", path.display())
}

/// Reads notebooks before any is worked on; what is made of them takes their
/// names, so each needs its own.
pub fn distinct(paths: &[PathBuf]) -> Result<()> {
    for (index, path) in paths.iter().enumerate() {
        read(path)?;
        if let Some(other) =
            paths[..index].iter().find(|other| other.file_stem() == path.file_stem())
        {
            bail!(
                "« {} » et « {} » ont le même nom : donnez-les à part, chacun son dossier (--out)",
                other.display(),
                path.display()
            );
        }
    }
    Ok(())
}

/// A notebook's cells.
pub fn cells(content: &Value) -> &[Value] {
    content["cells"].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// A text: a string, or the lines that the format allows in its place.
pub fn text(value: &Value) -> String {
    match value {
        Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect(),
        other => other.as_str().unwrap_or_default().to_owned(),
    }
}

/// A cell's source.
pub fn source(cell: &Value) -> String {
    text(&cell["source"])
}

/// The names of the errors among a cell's outputs.
pub fn errors(cell: &Value) -> impl Iterator<Item = &str> + Clone {
    let outputs = cell["outputs"].as_array().into_iter().flatten();
    let errors = outputs.filter(|output| output["output_type"] == "error");
    errors.filter_map(|output| output["ename"].as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notebooks_are_judged_before_the_work() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
            path
        };
        let (a, b) =
            (write("a/TP.ipynb", r#"{"cells": []}"#), write("b/TP.ipynb", r#"{"cells": []}"#));
        let empty = write("vide.ipynb", "{}");
        assert!(distinct(std::slice::from_ref(&a)).is_ok());
        let same = distinct(&[a.clone(), b]).unwrap_err().to_string();
        assert!(same.contains("a/TP.ipynb") && same.contains("b/TP.ipynb"), "{same}");
        let cellless = format!("{:#}", distinct(&[a, empty]).unwrap_err());
        assert!(cellless.contains("vide.ipynb") && cellless.contains("enregistrez"), "{cellless}");
    }

    #[test]
    fn a_folder_with_a_notebooks_name_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("TP.ipynb");
        fs::create_dir(&path).unwrap();
        assert!(existing(&path).unwrap_err().to_string().contains("est un dossier"));
        assert!(in_folder(folder.path()).unwrap().is_empty());
    }

    #[test]
    fn python_gets_a_copy_of_what_it_would_refuse() {
        let folder = tempfile::tempdir().unwrap();
        let (path, copies) = (folder.path().join("TP.ipynb"), folder.path().join("copies"));
        let plain = r#"{"cells": [{"cell_type": "raw", "id": "a", "metadata": {}, "source": []}],
            "metadata": {}, "nbformat": 4, "nbformat_minor": 5}"#;
        fs::write(&path, plain).unwrap();
        assert_eq!(for_python(&path, &copies).unwrap(), path);
        for odd in [
            plain.replace("\"metadata\": {}, \"source\"", "\"source\""),
            format!("\u{FEFF}{plain}"),
        ] {
            fs::write(&path, odd).unwrap();
            let copy = for_python(&path, &copies).unwrap();
            assert_eq!(copy, copies.join("TP.ipynb"));
            let found: Value = serde_json::from_slice(&fs::read(copy).unwrap()).unwrap();
            assert_eq!(found, serde_json::from_str::<Value>(plain).unwrap());
        }
    }
}
