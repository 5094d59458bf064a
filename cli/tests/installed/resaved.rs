//! Submissions that another tool has saved: graded by the real nbgrader in the
//! real kernel, and files that no kernel needs to see.

use crate::common::{SOLUTION, line, root, sandbox, tp};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// The cells of the solution, right answers in them, with nothing but their
/// texts left; without the figure, which earns nothing and takes time.
fn bare() -> Vec<(String, String)> {
    let text = fs::read_to_string(root().join(SOLUTION)).unwrap();
    let notebook: Value = serde_json::from_str(&text).unwrap();
    let cells = notebook["cells"].as_array().unwrap().iter();
    let cells = cells.filter(|cell| cell["id"] != "figure").map(|cell| {
        let source = match &cell["source"] {
            Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect(),
            other => other.as_str().unwrap().to_owned(),
        };
        (cell["cell_type"].as_str().unwrap().to_owned(), source)
    });
    cells.collect()
}

fn hand_in(folder: &Path, student: &str, content: impl AsRef<[u8]>) {
    let path = folder.join(student).join("notation.ipynb");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

/// A student's line of the table.
#[test]
fn right_answers_keep_their_points_when_the_metadata_are_lost() {
    let folder = tempfile::tempdir().unwrap();
    let (handed_in, out) = (folder.path().join("copies"), folder.path().join("notes"));
    // Every cell for itself, by a tool that writes nothing but type and source.
    let cells = bare().into_iter().map(|(kind, source)| {
        let lines: Vec<_> = source.split_inclusive('\n').collect();
        json!({"cell_type": kind, "source": lines})
    });
    let lost = json!({"cells": cells.collect::<Vec<_>>(), "nbformat": 4, "nbformat_minor": 4});
    let text =
        lost.to_string().replacen("\"source\"", "\"note\":\"\\ud800\",\"poids\":NaN,\"source\"", 1);
    hand_in(&handed_in, "perdues", format!("\u{FEFF}{text}"));
    // Code cells merged, as a script makes them.
    let mut merged: Vec<(String, String)> = Vec::new();
    for (kind, source) in bare() {
        match merged.last_mut() {
            Some((last, text)) if *last == kind && kind == "code" => {
                *text += &format!("\n\n{source}")
            }
            _ => merged.push((kind, source)),
        }
    }
    let cells = merged.into_iter().map(|(kind, source)| {
        json!({"cell_type": kind, "source": source, "metadata": {}, "outputs": [], "id": "x"})
    });
    let merged = json!({"cells": cells.collect::<Vec<_>>(), "metadata": {"kernelspec":
        {"name": "python3", "display_name": "Python 3"}}, "nbformat": 4, "nbformat_minor": 5});
    hand_in(&handed_in, "fondues", merged.to_string());

    let (source, target) = (handed_in.to_str().unwrap(), out.to_str().unwrap());
    let arguments = ["--json", "--timeout", "90", "--solution", SOLUTION];
    let graded = tp(&[&["grade", source, "--out", target], &arguments[1..], sandbox()].concat());
    assert!(graded.status.success());
    let table = fs::read_to_string(out.join("notes.csv")).unwrap();
    println!("{table}");
    for student in ["perdues", "fondues"] {
        let line = line(&table, student);
        assert!(line.starts_with(&format!("{student},notation,4,6,1,")), "{line}");
        assert!(line.contains("4 exercices reconnus"), "{line}");
        assert!(!line.contains("restaurée") && !line.contains("remise"), "{line}");
    }

    let copy = handed_in.join("fondues/notation.ipynb");
    let checked = tp(&[&["check", copy.to_str().unwrap()], &arguments[..], sandbox()].concat());
    let text = String::from_utf8(checked.stdout).unwrap();
    let report: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!((&report["score"], &report["max"]), (&json!(4.0), &json!(4.0)), "{text}");
    assert!(text.contains("4 exercices reconnus"), "{text}");
}

#[test]
fn a_copy_that_cannot_be_graded_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let (handed_in, out) = (folder.path().join("copies"), folder.path().join("notes"));
    let cases: [(&str, &[u8], &str); 7] = [
        ("vide", b"", "fichier vide"),
        ("ancien", b"{\"nbformat\": 3, \"worksheets\": []}", "format 3"),
        ("coupe", b"{\"cells\": [", "fichier incomplet"),
        ("latin", b"{\"cells\": [], \"auteur\": \"Ren\xE9\"}", "UTF-8"),
        ("liste", b"[]", "pas un objet"),
        (
            "autre",
            b"{\"cells\": [{\"cell_type\": \"code\", \"source\": \"1\"}]}",
            "aucun exercice reconnu",
        ),
        ("page", b"<!DOCTYPE html><html></html>", "page web"),
    ];
    for (student, content, _) in cases {
        hand_in(&handed_in, student, content);
    }
    fs::create_dir_all(handed_in.join("dossier/notation.ipynb")).unwrap();
    let (source, target) = (handed_in.to_str().unwrap(), out.to_str().unwrap());
    let arguments = ["grade", source, "--out", target, "--solution", SOLUTION];
    assert!(tp(&[&arguments[..], sandbox()].concat()).status.success());
    let table = fs::read_to_string(out.join("notes.csv")).unwrap();
    for (student, _, cause) in cases.into_iter().chain([("dossier", &b""[..], "un dossier")]) {
        let line = line(&table, student);
        assert!(line.contains("non noté") && line.contains(cause), "{line}");
    }
}
