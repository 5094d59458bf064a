//! What the student has done: points, tries, time, since the first check of the
//! notebook, whatever became of its process meanwhile ([`super::score`]).

use std::fmt;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use super::Fault;
use super::prose::{number, rich};
use super::registry::{Exercise, Notebook};
use super::score::{Record, Score};
use super::standing::{Standing, duration};
use super::verdict::Outcome;
use crate::display::Icon;
use crate::display::theme::{CLASS, INK, PAPER, SCHEME, SHADE};
use crate::{french, signs};

/// The exercises of each notebook.
pub(super) type Exercises = &'static [&'static [&'static Exercise]];

/// All that was tried since the first check.
#[derive(Debug)]
pub(crate) struct Session {
    start: Instant,
    /// The time before this process.
    before: Duration,
    score: Score,
    /// Where it is written after each check.
    file: Option<PathBuf>,
}

/// The session of this process.
pub(crate) fn lock() -> MutexGuard<'static, Session> {
    static SESSION: OnceLock<Mutex<Session>> = OnceLock::new();
    SESSION
        .get_or_init(|| Mutex::new(Session::resumed(Score::file(), SystemTime::now())))
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
}

impl Session {
    /// The session that goes on from a file, at `now`; a new one without a file.
    fn resumed(file: Option<PathBuf>, now: SystemTime) -> Self {
        let score = file.as_deref().map(Score::read).unwrap_or_default();
        Self { start: Instant::now(), before: score.resumed(now), score, file }
    }

    fn elapsed(&self) -> Duration {
        self.before.saturating_add(self.start.elapsed())
    }

    fn record(&mut self, id: &str) -> &mut Record {
        self.score.records.entry(id.to_owned()).or_default()
    }

    /// How many times this mistake was met before. An answer that is what it was at
    /// the last check counts once.
    pub(crate) fn failures(&mut self, id: &'static str, fault: &Fault) -> usize {
        let now = Some(format!("{}\n{}", fault.mistake, fault.found));
        let record = self.record(id);
        let count = record.failures.entry(fault.mistake.to_owned()).or_default();
        *count = count.saturating_add(usize::from(record.met != now));
        record.met = now;
        count.saturating_sub(1)
    }

    /// Notes a result; the best one of an exercise counts.
    pub(crate) fn note(
        &mut self,
        all: Exercises,
        exercise: &Exercise,
        earned: f32,
        outcome: &Outcome,
    ) -> Standing {
        self.note_answer(all, exercise, earned, outcome, signs::answer())
    }

    /// The same, of an answer that `answer` names.
    fn note_answer(
        &mut self,
        all: Exercises,
        exercise: &Exercise,
        earned: f32,
        outcome: &Outcome,
        answer: Option<String>,
    ) -> Standing {
        let elapsed = self.elapsed();
        let record = self.record(exercise.id);
        let told = told(outcome);
        if *outcome != Outcome::ToDo && record.solved_after.is_none() {
            // A check that is run again for its next hint is no new try.
            let changed = record.told.as_ref() != Some(&told) || record.answer != answer;
            record.attempts = record.attempts.saturating_add(usize::from(changed));
            (record.answer, record.told) = (answer, Some(told));
        }
        record.broken = earned < record.earned;
        record.earned = record.earned.max(earned);
        if matches!(outcome, Outcome::Right { .. }) {
            record.solved_after.get_or_insert(elapsed);
        }
        let kept = record.broken.then_some((record.earned, exercise.points));
        self.score.last = exercise.id.to_owned();
        self.score.elapsed = elapsed;
        if let Some(file) = &self.file {
            self.score.write(file, SystemTime::now());
        }
        Standing { kept, ..self.progress(all, exercise.notebook()) }
    }

    /// Forgets everything, the file too.
    pub(super) fn begin_anew(&mut self) {
        if let Some(file) = &self.file {
            // What cannot be removed is read again by the next process only.
            let _ = std::fs::remove_file(file);
        }
        // The table stays that of this notebook.
        let last = std::mem::take(&mut self.score.last);
        self.score = Score::default();
        self.score.last = last;
        (self.start, self.before) = (Instant::now(), Duration::ZERO);
    }

    /// The notebook of the exercise judged last, the first one before any.
    fn current(&self, all: Exercises) -> Notebook {
        let mut exercises = all.iter().copied().flatten();
        let last = exercises.find(|exercise| exercise.id == self.score.last);
        last.map_or(Notebook::Tp1, |exercise| exercise.notebook())
    }

    fn progress(&self, all: Exercises, notebook: Notebook) -> Standing {
        let mut progress = Standing { elapsed: self.elapsed(), ..Standing::default() };
        for exercise in of(all, notebook) {
            progress.done.1 += 1;
            progress.points.1 += exercise.points as f32;
            if let Some(record) = self.score.records.get(exercise.id) {
                progress.done.0 += usize::from(record.solved_after.is_some());
                progress.points.0 += record.earned.min(exercise.points as f32);
            }
        }
        progress
    }

