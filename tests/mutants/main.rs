//! The solutions of the notebooks with one mistake each, against their checks: no
//! mutant may pass, but for those that answer as the solution does.
//!
//! A sample runs with the other tests. All of them, for one notebook:
//!
//! ```sh
//! MUTANTS=tp1 cargo test --test mutants -- --ignored --nocapture
//! ```
//!
//! A mutant that passes is a hole in its check, or stands in `equivalents.txt` with
//! the reason why it is none.

mod cells;
mod compile;
mod hand;
mod mutate;
mod tables;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cells::Cell;
use compile::{Judgement, judge};
use hand::Change;
use mutate::changes;

const NOTEBOOKS: [(&str, &str); 4] = [
    ("tp1", "Sol_TP1_MNIST_dense"),
    ("tp2", "Sol_TP2_MNIST_convol"),
    ("tp3", "Sol_TP3_MNIST_architectures"),
    ("tp4", "Sol_TP4_MNIST_robustesse"),
];

/// What a blank that holds a value finds around it: statements, and the variables
/// that a hand may take for one another.
fn around(id: &str) -> (&'static str, &'static [&'static str]) {
    const SETS: &[&str] = &["x_train", "y_train", "x_test", "y_test"];
    const FLAT: &str = "let [x_train, y_train, x_test, y_test] = tensors().clone(); \
        let [x_train, x_test] = [x_train.flatten_from(1)?, x_test.flatten_from(1)?]; \
        let mut modele = Dry::new(dense()); let etat_initial = modele.initial_state()?;";
    const TAUGHT: &str = "let [x_train, y_train, x_test, y_test] = tensors().clone(); \
        let [x_train, x_test] = [x_train.flatten_from(1)?, x_test.flatten_from(1)?]; \
        let mut modele = Dry::new(dense()); let etat_initial = modele.initial_state()?; \
        modele.taught = true;";
    const IMAGES: &str = "let [x_train, y_train, x_test, y_test] = tensors().clone();";
    match id {
        "tp1-image-600" => ("let mnist = mnist().clone();", &[]),
        "tp1-entrainement" => (FLAT, SETS),
        "tp1-relance" | "tp1-validation" | "tp1-arrets" => (TAUGHT, SETS),
        "tp1-sauvegarde" => {
            ("let modele = dense(); let _ = std::fs::remove_file(\"tp1_dense.safetensors\");", &[])
        }
        "tp2-entrainement-lenet" => (
            "let [x_train, y_train, x_test, y_test] = tensors().clone(); \
             let mut lenet = Dry::new(small(\"LeNet\")); let mut cnn = Dry::new(small(\"CNN\"));",
            SETS,
        ),
        "tp2-entrainement-cnn" => (
            "let [x_train, y_train, x_test, y_test] = tensors().clone(); \
             let mut lenet = Dry::new(small(\"LeNet\")); let mut cnn = Dry::new(small(\"CNN\"));",
            SETS,
        ),
        "tp2-defi" => (IMAGES, SETS),
        "tp4-entrainement" => (
            "let [x, y, x_test, y_test] = tensors().clone(); let epoques = 3usize; \
             let (x_appr, y_appr) = (x.narrow(0, 0, 57_000)?, y.narrow(0, 0, 57_000)?); \
             let (x_val, y_val) = (x.narrow(0, 57_000, 3_000)?, y.narrow(0, 57_000, 3_000)?); \
             let melange: Vec<Change> = vec![Change::None, Imperfect::default().into()]; \
             fn reprise(_: &str) -> Option<std::path::PathBuf> { None } \
             let mut profond = Dry::new(small(\"profond\"));",
            &["x_appr", "y_appr", "x_test", "y_test", "x_val", "y_val"],
        ),
        "tp4-recurrent" => (
            "let adamw: AdamW = AdamW { learning_rate: 1e-3, weight_decay: 1e-4, ..AdamW::default() };",
            &[],
        ),
        _ => ("", &[]),
    }
}

impl Cell {
    /// A module of the mutants' program.
    fn module(&self, source: &str) -> String {
        let list = self.checks.join(", ");
        if !self.value {
            let before = &self.before;
            return format!(
                "{before}\n{source}\npub fn verdict() -> Result<Vec<Verdict>> {{ Ok(vec![{list}]) }}"
            );
        }
        let (context, before) = (around(&self.ids[0]).0, &self.before);
        // The network of the challenge is trained in its cell.
        let source = match self.ids[0].as_str() {
            "tp2-defi" => source
                .replacen("let mut petit: Model = {", "let mut petit: Dry = Dry::new({", 1)
                .replacen("};", "});", 1),
            "tp4-entrainement" => source
                .lines()
                .filter(|line| !line.starts_with("let melange") && !line.starts_with("let (x_val"))
                .collect::<Vec<_>>()
                .join("\n"),
            _ => source.to_owned(),
        };
        format!(
            "{before}\npub fn verdict() -> Result<Vec<Verdict>> {{ {context}\n{source}\nOk(vec![{list}]) }}"
        )
    }

    fn mutants(&self) -> Vec<Change> {
        changes(&self.source, &self.places, around(&self.ids[0]).1)
    }
}

/// How a change is written in `equivalents.txt`.
fn line_of(source: &str, change: &Change) -> String {
    let before = &source[..change.range.start];
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let end =
        source[change.range.end..].find('\n').map_or(source.len(), |at| change.range.end + at);
    let all = change.apply(source);
    let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    format!(
        "{} → {}",
        line(&source[start..end]),
        line(&all[start..end + change.text.len() - change.range.len()])
    )
}

/// The mutants that answer as the solution does: exercise and change, then the reason.
fn equivalents() -> BTreeMap<(String, String), String> {
    let text = include_str!("equivalents.txt");
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines
        .map(|line| {
            let parts: Vec<&str> = line.split('\t').collect();
            let [id, change, reason] = parts[..] else { panic!("three parts: {line}") };
            ((id.to_owned(), change.to_owned()), reason.to_owned())
        })
        .collect()
}

/// What became of the mutants.
#[derive(Default)]
struct Count {
    judged: usize,
    own: usize,
    equivalent: usize,
    holes: Vec<String>,
    general: BTreeMap<String, usize>,
}

/// Judges `chosen` mutants of `cells` (cell, change), the solutions themselves first.
fn try_all(cells: &[Cell], chosen: &[(usize, Change)], count: &mut Count, loud: bool) {
    let folder = tempfile::tempdir().unwrap();
    let known = equivalents();
    let module = |i: usize| match i.checked_sub(cells.len()) {
        None => cells[i].module(&cells[i].source),
        Some(i) => cells[chosen[i].0].module(&chosen[i].1.apply(&cells[chosen[i].0].source)),
    };
    let all = judge(folder.path(), cells.len() + chosen.len(), module);
    let (right, mutants) = all.split_at(cells.len());
    for (cell, judgement) in cells.iter().zip(right) {
        let Some(judgement) = judgement else { panic!("{:?} does not compile", cell.ids) };
        assert!(judgement.accepted, "{:?}: {}", cell.ids, judgement.said);
    }
    for ((at, change), judgement) in chosen.iter().zip(mutants) {
        let Some(Judgement { accepted, key, own, said }) = judgement else { continue };
        let (id, line) = (cells[*at].ids.join("+"), line_of(&cells[*at].source, change));
        count.judged += 1;
        count.own += usize::from(*own);
        let free = known.contains_key(&(id.clone(), "*".to_owned()));
        match (accepted, free || known.contains_key(&(id.clone(), line.clone()))) {
            (true, true) => count.equivalent += 1,
            (true, false) => count.holes.push(format!("{id}\t{line}")),
            (false, _) if !own => *count.general.entry(id.clone()).or_default() += 1,
            _ => {}
        }
        if loud && !accepted {
            println!("{} {id}\t[{key}]\t{line}\t{said}", if *own { " " } else { "?" });
        }
    }
}

fn notebook(name: &str) -> Vec<Cell> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path: PathBuf = root.join(format!("solutions/{name}.ipynb"));
    cells::read(&path)
}

