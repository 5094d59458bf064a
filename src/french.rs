//! Numbers as French writes them: decimal comma, thousands apart.
//!
//! One rounding for all: to the nearest, a middle away from zero, in decimals. What
//! misses a middle by less than the seventh digit, all that an f32 is worth, counts as
//! one: 98,875 becomes 98,88 and 98,675 becomes 98,68, however they were computed.

/// The narrow no-break space that separates thousands.
const THIN: char = '\u{202f}';

/// `value` with `digits` decimals: `0,0712`, `60 000`.
pub(crate) fn number(value: f64, digits: usize) -> String {
    if !value.is_finite() {
        return if value.is_nan() {
            "NaN".into()
        } else if value > 0.0 {
            "∞".into()
        } else {
            "−∞".into()
        };
    }
    let text = format!("{:.digits$}", value.abs() + nudge(value.abs(), digits));
    let zero = text.bytes().all(|b| b == b'0' || b == b'.');
    let mut out = String::new();
    if value < 0.0 && !zero {
        out.push('−');
    }
    out.push_str(&comma(grouped(&text)));
    out
}

/// What brings `value` over the middle between two numbers of `digits` decimals, if it
/// lies there but for the error of an f32; a thousandth of the last decimal at most.
fn nudge(value: f64, digits: usize) -> f64 {
    let last = 10f64.powi(-(digits.min(300) as i32));
    (value * f64::from(f32::EPSILON) / 2.0).min(last / 1e3)
}

