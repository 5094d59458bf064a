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
mod jobs;
mod kept;
mod nbgrader;
mod report;
mod submissions;

use crate::check::reference::Reference;
use crate::install;
use crate::layout::Layout;
use anyhow::{Context, Result, bail};
use board::Board;
use course::Prepared;
use execute::How;
pub use execute::{Args as ExecuteArgs, run as execute};
use jobs::Task;
use kept::Kept;
use nbgrader::Nbgrader;
use report::Row;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;
use submissions::Submission;

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
    /// Une seule solution [par défaut : toutes celles de solutions/].
    #[arg(long)]
    solution: Option<PathBuf>,
    #[command(flatten)]
    how: How,
}

/// Grades every submission; fails only where nothing could be graded at all.
pub fn run(args: Args) -> Result<ExitCode> {
    let layout = Layout::find()?;
    let references = Reference::all(&layout, args.solution.as_deref())?;
    let found = submissions::find(&args.folder, &references)?;
    install::ensure(&layout)?;
    // Refused before anything is written.
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
    let graded = grading.run(jobs, args.refaire, &how, &mut rows);
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

/// A class's submissions, ready to be graded.
struct Grading<'a> {
    layout: &'a Layout,
    out: &'a Path,
    submissions: &'a [Submission],
    prepared: &'a [Option<Prepared>],
}

impl Grading<'_> {
    /// Has each solution that several submissions answer make its trainings, once, for
    /// those that make the same. In a sandbox only: there nobody can change them.
    fn with_memo(&self, references: &[Reference], jobs: usize, how: &How) -> How {
        if how.sandbox.option().is_some() {
            return how.clone();
        }
        let memo = self.out.join("memo");
        let filling = How { memo: Some(memo.clone()), fill: true, ..how.clone() };
        let count = |name: &str| {
            let same = |submission: &&Submission| submission.assignment == name;
            self.submissions.iter().filter(same).filter(|s| s.content.is_ok()).count()
        };
        let mut tasks = Vec::new();
        for reference in references.iter().filter(|reference| count(&reference.name) > 1) {
            let kept = Kept(self.out.join("solutions").join(&reference.name));
            let text = std::fs::read(&reference.path).unwrap_or_default();
            if !kept.has(&how.key(self.layout, &text)) {
                tasks.push(Task { place: tasks.len(), source: reference.path.clone(), kept });
            }
        }
        if !tasks.is_empty() {
            println!("Solution exécutée une fois, pour les entraînements que les copies refont…");
            let (send, ended) = channel();
            jobs::run(&tasks, jobs.min(tasks.len()), &filling, &send);
            drop(send);
            for (place, outcome) in ended {
                if let Err(reason) = outcome {
                    println!("{} : {reason:#}", tasks[place].source.display());
                }
            }
        }
        How { memo: memo.is_dir().then_some(memo), ..how.clone() }
    }

    /// Executes what is new or has changed, and has nbgrader mark everything.
    fn run(&self, jobs: usize, again: bool, how: &How, rows: &mut [Row]) -> Result<()> {
        let Self { layout, out, submissions, prepared } = self;
        let (mut tasks, mut done) = (Vec::new(), Vec::new());
        for (place, prepared) in prepared.iter().enumerate() {
            match prepared {
                Some(prepared) if again || !prepared.kept.has(&prepared.key) => tasks.push(Task {
                    place,
                    source: prepared.source.clone(),
                    kept: prepared.kept.clone(),
                }),
                _ => done.push(place),
            }
        }
        let mut nbgrader = Nbgrader::start(layout, &course::folder(out))?;
        let (send, ended) = channel();
        let mut board = Board::new(tasks.len());
        let graded = std::thread::scope(|scope| {
            scope.spawn(|| {
                let send = send;
                jobs::run(&tasks, jobs, how, &send);
            });
            let mark = |place: usize, is_new| {
                let Some(prepared) = &prepared[place] else { bail!("une copie sans contenu") };
                mark(&mut nbgrader, &submissions[place], prepared, is_new)
            };
            let marked = grade_all(out, submissions, rows, &done, &ended, &mut board, mark);
            if marked.is_err() {
                jobs::stop();
            }
            marked
        });
        graded.and_then(|()| nbgrader.end())
    }
}

