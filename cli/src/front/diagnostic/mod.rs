//! What rustc says of a cell, placed in the cell.
//!
//! evcxr passes on a report drawn for a terminal, in one form for a cell in ASCII
//! and in another, without the error's code, for any other. Its kernel keeps what
//! rustc said beside it (see [`crate::shortcut::ERRORS`]); from there the front
//! takes codes, places and proposals, and draws every error in the same way. Where
//! nothing was kept, evcxr's own report is shown, and read as far as it goes.

mod draw;
pub mod place;
pub mod rustc;

/// An error of the compiler about a cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Diagnostic {
    /// `E0425`, or nothing.
    pub code: String,
    pub message: String,
    /// What is marked in the cell, the main place first.
    pub marks: Vec<Mark>,
    /// Labels in other code: a cell run before, or evcxr's own.
    pub elsewhere: Vec<String>,
    /// The line of another cell that the error is about.
    pub other_line: Option<String>,
    pub notes: Vec<Note>,
}

/// A part of a line of the cell, counted in characters from 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mark {
    pub line: usize,
    pub start: usize,
    pub end: usize,
    pub label: String,
    pub primary: bool,
}

/// A note or a help of rustc's.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Note {
    pub help: bool,
    pub message: String,
    /// Lines of the cell as rustc would write them.
    pub lines: Vec<(usize, String)>,
    /// What it would put in, each time as a whole.
    pub proposals: Vec<String>,
}

impl Diagnostic {
    /// Whether the message, a label or a note contains this.
    pub fn says(&self, part: &str) -> bool {
        self.texts().any(|text| text.contains(part))
    }

    /// The message, then labels, then notes.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.message.as_str())
            .chain(self.marks.iter().map(|mark| mark.label.as_str()))
            .chain(self.elsewhere.iter().map(String::as_str))
            .chain(self.notes.iter().map(|note| note.message.as_str()))
    }

    /// The main place.
    pub fn mark(&self) -> Option<&Mark> {
        self.marks.iter().find(|mark| mark.primary).or(self.marks.first())
    }

    /// The types of a label « expected `A`, found `B` », as they are written there.
    pub fn types(&self) -> Option<(&str, &str)> {
        self.texts().find_map(|text| {
            let (expected, found) = text.split_once("expected ")?.1.split_once(", found ")?;
            Some((bare(expected), bare(found)))
        })
    }

    /// The place of the label that names the types.
    pub fn types_mark(&self) -> Option<&Mark> {
        let named =
            |mark: &&Mark| mark.label.contains("expected ") && mark.label.contains(", found ");
        self.marks.iter().find(named).or_else(|| self.mark())
    }

    /// The line of the cell that rustc proposes in the place of one.
    pub fn proposed_line(&self) -> Option<&str> {
        let mut lines =
            self.notes.iter().filter(|note| note.help).map(|note| note.lines.as_slice());
        lines.find_map(|lines| match lines {
            [(_, line)] if !line.contains("/*") && !line.contains('\n') => Some(line.trim()),
            _ => None,
        })
    }

    /// A name that rustc finds close to the one that it does not know.
    pub fn similar(&self) -> Option<&str> {
        self.notes
            .iter()
            .filter(|note| {
                note.message.contains("similar name")
                    || note.message.contains("perhaps you intended")
            })
            .find_map(|note| note.proposals.first().map(String::as_str))
            .or_else(|| {
                self.texts()
                    .filter(|text| text.contains("similar name") && text.contains('`'))
                    .find_map(|text| text.rsplit('`').nth(1))
            })
    }

    /// Takes out the name that rustc proposes for one of a single letter: any is close.
    pub fn forget_distant_name(&mut self) {
        let letter = self.message.split('`').nth(1).is_some_and(|name| name.chars().count() == 1);
        if letter && self.message.starts_with("cannot find ") {
            self.notes.retain(|note| !note.message.contains("similar name"));
            let labels = self.marks.iter_mut().map(|mark| &mut mark.label);
            labels.filter(|label| label.contains("similar name")).for_each(String::clear);
        }
    }

    /// Whether it is about the function that evcxr makes of a cell.
    pub fn is_of_wrapper(&self) -> bool {
        self.says(WRAPPER)
    }

    /// Takes out the types of that function.
    pub fn forget_wrapper(&mut self) {
        if self.is_of_wrapper() {
            self.notes.retain(|note| !note.message.contains(WRAPPER));
            self.marks.iter_mut().for_each(|mark| mark.label.clear());
            let what = self.message.split(": ").next().unwrap_or_default();
            self.message = what.replace(&format!("`*mut {WRAPPER}`"), "`()`");
        }
    }

    /// What evcxr has itself against a variable: its place is where it is defined.
    pub fn of_variable(message: &str, code: &str) -> Option<Self> {
        let own = message.starts_with("The variable `") || message.starts_with("Couldn't auto");
        let name = message.split('`').nth(1).filter(|_| own)?;
        let mut marks = Vec::new();
        for (line, text) in code.lines().enumerate() {
            let found = ["let mut ", "let "].into_iter().find_map(|word| {
                let at = text.find(&format!("{word}{name}"))? + word.len();
                let rest = &text[at + name.len()..];
                (!rest.starts_with(|c: char| c.is_alphanumeric() || c == '_')).then_some(at)
            });
            if let Some(at) = found {
                let start = text[..at].chars().count();
                let end = start + name.chars().count();
                marks = vec![Mark { line, start, end, primary: true, ..Mark::default() }];
            }
        }
        // The rest of it advises what a beginner cannot use.
        let message = message.replace('\n', " ");
        let message = message.split_inclusive(". ").next().unwrap_or_default().trim().to_owned();
        Some(Self { message, marks, ..Self::default() })
    }

    /// What evcxr reports with `message` and in this text, as far as it tells.
    pub fn read(message: &str, report: &str) -> Self {
        let report = without_colours(report);
        let lines = report.lines().filter(|line| !line.contains(message));
        let known =
            CODES.iter().find(|(start, _)| message.starts_with(start)).map(|(_, code)| *code);
        Self {
            code: code(&report).or(known).unwrap_or_default().to_owned(),
            message: message.to_owned(),
            elsewhere: lines.map(said).filter(|line| !line.is_empty()).map(Into::into).collect(),
            ..Self::default()
        }
    }
}

