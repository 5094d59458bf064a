//! Exported pages as a reader meets them: opened in headless Chromium, light and
//! dark, without any network.

use crate::common::{SOLUTION, browser, installed, output, package, root, said, tp, tp_command};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The package that brings axe-core's script.
const AXE: &str = "axe-playwright-python==0.1.8";

/// The short notebook, with outputs of every kind as a kernel gives them.
fn executed_notebook(folder: &Path) -> PathBuf {
    let solution = root().join(SOLUTION);
    let mut notebook: Value = serde_json::from_str(&fs::read_to_string(solution).unwrap()).unwrap();
    let figure = "<figure><svg viewBox=\"0 0 10 10\" role=\"img\" aria-labelledby=\"t1\"><title id=\"t1\">Un carré</title><rect width=\"10\" height=\"10\" fill=\"url(#g1)\"/><linearGradient id=\"g1\"/></svg></figure>";
    let pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
    let data = |data: Value| json!({"output_type": "display_data", "metadata": {}, "data": data});
    let outputs = json!([
        {"output_type": "stream", "name": "stdout", "text": "époque 1/2 \u{e000}999\u{e001}\n"},
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

/// The cases of `cas.ipynb` that draw no warning.
fn formulas_alone(folder: &Path) -> PathBuf {
    let mut notebook: Value = serde_json::from_str(&fs::read_to_string(cases()).unwrap()).unwrap();
    let doubtful = ["attachee", "inconnue"];
    let cells = notebook["cells"].as_array_mut().unwrap();
    cells.retain(|cell| !doubtful.contains(&cell["id"].as_str().unwrap()));
    let path = folder.join("formules.ipynb");
    fs::write(&path, notebook.to_string()).unwrap();
    path
}

/// What readers of exported pages have complained of, a cell each.
fn cases() -> PathBuf {
    root().join("cli/tests/installed/html/cas.ipynb")
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
    let mut notebooks = vec![executed_notebook(folder.path()), formulas_alone(folder.path())];
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
    let mut views = Command::new(installed().join("venv/bin/python"));
    views.arg(root().join("cli/tests/installed/html/views.py")).arg(&browser);
    match axe() {
        Some(script) => views.arg(script),
        None => {
            println!("SKIPPED: axe-core could not be fetched; accessibility not measured");
            views.arg("-")
        }
    };
    let pages =
        notebooks.iter().map(|path| out.join(path.with_extension("html").file_name().unwrap()));
    let output = views.args(pages).arg(out.join("index.html")).output().unwrap();
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

/// The page of the cases, and what was said of them.
fn case_page() -> &'static (String, String) {
    static PAGE: OnceLock<(String, String)> = OnceLock::new();
    PAGE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().to_str().unwrap();
        let output = tp(&["html", "--out", out, cases().to_str().unwrap()]);
        assert!(output.status.success(), "{}", said(&output));
        let page = fs::read_to_string(folder.path().join("cas.html")).unwrap();
        (page, String::from_utf8(output.stderr).unwrap())
    })
}

/// What a reader sees from one word of the page to another, its tags gone.
fn seen(from: &str, to: &str) -> String {
    let page = &case_page().0;
    let start = page.find(from).unwrap_or_else(|| panic!("no {from}")) + from.len();
    let part = &page[start..start + page[start..].find(to).unwrap()];
    let text: String = part
        .split('<')
        .enumerate()
        .map(|(index, piece)| match index {
            0 => piece,
            _ => piece.split_once('>').map_or("", |(_, text)| text),
        })
        .collect();
    text.replace("&ApplyFunction;", "").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn macros_of_one_formula_hold_in_the_later_ones() {
    let text = seen("MACROS", "FIN");
    assert_eq!(text, "𝐰, 𝐱, ‖a‖, s2, t3 et arg maxkzk puis v\u{20d7}", "{text:?}");
    assert!(!case_page().0.contains("\\vect"));
}

#[test]
fn what_mathjax_alone_writes_so_is_drawn_too() {
    let text = seen("VARIANTES", "FIN");
    let expected = "a=b, abcd, argminwL, a=b, a_b, (abcd), ab, x, 0,5, a=b, α, x=1";
    assert_eq!(text, expected);
}

#[test]
fn equations_are_numbered_and_referred_to() {
    let page = &case_page().0;
    assert_eq!(seen("REFS", "FIN"), "(1), 1 et (2)");
    for label in ["un", "deux"] {
        assert_eq!(page.matches(&format!("id=\"formule-{label}\"")).count(), 1, "{label}");
        assert!(page.contains(&format!("href=\"#formule-{label}\"")), "{label}");
    }
}

#[test]
fn text_in_a_formula_keeps_its_per_cents_and_its_formulas() {
    let text = seen("TEXTE", "FIN").replace('\u{a0}', " ");
    assert_eq!(text, "précision=95 pour 5 % d’erreurs, où xi est un pixel");
}

#[test]
fn a_bar_in_a_formula_divides_no_table() {
    let page = &case_page().0;
    let rows: Vec<_> = page.split("<tr>").skip(1).map(|row| row.matches("<td>").count()).collect();
    assert_eq!(rows, [0, 2, 2]);
    assert_eq!(page.matches("|</mo>").count(), 3, "|x| and P(A|B)");
}

#[test]
fn code_keeps_its_dollars() {
    let page = &case_page().0;
    assert!(page.contains("<code>$a$</code>, <math><mi>b</mi></math> et <code>$c$</code>"));
    assert!(page.contains("5$ et $6") && page.contains("$d$ $e$"));
}

#[test]
fn attachments_are_in_the_page_whatever_names_them() {
    let (page, told) = case_page();
    assert_eq!(page.matches("src=\"data:image/png;base64,iVBORw0").count(), 2);
    assert!(page.contains("<b>et</b>"));
    assert!(told.contains("cellule 8") && told.contains("attachment:rien.png"), "{told}");
}

#[test]
fn a_formula_that_cannot_be_drawn_is_named_with_its_cell() {
    let told = &case_page().1;
    for (formula, reason) in [
        ("$\\inconnue{x}$", "commande inconnue «\u{a0}\\inconnue\u{a0}»"),
        ("$\\frac{1}{2$", "formule laissée en LaTeX"),
        ("$\\eqref{nulle}$", "sans étiquette"),
    ] {
        let line =
            told.lines().find(|line| line.contains(formula)).unwrap_or_else(|| panic!("{told}"));
        assert!(line.contains("cas.ipynb, cellule 9") && line.contains(reason), "{line}");
    }
    assert_eq!(told.matches("formule laissée").count(), 2, "{told}");
}

#[test]
fn blocks_opened_in_a_line_end_where_a_browser_ends_them() {
    let page = &case_page().0;
    let (_, hint) = page.split_once("<details><summary>Indice</summary>").unwrap();
    let (hint, rest) = hint.split_once("</details>").unwrap();
    assert_eq!(hint.trim(), "<p>le <strong>texte</strong> de l’indice</p>");
    // Nothing of a cell reaches into the next one.
    let (own, next) = rest.split_once("<div class=\"texte\">").unwrap();
    assert_eq!(own.matches("</div>").count(), 2, "{own}");
    assert!(next.trim().starts_with("suite"), "{next}");
}

#[test]
fn links_lead_to_headings_under_the_names_that_jupyterlab_gives() {
    assert!(case_page().0.contains("<h2 id=\"une-partie-a-part\">"));
    assert!(case_page().0.contains("<a href=\"#une-partie-a-part\">vers elle</a>"));
}

#[test]
fn progress_shows_its_last_state() {
    let page = &case_page().0;
    let expected = "<pre class=\"sortie\">20 %\nfin elements\ncd\n40 %\n<span class=\"ansi-red-fg\">rouge\n</span></pre>";
    assert!(page.contains(expected), "{}", seen("20 %", "</pre>"));
}

#[test]
fn every_form_of_an_output_is_shown_or_told() {
    let (page, told) = case_page();
    for expected in [
        "<mfrac><mn>1</mn><mn>2</mn></mfrac>",
        "<msqrt><mn>2</mn></msqrt>",
        "<mfrac><mn>3</mn><mn>4</mn></mfrac>",
        "<strong>gras</strong>",
        "\"a\": [\n    1,\n    null",
        "alt=\"une image animée\" src=\"data:image/gif;base64,",
        "<span class=\"ansi-red-fg\">Panic</span> : oh",
        "brute &lt;b&gt;x&lt;/b&gt;",
    ] {
        assert!(page.contains(expected), "no {expected}");
    }
    assert!(told.contains("cellule 12") && told.contains("widget-view"), "{told}");
    assert!(page.contains("ne se montre que dans JupyterLab"));
}

#[test]
fn a_notebook_of_another_tool_is_exported_with_the_images_of_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let cells = r#"{"cells": [
        {"cell_type": "markdown", "source": "\ud800 ![pixel](mes%20images/un.png)"},
        {"cell_type": "code", "source": "1", "poids": NaN, "outputs": [{"output_type": "stream", "text": "dit\n"}]}]}"#;
    let bytes: Vec<u8> =
        format!("\u{FEFF}{cells}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let path = folder.path().join("ailleurs.ipynb");
    fs::write(&path, bytes).unwrap();
    fs::create_dir(folder.path().join("mes images")).unwrap();
    fs::write(folder.path().join("mes images/un.png"), b"pixel").unwrap();
    let out = folder.path().join("pages");
    let output = tp(&["html", "--out", out.to_str().unwrap(), path.to_str().unwrap()]);
    assert!(output.status.success(), "{}", said(&output));
    let page = fs::read_to_string(out.join("ailleurs.html")).unwrap();
    assert!(page.contains("<pre class=\"sortie\">dit\n</pre>") && page.contains("\u{FFFD}"));
    assert!(page.contains("src=\"data:image/png;base64,cGl4ZWw=\""), "{}", said(&output));

    fs::write(&path, "").unwrap();
    for command in ["html", "run", "check"] {
        let output = tp(&[command, path.to_str().unwrap()]);
        let text = said(&output);
        assert!(!output.status.success() && text.contains("fichier vide"), "{command}: {text}");
    }
    let output = tp(&["html", folder.path().join("pages").to_str().unwrap()]);
    assert!(said(&output).contains("est un dossier"), "{}", said(&output));
}

#[test]
fn a_missing_browser_is_told_in_one_sentence() {
    let output = output(tp_command(&["html", "--pdf"]).env("TP_CHROMIUM", "/nulle/part"));
    let text = said(&output);
    assert!(!output.status.success() && text.contains("/nulle/part"), "{text}");
    assert_eq!(text.trim().lines().count(), 1, "{text}");
}

/// axe-core's script.
fn axe() -> Option<PathBuf> {
    const SCRIPT: &str = "axe_playwright_python/axe.min.js";
    package("axe", &["--no-deps", AXE], SCRIPT).map(|folder| folder.join(SCRIPT))
}
