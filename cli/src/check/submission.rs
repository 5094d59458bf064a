//! A submission on its way to its points, the same for `tp check`, which reads them
//! itself at once, and for `tp grade`, which has nbgrader write them down: its exercises
//! are found, its test cells put back, and it is executed.

use super::anchor;
use super::forged::Forged;
use super::reference::{self, Reference};
use crate::layout::Layout;
use crate::notebook;
use crate::run::{Executed, Session, Verdict};
use crate::sandbox::Sandbox;
use anyhow::Result;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A notebook whose exercises are known and whose test cells are the solution's.
pub struct Submission {
    pub content: Value,
    /// The test cells that were put back, by `grade_id`, and why.
    pub restored: BTreeMap<String, &'static str>,
    /// What the teacher should know of it.
    pub remarks: Vec<String>,
}

impl Submission {
    /// Takes a notebook up; without a solution, with the test cells that it has.
    ///
    /// # Errors
    /// When its exercises cannot be told apart.
    pub fn of(mut content: Value, reference: Option<&Reference>) -> Result<Self> {
        reference::deduplicate(&mut content);
        let recognised =
            reference.map(|reference| reference.recognise(&mut content)).transpose()?;
        let restored = reference.map(|reference| reference.restore(&mut content));
        notebook::identify(&mut content);
        let mut remarks = recognised.unwrap_or_default();
        remarks.extend(anchor::remark(&content));
        Ok(Self { content, restored: restored.unwrap_or_default(), remarks })
    }
}

/// Where a submission is executed, and for how long at most.
pub struct Place<'a> {
    /// The kernel's working folder.
    pub folder: &'a Path,
    /// How long a cell may take, in seconds (0: as long as it wants).
    pub timeout: u64,
    /// The sandbox, and which of the teacher's files are seen there.
    pub sandbox: Option<(&'a Sandbox, Vec<(PathBuf, PathBuf)>)>,
}

/// Executes a submission to its end, its test cells calling the library's own checks;
/// `told` learns of each cell. Answers with what its outputs have that is odd.
///
/// # Errors
/// When it cannot be executed, or its execution has ended before its end.
pub fn execute(
    layout: &Layout,
    content: &Value,
    place: Place<'_>,
    mut told: impl FnMut(&Executed, &Verdict),
) -> Result<Option<String>> {
    let mut anchored = content.clone();
    anchor::anchor(&mut anchored);
    let draft = tempfile::tempdir()?;
    let source = draft.path().join("source.ipynb");
    fs::write(&source, serde_json::to_string(&anchored)?)?;
    let session = Session {
        source: &source,
        target: &draft.path().join("execute.ipynb"),
        folder: place.folder,
        plain: false,
        timeout: place.timeout,
        interrupt: true,
        sandbox: place.sandbox,
    };
    let mut forged = Forged::default();
    session.execute(layout, |executed, verdict| {
        forged.look(executed.index, &content["cells"][executed.index], &executed.outputs);
        told(executed, verdict);
        true
    })?;
    Ok(forged.remark())
}
