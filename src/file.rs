//! Files written whole or not at all.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use crate::{Error, Result};

/// Writes `bytes` under another name first, then gives the file its own: an
/// interruption, or a power cut, leaves the former file as it was.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut draft = path.as_os_str().to_owned();
    draft.push(".partiel");
    let written = File::create(&draft)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| std::fs::rename(&draft, path));
    written.map_err(|source| {
        // The first error is the one to report.
        let _ = std::fs::remove_file(&draft);
        Error::Io { path: path.display().to_string(), source }
    })
}
