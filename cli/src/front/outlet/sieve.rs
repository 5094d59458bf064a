//! What passes from the student's process to evcxr, byte by byte.
//!
//! Lines of evcxr's and of the library's pass as they are; everything else is text
//! and leaves as a marked line, `{"kind": "text", "name": …, "text": …}`, which
//! holds any bytes (made valid UTF-8), several lines or a piece of one. At the end
//! of a cell a line `{"kind": "end", "how": "ok" | "err" | "panic"}` says how it
//! ended, and an unfinished line cannot stick to evcxr's word for it.

use super::cut::{Cut, boundary, complete};
use super::figures::Figures;
use crate::protocol::{self, MARK};
use memchr::{memchr, memmem};
use serde_json::json;
use std::time::Instant;

/// evcxr's words, each on a line of its own.
const COMPLETE: &[u8] = b"EVCXR_EXECUTION_COMPLETE";
const PANIC: &[u8] = b"EVCXR_PANIC_NOTIFICATION";
const ERROR: &[u8] = b"EVCXR_ERROR_OCCURRED";
const BEGIN: &[u8] = b"EVCXR_BEGIN_CONTENT ";
const END: &[u8] = b"EVCXR_END_CONTENT";
/// The beginning of all of them.
const EVCXR: &[u8] = b"EVCXR_";
/// Those that are followed by something.
const OPEN: [&[u8]; 3] = [BEGIN, b"EVCXR_VARIABLE_CHANGED_TYPE:", b"EVCXR_INPUT_REQUEST"];

/// What the library writes once it has emptied the buffer of standard output.
const FLUSHED: &[u8] = b"\x1eMNIST_TP_FLUSHED";

/// Text leaves once there is this much of it.
const FULL: usize = 16 * 1024;
/// A line that is longer leaves in pieces.
const LONGEST: usize = 64 * 1024;
/// How much of one value is shown as text, and as anything else (pictures).
const VALUE: usize = 1 << 20;
const PICTURE: usize = 64 << 20;

/// How a cell ended, as far as it was seen.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
enum How {
    #[default]
    Ok,
    Err,
    Panic,
}

/// What the line that is being read is.
#[derive(Default, PartialEq, Eq, Debug)]
enum Mode {
    #[default]
    Text,
    /// The rest of a line that passes as it is; this many bytes of it at most.
    Line(usize),
    /// The rest of a figure that is left out.
    LeftOut,
    /// The lines of a value, of which this many bytes may still pass.
    Content(usize),
    /// The same, in the middle of a line.
    ContentLine(usize),
}

/// The two outputs of the student's process become one.
#[derive(Default)]
pub struct Sieve {
    /// What is to be written to evcxr.
    pub out: Vec<u8>,
    /// Of standard output, what is not yet understood.
    rest: Vec<u8>,
    mode: Mode,
    text: Vec<u8>,
    /// Where `text` was written.
    name: &'static str,
    cut: Cut,
    figures: Figures,
    how: How,
    /// The cell has written something.
    spoken: bool,
    /// A cell has ended already. (The first may be the one of evcxr's start-up file, which
    /// must be silent: evcxr waits for its lines to be fetched, which begins only after it.)
    begun: bool,
    /// evcxr's process has said that the cell is over.
    pub over: bool,
    /// The library has emptied its buffer.
    pub flushed: bool,
}

impl Sieve {
    /// Takes what was written to standard error.
    pub fn stderr(&mut self, bytes: &[u8]) {
        self.say("stderr", bytes);
    }

    /// Takes what was written to standard output.
    pub fn stdout(&mut self, bytes: &[u8]) {
        let mut rest = std::mem::take(&mut self.rest);
        rest.extend_from_slice(bytes);
        let mut at = 0;
        while at < rest.len() {
            let end = memchr(b'\n', &rest[at..]).map(|length| at + length + 1);
            let piece = &rest[at..end.unwrap_or(rest.len())];
            let taken = self.piece(piece, end.is_some());
            if taken == 0 {
                break;
            }
            at += taken;
        }
        rest.drain(..at);
        self.rest = rest;
    }