/// A text that is nothing but a number of Rust's, as French writes it; any other text
/// as it is.
pub(crate) fn cell(text: &str) -> String {
    let (sign, bare) = match text.strip_prefix('-') {
        Some(bare) => ("−", bare),
        None => ("", text),
    };
    let (whole, decimals) = bare.split_once('.').unwrap_or((bare, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !(digits(whole) && digits(decimals)) {
        return text.to_owned();
    }
    format!("{sign}{}", comma(grouped(bare)))
}

/// The digits before the point in groups of three, from five on.
fn grouped(text: &str) -> String {
    let whole = text.find('.').unwrap_or(text.len());
    let mut out = String::with_capacity(text.len() + 8);
    for (i, c) in text.char_indices() {
        if i > 0 && i < whole && (whole - i).is_multiple_of(3) && whole > 4 {
            out.push(THIN);
        }
        out.push(c);
    }
    out
}

/// A number as it was written, with the decimal comma: `2`, `1,5`, `1,0e-4`.
pub(crate) fn comma(text: impl ToString) -> String {
    text.to_string().replace('.', ",")
}

/// A number with `decimales` decimals, as French writes it.
///
/// ```
/// use mnist_tp::prelude::*;
/// assert_eq!(nombre(0.9785, 2), "0,98");
/// assert_eq!(nombre(60_000.0, 0), "60\u{202f}000");
/// ```
pub fn nombre(valeur: impl Into<f64>, decimales: usize) -> String {
    number(valeur.into(), decimales)
}

/// A whole number: `70 000`.
pub(crate) fn count(value: usize) -> String {
    number(value as f64, 0)
}

/// A share of 1 in per cent: `97,8 %`.
pub(crate) fn percent(value: f64, digits: usize) -> String {
    format!("{}\u{202f}%", number(100.0 * value, digits))
}

/// `count` of something, with the plural from 2 on: `1 image`, `24 images`.
pub(crate) fn plural(count: usize, noun: &str) -> String {
    format!("{}\u{a0}{noun}{}", self::count(count), if count > 1 { "s" } else { "" })
}

/// The rank of an epoch or an image: `1re`, `2e`.
pub(crate) fn feminine(rank: usize) -> String {
    if rank == 1 { "1re".into() } else { format!("{rank}e") }
}

/// `text` with curved apostrophes, and no-break spaces where French puts a space that
/// must not break: inside « », before : ; ? ! and after n°, around the × of two numbers.
pub(crate) fn typography(text: &str) -> String {
    let mut out = signs(text);
    for sign in [":", ";", "?", "!", "»"] {
        out = out.replace(&format!(" {sign}"), &format!("\u{a0}{sign}"));
    }
    out.replace("« ", "«\u{a0}").replace("n° ", "n°\u{a0}")
}

/// `l'image` as `l’image`, `3×3` as `3 × 3`.
fn signs(text: &str) -> String {
    let mut letters = text.chars().peekable();
    let mut before = ' ';
    let mut out = String::with_capacity(text.len());
    while let Some(letter) = letters.next() {
        let next = letters.peek().copied().unwrap_or(' ');
        match letter {
            '\'' if before.is_alphabetic() && (next.is_alphabetic() || "«`".contains(next)) => {
                out.push('’');
            }
            '×' if before.is_ascii_digit() && next.is_ascii_digit() => {
                out.push_str("\u{a0}×\u{a0}")
            }
            _ => out.push(letter),
        }
        before = letter;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_french() {
        assert_eq!(number(0.0712, 4), "0,0712");
        assert_eq!(number(-1.5, 1), "−1,5");
        assert_eq!(number(-0.0001, 2), "0,00");
        assert_eq!(number(60_000.0, 0), "60\u{202f}000");
        assert_eq!(number(1_234_567.0, 0), "1\u{202f}234\u{202f}567");
        assert_eq!(number(1932.0, 0), "1932");
        assert_eq!(number(12_345.678_9, 2), "12\u{202f}345,68");
        assert_eq!(number(f64::NAN, 2), "NaN");
        assert_eq!(percent(0.978, 1), "97,8\u{202f}%");
        assert_eq!(plural(1, "image"), "1\u{a0}image");
        assert_eq!(typography("l'époque de 'a'"), "l’époque de 'a'");
        assert_eq!(typography("3×3×1, k × 3"), "3\u{a0}×\u{a0}3\u{a0}×\u{a0}1, k × 3");
        assert_eq!(typography("« n° 3 » : 4"), "«\u{a0}n°\u{a0}3\u{a0}»\u{a0}: 4");
        assert_eq!((feminine(1), feminine(21)), ("1re".into(), "21e".into()));
        assert_eq!(plural(24, "image"), "24\u{a0}images");
    }

    #[test]
    fn a_middle_is_rounded_away_from_zero_however_it_was_computed() {
        for (share, shown) in [(0.98875f32, "98,88"), (0.98675, "98,68"), (0.98125, "98,13")] {
            let wide = f64::from(share);
            let written: f64 = share.to_string().parse().unwrap();
            let all = [100.0 * written, 100.0 * wide, f64::from(100.0 * share)];
            for value in all {
                assert_eq!(number(value, 2), shown, "{value}");
                assert_eq!(number(-value, 2), format!("−{shown}"));
            }
            assert_eq!(percent(wide, 2), format!("{shown}\u{202f}%"));
        }
        assert_eq!(
            (number(0.5, 0), number(1.5, 0), number(2.5, 0)),
            ("1".into(), "2".into(), "3".into())
        );
        // Below the middle is below.
        assert_eq!((number(98.8749, 2), number(0.4999, 0)), ("98,87".into(), "0".into()));
        // No whole number moves, and none of many digits.
        assert_eq!(count(4_000_000_019), "4\u{202f}000\u{202f}000\u{202f}019");
        assert_eq!(number(0.123_456_789_012, 12), "0,123456789012");
        assert_eq!(number(1e300, 0).chars().filter(char::is_ascii_digit).count(), 301);
        assert_eq!(number(1.0, 1000).len(), 1002);
    }

    #[test]
    fn a_cell_that_is_a_number_is_french() {
        assert_eq!(cell("623290"), "623\u{202f}290");
        assert_eq!(cell("-12345.678"), "−12\u{202f}345,678");
        assert_eq!((cell("0.9804"), cell("7")), ("0,9804".into(), "7".into()));
        for text in ["", "-", ".5", "3.", "1.2.3", "98,04", "784-10", "dense 784", "1e-3", "v0.9"] {
            assert_eq!(cell(text), text);
        }
    }
}
