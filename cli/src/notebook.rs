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
