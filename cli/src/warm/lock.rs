//! The lock of the warmed folder.

use crate::layout::Layout;
use anyhow::{Context, Result};
use std::fs;

/// The lock of the warmed folder: exclusive to compile, shared to copy.
pub fn file(layout: &Layout) -> Result<fs::File> {
    let path = layout.tp.join("warm.lock");
    let writable = fs::OpenOptions::new().create(true).truncate(false).write(true).open(&path);
    // Whoever may only read (one set-up for all users of a server) locks too.
    writable
        .or_else(|_| fs::File::open(&path))
        .with_context(|| format!("impossible d'ouvrir « {} »", path.display()))
}
