//! Notebooks of any bytes, for the fuzzer (`fuzz/` of the project) and for a
//! seeded sample in `cargo test`.

use super::points;
use super::reference::Reference;
use super::submission::Submission;
use crate::notebook;
use serde_json::{Value, json};
use std::path::Path;

/// A submission, as `check` and `grade` take it up: what is read is recognised,
/// restored, counted, and still a notebook.
pub fn notebook(data: &[u8]) {
    let Ok(content) = notebook::parse(data) else { return };
    let references = [solution()];
    let _ = Reference::of(&references, Path::new("copie.ipynb"), &content);
    let Ok(submission) = Submission::of(content, Some(&references[0])) else { return };
    let restored = submission.content;
    for cell in notebook::cells(&restored) {
        let outputs: &[Value] = cell["outputs"].as_array().map_or(&[], Vec::as_slice);
        let points = points::earned(outputs, 2.0);
        assert!((0.0..=2.0).contains(&points), "{points}");
    }
    for graded in points::graded(notebook::cells(&restored)) {
        assert!(!graded.max.is_nan());
    }
    assert!(notebook::parse(restored.to_string().as_bytes()).is_ok());
}

fn solution() -> Reference {
    let cell = |id: &str, kind: &str, grade: bool, source: &str| {
        let grading = json!({"grade_id": id, "grade": grade, "solution": !grade || kind == "markdown", "points": 2});
        json!({"id": id, "cell_type": kind, "source": source, "metadata": {"nbgrader": grading}})
    };
    let cells = json!([
        cell("neurone", "code", false, "fn neurone(x: f64) -> f64 {\n    2.0 * x\n}"),
        cell("test-neurone", "code", true, "check::tp1::neurone(neurone)"),
        cell("question", "markdown", true, "**Question** : pourquoi ?"),
    ]);
    let content = json!({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5});
    Reference { path: "Sol_TP1.ipynb".into(), name: "TP1".into(), content }
}

#[cfg(test)]
#[path = "../../../fuzz/mutate.rs"]
#[allow(clippy::duplicate_mod, reason = "each target stands alone, for the fuzzer too")]
mod mutate;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_notebooks_are_read_or_refused() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/corpus/notebook");
        mutate::sample(&mutate::corpus(folder), 5_000, notebook);
    }
}
