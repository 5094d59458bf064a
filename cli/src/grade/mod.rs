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

mod execute;
mod report;
mod submissions;

use crate::check::reference::Reference;
use crate::kernel::score::NOTEBOOK;
use crate::layout::Layout;
use crate::sandbox::Choice;
use crate::{files, install, process};
use anyhow::{Context, Result};
pub use execute::{Args as ExecuteArgs, run as execute};
use report::Row;
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Lines, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, ExitCode, Stdio};
use submissions::Submission;

const GRADE: &str = include_str!("../../python/grade.py");

#[derive(clap::Args)]
pub struct Args {
    /// Le dossier des copies : un dossier par étudiant, ou des fichiers NOM_TP….ipynb.
    folder: PathBuf,
    /// Où écrire notes.csv, les retours et le dossier de nbgrader [par défaut : .tp/notes/NOM_DU_DOSSIER].
    #[arg(long)]
    out: Option<PathBuf>,
    /// Durée maximale d'une cellule, en secondes (0 : sans limite).
    #[arg(long, default_value_t = 300)]
    timeout: u64,
    /// Une seule solution [par défaut : toutes celles de solutions/].
    #[arg(long)]
    solution: Option<PathBuf>,
    #[command(flatten)]
    sandbox: Choice,
}

/// Grades every submission; fails only where nothing could be graded at all.
pub fn run(args: Args) -> Result<ExitCode> {
    let layout = Layout::find()?;
    let references = Reference::all(&layout, args.solution.as_deref())?;
    let found = submissions::find(&args.folder, &references)?;
    install::ensure(&layout)?;
    // Refused before anything is written.
    args.sandbox.sandbox(&layout)?;
    let inside = args.out.is_none();
    let out = args.out.map_or_else(|| default_out(&layout, &args.folder), Ok)?;
    let out = std::path::absolute(out)?;
    let course = out.join("nbgrader");
    prepare(&layout, &course, &references, &found.submissions)?;
    let mut nbgrader = Nbgrader::start(&layout, &course, args.timeout, args.sandbox)?;
    let graded = grade_all(&out, &found.submissions, |submission| nbgrader.grade(submission));
    let graded = graded.and_then(|()| nbgrader.end());
    for path in &found.ignored {
        println!("ignoré : « {} » ne correspond à aucune solution", path.display());
    }
    println!("Notes : {}", out.join("notes.csv").display());
    println!("Retours : {}", out.join("retours").display());
    if inside {
        println!("Tout cela est dans « {} » : gardez-le avant d'effacer .tp", out.display());
    }
    graded?;
    Ok(ExitCode::SUCCESS)
}

/// Where the marks go unless told otherwise: each folder of submissions has its own.
fn default_out(layout: &Layout, folder: &Path) -> Result<PathBuf> {
    let folder = folder
        .canonicalize()
        .with_context(|| format!("impossible de lire le dossier « {} »", folder.display()))?;
    let name = folder.file_name().unwrap_or("copies".as_ref()).to_string_lossy();
    // nbgrader would take brackets in its course's path for a pattern.
    Ok(layout.tp.join("notes").join(submissions::identifier(&name)))
}

