//! What a check answers: a short panel in the notebook, a number for nbgrader.

use std::fmt;

use super::{Exercise, Progress};
use crate::french::typography;

/// The result of a check.
///
/// A notebook shows it as a panel; its plain text is the number of points, which
/// nbgrader reads as partial credit.
#[derive(Clone)]
pub struct Verdict {
    /// The exercise.
    pub exercise: &'static Exercise,
    /// Points earned, from 0 to the exercise's.
    pub earned: f32,
    /// What was verified or found.
    pub outcome: Outcome,
    /// Where the student stands in the notebook.
    pub progress: Progress,
}

/// What a check concluded.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Right.
    Right {
        /// What was verified.
        verified: String,
    },
    /// The blank still holds its `todo!`.
    ToDo,
    /// Wrong.
    Wrong {
        /// The mistake's key in the exercise's declaration.
        mistake: &'static str,
        /// What was found.
        found: String,
        /// The hint drawn this time.
        hint: &'static str,
        /// Its rank, from 1.
        rank: usize,
        /// How many hints there are for this mistake.
        of: usize,
    },
}

impl Verdict {
    /// Whether the answer is right.
    pub fn is_right(&self) -> bool {
        matches!(self.outcome, Outcome::Right { .. })
    }

    /// The key of the mistake recognised, if any.
    pub fn mistake(&self) -> Option<&'static str> {
        match self.outcome {
            Outcome::Right { .. } => None,
            Outcome::ToDo => Some(super::probe::TODO),
            Outcome::Wrong { mistake, .. } => Some(mistake),
        }
    }

    /// The panel as HTML.
    pub fn to_html(&self) -> String {
        let title = rich(self.exercise.title);
        let points = format!("{}/{}", number(self.earned), self.exercise.points);
        let (color, head, body) = match &self.outcome {
            Outcome::Right { verified } => {
                ("#00795c", format!("✅ <b>{title}</b>"), rich(&sentence(verified)))
            }
            Outcome::ToDo => (
                "#6b6b6b",
                format!("✏️ <b>{title}</b>"),
                rich(
                    "Encore à compléter : remplacez `todo!(…)` dans la cellule ci-dessus, exécutez-la, puis revenez ici.",
                ),
            ),
            Outcome::Wrong { found, hint, rank, of, .. } => (
                "#b54a00",
                format!("❌ <b>{title}</b>"),
                format!(
                    "{}<br>💡 <i>Indice {rank}/{of}</i> — {}",
                    rich(&sentence(found)),
                    rich(hint)
                ),
            ),
        };
        format!(
            "<div lang=\"fr\" style=\"border:1px solid {color};border-left:5px solid {color};\
             border-radius:4px;background:#fdfdfb;color:#1b1b1b;padding:6px 12px;\
             max-width:46em;line-height:1.5\">\
             <span style=\"float:right;color:{color};font-weight:600\">{points}</span>\
             {head}<br>{body}<div style=\"margin-top:4px;font-size:85%;color:#4d4d4d\">{}</div></div>",
            self.progress.to_html()
        )
    }

    /// Shows the verdict as the result of its cell: nbgrader reads points from
    /// results only, and would give full credit to a mere display.
    pub fn evcxr_display(&self) {
        evcxr_runtime::mime_type("text/html").text(self.to_html());
        evcxr_runtime::mime_type("text/plain").text(dot(self.earned));
    }
}

impl fmt::Debug for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let points = format!("{}/{}", number(self.earned), self.exercise.points);
        let title = self.exercise.title;
        match &self.outcome {
            Outcome::Right { verified } => write!(f, "✅ {title} ({points}) : {verified}"),
            Outcome::ToDo => write!(f, "✏️ {title} ({points}) : à compléter"),
            Outcome::Wrong { mistake, found, hint, rank, of } => write!(
                f,
                "❌ {title} ({points}) : {found} [{mistake}]\n   Indice {rank}/{of} : {hint}"
            ),
        }
    }
}

/// A number as nbgrader reads it: `2`, `1.5`.
fn dot(value: f32) -> String {
    format!("{value}")
}

/// A number as French prose writes it: `2`, `1,5`.
pub(super) fn number(value: f32) -> String {
    dot(value).replace('.', ",")
}

/// A sentence as HTML: `` `code` `` in a code font, `**bold**`, and the no-break
/// spaces that French typography wants.
pub(super) fn rich(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let mut html = String::with_capacity(escaped.len() + 32);
    for (i, part) in escaped.split('`').enumerate() {
        if i % 2 == 1 {
            html.push_str("<code style=\"background:#eeeeea;color:#1b1b1b;padding:0 3px\">");
            html.push_str(part);
            html.push_str("</code>");
        } else {
            html.push_str(&bold(&spaced(part)));
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
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// [`typography`] in the finer form that a panel of prose wants: curved
/// apostrophes, and before ; ? ! a narrow space.
fn spaced(text: &str) -> String {
    let mut text = apostrophes(text).replace(" %", "\u{a0}%");
    for mark in [";", "?", "!"] {
        text = text.replace(&format!(" {mark}"), &format!("\u{202f}{mark}"));
    }
    grouped(&typography(&text))
}

/// `l'image` as `l’image`.
fn apostrophes(text: &str) -> String {
    let mut before = ' ';
    let apostrophe = |letter| {
        let elision = letter == '\'' && before.is_alphabetic();
        before = letter;
        if elision { '’' } else { letter }
    };
    text.chars().map(apostrophe).collect()
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
