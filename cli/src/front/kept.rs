//! What rustc said of the last cell, as the kernel keeps it beside evcxr's report.

use super::diagnostic::Diagnostic;
use super::diagnostic::place::Map;
use super::diagnostic::rustc::Message;
use serde_json::Value;
use std::path::Path;

/// The errors that were kept of a cell, until evcxr has reported them.
#[derive(Default)]
pub struct Kept {
    read: bool,
    messages: Vec<Message>,
    generated: String,
}

impl Kept {
    /// These messages, one a line, about this code of evcxr's.
    pub fn of(messages: &str, generated: &str) -> Self {
        Self { read: true, messages: Message::all(messages), generated: generated.to_owned() }
    }

    /// The kept error that evcxr reports with `message` about the cell with `code`;
    /// evcxr's folder is `sources`.
    pub fn take(
        &mut self,
        message: &str,
        code: &str,
        sources: Option<&Path>,
    ) -> Option<Diagnostic> {
        if let Some(folder) = sources.filter(|_| !self.read) {
            let text = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap_or_default();
            *self = Self::of(&text(crate::shortcut::ERRORS), &text("src/lib.rs"));
        }
        let at = self.messages.iter().position(|kept| kept.is_reported_as(message))?;
        let kept = self.messages.remove(at);
        Some(kept.placed(&Map::new(&self.generated, code)))
    }
}

/// Whether an error is only a warning of rustc's, which evcxr repeats beside the
/// real errors: a blank leaves its arguments unused and what follows unreachable.
pub fn is_warning(content: &Value) -> bool {
    let evalue = content["evalue"].as_str().unwrap_or_default();
    ["unused ", "unreachable "].iter().any(|sign| evalue.starts_with(sign))
}

/// Whether an error only says again that a name is unknown, as rustc does
/// wherever the cell uses the name, or follows from it.
pub fn is_repeated(missing: &mut Vec<String>, content: &Value) -> bool {
    let evalue = content["evalue"].as_str().unwrap_or_default();
    // What is unknown has no type, which `?` then complains of.
    let follows = !missing.is_empty() && evalue.starts_with("the `?` operator can only be applied");
    let again = follows || missing.iter().any(|message| message == evalue);
    if evalue.starts_with("cannot find ") && !again {
        missing.push(evalue.to_owned());
    }
    again
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn warnings_beside_the_errors_are_no_errors() {
        assert!(is_warning(&json!({ "evalue": "unreachable statement" })));
        assert!(is_warning(&json!({ "evalue": "unused variable: `poids`" })));
        assert!(!is_warning(&json!({ "evalue": "cannot find value `poids`" })));
    }

    #[test]
    fn an_unknown_name_is_said_once() {
        let mut missing = Vec::new();
        let unknown =
            |name| json!({ "evalue": format!("cannot find value `{name}` in this scope") });
        let other = json!({ "evalue": "mismatched types" });
        let mark = json!({ "evalue": "the `?` operator can only be applied to values that implement `Try`" });
        let said =
            [mark.clone(), unknown("x"), unknown("y"), other.clone(), unknown("x"), other, mark];
        let repeated = said.map(|content| is_repeated(&mut missing, &content));
        assert_eq!(repeated, [false, false, false, false, true, false, true]);
    }
}
