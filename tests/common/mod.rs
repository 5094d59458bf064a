//! What the tests of the kernel and of the notebooks share: the command line
//! `tp`, which installs what is missing, and sessions in the real kernel.

#![allow(dead_code, unused_imports, reason = "each test file uses its own part")]

pub mod processes;
mod turns;

pub use turns::side_by_side;

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};
use std::sync::OnceLock;

/// The checkout.
pub fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().find(|folder| folder.join("cli/requirements.txt").exists()).unwrap()
}

/// The folder of what is installed. A relative `TP_DIR` is meant from the checkout.
pub fn installed() -> PathBuf {
    root().join(std::env::var_os("TP_DIR").unwrap_or_else(|| ".tp".into()))
}

/// The command line, compiled, and all it needs installed.
pub fn tp() -> Command {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    let program = PROGRAM.get_or_init(|| {
        let build = Command::new(env!("CARGO")).args(["build", "--quiet", "--bin", "tp"]).status();
        assert!(build.unwrap().success(), "tp does not compile");
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
        let program = target.join("debug/tp");
        let install = Command::new(&program).arg("install").env("TP_DIR", installed()).status();
        assert!(install.unwrap().success(), "the set-up failed");
        program
    });
    let mut command = Command::new(program);
    command.env("TP_DIR", installed());
    command
}

/// One executed cell.
#[derive(Debug)]
pub struct Cell(Value);

impl Cell {
    /// What the kernel replied: `ok`, `error`, `dead` or `timeout`.
    pub fn status(&self) -> &str {
        self.0["status"].as_str().unwrap_or_default()
    }

    pub fn stdout(&self) -> &str {
        self.0["stdout"].as_str().unwrap_or_default()
    }

    pub fn stderr(&self) -> &str {
        self.0["stderr"].as_str().unwrap_or_default()
    }

    pub fn seconds(&self) -> f64 {
        self.0["seconds"].as_f64().unwrap_or_default()
    }

    /// The seconds since its first output.
    pub fn seconds_of_showing(&self) -> f64 {
        self.0["showing"].as_f64().unwrap_or_default()
    }

    /// The plain text of the cell's result.
    pub fn result(&self) -> &str {
        assert_eq!(self.status(), "ok", "{self:?}");
        assert_eq!(self.stderr(), "", "{self:?}");
        self.0["results"][0]["text/plain"].as_str().unwrap_or_default()
    }

    /// All that a reader sees of it, without what each kernel numbers for itself.
    pub fn told(&self) -> String {
        let seen = ["status", "stdout", "stderr", "errors", "results", "displays"];
        let text: Vec<_> = seen.iter().map(|kind| self.0[kind].to_string()).collect();
        text.join("\n")
    }

    /// How many figures the cell shows.
    pub fn figures(&self) -> usize {
        let displays = ["displays", "results"].map(|kind| self.0[kind].as_array());
        let all = displays.into_iter().flatten().flatten();
        all.filter(|data| data["text/html"].as_str().is_some_and(|html| html.contains("<svg")))
            .count()
    }

    /// Whether it was not run, for a cell before it failed.
    pub fn was_aborted(&self) -> bool {
        self.0["status"] == "aborted"
    }

    /// How often the cell showed something, or changed what it shows.
    pub fn displays(&self) -> usize {
        self.0["displays"].as_array().map_or(0, Vec::len)
    }

    /// All that tells of an error: stderr and error outputs.
    pub fn complaints(&self) -> String {
        format!("{}{}", self.stderr(), self.0["errors"])
    }
}

/// A kernel, driven cell by cell.
pub struct Session {
    python: Child,
    /// None once closed.
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    /// How long the kernel took to answer.
    pub start_seconds: f64,
}

impl Session {
    /// Starts the kernel of the practical sessions. What it would fetch from the
    /// network it cannot have: the proxy does not exist.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// The same with these variables in the kernel's environment.
    pub fn start_with(variables: &[(&str, &str)]) -> Self {
        drop(tp());
        let jupyter = installed().join("jupyter");
        let mut python = Command::new(installed().join("venv/bin/python"))
            .arg(root().join("tests/common/session.py"))
            .env("JUPYTER_RUNTIME_DIR", jupyter.join("runtime"))
            .env("JUPYTER_DATA_DIR", jupyter.join("data"))
            .env("JUPYTER_CONFIG_DIR", jupyter.join("config"))
            .env("CARGO_HTTP_PROXY", "127.0.0.1:9")
            .env("CARGO_NET_RETRY", "0")
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let requests = python.stdin.take();
        let answers = BufReader::new(python.stdout.take().unwrap());
        let mut session = Self { python, requests, answers, start_seconds: 0.0 };
        let folder = root().join("notebooks");
        std::fs::create_dir_all(&folder).unwrap();
        let answer = session.ask(json!({"do": "start", "kernel": "rust-tp", "folder": folder}));
        session.start_seconds = answer["seconds"].as_f64().unwrap();
        session
    }

