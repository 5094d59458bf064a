//! A network's page from the command line, and in the pages of notebooks.

use crate::common::{browser, python, root, said, tp};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;

/// A network `inputs` → 10 as `modele.save(…)` writes it: every weight is 0,25.
fn network(inputs: usize) -> Vec<u8> {
    let layer = json!({"name": "S", "kind": "dense", "units": 10, "activation": "softmax"});
    // As it was written before files had a checksum: the name first.
    let architecture = format!(
        r#"{{"name":"petit","input_shape":[{inputs}],"layers":[{layer}],"seed":0,"initializer":"glorot_uniform"}}"#
    );
    let kernel = 4 * 10 * inputs;
    let header = json!({
        "__metadata__": {"mnist_tp": architecture},
        "S.kernel": {"dtype": "F32", "shape": [inputs, 10], "data_offsets": [0, kernel]},
        "S.bias": {"dtype": "F32", "shape": [10], "data_offsets": [kernel, kernel + 40]},
    });
    let header = header.to_string();
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.bytes());
    bytes.extend(0.25f32.to_le_bytes().repeat(10 * inputs + 10));
    bytes
}

#[test]
fn a_saved_network_becomes_a_page() {
    python();
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let web = |model: &str, more: &[&str]| {
        let model = file(model);
        tp(&[&["web", model.to_str().unwrap()], more].concat())
    };
    // A name as students choose them.
    fs::write(file("mon \"réseau\" {1}.safetensors"), network(784)).unwrap();
    let output = web("mon \"réseau\" {1}.safetensors", &["--half"]);
    assert!(output.status.success(), "{}", said(&output));
    let page = fs::read_to_string(file("mon \"réseau\" {1}.html")).unwrap();
    assert!(page.contains("petit") && page.contains("default-src 'none'"));
    assert!(said(&output).contains("16 bits"), "{}", said(&output));

    fs::write(file("autre.safetensors"), network(100)).unwrap();
    fs::write(file("abime.safetensors"), &network(784)[..500]).unwrap();
    for (model, expected) in [("autre", "[28, 28, 1] ou [784]"), ("abime", "abime.safetensors")] {
        let output = web(&format!("{model}.safetensors"), &[]);
        let text = said(&output);
        assert!(!output.status.success() && text.contains(expected), "{text}");
        assert!(!file(&format!("{model}.html")).exists());
    }
}

/// A page that says `word` to the one around it, if its script runs.
fn page(word: &str, sign: &str) -> String {
    let script = format!("setInterval(() => parent.postMessage('{word}', '*'), 50)");
    let page = format!("<meta {sign}><script type=\"module\">{script}</script>");
    page.replace('&', "&amp;").replace('"', "&quot;")
}

/// A notebook whose last cell shows `html`.
fn export(folder: &Path, html: &str) -> String {
    let data = json!({"text/html": html, "text/plain": "page"});
    let output = json!({"output_type": "display_data", "metadata": {}, "data": data});
    let cell = json!({"cell_type": "code", "id": "a", "metadata": {}, "source": "page", "execution_count": 1, "outputs": [output]});
    // The network's own script outside its frame, in the notebook's text.
    let text = "<script type=\"module\">setInterval(() => parent.postMessage('reseau', '*'), 50)</script>\n\n<script>postMessage('texte', '*')</script>";
    let text = json!({"cell_type": "markdown", "id": "b", "metadata": {}, "source": format!("# Essai\n\n{text}")});
    let notebook =
        json!({"cells": [text, cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5});
    let path = folder.join("essai.ipynb");
    fs::write(&path, notebook.to_string()).unwrap();
    let output = tp(&["html", "--out", folder.to_str().unwrap(), path.to_str().unwrap()]);
    assert!(output.status.success(), "{}", said(&output));
    fs::read_to_string(folder.join("essai.html")).unwrap()
}

/// The exported page's policy.
fn policy(page: &str) -> &str {
    assert!(page.contains("http-equiv=\"Content-Security-Policy\""));
    page.split_once("content=\"default-src").unwrap().1.split_once('"').unwrap().0
}

#[test]
fn an_exported_page_runs_the_networks_frame_and_nothing_else() {
    python();
    let folder = tempfile::tempdir().unwrap();
    let sign = "name=\"generator\" content=\"mnist_tp page\"";
    let frame =
        |sandbox: &str, page: String| format!("<iframe {sandbox} srcdoc=\"{page}\"></iframe>");
    let frames = [
        frame("sandbox=\"allow-scripts allow-downloads\"", page("reseau", sign)),
        frame(
            "sandbox=\"allow-scripts\"",
            page("etranger", "name=\"generator\" content=\"autre\""),
        ),
        frame("sandbox=\"allow-scripts allow-same-origin\"", page("ouvert", sign)),
        frame("", page("libre", sign)),
    ];
    let exported = export(folder.path(), &frames.concat());
    let scripts = policy(&exported).split_once("; script-src ").expect("no script-src").1;
    assert!(scripts.starts_with("'sha256-") && !scripts.contains(' '), "{scripts}");
    assert!(!exported.contains("<script"));
    let Some(browser) = browser() else {
        println!("SKIPPED: no Chromium, and none could be installed; frames not seen");
        return;
    };
    let mut frames = Command::new(python());
    frames.arg(root().join("cli/tests/installed/html/frames.py")).arg(browser);
    let output = frames.arg(folder.path().join("essai.html")).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    let messages: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(messages, json!(["reseau"]));

    // Without such a frame, no script at all.
    let exported = export(folder.path(), "<p>rien</p>");
    assert!(!policy(&exported).contains("script-src"), "{}", policy(&exported));
}
