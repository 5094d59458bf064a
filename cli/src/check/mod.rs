//! `cargo tp check`: a student's notebook run to its end, and its points.
//!
//! The same rules as nbgrader's: test cells are restored from the solution
//! before the run, errors do not stop it, and a cell too long is interrupted.

mod anchor;
mod forged;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
pub mod panel;
mod points;
mod recognise;
pub mod reference;
pub mod submission;

use crate::french::number;
use crate::layout::Layout;
use crate::notebook;
use crate::protocol;
use crate::run::Verdict;
use crate::sandbox::{self, Sandbox};
use anyhow::{Context, Result};
use panel::Panel;
use points::Graded;
use reference::Reference;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use submission::{Place, Submission};

#[derive(clap::Args)]
pub struct Args {
    /// Les notebooks des étudiants.
    #[arg(required = true)]
    notebooks: Vec<PathBuf>,
    /// Termine par une ligne JSON : `score`, `max`, `exercises`, `unknown`, `errors`.
    #[arg(long)]
    json: bool,
    /// Durée maximale d'une cellule, en secondes (0 : sans limite).
    #[arg(long, default_value_t = 300)]
    timeout: u64,
    /// La solution dont viennent les vérifications [par défaut : dans solutions/].
    #[arg(long)]
    solution: Option<PathBuf>,
    #[command(flatten)]
    sandbox: sandbox::Choice,
}

/// One exercise of one notebook, after the run.
struct Line {
    graded: Graded,
    earned: f64,
    /// Why the points are missing, where it is known.
    remark: String,
}

/// One notebook, after the run.
struct Checked {
    lines: Vec<Line>,
    /// Whether a solution says which exercises there are.
    known: bool,
    /// What was found by its text.
    remarks: Vec<String>,
    seconds: f64,
}

/// What `--json` tells.
#[derive(Default, Serialize)]
struct Report {
    score: f64,
    max: f64,
    exercises: Vec<Value>,
    /// Notebooks of no solution: their test cells are the student's.
    unknown: Vec<String>,
    /// Notebooks that could not be run.
    errors: Vec<Value>,
}

