//! What went wrong in a cell, as Jupyter wants it said.
//!
//! evcxr answers "ok" to a cell that panics or ends at a `?`, and only writes
//! to stderr; its compile errors have no name in the reply. Here both become a
//! [`Failure`] with the three fields that clients read.

use super::advice;
use super::case::Case;
use super::diagnostic::Diagnostic;
use crate::protocol::{self, BLANK, PANIC};
use jupyter_protocol::ErrorOutput;
use serde_json::{Value, json};

/// An `ename`, an `evalue` and a traceback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub ename: String,
    pub evalue: String,
    pub traceback: Vec<String>,
}

/// The student's code did not compile.
pub const COMPILATION: &str = "Compilation";
/// A `?` at the top of the cell met an `Err`.
pub const ERROR: &str = "Erreur";
/// The cell was interrupted.
pub const INTERRUPTED: &str = "Interruption";
/// What the kernel needs could not be installed.
pub const SET_UP: &str = "Installation";
/// The student's process, or evcxr itself, ended.
pub const DEAD: &str = "ProcessusTermine";

/// The cell took longer than `execute.py` lets it.
pub const TOO_LONG: &str = "Délai";
/// A cell of a submission that was not executed.
pub const NOT_RUN: &str = "NonExécutée";

/// What a report calls the failure of this `ename`.
pub fn called(ename: &str) -> &'static str {
    match ename {
        COMPILATION => "ne compile pas",
        PANIC => "panique",
        ERROR => "erreur renvoyée",
        BLANK => protocol::TO_COMPLETE,
        // nbclient's own, and that of the cell it then interrupts.
        TOO_LONG | INTERRUPTED | "CellTimeoutError" => "délai dépassé",
        NOT_RUN => "non exécutée",
        DEAD => "programme arrêté",
        _ => "erreur",
    }
}

/// What a line of help begins with: a character that every font has.
const ADVICE: char = '→';

impl Failure {
    /// A failure whose traceback is its name, its message and further lines.
    pub fn new(ename: &str, evalue: &str, more: Option<String>) -> Self {
        let head = format!("\u{1b}[1m{ename}\u{1b}[0m : {evalue}");
        let traceback = std::iter::once(head).chain(more).collect();
        Self { ename: ename.into(), evalue: evalue.into(), traceback }
    }

    /// The failure that a panic message stands for; `place` says where.
    pub fn from_panic(message: &str, place: Option<String>) -> Self {
        let message = message.trim();
        match protocol::blank(message) {
            Some(said) => Self::new(BLANK, &protocol::to_complete(said), place),
            None => Self::new(PANIC, message, place),
        }
    }

    /// The same in a cell with `code`: a blank that is not in it is in a function
    /// that it calls.
    pub fn in_cell(self, code: &str) -> Self {
        if self.ename != BLANK || code.contains("todo!") {
            return self;
        }
        let evalue = "cette cellule appelle une fonction encore à compléter\u{a0}: remplacez \
                      «\u{a0}todo!(…)\u{a0}» par votre code là où elle est définie, plus haut, et exécutez \
                      cette cellule-là (si c’est fait, elle est en erreur, et c’est l’ancienne qui est appelée)";
        Self::new(BLANK, evalue, None)
    }

    /// The failure that the text of an `Err` stands for, in a cell with `code`.
    pub fn from_err(text: &str, code: &str) -> Self {
        let mut failure = Self::new(ERROR, text.trim(), None);
        if let Some(advice) = advice::advice_on_err(text) {
            failure.traceback.insert(0, bulb(advice));
        }
        if code.contains("let ") {
            let lost = "Les variables que cette cellule définit n’existent pas encore.";
            failure.traceback.push(lost.into());
        }
        failure
    }

