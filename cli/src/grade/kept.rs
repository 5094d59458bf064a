//! What is kept of each submission, so that a second run does only what is new:
//!
//! ```text
//! executions/STUDENT/NOTEBOOK/
//!   executee.ipynb    the submission with what its cells showed in the sandbox
//!   execution.json    of which submission and library, how long it took, why it failed
//!   journal.txt       what the execution said
//!   note.json         what nbgrader answered for it
//! ```

use crate::{files, notebook};
use anyhow::Result;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::fs;
use std::path::{Path, PathBuf};

/// The folder of one submission.
#[derive(Clone, Debug)]
pub struct Kept(pub PathBuf);

/// How an execution went.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Execution {
    /// What was executed with what: [`key`].
    pub key: String,
    pub seconds: f64,
    /// What the teacher should know of what it showed.
    #[serde(default)]
    pub remark: Option<String>,
    /// Why there is no executed copy.
    pub error: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Note {
    key: String,
    answer: Value,
}

impl Kept {
    pub fn executed(&self) -> PathBuf {
        self.0.join("executee.ipynb")
    }

    /// What tells that an execution has ended.
    pub fn record(&self) -> PathBuf {
        self.0.join("execution.json")
    }

    pub fn journal(&self) -> PathBuf {
        self.0.join("journal.txt")
    }

    /// The last execution.
    pub fn execution(&self) -> Option<Execution> {
        serde_json::from_slice(&fs::read(self.record()).ok()?).ok()
    }

    /// Whether the submission of this key has an executed copy. An execution that
    /// failed is tried again.
    pub fn has(&self, key: &str) -> bool {
        let done = |execution: Execution| execution.key == key && execution.error.is_none();
        self.execution().is_some_and(done) && notebook::read(&self.executed()).is_ok()
    }

    /// Writes an execution, the executed copy first: the record says that it is whole.
    pub fn write(&self, execution: &Execution, executed: Option<&Value>) -> Result<()> {
        let record = self.record();
        if record.exists() {
            fs::remove_file(&record)?;
        }
        if let Some(executed) = executed {
            files::replace(&self.executed(), executed.to_string().as_bytes())?;
        }
        files::replace(&record, &serde_json::to_vec(execution)?)
    }

    /// What nbgrader answered for the key.
    pub fn note(&self, key: &str) -> Option<Value> {
        let note: Note = serde_json::from_slice(&fs::read(self.0.join("note.json")).ok()?).ok()?;
        (note.key == key).then_some(note.answer)
    }

    pub fn keep_note(&self, key: &str, answer: &Value) -> Result<()> {
        let note = Note { key: key.to_owned(), answer: answer.clone() };
        files::replace(&self.0.join("note.json"), &serde_json::to_vec(&note)?)
    }
}

/// A hash of all that a result depends on; two lists of parts never share one.
pub fn key(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hex::encode(hash.finalize())
}

/// The executed copy of a submission, wherever `tp grade` kept it.
pub fn folder(out: &Path, student: &str, assignment: &str) -> Kept {
    Kept(out.join("executions").join(student).join(assignment))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_a_whole_execution_of_the_same_submission_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let kept = Kept(folder.path().join("ana/TP9"));
        let execution = |key: &str, error: Option<&str>| Execution {
            key: key.to_owned(),
            seconds: 1.5,
            remark: None,
            error: error.map(str::to_owned),
        };
        assert!(!kept.has("a"));
        kept.write(&execution("a", Some("le noyau s'est arrêté")), None).unwrap();
        assert!(!kept.has("a"));
        kept.write(&execution("a", None), Some(&json!({"cells": []}))).unwrap();
        assert!(kept.has("a") && !kept.has("b"));
        fs::write(kept.executed(), "{").unwrap();
        assert!(!kept.has("a"));

        kept.keep_note("n", &json!({"score": 2})).unwrap();
        assert_eq!(kept.note("n"), Some(json!({"score": 2})));
        assert_eq!(kept.note("m"), None);
    }

    #[test]
    fn parts_are_not_run_together() {
        assert_ne!(key(&[b"ab", b"c"]), key(&[b"a", b"bc"]));
        assert_eq!(key(&[b"a"]), key(&[b"a"]));
    }
}