/// A type of the function that evcxr makes of a cell.
const WRAPPER: &str = "VariableStore";

/// The codes of some messages, which evcxr leaves out for a cell not in ASCII.
const CODES: [(&str, &str); 8] = [
    ("mismatched types", "E0308"),
    ("cannot find value", "E0425"),
    ("cannot find function", "E0425"),
    ("use of moved value", "E0382"),
    ("borrow of moved value", "E0382"),
    ("no method named", "E0599"),
    ("cannot assign twice", "E0384"),
    ("duplicate definitions", "E0592"),
];

fn without_colours(text: &str) -> String {
    let mut pieces = text.split("\u{1b}[");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |all, piece| all + piece.split_once('m').map_or("", |(_, text)| text))
}

/// The text of a line of evcxr's drawing.
fn said(line: &str) -> &str {
    line.trim_start_matches(|c: char| c.is_whitespace() || "│╰╭─┬┤╯├^".contains(c)).trim_end()
}

/// A type as a label writes it, without what stands around it: « struct `A` ».
fn bare(text: &str) -> &str {
    match (text.find('`'), text.rfind('`')) {
        (Some(start), Some(end)) if start < end => &text[start + 1..end],
        _ => text.trim(),
    }
}

/// `E0425` out of a report that contains `[E0425]`.
fn code(report: &str) -> Option<&str> {
    report.match_indices("[E").find_map(|(at, _)| {
        let code = report.get(at + 1..at + 6)?;
        let digits = code[1..].bytes().all(|byte| byte.is_ascii_digit());
        (digits && report[at + 6..].starts_with(']')).then_some(code)
    })
}