    /// Names the error that the compiler, or evcxr before it, has found in a cell
    /// with `code`, and says in French what to do. `kept` is what rustc said of it.
    pub fn from_compiler(
        content: &Value,
        kept: Option<Diagnostic>,
        code: &str,
        known: &dyn Fn(&str) -> bool,
    ) -> Self {
        let evalue = content["evalue"].as_str().unwrap_or_default();
        let report = content["traceback"].as_array().into_iter().flatten();
        let report: Vec<String> = report.filter_map(Value::as_str).filter_map(tidy).collect();
        let kept = kept.or_else(|| Diagnostic::of_variable(evalue, code));
        let is_kept = kept.is_some();
        let mut error = kept.unwrap_or_else(|| Diagnostic::read(evalue, &report.join("\n")));
        error.forget_distant_name();
        let advice = advice::advice(&Case { error: &error, cell: code, known });
        if let Some(advice) = &advice {
            error.notes.retain(|note| !advice::contradicts(advice, &note.message));
        }
        error.forget_wrapper();
        let mut traceback = if is_kept { error.drawn(COMPILATION, code) } else { report };
        traceback.splice(0..0, advice.map(|advice| bulb(&advice)));
        Self { ename: COMPILATION.into(), evalue: evalue.into(), traceback }
    }

    /// Puts this line of help in the place of any other.
    pub fn advise(&mut self, advice: &str) {
        if self.advice().is_some() {
            self.traceback.remove(0);
        }
        self.traceback.insert(0, bulb(advice));
    }

    /// Its line of help.
    pub fn advice(&self) -> Option<&str> {
        let line = self.traceback.first()?;
        line.starts_with(&format!("\u{1b}[1m{ADVICE}")).then_some(line)
    }

    /// The failure in a line of the library's, `None` where it is malformed.
    pub fn from_mark(mark: &Value) -> Option<Self> {
        let text = |key: &str| mark[key].as_str().map(str::to_owned);
        let traceback = mark["traceback"].as_array().map(|lines| {
            lines.iter().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>()
        });
        let (ename, evalue) = (text("ename")?, text("evalue")?);
        Some(match traceback {
            Some(traceback) if !traceback.is_empty() => Self { ename, evalue, traceback },
            _ => Self::new(&ename, &evalue, None),
        })
    }

    /// The `error` output.
    pub fn output(&self) -> ErrorOutput {
        let Self { ename, evalue, traceback } = self.clone();
        ErrorOutput { ename, evalue, traceback }
    }

    /// The content of the `execute_reply`.
    pub fn reply(&self, execution_count: &Value) -> Value {
        json!({
            "status": "error",
            "execution_count": execution_count,
            "ename": self.ename,
            "evalue": self.evalue,
            "traceback": self.traceback,
            "user_expressions": {},
            "payload": [],
        })
    }
}

/// A line of help above a report.
fn bulb(advice: &str) -> String {
    format!("\u{1b}[1m{ADVICE} {advice}\u{1b}[0m")
}

/// A line of evcxr's report, without what helps nobody: the list of the types
/// that would have done, and the free line before what is to be inserted.
fn tidy(line: &str) -> Option<String> {
    if line.contains("the following other types implement trait") {
        return None;
    }
    match line.split_once("\n\n") {
        Some((help, insert)) if help.contains("help") && !insert.contains('\n') => {
            Some(repaint(&format!("{help}: `{insert}`")))
        }
        _ => Some(repaint(line)),
    }
}

/// Leaves bold letters in the place of colours.
///
/// evcxr paints each character of a report in one of 256 colours meant for a
/// light page. On the red ground that JupyterLab gives to errors, none of its own
/// sixteen colours reads well in both themes either: red has a contrast of 2 in the
/// dark one, cyan in the light one. Its greys become plain, the others bold.
fn repaint(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut pieces = line.split("\u{1b}[");
    out.push_str(pieces.next().unwrap_or_default());
    let mut now = String::from("0");
    for piece in pieces {
        let Some((code, text)) = piece.split_once('m') else { continue };
        let wanted = match code.strip_prefix("38;5;").map(str::parse::<u8>) {
            Some(Ok(232..)) => "0",
            _ if matches!(code, "" | "0" | "39") => "0",
            _ => "1",
        };
        if !text.is_empty() && wanted != now {
            if now != "0" {
                out.push_str("\u{1b}[0m");
            }
            if wanted != "0" {
                out.push_str(&format!("\u{1b}[{wanted}m"));
            }
            now = wanted.to_owned();
        }
        out.push_str(text);
    }
    if now != "0" {
        out.push_str("\u{1b}[0m");
    }
    out
}

