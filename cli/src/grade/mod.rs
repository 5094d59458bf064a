//! `cargo tp grade`: a folder of submissions, executed several at once and marked by
//! nbgrader.
//!
//! ```text
//! OUT/
//!   notes.csv            one line a student and notebook
//!   classe.html          the class at a glance, its numbers in classe.csv
//!   retours/STUDENT/     the feedback pages
//!   executions/          what each submission showed, kept for the next run
//!   solutions/, memo/    the solutions' own runs, and the trainings made in them
//!   nbgrader/            the course folder: gradebook.db, submitted/, autograded/, …
//! ```
//!
//! Each submission goes one way: prepared in `submitted/`, executed by `tp execute`
//! (here, or wherever a job runs it) into its folder of `executions/`, marked. The
//! gradebook is kept from one run to the next, and with it what was graded by hand
//! (`nbgrader formgrader` in the course folder).

mod board;
mod class;
mod course;
mod execute;
mod grading;
mod jobs;
mod kept;
mod nbgrader;
mod report;
mod slurm;
mod submissions;

use crate::check::reference::Reference;
use crate::install;
use crate::layout::Layout;
use anyhow::Result;
use execute::How;
pub use execute::{Args as ExecuteArgs, run as execute};
use grading::Grading;
use jobs::{Ended, Task};
use report::Row;
use slurm::Slurm;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc::Sender;

#[derive(clap::Args)]
pub struct Args {
    /// Le dossier des copies : un dossier par étudiant, ou des fichiers NOM_TP….ipynb.
    folder: PathBuf,
    /// Où écrire notes.csv, les retours et le dossier de nbgrader [par défaut : .tp/notes/NOM_DU_DOSSIER].
    #[arg(long)]
    out: Option<PathBuf>,
    /// Combien de copies à la fois [par défaut : selon les cœurs et la mémoire].
    #[arg(long)]
    jobs: Option<usize>,
    /// Exécute de nouveau toutes les copies, même celles qui n'ont pas changé.
    #[arg(long)]
    refaire: bool,
    /// Cache les noms dans classe.html et classe.csv, pour les montrer en classe.
    #[arg(long)]
    anonyme: bool,
    /// Exécute les copies ailleurs, sur des machines qui voient les mêmes dossiers.
    #[arg(long, value_name = "OÙ")]
    sur: Option<Engine>,
    /// Une option de plus pour sbatch, autant de fois qu'il en faut (--slurm=--partition=cours).
    #[arg(long = "slurm", value_name = "OPTION", requires = "sur", allow_hyphen_values = true)]
    options: Vec<String>,
    /// Une seule solution [par défaut : toutes celles de solutions/].
    #[arg(long)]
    solution: Option<PathBuf>,
    #[command(flatten)]
    how: How,
}

/// What runs submissions on other machines.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Engine {
    Slurm,
}

/// Grades every submission; fails only where nothing could be graded at all.
pub fn run(args: Args) -> Result<ExitCode> {
    let layout = Layout::find()?;
    let references = Reference::all(&layout, args.solution.as_deref())?;
    let found = submissions::find(&args.folder, &references)?;
    install::ensure(&layout)?;
    // Refused before anything is written.
    if let Some(Engine::Slurm) = args.sur {
        slurm::check()?;
    }
    args.how.sandbox.sandbox(&layout)?;
    let inside = args.out.is_none();
    let out = args.out.map_or_else(|| course::default_out(&layout, &args.folder), Ok)?;
    let out = std::path::absolute(out)?;
    jobs::watch_for_the_end()?;
    let prepared = course::prepare(&layout, &out, &references, &found.submissions, &args.how)?;
    let jobs = jobs::count(args.jobs);
    let submissions = &found.submissions;
    let mut rows: Vec<_> =
        submissions.iter().map(|submission| Row::failed(submission, jobs::INTERRUPTED)).collect();
    let grading = Grading { layout: &layout, out: &out, submissions, prepared: &prepared };
    let how = grading.with_memo(&references, jobs, &args.how);
    let execute = |tasks: &[Task], ended: &Sender<Ended>| match args.sur {
        None => jobs::run(tasks, jobs, &how, ended),
        Some(Engine::Slurm) => {
            let (layout, how, options) = (&layout, &how, &args.options);
            Slurm { layout, folder: out.join("slurm"), options, how }.run(tasks, ended);
        }
    };
    let graded = grading.run(args.refaire, &mut rows, execute);
    class::write(&out, &references, submissions, &prepared, &rows, args.anonyme)?;
    for path in &found.ignored {
        println!("ignoré : « {} » ne correspond à aucune solution", path.display());
    }
    println!("Notes : {}", out.join("notes.csv").display());
    println!("Classe : {}", out.join("classe.html").display());
    println!("Retours : {}", out.join("retours").display());
    if inside {
        println!("Tout cela est dans « {} » : gardez-le avant d'effacer .tp", out.display());
    }
    graded?;
    if jobs::stopped() {
        println!("Arrêté avant la fin : la même commande reprend où elle en était.");
        return Ok(ExitCode::from(130));
    }
    Ok(ExitCode::SUCCESS)
}
