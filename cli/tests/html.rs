//! Exported pages as a reader meets them: opened in headless Chromium, light and
//! dark, without any network.

mod common;

use common::{browser, installed, package, root, said};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The package that brings axe-core's script.
const AXE: &str = "axe-playwright-python==0.1.8";

fn tp(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tp"));
    command.args(arguments).current_dir(root()).output().unwrap()
}

/// The short notebook, with outputs of every kind as a kernel gives them.
fn executed_notebook(folder: &Path) -> PathBuf {
    let solution = root().join("tests/notebooks/notation/Sol_notation.ipynb");
    let mut notebook: Value = serde_json::from_str(&fs::read_to_string(solution).unwrap()).unwrap();
    let figure = "<figure><svg viewBox=\"0 0 10 10\" role=\"img\" aria-labelledby=\"t1\"><title id=\"t1\">Un carré</title><rect width=\"10\" height=\"10\" fill=\"url(#g1)\"/><linearGradient id=\"g1\"/></svg></figure>";
    let pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
    let data = |data: Value| json!({"output_type": "display_data", "metadata": {}, "data": data});
    let outputs = json!([
        {"output_type": "stream", "name": "stdout", "text": "époque 1/2\n"},
        {"output_type": "stream", "name": "stderr", "text": "attention\n"},
        {"output_type": "error", "ename": "Panic", "evalue": "oh", "traceback": ["\u{1b}[1;31mPanic\u{1b}[0m : oh"]},
        data(json!({"text/html": figure, "text/plain": "carré"})),
        data(json!({"text/html": figure, "text/plain": "carré encore"})),
        data(json!({"text/html": "<table><tr><th>a</th></tr><tr><td>1</td></tr></table><script>alert(1)</script><img src=\"data:image/png;base64,PIXEL\">".replace("PIXEL", pixel), "text/plain": "un tableau"})),
        data(json!({"image/png": pixel, "text/plain": "un point"})),
        {"output_type": "execute_result", "execution_count": 3, "metadata": {}, "data": {"text/plain": "[1, 2]"}},
    ]);
    let cells = notebook["cells"].as_array_mut().unwrap();
    for cell in cells.iter_mut().filter(|cell| cell["cell_type"] == "code") {
        cell["execution_count"] = 3.into();
    }
    cells.last_mut().unwrap()["source"] = "Un lien vers [Rust](https://www.rust-lang.org).".into();
    let figure = cells.iter_mut().find(|cell| cell["id"] == "figure").unwrap();
    figure["outputs"] = outputs;
    let path = folder.join("essai.ipynb");
    fs::write(&path, notebook.to_string()).unwrap();
    path
}

/// The executed solutions, and the students' notebooks.
fn practicals() -> Vec<PathBuf> {
    let entries =
        ["solutions/executed", "notebooks"].map(|folder| fs::read_dir(root().join(folder)));
    let entries = entries.into_iter().flat_map(Result::unwrap);
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "ipynb")).collect()
}

#[test]
fn pages_are_whole_and_accessible() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("html");
    let mut notebooks = vec![executed_notebook(folder.path())];
    notebooks.extend(practicals());
    let mut arguments = vec!["html", "--out", out.to_str().unwrap()];
    arguments.extend(notebooks.iter().map(|path| path.to_str().unwrap()));
    let output = tp(&arguments);
    assert!(output.status.success(), "{}", said(&output));

    let page = fs::read_to_string(out.join("essai.html")).unwrap();
    for expected in
        ["lang=\"fr\"", "<math", "<title id=\"t1\">", "<nav", "hl-rust", "prefers-color-scheme"]
    {
        assert!(page.contains(expected), "no {expected}");
    }
    for unwanted in ["<script", "BEGIN SOLUTION", "MathJax", "$$"] {
        assert!(!page.contains(unwanted), "{unwanted}");
    }
    assert!(
        page.contains("<span class=\"w\">    </span><span class=\"kd\">let</span>"),
        "indentation is lost"
    );
    assert_eq!(page.matches(" id=\"t1\"").count(), 1, "two figures share an identifier");

    let Some(browser) = browser() else {
        println!("SKIPPED: no Chromium, and none could be installed; pages not opened");
        return;
    };
    let mut inspect = Command::new(installed().join("venv/bin/python"));
    inspect.arg(root().join("cli/tests/html/inspect.py")).arg(&browser);
    match axe() {
        Some(script) => inspect.arg(script),
        None => {
            println!("SKIPPED: axe-core could not be fetched; accessibility not measured");
            inspect.arg("-")
        }
    };
    let pages =
        notebooks.iter().map(|path| out.join(path.with_extension("html").file_name().unwrap()));
    let output = inspect.args(pages).arg(out.join("index.html")).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    for line in text.lines() {
        let seen: Value = serde_json::from_str(line).unwrap();
        for kind in ["foreign", "console", "wordless", "findings"] {
            assert_eq!(seen[kind], json!([]), "{kind} of {} ({})", seen["page"], seen["theme"]);
        }
    }
    println!("{} views of pages are clean", text.lines().count());

    let essai = notebooks[0].to_str().unwrap();
    let output = tp(&["html", "--pdf", "--out", out.to_str().unwrap(), essai]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(fs::read(out.join("essai.pdf")).unwrap().starts_with(b"%PDF"));
}

#[test]
fn a_missing_browser_is_told_in_one_sentence() {
    let output = Command::new(env!("CARGO_BIN_EXE_tp"))
        .args(["html", "--pdf"])
        .env("TP_CHROMIUM", "/nulle/part")
        .output()
        .unwrap();
    let text = said(&output);
    assert!(!output.status.success() && text.contains("/nulle/part"), "{text}");
    assert_eq!(text.trim().lines().count(), 1, "{text}");
}

/// axe-core's script.
fn axe() -> Option<PathBuf> {
    const SCRIPT: &str = "axe_playwright_python/axe.min.js";
    package("axe", &["--no-deps", AXE], SCRIPT).map(|folder| folder.join(SCRIPT))
}
