//! The sentences of a verdict as HTML, and its numbers.

use crate::display::escape;
use crate::display::theme::{INK, SHADE};
use crate::french::comma;
use crate::french::typography;

/// A number as nbgrader reads it: `2`, `1.5`.
pub(super) fn dot(value: f32) -> String {
    format!("{value}")
}

/// A number as French prose writes it: `2`, `1,5`.
pub(super) fn number(value: f32) -> String {
    comma(dot(value))
}

/// A sentence as HTML: `` `code` `` in a code font, `**bold**`, and the no-break
/// spaces that French typography wants.
pub(super) fn rich(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 32);
    for (i, part) in text.split('`').enumerate() {
        if i % 2 == 1 {
            let (paper, ink) = (SHADE.css("background-color"), INK.css("color"));
            html.push_str(&format!("<code style=\"{paper};{ink};padding:0 3px\">"));
            html.push_str(&escape(part));
            html.push_str("</code>");
        } else {
            html.push_str(&bold(&escape(&spaced(part))));
        }
    }
    html
}

/// `**so**` in bold.
fn bold(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for (i, part) in text.split("**").enumerate() {
        html.push_str(["", "<b>", "</b>"][if i == 0 { 0 } else { 2 - i % 2 }]);
        html.push_str(part);
    }
    html
}

/// The text with a capital letter, unless it starts with code.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// [`typography`] in the finer form that a panel of prose wants: before ; ? ! a narrow
/// space.
fn spaced(text: &str) -> String {
    let mut text = text.replace(" %", "\u{a0}%");
    for mark in [";", "?", "!"] {
        text = text.replace(&format!(" {mark}"), &format!("\u{202f}{mark}"));
    }
    grouped(&typography(&text))
}

/// Whole numbers of five digits or more in groups of three: 623 290.
fn grouped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut digits = String::new();
    let flush = |digits: &mut String, out: &mut String| {
        let whole = digits.len() >= 5 && !out.ends_with([',', '.']);
        for (i, digit) in digits.chars().enumerate() {
            let left = digits.len() - i;
            if whole && i > 0 && left.is_multiple_of(3) {
                out.push('\u{202f}');
            }
            out.push(digit);
        }
        digits.clear();
    };
    for letter in text.chars() {
        if letter.is_ascii_digit() {
            digits.push(letter);
        } else {
            flush(&mut digits, &mut out);
            out.push(letter);
        }
    }
    flush(&mut digits, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_become_html() {
        let html = rich("« a » : `x < 1` ; fin !");
        assert!(html.starts_with("«\u{a0}a\u{a0}»\u{a0}: <code"));
        assert_eq!(rich("en haut **et** en bas"), "en haut <b>et</b> en bas");
        assert!(html.contains("x &lt; 1</code>\u{202f}; fin\u{202f}!"));
    }

    #[test]
    fn long_numbers_are_grouped() {
        assert_eq!(spaced("623290 sur 7850"), "623\u{202f}290 sur 7850");
        assert_eq!(sentence("état"), "État");
        assert_eq!(spaced("l'état d'« ici »"), "l’état d’«\u{a0}ici\u{a0}»");
    }

    #[test]
    fn points_read_as_numbers() {
        assert_eq!((dot(2.0).as_str(), dot(1.5).as_str()), ("2", "1.5"));
        assert_eq!(number(1.5), "1,5");
    }
}
