//! The notebooks in the real kernel: every solution is clean and shows what it
//! should; every student notebook is that of its solution, and fails only where
//! it is to be completed.

mod common;

use common::{notebooks, root, run_notebook, said, side_by_side, tp};
use serde_json::Value;
use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// The solutions, and a tiny notebook that tests this file itself.
fn folders() -> [(&'static str, &'static str); 2] {
    [("tests/notebooks", "tests/notebooks"), ("solutions", "notebooks")]
}

#[test]
fn every_solution_is_clean_and_shows_its_figures() {
    let paths = folders().iter().flat_map(|(solutions, _)| notebooks(solutions, true)).collect();
    // A solution goes on to its end, a student's notebook stops at its blanks: the
    // solutions first, the longest text before the others.
    side_by_side(
        paths,
        |path| 1000 * length(path),
        |path| {
            let out = tempfile::tempdir().unwrap();
            let (output, executed) = run_notebook(&path, out.path(), false);
            println!("{}", said(&output));
            assert!(output.status.success(), "{}", said(&output));
            for cell in executed["cells"].as_array().unwrap() {
                figures_are_shown(cell);
                accuracy_is_reached(cell);
            }
        },
    );
}

/// The bytes of a notebook: about how long it takes, beside another of its kind.
fn length(path: &Path) -> u64 {
    std::fs::metadata(path).unwrap().len()
}

#[test]
fn student_notebooks_are_those_of_the_solutions() {
    for (solutions, students) in folders() {
        let mut release = tp();
        release.args(["release", "--check", "--out"]).arg(root().join(students));
        release.args(notebooks(solutions, true));
        let output = release.output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
    }
}

/// Mend: `cargo tp run --out solutions/executed solutions/*.ipynb`.
#[test]
fn executed_copies_are_those_of_the_solutions() {
    for solution in notebooks("solutions", true) {
        let copy = root().join("solutions/executed").join(solution.file_name().unwrap());
        let (source, executed) = (read(&solution), read(&copy));
        let said = |what: &str| format!("{}: {what}; run it again", copy.display());
        let cells = source["cells"].as_array().unwrap();
        let copies = executed["cells"].as_array().unwrap();
        assert_eq!(cells.len(), copies.len(), "{}", said("another number of cells"));
        for (cell, copy) in cells.iter().zip(copies) {
            let (cell_text, copy_text) = (text(&cell["source"]), text(&copy["source"]));
            assert_eq!(cell_text, copy_text, "{}", said("another source"));
            let complaints = complaints(copy);
            assert!(complaints.is_empty(), "{}\n{}", said("a failure"), complaints.join("\n"));
            let has_run = cell["cell_type"] != "code" || !copy["execution_count"].is_null();
            assert!(has_run, "{}", said("a cell without result"));
            figures_are_shown(copy);
            accuracy_is_reached(copy);
        }
    }
}

/// Mend: the text says what the executed copy shows.
#[test]
fn measures_in_the_text_are_those_of_the_executed_copies() {
    let mut count = 0;
    for solution in notebooks("solutions", true) {
        let copy = root().join("solutions/executed").join(solution.file_name().unwrap());
        let cells = read(&copy)["cells"].as_array().unwrap().clone();
        let shown: Vec<_> = cells.iter().map(|cell| cell["outputs"].to_string()).collect();
        let shown = shown.concat();
        for cell in cells.iter().filter(|cell| cell["cell_type"] == "markdown") {
            for measure in measures(&text(&cell["source"])) {
                let is_shown = forms(&measure).iter().any(|form| shown.contains(form));
                assert!(is_shown, "{}: {measure} is no result", solution.display());
                count += 1;
            }
        }
    }
    // Only the notebooks of long trainings quote any.
    assert!(count > 0, "no measure in the text");
    println!("{count} measures in the text");
}

