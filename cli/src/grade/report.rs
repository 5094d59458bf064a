//! The table of the scores, and each student's feedback page.

use super::submissions::Submission;
use crate::files;
use crate::french::number;
use crate::front::{TOO_LONG, called};
use crate::notebook;
use anyhow::Result;
use serde::Deserialize;
use serde_json::Value;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

/// One student and one notebook.
#[derive(Debug)]
pub struct Row {
    pub student: String,
    pub assignment: String,
    pub graded: Graded,
}

/// What `grade.py` tells of a submission.
#[derive(Debug, Default, Deserialize)]
pub struct Graded {
    #[serde(default)]
    pub score: f64,
    #[serde(default)]
    pub max: f64,
    #[serde(default)]
    pub exercises: Vec<Exercise>,
    #[serde(default)]
    pub remarks: Vec<String>,
    feedback: Option<PathBuf>,
    pub error: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Exercise {
    pub id: String,
    pub score: f64,
    pub max: f64,
    /// Still to be graded by hand.
    pub manual: bool,
}

impl Row {
    /// A submission that nbgrader cannot be given.
    pub fn failed(submission: &Submission, reason: &str) -> Self {
        let remarks = submission.remarks.clone();
        let graded = Graded { error: Some(reason.to_owned()), remarks, ..Graded::default() };
        Self {
            student: submission.student.clone(),
            assignment: submission.assignment.clone(),
            graded,
        }
    }

    /// A submission that nbgrader was given.
    pub fn graded(submission: &Submission, answer: &Value) -> Self {
        match Graded::deserialize(answer) {
            Err(error) => Self::failed(submission, &format!("réponse illisible : {error}")),
            Ok(mut graded) => {
                // What both have seen is said once.
                let own = submission.remarks.iter().filter(|own| !graded.remarks.contains(own));
                let own: Vec<_> = own.cloned().collect();
                graded.remarks.extend(own);
                let (student, assignment) = (&submission.student, &submission.assignment);
                Self { student: student.clone(), assignment: assignment.clone(), graded }
            }
        }
    }

    /// How many answers are still to be read.
    pub fn by_hand(&self) -> usize {
        self.graded.exercises.iter().filter(|exercise| exercise.manual).count()
    }

    /// In a word or two.
    pub fn state(&self) -> String {
        match (&self.graded.error, self.by_hand()) {
            (Some(error), _) => format!("non noté : {error}"),
            (None, 0) => "noté".to_owned(),
            (None, 1) => "noté, 1 réponse à lire".to_owned(),
            (None, count) => format!("noté, {count} réponses à lire"),
        }
    }

    /// Puts the feedback into the student's folder; what hinders it is a remark.
    pub fn deliver_feedback(&mut self, folder: &Path) {
        if let Err(error) = self.write_feedback(folder) {
            self.graded.remarks.push(format!("retour non écrit : {error:#}"));
        }
    }

    /// Copies the feedback; without one, writes why.
    fn write_feedback(&self, folder: &Path) -> Result<()> {
        let page = folder.join(&self.student).join(format!("{}.html", self.assignment));
        let content = match &self.graded.feedback {
            Some(path) => fs::read(path)?,
            None => self.excuse().into_bytes(),
        };
        files::replace(&page, &content)
    }

