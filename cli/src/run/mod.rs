//! `cargo tp run`: executes notebooks in the kernel, cell by cell, and fails
//! when a cell does.

mod session;
mod verdict;

use crate::layout::Layout;
use crate::{install, notebook};
use anyhow::{Context, Result};
use serde_json::Value;
pub use session::Session;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
pub use verdict::Verdict;

/// How long a cell may take unless told otherwise, in seconds.
const TIMEOUT: u64 = 900;

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
    #[arg(long, default_value_t = TIMEOUT)]
    timeout: u64,
}

/// Executes the notebooks one after the other.
pub fn run(args: Args) -> Result<ExitCode> {
    let layout = Layout::find()?;
    install::ensure(&layout)?;
    let mut failed = Vec::new();
    for path in &args.notebooks {
        let path = notebook::existing(path)?;
        println!("{}", path.display());
        let out = args.out.clone().unwrap_or_else(|| copies(&layout, &path));
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

/// Where the executed copy of a notebook goes: the repository keeps those of its
/// solutions, in full size, and no others.
fn copies(layout: &Layout, path: &Path) -> PathBuf {
    let solutions = layout.root.join("solutions");
    let folder = path.parent().and_then(|folder| folder.canonicalize().ok());
    let kept = folder.is_some() && folder == solutions.canonicalize().ok();
    // As the library reads it (`Taille`): empty or 0 is the full size too.
    let quick = std::env::var_os("MNIST_TP_QUICK").is_some_and(|v| !v.is_empty() && v != "0");
    match kept && !quick {
        true => solutions.join("executed"),
        false => layout.tp.join("executed"),
    }
}

/// Executes one notebook as `tp run` does by default, for other commands;
/// whether every cell was clean.
pub fn cleanly(layout: &Layout, path: &Path, out: &Path) -> Result<bool> {
    let args = Args {
        notebooks: Vec::new(),
        out: None,
        keep_going: false,
        plain: false,
        timeout: TIMEOUT,
    };
    println!("{}", path.display());
    execute(layout, &args, path, out)
}

/// Executes one notebook; whether every cell was clean.
fn execute(layout: &Layout, args: &Args, path: &Path, out: &Path) -> Result<bool> {
    let content = notebook::read(path)?;
    let cells = content["cells"].as_array().context("un notebook a des cellules")?;
    let target = out.join(path.file_name().context("un notebook a un nom")?);
    let session = Session {
        source: path,
        target: &target,
        folder: path.parent().context("un notebook est dans un dossier")?,
        plain: args.plain,
        timeout: args.timeout,
        interrupt: false,
    };
    let (mut failures, mut total) = (0, 0.0);
    session.execute(layout, |executed, verdict| {
        total += executed.seconds;
        report(executed.index, cells, executed.seconds, verdict);
        failures += usize::from(*verdict != Verdict::Clean);
        *verdict == Verdict::Clean || args.keep_going
    })?;
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
