//! What rustc said of the last cell, as the kernel keeps it beside evcxr's report.

use super::diagnostic::Diagnostic;
use super::diagnostic::place::Map;
use super::diagnostic::rustc::Message;
use super::failure::Failure;
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

/// Shortens in an error of the compiler the line of help that one before it in the cell
/// has `told`, of the same or of another name; false where that one was about the same
/// line, and said the same.
pub fn adds(told: &mut Vec<String>, failure: &mut Failure) -> bool {
    let Some(advice) = failure.advice().map(str::to_owned) else { return true };
    let head = failure.traceback.get(1).cloned().unwrap_or_default();
    let known = told.contains(&advice);
    let form = form(&advice);
    if told.contains(&form) && told.contains(&head) {
        return false;
    }
    // « x » n’est pas connu : …
    let unknown = advice.split_once(UNKNOWN).and_then(|(start, rest)| {
        let name = start.split_once("→ ").map(|(_, name)| name.to_owned())?;
        name.starts_with('«').then(|| (name, format!("{UNKNOWN}{rest}")))
    });
    if known {
        failure.traceback.remove(0);
    } else if let Some((name, rest)) = unknown {
        if told.contains(&rest) {
            failure.advise(&format!("{name}{UNKNOWN} non plus."));
        }
        told.push(rest);
    }
    told.extend([advice, form, head]);
    true
}

/// A line of help without what it names: « 0.0 » or « 1.0 ».
fn form(advice: &str) -> String {
    let mut parts = advice.split('«');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |all, part| all + "«" + part.split_once('»').map_or(part, |(_, rest)| rest))
}

/// What is said of a name first of all.
const UNKNOWN: &str = " n’est pas connu";

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
    fn what_one_error_has_said_the_next_does_not_repeat() {
        let error = |advice: Option<&str>, head: &str| {
            let mut failure = Failure::new("Compilation", "", None);
            failure.traceback = vec![head.to_owned()];
            advice.into_iter().for_each(|advice| failure.advise(advice));
            failure
        };
        let mut told = Vec::new();
        let mut lines =
            |mut failure: Failure| adds(&mut told, &mut failure).then_some(failure.traceback.len());
        assert_eq!(lines(error(Some("Écrivez 0.0."), "ligne 3")), Some(2));
        assert_eq!(lines(error(Some("Écrivez 0.0."), "ligne 4")), Some(1), "another place");
        assert_eq!(lines(error(Some("Écrivez 0.0."), "ligne 3")), None);
        assert_eq!(lines(error(Some("Écrivez « 1.0 »."), "ligne 5")), Some(2));
        assert_eq!(lines(error(Some("Écrivez « 2.0 »."), "ligne 5")), None, "another number");
        assert_eq!(lines(error(Some("Écrivez « 2.0 »."), "ligne 6")), Some(2));
        assert_eq!(lines(error(Some("Ajoutez ?."), "ligne 3")), Some(2), "another advice");
        assert_eq!(lines(error(None, "ligne 3")), Some(1));
        let mut told = Vec::new();
        for (name, said) in [("x", " : exécutez"), ("y", " non plus."), ("x", " non plus.")] {
            let mut failure = error(Some(&format!("« {name} » n’est pas connu : exécutez.")), name);
            let shown = adds(&mut told, &mut failure);
            assert!(
                !shown
                    || failure.traceback[0].contains(&format!("« {name} » n’est pas connu{said}"))
            );
        }
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
