//! From a file's bytes to JSON, whatever tool wrote them.
//!
//! Beyond UTF-8 and standard JSON, what editors and other programs leave behind
//! is read: byte-order marks, UTF-16, halves of surrogate pairs, `NaN`.

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// The JSON that a notebook's file holds.
pub fn json(bytes: &[u8]) -> Result<Value> {
    let text = text(bytes)?;
    match text.trim_start().get(..1) {
        None if text.trim().is_empty() => bail!("fichier vide"),
        Some("<") => bail!("c'est une page web : téléchargez le notebook lui-même"),
        _ => {}
    }
    let parsed = serde_json::from_str(&text).or_else(|_| serde_json::from_str(&standard(&text)));
    parsed.map_err(|error| {
        let cut = if error.is_eof() { " (fichier incomplet)" } else { "" };
        anyhow::anyhow!("JSON incorrect, ligne {}{cut}", error.line())
    })
}

/// The text of a file in any of Unicode's usual encodings.
fn text(bytes: &[u8]) -> Result<String> {
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        // Without a mark: JSON begins with a character of ASCII.
        [1..=255, 0, ..] => utf16(bytes, u16::from_le_bytes),
        [0, 1..=255, ..] => utf16(bytes, u16::from_be_bytes),
        [b'P', b'K', 3, 4, ..] => bail!("c'est une archive ZIP : décompressez-la"),
        _ => utf8(bytes),
    }
}

fn utf8(bytes: &[u8]) -> Result<String> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => bail!(
            "pas du texte UTF-8 (octet {}) : enregistrez-le de nouveau, en UTF-8",
            error.valid_up_to() + 1
        ),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String> {
    let (pairs, rest) = bytes.as_chunks();
    let units: Vec<u16> = pairs.iter().map(|pair| unit(*pair)).collect();
    let text = String::from_utf16(&units).ok().filter(|_| rest.is_empty());
    text.context("texte UTF-16 incorrect : enregistrez-le de nouveau, en UTF-8")
}

/// JSON as the standard has it: a lone half of a surrogate pair becomes the
/// replacement character, a number that is none (Python writes them) `null`.
fn standard(text: &str) -> String {
    let (mut out, mut rest, mut inside) = (String::with_capacity(text.len()), text, false);
    while let Some(next) = rest.chars().next() {
        let (written, length) = match (inside, next) {
            (true, '\\') => escape(rest),
            (false, 'N' | 'I' | '-') => number(rest),
            _ => (&rest[..next.len_utf8()], next.len_utf8()),
        };
        inside ^= next == '"';
        out.push_str(written);
        rest = &rest[length..];
    }
    out
}

/// An escape at the start of a text: what is written for it, and its length.
fn escape(text: &str) -> (&str, usize) {
    let unit = |text: &str| {
        let digits = text.strip_prefix("\\u")?.get(..4)?;
        u16::from_str_radix(digits, 16).ok()
    };
    match unit(text) {
        Some(0xD800..=0xDBFF) => match text.get(6..).and_then(unit) {
            Some(0xDC00..=0xDFFF) => (&text[..12], 12),
            _ => ("\\ufffd", 6),
        },
        Some(0xDC00..=0xDFFF) => ("\\ufffd", 6),
        _ => {
            let length = text.char_indices().nth(2).map_or(text.len(), |(place, _)| place);
            (&text[..length], length)
        }
    }
}

/// A number that is none, at the start of a text.
fn number(text: &str) -> (&str, usize) {
    let word = ["NaN", "Infinity", "-Infinity"].into_iter().find(|word| text.starts_with(word));
    word.map_or((&text[..1], 1), |word| ("null", word.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_encoding_of_unicode_is_read() {
        let text = "{\"é\": \"\u{1F600}\"}";
        let utf16 = |unit: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(unit).collect();
        let (little, big): (Vec<u8>, Vec<u8>) = (utf16(u16::to_le_bytes), utf16(u16::to_be_bytes));
        let files = [
            text.as_bytes().to_vec(),
            [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
            [b"\xFF\xFE", &little[..]].concat(),
            [b"\xFE\xFF", &big[..]].concat(),
            little,
            big,
            text.replace(' ', "\r\n").into_bytes(),
        ];
        for file in files {
            assert_eq!(json(&file).unwrap(), json!({"é": "\u{1F600}"}), "{file:?}");
        }
    }

    #[test]
    fn what_json_forbids_and_tools_write_is_read() {
        for (text, value) in [
            (r#""a\ud800b""#, json!("a\u{FFFD}b")),
            (r#""\udc00\ud83d\ude00\ud83d""#, json!("\u{FFFD}\u{1F600}\u{FFFD}")),
            (
                r#"["\\ud800", "\"NaN", "\ud800", NaN]"#,
                json!(["\\ud800", "\"NaN", "\u{FFFD}", null]),
            ),
            ("[NaN, -Infinity, Infinity, -1]", json!([null, null, null, -1])),
            (r#""\ud800é""#, json!("\u{FFFD}é")),
        ] {
            assert_eq!(json(text.as_bytes()).unwrap(), value, "{text}");
        }
    }

    #[test]
    fn the_cause_is_named() {
        let deep = "[".repeat(1000) + &"]".repeat(1000);
        for (file, cause) in [
            (&b""[..], "fichier vide"),
            (b" \r\n", "fichier vide"),
            (b"\xEF\xBB\xBF", "fichier vide"),
            (b"{\"cells\": [\n", "ligne 2 (fichier incomplet)"),
            (b"{\"cells\": }", "JSON incorrect, ligne 1"),
            (b"{\"a\": \"\xE9\"}", "UTF-8 (octet 8)"),
            (b"\xFF\xFEa", "UTF-16"),
            (b"\xFF\xFE\x00\xD8", "UTF-16"),
            (b"PK\x03\x04", "ZIP"),
            (b"<!DOCTYPE html>", "page web"),
            (b"\"\\", "incomplet"),
            (b"\"\\ud8", "incomplet"),
            (deep.as_bytes(), "JSON incorrect"),
        ] {
            let told = json(file).unwrap_err().to_string();
            assert!(told.contains(cause), "{told}, not {cause}");
        }
    }
}