/// Where cargo has built no dylib, or rustc is another one, there is nothing to try.
fn possible() -> bool {
    cfg!(target_os = "linux") && Path::new(env!("CARGO_MANIFEST_DIR")).join("solutions").is_dir()
}

#[test]
fn a_sample_of_mutants_is_refused() {
    if !possible() {
        println!("mutants: only on Linux, with the solutions; skipped");
        return;
    }
    const SAMPLE: usize = 160;
    let mut count = Count::default();
    // Trainings look at all images, which takes its time: in the whole run only.
    let quick = |cell: &Cell| !around(&cell.ids[0]).0.contains("tensors()");
    let all: Vec<Cell> =
        NOTEBOOKS.iter().flat_map(|(_, name)| notebook(name)).filter(quick).collect();
    let mut pool: Vec<(usize, Change)> = Vec::new();
    for (at, cell) in all.iter().enumerate() {
        pool.extend(cell.mutants().into_iter().map(|change| (at, change)));
    }
    // The same ones each time: a step that shares no factor with their number.
    let step = (pool.len() / SAMPLE).max(1) | 1;
    let chosen: Vec<_> = pool.into_iter().step_by(step).collect();
    try_all(&all, &chosen, &mut count, false);
    println!("{} mutants, {} refused by a hint of their own", count.judged, count.own);
    assert!(count.holes.is_empty(), "accepted:\n{}", count.holes.join("\n"));
    assert!(count.judged > 60, "{} mutants only", count.judged);
}

