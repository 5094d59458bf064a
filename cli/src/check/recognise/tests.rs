//! What other tools leave of a submission, and what is recognised in it.

use super::*;
use crate::layout::Layout;
use std::path::Path;

/// The course's own solutions.
fn solutions() -> Vec<Reference> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let layout = Layout { root: root.to_owned(), tp: root.join(".tp") };
    Reference::all(&layout, None).unwrap()
}

fn short() -> Reference {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let layout = Layout { root: root.to_owned(), tp: root.join(".tp") };
    let path = root.join("tests/notebooks/notation/Sol_notation.ipynb");
    Reference::all(&layout, Some(&path)).unwrap().remove(0)
}

/// A solution handed in without any metadata.
fn bare(reference: &Reference) -> Value {
    let mut content = reference.content.clone();
    for cell in content["cells"].as_array_mut().unwrap() {
        let object = cell.as_object_mut().unwrap();
        object.remove("id");
        object.insert("metadata".to_owned(), json!({}));
    }
    content["metadata"] = json!({});
    content
}

/// The exercises' identifiers, in the notebook's order.
fn ids(content: &Value) -> Vec<String> {
    notebook::cells(content).iter().filter_map(grade_id).map(str::to_owned).collect()
}

fn graded(reference: &Reference) -> Vec<String> {
    reference.exercises().into_iter().map(|exercise| exercise.id).collect()
}

/// The identifiers that give points, in the notebook's order.
fn graded_in(content: &Value, reference: &Reference) -> Vec<String> {
    let graded = graded(reference);
    ids(content).into_iter().filter(|id| graded.contains(id)).collect()
}

/// A notebook of the given cells.
fn notebook_of(cells: &[(&str, &str)]) -> Value {
    let cell = |(kind, source): &(&str, &str)| json!({"cell_type": kind, "source": source});
    let cells: Vec<_> = cells.iter().map(cell).collect();
    notebook::parse(json!({"cells": cells}).to_string().as_bytes()).unwrap()
}

fn sources(content: &Value) -> Vec<String> {
    notebook::cells(content).iter().map(notebook::source).collect()
}

#[test]
fn every_exercise_of_the_course_is_recognised_without_metadata() {
    for reference in solutions() {
        let mut content = bare(&reference);
        let remarks = reference.recognise(&mut content).unwrap();
        assert_eq!(ids(&content), ids(&reference.content), "{}", reference.name);
        assert_eq!(remarks.len(), 1, "{remarks:?}");
        // What has its metadata is left alone.
        let once = content.clone();
        assert!(reference.recognise(&mut content).unwrap().is_empty());
        assert_eq!(content, once);
    }
}

#[test]
fn tests_merged_with_other_code_are_cut_out() {
    for reference in solutions() {
        let mut content = bare(&reference);
        let cells = content["cells"].as_array().unwrap().clone();
        let mut merged: Vec<Value> = Vec::new();
        for cell in cells {
            let source = notebook::source(&cell);
            match merged.last_mut() {
                Some(last) if cell["cell_type"] == "code" && last["cell_type"] == "code" => {
                    let joined = format!("{}\r\n\r\n{source}  ", notebook::source(last));
                    last["source"] = joined.into();
                }
                _ => merged.push(cell),
            }
        }
        content["cells"] = merged.into();
        reference.recognise(&mut content).unwrap();
        assert_eq!(graded_in(&content, &reference), graded(&reference), "{}", reference.name);
        for cell in notebook::cells(&content).iter().filter(|cell| is_test(cell)) {
            let own = place(notebook::cells(&reference.content), id(cell)).unwrap();
            let own = &notebook::cells(&reference.content)[own];
            assert_eq!(notebook::source(cell), notebook::source(own));
        }
    }
}

#[test]
fn a_lost_test_follows_the_cell_that_calls_its_check_or_answers_it() {
    let mut content = notebook_of(&[
        ("code", "use mnist_tp::*;"),
        ("code", "fn argmax(scores: &[f32]) -> usize { 0 }"),
        ("code", "let points = check::tp1::argmax(argmax);"),
        ("code", "fn taux_reussite(predites: &[u32], vraies: &[u8]) -> f32 { 1.0 }"),
        ("code", "fin()"),
    ]);
    let remarks = short().recognise(&mut content).unwrap().join(" ; ");
    let found = sources(&content);
    let at = |text: &str| found.iter().position(|source| source == text).unwrap();
    assert_eq!(at("check::tp1::argmax(argmax)"), 3, "{found:?}");
    assert_eq!(at("check::tp1::taux_reussite(taux_reussite)"), 5, "{found:?}");
    // What nothing stands for is tried last, and told.
    assert_eq!(at("check::tp1::erreurs(erreurs)"), 7, "{found:?}");
    assert!(remarks.contains("non retrouvé") && remarks.contains("tp1-erreurs"), "{remarks}");
    assert!(remarks.contains("2 exercices reconnus"), "{remarks}");
}

