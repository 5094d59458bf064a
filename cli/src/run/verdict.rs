//! What a cell's outputs say about it.
//!
//! evcxr answers "ok" after a panic and after an `Err` too, its text going to
//! stderr. So anything on stderr is a failure, and so is an error output.

use crate::front::{TOO_LONG, called};
use crate::notebook;
use crate::protocol::{BLANK, PANIC, TO_COMPLETE};
use serde_json::Value;

/// The verdict on one executed cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// No error, nothing on stderr.
    Clean,
    /// The cell holds a blank that is still to be completed.
    ToComplete,
    /// Anything else, with the first lines of the message.
    Failed {
        /// What kind of failure, in French.
        kind: &'static str,
        /// The beginning of its text.
        message: String,
    },
}

impl Verdict {
    /// Judges a cell by the `outputs` of the notebook format.
    pub fn of(outputs: &[Value]) -> Self {
        let errors = outputs.iter().filter(|output| output["output_type"] == "error");
        let streams = outputs.iter().filter(|output| output["name"] == "stderr");
        let mut text = String::new();
        for error in errors.clone() {
            text.push_str(&plain(&notebook::text(&error["evalue"])));
            if text.trim().is_empty() {
                text.push_str(&plain(&notebook::text(&error["traceback"])));
            }
            text.push('\n');
        }
        for stream in streams {
            text.push_str(&plain(&notebook::text(&stream["text"])));
        }
        let mut names = errors.map(|error| error["ename"].as_str().unwrap_or_default());
        let kind = match (names.clone().next(), text.trim()) {
            (None, "") => return Self::Clean,
            _ if names.any(|name| name == BLANK) => return Self::ToComplete,
            (Some(name), _) => called(name),
            // Without the front there is the panic's text alone; a compile error quotes
            // the cell, `todo!("à compléter")` included.
            (None, text) if text.contains(TO_COMPLETE) => return Self::ToComplete,
            (None, text) if text.contains("panicked at") => called(PANIC),
            (None, _) => "stderr",
        };
        Self::Failed { kind, message: beginning(&text) }
    }

    /// A cell that got no answer.
    pub fn without_answer(reason: &str) -> Self {
        let (kind, message) = match reason {
            "timeout" => (called(TOO_LONG), "la cellule n'a pas fini à temps (--timeout)"),
            _ => ("noyau", "le noyau s'est arrêté"),
        };
        Self::Failed { kind, message: message.to_owned() }
    }
}

/// Without the terminal's colours.
fn plain(text: &str) -> String {
    // The crate would drop tabs, and join what they part.
    strip_ansi_escapes::strip_str(text.replace('\t', " "))
}

/// The first lines that say something.
fn beginning(text: &str) -> String {
    let lines = text.lines().map(str::trim_end).filter(|line| !line.trim().is_empty());
    lines.take(4).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn text_on_stderr_is_a_failure_even_if_the_reply_was_ok() {
        let outputs = [json!({"output_type": "stream", "name": "stderr", "text": [
            "thread '<unnamed>' panicked at src/lib.rs:4:1:\n", "index out of bounds\n"]})];
        let Verdict::Failed { kind, message } = Verdict::of(&outputs) else { panic!() };
        assert_eq!(kind, "panique");
        assert!(message.contains("index out of bounds"));
    }

    #[test]
    fn an_error_output_is_a_failure_and_loses_its_colours() {
        let outputs = [json!({"output_type": "error", "ename": "Error", "evalue": "",
            "traceback": ["\u{1b}[31m[E0425] Error:\u{1b}[0m cannot find value `x`"]})];
        let Verdict::Failed { kind, message } = Verdict::of(&outputs) else { panic!() };
        assert_eq!(kind, "erreur");
        assert_eq!(message, "[E0425] Error: cannot find value `x`");
    }

    #[test]
    fn a_blank_is_not_a_mistake() {
        let panic = [json!({"output_type": "stream", "name": "stderr",
            "text": "panicked at src/lib.rs:4:1:\nnot yet implemented: à compléter\n"})];
        assert_eq!(Verdict::of(&panic), Verdict::ToComplete);
        let reply =
            [json!({"output_type": "error", "ename": "ACompleter", "evalue": "", "traceback": []})];
        assert_eq!(Verdict::of(&reply), Verdict::ToComplete);
    }

    #[test]
    fn results_and_standard_output_are_clean() {
        let outputs = [
            json!({"output_type": "stream", "name": "stdout", "text": "à compléter plus tard"}),
            json!({"output_type": "execute_result", "data": {"text/plain": "3"}}),
        ];
        assert_eq!(Verdict::of(&outputs), Verdict::Clean);
    }
}
