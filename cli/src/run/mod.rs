//! `cargo tp run`: executes notebooks in the kernel, cell by cell, and fails
//! when a cell does.

mod verdict;

use crate::layout::Layout;
use crate::{install, notebook, process};
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use verdict::Verdict;

const EXECUTE: &str = include_str!("../../python/execute.py");

#[derive(clap::Args)]
pub struct Args {
    /// Les notebooks à exécuter.
    #[arg(required = true)]
    notebooks: Vec<PathBuf>,
    /// Dossier des copies exécutées [par défaut : solutions/executed].
    #[arg(long)]
    out: Option<PathBuf>,
    /// Continue après une cellule fautive.
    #[arg(long)]
    keep_going: bool,
    /// Exécute dans le noyau evcxr ordinaire (démarrage de plusieurs minutes).
    #[arg(long)]
    plain: bool,
    /// Durée maximale d'une cellule, en secondes (0 : sans limite).
    #[arg(long, default_value_t = 900)]
    timeout: u64,
}

/// What the Python side tells about one cell.
#[derive(Deserialize)]
struct Answer {
    index: usize,
    seconds: f64,
    #[serde(default)]
    outputs: Vec<Value>,
    failure: Option<String>,
}

/// Executes the notebooks one after the other.
pub fn run(args: Args) -> Result<ExitCode> {
    let layout = Layout::find()?;
    install::ensure(&layout)?;
    let out = args.out.clone().unwrap_or_else(|| layout.root.join("solutions/executed"));
    let mut failed = Vec::new();
    for path in &args.notebooks {
        let path = notebook::existing(path)?;
        println!("{}", path.display());
        if !execute(&layout, &args, &path, &out)? {
            failed.push(path.display().to_string());
        }
    }
    if failed.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("Échec : {}", failed.join(", "));
    Ok(ExitCode::FAILURE)
}

/// Executes one notebook; whether every cell was clean.
fn execute(layout: &Layout, args: &Args, path: &Path, out: &Path) -> Result<bool> {
    let content = notebook::read(path)?;
    let cells = content["cells"].as_array().context("un notebook a des cellules")?;
    let target = out.join(path.file_name().context("un notebook a un nom")?);
    let mut python = process::command(layout.venv_bin("python"));
    python
        .args(["-c", EXECUTE])
        .arg(path)
        .arg(&target)
        .arg(if args.plain { "rust" } else { install::KERNEL })
        .arg(args.timeout.to_string())
        .envs(layout.jupyter_env())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    if args.plain {
        python.env("JUPYTER_PATH", layout.plain());
    }
    let mut child =
        python.spawn().context("Python ne démarre pas ; relancez `cargo tp install`")?;
    let mut replies = child.stdin.take().context("stdin is piped")?;
    let answers = BufReader::new(child.stdout.take().context("stdout is piped")?);
    let mut failures = 0;
    let mut total = 0.0;
    for line in answers.lines() {
        let line = line?;
        // What is not ours (a warning of a Python package) is shown as it is.
        let Ok(answer) = serde_json::from_str::<Answer>(&line) else {
            eprintln!("{line}");
            continue;
        };
        total += answer.seconds;
        let verdict = match &answer.failure {
            Some(reason) => Verdict::without_answer(reason),
            None => Verdict::of(&answer.outputs),
        };
        report(answer.index, cells, answer.seconds, &verdict);
        failures += usize::from(verdict != Verdict::Clean);
        let go = verdict == Verdict::Clean || args.keep_going;
        // A closed pipe means that Python ends by itself.
        let _ = writeln!(replies, "{}", if go { "go" } else { "stop" });
    }
    drop(replies);
    if !child.wait()?.success() {
        bail!(
            "l'exécution de « {} » s'est interrompue (message de Python ci-dessus)",
            path.display()
        );
    }
    println!("  total {total:.1} s ; copie exécutée : {}", target.display());
    Ok(failures == 0)
}

/// One line a cell: its number, its time, its verdict, its first line of code.
fn report(index: usize, cells: &[Value], seconds: f64, verdict: &Verdict) {
    let source = cells.get(index).map(notebook::source).unwrap_or_default();
    let title: String = source.lines().next().unwrap_or_default().chars().take(60).collect();
    let word = match verdict {
        Verdict::Clean => "ok",
        Verdict::ToComplete => "à compléter",
        Verdict::Failed { kind, .. } => kind,
    };
    println!("  cellule {:3} {seconds:7.2} s  {word:<12} {title}", index + 1);
    if let Verdict::Failed { message, .. } = verdict {
        for line in message.lines() {
            println!("      | {line}");
        }
    }
}
