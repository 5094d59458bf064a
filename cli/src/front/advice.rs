//! One French line above the compile errors that students meet most.
//!
//! The code of the error is in evcxr's report only for cells in pure ASCII
//! (others get a plainer report), so each entry also knows its message.

use super::phrases::entries;
use super::words::{ERRORS, NAMES};

/// The French line for a compile error, from its message and evcxr's report.
pub fn advice(message: &str, report: &str) -> Option<String> {
    let name = message.split('`').nth(1).unwrap_or("ce nom");
    if message.starts_with("cannot find")
        && let Some((_, whole)) = NAMES.iter().find(|(short, _)| *short == name)
    {
        return Some(format!("«\u{a0}{name}\u{a0}» s’écrit ici «\u{a0}{whole}\u{a0}»."));
    }
    let code = code(report);
    let entry = entries().find(|entry| {
        let right = code.is_none_or(|code| entry.code == code);
        // The report also says "expected …, found …": types stand there.
        let (first, others) = entry.message.split_first().unwrap_or((&"", &[]));
        right
            && (message.contains(first) || (message.is_empty() && report.contains(first)))
            && others.iter().all(|text| message.contains(text) || report.contains(text))
    });
    let entry = entry?;
    if entry.advice.contains("{:?}") {
        return Some(entry.advice.into());
    }
    let last = message.rsplit('`').nth(1).unwrap_or(name);
    Some(entry.advice.replace("{}", name).replace("{last}", last))
}

/// The French line for the text of an `Err`.
pub fn advice_on_err(text: &str) -> Option<&'static str> {
    ERRORS.iter().find(|(part, _)| text.contains(part)).map(|(_, advice)| *advice)
}

/// `E0425` out of a report that contains `[E0425]`.
fn code(report: &str) -> Option<&str> {
    report.match_indices("[E").find_map(|(at, _)| {
        let code = report.get(at + 1..at + 6)?;
        let digits = code[1..].bytes().all(|byte| byte.is_ascii_digit());
        (digits && report[at + 6..].starts_with(']')).then_some(code)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_common_errors_have_a_line() {
        for (message, report, part) in [
            ("cannot find value `x` in this scope", "[E0425] Error: …", "« x » n’est pas connu"),
            ("cannot find value `y` in this scope", "let é = y;", "« y » n’est pas connu"),
            ("cannot find function <end of input> in crate `std`", "", "pas finie"),
            ("The variable `f` is a closure, which cannot be persisted.", "", "«\u{a0}fn f("),
            (
                "The variable `p` contains a reference with a non-static lifetime",
                "",
                "dans «\u{a0}p",
            ),
            ("duplicate definitions with name `f`", "[E0592]", "Redémarrez"),
            ("conflicting implementations of trait `A` for type `T`", "[E0119]", "Redémarrez"),
            ("borrow of moved value: `v`", "[E0382] Error: …", "« &v »"),
            ("mismatched types", "[E0308] expected `f32`, found `i32`", "attendu"),
            ("mismatched types", "expected `Tensor`, found `Result<Tensor, Error>`", "« ? »"),
            (
                "no method named `dims` found for enum `Result<T, E>` in the current scope",
                "[E0599]",
                "« ? »",
            ),
            ("no method named `dim` found for struct `Tensor`", "[E0599]", "« dim » n’existe pas"),
            ("cannot find value `Relu` in this scope", "[E0425]", "Activation::Relu"),
            ("cannot find function `exp` in this scope", "[E0425]", "x.exp()"),
            ("mismatched types", "[E0308] expected `f64`, found integer", "1.0"),
            (
                "struct `mnist_tp::prelude::Fit<'_>` has no field named `batch`",
                "[E0560]",
                "batch\u{a0}» n’existe pas",
            ),
            ("expected value, found struct `Adam`", "[E0423]", "Adam::default()"),
            ("function cannot return without recursing", "", "sans jamais s’arrêter"),
            ("cannot assign twice to immutable variable `n`", "[E0384]", "let mut n"),
            ("expected `;`, found <end of input>", "", "« ; »"),
            ("`T` doesn't implement `std::fmt::Display`", "[E0277]", "{:?}"),
        ] {
            let line = advice(message, report).unwrap_or_default();
            assert!(line.contains(part), "{message} : {line}");
        }
        assert_eq!(advice("une erreur rare", "[E0999]"), None);
    }

    #[test]
    fn lines_are_whole_and_typeset() {
        let errors = ERRORS.iter().map(|(_, advice)| *advice);
        for advice in entries().map(|entry| entry.advice).chain(errors) {
            assert!(advice.ends_with('.') && !advice.contains("  "), "{advice}");
            assert!(!advice.contains('\''), "apostrophe droite : {advice}");
            for mark in [" :", " ;", " ?", " !", "« ", " »"] {
                assert!(!advice.contains(mark), "espace sécable : {advice}");
            }
        }
        assert!(advice_on_err("shape mismatch in matmul, lhs: [2, 3]").is_some());
        assert!(advice_on_err("rare").is_none());
    }
}
