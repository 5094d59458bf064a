//! What the library and the proxy of `tp kernel` have agreed on. Both crates include
//! this file: neither depends on the other.
//!
//! # Marked lines
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
//! Where the proxy's outlet stands between the student's process and evcxr, the
//! text of a cell comes in such lines too, and so does its end:
//! - `{"kind": "text", "name": "stdout" | "stderr", "text": …}`;
//! - `{"kind": "end", "how": "ok" | "err" | "panic"}`.
//!
//! evcxr passes lines on by a thread of their own, so the last one may come
//! after the word that the cell is over. Each message of the library therefore has a
//! number, `"seq": "process.number"`, and leaves it in a block of evcxr's own under
//! the type [`LAST`] too: that comes with the cell's result, the last of its kind
//! only, and tells the proxy which line to wait for.

use std::path::PathBuf;

use serde_json::Value;

/// Begins a marked line; the record separator stands in no ordinary text.
pub(crate) const MARK: &str = "\u{1e}MNIST_TP ";

/// The type under which the number of the last message reaches the proxy.
pub(crate) const LAST: &str = "application/x-mnist-tp-seq";

/// The attribute of a check's panel that names the exercise.
pub(crate) const EXERCISE: &str = "data-exercice";
/// The attribute that holds the key of the mistake; a right answer has none.
pub(crate) const MISTAKE: &str = "data-erreur";

// The environment variables that the library reads.

/// Says, by `1`, that the proxy is there; without it no line is marked.
pub(crate) const FRONT: &str = "MNIST_TP_FRONT";

/// Names the program between the student's process and evcxr.
pub(crate) const OUTLET: &str = "MNIST_TP_OUTLET";

/// Names the folder of the signs, two files: [`INTERRUPTION`] and [`ANSWER`].
pub(crate) const SIGNS: &str = "MNIST_TP_SIGNS";
/// Names the file of a notebook's score.
pub(crate) const SCORE: &str = "MNIST_TP_SCORE";
/// Names the checkout of the library, where its files are.
pub(crate) const LIBRARY: &str = "MNIST_TP_LIBRARY";
/// Names the folder of the trainings that were made before.
pub(crate) const MEMO: &str = "MNIST_TP_MEMO";
/// Names the folder of another data set in MNIST's format.
pub(crate) const DATA: &str = "MNIST_TP_DATA";
/// Asks for the practicals in a small size, unless it is empty or `0`.
pub(crate) const QUICK: &str = "MNIST_TP_QUICK";
/// Asks, by `1`, for Rust's own message below that of a panic.
pub(crate) const BACKTRACE: &str = "MNIST_TP_BACKTRACE";

/// The path that a variable names; none where it is empty.
pub(crate) fn path(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).filter(|path| !path.is_empty()).map(PathBuf::from)
}

/// Whether the practicals are asked for in a small size.
pub(crate) fn is_quick() -> bool {
    quick(std::env::var(QUICK).ok().as_deref())
}

fn quick(value: Option<&str>) -> bool {
    value.is_some_and(|value| !["", "0"].contains(&value.trim()))
}

/// The sign that is there from ■ until the next cell.
pub(crate) const INTERRUPTION: &str = "interruption";
/// The sign that names the answer which a check is about to judge.
pub(crate) const ANSWER: &str = "reponse";

/// The `ename` of a cell that panicked.
pub(crate) const PANIC: &str = "Panic";
/// The `ename` of a cell that met a blank which is still to be completed.
pub(crate) const BLANK: &str = "ACompleter";
/// What a blank says, in the notebooks' `todo!`, in panels and in reports; also the key
/// of the mistake of an answer that is still one.
pub(crate) const TO_COMPLETE: &str = "à compléter";

/// What `todo!` begins its message with.
const TODO: &str = "not yet implemented";

