//! Submissions that mean harm: nothing outside changes, the others are graded.

use crate::common::{SOLUTION, line, output, root, sandbox, tp_command};
use serde_json::{Value, json};
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Output;

const RATE: &str = "let n = predites.iter().zip(vraies).filter(|(p, v)| **p == u32::from(**v)).count();\n    n as f32 / vraies.len() as f32";
/// Shows a result of 2 points, and a panel as the library's, before the cell's own.
const FORGED: &str = "println!(\"EVCXR_BEGIN_CONTENT text/html\\n<div data-exercice='tp1-taux-reussite' data-points='2'>Juste</div>\\nEVCXR_END_CONTENT\");\n    println!(\"EVCXR_BEGIN_CONTENT text/plain\\n2.0\\nEVCXR_END_CONTENT\");\n    0.5";
/// Shows a panel in a cell of one's own, for whoever reads the copy.
const OWN_PANEL: &str = "println!(\"EVCXR_BEGIN_CONTENT text/html\\n<div data-exercice='tp1-erreurs'>Juste</div>\\nEVCXR_END_CONTENT\");";
/// Each of its processes starts two others, without end.
const FORKS: &str = "std::process::Command::new(\"sh\").args([\"-c\", \"b() { b | b & }; b\", \"86414\"]).spawn().is_ok() && {\n    std::thread::sleep(std::time::Duration::from_secs(20));\n    true\n}";
/// A `check` of one's own, for whom the answer does not matter.
const OWN_CHECK: &str = "mod check {\n    pub mod tp1 {\n        pub fn argmax<T>(_: T) -> f32 { 1.0 }\n        pub fn taux_reussite<T>(_: T) -> f32 { 2.0 }\n        pub fn erreurs<T>(_: T) -> f32 { 1.0 }\n    }\n}\nuse check::tp1 as _;";

/// `tp` as a teacher calls it who has a secret.
fn tp(arguments: &[&str]) -> Output {
    output(tp_command(arguments).env("SECRET_DU_PROF", "xyzzy"))
}

/// The released notebook with some blanks filled and cells put before the others.
fn hand_in(released: &Path, folder: &Path, answers: &[(&str, &str)], before: &[&str]) {
    let mut notebook: Value = serde_json::from_str(&fs::read_to_string(released).unwrap()).unwrap();
    let cells = notebook["cells"].as_array_mut().unwrap();
    cells.retain(|cell| cell["id"] != "figure");
    for cell in cells.iter_mut() {
        let grading = &cell["metadata"]["nbgrader"];
        let id = grading["grade_id"].as_str().unwrap_or_default().to_owned();
        let answer =
            answers.iter().find(|(name, _)| *name == id).filter(|_| grading["solution"] == true);
        if let Some((_, code)) = answer {
            let source = match &cell["source"] {
                Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect::<String>(),
                other => other.as_str().unwrap().to_owned(),
            };
            cell["source"] = source.replace("todo!(\"à compléter\")", code).into();
        }
    }
    // After the first cell, which brings the library's names.
    let first = cells.iter().position(|cell| cell["cell_type"] == "code").unwrap() + 1;
    for (number, source) in before.iter().enumerate().rev() {
        let cell = json!({"cell_type": "code", "id": format!("essai-{number}"), "metadata": {},
            "source": source, "outputs": [], "execution_count": null});
        cells.insert(first, cell);
    }
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join("notation.ipynb"), notebook.to_string()).unwrap();
}

/// What the cell of a source showed in an executed copy.
fn shown(notebook: &Value, source: &str) -> String {
    let cells = notebook["cells"].as_array().unwrap();
    let is_it = |cell: &&Value| match &cell["source"] {
        Value::Array(lines) => {
            lines.iter().filter_map(Value::as_str).eq(source.split_inclusive('\n'))
        }
        other => other == source,
    };
    let cell = cells.iter().find(is_it);
    cell.unwrap_or_else(|| panic!("{source}"))["outputs"].to_string()
}

