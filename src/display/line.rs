//! How the library talks to the proxy of `tp kernel`, in the lines of [`protocol`], and
//! to a plain evcxr in its own form.
//!
//! Without the proxy (`cargo test`, a plain kernel) no line is marked.

use std::io::Write as _;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Map, Value, json};

use super::Bundle;
use crate::protocol;

/// Whether the proxy reads our output.
pub(crate) fn is_live() -> bool {
    static LIVE: OnceLock<bool> = OnceLock::new();
    *LIVE.get_or_init(|| std::env::var_os(protocol::FRONT).is_some_and(|v| v == "1"))
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
pub(crate) fn send(mut message: Value) {
    static SENT: AtomicU64 = AtomicU64::new(0);
    // Held to the end: the messages leave in the order of their numbers.
    let _out = std::io::stdout().lock();
    let number = SENT.fetch_add(1, Ordering::Relaxed) + 1;
    let seq = format!("{}.{number}", std::process::id());
    message["seq"] = seq.clone().into();
    write(&(protocol::line(&message) + &block(protocol::LAST, &seq)));
}

/// evcxr's own form of rich content. (`evcxr_runtime` prints the same, but would
/// panic when nobody reads.)
pub(crate) fn block(mime: &str, text: &str) -> String {
    format!("EVCXR_BEGIN_CONTENT {mime}\n{text}\nEVCXR_END_CONTENT\n")
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
