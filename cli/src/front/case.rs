//! An error together with the cell that it is about: what the French lines ask of both.

use super::diagnostic::{Diagnostic, Mark};
use super::scan;

/// An error and the cell that it is about.
pub struct Case<'a> {
    pub error: &'a Diagnostic,
    pub cell: &'a str,
    /// Whether an earlier cell has defined a variable of this name.
    pub known: &'a dyn Fn(&str) -> bool,
}

/// A function of the cell, as its first line declares it.
pub struct Function {
    pub name: String,
    /// What stands after `->`.
    pub gives: String,
}

impl Function {
    /// Whether `?` may stand in it.
    pub fn may_ask(&self) -> bool {
        self.gives.contains("Result")
    }
}

impl<'a> Case<'a> {
    /// The variable in the first name: `v` of `*v`, of `v[_]`.
    pub fn root(&self) -> &'a str {
        let name = self.name().trim_start_matches('*');
        name.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or(name)
    }

    /// The first name in backquotes of the message.
    pub fn name(&self) -> &'a str {
        self.error.message.split('`').nth(1).unwrap_or("ce nom")
    }

    /// The last one.
    pub fn last_name(&self) -> &'a str {
        self.error.message.rsplit('`').nth(1).unwrap_or_else(|| self.name())
    }

    /// All of them.
    pub fn names(&self) -> Vec<&'a str> {
        self.error.message.split('`').skip(1).step_by(2).collect()
    }

    /// The name in a path that is not known.
    pub fn last_unknown(&self) -> &'a str {
        let marked = self.marked();
        let message = &self.error.message;
        // « unresolved import `a::b` » names the road, the mark its end.
        if message.starts_with("unresolved import") && !marked.is_empty() {
            let end = marked.rsplit("::").next().unwrap_or(marked).trim();
            if !end.is_empty() && end.chars().all(|c| c.is_alphanumeric() || c == '_') {
                return end;
            }
        }
        let name = if message.contains(" in `") { self.name() } else { self.last_name() };
        name.rsplit("::").next().unwrap_or(name)
    }

    pub fn code_is(&self, codes: &[&str]) -> bool {
        // evcxr names no code for a cell that is not in ASCII.
        codes.contains(&self.error.code.as_str())
    }

    /// Whether the cell does not parse.
    pub fn is_syntax(&self) -> bool {
        let starts = [
            "expected ",
            "unexpected ",
            "unknown ",
            "missing ",
            "this file contains",
            "mismatched closing",
        ];
        self.error.code.is_empty()
            && starts.iter().any(|start| self.error.message.starts_with(start))
    }

    /// The line of the cell that is marked.
    pub fn line(&self) -> &'a str {
        match (self.error.mark(), &self.error.other_line) {
            (Some(mark), _) => self.cell.lines().nth(mark.line).unwrap_or_default(),
            (None, Some(line)) => line,
            (None, None) => "",
        }
    }

    /// What is marked in it.
    pub fn marked(&self) -> &'a str {
        self.error.mark().map_or("", |mark| self.text(mark))
    }

    /// What the types of an error are told of.
    pub fn typed(&self) -> &'a str {
        self.error.types_mark().map_or("", |mark| self.text(mark))
    }

    /// What this marks.
    pub fn text(&self, mark: &Mark) -> &'a str {
        let line = self.cell.lines().nth(mark.line).unwrap_or_default();
        &line[byte(line, mark.start)..byte(line, mark.end)]
    }

    /// What follows the mark in its line.
    pub fn after_mark(&self) -> &'a str {
        self.error.mark().map_or("", |mark| {
            let line = self.line();
            &line[byte(line, mark.end)..]
        })
    }

    /// What precedes the mark in its line.
    pub fn before_mark(&self) -> &'a str {
        self.error.mark().map_or("", |mark| {
            let line = self.line();
            &line[..byte(line, mark.start)]
        })
    }

    /// Whether the mark is between brackets that its line opens.
    pub fn is_enclosed(&self) -> bool {
        let count = |signs: [char; 2]| self.before_mark().matches(signs).count();
        count(['(', '[']) > count([')', ']'])
    }

    /// The end of the code before the mark, for a mark at a place where something is
    /// missing.
    pub fn text_before_mark(&self) -> String {
        let Some(mark) = self.error.mark() else { return String::new() };
        let before = &self.line()[..byte(self.line(), mark.start)];
        let text = if before.trim().is_empty() {
            let before = self.cell.lines().take(mark.line);
            before.filter(|line| !line.trim().is_empty()).last().unwrap_or_default()
        } else {
            before
        };
        let text = text.trim();
        let tail: Vec<char> = text.chars().rev().take(24).collect();
        let cut = tail.len() < text.chars().count();
        let tail: String = tail.into_iter().rev().collect();
        if cut { format!("…{tail}") } else { tail }
    }

    /// The number that its line writes with a decimal comma, with a point: « 3.5 » for
    /// `3,5`. It is the one at the mark, or, where a call is marked, one in its arguments
    /// that does not look like two of them.
    pub fn decimal_comma(&self) -> Option<String> {
        let mark = self.error.mark()?;
        let (start, end) = (byte(self.line(), mark.start), byte(self.line(), mark.end));
        let bare = scan::same_length(self.cell);
        let line = bare.lines().nth(mark.line)?;
        let is_digit = |c: char| c.is_ascii_digit();
        let is_call = self.code_is(&["E0061", "E0057"]);
        let dense = line.match_indices(',').filter(|(at, _)| line[at + 1..].starts_with(is_digit));
        let alone = dense.count() == 1;
        line.match_indices(',').find_map(|(at, _)| {
            let (before, after) = (&line[..at], &line[at + 1..]);
            let whole = &before[before.trim_end_matches(is_digit).len()..];
            let decimals = &after[..after.len() - after.trim_start_matches(is_digit).len()];
            let lone = !before[..at - whole.len()]
                .ends_with(|c: char| c.is_alphanumeric() || ['.', '_', ','].contains(&c));
            let listed = before.rfind('[').is_some_and(|open| !before[open..].contains(']'));
            let here = match is_call {
                true => at > start && !listed && (alone || whole == "0"),
                false => start <= at && at <= end,
            };
            (lone && here && !whole.is_empty() && !decimals.is_empty())
                .then(|| format!("{whole}.{decimals}"))
        })
    }

    /// Whether a name is a variable of the notebook: of an earlier cell, or of this
    /// one outside of its functions.
    pub fn is_variable(&self, name: &str) -> bool {
        (self.known)(name) || {
            let bare = scan::same_length(self.cell);
            let mut depth = 0_usize;
            bare.lines().any(|line| {
                let at_top = depth == 0;
                depth =
                    (depth + line.matches('{').count()).saturating_sub(line.matches('}').count());
                let declared = line.trim_start().strip_prefix("let ").map(str::trim_start);
                let declared = declared.map(|rest| rest.strip_prefix("mut ").unwrap_or(rest));
                at_top
                    && declared.and_then(|rest| rest.strip_prefix(name)).is_some_and(|rest| {
                        !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_')
                    })
            })
        }
    }

    /// Whether the cell itself declares it, anywhere.
    pub fn declares(&self, name: &str) -> bool {
        let bare = scan::same_length(self.cell);
        ["let ", "let mut "].iter().any(|word| {
            bare.match_indices(&format!("{word}{name}")).any(|(at, found)| {
                !bare[at + found.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_')
            })
        })
    }

    /// The function of the cell in which the mark is.
    pub fn function(&self) -> Option<Function> {
        let target = self.error.mark()?.line;
        let bare = scan::same_length(self.cell);
        let mut depth = 0_usize;
        let mut found: Option<(usize, String)> = None;
        let mut header = String::new();
        for (at, line) in bare.lines().enumerate() {
            for piece in line.split_inclusive(['{', '}']) {
                header.push_str(piece);
                if piece.ends_with('{') {
                    if declares(&header) && found.is_none() {
                        found = Some((depth, header.clone()));
                    }
                    depth += 1;
                    header.clear();
                } else if piece.ends_with('}') {
                    depth = depth.saturating_sub(1);
                    if at < target && found.as_ref().is_some_and(|(outer, _)| depth <= *outer) {
                        found = None;
                    }
                    header.clear();
                } else if piece.trim_end().ends_with(';') {
                    header.clear();
                }
            }
            header.push('\n');
            if at >= target {
                break;
            }
        }
        let (_, header) = found?;
        let (_, rest) = header.split_once("fn ")?;
        let name = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let gives = rest.rsplit_once("->").map_or("", |(_, gives)| gives);
        Some(Function { name, gives: gives.trim_end_matches('{').trim().to_owned() })
    }
}

fn declares(header: &str) -> bool {
    header.contains("fn ") && header.contains('(')
}

/// Where a character begins.
fn byte(line: &str, character: usize) -> usize {
    line.char_indices().nth(character).map_or(line.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_function_around_a_line() {
        let cell = "let a = 1;\nfn f(x: f32) -> Result<f32> {\n    if x > 0.0 {\n        y\n    }\n}\nfn g() -> f32 { y }\ny";
        let name = |line: usize| {
            let marks = vec![Mark { line, primary: true, ..Mark::default() }];
            let error = Diagnostic { marks, ..Diagnostic::default() };
            let case = Case { error: &error, cell, known: &|_| false };
            case.function().map(|function| (function.name.clone(), function.may_ask()))
        };
        assert_eq!(name(0), None);
        assert_eq!(name(3), Some(("f".into(), true)));
        assert_eq!(name(6), Some(("g".into(), false)));
        assert_eq!(name(7), None);
    }
}
