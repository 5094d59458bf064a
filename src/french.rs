//! Numbers as French writes them: decimal comma, thousands apart.

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
    let text = format!("{:.digits$}", value.abs());
    let (whole, decimals) = match text.split_once('.') {
        Some((whole, decimals)) => (whole, Some(decimals)),
        None => (text.as_str(), None),
    };
    let zero = text.bytes().all(|b| b == b'0' || b == b'.');
    let mut out = String::new();
    if value < 0.0 && !zero {
        out.push('−');
    }
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 && whole.len() > 4 {
            out.push(THIN);
        }
        out.push(c);
    }
    if let Some(decimals) = decimals {
        out.push(',');
        out.push_str(decimals);
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

/// `text` with no-break spaces where French puts a space that must not break:
/// inside « », before : ; ? ! and after n°.
pub(crate) fn typography(text: &str) -> String {
    let mut out = text.to_string();
    for sign in [":", ";", "?", "!", "»"] {
        out = out.replace(&format!(" {sign}"), &format!("\u{a0}{sign}"));
    }
    out.replace("« ", "«\u{a0}").replace("n° ", "n°\u{a0}")
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
        assert_eq!(number(f64::NAN, 2), "NaN");
        assert_eq!(percent(0.978, 1), "97,8\u{202f}%");
        assert_eq!(plural(1, "image"), "1\u{a0}image");
        assert_eq!(typography("« n° 3 » : 4"), "«\u{a0}n°\u{a0}3\u{a0}»\u{a0}: 4");
        assert_eq!((feminine(1), feminine(21)), ("1re".into(), "21e".into()));
        assert_eq!(plural(24, "image"), "24\u{a0}images");
    }
}
