//! Stamps of finished steps, one file each: what a step was made from. It is made
//! again when that changes.

use crate::files;
use crate::layout::Layout;
use anyhow::Result;
use std::fs;

/// Whether a step was finished with exactly this `key`.
pub fn has(layout: &Layout, step: &str, key: &str) -> bool {
    fs::read_to_string(layout.tp.join("stamps").join(step)).is_ok_and(|found| found == key)
}

/// Records that a step was finished with this `key`.
pub fn put(layout: &Layout, step: &str, key: &str) -> Result<()> {
    files::replace(&layout.tp.join("stamps").join(step), key.as_bytes())
}
