//! Marked lines: how the library talks to the proxy of `tp kernel`.
//!
//! evcxr shows rich content only when the cell ends, one piece per mime type,
//! and cannot change what it showed. The proxy can: it takes lines of the form
//!
//! `U+001E "MNIST_TP " {"kind": …} "\n"`
//!
//! out of the cell's output and turns them into Jupyter messages:
//! - `{"kind": "display", "id": …, "data": {mime: text}}` shows something now;
//! - `{"kind": "update", …}` replaces what was shown under the same id;
//! - `{"kind": "error", "ename": …, "evalue": …, "traceback": […]}` makes the
//!   cell fail; with `"end": true` only if the cell does not end well after all.
//!
//! evcxr passes lines on by a thread of their own, so the last one may come
//! after the word that the cell is over. Each message therefore has a number,
//! `"seq": "process.number"`, and leaves it in a block of evcxr's own under the
//! type [`LAST`] too: that comes with the cell's result, the last of its kind
//! only, and tells the proxy which line to wait for.
//!
//! The proxy says that it is there by the environment variable
//! `MNIST_TP_FRONT=1`. Without it nothing here is used.

use std::io::Write as _;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Map, Value, json};

use super::Bundle;

/// Begins a marked line; the record separator stands in no ordinary text.
pub(crate) const MARK: &str = "\u{1e}MNIST_TP ";

/// The type under which the number of the last message reaches the proxy.
const LAST: &str = "application/x-mnist-tp-seq";

/// Whether the proxy reads our output.
pub(crate) fn is_live() -> bool {
    static LIVE: OnceLock<bool> = OnceLock::new();
    *LIVE.get_or_init(|| std::env::var_os("MNIST_TP_FRONT").is_some_and(|v| v == "1"))
}

/// The message that shows `bundle` under `id`, or replaces what is there.
pub(crate) fn display_message(kind: &str, id: &str, bundle: &Bundle) -> Value {
    let data: Map<String, Value> =
        bundle.forms().iter().map(|(mime, text)| (mime.clone(), json!(text))).collect();
    json!({ "kind": kind, "id": id, "data": data })
}

/// The message that makes the cell fail.
pub(crate) fn error_message(ename: &str, evalue: &str, traceback: &[String]) -> Value {
    json!({ "kind": "error", "ename": ename, "evalue": evalue, "traceback": traceback })
}

/// Sends a message to the proxy.
pub(crate) fn send(message: Value) {
    static SENT: AtomicU64 = AtomicU64::new(0);
    // Held to the end: the messages leave in the order of their numbers.
    let _out = std::io::stdout().lock();
    let number = SENT.fetch_add(1, Ordering::Relaxed) + 1;
    let seq = format!("{}.{number}", std::process::id());
    write(&(marked(message, &seq) + &block(LAST, &seq)));
}

/// evcxr's own form of rich content. (`evcxr_runtime` prints the same, but would
/// panic when nobody reads.)
pub(crate) fn block(mime: &str, text: &str) -> String {
    format!("EVCXR_BEGIN_CONTENT {mime}\n{text}\nEVCXR_END_CONTENT\n")
}

fn marked(mut message: Value, seq: &str) -> String {
    message["seq"] = seq.into();
    // JSON escapes line ends: the whole message is one line.
    format!("{MARK}{message}\n")
}

/// Shows `bundle` in evcxr's own form.
pub(crate) fn show(bundle: &Bundle) {
    for (mime, text) in bundle.forms() {
        write(&block(mime, text));
    }
}

/// Writes whole lines to the cell's output at once. A reader that is gone must
/// not stop a training: failures are ignored.
pub(crate) fn write(lines: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(lines.as_bytes()).and_then(|()| out.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_one_line() {
        let bundle = Bundle::html("<b>\n\u{1e}</b>", "deux\nlignes");
        let line = marked(display_message("display", "a", &bundle), "7.1");
        assert!(line.starts_with(MARK) && line.ends_with('\n'));
        assert_eq!((line.matches('\n').count(), line.matches('\u{1e}').count()), (1, 1));
        let json: Value = serde_json::from_str(&line[MARK.len()..]).unwrap();
        assert_eq!((&json["kind"], &json["seq"]), (&json!("display"), &json!("7.1")));
        assert_eq!(json["data"]["text/plain"], "deux\nlignes");
        assert_eq!(json["data"]["text/html"], "<b>\n\u{1e}</b>");
    }
}
