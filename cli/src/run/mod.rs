//! `cargo tp run`: executes notebooks in the kernel, cell by cell, and fails
//! when a cell does.

mod session;
mod verdict;

use crate::french::decimal;
use crate::layout::Layout;
use crate::{files, install, notebook, protocol};
use anyhow::{Context, Result};
use serde_json::Value;
pub use session::{Executed, Session};
use std::fs;
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
    /// Dossier des copies exécutées [par défaut : solutions/executed pour les solutions sans faute, en taille complète, .tp/executed sinon].
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
    let paths = args.notebooks.iter().map(|path| notebook::existing(path));
    let paths = paths.collect::<Result<Vec<_>>>()?;
    notebook::distinct(&paths)?;
    install::ensure(&layout)?;
    let mut failed = Vec::new();
    for path in &paths {
        println!("{}", path.display());
        let copies = match &args.out {
            Some(out) => Copies { written: out.clone(), kept: None },
            None => Copies::of(&layout, path, protocol::is_quick()),
        };
        if !execute(&layout, &args, path, &copies)? {
            failed.push(path.display().to_string());
        }
    }
    if failed.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("Échec : {}", failed.join(", "));
    Ok(ExitCode::FAILURE)
}

/// Where the executed copy of a notebook goes.
#[derive(Debug, PartialEq, Eq)]
struct Copies {
    /// The folder it is written to.
    written: PathBuf,
    /// The folder it goes to from there if every cell was clean.
    kept: Option<PathBuf>,
}

impl Copies {
    /// The repository keeps the copies of its solutions, clean and in full size,
    /// and no others: one cut short must not take a good one's place.
    fn of(layout: &Layout, path: &Path, quick: bool) -> Self {
        let solutions = layout.root.join("solutions");
        let folder = path.parent().and_then(|folder| folder.canonicalize().ok());
        let kept = !quick && folder.is_some() && folder == solutions.canonicalize().ok();
        let kept = kept.then(|| solutions.join("executed"));
        Self { written: layout.tp.join("executed"), kept }
    }

    /// Moves a written copy on; where it is then.
    fn keep(&self, written: PathBuf, clean: bool) -> Result<PathBuf> {
        match (&self.kept, written.file_name()) {
            (Some(folder), Some(name)) if clean => {
                let kept = folder.join(name);
                files::replace(&kept, &fs::read(&written)?)?;
                fs::remove_file(&written)?;
                Ok(kept)
            }
            _ => Ok(written),
        }
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
    execute(layout, &args, path, &Copies { written: out.to_owned(), kept: None })
}

/// Executes one notebook; whether every cell was clean.
fn execute(layout: &Layout, args: &Args, path: &Path, copies: &Copies) -> Result<bool> {
    let content = notebook::read(path)?;
    let cells = notebook::cells(&content);
    let draft = tempfile::Builder::new().prefix("run-").tempdir_in(&layout.tp)?;
    let target = copies.written.join(path.file_name().context("un notebook a un nom")?);
    let session = Session {
        source: &notebook::for_python(path, draft.path())?,
        target: &target,
        folder: path.parent().context("un notebook est dans un dossier")?,
        plain: args.plain,
        timeout: args.timeout,
        interrupt: false,
        sandbox: None,
    };
    let (mut failures, mut total) = (0, 0.0);
    session.execute(layout, |executed, verdict| {
        total += executed.seconds;
        report(executed.index, cells, executed.seconds, verdict);
        failures += usize::from(*verdict != Verdict::Clean);
        *verdict == Verdict::Clean || args.keep_going
    })?;
    let copy = copies.keep(target, failures == 0)?;
    let total = decimal(total, 1);
    println!("  total {total} s ; copie exécutée : {}", copy.display());
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
    let seconds = decimal(seconds, 2);
    println!("  cellule {:3} {seconds:>7} s  {word:<12} {title}", index + 1);
    if let Verdict::Failed { message, .. } = verdict {
        for line in message.lines() {
            println!("      | {line}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_cut_short_leaves_the_good_one() {
        let root = tempfile::tempdir().unwrap();
        let layout = Layout { root: root.path().to_owned(), tp: root.path().join(".tp") };
        let solution = root.path().join("solutions/Sol_X.ipynb");
        let good = root.path().join("solutions/executed/Sol_X.ipynb");
        fs::create_dir_all(good.parent().unwrap()).unwrap();
        fs::write(&good, "good").unwrap();
        let copies = Copies::of(&layout, &solution, false);
        let written = copies.written.join("Sol_X.ipynb");
        fs::create_dir_all(&copies.written).unwrap();
        for (text, clean, place, good_then) in
            [("half", false, &written, "good"), ("new", true, &good, "new")]
        {
            fs::write(&written, text).unwrap();
            assert_eq!(&copies.keep(written.clone(), clean).unwrap(), place);
            assert_eq!(fs::read_to_string(&good).unwrap(), good_then);
        }
        assert_eq!(Copies::of(&layout, &solution, true).kept, None);
        assert_eq!(Copies::of(&layout, &root.path().join("X.ipynb"), false).kept, None);
    }
}