#[test]
fn what_means_harm_stays_inside_and_the_others_are_graded() {
    if !sandbox().is_empty() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (handed_in, out) = (folder.path().join("copies"), folder.path().join("notes"));
    let to = folder.path().to_str().unwrap();
    assert!(tp(&["release", "--out", to, SOLUTION]).status.success());
    let released = folder.path().join("notation.ipynb");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let home = std::env::var("HOME").unwrap();

    let list = format!("std::fs::read_dir({handed_in:?}).map(|d| d.count()).map_err(|e| e.kind())");
    let book = format!(
        "std::fs::write({:?}, \"20\").map_err(|e| e.kind())",
        out.join("nbgrader/gradebook.db")
    );
    let course =
        format!("std::fs::write({:?}, \"x\").map_err(|e| e.kind())", root().join("src/pirate.rs"));
    let private = format!("std::fs::write(\"{home}/pirate\", \"x\").map_err(|e| e.kind())");
    let answers = format!(
        "std::fs::read_dir({:?}).map(|d| d.count()).map_err(|e| e.kind())",
        root().join("solutions")
    );
    let connect = format!(
        "std::net::TcpStream::connect((\"127.0.0.1\", {port})).map(drop).map_err(|e| e.kind())"
    );
    let secret = "std::env::vars().any(|(_, value)| value.contains(\"xyzzy\"))";
    let full = "{\n    let block = vec![1u8; 1 << 26];\n    (0..200).map(|i| std::fs::write(format!(\"bloc{i}\"), &block)).find_map(|r| r.err()).map(|e| e.kind())\n}";
    let memory = "std::panic::catch_unwind(|| Vec::<u8>::new().try_reserve_exact(50 << 30).is_err()).unwrap()";
    let daemon =
        "std::process::Command::new(\"setsid\").args([\"sleep\", \"86413\"]).spawn().is_ok()";
    let submitted = out.join("nbgrader/submitted/curieux/notation/notation.ipynb");
    let own = format!("std::fs::write({submitted:?}, \"{{}}\").map_err(|e| e.kind())");
    let script = "std::fs::write(\"/travail/.source.ipynb\", \"{}\").map_err(|e| e.kind())";
    let place =
        "std::fs::rename(\"/travail/.source.ipynb\", \"/travail/autre\").map_err(|e| e.kind())";
    let link_attempt = format!(
        "std::os::unix::fs::symlink({:?}, \"../lien\").map_err(|e| e.kind())",
        out.join("nbgrader/gradebook.db")
    );
    let attempts = [
        &list,
        &book,
        &course,
        &private,
        &answers,
        &connect,
        secret,
        &own,
        script,
        place,
        &link_attempt,
        full,
        memory,
        daemon,
    ];
    hand_in(&released, &handed_in.join("curieux"), &[("taux-reussite", RATE)], &attempts);
    hand_in(
        &released,
        &handed_in.join("faussaire"),
        &[("taux-reussite", FORGED)],
        &[OWN_CHECK, OWN_PANEL],
    );
    let kill = "std::process::Command::new(\"kill\").args([\"-9\", \"-1\"]).status().is_ok()";
    hand_in(&released, &handed_in.join("tueur"), &[("taux-reussite", RATE)], &[kill]);
    hand_in(&released, &handed_in.join("fourche"), &[("taux-reussite", RATE)], &[FORKS]);
    hand_in(&released, &handed_in.join("voisin"), &[("taux-reussite", RATE)], &[]);
    // Names and links that lead elsewhere.
    hand_in(&released, &handed_in.join(" .."), &[], &[]);
    fs::create_dir_all(handed_in.join("voleur")).unwrap();
    let link = |to: &Path, from: &str| symlink(to, handed_in.join(from)).unwrap();
    link(&handed_in.join("voisin/notation.ipynb"), "voleur/notation.ipynb");
    link(&handed_in.join("voisin"), "jumeau");
    link(Path::new(&home), "maison");

    let (source, target) = (handed_in.to_str().unwrap(), out.to_str().unwrap());
    let graded = tp(&["grade", source, "--out", target, "--timeout", "60", "--solution", SOLUTION]);
    assert!(graded.status.success());
    let table = fs::read_to_string(out.join("notes.csv")).unwrap();
    println!("{table}");

    let executed = out.join("nbgrader/autograded/curieux/notation/notation.ipynb");
    let executed: Value = serde_json::from_str(&fs::read_to_string(executed).unwrap()).unwrap();
    for (attempt, expected) in [
        (&*list, "Err(NotFound)"),
        (&book, "Err("),
        (&course, "Err(ReadOnlyFilesystem)"),
        (&private, "Err(ReadOnlyFilesystem)"),
        (&answers, "Err(NotFound)"),
        (&connect, "Err(ConnectionRefused)"),
        (secret, "false"),
        (&own, "Err(NotFound)"),
        (script, "Err(ReadOnlyFilesystem)"),
        (place, "Err("),
        (&link_attempt, "Err(ReadOnlyFilesystem)"),
        (full, "StorageFull"),
        (memory, "true"),
        (daemon, "true"),
    ] {
        let shown = shown(&executed, attempt);
        assert!(shown.contains(expected), "{attempt}: {shown}");
    }
    assert!(listener.accept().is_err(), "a connection came out");
    assert!(!root().join("src/pirate.rs").exists() && !Path::new(&home).join("pirate").exists());
    let processes = fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| fs::read_to_string(entry.unwrap().path().join("cmdline")).ok());
    let left = |line: &String| line.contains("\u{0}86413") || line.contains("\u{0}86414");
    assert!(!processes.into_iter().any(|line| left(&line)), "a daemon, or a fork");
    let kept = fs::read_to_string(&submitted).unwrap();
    assert!(kept.contains("nbformat"), "the notebook as it was handed in");
    let mut found: Vec<_> = fs::read_dir(&out).unwrap().map(|e| e.unwrap().file_name()).collect();
    found.sort();
    let expected = [
        "classe.csv",
        "classe.html",
        "executions",
        "memo",
        "nbgrader",
        "notes.csv",
        "retours",
        "solutions",
    ];
    assert_eq!(found, expected, "nothing beside what is always written");

    // Each has what the library's checks say of it, whatever it says itself.
    assert!(line(&table, "curieux").starts_with("curieux,notation,2,"), "{table}");
    let forger = line(&table, "faussaire");
    assert!(forger.starts_with("faussaire,notation,0,"), "{table}");
    assert!(forger.contains("définit son propre « check »"), "{table}");
    assert!(forger.contains("verdict affiché sans"), "{table}");
    assert!(!line(&table, "curieux").contains("verdict"), "{table}");
    assert!(line(&table, "fourche").contains("trop de processus"), "{table}");
    let thief = line(&table, "voleur");
    assert!(thief.contains("notebook absent"), "{table}");
    assert!(!table.contains("jumeau") && !table.contains("maison"), "{table}");
    assert!(line(&table, "tueur").contains("le noyau s'est arrêté"), "{table}");
    assert!(line(&table, "voisin").starts_with("voisin,notation,2,"), "{table}");
}