/// Fills the course folder: configuration, solutions, submissions.
fn prepare(
    layout: &Layout,
    course: &Path,
    references: &[Reference],
    submissions: &[Submission],
) -> Result<()> {
    let config = fs::read(layout.root.join("solutions/nbgrader_config.py"))?;
    files::replace(&course.join("nbgrader_config.py"), &config)?;
    for reference in references {
        let name = &reference.name;
        let target = course.join("source").join(name).join(format!("{name}.ipynb"));
        files::replace(&target, &fs::read(&reference.path)?)?;
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

/// nbgrader, asked submission by submission.
struct Nbgrader {
    child: Child,
    requests: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    log: PathBuf,
}

impl Nbgrader {
    fn start(layout: &Layout, course: &Path, timeout: u64, sandbox: Choice) -> Result<Self> {
        let log = course.join("nbgrader.log");
        let mut python = process::command(layout.venv_bin("python"));
        python
            .args(["-c", GRADE])
            .arg(course)
            .arg(course.join("nbgrader_config.py"))
            .arg(process::program()?)
            .arg("execute")
            .args(["--timeout", &timeout.to_string()])
            .args(sandbox.option())
            .envs(layout.jupyter_env())
            // No score of a notebook of the teacher's is that of a submission.
            .env_remove(NOTEBOOK)
            // nbgrader calls alembic, its database's tool, by name.
            .env("PATH", layout.path_with_venv()?)
            .current_dir(course)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(fs::File::create(&log)?);
        let mut child =
            python.spawn().context("Python ne démarre pas ; relancez `cargo tp install`")?;
        let requests = child.stdin.take().context("stdin is piped")?;
        let answers = BufReader::new(child.stdout.take().context("stdout is piped")?).lines();
        Ok(Self { child, requests, answers, log })
    }

    fn grade(&mut self, submission: &Submission) -> Result<Value> {
        let stopped = || format!("nbgrader s'est arrêté (détails : « {} »)", self.log.display());
        writeln!(self.requests, "{}", submission.request())
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

    fn end(mut self) -> Result<()> {
        drop(self.requests);
        self.child.wait()?;
        Ok(())
    }
}

/// Grades what can be read, one row a submission. The table and the feedback
/// are written after each, so that what ends the command early (Ctrl-C, a full
/// disk) takes nothing away from those before.
fn grade_all(
    out: &Path,
    submissions: &[Submission],
    mut grade: impl FnMut(&Submission) -> Result<Value>,
) -> Result<()> {
    let mut rows: Vec<_> = submissions
        .iter()
        .map(|submission| Row::failed(submission, "la notation s'est arrêtée avant cette copie"))
        .collect();
    for (place, submission) in submissions.iter().enumerate() {
        rows[place] = match &submission.content {
            Err(reason) => Row::failed(submission, reason),
            Ok(_) => Row::graded(submission, &grade(submission)?),
        };
        rows[place].deliver_feedback(&out.join("retours"));
        println!("{}", rows[place]);
        report::write_csv(&out.join("notes.csv"), &rows)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::bail;
    use serde_json::json;

    fn submission(student: &str, content: Result<String, String>) -> Submission {
        let (student, assignment) = (student.to_owned(), "TP9".to_owned());
        Submission { student, assignment, content, remarks: Vec::new() }
    }

    #[test]
    fn each_class_has_its_own_folder_of_marks() {
        let root = tempfile::tempdir().unwrap();
        let layout = Layout { root: root.path().to_owned(), tp: root.path().join(".tp") };
        let outs = ["groupe A", "groupe [B]"].map(|name| {
            fs::create_dir(root.path().join(name)).unwrap();
            default_out(&layout, &root.path().join(name).join(".")).unwrap()
        });
        assert_eq!(outs, ["groupe A", "groupe -B-"].map(|name| layout.tp.join("notes").join(name)));
    }

    #[test]
    fn what_ends_the_grading_leaves_those_before_their_marks() {
        let out = tempfile::tempdir().unwrap();
        let submissions = [
            submission("ana", Ok(String::new())),
            submission("bob", Err("notebook absent".to_owned())),
            submission("chloé", Ok(String::new())),
            submission("dan", Ok(String::new())),
        ];
        let page = out.path().join("page.html");
        fs::write(&page, "bravo").unwrap();
        let outcome = grade_all(out.path(), &submissions, |asked| match asked.student.as_str() {
            "ana" => Ok(json!({"score": 1, "max": 2, "feedback": page})),
            _ => bail!("disque plein"),
        });
        assert_eq!(outcome.unwrap_err().to_string(), "disque plein");
        let table = fs::read_to_string(out.path().join("notes.csv")).unwrap();
        let starts = ["ana,TP9,1,2,0,noté,", "bob,TP9,0,0,0,non noté"];
        for (line, start) in table.lines().skip(1).zip(starts) {
            assert!(line.starts_with(start), "{table}");
        }
        assert_eq!(table.matches("s'est arrêtée avant").count(), 2, "{table}");
        let feedback = fs::read_to_string(out.path().join("retours/ana/TP9.html"));
        assert_eq!(feedback.unwrap(), "bravo");
    }
}
