//! The one form in which an error of the compiler is shown.
//!
//! ```text
//! Compilation, ligne 2 : mismatched types [E0308]
//! ligne 2 │ let n: usize = 3.0;
//!         │        -----   ^^^ expected `usize`, found floating-point number
//!         │        expected due to this
//!         aide : use an integer
//! ligne 2 │ let n: usize = 3;
//! ```

use super::{Diagnostic, Mark, Note};
use std::collections::BTreeMap;

/// No colour: none of the terminal's is readable on an error's ground in both themes.
const BOLD: &str = "\u{1b}[1m";
const PLAIN: &str = "\u{1b}[0m";

/// Helps that name what would have done in another program, or that the French line
/// gives better.
const EMPTY: [&str; 13] = [
    "following types implement trait",
    "following other types implement trait",
    "is not implemented for `",
    "required for `",
    "required by a bound",
    "the method call chain might",
    "method defined here",
    "function defined here",
    "if you wanted to use a crate named",
    "this error originates in the macro",
    "multiple `impl`s satisfying",
    "cannot satisfy `",
    "you must specify a concrete type for this numeric value",
];

/// The roads to names that students call by the name alone.
const ROADS: [&str; 9] = [
    "std::result::",
    "std::option::",
    "std::vec::",
    "std::string::",
    "std::iter::",
    "std::ops::",
    "mnist_tp::prelude::",
    "mnist_tp::candle_core::",
    "mnist_tp::",
];

fn short(text: &str) -> String {
    ROADS.iter().fold(text.to_owned(), |text, road| text.replace(road, ""))
}

impl Diagnostic {
    /// The lines below the French one, about the cell with this `code`.
    pub fn drawn(&self, name: &str, code: &str) -> Vec<String> {
        let cell: Vec<&str> = code.lines().collect();
        let place =
            self.mark().map_or_else(String::new, |mark| format!(", ligne {}", mark.line + 1));
        let id = if self.code.is_empty() { String::new() } else { format!(" [{}]", self.code) };
        let mut lines =
            vec![format!("{BOLD}{name}{place}{PLAIN}\u{a0}: {}{id}", short(&self.message))];
        let mut by_line: BTreeMap<usize, Vec<&Mark>> = BTreeMap::new();
        for mark in &self.marks {
            by_line.entry(mark.line).or_default().push(mark);
        }
        for (line, marks) in by_line {
            let shown = cell.get(line).copied().unwrap_or_default();
            lines.push(format!("{}{shown}", gutter(line)));
            lines.extend(pointers(&marks).into_iter().map(|text| format!("{}{text}", blank(line))));
        }
        if let Some(line) = self.other_line.as_ref().filter(|line| line.len() > 3) {
            lines.push(format!("dans une cellule précédente\u{a0}: {line}"));
        }
        if self.marks.is_empty() {
            lines.extend(self.elsewhere.iter().map(|label| short(label)));
        }
        // The types stand in a label already.
        let told = self.types().is_some();
        let notes = self
            .notes
            .iter()
            .filter(|note| !(told && note.message.trim().starts_with("expected ")));
        lines.extend(notes.flat_map(Note::drawn));
        lines
    }
}

/// `ligne 3 │ `, and the same without its text.
fn gutter(line: usize) -> String {
    format!("ligne {} │ ", line + 1)
}

fn blank(line: usize) -> String {
    format!("{}│ ", " ".repeat(gutter(line).chars().count() - 2))
}

/// What stands under a line: all marks, the last one's label beside them, the
/// others below.
fn pointers(marks: &[&Mark]) -> Vec<String> {
    let mut marks = marks.to_vec();
    marks.sort_by_key(|mark| mark.start);
    let length = marks.iter().map(|mark| mark.end).max().unwrap_or(0);
    let mut under = vec![' '; length];
    for mark in marks.iter().rev() {
        let sign = if mark.primary { '^' } else { '-' };
        under.get_mut(mark.start..mark.end).into_iter().flatten().for_each(|place| *place = sign);
    }
    let under: String = under.into_iter().collect();
    let (last, others) = match marks.split_last() {
        Some(split) => split,
        None => return Vec::new(),
    };
    let label = |mark: &Mark| {
        // It names what evcxr writes around the cell.
        if mark.label.contains("Evcxr") { String::new() } else { short(&mark.label) }
    };
    let first = format!("{} {}", under.trim_end(), label(last));
    let mut lines = vec![format!("{BOLD}{}{PLAIN}", first.trim_end())];
    for mark in others.iter().rev().filter(|mark| !mark.label.is_empty()) {
        lines.push(format!("{}{BOLD}{}{PLAIN}", " ".repeat(mark.start), label(mark)));
    }
    lines
}

impl Note {
    fn drawn(&self) -> Vec<String> {
        let placeholder = self.lines.iter().any(|(_, text)| text.contains("/* Type */"));
        if placeholder || EMPTY.iter().any(|part| self.message.contains(part)) {
            return Vec::new();
        }
        let kind = if self.help { "aide" } else { "note" };
        let mut head = format!(
            "{BOLD}{kind}{PLAIN}\u{a0}: {}",
            short(self.message.trim_end_matches([':', ' ']))
        );
        // A part of a line says nothing without the line.
        let whole =
            self.proposals.iter().filter(|text| text.starts_with("use ") && text.ends_with(';'));
        let whole: Vec<String> = whole.take(3).map(|text| format!("`{text}`")).collect();
        if self.lines.is_empty() && !whole.is_empty() {
            head.push_str(&format!("\u{a0}: {}", whole.join(" ou ")));
        }
        let mut lines = vec![head];
        for (line, text) in &self.lines {
            let mut parts = text.lines();
            lines.push(format!("{}{}", gutter(*line), parts.next().unwrap_or_default()));
            lines.extend(parts.map(|part| format!("{}{part}", blank(*line))));
        }
        lines
    }
}
