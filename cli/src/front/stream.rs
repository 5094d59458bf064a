//! Lines that a cell prints: gathered, and the library's marked ones taken out.
//!
//! evcxr sends one message a line. Lines that follow each other within
//! [`PAUSE`] leave as one message; anything else that must be sent first sends
//! what is gathered, so nothing overtakes.
//!
//! A marked line ([`protocol`]) becomes what a client reads; an error of a cell that
//! may still end well is the cell's only if its end says so.

use super::failure::Failure;
use super::wire::Message;
use crate::protocol::{self, MARK};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::Instant;

/// How long lines are gathered.
pub const PAUSE: Duration = Duration::from_millis(15);

/// More text than this leaves at once.
const FULL: usize = 64 * 1024;

/// The number of a marked line, counted by each process of the student's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seq {
    process: u32,
    number: u64,
}

impl Seq {
    /// Reads `process.number`.
    pub fn read(text: &Value) -> Option<Self> {
        let (process, number) = text.as_str()?.trim().split_once('.')?;
        Some(Self { process: process.parse().ok()?, number: number.parse().ok()? })
    }

    /// Whether the line `last` has come once this one has.
    pub fn reaches(self, last: Self) -> bool {
        self.process == last.process && self.number >= last.number
    }
}

/// What a line of stdout holds.
#[derive(Debug, PartialEq)]
pub enum Line {
    Text(String),
    /// Text on standard error.
    Stderr(String),
    /// A new display or an update: message type and content.
    Display(&'static str, Value),
    Error(Failure),
    /// A panic, which may still be caught.
    Panic(Failure),
    End(End),
}

/// How a cell ended; the worst of several parts is the cell's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    Ok,
    /// At a `?`.
    Err,
    Panic,
}

/// Splits one `stream` text of evcxr: a line begun with `print!` may have text
/// before the mark. The number is that of the marked line.
pub fn read(text: &str) -> (Vec<Line>, Option<Seq>) {
    let read = protocol::read(text);
    let Some((before, line, seq)) =
        read.and_then(|(before, mark)| Some((before, marked(&mark)?, Seq::read(&mark["seq"]))))
    else {
        // What only looks like a mark is shown, not lost.
        return (vec![Line::Text(text.replace(MARK, MARK.trim_start_matches('\u{1e}')))], None);
    };
    let before = (!before.is_empty()).then(|| Line::Text(before.to_owned()));
    (before.into_iter().chain([line]).collect(), seq)
}

fn marked(mark: &Value) -> Option<Line> {
    let msg_type = match mark["kind"].as_str()? {
        "display" => "display_data",
        "update" => "update_display_data",
        "error" if mark["end"] == true => return Failure::from_mark(mark).map(Line::Panic),
        "error" => return Failure::from_mark(mark).map(Line::Error),
        "text" => {
            let text = mark["text"].as_str()?.to_owned();
            return Some(if mark["name"] == "stderr" {
                Line::Stderr(text)
            } else {
                Line::Text(text)
            });
        }
        "end" => {
            return Some(Line::End(match mark["how"].as_str()? {
                "panic" => End::Panic,
                "err" => End::Err,
                _ => End::Ok,
            }));
        }
        _ => return None,
    };
    let data = mark["data"].as_object()?;
    let metadata = mark["metadata"].as_object().cloned().unwrap_or_default();
    let transient = match &mark["id"] {
        Value::Null => json!({}),
        Value::String(id) => json!({ "display_id": id }),
        id => json!({ "display_id": id.to_string() }),
    };
    Some(Line::Display(
        msg_type,
        json!({ "data": data, "metadata": metadata, "transient": transient }),
    ))
}

/// Text of one stream that waits for more.
#[derive(Default)]
pub struct Gathered {
    waiting: Option<(Message, &'static str, String)>,
    /// Not before this moment may gathered text leave by itself.
    next: Option<Instant>,
}

impl Gathered {
    /// Adds text; `message` lends its header. Returns what must leave before it.
    pub fn add(
        &mut self,
        message: Message,
        name: &'static str,
        text: &str,
    ) -> Option<(Message, Value)> {
        let first = match &mut self.waiting {
            Some((first, stream, gathered))
                if *stream == name
                    && gathered.len() < FULL
                    && first.parent_id() == message.parent_id() =>
            {
                gathered.push_str(text);
                return None;
            }
            _ => self.take(),
        };
        self.waiting = Some((message, name, text.to_owned()));
        self.next.get_or_insert_with(Instant::now);
        first
    }

