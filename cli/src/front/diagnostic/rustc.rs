//! rustc's own form of a message.

use super::place::Map;
use super::{Diagnostic, Mark, Note};
use serde::Deserialize;

/// A message of rustc's JSON.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Message {
    message: String,
    code: Option<Code>,
    level: String,
    spans: Vec<Span>,
    #[serde(default)]
    children: Vec<Message>,
}

#[derive(Clone, Debug, Deserialize)]
struct Code {
    code: String,
}

/// A part of a source file, counted from 1.
#[derive(Clone, Debug, Deserialize)]
struct Span {
    file_name: String,
    line_start: usize,
    line_end: usize,
    column_start: usize,
    column_end: usize,
    is_primary: bool,
    text: Vec<Text>,
    label: Option<String>,
    suggested_replacement: Option<String>,
    expansion: Option<Box<Expansion>>,
}

#[derive(Clone, Debug, Deserialize)]
struct Text {
    text: String,
}

#[derive(Clone, Debug, Deserialize)]
struct Expansion {
    span: Span,
}

impl Message {
    /// The messages of a file with one a line.
    pub fn all(lines: &str) -> Vec<Self> {
        lines.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// Whether evcxr reports this one under that message: it names what stands
    /// behind the cell otherwise, and may take a note in place of the whole.
    pub fn is_reported_as(&self, message: &str) -> bool {
        let same = |own: &str| own.replace("`evcxr_variable_store`", "<end of input>") == message;
        same(&self.message) || self.children.iter().any(|child| same(&child.message))
    }

    /// The same with its places in the cell.
    pub fn placed(self, map: &Map) -> Diagnostic {
        let mut out = Diagnostic {
            code: self.code.map(|code| code.code).unwrap_or_default(),
            message: self.message.replace("`evcxr_variable_store`", "<end of input>"),
            ..Diagnostic::default()
        };
        for span in &self.spans {
            let label = span.label.clone().unwrap_or_default();
            match span.local().and_then(|local| local.placed(map)) {
                Some(mut mark) => {
                    mark.primary = span.is_primary;
                    mark.label = label;
                    out.marks.push(mark);
                }
                None => {
                    if span.is_primary {
                        out.other_line = span.local().and_then(Span::first_line);
                    }
                    if !label.is_empty() {
                        out.elsewhere.push(label);
                    }
                }
            }
        }
        // What evcxr writes behind the cell: the cell ends too early.
        if out.marks.is_empty() && out.other_line.take_if(|line| line.contains("evcxr")).is_some() {
            let lines = map.cell().iter().enumerate();
            if let Some((line, text)) = lines.rev().find(|(_, text)| !text.trim().is_empty()) {
                let start = text.trim_end().chars().count();
                let label = out.elsewhere.first().cloned().unwrap_or_default();
                out.marks.push(Mark { line, start, end: start + 1, label, primary: true });
                out.message = out.message.replace("found keyword `fn`", "found <end of input>");
            }
        }
        out.marks.sort_by_key(|mark| !mark.primary);
        if !out.marks.is_empty() {
            out.other_line = None;
        }
        out.notes = self.children.into_iter().map(|child| child.note(map)).collect();
        out
    }

    fn note(self, map: &Map) -> Note {
        let parts: Vec<&Span> =
            self.spans.iter().filter(|span| span.suggested_replacement.is_some()).collect();
        // Two that begin at the same place are alternatives.
        let begins = |span: &Span| (span.line_start, span.column_start);
        let several = parts
            .iter()
            .enumerate()
            .any(|(at, span)| parts[..at].iter().any(|other| begins(other) == begins(span)));
        let lines = if several { Vec::new() } else { changed(&parts, map).unwrap_or_default() };
        let mut message = self.message;
        for label in self.spans.iter().filter_map(|span| span.label.as_ref()) {
            message.push_str(": ");
            message.push_str(label);
        }
        Note {
            help: self.level == "help",
            message,
            lines,
            proposals: parts
                .iter()
                .filter_map(|span| span.suggested_replacement.as_deref())
                .map(|text| text.trim().to_owned())
                .filter(|text| !text.is_empty())
                .collect(),
        }
    }
}

impl Span {
    /// The part of the cells' file that this stands for: a macro's own code is in
    /// another, and the cell is where the macro is called.
    fn local(&self) -> Option<&Self> {
        // `lib.rs` is the name of many a crate's file; `ctx` is evcxr's.
        if self.file_name == "src/lib.rs" || self.file_name.ends_with("ctx/src/lib.rs") {
            return Some(self);
        }
        self.expansion.as_ref()?.span.local()
    }

    fn first_line(&self) -> Option<String> {
        let line = self.text.first()?.text.trim();
        (!line.is_empty()).then(|| line.to_owned())
    }

    fn placed(&self, map: &Map) -> Option<Mark> {
        let first = &self.text.first()?.text;
        let (line, right) = map.find(self.line_start, first)?;
        let start = self.column_start.checked_sub(1)?.checked_add_signed(right)?;
        // A mark over several lines is shown on the first.
        let end = if self.line_end == self.line_start {
            self.column_end.checked_sub(1)?.checked_add_signed(right)?
        } else {
            map.cell()[line].trim_end().chars().count()
        };
        Some(Mark { line, start, end: end.max(start + 1), ..Mark::default() })
    }
}

/// The lines of the cell with these replacements in; none where one is not in it.
fn changed(parts: &[&Span], map: &Map) -> Option<Vec<(usize, String)>> {
    let mut placed = Vec::new();
    for span in parts {
        if span.line_start != span.line_end {
            return None;
        }
        let (line, right) = map.find(span.line_start, &span.text.first()?.text)?;
        let start = span.column_start.checked_sub(1)?.checked_add_signed(right)?;
        let end = span.column_end.checked_sub(1)?.checked_add_signed(right)?;
        placed.push((line, start, end, span.suggested_replacement.as_deref()?));
    }
    placed.sort();
    let mut lines: Vec<(usize, String)> = Vec::new();
    for (line, start, end, text) in placed.into_iter().rev() {
        if lines.last().is_none_or(|(last, _)| *last != line) {
            lines.push((line, map.cell().get(line)?.to_string()));
        }
        let (_, content) = lines.last_mut()?;
        let chars: Vec<char> = content.chars().collect();
        let before: String = chars.get(..start)?.iter().collect();
        let after: String = chars.get(end..)?.iter().collect();
        *content = format!("{before}{text}{after}");
    }
    lines.reverse();
    Some(lines)
}