#[test]
fn the_last_of_several_copies_of_a_test_counts() {
    let test = "check::tp1::argmax(argmax)";
    let mut content =
        notebook_of(&[("code", test), ("code", "fn argmax() {}"), ("code", test), ("raw", test)]);
    short().recognise(&mut content).unwrap();
    assert_eq!(place(notebook::cells(&content), "tp1-argmax"), Some(2));
}

#[test]
fn a_call_in_a_comment_or_a_block_is_no_test_of_its_own() {
    let test = "check::tp1::argmax(argmax)";
    let block = format!("fn tout() {{\n    {test}\n}}");
    let mut content = notebook_of(&[
        ("code", &format!("/*\n{test}\n*/")),
        ("code", &format!("// {test}")),
        ("code", &block),
        ("code", "1"),
    ]);
    short().recognise(&mut content).unwrap();
    assert_eq!(sources(&content)[2..4], [block, test.to_owned()]);
}

#[test]
fn a_written_answer_is_found_by_its_question() {
    let reference = short();
    let question = notebook::cells(&reference.content)
        .iter()
        .find(|cell| grade_id(cell) == Some("question"))
        .map(|cell| statement(&notebook::source(cell)))
        .unwrap();
    let text = format!("## À rendre\n\n{}\n\nParce que.", question.replace(' ', "  "));
    let mut content = notebook_of(&[("markdown", "Pourquoi ?"), ("markdown", &text)]);
    reference.recognise(&mut content).unwrap();
    assert_eq!(place(notebook::cells(&content), "question"), Some(1));
}

#[test]
fn a_notebook_of_something_else_has_a_reason() {
    let mut content = notebook_of(&[("code", "print(1)"), ("markdown", "# Autre")]);
    let told = short().recognise(&mut content).unwrap_err().to_string();
    assert!(told.contains("aucun exercice reconnu") && told.contains("métadonnées"), "{told}");
}

#[test]
fn metadata_in_pieces_are_mended() {
    let reference = short();
    let mut content = reference.content.clone();
    let cells = content["cells"].as_array_mut().unwrap();
    let place = place(cells, "tp1-argmax").unwrap();
    let whole = cells[place]["metadata"]["nbgrader"].clone();
    cells[place]["metadata"]["nbgrader"] = json!({"grade_id": "tp1-argmax", "grade": true});
    cells[0]["metadata"]["nbgrader"] = json!({"grade": "oui"});
    let renamed = super::place(cells, "tp1-erreurs").unwrap();
    cells[renamed]["metadata"]["nbgrader"]["grade_id"] = "ancien-nom".into();
    reference.recognise(&mut content).unwrap();
    let cells = notebook::cells(&content);
    assert_eq!(cells[place]["metadata"]["nbgrader"], whole);
    assert_eq!(cells[0]["metadata"]["nbgrader"], json!({}));
    // A test of another identifier is known by its text.
    assert_eq!(super::place(cells, "tp1-erreurs"), Some(renamed));
}

#[test]
fn brackets_in_strings_hide_no_test() {
    let test = "check::tp1::argmax(argmax)";
    let merged = format!("let c = '{{'; // (\nlet s = \"[((\";\n{test}\nlet t = 1;");
    let mut content = notebook_of(&[("code", &merged)]);
    short().recognise(&mut content).unwrap();
    assert_eq!(sources(&content)[1..3], [test, "let t = 1;"]);
}

#[test]
fn a_file_of_another_name_is_known_by_its_checks() {
    let all = solutions();
    for reference in &all {
        let found = Reference::of(&all, Path::new("rendu.ipynb"), &bare(reference)).unwrap();
        assert_eq!(found.name, reference.name);
    }
    let other = notebook_of(&[("code", "print(1)")]);
    assert!(Reference::of(&all, Path::new("rendu.ipynb"), &other).is_none());
}
