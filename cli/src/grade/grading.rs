//! How a class's submissions go through: the solutions' trainings, executing what is
//! new, marking what is executed.

use super::board::Board;
use super::course::{self, Prepared};
use super::execute::How;
use super::jobs::{self, Ended, Task};
use super::kept::Kept;
use super::nbgrader::Nbgrader;
use super::report::{self, Row};
use super::submissions::Submission;
use crate::check::reference::Reference;
use crate::layout::Layout;
use crate::notebook;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

/// A class's submissions, ready to be graded.
pub struct Grading<'a> {
    pub layout: &'a Layout,
    pub out: &'a Path,
    pub submissions: &'a [Submission],
    pub prepared: &'a [Option<Prepared>],
}

impl Grading<'_> {
    /// Has each solution that several submissions answer make its trainings, once, for
    /// those that make the same. In a sandbox only: there nobody can change them.
    pub fn with_memo(&self, references: &[Reference], jobs: usize, how: &How) -> How {
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
    pub fn run(
        &self,
        again: bool,
        rows: &mut [Row],
        execute: impl FnOnce(&[Task], &Sender<Ended>) + Send,
    ) -> Result<()> {
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
                execute(&tasks, &send);
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
    let mut row = Row::graded(submission, &answer);
    row.graded.remarks.extend(report::failures(&notebook::read(&kept.executed())?));
    row.graded.remarks.extend(execution.remark);
    Ok(row)
}

/// Marks what is executed already, then what `ended` tells of; one row a submission.
/// The table and the feedback are written after each, so that what ends the command
/// early (Ctrl-C, a full disk) takes nothing away from those before.
fn grade_all(
    out: &Path,
    submissions: &[Submission],
    rows: &mut [Row],
    done: &[usize],
    ended: &Receiver<Ended>,
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
