//! What an afternoon's accidents leave behind: ■, a crash, a restart.

use crate::common::{Cell, Session, installed};
use std::path::PathBuf;

const RIGHT: &str = "fn neurone(entrees: &[f32], poids: &[f32], biais: f32) -> f32 {
    entrees.iter().zip(poids).map(|(x, w)| x * w).sum::<f32>() + biais
}";
const CHECK: &str = "check::tp1::neurone(neurone)";
const FIT: &str = "modele.fit(&x, &few.labels, Fit { epochs: 1_000_000, ..Fit::default() })?";

/// The files of the scores of notebooks in a folder of the test's own; they go with it.
struct Scores {
    folder: tempfile::TempDir,
    /// How the names of the test's notebooks begin, and of no other's.
    start: &'static str,
}

impl Scores {
    fn of(start: &'static str) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), start }
    }

    fn notebook(&self, name: &str) -> String {
        let path = self.folder.path().join(format!("{}{name}", self.start));
        path.to_string_lossy().into_owned()
    }

    /// Their files in the folder of the scores.
    fn files(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(installed().join("scores")).into_iter().flatten().flatten();
        let begins = |path: &PathBuf| {
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(self.start))
        };
        entries.map(|entry| entry.path()).filter(begins).collect()
    }
}

impl Drop for Scores {
    fn drop(&mut self) {
        for file in self.files() {
            let _ = std::fs::remove_file(file);
        }
    }
}

fn begin(session: &mut Session) {
    session.cell(":dep mnist_tp = { path = \"..\" }");
    session.cell("use mnist_tp::prelude::*;");
}

/// The line of the first exercise, and the sum.
fn bilan(session: &mut Session) -> (String, String) {
    let cell = session.cell("println!(\"{:?}\", bilan())");
    let text = cell.stdout();
    let sum = text.lines().find(|line| line.contains("exercice"));
    let sum = sum.unwrap_or_else(|| panic!("{cell:?}"));
    (text.lines().next().unwrap().to_owned(), sum.to_owned())
}

fn spaced(cell: &Cell) -> String {
    cell.complaints().replace('\u{a0}', " ")
}

#[test]
fn accidents_cost_no_point() {
    let scores = Scores::of("essai-accidents-");
    let notebook = scores.notebook("1.ipynb");
    let mut session = Session::start_with(&[("JPY_SESSION_NAME", &notebook)]);
    begin(&mut session);
    session.cell("fn neurone(_: &[f32], _: &[f32], _: f32) -> f32 { 0.0 }");
    for _ in 0..3 {
        // One answer, and two hints more.
        assert!(session.cell(CHECK).result().starts_with('0'));
    }
    session.cell(RIGHT);
    for _ in 0..2 {
        assert_eq!(session.cell(CHECK).result(), "2");
    }
    let (row, sum) = bilan(&mut session);
    assert!(row.starts_with('✓') && row.contains("2\u{a0}essais"), "{row}");
    assert!(sum.starts_with("1 exercice sur 26"), "{sum}");

    a_training_stops_and_the_variables_live(&mut session);
    // What does not listen is ended, and only the variables with it.
    let endless =
        "println!(\"parti\"); let mut i = 0u64; loop { i = std::hint::black_box(i + 1); }";
    let said = spaced(&session.cell_interrupted(endless, 1));
    for part in ["Interruption", "seules les variables sont perdues", "bilan()", "let few", "let x"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!said.contains("fn neurone") && !said.contains("check::tp1"), "{said}");
    assert!(spaced(&session.cell("few.len()")).contains("Compilation"));
    assert_eq!(session.cell("neurone(&[1.0], &[2.0], 0.5)").result(), "2.5");
    assert!(bilan(&mut session).1.starts_with("1 exercice sur 26"));

    // A crash; then a change that breaks what was right.
    let said = spaced(&session.cell("std::process::abort()"));
    assert!(said.contains("ProcessusTermine") && said.contains("seules les variables"), "{said}");
    session.cell("fn neurone(_: &[f32], _: &[f32], _: f32) -> f32 { 1.0 }");
    assert!(session.cell(CHECK).result().starts_with('0'));
    let (row, sum) = bilan(&mut session);
    assert!(row.contains("acquis\u{a0}: 2/2") && row.contains("2\u{a0}essais"), "{row}");
    assert!(sum.starts_with("1 exercice sur 26"), "{sum}");

    session.control("restart");
    begin(&mut session);
    assert!(bilan(&mut session).0.contains("acquis\u{a0}: 2/2"));
    session.control("stop");

    // A copy of the notebook, and what no notebook is named for, begin anew.
    let copy = scores.notebook("copie.ipynb");
    for variables in [&[("JPY_SESSION_NAME", copy.as_str())][..], &[]] {
        let mut other = Session::start_with(variables);
        begin(&mut other);
        assert!(bilan(&mut other).1.starts_with("0 exercice sur 26"));
        other.control("stop");
    }
    assert_eq!(scores.files().len(), 1);
}

/// VS Code says for which notebook a kernel is by the names of its cells alone.
#[test]
fn a_notebook_is_known_by_the_names_of_its_cells() {
    let scores = Scores::of("essai-cellules-");
    let notebook = scores.notebook("vs code.ipynb");
    std::fs::write(&notebook, "{}").unwrap();
    let path = notebook.replace(' ', "%20");
    let name = |cell: u8| format!("vscode-notebook-cell:{path}#W{cell}sZmlsZQ%3D%3D");
    let mut session = Session::start();
    session.cell_named(&name(0), ":dep mnist_tp = { path = \"..\" }");
    session.cell_named(&name(1), "use mnist_tp::prelude::*;");
    session.cell_named(&name(2), RIGHT);
    assert_eq!(session.cell_named(&name(3), CHECK).result(), "2");
    session.control("restart");
    session.cell_named(&name(0), ":dep mnist_tp = { path = \"..\" }");
    session.cell_named(&name(1), "use mnist_tp::prelude::*;");
    assert!(bilan(&mut session).1.starts_with("1 exercice sur 26"));
    session.control("stop");
    assert_eq!(scores.files().len(), 1);
}

fn a_training_stops_and_the_variables_live(session: &mut Session) {
    session.cell("let few = Mnist::load()?.train.slice(0..500)?;").result();
    session.cell("let x = few.to_f32()?.reshape((500, 784))?;").result();
    let network = "Sequential::new(\"sans fin\", 784).dense(\"C\", 10, Activation::Softmax)";
    let compiled = format!(
        "let mut modele = {network}.compile(Adam::default(), Loss::SparseCategoricalCrossentropy)?;"
    );
    session.cell(&compiled).result();
    session.cell("let avant = modele.evaluate(&x, &few.labels)?.loss;").result();
    let said = spaced(&session.cell_interrupted(&format!("let h: History = {FIT};"), 6));
    for part in ["Interruption", "entraînement interrompu à l’époque", "poids du dernier pas"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
    let learned =
        session.cell("modele.evaluate(&x, &few.labels)?.loss < avant && few.len() == 500");
    assert_eq!(learned.result(), "true");
    // Other loops, and what catches the error without `?`.
    for code in [
        "println!(\"parti\"); loop { modele.predict(&x)?; }",
        "println!(\"parti\"); loop { for lot in batches(&x, &few.labels, 8, Some(1))? { lot?; } }",
        "println!(\"parti\"); loop { modele.predict(&x).unwrap(); }",
    ] {
        let said = spaced(&session.cell_interrupted(code, 1));
        assert!(said.contains("Interruption") && said.contains("gardées"), "{code}: {said}");
        assert_eq!(session.cell("few.len()").result(), "500", "{code}");
    }
}
