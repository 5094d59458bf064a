//! Complete submissions of TP1, made from its solution: each with names, a layout and
//! right answers of its own, and some with settings of their own.

use crate::common::root;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// The cell that prints how long the epochs of each training took.
pub const TIMES: &str = "durees";
const PRINT: &str = "for h in [&historique, &suite, &essai_1, &essai_2, &essai_3, &historique_val, &arret_precision, &arret_perte].into_iter().chain(&essais) {\n    println!(\"{:?}\", h.seconds);\n}";

/// Names inside the answers, each with others that students might take.
const NAMES: [(&str, [&str; 3]); 11] = [
    ("meilleur", ["rang_max", "gagnant", "k"]),
    ("justes", ["bonnes", "ok", "compte"]),
    ("rangs", ["fautes", "indices", "res"]),
    ("matrice", ["table", "m", "resultat"]),
    ("lignes", ["tout", "sortie", "vecteurs"]),
    ("ligne", ["rangee", "vecteur", "v"]),
    ("somme", ["total", "s", "denominateur"]),
    ("record", ["mini", "plus_basse", "best"]),
    ("attente", ["patience_ecoulee", "compteur", "n"]),
    ("rng", ["tirage", "alea", "generateur"]),
    ("ln_p", ["logp", "log_probas", "lp"]),
];

/// Right answers written in another way: an answer's line, and what stands for it.
const WAYS: [(&str, &str); 8] = [
    ("    z.max(0.0)", "    if z > 0.0 { z } else { 0.0 }"),
    ("    1.0 / (1.0 + (-z).exp())", "    (1.0 + (-z).exp()).recip()"),
    ("    (entrees + 1) * neurones", "    entrees * neurones + neurones"),
    ("    10f32.ln()", "    -(0.1f32).ln()"),
    ("    -probabilites[classe].ln()", "    let p = probabilites[classe];\n    -1.0 * p.ln()"),
    (
        "    entrees.iter().zip(poids).map(|(x, w)| x * w).sum::<f32>() + biais",
        "    let mut z = biais;\n    for i in 0..entrees.len() {\n        z += entrees[i] * poids[i];\n    }\n    z",
    ),
    (
        "    justes as f32 / vraies.len() as f32",
        "    let n = vraies.len() as f32;\n    (justes as f32) / n",
    ),
    (
        "    (0..n).map(|_| rng.uniform(-limite, limite)).collect()",
        "    let mut poids = Vec::new();\n    for _ in 0..n {\n        poids.push(rng.uniform(-limite, limite));\n    }\n    poids",
    ),
];

/// Settings of one's own: what the solution says, and what some say in its place.
const SETTINGS: [(&str, &str); 3] = [
    // A first training from another seed, and all that goes on from it.
    (
        "Fit { epochs: 15, batch_size: 128, ..Fit",
        "Fit { epochs: 15, batch_size: 128, seed: 9, ..Fit",
    ),
    // "Add yours to the list!"
    ("vec![784, 256, 10]]", "vec![784, 256, 10], vec![784, 32, 10]]"),
    ("deux_epoques(7)", "deux_epoques(70)"),
];

/// Writes the solution and so many submissions below `folder`; where the solution is.
pub fn write(folder: &Path, count: usize) -> PathBuf {
    let solution = root().join("solutions/Sol_TP1_MNIST_dense.ipynb");
    let mut notebook: Value = serde_json::from_str(&fs::read_to_string(solution).unwrap()).unwrap();
    let times = json!({"cell_type": "code", "id": TIMES, "metadata": {}, "source": PRINT,
        "outputs": [], "execution_count": null});
    notebook["cells"].as_array_mut().unwrap().push(times);
    let path = folder.join("Sol_TP1_MNIST_dense.ipynb");
    fs::write(&path, notebook.to_string()).unwrap();
    for student in 0..count {
        let mut copy = notebook.clone();
        for cell in copy["cells"].as_array_mut().unwrap() {
            let graded = cell["metadata"]["nbgrader"]["grade"] == true;
            if cell["cell_type"] == "code" && !graded && cell["id"] != TIMES {
                cell["source"] = answered(&source(cell), student).into();
            }
        }
        let to = folder.join(format!("copies/etudiant{student:02}"));
        fs::create_dir_all(&to).unwrap();
        fs::write(to.join("TP1_MNIST_dense.ipynb"), copy.to_string()).unwrap();
    }
    path
}

fn source(cell: &Value) -> String {
    match &cell["source"] {
        Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect(),
        other => other.as_str().unwrap().to_owned(),
    }
}

/// A cell as the student of this number writes it.
fn answered(source: &str, student: usize) -> String {
    let mut text = source.to_owned();
    for (place, (from, to)) in SETTINGS.iter().enumerate() {
        // One in six each.
        if student % 6 == 2 * place {
            text = text.replace(from, to);
        }
    }
    let (mut lines, mut inside) = (Vec::new(), false);
    for line in text.lines() {
        let marker = line.contains("BEGIN SOLUTION") || line.contains("END SOLUTION");
        if marker {
            inside = line.contains("BEGIN");
            if inside && student % 3 == 1 {
                lines.push(format!("    // ma réponse ({student})"));
            }
            continue;
        }
        if !inside {
            lines.push(line.to_owned());
            continue;
        }
        let own = WAYS
            .iter()
            .enumerate()
            .find(|(place, (from, _))| line == *from && (student + place).is_multiple_of(2));
        let line = own.map_or(line, |(_, (_, to))| to);
        let mut line = line.to_owned();
        for (name, others) in NAMES {
            if let Some(other) = others.get(student % 4) {
                line = renamed(&line, name, other);
            }
        }
        if student % 5 == 2 {
            line = line.replace("    ", "  ");
        }
        lines.push(line);
        if student % 7 == 3 {
            lines.push(String::new());
        }
    }
    lines.join("\n")
}

/// The line with one word in place of another.
fn renamed(line: &str, name: &str, other: &str) -> String {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut text = String::new();
    let mut rest = line;
    while let Some(place) = rest.find(name) {
        let (before, after) = (&rest[..place], &rest[place + name.len()..]);
        let whole = !before.ends_with(is_part) && !after.starts_with(is_part);
        text.push_str(before);
        text.push_str(if whole { other } else { name });
        rest = after;
    }
    text + rest
}
