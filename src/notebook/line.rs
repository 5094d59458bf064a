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
//!   cell fail.
//!
//! The proxy says that it is there by the environment variable
//! `MNIST_TP_FRONT=1`. Without it nothing here is used.

use std::io::Write as _;
use std::sync::OnceLock;

use serde_json::{Map, Value, json};

use super::Bundle;

/// Begins a marked line; the record separator stands in no ordinary text.
pub(super) const MARK: &str = "\u{1e}MNIST_TP ";

/// Whether the proxy reads our output.
pub(super) fn is_live() -> bool {
    static LIVE: OnceLock<bool> = OnceLock::new();
    *LIVE.get_or_init(|| std::env::var_os("MNIST_TP_FRONT").is_some_and(|v| v == "1"))
}

/// The line that shows `bundle` under `id`, or replaces what is there.
pub(super) fn display_line(kind: &str, id: &str, bundle: &Bundle) -> String {
    let data: Map<String, Value> =
        bundle.forms().iter().map(|(mime, text)| (mime.clone(), json!(text))).collect();
    marked(&json!({ "kind": kind, "id": id, "data": data }))
}

/// The line that makes the cell fail.
pub(super) fn error_line(ename: &str, evalue: &str, traceback: &[String]) -> String {
    marked(&json!({ "kind": "error", "ename": ename, "evalue": evalue, "traceback": traceback }))
}

fn marked(message: &Value) -> String {
    // JSON escapes line ends: the whole message is one line.
    format!("{MARK}{message}\n")
}

/// Writes whole lines to the cell's output at once. A reader that is gone must
/// not stop a training: failures are ignored.
pub(super) fn write(lines: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(lines.as_bytes()).and_then(|()| out.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_one_line() {
        let bundle = Bundle::html("<b>\n\u{1e}</b>", "deux\nlignes");
        let line = display_line("display", "a", &bundle);
        assert!(line.starts_with(MARK) && line.ends_with('\n'));
        assert_eq!((line.matches('\n').count(), line.matches('\u{1e}').count()), (1, 1));
        let json: Value = serde_json::from_str(&line[MARK.len()..]).unwrap();
        assert_eq!(json["kind"], "display");
        assert_eq!(json["data"]["text/plain"], "deux\nlignes");
        assert_eq!(json["data"]["text/html"], "<b>\n\u{1e}</b>");
    }
}