/// The message of the first panic in what a cell wrote to stderr, and the
/// place (`file:line:column`) that it names.
pub fn panic_in(stderr: &[String]) -> Option<(String, String)> {
    let start = stderr.iter().position(|line| is_panic(line))?;
    let place = stderr[start].split(" panicked at ").nth(1)?.trim_end_matches(':');
    let message: Vec<&str> = stderr[start + 1..]
        .iter()
        .map(String::as_str)
        .take_while(|line| {
            *line != "stack backtrace:" && !line.starts_with("note: run with `RUST_BACKTRACE")
        })
        .collect();
    Some((message.join("\n"), place.to_owned()))
}

/// Whether a line of stderr opens a panic message of the standard library.
pub fn is_panic(line: &str) -> bool {
    line.starts_with("thread '") && line.contains(" panicked at ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_panic_is_its_message_without_the_backtrace() {
        let text = "\nthread 'main' (77) panicked at src/lib.rs:97:9:\nligne 1\nligne 2\n\
                    stack backtrace:\n   0: rust_begin_unwind\nnote: Some details are omitted";
        let (message, place) = panic_in(&lines(text)).unwrap();
        assert_eq!((message.as_str(), place.as_str()), ("ligne 1\nligne 2", "src/lib.rs:97:9"));
        assert_eq!(panic_in(&lines("rien\nde grave")), None);
    }

    #[test]
    fn blanks_are_told_apart() {
        assert_eq!(Failure::from_panic("not yet implemented: à compléter", None).ename, BLANK);
        let later = Failure::from_panic("not yet implemented: plus tard", None);
        assert!(later.ename == BLANK && later.evalue.contains("(plus tard)"));
        assert_eq!(Failure::from_panic("index out of bounds", None).ename, PANIC);
        let blank = Failure::from_panic("not yet implemented", None);
        assert_eq!(blank.clone().in_cell("fn f() { todo!() }"), blank);
        assert!(blank.in_cell("f()").evalue.contains("plus haut"));
    }

    #[test]
    fn evcxr_errors_get_a_name() {
        let content =
            json!({"ename": "Error", "evalue": "mismatched types", "traceback": ["a", "b"]});
        let failure = Failure::from_compiler(&content, None, "", &|_| false);
        assert_eq!((failure.ename.as_str(), failure.traceback.len()), (COMPILATION, 3));
        let reply = failure.reply(&3.into());
        assert_eq!((&reply["status"], &reply["execution_count"]), (&json!("error"), &json!(3)));
    }

    #[test]
    fn bold_letters_read_in_every_theme() {
        let line = "\u{1b}[31m[E1]\u{1b}[0m a \u{1b}[38;5;246m│\u{1b}[0m \u{1b}[38;5;54mx\u{1b}[0m\u{1b}[38;5;54my\u{1b}[0m";
        assert_eq!(repaint(line), "\u{1b}[1m[E1]\u{1b}[0m a │ \u{1b}[1mxy\u{1b}[0m");
        assert_eq!(repaint("sans couleur"), "sans couleur");
    }

    #[test]
    fn reports_lose_their_lists() {
        let list =
            "\u{1b}[1mhelp\u{1b}[0m: the following other types implement trait `Add`:\n  `f64`";
        assert_eq!(tidy(list), None);
        let insert = "\u{1b}[1mhelp\u{1b}[0m: add `;` here\n\n;";
        assert_eq!(tidy(insert).unwrap(), "\u{1b}[1mhelp\u{1b}[0m: add `;` here: `;`");
    }

    #[test]
    fn marked_errors_are_read() {
        let mark = json!({"kind": "error", "ename": "Panic", "evalue": "oh", "traceback": []});
        assert_eq!(Failure::from_mark(&mark).unwrap().traceback.len(), 1);
        assert_eq!(Failure::from_mark(&json!({"ename": 3})), None);
    }
}
