//! One French line above the compile errors that students meet most.
//!
//! The code of the error is in evcxr's report only for cells in pure ASCII
//! (others get a plainer report), so each entry also knows its message.

use super::phrases::{ENTRIES, ERRORS};

/// The French line for a compile error, from its message and evcxr's report.
pub fn advice(message: &str, report: &str) -> Option<String> {
    let code = code(report);
    let entry = ENTRIES.iter().find(|entry| {
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
    let name = message.split('`').nth(1).unwrap_or("ce nom");
    Some(entry.advice.replace("{}", name))
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
            ("borrow of moved value: `v`", "[E0382] Error: …", "« &v »"),
            ("mismatched types", "[E0308] expected `f32`, found `i32`", "attendu"),
            ("mismatched types", "expected `Tensor`, found `Result<Tensor, Error>`", "« ? »"),
            (
                "no method named `dims` found for enum `Result<T, E>` in the current scope",
                "[E0599]",
                "« ? »",
            ),
            ("no method named `dim` found for struct `Tensor`", "[E0599]", "« dim » n’existe pas"),
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
        for advice in ENTRIES.iter().map(|entry| entry.advice).chain(errors) {
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
