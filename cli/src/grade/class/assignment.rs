//! One notebook of the course: who answered what, and the mistakes that were made.

use super::alike::{self, Pair};
use super::read::{self, Answer};
use crate::check::reference::Reference;
use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// One notebook of the course, as the class answered it.
pub struct Assignment {
    pub name: String,
    /// Identifier and title of each exercise, in order.
    pub exercises: Vec<(String, String)>,
    pub students: Vec<Student>,
    pub alike: Vec<Pair>,
}

/// One student's notebook.
pub struct Student {
    pub name: String,
    pub score: f64,
    pub max: f64,
    pub to_read: usize,
    pub state: String,
    /// What was hostile or odd.
    pub remarks: Vec<String>,
    pub answers: Vec<Answer>,
    pub sources: alike::Answers,
}

impl Assignment {
    /// Orders what was gathered, and looks for answers that are alike.
    pub fn finish(&mut self, reference: &Reference, anonymous: bool) {
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
        } else {
            self.students.sort_by_key(|student| alphabetic(&student.name));
        }
        let class: Vec<_> = self.students.iter().map(|student| student.sources.clone()).collect();
        let solution = read::answers(reference, reference.cells()).into_iter().collect();
        self.alike = alike::pairs(&class, &solution);
    }

    /// The answers to one exercise.
    pub fn answers<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Answer> {
        self.students
            .iter()
            .flat_map(|student| &student.answers)
            .filter(move |answer| answer.id == id)
    }

    /// The mistakes of an exercise: key, hints drawn, how many made it.
    pub fn mistakes(&self, id: &str) -> Vec<(String, Vec<String>, usize)> {
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

/// What a name is sorted by: É stands with E, a small letter with its capital.
fn alphabetic(name: &str) -> String {
    name.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_and_capitals_do_not_part_names() {
        let mut names = ["Hugo", "Élodie", "emma", "Farid"];
        names.sort_by_key(|name| alphabetic(name));
        assert_eq!(names, ["Élodie", "emma", "Farid", "Hugo"]);
    }
}