    /// When the gathered text must leave; at once if nothing left just before.
    pub fn due(&self) -> Option<Instant> {
        self.waiting.as_ref().and(self.next)
    }

    /// The gathered text as a message and its new content.
    pub fn take(&mut self) -> Option<(Message, Value)> {
        let (message, name, text) = self.waiting.take()?;
        self.next = Some(Instant::now() + PAUSE);
        Some((message, json!({ "name": name, "text": text })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_lines_stay() {
        for text in ["bonjour\n", "\n", "MNIST_TP {}\n"] {
            assert_eq!(read(text), (vec![Line::Text(text.into())], None));
        }
        // Malformed marks are shown, not lost.
        assert_eq!(read("\u{1e}MNIST_TP {oh\n").0, [Line::Text("MNIST_TP {oh\n".into())]);
        assert_eq!(read("\u{1e}MNIST_TP {}\n").0.len(), 1);
    }

    #[test]
    fn gathered_lines_become_due() {
        let parent = crate::front::wire::Parent::none();
        let key = crate::front::wire::Key::new("", "").unwrap();
        let message =
            Message::new(jupyter_protocol::StreamContent::default(), &parent, &key).unwrap();
        let mut gathered = Gathered::default();
        assert_eq!(gathered.due(), None);
        assert!(gathered.add(message.clone(), "stdout", "a\n").is_none());
        // The first line may leave at once, and that moment does not move.
        assert!(gathered.due().is_some_and(|due| due <= Instant::now()));
        assert!(gathered.add(message.clone(), "stdout", "b\n").is_none());
        let before = Instant::now();
        assert_eq!(gathered.take().unwrap().1["text"], "a\nb\n");
        assert!(gathered.add(message.clone(), "stdout", "c\n").is_none());
        assert!(gathered.due().is_some_and(|due| due >= before + PAUSE));
        // Another stream sends what waits.
        assert_eq!(gathered.add(message, "stderr", "d\n").unwrap().1["text"], "c\n");
    }

    #[test]
    fn marked_lines_become_displays() {
        let text = format!(
            "{MARK}{{\"kind\":\"display\",\"id\":\"p1\",\"data\":{{\"text/plain\":\"é\"}}}}\n"
        );
        let content =
            json!({"data": {"text/plain": "é"}, "metadata": {}, "transient": {"display_id": "p1"}});
        assert_eq!(read(&text).0, [Line::Display("display_data", content.clone())]);
        let text = format!("3 %{}", text.replace("display\"", "update\""));
        let lines = [Line::Text("3 %".into()), Line::Display("update_display_data", content)];
        assert_eq!(read(&text).0, lines);
    }

    #[test]
    fn marked_errors_become_failures() {
        let text = format!(
            "{MARK}{{\"kind\":\"error\",\"ename\":\"Panic\",\"evalue\":\"oh\",\"traceback\":[\"t\"]}}\n"
        );
        let [Line::Error(failure)] = &read(&text).0[..] else { panic!("{:?}", read(&text)) };
        assert_eq!(failure.traceback, ["t"]);
    }

    #[test]
    fn text_of_the_outlet_is_read_as_it_was_written() {
        let line = |json: &str| read(&format!("{MARK}{json}\n")).0;
        let text = line(r#"{"kind":"text","name":"stdout","text":"10 %\r20 %"}"#);
        assert_eq!(text, [Line::Text("10 %\r20 %".into())]);
        let text = line(r#"{"kind":"text","name":"stderr","text":"a\nb\n"}"#);
        assert_eq!(text, [Line::Stderr("a\nb\n".into())]);
        assert_eq!(line(r#"{"kind":"end","how":"err"}"#), [Line::End(End::Err)]);
        assert!(End::Panic > End::Err && End::Err > End::Ok);
    }

    #[test]
    fn a_number_reaches_those_before_it_in_the_same_process() {
        let seq = |text: &str| {
            read(&format!("{MARK}{{\"kind\":\"display\",\"data\":{{}},\"seq\":\"{text}\"}}\n")).1
        };
        let (first, second) = (seq("12.1").unwrap(), seq("12.2").unwrap());
        assert!(second.reaches(first) && second.reaches(second) && !first.reaches(second));
        assert!(!seq("13.2").unwrap().reaches(first));
        assert_eq!((seq("12"), seq("a.b")), (None, None));
    }
}