    /// Executes a cell and waits for its end.
    pub fn cell(&mut self, code: &str) -> Cell {
        Cell(self.ask(json!({"do": "execute", "session": 0, "code": code})))
    }

    /// Sends a cell that will not end, and leaves it running once it has shown
    /// something so many times.
    pub fn cell_without_end(&mut self, code: &str, outputs: usize) -> Cell {
        let request =
            json!({"do": "execute", "session": 0, "code": code, "until": outputs, "timeout": 300});
        let answer = self.ask(request);
        assert_eq!(answer["status"], "running", "{answer}");
        Cell(answer)
    }

    /// Sends a cell that will not end, interrupts it once it has shown something so
    /// many times, and waits for its end.
    pub fn cell_interrupted(&mut self, code: &str, outputs: usize) -> Cell {
        let request = json!({"do": "execute", "session": 0, "code": code, "until": outputs,
            "then": "interrupt", "timeout": 300});
        Cell(self.ask(request))
    }

    /// Executes a cell under the name that a client has for it.
    pub fn cell_named(&mut self, name: &str, code: &str) -> Cell {
        Cell(self.ask(json!({"do": "execute", "session": 0, "code": code, "cell": name})))
    }

    /// `interrupt`, `restart`, `stop` or `kill`.
    pub fn control(&mut self, action: &str) {
        self.ask(json!({"do": action, "session": 0}));
    }

    /// The id of the process that Jupyter started.
    pub fn pid(&mut self) -> u32 {
        let answer = self.ask(json!({"do": "pid", "session": 0}));
        u32::try_from(answer["pid"].as_u64().unwrap()).unwrap()
    }

    fn ask(&mut self, request: Value) -> Value {
        writeln!(self.requests.as_mut().unwrap(), "{request}").unwrap();
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("no answer to {request}"))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // The script stops its kernels at the end of its input.
        drop(self.requests.take());
        let _ = self.python.wait();
    }
}

/// Runs `tp run` on a notebook, in the quick size; the executed copy goes to `out`.
pub fn run_notebook(path: &Path, out: &Path, keep_going: bool) -> (Output, Value) {
    let mut run = tp();
    run.args(["run", "--out"]).arg(out).arg(path).env("MNIST_TP_QUICK", "1");
    if keep_going {
        run.arg("--keep-going");
    }
    let output = run.output().unwrap();
    let executed = std::fs::read_to_string(out.join(path.file_name().unwrap()));
    let executed = serde_json::from_str(&executed.unwrap_or_default()).unwrap_or_default();
    (output, executed)
}

/// What a command said, for a test's message.
pub fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// The notebooks of a folder of the checkout: its solutions, or the others. There
/// is at least one, or the test would show nothing.
pub fn notebooks(folder: &str, solutions: bool) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join(folder));
    let entries = entries.unwrap_or_else(|error| panic!("{folder}: {error}"));
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| {
        let name = path.file_name().unwrap().to_string_lossy();
        name.ends_with(".ipynb") && name.starts_with("Sol_") == solutions
    });
    assert!(!paths.is_empty(), "no notebook in {folder}");
    paths.sort();
    paths
}

/// A notebook of these code cells, written into `folder`.
pub fn write_notebook(folder: &Path, name: &str, cells: &[&str]) -> PathBuf {
    let cells: Vec<_> = cells
        .iter()
        .enumerate()
        .map(|(index, source)| {
            json!({"cell_type": "code", "id": format!("c{index}"), "metadata": {},
                "execution_count": null, "outputs": [], "source": source})
        })
        .collect();
    let kernel = json!({"name": "rust-tp", "display_name": "Rust (TP MNIST)", "language": "rust"});
    let content = json!({"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5});
    let path = folder.join(name);
    std::fs::write(&path, content.to_string()).unwrap();
    path
}
