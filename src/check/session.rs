//! What the student has done since the kernel started: points, attempts, time.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use super::Fault;
use super::progress::{Progress, duration};
use super::prose::{number, rich};
use super::registry::{Exercise, Notebook};
use super::verdict::Outcome;
use crate::french;

/// The exercises of each notebook.
pub(super) type Exercises = &'static [&'static [&'static Exercise]];

/// What is known of one exercise.
#[derive(Clone, Debug, Default)]
struct Record {
    attempts: usize,
    earned: f32,
    solved_after: Option<Duration>,
    failures: HashMap<&'static str, usize>,
}

/// All that was tried since the first check.
#[derive(Debug)]
pub(crate) struct Session {
    start: Instant,
    records: HashMap<&'static str, Record>,
    current: Notebook,
}

/// The session of this process.
pub(crate) fn lock() -> MutexGuard<'static, Session> {
    static SESSION: OnceLock<Mutex<Session>> = OnceLock::new();
    SESSION.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner)
}

impl Default for Session {
    fn default() -> Self {
        Self { start: Instant::now(), records: HashMap::new(), current: Notebook::Tp1 }
    }
}

impl Session {
    /// How many times this mistake was met before; counts this one.
    pub(crate) fn failures(&mut self, id: &'static str, fault: &Fault) -> usize {
        let count = self.records.entry(id).or_default().failures.entry(fault.mistake).or_default();
        *count += 1;
        *count - 1
    }

    /// Notes a result; the best one of an exercise counts.
    pub(crate) fn note(
        &mut self,
        all: Exercises,
        exercise: &Exercise,
        earned: f32,
        outcome: &Outcome,
    ) -> Progress {
        let elapsed = self.start.elapsed();
        self.current = exercise.notebook;
        let record = self.records.entry(exercise.id).or_default();
        record.attempts += usize::from(*outcome != Outcome::ToDo);
        record.earned = record.earned.max(earned);
        if matches!(outcome, Outcome::Right { .. }) {
            record.solved_after.get_or_insert(elapsed);
        }
        self.progress(all, exercise.notebook)
    }

    fn progress(&self, all: Exercises, notebook: Notebook) -> Progress {
        let mut progress = Progress { elapsed: self.start.elapsed(), ..Progress::default() };
        for exercise in of(all, notebook) {
            progress.done.1 += 1;
            progress.points.1 += exercise.points as f32;
            if let Some(record) = self.records.get(exercise.id) {
                progress.done.0 += usize::from(record.solved_after.is_some());
                progress.points.0 += record.earned;
            }
        }
        progress
    }

    /// The table of the current notebook.
    pub(super) fn bilan(&self, all: Exercises) -> Bilan {
        let rows = of(all, self.current).map(|exercise| {
            let record = self.records.get(exercise.id).cloned().unwrap_or_default();
            Row {
                title: exercise.title,
                points: (record.earned, exercise.points),
                attempts: record.attempts,
                solved_after: record.solved_after,
            }
        });
        Bilan { rows: rows.collect(), progress: self.progress(all, self.current) }
    }
}

/// The exercises of a notebook, of those of all notebooks.
fn of(all: Exercises, notebook: Notebook) -> impl Iterator<Item = &'static Exercise> {
    all.iter().copied().flatten().copied().filter(move |exercise| exercise.notebook == notebook)
}

/// The table that [`bilan`](super::bilan) returns.
#[derive(Clone)]
pub struct Bilan {
    rows: Vec<Row>,
    progress: Progress,
}

#[derive(Clone)]
struct Row {
    title: &'static str,
    points: (f32, u32),
    attempts: usize,
    solved_after: Option<Duration>,
}

impl Row {
    fn mark(&self) -> &'static str {
        match (self.solved_after, self.attempts) {
            (Some(_), _) => "✅",
            (None, 0) => "·",
            (None, _) => "❌",
        }
    }

    fn when(&self) -> String {
        self.solved_after.map_or_else(|| "—".to_owned(), duration)
    }
}

impl Bilan {
    /// The table as HTML.
    pub fn to_html(&self) -> String {
        let cell = "style=\"padding:2px 10px;text-align:left;color:#1b1b1b\"";
        let right = "style=\"padding:2px 10px;text-align:right;color:#1b1b1b\"";
        let mut rows = String::new();
        for row in &self.rows {
            let (earned, max) = row.points;
            rows += &format!(
                "<tr style=\"background:#fdfdfb\"><td {cell}>{} {}</td><td {right}>{}/{max}</td>\
                 <td {right}>{}</td><td {right}>{}</td></tr>",
                row.mark(),
                rich(row.title),
                number(earned),
                row.attempts,
                row.when()
            );
        }
        format!(
            "<div lang=\"fr\" style=\"background:#fdfdfb;color:#1b1b1b;display:inline-block;\
             padding:8px\"><p style=\"margin:0 0 6px\">{}</p><table><thead>\
             <tr style=\"background:#eeeeea\"><th scope=\"col\" {cell}>Exercice</th>\
             <th scope=\"col\" {right}>Points</th><th scope=\"col\" {right}>Essais</th>\
             <th scope=\"col\" {right}>Résolu après</th></tr></thead><tbody>{rows}</tbody></table></div>",
            self.progress.to_html()
        )
    }

    /// Shows the table in the notebook.
    pub fn evcxr_display(&self) {
        crate::display::display_html(&self.to_html(), &format!("{self:?}"));
    }
}

impl fmt::Debug for Bilan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for row in &self.rows {
            let points = format!("{}/{}", number(row.points.0), row.points.1);
            let (mark, when) = (row.mark(), row.when());
            writeln!(
                f,
                "{mark} {:<44} {points:>6} {:>10} {when:>8}",
                row.title,
                french::plural(row.attempts, "essai")
            )?;
        }
        write!(f, "{}", self.progress)
    }
}

#[cfg(test)]
mod tests {
    use super::super::EXERCISES;
    use super::*;

    #[test]
    fn the_best_result_counts() {
        let exercise = EXERCISES[0][0];
        let mut session = Session::default();
        let right = Outcome::Right { verified: String::new() };
        session.note(EXERCISES, exercise, 0.0, &Outcome::ToDo);
        let progress = session.note(EXERCISES, exercise, exercise.points as f32, &right);
        assert_eq!((progress.done.0, progress.points.0), (1, exercise.points as f32));
        let wrong = Outcome::Wrong { mistake: "", found: String::new(), hint: "", rank: 1, of: 1 };
        assert_eq!(session.note(EXERCISES, exercise, 0.0, &wrong).points.0, exercise.points as f32);
        let bilan = session.bilan(EXERCISES);
        assert_eq!(bilan.rows[0].attempts, 2);
        assert!(bilan.to_html().contains("✅"));
    }

    #[test]
    fn failures_are_counted_by_mistake() {
        let mut session = Session::default();
        let (a, b) = (Fault::new("a", ""), Fault::new("b", ""));
        let counts = [&a, &a, &b, &a].map(|fault| session.failures("x", fault));
        assert_eq!(counts, [0, 1, 0, 2]);
    }
}
