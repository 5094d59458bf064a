//! Programs in Python of more than one file.

use crate::layout::Layout;
use anyhow::Result;
use std::fs;
use tempfile::TempDir;

/// A file of a program: its name and its text.
pub type File = (&'static str, &'static str);

/// A notebook as a page: what `cargo tp html` runs, and what `cargo tp grade` imports.
pub const PAGES: [File; 9] = [
    ("export.py", include_str!("../python/html/export.py")),
    ("page.py", include_str!("../python/html/page.py")),
    ("marks.py", include_str!("../python/html/marks.py")),
    ("blocks.py", include_str!("../python/html/blocks.py")),
    ("formulas.py", include_str!("../python/html/formulas.py")),
    ("latex.py", include_str!("../python/html/latex.py")),
    ("terminal.py", include_str!("../python/html/terminal.py")),
    ("page.html.j2", PAGE),
    ("page.css", STYLE),
];
/// The template of a page.
pub const PAGE: &str = include_str!("../python/html/page.html.j2");
/// The style sheet of every page of ours.
pub const STYLE: &str = include_str!("../python/html/page.css");

/// A folder with a program's files; it goes away with what is returned.
pub fn program(layout: &Layout, files: impl IntoIterator<Item = File>) -> Result<TempDir> {
    let folder = tempfile::Builder::new().prefix("python-").tempdir_in(&layout.tp)?;
    for (name, text) in files {
        fs::write(folder.path().join(name), text)?;
    }
    Ok(folder)
}