    /// Takes of a piece, the beginning of a line or, if `whole`, a line with its
    /// end, what is understood of it; returns how much that is.
    fn piece(&mut self, piece: &[u8], whole: bool) -> usize {
        match self.mode {
            Mode::Text => self.line(piece, whole),
            Mode::Line(left) => {
                // Whatever is written behind a mark, evcxr reads characters.
                let valid = if whole { piece } else { complete(piece) };
                let text = String::from_utf8_lossy(valid);
                let passes = boundary(&text, left);
                self.figures.count(passes);
                self.out.extend_from_slice(&text.as_bytes()[..passes]);
                self.mode = if whole { Mode::Text } else { Mode::Line(left - passes) };
                if whole && passes < text.len() {
                    self.out.push(b'\n');
                }
                valid.len()
            }
            Mode::LeftOut => {
                self.figures.leave_out(piece);
                self.mode = if whole { Mode::Text } else { Mode::LeftOut };
                piece.len()
            }
            Mode::Content(left) => {
                let line = piece.strip_suffix(b"\n").unwrap_or(piece);
                if whole && (line == END || line == PANIC) {
                    if line == PANIC {
                        self.how = How::Panic;
                    }
                    self.out.extend_from_slice(piece);
                    self.mode = Mode::Text;
                    return piece.len();
                }
                if !whole && (END.starts_with(line) || PANIC.starts_with(line)) {
                    return 0;
                }
                self.content(piece, whole, left)
            }
            Mode::ContentLine(left) => self.content(piece, whole, left),
        }
    }

    /// A piece of a value.
    fn content(&mut self, piece: &[u8], whole: bool, left: usize) -> usize {
        let valid = if whole || piece.len() < 4 { piece } else { complete(piece) };
        let text = String::from_utf8_lossy(valid);
        let mut now = left;
        if text.len() <= left {
            now -= text.len();
            self.out.extend_from_slice(text.as_bytes());
        } else if left > 0 {
            let passes = boundary(&text, left);
            self.out.extend_from_slice(&text.as_bytes()[..passes]);
            let cut = "… (la suite de cette valeur n’est pas affichée)\n";
            self.out.extend_from_slice(cut.as_bytes());
            now = 0;
        }
        self.mode = if whole { Mode::Content(now) } else { Mode::ContentLine(now) };
        valid.len()
    }

    /// A line, or the beginning of one, of which nothing is known yet.
    fn line(&mut self, piece: &[u8], whole: bool) -> usize {
        let word = [memchr(0x1e, piece), memmem::find(piece, EVCXR)].into_iter().flatten().min();
        if let Some(start) = word
            && start > 0
        {
            if self.word(&piece[start..], whole) == Some(false) {
                self.say("stdout", piece);
                return piece.len();
            }
            self.say("stdout", &piece[..start]);
            return start;
        }
        match word.map_or(Some(false), |_| self.word(piece, whole)) {
            Some(true) => self.told(piece, whole),
            Some(false) if whole => {
                self.say("stdout", piece);
                piece.len()
            }
            // The beginning of a word may stand at the end.
            Some(false) => {
                let kept = (0..EVCXR.len()).rev().find(|&n| piece.ends_with(&EVCXR[..n]));
                let taken = piece.len() - kept.unwrap_or(0);
                self.say("stdout", &piece[..taken]);
                taken
            }
            None => 0,
        }
    }

