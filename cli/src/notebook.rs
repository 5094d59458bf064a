//! What the commands share about notebook files.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// The absolute path of a notebook that must exist.
pub fn existing(path: &Path) -> Result<PathBuf> {
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
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "ipynb"));
    paths.sort();
    Ok(paths)
}

/// The content of a notebook.
pub fn read(path: &Path) -> Result<Value> {
    let text = fs::read_to_string(path)
        .with_context(|| format!("impossible de lire « {} »", path.display()))?;
    serde_json::from_str(&text)
        .with_context(|| format!("« {} » n'est pas un notebook : JSON incorrect", path.display()))
}

/// Reads notebooks before any is worked on; what is made of them takes their
/// names, so each needs its own.
pub fn distinct(paths: &[PathBuf]) -> Result<()> {
    for (index, path) in paths.iter().enumerate() {
        cells(&read(path)?, path)?;
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
pub fn cells<'a>(content: &'a Value, path: &Path) -> Result<&'a [Value]> {
    content["cells"].as_array().map(Vec::as_slice).with_context(|| {
        format!(
            "« {} » n'a pas de cellules : ouvrez-le dans JupyterLab et enregistrez-le de nouveau",
            path.display()
        )
    })
}

/// A cell's source: a string, or the lines that the format allows in its place.
pub fn source(cell: &Value) -> String {
    match &cell["source"] {
        Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect(),
        other => other.as_str().unwrap_or_default().to_owned(),
    }
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
        let cellless = distinct(&[a, empty]).unwrap_err().to_string();
        assert!(cellless.contains("vide.ipynb") && cellless.contains("enregistrez"), "{cellless}");
    }
}
