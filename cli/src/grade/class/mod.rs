//! `classe.html` and `classe.csv`: what the class did, and where it stumbled.

mod alike;
mod assignment;
mod page;
mod read;

use super::course::Prepared;
use super::report::{self, Row};
use super::submissions::Submission;
use crate::check::reference::Reference;
use crate::{files, notebook};
use anyhow::Result;
use assignment::{Assignment, Student};
use read::{Answer, State};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::path::Path;

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