    /// Whether a piece that begins like a word is one; `None` while it may still
    /// become one.
    fn word(&self, piece: &[u8], whole: bool) -> Option<bool> {
        let line = piece.strip_suffix(b"\n").unwrap_or(piece);
        let opens = |word: &&[u8]| line.starts_with(word);
        if line.starts_with(MARK.as_bytes()) || OPEN.iter().any(opens) && whole {
            return Some(true);
        }
        let exact = [COMPLETE, PANIC, ERROR, FLUSHED];
        if whole {
            return Some(exact.contains(&line));
        }
        let begins = |word: &&[u8]| word.starts_with(line) || line.starts_with(word);
        let may = exact.iter().any(begins)
            || MARK.as_bytes().starts_with(line)
            || OPEN.iter().any(begins);
        if may && line.len() < LONGEST { None } else { Some(false) }
    }

    /// A line of evcxr's or of the library's.
    fn told(&mut self, piece: &[u8], whole: bool) -> usize {
        let line = piece.strip_suffix(b"\n").unwrap_or(piece);
        match line {
            COMPLETE => self.over = true,
            FLUSHED => self.flushed = true,
            _ => {
                self.emit(false);
                match line {
                    PANIC => self.how = How::Panic,
                    ERROR => self.how = How::Err,
                    _ => self.spoken |= line.starts_with(MARK.as_bytes()),
                }
                if Figures::is_one(line) && !self.figures.pass(piece.len(), Instant::now()) {
                    self.mode = Mode::LeftOut;
                    return self.piece(piece, whole);
                }
                if !whole {
                    self.mode = Mode::Line(PICTURE);
                    return self.piece(piece, false);
                }
                self.out.extend_from_slice(String::from_utf8_lossy(piece).as_bytes());
                if let Some(mime) = line.strip_prefix(BEGIN) {
                    self.mode = Mode::Content(if mime == b"text/plain" { VALUE } else { PICTURE });
                }
            }
        }
        piece.len()
    }

    /// Gathers text.
    fn say(&mut self, name: &'static str, bytes: &[u8]) {
        if self.name != name && !self.text.is_empty() {
            self.emit(true);
        }
        self.name = name;
        self.text.extend_from_slice(bytes);
        if self.text.len() >= FULL {
            self.emit(false);
        }
    }

    /// Whether text is waiting.
    pub fn has_text(&self) -> bool {
        !self.text.is_empty()
    }

    /// Sends the text that waits, but for a character that is not complete, unless
    /// nothing can follow.
    pub fn emit(&mut self, last: bool) {
        let kept = if last { self.text.len() } else { complete(&self.text).len() };
        let later = self.text.split_off(kept);
        let text = std::mem::replace(&mut self.text, later);
        if !text.is_empty() {
            let shown = self.cut.shown(&String::from_utf8_lossy(&text));
            self.mark_text(self.name, &shown);
        }
    }

    fn mark_text(&mut self, name: &str, text: &str) {
        if !text.is_empty() {
            self.mark(&json!({ "kind": "text", "name": name, "text": text }));
        }
    }

    fn mark(&mut self, mark: &serde_json::Value) {
        self.spoken = true;
        self.out.extend_from_slice(protocol::line(mark).as_bytes());
    }

    /// The process is gone, or the cell over: everything that waits leaves.
    pub fn drain(&mut self) {
        let rest = std::mem::take(&mut self.rest);
        if self.mode == Mode::Text {
            self.say("stdout", &rest);
        }
        self.emit(true);
        let (last, said) = std::mem::take(&mut self.figures).end();
        self.out.extend_from_slice(String::from_utf8_lossy(&last).as_bytes());
        let said = said + &std::mem::take(&mut self.cut).end();
        self.mark_text("stdout", &said);
    }

    /// Ends the cell.
    pub fn end(&mut self) {
        self.drain();
        let how = match std::mem::take(&mut self.how) {
            How::Ok => "ok",
            How::Err => "err",
            How::Panic => "panic",
        };
        if self.begun || self.spoken || how != "ok" {
            self.mark(&json!({ "kind": "end", "how": how }));
        }
        self.out.extend([COMPLETE, b"\n"].concat());
        (self.over, self.flushed, self.spoken, self.begun) = (false, false, false, true);
    }
}

#[cfg(test)]
mod tests;