/// What nbgrader gives to an executed submission, or why it gives nothing.
fn mark(
    nbgrader: &mut Nbgrader,
    submission: &Submission,
    prepared: &Prepared,
    is_new: bool,
) -> Result<Row> {
    let Prepared { kept, note_key, .. } = prepared;
    let execution = kept.execution().context("une exécution sans trace")?;
    if let Some(error) = execution.error {
        return Ok(Row::failed(submission, &error));
    }
    let known = if is_new { None } else { kept.note(note_key) };
    let answer: Value = nbgrader.mark(submission, &kept.executed(), known.as_ref())?;
    kept.keep_note(note_key, &answer)?;
    Ok(Row::graded(submission, &answer))
}

/// Marks what is executed already, then what `ended` tells of; one row a submission.
/// The table and the feedback are written after each, so that what ends the command
/// early (Ctrl-C, a full disk) takes nothing away from those before.
fn grade_all(
    out: &Path,
    submissions: &[Submission],
    rows: &mut [Row],
    done: &[usize],
    ended: &Receiver<(usize, Result<()>)>,
    board: &mut Board,
    mut mark: impl FnMut(usize, bool) -> Result<Row>,
) -> Result<()> {
    let mut settle = |place: usize, row: Row, board: &Board| {
        rows[place] = row;
        rows[place].deliver_feedback(&out.join("retours"));
        board.say(&rows[place].to_string());
        report::write_csv(&out.join("notes.csv"), rows)
    };
    for place in done {
        let row = match &submissions[*place].content {
            Err(reason) => Row::failed(&submissions[*place], reason),
            Ok(_) => mark(*place, false)?,
        };
        settle(*place, row, board)?;
    }
    loop {
        match ended.recv_timeout(Duration::from_secs(1)) {
            Ok((place, outcome)) => {
                let row = match outcome {
                    Err(reason) => Row::failed(&submissions[place], &format!("{reason:#}")),
                    Ok(()) => mark(place, true)?,
                };
                board.advance();
                settle(place, row, board)?;
            }
            Err(RecvTimeoutError::Timeout) => board.draw(),
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::anyhow;
    use serde_json::json;
    use std::fs;

    fn submission(student: &str, content: Result<String, String>) -> Submission {
        let (student, assignment) = (student.to_owned(), "TP9".to_owned());
        Submission { student, assignment, content, remarks: Vec::new() }
    }

    #[test]
    fn what_ends_the_grading_leaves_those_before_their_marks() {
        let out = tempfile::tempdir().unwrap();
        let submissions = [
            submission("ana", Ok(String::new())),
            submission("bob", Err("notebook absent".to_owned())),
            submission("chloé", Ok(String::new())),
            submission("dan", Ok(String::new())),
            submission("eve", Ok(String::new())),
        ];
        let page = out.path().join("page.html");
        fs::write(&page, "bravo").unwrap();
        let (send, ended) = channel();
        for (place, outcome) in
            [(4, Err(anyhow!("pas de bac à sable"))), (0, Ok(())), (3, Ok(())), (2, Ok(()))]
        {
            send.send((place, outcome)).unwrap();
        }
        let mut rows: Vec<_> =
            submissions.iter().map(|s| Row::failed(s, jobs::INTERRUPTED)).collect();
        let mut board = Board::new(0);
        let outcome = grade_all(
            out.path(),
            &submissions,
            &mut rows,
            &[1],
            &ended,
            &mut board,
            |place, is_new| {
                assert!(is_new);
                match place {
                    0 => Ok(Row::graded(
                        &submissions[0],
                        &json!({"score": 1, "max": 2, "feedback": page}),
                    )),
                    _ => bail!("disque plein"),
                }
            },
        );
        assert_eq!(outcome.unwrap_err().to_string(), "disque plein");
        let table = fs::read_to_string(out.path().join("notes.csv")).unwrap();
        let starts = ["ana,TP9,1,2,0,noté,", "bob,TP9,0,0,0,non noté"];
        for (line, start) in table.lines().skip(1).zip(starts) {
            assert!(line.starts_with(start), "{table}");
        }
        assert_eq!(table.matches("s'est arrêtée avant").count(), 2, "{table}");
        assert!(table.contains("pas de bac à sable"), "{table}");
        let feedback = fs::read_to_string(out.path().join("retours/ana/TP9.html"));
        assert_eq!(feedback.unwrap(), "bravo");
    }
}
