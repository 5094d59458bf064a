//! The test cells call the library's checks, whatever a student's code has named
//! `check`: their paths are made absolute before the run.

use super::reference::{gives_points, grade_id};
use crate::notebook;
use serde_json::Value;

const LIBRARY: &str = "::mnist_tp::";
const NAME: &str = "check";
/// What gives a name to something.
const MAKERS: [&str; 9] =
    ["mod", "fn", "struct", "enum", "trait", "union", "type", "as", "macro_rules!"];

/// Makes the paths `check::…` of the test cells absolute.
pub fn anchor(content: &mut Value) {
    for cell in content["cells"].as_array_mut().into_iter().flatten() {
        if is_test(cell) {
            cell["source"] = anchored(&notebook::source(cell)).into();
        }
    }
}

/// What is said of a notebook whose code has a `check` of its own; the exercises
/// earn what the library's say all the same.
pub fn remark(content: &Value) -> Option<String> {
    let cells = notebook::cells(content);
    let own = cells.iter().filter(|cell| cell["cell_type"] == "code" && !is_test(cell));
    let named = own.map(notebook::source).any(|source| names(&source));
    named.then(|| format!("le code définit son propre « {NAME} », sans effet sur la note"))
}

fn is_test(cell: &Value) -> bool {
    cell["cell_type"] == "code" && grade_id(cell).is_some() && gives_points(cell)
}

fn anchored(source: &str) -> String {
    let mut text = String::new();
    let mut rest = source;
    while let Some(place) = rest.find("check::") {
        let before = &rest[..place];
        text.push_str(before);
        let last = text.chars().next_back();
        if !last.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
            if text.rsplit('\n').next().unwrap_or_default().trim().is_empty() {
                // evcxr takes a line that begins with a colon for a command.
                text.push_str("/**/ ");
            }
            text.push_str(LIBRARY);
        }
        text.push_str("check::");
        rest = &rest[place + "check::".len()..];
    }
    text + rest
}

/// Whether something is called `check` in this code.
fn names(source: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '!';
    let mut words = source.split(|c| !is_part(c)).filter(|word| !word.is_empty());
    let mut before = words.next().unwrap_or_default();
    words.any(|word| {
        let made = MAKERS.contains(&before) && word.trim_end_matches('!') == NAME;
        before = word;
        made
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn test_cell(source: &str) -> Value {
        let grading = json!({"grade": true, "solution": false, "grade_id": "a"});
        json!({"cell_type": "code", "metadata": {"nbgrader": grading}, "source": source})
    }

    #[test]
    fn test_cells_call_the_librarys_checks() {
        let source =
            "check::tp1::f(f)\n  check::tp2::k();\nprecheck::g() + (crate::check::h()) // check::i";
        let own = json!({"cell_type": "code", "metadata": {}, "source": "check::tp1::f(f)"});
        let mut content = json!({"cells": [own, test_cell(source)]});
        anchor(&mut content);
        assert_eq!(content["cells"][0]["source"], "check::tp1::f(f)");
        assert_eq!(
            content["cells"][1]["source"],
            "/**/ ::mnist_tp::check::tp1::f(f)\n  /**/ ::mnist_tp::check::tp2::k();\nprecheck::g() + (crate::check::h()) // ::mnist_tp::check::i"
        );
    }

    #[test]
    fn a_check_of_ones_own_is_told() {
        for (source, told) in [
            ("mod check { pub mod tp1 {} }", true),
            ("use faux as check;", true),
            ("macro_rules! check { () => {} }", true),
            ("check::tp1::neurone(neurone)", false),
            ("fn checked() {} let check = 1;", false),
        ] {
            let cell = json!({"cell_type": "code", "metadata": {}, "source": source});
            assert_eq!(remark(&json!({"cells": [cell]})).is_some(), told, "{source}");
        }
        assert!(remark(&json!({"cells": [test_cell("mod check {}")]})).is_none());
    }
}