    /// A page for a notebook that could not be graded.
    fn excuse(&self) -> String {
        let (title, state) = (files::escape(&self.assignment), files::escape(&self.state()));
        format!(
            "<!DOCTYPE html>\n<html lang=\"fr\"><head><meta charset=\"utf-8\">\
             <meta name=\"color-scheme\" content=\"light dark\"><title>{title}</title></head>\n\
             <body><h1>{title}</h1><p>Ce notebook n'a pas pu être noté.</p><p>{state}</p></body></html>\n"
        )
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { student, assignment, graded } = self;
        let points = format!("{}/{}", number(graded.score), number(graded.max));
        write!(f, "{student:<20} {assignment:<20} {points:>8}  {}", self.state())?;
        for remark in &graded.remarks {
            write!(f, " ; {remark}")?;
        }
        Ok(())
    }
}

/// How many cells of an executed notebook failed, by kind.
pub fn failures(content: &Value) -> Vec<String> {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for cell in notebook::cells(content) {
        let mut names = notebook::errors(cell);
        // A cell that was stopped has an error of its own too.
        let late = names.clone().find(|name| called(name) == called(TOO_LONG));
        let Some(kind) = late.or_else(|| names.next()).map(called) else { continue };
        match counts.iter_mut().find(|(counted, _)| *counted == kind) {
            Some((_, count)) => *count += 1,
            None => counts.push((kind, 1)),
        }
    }
    let plural = |count| if count > 1 { "s" } else { "" };
    let say = |(kind, count)| format!("{kind} : {count} cellule{}", plural(count));
    counts.into_iter().map(say).collect()
}

/// Writes the table: comma-separated, decimal points, as spreadsheets and
/// Moodle import it. The exercises' columns come last, in order.
pub fn write_csv(path: &Path, rows: &[Row]) -> Result<()> {
    let mut columns: Vec<&str> = Vec::new();
    for exercise in rows.iter().flat_map(|row| &row.graded.exercises) {
        if !columns.contains(&exercise.id.as_str()) {
            columns.push(&exercise.id);
        }
    }
    let fixed = ["etudiant", "notebook", "note", "maximum", "a_lire", "etat", "remarques"];
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(fixed.iter().chain(&columns).map(|name| plain(name)))?;
    for row in rows {
        let graded = &row.graded;
        let mut fields = vec![
            plain(&row.student),
            plain(&row.assignment),
            graded.score.to_string(),
            graded.max.to_string(),
            row.by_hand().to_string(),
            plain(&row.state()),
            plain(&graded.remarks.join(" ; ")),
        ];
        fields.extend(columns.iter().map(|column| {
            let found = graded.exercises.iter().find(|exercise| exercise.id == *column);
            match found {
                Some(exercise) if exercise.manual && exercise.score == 0.0 => String::new(),
                Some(exercise) => exercise.score.min(exercise.max).to_string(),
                None => String::new(),
            }
        }));
        table.write_record(&fields)?;
    }
    files::replace(path, &table.into_inner()?)
}

/// A field of a table. What a spreadsheet would take for a formula is not one.
pub fn plain(text: &str) -> String {
    match text.chars().next() {
        Some('=' | '+' | '-' | '@') => format!("'{text}"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn submission(student: &str) -> Submission {
        let (student, assignment) = (student.to_owned(), "TP9".to_owned());
        Submission { student, assignment, content: Ok(String::new()), remarks: Vec::new() }
    }

    #[test]
    fn failures_are_counted_by_kind() {
        let cell = |names: &[&str]| {
            let error = |name: &&str| json!({"output_type": "error", "ename": name});
            json!({"outputs": names.iter().map(error).collect::<Vec<_>>()})
        };
        let names: [&[&str]; 6] = [
            &["Panic"],
            &[],
            &["Interruption", TOO_LONG],
            &["Panic", TOO_LONG],
            &["Panic"],
            &["E"],
        ];
        let counted = failures(&json!({"cells": names.map(cell)}));
        assert_eq!(
            counted,
            ["panique : 2 cellules", "délai dépassé : 2 cellules", "erreur : 1 cellule"]
        );
    }

    #[test]
    fn the_table_has_a_line_for_everyone() {
        let exercises = json!([{"id": "a", "score": 1.5, "max": 2.0, "manual": false},
            {"id": "q", "score": 0.0, "max": 2.0, "manual": true}]);
        let answer = json!({"score": 1.5, "max": 4.0, "exercises": exercises, "remarks": ["panique : 1 cellule"]});
        let rows = [
            Row::graded(&submission("ana"), &answer),
            Row::failed(&submission("=bob, fils"), "notebook absent"),
        ];
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes.csv");
        write_csv(&path, &rows).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[0], "etudiant,notebook,note,maximum,a_lire,etat,remarques,a,q");
        assert_eq!(lines[1], "ana,TP9,1.5,4,1,\"noté, 1 réponse à lire\",panique : 1 cellule,1.5,");
        assert_eq!(lines[2], "\"'=bob, fils\",TP9,0,0,0,non noté : notebook absent,,,");
    }
}
