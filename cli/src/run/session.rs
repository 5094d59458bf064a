//! One notebook executed in a kernel, cell by cell.

use super::verdict::Verdict;
use crate::layout::Layout;
use crate::{install, process};
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::Stdio;

const EXECUTE: &str = include_str!("../../python/execute.py");

/// How a notebook is executed.
pub struct Session<'a> {
    /// The notebook.
    pub source: &'a Path,
    /// The executed copy.
    pub target: &'a Path,
    /// The kernel's working folder, as JupyterLab would set it.
    pub folder: &'a Path,
    /// The stock evcxr kernel in place of ours.
    pub plain: bool,
    /// How long a cell may take, in seconds (0: as long as it wants).
    pub timeout: u64,
    /// Interrupts a cell that takes longer, and goes on, in place of giving up.
    pub interrupt: bool,
}

/// What came of one cell.
#[derive(Deserialize)]
pub struct Executed {
    /// The cell's place in the notebook.
    pub index: usize,
    /// How long it took.
    pub seconds: f64,
    /// Its outputs in the notebook's format.
    #[serde(default)]
    pub outputs: Vec<Value>,
    /// Why there is no answer.
    failure: Option<String>,
}

impl Session<'_> {
    /// Executes the code cells in order. `judge` is told of each and says
    /// whether to go on.
    pub fn execute(
        &self,
        layout: &Layout,
        mut judge: impl FnMut(&Executed, &Verdict) -> bool,
    ) -> Result<()> {
        let mut python = process::command(layout.venv_bin("python"));
        python
            .args(["-c", EXECUTE])
            .args([self.source, self.target, self.folder])
            .arg(if self.plain { "rust" } else { install::KERNEL })
            .arg(self.timeout.to_string())
            .arg(if self.interrupt { "interrupt" } else { "stop" })
            .envs(layout.jupyter_env())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        if self.plain {
            python.env("JUPYTER_PATH", layout.plain());
        }
        let mut child =
            python.spawn().context("Python ne démarre pas ; relancez `cargo tp install`")?;
        let mut replies = child.stdin.take().context("stdin is piped")?;
        let answers = BufReader::new(child.stdout.take().context("stdout is piped")?);
        for line in answers.lines() {
            let line = line?;
            // What is not ours (a warning of a Python package) is shown as it is.
            let Ok(executed) = serde_json::from_str::<Executed>(&line) else {
                eprintln!("{line}");
                continue;
            };
            let verdict = match &executed.failure {
                Some(reason) => Verdict::without_answer(reason),
                None => Verdict::of(&executed.outputs),
            };
            let go = judge(&executed, &verdict);
            // A closed pipe means that Python ends by itself.
            let _ = writeln!(replies, "{}", if go { "go" } else { "stop" });
        }
        drop(replies);
        if !child.wait()?.success() {
            bail!(
                "l'exécution de « {} » s'est interrompue (message de Python ci-dessus)",
                self.source.display()
            );
        }
        Ok(())
    }
}
