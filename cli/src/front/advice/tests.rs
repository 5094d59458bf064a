use super::*;
use crate::front::diagnostic::{Diagnostic, Mark};
use crate::front::kept::Kept;

#[test]
fn a_sentence_is_typeset_and_its_code_left_alone() {
    assert_eq!(typeset("« 'a' » n'est : rien !"), "«\u{a0}'a'\u{a0}» n’est\u{a0}: rien\u{a0}!");
    assert_eq!(typeset("« if a { b : c } »"), "«\u{a0}if a { b : c }\u{a0}»");
}

#[test]
fn errors_of_a_running_cell_are_typeset() {
    for (_, advice) in ERRORS {
        assert!(
            advice.ends_with('.') && !advice.contains("  ") && !advice.contains('\''),
            "{advice}"
        );
        for mark in [" :", " ;", " ?", " !", "« ", " »"] {
            assert!(!advice.contains(mark), "espace sécable : {advice}");
        }
    }
    assert!(advice_on_err("shape mismatch in matmul, lhs: [2, 3]").is_some());
    assert!(advice_on_err("rare").is_none());
}

/// What rustc said of the cells of `tests/installed/front/errors.py` in the real kernel.
const CELLS: &str = include_str!("cells.jsonl");

/// evcxr's code, of which the lines beside the error are kept.
fn generated(case: &serde_json::Value) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for (number, text) in case["generated"].as_object().into_iter().flatten() {
        let number: usize = number.parse().unwrap();
        lines.resize(lines.len().max(number), "");
        lines[number - 1] = text.as_str().unwrap();
    }
    lines.join("\n")
}

fn failures() -> impl Iterator<Item = (serde_json::Value, crate::front::failure::Failure)> {
    use crate::front::failure::Failure;
    CELLS.lines().map(|line| {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        let code = case["cell"].as_str().unwrap();
        let evalue = case["evalue"].as_str().unwrap();
        let messages: String = case["rustc"]
            .as_array()
            .unwrap()
            .iter()
            .map(|message| format!("{message}\n"))
            .collect();
        let kept = Kept::of(&messages, &generated(&case)).take(evalue, code, None);
        let known =
            |name: &str| case["known"].as_array().unwrap().iter().any(|known| known == name);
        let content = serde_json::json!({ "evalue": evalue, "traceback": [] });
        let failure = Failure::from_compiler(&content, kept, code, &known);
        (case, failure)
    })
}

#[test]
fn each_kind_of_error_has_its_line() {
    for (case, failure) in failures() {
        let said = failure.traceback[0].replace('\u{a0}', " ");
        for part in case["says"].as_array().unwrap() {
            let part = part.as_str().unwrap();
            assert!(
                said.contains(part),
                "{}\n{part:?}\n{:#?}",
                case["cell"].as_str().unwrap(),
                failure.traceback
            );
        }
    }
}

#[test]
fn each_error_has_one_layout() {
    for (case, failure) in failures() {
        let code = case["cell"].as_str().unwrap();
        let head = &failure.traceback[1];
        assert!(head.contains("Compilation, ligne "), "{code}: {head}");
        for line in &failure.traceback {
            let bare = line.trim_end();
            assert!(
                !bare.ends_with([':', '(']) || code.contains(bare.rsplit("│ ").next().unwrap()),
                "{code}: {line}"
            );
            assert!(
                !line.contains("Evcxr") && !line.contains("mnist_tp::prelude::Tensor"),
                "{code}: {line}"
            );
        }
    }
}

#[test]
fn what_rustc_proposes_does_not_contradict_the_line() {
    let contrary = [
        ("3,5", "3;5"),
        ("0,2", "0.0,2"),
        ("r.dense(", "r.clone()"),
        ("a / b\n", "(a / b) as f32"),
        ("e.push(i)", "try_into"),
        ("m[1, 2]", "m;["),
        ("return Ok(i)", "Ok(())"),
        ("octet == rang", "u32::from"),
        ("vraies[0] == v", "try_into"),
    ];
    for (written, proposed) in contrary {
        let is_meant = |case: &serde_json::Value| case["cell"].as_str().unwrap().contains(written);
        let found: Vec<_> = failures().filter(|(case, _)| is_meant(case)).collect();
        assert!(!found.is_empty(), "{written}");
        for (_, failure) in found {
            let contradicts = failure.traceback.iter().any(|line| line.contains(proposed));
            assert!(!contradicts, "{:#?}", failure.traceback);
        }
    }
}

#[test]
fn a_comma_between_two_arguments_is_none_of_a_number() {
    let said = |cell: &str, start: usize| {
        let label = "expected `f32`, found integer".to_owned();
        let marks = vec![Mark { line: 0, start, end: start + 1, label, primary: true }];
        let error = Diagnostic { code: "E0308".into(), marks, ..Diagnostic::default() };
        advice(&Case { error: &error, cell, known: &|_| false }).unwrap()
    };
    assert!(said("let a: f32 = 0,5;", 13).contains("0.5"));
    assert!(said("let a = aire(1,2.0);", 13).contains("1.0"));
    assert!(said("let a: [f32; 2] = [1,2.0];", 19).contains("1.0"));
}

#[test]
fn lines_are_whole_and_typeset() {
    for (_, failure) in failures() {
        let line = &failure.traceback[0];
        assert!(line.contains('→') && line.contains('.') && !line.contains("  "), "{line}");
        assert_eq!(line.matches('«').count(), line.matches('»').count(), "{line}");
    }
}