    /// The table of the current notebook.
    pub(super) fn bilan(&self, all: Exercises) -> Bilan {
        let current = self.current(all);
        let rows = of(all, current).map(|exercise| {
            let record = self.score.records.get(exercise.id).cloned().unwrap_or_default();
            Row {
                title: exercise.title,
                points: (record.earned.min(exercise.points as f32), exercise.points),
                attempts: record.attempts,
                solved_after: record.solved_after,
                broken: record.broken,
            }
        });
        let (rows, questions) = (rows.collect(), current.questions());
        Bilan { rows, progress: self.progress(all, current), questions }
    }
}

/// What was said of an answer, but for the hint.
fn told(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Right { .. } => "juste".to_owned(),
        Outcome::ToDo => String::new(),
        Outcome::Wrong { mistake, found, .. } => format!("{mistake} : {found}"),
    }
}

/// The exercises of a notebook, of those of all notebooks.
fn of(all: Exercises, notebook: Notebook) -> impl Iterator<Item = &'static Exercise> {
    all.iter().copied().flatten().copied().filter(move |exercise| exercise.notebook() == notebook)
}

/// The table that [`bilan`](super::bilan) returns.
#[derive(Clone)]
pub struct Bilan {
    rows: Vec<Row>,
    progress: Standing,
    /// How many questions there are, and their points.
    questions: (usize, u32),
}

#[derive(Clone)]
struct Row {
    title: &'static str,
    points: (f32, u32),
    attempts: usize,
    solved_after: Option<Duration>,
    broken: bool,
}

impl Row {
    /// `2/2`; of an answer that a later change broke, what is kept of it.
    fn points(&self) -> String {
        let (earned, max) = self.points;
        let kept = if self.broken { "acquis\u{a0}: " } else { "" };
        format!("{kept}{}/{max}", number(earned))
    }

    fn icon(&self) -> Icon {
        match (self.solved_after, self.attempts) {
            (Some(_), _) => Icon::Right,
            (None, 0) => Icon::Blank,
            (None, _) => Icon::Wrong,
        }
    }

    fn when(&self) -> String {
        self.solved_after.map_or_else(|| "—".to_owned(), duration)
    }
}

impl Bilan {
    /// What no check can mark.
    fn to_mark(&self) -> String {
        let (count, points) = self.questions;
        format!(
            "Vos réponses aux {} : {} de plus, à noter par votre enseignant.",
            french::plural(count, "question"),
            french::plural(points as usize, "point")
        )
    }

    /// The table as HTML.
    pub fn html(&self) -> String {
        let (paper, ink) = (PAPER.css("background-color"), INK.css("color"));
        let cell = format!("style=\"padding:2px 10px;text-align:left;{ink}\"");
        let right = format!("style=\"padding:2px 10px;text-align:right;{ink}\"");
        let mut rows = String::new();
        for row in &self.rows {
            rows += &format!(
                "<tr style=\"{paper}\"><td {cell}>{} {}</td><td {right}>{}</td>\
                 <td {right}>{}</td><td {right}>{}</td></tr>",
                row.icon().html(),
                rich(row.title),
                row.points(),
                row.attempts,
                row.when()
            );
        }
        format!(
            "<div class=\"{CLASS}\" lang=\"fr\" style=\"{paper};{ink};display:inline-block;\
             padding:8px\">{SCHEME}<p style=\"margin:0 0 6px\">{}</p><table><thead>\
             <tr style=\"{}\"><th scope=\"col\" {cell}>Exercice</th>\
             <th scope=\"col\" {right}>Points</th><th scope=\"col\" {right}>Essais</th>\
             <th scope=\"col\" {right}>Résolu après</th></tr></thead><tbody>{rows}</tbody></table>\
             <p style=\"margin:6px 0 0\">{}</p></div>",
            self.progress.html(),
            SHADE.css("background-color"),
            rich(&self.to_mark())
        )
    }

    /// Shows the table in the notebook.
    pub fn evcxr_display(&self) {
        crate::display::display_html(&self.html(), &format!("{self:?}"));
    }
}

impl fmt::Debug for Bilan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for row in &self.rows {
            let (mark, points, when) = (row.icon().plain(), row.points(), row.when());
            writeln!(
                f,
                "{mark} {:<44} {points:>6} {:>10} {when:>8}",
                row.title,
                french::plural(row.attempts, "essai")
            )?;
        }
        writeln!(f, "{}", self.progress)?;
        write!(f, "{}", french::typography(&self.to_mark()))
    }
}

#[cfg(test)]
mod tests;
