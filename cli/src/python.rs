//! Programs in Python of more than one file.

use crate::layout::Layout;
use anyhow::Result;
use std::fs;
use tempfile::TempDir;

/// A file of a program: its name and its text.
pub type File = (&'static str, &'static str);

/// LaTeX to MathML.
pub const FORMULAS: [File; 2] = [
    ("formulas.py", include_str!("../python/html/formulas.py")),
    ("latex.py", include_str!("../python/html/latex.py")),
];

/// A folder with a program's files; it goes away with what is returned.
pub fn program(layout: &Layout, files: &[&[File]]) -> Result<TempDir> {
    let folder = tempfile::Builder::new().prefix("python-").tempdir_in(&layout.tp)?;
    for (name, text) in files.iter().copied().flatten() {
        fs::write(folder.path().join(name), text)?;
    }
    Ok(folder)
}
