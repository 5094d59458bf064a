//! The folder of marks: nbgrader's course, and each submission as it is executed.

use super::execute::How;
use super::kept::{self, Kept, key};
use super::nbgrader;
use super::submissions::{self, Submission};
use crate::check::reference::Reference;
use crate::files;
use crate::layout::Layout;
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// One submission, ready to be executed.
#[derive(Debug)]
pub struct Prepared {
    pub source: PathBuf,
    pub kept: Kept,
    /// What names its execution, and what names its marks.
    pub key: String,
    pub note_key: String,
}

/// Where the marks go unless told otherwise: each folder of submissions has its own.
pub fn default_out(layout: &Layout, folder: &Path) -> Result<PathBuf> {
    let folder = folder
        .canonicalize()
        .with_context(|| format!("impossible de lire le dossier « {} »", folder.display()))?;
    let name = folder.file_name().unwrap_or("copies".as_ref()).to_string_lossy();
    // nbgrader would take brackets in its course's path for a pattern.
    Ok(layout.tp.join("notes").join(submissions::identifier(&name)))
}

/// nbgrader's course.
pub fn folder(out: &Path) -> PathBuf {
    out.join("nbgrader")
}

/// Fills the course folder: configuration, solutions, submissions. For each submission
/// that can be read, how it is executed.
pub fn prepare(
    layout: &Layout,
    out: &Path,
    references: &[Reference],
    submissions: &[Submission],
    how: &How,
) -> Result<Vec<Option<Prepared>>> {
    let course = folder(out);
    let config = fs::read(layout.root.join("solutions/nbgrader_config.py"))?;
    files::replace(&course.join("nbgrader_config.py"), &config)?;
    for reference in references {
        let name = &reference.name;
        let target = course.join("source").join(name).join(format!("{name}.ipynb"));
        files::replace(&target, &fs::read(&reference.path)?)?;
    }
    let program: String = nbgrader::program().map(|(_, text)| text).collect();
    let prepare = |submission: &Submission| {
        let Submission { student, assignment, content, .. } = submission;
        let folder = course.join("submitted").join(student).join(assignment);
        let source = folder.join(format!("{assignment}.ipynb"));
        let Ok(text) = content else {
            if folder.exists() {
                fs::remove_dir_all(&folder)?;
            }
            return Ok(None);
        };
        files::replace(&source, text.as_bytes())?;
        let reference = references.iter().find(|reference| reference.name == *assignment);
        let solution = reference.map(|reference| fs::read(&reference.path)).transpose()?;
        let execution = how.key(layout, text.as_bytes());
        let solution = solution.unwrap_or_default();
        let note_key = key(&[execution.as_bytes(), &solution, &config, program.as_bytes()]);
        let kept = kept::folder(out, student, assignment);
        Ok(Some(Prepared { source, kept, key: execution, note_key }))
    };
    submissions.iter().map(prepare).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_class_has_its_own_folder_of_marks() {
        let root = tempfile::tempdir().unwrap();
        let layout = Layout { root: root.path().to_owned(), tp: root.path().join(".tp") };
        let outs = ["groupe A", "groupe [B]"].map(|name| {
            fs::create_dir(root.path().join(name)).unwrap();
            default_out(&layout, &root.path().join(name).join(".")).unwrap()
        });
        assert_eq!(outs, ["groupe A", "groupe -B-"].map(|name| layout.tp.join("notes").join(name)));
    }
}
