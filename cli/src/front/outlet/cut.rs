//! What a cell writes beyond all measure is counted, not shown.

use crate::french::decimal;
use std::collections::VecDeque;

/// How much text of one cell is shown, in bytes.
const SHOWN: usize = 1 << 20;
/// How much of its end is shown too.
const TAIL: usize = 4096;

/// The text of one cell so far.
#[derive(Default)]
pub struct Cut {
    shown: usize,
    bytes: u64,
    lines: u64,
    tail: VecDeque<u8>,
}

impl Cut {
    /// What is shown of the text that comes next.
    pub fn shown(&mut self, text: &str) -> String {
        if self.bytes == 0 && self.shown + text.len() <= SHOWN {
            self.shown += text.len();
            return text.to_owned();
        }
        let mut head = String::new();
        let mut rest = text;
        if self.bytes == 0 {
            let room = boundary(text, SHOWN - self.shown);
            let end = text[..room].rfind('\n').map_or(room, |at| at + 1);
            head = text[..end].to_owned();
            head.push_str(
                "\n[sortie coupée\u{a0}: 1\u{a0}Mo est affiché, la suite n’est que comptée\u{a0}; si la \
                 cellule ne s’arrête pas, interrompez-la]\n",
            );
            rest = &text[end..];
        }
        self.bytes += rest.len() as u64;
        self.lines += memchr::memchr_iter(b'\n', rest.as_bytes()).count() as u64;
        self.tail.extend(&rest.as_bytes()[rest.len().saturating_sub(TAIL)..]);
        let old = self.tail.len().saturating_sub(TAIL);
        self.tail.drain(..old);
        head
    }

    /// What is said at the end of the cell: how much was left out, and its end.
    pub fn end(self) -> String {
        if self.bytes == 0 {
            return String::new();
        }
        let tail = Vec::from(self.tail);
        let whole = (tail.len() as u64) < self.bytes;
        let start = memchr::memchr(b'\n', &tail).filter(|_| whole).map_or(0, |at| at + 1);
        let tail = String::from_utf8_lossy(&tail[start..]).into_owned();
        let hidden = self.bytes - tail.len() as u64;
        let lines =
            self.lines.saturating_sub(memchr::memchr_iter(b'\n', tail.as_bytes()).count() as u64);
        format!(
            "[{} lignes, {} Mo, n’ont pas été affichées\u{a0}; la fin\u{a0}:]\n{tail}",
            grouped(lines),
            decimal(hidden as f64 / 1e6, 1)
        )
    }
}

/// The end of the last character that lies before `at`.
pub fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

/// The bytes without a last character of which the end is missing.
pub fn complete(bytes: &[u8]) -> &[u8] {
    let tail = &bytes[bytes.len().saturating_sub(3)..];
    for (at, &byte) in tail.iter().enumerate().rev() {
        // The first byte of a character says how long it is.
        let length = match byte {
            0xc0..0xe0 => 2,
            0xe0..0xf0 => 3,
            0xf0.. => 4,
            0x80..0xc0 => continue,
            _ => 1,
        };
        let missing = tail.len() - at < length;
        return if missing { &bytes[..bytes.len() - (tail.len() - at)] } else { bytes };
    }
    bytes
}

/// A number with its thousands apart.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_text_passes_whole() {
        let mut cut = Cut::default();
        assert_eq!(cut.shown("bonjour\n"), "bonjour\n");
        assert_eq!(cut.end(), "");
    }

    #[test]
    fn what_is_left_out_is_said_once_and_counted() {
        let mut cut = Cut::default();
        let mut shown = String::new();
        for i in 0..500_000 {
            shown += &cut.shown(&format!("ligne {i}\n"));
        }
        assert!(shown.len() < SHOWN + 300);
        assert_eq!(shown.matches("[sortie coupée").count(), 1);
        let kept = shown.matches("ligne ").count();
        let end = cut.end();
        assert!(end.ends_with("ligne 499999\n") && end.len() < TAIL + 200, "{end}");
        let kept = kept + end.matches("ligne ").count();
        assert!(end.starts_with(&format!("[{} lignes, ", grouped(500_000 - kept as u64))), "{end}");
    }

    #[test]
    fn one_endless_line_is_cut_too() {
        let mut cut = Cut::default();
        let shown: usize = (0..200).map(|_| cut.shown(&"é".repeat(10_000)).len()).sum();
        assert!(shown < SHOWN + 300);
        assert!(cut.end().starts_with("[0 lignes, 2,9 Mo"));
    }

    #[test]
    fn thousands_are_apart() {
        assert_eq!(
            ["1", "1\u{202f}234", "12\u{202f}345\u{202f}678"],
            [1, 1234, 12345678].map(grouped)
        );
    }
}