/// The numbers of a text that somebody measured: percentages with two decimals.
fn measures(text: &str) -> Vec<String> {
    let is_part = |c: char| c.is_ascii_digit() || c == ',';
    let mut found = Vec::new();
    for (start, _) in text.match_indices(is_part) {
        let number = text[start..].split(|c| !is_part(c)).next().unwrap_or_default();
        let rest =
            text[start + number.len()..].trim_start_matches(['*', ' ', '\u{a0}', '\u{202f}']);
        let two = number.split_once(',').is_some_and(|(_, decimals)| decimals.len() == 2);
        if !text[..start].ends_with(is_part) && two && rest.starts_with('%') {
            found.push(number.to_owned());
        }
    }
    found
}

/// How a cell may show a percentage: `97,30`, `97.30`, `0,973`, `0.973`.
fn forms(percentage: &str) -> [String; 4] {
    let digits: String = format!("{percentage:0>5}").chars().filter(char::is_ascii_digit).collect();
    let share = format!("0,{}", digits.trim_end_matches('0'));
    [percentage, &share]
        .map(|form| [form.to_owned(), form.replace(',', ".")])
        .concat()
        .try_into()
        .unwrap()
}

/// What holds the tests above together: nothing is left out, no more at once than
/// there are cores, and a failure is one.
#[test]
fn jobs_run_side_by_side_and_a_failure_counts() {
    let done = Mutex::new(Vec::new());
    side_by_side((0..9).collect(), |cost| *cost, |job| done.lock().unwrap().push(job));
    let mut done = done.into_inner().unwrap();
    done.sort_unstable();
    assert_eq!(done, (0..9).collect::<Vec<u64>>());

    let ran = AtomicUsize::new(0);
    let jobs = || {
        side_by_side(
            vec![1, 2, 3],
            |cost| *cost,
            |job: u64| {
                ran.fetch_add(1, Relaxed);
                assert!(job != 2);
            },
        );
    };
    assert!(std::panic::catch_unwind(AssertUnwindSafe(jobs)).is_err());
    assert_eq!(ran.into_inner(), 3);
}

#[test]
fn a_measure_is_a_percentage_with_two_decimals() {
    let text = "à **98,82\u{a0}%** et 0,17\u{a0}% ; 98,5 %, 0,40 puis 1,25, et 12 %.";
    assert_eq!(measures(text), ["98,82", "0,17"]);
    assert_eq!(forms("97,30"), ["97,30", "97.30", "0,973", "0.973"]);
    assert_eq!(forms("0,17")[2], "0,0017");
}

#[test]
fn a_blank_is_the_only_reason_for_a_failure() {
    let paths = folders().iter().flat_map(|(_, students)| notebooks(students, false)).collect();
    side_by_side(
        paths,
        |path| length(path),
        |path| {
            let out = tempfile::tempdir().unwrap();
            let (output, executed) = run_notebook(&path, out.path(), true);
            println!("{}", said(&output));
            let mut missing = Missing::default();
            for cell in executed["cells"].as_array().unwrap() {
                if cell["cell_type"] == "code" {
                    missing.judge(cell, &path);
                }
            }
            assert!(missing.blanks > 0, "{} has no blank", path.display());
        },
    );
}

/// The names that do not exist because a blank is not filled.
#[derive(Default)]
struct Missing {
    names: HashSet<String>,
    blanks: usize,
}

impl Missing {
    fn judge(&mut self, cell: &Value, path: &Path) {
        let source = text(&cell["source"]);
        let complaints = complaints(cell);
        let place = || format!("{}\n{source}\n----\n{}", path.display(), complaints.join("\n"));
        let is_blank = source.contains("todo!(\"à compléter\")");
        self.blanks += usize::from(is_blank);
        if complaints.is_empty() {
            // A blank inside a function says so when the function is called.
            assert!(!is_blank || source.contains("fn "), "silent blank: {}", place());
            return;
        }
        let caused = complaints.iter().any(|complaint| self.is_caused_by_a_blank(complaint));
        for complaint in &complaints {
            // rustc cannot type what is made from a missing variable, nor a `?` on it.
            let untyped =
                ["must specify a type", "type annotations needed", "operator can only be applied"];
            let follows = caused && untyped.iter().any(|sign| complaint.contains(sign));
            assert!(follows || self.is_caused_by_a_blank(complaint), "{}", place());
        }
        self.names.extend(introduced_names(&source));
    }
}

