//! The cell that runs: what came of it so far, and when it is over.
//!
//! evcxr's reply, its "idle", stdout and stderr reach the front by different
//! threads and sockets, so the last lines may come after the reply. A cell is
//! over when reply and idle are there, the library's last marked line too (its
//! number comes with the result), and nothing else has come for a moment.

use super::failure::{self, Failure};
use super::kept::Kept;
use super::scan;
use super::stream::{End, Seq};
use super::wire::{Message, Parent};
use crate::protocol;
use serde_json::Value;
use std::path::Path;
use std::time::Duration;
use tokio::time::Instant;

/// How long late lines are waited for after reply and idle of a cell whose end nobody
/// has told. The outlet tells it once the library is loaded: only the cells before that
/// wait, for evcxr's threads, which a busy machine may hold up.
const GRACE: Duration = Duration::from_millis(100);
/// The same where evcxr itself replies with an error: nothing ran, or all of it is gone.
const ERROR_GRACE: Duration = Duration::from_millis(12);
/// How long an announced line is waited for after the reply: it is on its way
/// but for a line that was cut short.
const LINE: Duration = Duration::from_secs(5);
/// How long text on stderr is kept: it may be the `Err` that ends the cell, whose
/// reply waits for the figures before it.
const HOLD: Duration = Duration::from_millis(500);
/// The same while the cell goes on with other things.
const HOLD_LONGEST: Duration = Duration::from_secs(2);

/// An `execute_request` under way.
pub struct Cell {
    pub request: Parent,
    pub identities: Vec<bytes::Bytes>,
    pub stop_on_error: bool,
    pub interrupted: bool,
    /// When the student's process is ended, unless the cell has by then.
    pub killed_at: Option<Instant>,
    /// It was still being compiled when it was last looked.
    pub compiled: bool,
    pub execution_count: Value,
    /// Set once an `error` output is out, or about to be.
    pub failure: Option<Failure>,
    /// A panic that may still be caught: the cell's failure unless its end is well.
    pub panic: Option<Failure>,
    /// How it ended, where that is told.
    pub end: Option<End>,
    /// evcxr showed the value of the cell.
    pub has_result: bool,
    /// That value, until what was shown before it has come.
    pub result: Option<Message>,
    /// The last marked line, as the result announces it, until it has come.
    pub awaited: Option<Seq>,
    pub reply: Option<Message>,
    pub idle: Option<Message>,
    /// What its errors have already said of unknown names.
    pub missing: Vec<String>,
    /// The lines of help that they have given, and where.
    pub told: Vec<String>,
    /// What rustc said of it, beside evcxr's report.
    pub errors: Kept,
    pub code: String,
    /// Jupyter's name for it, where the client tells it.
    pub id: Option<String>,
    /// The text on stderr that is still held back, with a message to send it by.
    held: String,
    template: Option<Message>,
    held_since: Instant,
    panicked: bool,
    touched: Instant,
}

impl Cell {
    pub fn new(request: &Message) -> Self {
        let content = request.content();
        Self {
            request: request.as_parent(),
            identities: request.identities.clone(),
            stop_on_error: content["stop_on_error"].as_bool().unwrap_or(true),
            interrupted: false,
            killed_at: None,
            compiled: false,
            execution_count: Value::Null,
            failure: None,
            panic: None,
            end: None,
            has_result: false,
            result: None,
            awaited: None,
            reply: None,
            idle: None,
            missing: Vec::new(),
            told: Vec::new(),
            errors: Kept::default(),
            code: content["code"].as_str().unwrap_or_default().to_owned(),
            id: request.metadata()["cellId"].as_str().map(str::to_owned),
            held: String::new(),
            template: None,
            held_since: Instant::now(),
            panicked: false,
            touched: Instant::now(),
        }
    }

    /// Notes that a message of this cell came.
    pub fn touch(&mut self) {
        self.touched = Instant::now();
    }

    /// Keeps a line of stderr back.
    pub fn hold(&mut self, message: Message, text: &str) {
        if self.template.is_none() {
            self.held_since = Instant::now();
        }
        self.panicked |= text.lines().any(failure::is_panic);
        self.held.push_str(text);
        self.template = Some(message);
    }

    /// Takes the held text out, to be sent as it is.
    pub fn release(&mut self) -> Option<(Message, String)> {
        let message = self.template.take()?;
        Some((message, std::mem::take(&mut self.held)))
    }