/// Runs the notebooks, prints the points and their total.
pub fn run(args: Args) -> Result<ExitCode> {
    let layout = Layout::find()?;
    let references = Reference::all(&layout, args.solution.as_deref())?;
    let paths = args.notebooks.iter().map(|path| notebook::existing(path));
    let paths = paths.collect::<Result<Vec<_>>>()?;
    crate::install::ensure(&layout)?;
    let sandbox = args.sandbox.sandbox(&layout)?;
    let mut report = Report::default();
    for path in &paths {
        println!("{}", path.display());
        report.add(path, check(&layout, &references, &args, sandbox.as_ref(), path));
    }
    if paths.len() > 1 {
        println!("Total général : {} sur {}", number(report.score), number(report.max));
    }
    if args.json {
        println!("{}", serde_json::to_string(&report)?);
    }
    Ok(if report.errors.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Report {
    /// Prints and adds what came of one notebook; one that could not be run
    /// does not keep the others from it.
    fn add(&mut self, path: &Path, outcome: Result<Checked>) {
        let notebook = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let checked = match outcome {
            Ok(checked) => checked,
            Err(error) => {
                let error = format!("{error:#}");
                println!("  non vérifié : {error}");
                self.errors.push(json!({"notebook": notebook, "error": error}));
                return;
            }
        };
        if !checked.known {
            println!("  aucune solution ne correspond : vérifications non restaurées");
            self.unknown.push(notebook.clone());
        }
        for remark in &checked.remarks {
            println!("  {remark}");
        }
        print(&checked.lines, checked.seconds);
        for Line { graded, earned, remark } in checked.lines {
            if !graded.by_hand {
                self.score += earned;
                self.max += graded.max;
            }
            self.exercises.push(json!({
                "notebook": notebook,
                "id": graded.id,
                "score": if graded.by_hand { Value::Null } else { earned.into() },
                "max": graded.max,
                "manual": graded.by_hand,
                "remark": remark,
            }));
        }
    }
}

/// Runs one notebook and reads its points.
fn check(
    layout: &Layout,
    references: &[Reference],
    args: &Args,
    sandbox: Option<&Sandbox>,
    path: &Path,
) -> Result<Checked> {
    let content = notebook::read(path)?;
    let reference = Reference::of(references, path, &content);
    let Submission { content, restored, mut remarks } = Submission::of(content, reference)?;
    let place = Place {
        folder: path.parent().context("un notebook est dans un dossier")?,
        timeout: args.timeout,
        sandbox: match sandbox {
            Some(sandbox) => Some((sandbox, sandbox::beside(path)?)),
            None => None,
        },
    };
    let mut ended = HashMap::new();
    let mut seconds = 0.0;
    let odd = submission::execute(layout, &content, place, |executed, verdict| {
        seconds += executed.seconds;
        ended.insert(executed.index, (executed.outputs.clone(), verdict.clone()));
    })?;
    remarks.extend(odd);
    let cells = notebook::cells(&content);
    let exercises = reference.map_or_else(|| points::graded(cells), Reference::exercises);
    let mut lines = Vec::new();
    for graded in exercises {
        let outcome = reference::place(cells, &graded.id).and_then(|index| ended.get(&index));
        let earned = outcome.map_or(0.0, |(outputs, _)| points::earned(outputs, graded.max));
        let mut remark = match outcome {
            _ if graded.by_hand => "à noter à la main".to_owned(),
            None => "non exécuté".to_owned(),
            Some((outputs, Verdict::Clean)) if earned < graded.max => missed(outputs),
            Some((_, Verdict::Clean)) => String::new(),
            Some((_, Verdict::ToComplete)) => protocol::TO_COMPLETE.to_owned(),
            Some((_, Verdict::Failed { kind, message })) => {
                format!("{kind} : {}", message.lines().next().unwrap_or_default())
            }
        };
        if let Some(how) = restored.get(&graded.id) {
            remark = [how, remark.as_str()].join(" ; ").trim_end_matches(" ; ").to_owned();
        }
        lines.push(Line { graded, earned, remark });
    }
    Ok(Checked { lines, known: reference.is_some(), remarks, seconds })
}

/// What a check found in the answer, in a word or two.
fn missed(outputs: &[Value]) -> String {
    let panel = Panel::of(&json!({ "outputs": outputs }));
    match panel.and_then(|panel| panel.mistake()).as_deref() {
        None => String::new(),
        Some(protocol::TO_COMPLETE) => protocol::TO_COMPLETE.to_owned(),
        Some("inconnue") => "réponse fausse".to_owned(),
        Some(key) => format!("réponse fausse ({key})"),
    }
}

/// One line an exercise, then the total.
fn print(lines: &[Line], seconds: f64) {
    let (mut score, mut max) = (0.0, 0.0);
    for Line { graded, earned, remark } in lines {
        let points = if graded.by_hand {
            format!("—/{}", number(graded.max))
        } else {
            score += earned;
            max += graded.max;
            format!("{}/{}", number(*earned), number(graded.max))
        };
        println!("{}", format!("  {:<32} {points:>8}  {remark}", graded.id).trim_end());
    }
    println!(
        "  {:<32} {:>8}  {seconds:.0} s",
        "Total",
        format!("{}/{}", number(score), number(max))
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unreadable_notebook_is_one_line_of_the_report() {
        let id = "a".to_owned();
        let line = Line {
            graded: points::Graded { id, max: 2.0, by_hand: false },
            earned: 1.0,
            remark: String::new(),
        };
        let mut report = Report::default();
        report.add(Path::new("x/ana.ipynb"), Err(anyhow::anyhow!("JSON incorrect")));
        let checked =
            Checked { lines: vec![line], known: false, remarks: Vec::new(), seconds: 1.0 };
        report.add(Path::new("x/bob.ipynb"), Ok(checked));
        let told = serde_json::to_value(&report).unwrap();
        assert_eq!((&told["score"], &told["max"]), (&json!(1.0), &json!(2.0)));
        assert_eq!(told["errors"], json!([{"notebook": "ana", "error": "JSON incorrect"}]));
        assert_eq!(told["unknown"], json!(["bob"]));
    }

    #[test]
    fn what_a_check_found_is_a_remark() {
        let said = |data: &str| {
            let html = format!("<div data-exercice=\"a\" {data}><b>A</b></div>");
            missed(&[json!({"output_type": "execute_result", "data": {"text/html": html}})])
        };
        assert_eq!(said("data-erreur=\"à compléter\""), "à compléter");
        assert_eq!(said("data-erreur=\"biais oublié\""), "réponse fausse (biais oublié)");
        assert_eq!(said("data-erreur=\"inconnue\""), "réponse fausse");
        assert_eq!((said(""), missed(&[])), (String::new(), String::new()));
    }
}