impl Missing {
    /// Whether a blank is met, or only names are missing that a blank would have
    /// brought.
    fn is_caused_by_a_blank(&self, complaint: &str) -> bool {
        let unknown = unknown_names(complaint);
        let expected = unknown.iter().all(|name| self.names.contains(*name));
        ["à compléter", "ACompleter"].iter().any(|sign| complaint.contains(sign))
            || (!unknown.is_empty() && expected)
    }
}

/// The error outputs of a cell, one text each, and its stderr.
fn complaints(cell: &Value) -> Vec<String> {
    let outputs = cell["outputs"].as_array().cloned().unwrap_or_default();
    let errors = outputs.iter().filter(|output| output["output_type"] == "error");
    let mut complaints: Vec<_> = errors
        .map(|error| format!("{}\n{}", text(&error["evalue"]), text(&error["traceback"])))
        .collect();
    let stderr: String =
        outputs.iter().filter(|o| o["name"] == "stderr").map(|o| text(&o["text"])).collect();
    if !stderr.trim().is_empty() {
        complaints.push(stderr);
    }
    complaints
}

/// The names of rustc's messages "cannot find value `x` in this scope".
fn unknown_names(complaint: &str) -> Vec<&str> {
    let after = complaint.split("cannot find ").skip(1);
    after.filter_map(|rest| rest.split('`').nth(1)).collect()
}

/// What a cell would have brought: variables, functions, types.
fn introduced_names(source: &str) -> HashSet<String> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let words: Vec<_> =
        source.split(|c: char| !is_name(c)).filter(|word| !word.is_empty()).collect();
    let mut names = HashSet::new();
    for (index, word) in words.iter().enumerate() {
        if ["let", "fn", "struct", "enum", "const", "static", "mut"].contains(word) {
            names.extend(words.get(index + 1).map(ToString::to_string));
        }
    }
    // let (a, b, c) = …
    for after in source.split("let ").skip(1) {
        let pattern = after.split(['=', ';']).next().unwrap_or_default();
        names.extend(pattern.split(|c: char| !is_name(c)).map(str::to_owned));
    }
    names
}

/// A cell that ends with a figure must show one.
fn figures_are_shown(cell: &Value) {
    let source = text(&cell["source"]);
    let last = source.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let draws = ["plot", "show_", ".drawing()", ".figure()", "Figure::compose", "feature_maps("];
    let ends_with_figure =
        !last.trim_end().ends_with(';') && draws.iter().any(|draw| last.contains(draw));
    if cell["cell_type"] == "code" && ends_with_figure {
        let outputs = cell["outputs"].to_string();
        assert!(
            outputs.contains("<svg") || outputs.contains("<img"),
            "no figure: {source}\n{outputs}"
        );
    }
}

/// A cell tagged `précision:0.975` shows at least as many per cent.
fn accuracy_is_reached(cell: &Value) {
    let tags = cell["metadata"]["tags"].as_array().cloned().unwrap_or_default();
    let least =
        tags.iter().find_map(|tag| tag.as_str()?.strip_prefix("précision:")?.parse::<f64>().ok());
    if let Some(least) = least {
        let output = &cell["outputs"][0];
        let shown = text(&output["data"]["text/plain"]) + &text(&output["text"]);
        let number = shown.split('%').next().and_then(|before| before.split_whitespace().last());
        let number = number.unwrap_or_default().replace(',', ".").parse::<f64>();
        let reached = number.unwrap_or(f64::NAN) / 100.0;
        assert!(reached >= least, "{shown}, {least} needed");
        println!("accuracy: {reached}");
    }
}

/// The notebook, or null where there is none.
fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

/// A text, or the lines that the notebook format allows in its place.
fn text(value: &Value) -> String {
    match value {
        Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect::<Vec<_>>().concat(),
        other => other.as_str().unwrap_or_default().to_owned(),
    }
}