/// Where a panic's `message` is that of a blank, what `todo!` says of it: nothing, or
/// what stands there beside [`TO_COMPLETE`].
pub(crate) fn blank(message: &str) -> Option<&str> {
    let said = message.trim().strip_prefix(TODO)?;
    let said = said.strip_prefix(": ").unwrap_or(said);
    let said = said.strip_prefix(TO_COMPLETE).unwrap_or(said);
    Some(said.trim_start_matches([' ', ':', '\u{a0}']))
}

/// The sentence for a blank in the cell that runs; `said` is that of [`blank`].
pub(crate) fn to_complete(said: &str) -> String {
    let said = if said.is_empty() { String::new() } else { format!(" ({said})") };
    format!(
        "cette cellule contient un trou{said}\u{a0}: remplacez «\u{a0}todo!(…)\u{a0}» par votre code"
    )
}

/// The frame of the panel below a cell, of a check or for a blank; its colours are added.
pub(crate) const FRAME: &str = "border:1px solid;border-left-width:5px;border-radius:4px;\
                                padding:6px 12px;max-width:46em;line-height:1.5";

/// A pencil, for a blank: an outline in a square of 16.
pub(crate) const PENCIL: &str = "M12.2.6a1.6 1.6 0 0 1 2.3 0l.9.9a1.6 1.6 0 0 1 0 2.3l-1.5 1.5-3.2-3.2z\
                                 M9.7 3.1l3.2 3.2-8.3 8.3L.4 15.6l1-4.2z";

/// A picture as high as the letters around it: its word for those who do not see it, its
/// outline, and the attributes of its colour. What is inside of two outlines is cut out.
pub(crate) fn icon(word: &str, outline: &str, paint: &str) -> String {
    format!(
        concat!(
            r#"<svg role="img" aria-label="{}" viewBox="0 0 16 16" width="16" height="16" "#,
            r#"style="width:1em;height:1em;vertical-align:-.12em">"#,
            r#"<path fill-rule="evenodd" d="{}" {}/></svg>"#
        ),
        word, outline, paint
    )
}

/// The marked line of a message.
pub(crate) fn line(message: &Value) -> String {
    // JSON escapes line ends: the whole message is one line.
    format!("{MARK}{message}\n")
}

/// The text before the mark (a line begun with `print!`), and the message; none where
/// the line holds no mark or no JSON behind it.
pub(crate) fn read(line: &str) -> Option<(&str, Value)> {
    let (before, message) = line.split_once(MARK)?;
    Some((before, serde_json::from_str(message.trim_end()).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_message_is_one_line_and_comes_back() {
        let message = json!({"kind": "display", "data": {"text/html": "<b>\n\u{1e}é</b>"}});
        let line = line(&message);
        assert!(line.starts_with(MARK) && line.ends_with('\n'));
        assert_eq!((line.matches('\n').count(), line.matches('\u{1e}').count()), (1, 1));
        assert_eq!(read(&line), Some(("", message.clone())));
        assert_eq!(read(&format!("3 %{line}")), Some(("3 %", message)));
        for text in ["bonjour\n", "MNIST_TP {}\n", "\u{1e}MNIST_TP {oh\n"] {
            assert_eq!(read(text), None);
        }
    }

    #[test]
    fn a_small_size_is_asked_for_by_anything_but_zero() {
        assert!([Some("1"), Some("oui")].iter().all(|value| quick(*value)));
        assert!([None, Some(""), Some("0"), Some(" 0 ")].iter().all(|value| !quick(*value)));
    }

    #[test]
    fn a_blank_says_what_is_missing() {
        let cases = [
            ("not yet implemented", Some("")),
            ("not yet implemented: à compléter", Some("")),
            ("not yet implemented: à compléter\u{a0}: la perte", Some("la perte")),
            ("not yet implemented: plus tard", Some("plus tard")),
            ("index out of bounds", None),
        ];
        for (message, said) in cases {
            assert_eq!(blank(message), said, "{message}");
        }
        assert!(to_complete("").contains("un trou\u{a0}: remplacez"));
        assert!(to_complete("la perte").contains("un trou (la perte)\u{a0}:"));
    }
}
