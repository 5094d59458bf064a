//! One French line above a compile error.

use super::case::Case;
use super::phrases;
use super::words::ERRORS;

/// The French line for a compile error.
pub fn advice(case: &Case) -> Option<String> {
    phrases::line(case).map(|line| typeset(&in_words(&line)))
}

/// What rustc proposes beside lines with these words, and what is not meant.
const CONTRARY: [(&str, &[&str]); 6] = [
    ("en Rust avec un point", &["use a float literal", "remove the extra argument"]),
    ("gardez ce qu’elle rend", &["you can `clone` the value"]),
    ("convertissez avant de diviser", &["you can cast"]),
    ("convertissez, «", &["you can convert"]),
    ("est finie, «\u{a0}Ok(…)", &["try adding an expression at the end"]),
    ("convertissez chacun", &["and panic if the converted value"]),
];

/// Whether a note of rustc's leads elsewhere than the line.
pub fn contradicts(line: &str, note: &str) -> bool {
    // Of what is no Rust at all, rustc makes two statements.
    let parts = ["add `;` here", "adding `;` here", "change this to `;`"];
    let says = |words: &[&str]| words.iter().any(|words| note.contains(words));
    !line.contains("«\u{a0};") && says(&parts)
        || CONTRARY.iter().any(|(part, words)| line.contains(part) && says(words))
}

/// A line in which rustc's words for numbers of no certain type are French.
fn in_words(line: &str) -> String {
    line.replace("{float}", "nombre à virgule").replace("{integer}", "entier")
}

/// The French line for the text of an `Err`.
pub fn advice_on_err(text: &str) -> Option<&'static str> {
    ERRORS.iter().find(|(part, _)| text.contains(part)).map(|(_, advice)| *advice)
}

/// A sentence with the no-break spaces and apostrophes of French, its code between
/// « » but for its marks.
pub fn typeset(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut quoted = 0_usize;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '«' => quoted += 1,
            '»' => quoted = quoted.saturating_sub(1),
            _ => {}
        }
        match (c, chars.peek().copied()) {
            (' ', Some('»')) => out.push('\u{a0}'),
            (' ', _) if out.ends_with('«') => out.push('\u{a0}'),
            (' ', Some(':' | ';' | '?' | '!')) if quoted == 0 => out.push('\u{a0}'),
            (' ', Some(';')) if out.ends_with('…') => out.push('\u{a0}'),
            ('\'', _) if quoted == 0 => out.push('’'),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests;
