//! Results kept as JSON files: written whole, read with an error that says what
//! is wrong, the file left alone.

use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Error, Result, file};

/// Writes `value`, making the folder where needed.
pub(super) fn write<T: Serialize>(path: &Path, value: &T) -> Result<()> {
    let text = serde_json::to_vec_pretty(value)
        .map_err(|e| Error::Io { path: path.display().to_string(), source: e.into() })?;
    file::write(path, &text)
}

/// Reads what [`write()`] wrote; `None` when there is no such file.
pub(super) fn read<T: DeserializeOwned>(path: &Path, expected: &str) -> Result<Option<T>> {
    let text = match std::fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(Error::Io { path: path.display().to_string(), source }),
    };
    let value = serde_json::from_slice(&text);
    value.map(Some).map_err(|e| bad(path, format!("illisible ({e})"), expected))
}

/// A file that is not what it should be.
pub(super) fn bad(path: &Path, found: impl ToString, expected: &str) -> Error {
    let expected = format!("{expected} (donnez un autre nom, ou supprimez ce fichier)");
    Error::bad_file(path, found, expected)
}
