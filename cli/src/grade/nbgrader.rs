//! nbgrader, which marks executed submissions one after the other and keeps the
//! gradebook. No student's code runs in it.

use super::submissions::Submission;
use crate::kernel::score::NOTEBOOK;
use crate::layout::Layout;
use crate::{process, python};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader, Lines, Write};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use tempfile::TempDir;

const GRADE: python::File = ("grade.py", include_str!("../../python/grade.py"));

/// What marks a submission and makes its page.
pub fn program() -> impl Iterator<Item = python::File> {
    python::PAGES.into_iter().chain([GRADE])
}

pub struct Nbgrader {
    child: Child,
    requests: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    log: PathBuf,
    /// The program's files, for as long as it runs.
    _program: TempDir,
}

impl Nbgrader {
    pub fn start(layout: &Layout, course: &Path) -> Result<Self> {
        let log = course.join("nbgrader.log");
        let program = python::program(layout, program())?;
        let mut python = process::command(layout.venv_bin("python"));
        python
            .arg(program.path().join(GRADE.0))
            .arg(course)
            .arg(course.join("nbgrader_config.py"))
            .envs(layout.jupyter_env())
            // No score of a notebook of the teacher's is that of a submission.
            .env_remove(NOTEBOOK)
            // nbgrader calls alembic, its database's tool, by name.
            .env("PATH", layout.path_with_venv()?)
            .current_dir(course)
            // Ctrl-C in the terminal lets it end the submission at hand.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(fs::File::create(&log)?);
        let mut child =
            python.spawn().context("Python ne démarre pas ; relancez `cargo tp install`")?;
        let requests = child.stdin.take().context("stdin is piped")?;
        let answers = BufReader::new(child.stdout.take().context("stdout is piped")?).lines();
        Ok(Self { child, requests, answers, log, _program: program })
    }

    /// Marks a submission by its executed copy. Where `known` is what was answered
    /// for the same copy before, only what was marked by hand since is taken up.
    pub fn mark(
        &mut self,
        submission: &Submission,
        executed: &Path,
        known: Option<&Value>,
    ) -> Result<Value> {
        let request = json!({
            "student": submission.student,
            "assignment": submission.assignment,
            "executed": executed,
            "known": known,
        });
        let stopped = || format!("nbgrader s'est arrêté (détails : « {} »)", self.log.display());
        writeln!(self.requests, "{request}")
            .and_then(|()| self.requests.flush())
            .with_context(stopped)?;
        loop {
            let line = self.answers.next().with_context(stopped)??;
            // What is not ours (a warning of a Python package) stays out.
            if let Ok(answer) = serde_json::from_str(&line) {
                return Ok(answer);
            }
        }
    }

    pub fn end(mut self) -> Result<()> {
        drop(self.requests);
        self.child.wait()?;
        Ok(())
    }
}