#[test]
#[ignore = "minutes for each notebook: MUTANTS=tp1 cargo test --test mutants -- --ignored --nocapture"]
fn all_mutants_are_refused() {
    let asked = std::env::var("MUTANTS").unwrap_or_default();
    let only = std::env::var("EXERCISE").unwrap_or_default();
    let mut holes = Vec::new();
    for (tp, name) in NOTEBOOKS.iter().filter(|(tp, _)| asked.is_empty() || asked == *tp) {
        let mut count = Count::default();
        for cell in notebook(name) {
            if !cell.ids.join("+").contains(&only) {
                continue;
            }
            let chosen: Vec<_> = cell.mutants().into_iter().map(|change| (0, change)).collect();
            let before = (count.judged, count.own);
            try_all(std::slice::from_ref(&cell), &chosen, &mut count, true);
            let (judged, own) = (count.judged - before.0, count.own - before.1);
            println!(
                "= {}: {judged} mutants, {own} refused by a hint of their own",
                cell.ids.join("+")
            );
        }
        println!(
            "== {tp}: {} mutants, {} refused, {} by a hint of their own ({} %), {} equivalent, {} accepted",
            count.judged,
            count.judged - count.equivalent - count.holes.len(),
            count.own,
            100 * count.own / (count.judged - count.equivalent - count.holes.len()).max(1),
            count.equivalent,
            count.holes.len()
        );
        println!("   general: {:?}", count.general);
        holes.extend(count.holes);
    }
    for hole in &holes {
        println!("ACCEPTED\t{hole}");
    }
    assert!(holes.is_empty(), "{} mutants are accepted", holes.len());
}

#[test]
fn a_reason_stands_beside_each_equivalent() {
    let reasons = equivalents();
    assert!(reasons.values().all(|reason| reason.trim().len() > 10));
    let ids: BTreeSet<String> = NOTEBOOKS
        .iter()
        .flat_map(|(_, name)| notebook(name))
        .map(|cell| cell.ids.join("+"))
        .collect();
    for (id, _) in reasons.keys() {
        assert!(ids.is_empty() || ids.contains(id), "no exercise {id}");
    }
}
