//! `cargo tp check`: a student's notebook run to its end, and its points.
//!
//! The same rules as nbgrader's: test cells are restored from the solution
//! before the run, errors do not stop it, and a cell too long is interrupted.

mod points;
pub mod reference;

use crate::layout::Layout;
use crate::notebook;
use crate::run::{Session, Verdict};
use anyhow::{Context, Result};
use points::Graded;
use reference::Reference;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(clap::Args)]
pub struct Args {
    /// Les notebooks des étudiants.
    #[arg(required = true)]
    notebooks: Vec<PathBuf>,
    /// Termine par une ligne JSON : `score`, `max`, `exercises`.
    #[arg(long)]
    json: bool,
    /// Durée maximale d'une cellule, en secondes (0 : sans limite).
    #[arg(long, default_value_t = 300)]
    timeout: u64,
    /// La solution dont viennent les vérifications [par défaut : dans solutions/].
    #[arg(long)]
    solution: Option<PathBuf>,
}

/// One exercise of one notebook, after the run.
struct Line {
    graded: Graded,
    earned: f64,
    /// Why the points are missing, where it is known.
    remark: String,
}

/// Runs the notebooks, prints the points and their total.
pub fn run(args: Args) -> Result<ExitCode> {
    let layout = Layout::find()?;
    let references = Reference::all(&layout, args.solution.as_deref())?;
    let paths = args.notebooks.iter().map(|path| notebook::existing(path));
    let paths = paths.collect::<Result<Vec<_>>>()?;
    crate::install::ensure(&layout)?;
    let (mut score, mut max, mut exercises) = (0.0, 0.0, Vec::new());
    for path in &paths {
        println!("{}", path.display());
        for line in check(&layout, &references, &args, path)? {
            if !line.graded.by_hand {
                score += line.earned;
                max += line.graded.max;
            }
            exercises.push(json!({
                "notebook": path.file_stem().unwrap_or_default().to_string_lossy(),
                "id": line.graded.id,
                "score": if line.graded.by_hand { Value::Null } else { line.earned.into() },
                "max": line.graded.max,
                "manual": line.graded.by_hand,
                "remark": line.remark,
            }));
        }
    }
    if paths.len() > 1 {
        println!("Total général : {} sur {}", number(score), number(max));
    }
    if args.json {
        println!("{}", json!({"score": score, "max": max, "exercises": exercises}));
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs one notebook and reads its points.
fn check(layout: &Layout, references: &[Reference], args: &Args, path: &Path) -> Result<Vec<Line>> {
    let mut content = notebook::read(path)?;
    let reference = Reference::of(references, path, &content);
    let restored = reference.map(|reference| reference.restore(&mut content)).unwrap_or_default();
    let draft = tempfile::Builder::new().prefix("check-").tempdir_in(&layout.tp)?;
    let source = draft.path().join("source.ipynb");
    fs::write(&source, serde_json::to_string(&content)?)?;
    let session = Session {
        source: &source,
        target: &draft.path().join("execute.ipynb"),
        folder: path.parent().context("un notebook est dans un dossier")?,
        plain: false,
        timeout: args.timeout,
        interrupt: true,
    };
    let mut ended = HashMap::new();
    let mut seconds = 0.0;
    session.execute(layout, |executed, verdict| {
        seconds += executed.seconds;
        ended.insert(executed.index, (executed.outputs.clone(), verdict.clone()));
        true
    })?;
    let cells = content["cells"].as_array().context("un notebook a des cellules")?;
    let mut lines = Vec::new();
    for graded in points::graded(cells) {
        let outcome = ended.get(&graded.index);
        let earned = outcome.map_or(0.0, |(outputs, _)| points::earned(outputs, graded.max));
        let mut remark = match outcome {
            _ if graded.by_hand => "à noter à la main".to_owned(),
            None => "non exécuté".to_owned(),
            Some((_, Verdict::Clean)) => String::new(),
            Some((_, Verdict::ToComplete)) => "à compléter".to_owned(),
            Some((_, Verdict::Failed { kind, message })) => {
                format!("{kind} : {}", message.lines().next().unwrap_or_default())
            }
        };
        if let Some(how) = restored.get(&graded.id) {
            remark = [how, remark.as_str()].join(" ; ").trim_end_matches(" ; ").to_owned();
        }
        lines.push(Line { graded, earned, remark });
    }
    print(&lines, seconds);
    Ok(lines)
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

/// A number as French prose writes it.
fn number(value: f64) -> String {
    format!("{}", (value * 100.0).round() / 100.0).replace('.', ",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_french() {
        assert_eq!((number(2.0).as_str(), number(1.25).as_str()), ("2", "1,25"));
    }
}
