//! `cargo tp grade`: a folder of submissions, graded by nbgrader.
//!
//! ```text
//! OUT/
//!   notes.csv            one line a student and notebook
//!   retours/STUDENT/     the feedback pages
//!   nbgrader/            the course folder: gradebook.db, submitted/, autograded/, …
//! ```
//!
//! The gradebook is kept from one run to the next, and with it what was graded
//! by hand (`nbgrader formgrader` in the course folder).

mod report;
mod submissions;

use crate::check::reference::Reference;
use crate::layout::Layout;
use crate::{install, process};
use anyhow::{Context, Result, bail};
use report::Row;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use submissions::Submission;

const GRADE: &str = include_str!("../../python/grade.py");

#[derive(clap::Args)]
pub struct Args {
    /// Le dossier des copies : un dossier par étudiant, ou des fichiers NOM_TP….ipynb.
    folder: PathBuf,
    /// Où écrire notes.csv, les retours et le dossier de nbgrader [par défaut : .tp/notes].
    #[arg(long)]
    out: Option<PathBuf>,
    /// Durée maximale d'une cellule, en secondes (0 : sans limite).
    #[arg(long, default_value_t = 300)]
    timeout: u64,
    /// Une seule solution [par défaut : toutes celles de solutions/].
    #[arg(long)]
    solution: Option<PathBuf>,
}

/// Grades every submission; fails only where nothing could be graded at all.
pub fn run(args: Args) -> Result<ExitCode> {
    let layout = Layout::find()?;
    let references = Reference::all(&layout, args.solution.as_deref())?;
    let found = submissions::find(&args.folder, &references)?;
    install::ensure(&layout)?;
    let out = std::path::absolute(args.out.unwrap_or_else(|| layout.tp.join("notes")))?;
    let course = out.join("nbgrader");
    prepare(&layout, &course, &references, &found.submissions)?;
    let mut rows = grade(&layout, &course, args.timeout, &found.submissions)?;
    for row in &mut rows {
        row.deliver_feedback(&out.join("retours"))?;
    }
    report::write_csv(&out.join("notes.csv"), &rows)?;
    for path in &found.ignored {
        println!("ignoré : « {} » ne correspond à aucune solution", path.display());
    }
    println!("Notes : {}", out.join("notes.csv").display());
    println!("Retours : {}", out.join("retours").display());
    Ok(ExitCode::SUCCESS)
}

/// Fills the course folder: configuration, solutions, submissions.
fn prepare(
    layout: &Layout,
    course: &Path,
    references: &[Reference],
    submissions: &[Submission],
) -> Result<()> {
    let config = fs::read(layout.root.join("solutions/nbgrader_config.py"))?;
    install::replace_file(&course.join("nbgrader_config.py"), &config)?;
    for reference in references {
        let name = &reference.name;
        let target = course.join("source").join(name).join(format!("{name}.ipynb"));
        install::replace_file(&target, &fs::read(&reference.path)?)?;
    }
    for submission in submissions {
        let folder =
            course.join("submitted").join(&submission.student).join(&submission.assignment);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        if let Ok(content) = &submission.content {
            fs::create_dir_all(&folder)?;
            fs::write(folder.join(format!("{}.ipynb", submission.assignment)), content)?;
        }
    }
    Ok(())
}

/// Has nbgrader grade what can be read; one row a submission, printed as it comes.
fn grade(
    layout: &Layout,
    course: &Path,
    timeout: u64,
    submissions: &[Submission],
) -> Result<Vec<Row>> {
    let mut python = process::command(layout.venv_bin("python"));
    python
        .args(["-c", GRADE])
        .arg(course)
        .arg(course.join("nbgrader_config.py"))
        .arg(timeout.to_string())
        .envs(layout.jupyter_env())
        // nbgrader calls alembic, its database's tool, by name.
        .env("PATH", layout.path_with_venv()?)
        .current_dir(course)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(fs::File::create(course.join("nbgrader.log"))?);
    let mut child =
        python.spawn().context("Python ne démarre pas ; relancez `cargo tp install`")?;
    let mut requests = child.stdin.take().context("stdin is piped")?;
    let mut answers = BufReader::new(child.stdout.take().context("stdout is piped")?).lines();
    let mut rows = Vec::new();
    for submission in submissions {
        let row = match &submission.content {
            Err(reason) => Row::failed(submission, reason),
            Ok(_) => {
                writeln!(requests, "{}", submission.request())
                    .and_then(|()| requests.flush())
                    .context("nbgrader s'est arrêté")?;
                let answer = loop {
                    let Some(line) = answers.next() else {
                        bail!(
                            "nbgrader s'est arrêté (détails : nbgrader.log dans « {} »)",
                            course.display()
                        );
                    };
                    // What is not ours (a warning of a Python package) stays out.
                    if let Ok(answer) = serde_json::from_str(&line?) {
                        break answer;
                    }
                };
                Row::graded(submission, &answer)
            }
        };
        println!("{row}");
        rows.push(row);
    }
    drop(requests);
    child.wait()?;
    Ok(rows)
}