    /// When held text is no longer believed to end the cell. What follows a
    /// panic message is its backtrace and stays.
    pub fn hold_due(&self) -> Option<Instant> {
        let free = self.template.is_some() && !self.panicked && self.reply.is_none();
        free.then(|| (self.touched + HOLD).min(self.held_since + HOLD_LONGEST))
    }

    /// When the cell is over, `None` while something must still come.
    pub fn over_at(&self) -> Option<Instant> {
        let reply = self.reply.as_ref()?;
        self.idle.as_ref()?;
        let grace = if self.awaited.is_some() {
            LINE
        } else if self.end.is_some() {
            // Everything else was written before.
            Duration::ZERO
        } else if self.panic.is_some() {
            LINE
        } else if reply.content()["status"] == "error" {
            ERROR_GRACE
        } else {
            GRACE
        };
        Some(self.touched + grace)
    }

    /// The failure that the held text tells of, which is then not shown twice.
    pub fn failure_in_stderr(&mut self, sources: Option<&Path>) -> Option<Failure> {
        let lines: Vec<String> = self.held.lines().map(str::to_owned).collect();
        let failed = match self.end {
            Some(end) => end == End::Err,
            None => !self.has_result && scan::may_be_err(&self.code, &lines),
        };
        let failure = if self.end == Some(End::Ok) {
            return None;
        } else if let Some((message, place)) = failure::panic_in(&lines) {
            let line = sources.and_then(|folder| self.line_of(&place, folder));
            Failure::from_panic(&message, line).in_cell(&self.code)
        } else if failed && (self.end.is_some() || !self.held.trim().is_empty()) {
            Failure::from_err(&self.held, &self.code)
        } else {
            return None;
        };
        self.held.clear();
        self.template = None;
        Some(failure)
    }

    /// Drops the standard panic message when the library has told it already,
    /// unless it was asked for.
    pub fn forget_panic(&mut self) {
        if self.panicked && std::env::var_os(protocol::BACKTRACE).is_none_or(|value| value != "1") {
            self.held.clear();
            self.template = None;
        }
    }

    /// The line of the cell that a place in evcxr's generated code stands for.
    ///
    /// evcxr copies the student's lines unchanged between its own, so the k-th
    /// line with that text there is the k-th one here.
    fn line_of(&self, place: &str, folder: &Path) -> Option<String> {
        let mut fields = place.rsplitn(3, ':');
        let (_column, line, file) = (fields.next()?, fields.next()?, fields.next()?);
        let generated = std::fs::read_to_string(folder.join(file)).ok()?;
        let generated: Vec<&str> = generated.lines().map(str::trim).collect();
        let line: usize = line.parse().ok()?;
        let text = *generated.get(line.checked_sub(1)?)?;
        let rank = generated[..line - 1].iter().filter(|other| **other == text).count();
        let mut same = self
            .code
            .lines()
            .enumerate()
            .filter(|(_, other)| other.trim() == text && !text.is_empty());
        let (number, _) = same.nth(rank)?;
        Some(format!("ligne {} de la cellule\u{a0}: {text}", number + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::super::wire::Key;
    use super::*;
    use jupyter_protocol::ExecuteRequest;

    fn cell(code: &str) -> (Cell, Message) {
        let key = Key::new("k", "hmac-sha256").unwrap();
        let parent = Parent::none();
        let request = ExecuteRequest::new(code.to_owned());
        let message = Message::new(request, &parent, &key).unwrap();
        (Cell::new(&message), message)
    }

    fn ended(code: &str) -> (Cell, Message) {
        let (mut cell, message) = cell(code);
        cell.reply = Some(message.clone());
        cell.idle = Some(message.clone());
        (cell, message)
    }

    #[test]
    fn only_a_cell_whose_end_nobody_tells_is_waited_for() {
        let wait = |cell: &Cell| cell.over_at().unwrap() - cell.touched;
        let (mut cell, _) = ended("let x = f()?;");
        assert_eq!(wait(&cell), GRACE);
        cell.has_result = true;
        assert_eq!(wait(&cell), GRACE);
        cell.end = Some(End::Ok);
        assert_eq!(wait(&cell), Duration::ZERO);
        cell.awaited = Seq::read(&"1.2".into());
        assert_eq!(wait(&cell), LINE);
    }

    #[test]
    fn held_text_is_shown_while_the_cell_goes_on() {
        let (mut cell, message) = cell("entrainer()");
        cell.hold(message, "attention");
        cell.touched += 3 * HOLD_LONGEST;
        assert_eq!(cell.hold_due(), Some(cell.held_since + HOLD_LONGEST));
    }
}
