//! A class's submissions through `tp grade`: trainings that the solution has made are
//! handed on to them, and how long thirty complete TP1 take:
//!
//! ```sh
//! cargo test -p tp --test installed class -- --ignored --nocapture     # TP_COPIES=10: fewer
//! ```

mod copies;

use crate::common::{install, output, root, sandbox, tp_command};
use copies::TIMES;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// A training of a second, and what tells it from any other: how long its epochs took.
const TRAINING: &str = "let x: Tensor = Tensor::ones((640, 16), DType::F32, &Device::Cpu)?;
let y: Tensor = one_hot(&Tensor::zeros(640, DType::U8, &Device::Cpu)?, 3)?;
let mut reseau: Model = Sequential::new(\"NOM\", 16)
    .dense(\"C\", 64, Activation::Relu)
    .dense(\"S\", 3, Activation::Softmax)
    .compile(Adam::default(), Loss::CategoricalCrossentropy)?;
let historique: History = reseau.fit(&x, &y, Fit { epochs: 4, seed: GRAINE, ..Fit::default() })?;";

fn read(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// `tp grade` of the copies in `folder`, and how long it took, in seconds.
fn grade(folder: &Path, solution: &Path) -> f64 {
    let (copies, out) = (folder.join("copies"), folder.join("notes"));
    let start = Instant::now();
    let mut tp = tp_command(&["grade"]);
    tp.arg(copies).arg("--out").arg(out).arg("--solution").arg(solution).args(sandbox());
    assert!(output(&mut tp).status.success());
    start.elapsed().as_secs_f64()
}

/// The durations of the trainings that an executed copy printed, one line a training.
fn trainings(folder: &Path, place: &str, name: &str) -> Vec<String> {
    let copy = read(&folder.join("notes").join(place).join(name).join("executee.ipynb"));
    let cells = copy["cells"].as_array().unwrap();
    let shown = &cells.iter().find(|cell| cell["id"] == TIMES).unwrap()["outputs"];
    let text = |output: &Value| match &output["text"] {
        Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect::<String>(),
        other => other.as_str().unwrap_or_default().to_owned(),
    };
    let text: String = shown.as_array().unwrap().iter().map(text).collect();
    let lines: Vec<_> = text.lines().map(str::to_owned).collect();
    assert!(!lines.is_empty(), "{shown}");
    lines
}

/// The rows of the table: student, points, maximum, state.
fn rows(folder: &Path) -> Vec<[String; 4]> {
    let table = fs::read_to_string(folder.join("notes/notes.csv")).unwrap();
    let row = |line: &str| {
        let fields: Vec<_> = line.split(',').collect();
        [0, 2, 3, 5].map(|column: usize| fields[column].to_owned())
    };
    table.lines().skip(1).map(row).collect()
}

#[test]
fn trainings_of_the_solution_are_handed_on_in_the_sandbox() {
    if !sandbox().is_empty() {
        return;
    }
    install();
    let folder = tempfile::tempdir().unwrap();
    let mut notebook = read(&root().join("tests/notebooks/notation/Sol_notation.ipynb"));
    let cells = notebook["cells"].as_array_mut().unwrap();
    let kept = ["dep", "argmax", "tp1-argmax"];
    cells.retain(|cell| kept.iter().any(|id| cell["id"] == **id));
    let cell = |id: &str, source: &str| {
        json!({"cell_type": "code", "id": id, "metadata": {}, "source": source,
            "outputs": [], "execution_count": null})
    };
    cells.push(cell("entrainement", TRAINING));
    cells.push(cell(TIMES, "println!(\"{:?}\", historique.seconds);"));
    let hand_in = |path: PathBuf, name: &str, seed: &str| {
        let text = notebook.to_string().replace("NOM", name).replace("GRAINE", seed);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let solution = folder.path().join("Sol_lot.ipynb");
    hand_in(solution.clone(), "le nôtre", "3");
    let copies = folder.path().join("copies");
    hand_in(copies.join("pareil/lot.ipynb"), "le mien", "3");
    hand_in(copies.join("autre/lot.ipynb"), "le mien", "4");
    grade(folder.path(), &solution);

    let made = trainings(folder.path(), "solutions", "lot");
    assert_eq!(trainings(folder.path(), "executions", "pareil/lot"), made, "read, not made again");
    assert_ne!(trainings(folder.path(), "executions", "autre/lot"), made, "another seed");
    // A submission reads them and adds none.
    assert_eq!(fs::read_dir(folder.path().join("notes/memo")).unwrap().count(), 1);
}

#[test]
#[ignore = "a measure: minutes"]
fn thirty_complete_tp1() {
    install();
    let count = std::env::var("TP_COPIES").map_or(30, |number| number.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let solution = copies::write(folder.path(), count);
    let seconds = grade(folder.path(), &solution);

    let rows = rows(folder.path());
    assert_eq!(rows.len(), count);
    let made: HashSet<_> =
        trainings(folder.path(), "solutions", "TP1_MNIST_dense").into_iter().collect();
    let (mut read, mut all) = (0, 0);
    for [student, points, most, state] in &rows {
        let place = format!("{student}/TP1_MNIST_dense");
        let own = trainings(folder.path(), "executions", &place);
        let known = own.iter().filter(|times| made.contains(*times)).count();
        let record = folder.path().join("notes/executions").join(&place).join("execution.json");
        let took = read_seconds(&record);
        println!(
            "{student}: {points}/{most}, {state}, {took:.1} s, {known} of {} trainings read",
            own.len()
        );
        (read, all) = (read + known, all + own.len());
    }
    let each = seconds / count as f64;
    println!("{count} copies in {seconds:.0} s, {each:.1} s each; {read} of {all} trainings read");
    let best =
        rows.iter().map(|[_, points, ..]| points.parse::<f64>().unwrap()).fold(0.0, f64::max);
    assert!(
        rows.iter().all(|[_, points, ..]| points.parse() == Ok(best)),
        "all are right: {rows:?}"
    );
    if sandbox().is_empty() {
        assert!(read > 0, "no training was read");
    }
}

fn read_seconds(record: &Path) -> f64 {
    read(record)["seconds"].as_f64().unwrap()
}
