//! `classe.html` and `classe.csv`: what the class did, and where it stumbled.

mod alike;
mod page;
mod read;

use super::course::Prepared;
use super::report::{self, Row};
use super::submissions::Submission;
use crate::check::reference::Reference;
use crate::{files, notebook};
use alike::Pair;
use anyhow::Result;
use read::{Answer, State};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::path::Path;

/// One notebook of the course, as the class answered it.
struct Assignment {
    name: String,
    /// Identifier and title of each exercise, in order.
    exercises: Vec<(String, String)>,
    students: Vec<Student>,
    alike: Vec<Pair>,
}

/// One student's notebook.
struct Student {
    name: String,
    score: f64,
    max: f64,
    to_read: usize,
    state: String,
    /// What was hostile or odd.
    remarks: Vec<String>,
    answers: Vec<Answer>,
    sources: alike::Answers,
}

/// Writes the page and its table.
pub fn write(
    out: &Path,
    references: &[Reference],
    submissions: &[Submission],
    prepared: &[Option<Prepared>],
    rows: &[Row],
    anonymous: bool,
) -> Result<()> {
    let labels = labels(rows, anonymous);
    let mut assignments = Vec::new();
    for reference in references {
        let mut assignment = Assignment {
            name: reference.name.clone(),
            exercises: Vec::new(),
            students: Vec::new(),
            alike: Vec::new(),
        };
        for (place, row) in
            rows.iter().enumerate().filter(|(_, row)| row.assignment == reference.name)
        {
            let executed = prepared[place].as_ref().map(|prepared| prepared.kept.executed());
            let executed = executed.and_then(|path| notebook::read(&path).ok()).unwrap_or_default();
            let handed_in = submissions[place].content.as_deref().unwrap_or_default();
            let handed_in = notebook::parse(handed_in.as_bytes()).unwrap_or_default();
            assignment.exercises.extend(read::titles(notebook::cells(&executed)));
            assignment.students.push(student(row, &labels, reference, &executed, &handed_in));
        }
        if !assignment.students.is_empty() {
            assignment.finish(reference, anonymous);
            assignments.push(assignment);
        }
    }
    files::replace(&out.join("classe.csv"), &table(&assignments)?)?;
    files::replace(&out.join("classe.html"), page::html(&assignments, anonymous).as_bytes())
}

/// How each student is called: by name, or by a number that does not follow the names.
fn labels(rows: &[Row], anonymous: bool) -> BTreeMap<String, String> {
    let mut names: Vec<&String> = rows.iter().map(|row| &row.student).collect();
    names.sort_by_key(|name| Sha256::digest(name.as_bytes()).to_vec());
    names.dedup();
    let label = |(place, name): (usize, &String)| {
        (name.clone(), if anonymous { format!("Copie {}", place + 1) } else { name.clone() })
    };
    names.into_iter().enumerate().map(label).collect()
}

fn student(
    row: &Row,
    labels: &BTreeMap<String, String>,
    reference: &Reference,
    executed: &Value,
    handed_in: &Value,
) -> Student {
    let name = labels.get(&row.student).unwrap_or(&row.student).clone();
    let (executed, handed_in) = (notebook::cells(executed), notebook::cells(handed_in));
    let graded = &row.graded;
    let answer = |exercise: &report::Exercise| {
        let points = (exercise.score.min(exercise.max), exercise.max);
        let mut answer = Answer::read(&exercise.id, points, executed, handed_in);
        if reference.exercises().iter().any(|graded| graded.id == exercise.id && graded.by_hand) {
            answer.state = match exercise.manual {
                true => State::ToRead,
                false if exercise.score >= exercise.max => State::Right,
                false if exercise.score > 0.0 => State::Partial,
                false => State::Wrong,
            };
        }
        answer
    };
    let told = |text: &String| text.replace(&row.student, &name);
    let usual = |remark: &&String| !remark.starts_with("à compléter");
    Student {
        score: graded.score,
        max: graded.max,
        to_read: row.by_hand(),
        state: told(&row.state()),
        remarks: graded.remarks.iter().filter(usual).map(told).collect(),
        answers: graded.exercises.iter().map(answer).collect(),
        sources: read::answers(reference, handed_in).into_iter().collect(),
        name,
    }
}

impl Assignment {
    /// Orders what was gathered, and looks for answers that are alike.
    fn finish(&mut self, reference: &Reference, anonymous: bool) {
        let titles: BTreeMap<_, _> = std::mem::take(&mut self.exercises).into_iter().collect();
        self.exercises = reference
            .exercises()
            .into_iter()
            .map(|graded| {
                let title = titles.get(&graded.id).cloned().unwrap_or_else(|| graded.id.clone());
                (graded.id, title)
            })
            .collect();
        if anonymous {
            let number = |student: &Student| student.name.rsplit(' ').next()?.parse::<u32>().ok();
            self.students.sort_by_key(|student| number(student));
        }
        let class: Vec<_> = self.students.iter().map(|student| student.sources.clone()).collect();
        let solution = read::answers(reference, reference.cells()).into_iter().collect();
        self.alike = alike::pairs(&class, &solution);
    }

    /// The answers to one exercise.
    fn answers<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Answer> {
        self.students
            .iter()
            .flat_map(|student| &student.answers)
            .filter(move |answer| answer.id == id)
    }

    /// The mistakes of an exercise: key, hints drawn, how many made it.
    fn mistakes(&self, id: &str) -> Vec<(String, Vec<String>, usize)> {
        let mut found: BTreeMap<&str, (Vec<String>, usize)> = BTreeMap::new();
        for (key, hint) in self.answers(id).filter_map(|answer| answer.mistake.as_ref()) {
            let (hints, count) = found.entry(key).or_default();
            *count += 1;
            if !hint.is_empty() && !hints.contains(hint) {
                hints.push(hint.clone());
            }
        }
        let mut found: Vec<_> =
            found.into_iter().map(|(key, (hints, count))| (key.to_owned(), hints, count)).collect();
        found.sort_by_key(|(_, _, count)| std::cmp::Reverse(*count));
        found
    }
}

/// The numbers of the page, one line an answer.
fn table(assignments: &[Assignment]) -> Result<Vec<u8>> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record([
        "etudiant", "notebook", "exercice", "points", "maximum", "etat", "erreur", "indice",
        "essais", "secondes",
    ])?;
    for assignment in assignments {
        for student in &assignment.students {
            for answer in &student.answers {
                let (key, hint) = answer.mistake.clone().unwrap_or_default();
                table.write_record([
                    report::plain(&student.name),
                    report::plain(&assignment.name),
                    report::plain(&answer.id),
                    answer.points.to_string(),
                    answer.max.to_string(),
                    page::word(answer.state).to_owned(),
                    report::plain(&key),
                    report::plain(&hint),
                    answer.tries.map(|tries| tries.to_string()).unwrap_or_default(),
                    answer.after.map(|after| after.to_string()).unwrap_or_default(),
                ])?;
            }
        }
    }
    Ok(table.into_inner()?)
}
