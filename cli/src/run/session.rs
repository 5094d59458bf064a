//! One notebook executed in a kernel, cell by cell.

use super::verdict::Verdict;
use crate::kernel::score::NOTEBOOK;
use crate::layout::Layout;
use crate::sandbox::{self, Limits, Sandbox, too_many};
use crate::{install, process};
use anyhow::{Context, Result, anyhow, bail};
use serde::Deserialize;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

const EXECUTE: &str = include_str!("../../python/execute.py");
/// How long a kernel may take to start, beside the time of a cell, in seconds: in a
/// sandbox the library is compiled already.
const START: u64 = 120;
/// Between two looks at how many processes there are in a sandbox.
const LOOK: Duration = Duration::from_millis(250);
/// What is said of a notebook that starts more processes than any notebook does.
const TOO_MANY: &str = "trop de processus à la fois : l'exécution est arrêtée";
/// What one cell's outputs may take, in bytes, before the notebook is given up.
const LONGEST: u64 = 256 << 20;

/// How a notebook is executed.
pub struct Session<'a> {
    /// The notebook.
    pub source: &'a Path,
    /// The executed copy; not written where a sandbox is used.
    pub target: &'a Path,
    /// The kernel's working folder, as JupyterLab would set it.
    pub folder: &'a Path,
    /// The stock evcxr kernel in place of ours.
    pub plain: bool,
    /// How long a cell may take, in seconds (0: as long as it wants).
    pub timeout: u64,
    /// Interrupts a cell that takes longer, and goes on, in place of giving up.
    pub interrupt: bool,
    /// The sandbox that it runs in, and what else is seen there.
    pub sandbox: Option<(&'a Sandbox, Vec<(PathBuf, PathBuf)>)>,
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

impl Executed {
    /// Whether the kernel has answered.
    pub fn has_answer(&self) -> bool {
        self.failure.is_none()
    }
}

impl Session<'_> {
    /// Executes the code cells in order. `judge` is told of each and says
    /// whether to go on.
    pub fn execute(
        &self,
        layout: &Layout,
        mut judge: impl FnMut(&Executed, &Verdict) -> bool,
    ) -> Result<()> {
        let mut python = self.python(layout);
        let limits = self.sandbox.as_ref().map(|_| Limits::on(&mut python));
        let mut child = python
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("Python ne démarre pas ; relancez `cargo tp install`")?;
        let mut replies = child.stdin.take().context("stdin is piped")?;
        let answers = lines(child.stdout.take().context("stdout is piped")?);
        let mut ended = Ok(());
        loop {
            let line = match self.next(child.id(), limits.as_ref(), &answers) {
                Ok(Some(line)) => line,
                Ok(None) => break,
                Err(error) => {
                    ended = Err(error);
                    break;
                }
            };
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
        // However soon it was over.
        if ended.is_ok() && limits.as_ref().is_some_and(Limits::were_reached) {
            ended = Err(anyhow!(TOO_MANY));
        }
        let status = end(&mut child, ended.is_err())?;
        drop(limits);
        ended?;
        if !status.success() && self.sandbox.is_some() {
            bail!("le noyau s'est arrêté, avec tout ce qui exécutait le notebook");
        }
        if !status.success() {
            bail!(
                "l'exécution de « {} » s'est interrompue (message de Python ci-dessus)",
                self.source.display()
            );
        }
        Ok(())
    }

    /// Python with all that `execute.py` is told.
    fn python(&self, layout: &Layout) -> Command {
        let program = layout.venv_bin("python");
        let kernel = if self.plain { "rust" } else { install::KERNEL };
        let on_timeout = if self.interrupt { "interrupt" } else { "stop" };
        let mut python;
        if let Some((sandbox, seen)) = &self.sandbox {
            let source = Path::new(sandbox::WORK).join(".source.ipynb");
            let mut seen = seen.clone();
            seen.push((self.source.to_owned(), source.clone()));
            python = sandbox.command(&program, &seen);
            python.args(["-c", EXECUTE]).arg(source).args(["/tmp/execute.ipynb", sandbox::WORK]);
        } else {
            python = process::command(&program);
            python.args(["-c", EXECUTE]).args([self.source, self.target, self.folder]);
            // Started from a notebook's terminal, it is no session of that notebook's.
            python.envs(layout.jupyter_env()).env_remove(NOTEBOOK);
        }
        if self.plain {
            python.env("JUPYTER_PATH", layout.plain());
        }
        python.args([kernel, &self.timeout.to_string(), on_timeout]);
        python
    }

    /// The next line; none at the end. What a student's cells do to the processes in a
    /// sandbox does not make the one outside wait for ever, nor the machine full.
    fn next(
        &self,
        process: u32,
        limits: Option<&Limits>,
        lines: &Receiver<std::io::Result<String>>,
    ) -> Result<Option<String>> {
        let Some(limits) = limits else {
            return lines.recv().ok().transpose().map_err(Into::into);
        };
        // A cell that is interrupted may take some time to end.
        let most = Duration::from_secs(self.timeout.saturating_mul(2).saturating_add(START));
        let start = Instant::now();
        loop {
            match lines.recv_timeout(LOOK) {
                Err(RecvTimeoutError::Timeout) if limits.were_reached() || too_many(process) => {
                    bail!(TOO_MANY)
                }
                Err(RecvTimeoutError::Timeout) if self.timeout > 0 && start.elapsed() > most => {
                    bail!("plus de réponse après {} s : l'exécution est arrêtée", most.as_secs())
                }
                Err(RecvTimeoutError::Timeout) => {}
                answer => return answer.ok().transpose().map_err(Into::into),
            }
        }
    }
}

/// The lines of a pipe, read beside what is done with them.
fn lines(pipe: impl Read + Send + 'static) -> Receiver<std::io::Result<String>> {
    let (send, lines) = channel();
    std::thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        loop {
            let mut line = Vec::new();
            let read = (&mut pipe).take(LONGEST).read_until(b'\n', &mut line);
            let is_end = match &read {
                Ok(bytes) => *bytes == 0 || line.len() as u64 == LONGEST,
                Err(_) => true,
            };
            if is_end && read.is_ok() {
                break;
            }
            let text = String::from_utf8_lossy(line.trim_ascii_end()).into_owned();
            if send.send(read.map(|_| text)).is_err() || is_end {
                break;
            }
        }
    });
    lines
}

/// Waits for the end of Python, or makes it.
fn end(child: &mut Child, now: bool) -> Result<std::process::ExitStatus> {
    if now {
        // bubblewrap's own end is that of all inside.
        let _ = child.kill();
    }
    Ok(child.wait()?)
}
