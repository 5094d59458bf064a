//! `tp execute`: one submission executed for nbgrader, which marks it afterwards.

use crate::check;
use crate::layout::Layout;
use crate::notebook;
use crate::run::{Session, Verdict};
use crate::sandbox::Choice;
use anyhow::{Result, bail};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(clap::Args)]
pub struct Args {
    /// Le notebook.
    source: PathBuf,
    /// La copie exécutée à écrire.
    target: PathBuf,
    /// Durée maximale d'une cellule, en secondes (0 : sans limite).
    #[arg(long)]
    timeout: u64,
    #[command(flatten)]
    sandbox: Choice,
}

/// Executes it; the copy has the outputs of its cells, the sources are not touched.
pub fn run(args: Args) -> Result<ExitCode> {
    let layout = Layout::find()?;
    let sandbox = args.sandbox.sandbox(&layout)?;
    let mut content = notebook::read(&args.source)?;
    let mut anchored = content.clone();
    check::anchor(&mut anchored);
    let folder = tempfile::tempdir()?;
    let source = folder.path().join("source.ipynb");
    fs::write(&source, serde_json::to_string(&anchored)?)?;
    let work = folder.path().join("travail");
    fs::create_dir(&work)?;
    let session = Session {
        source: &source,
        target: &folder.path().join("execute.ipynb"),
        folder: &work,
        plain: false,
        timeout: args.timeout,
        interrupt: true,
        sandbox: sandbox.as_ref().map(|sandbox| (sandbox, Vec::new())),
    };
    for cell in content["cells"].as_array_mut().into_iter().flatten() {
        if cell["cell_type"] == "code" && !notebook::source(cell).trim().is_empty() {
            // nbgrader gives all its points to a test cell without outputs.
            cell["outputs"] = json!([not_run()]);
        }
    }
    let (mut count, mut dead) = (0, None);
    session.execute(&layout, |executed, verdict| {
        count += 1;
        if let Some(cell) = content["cells"].get_mut(executed.index)
            && executed.has_answer()
        {
            cell["outputs"] = marked(&executed.outputs);
            cell["execution_count"] = count.into();
        } else if let Verdict::Failed { message, .. } = verdict {
            dead = Some(message.clone());
        }
        true
    })?;
    if let Some(message) = dead {
        bail!("{message}");
    }
    fs::write(&args.target, serde_json::to_string(&content)?)?;
    Ok(ExitCode::SUCCESS)
}

fn not_run() -> Value {
    let name = "NonExécutée";
    json!({"output_type": "error", "ename": name, "evalue": "", "traceback": [name]})
}

/// nbgrader reads the points from the first result of a cell; what a function that is
/// checked shows before the cell's own value is made a display.
fn marked(outputs: &[Value]) -> Value {
    let mut outputs = outputs.to_vec();
    let is_result = |output: &Value| output["output_type"] == "execute_result";
    let last = outputs.iter().rposition(is_result);
    for (place, output) in outputs.iter_mut().enumerate() {
        if is_result(output) && Some(place) != last {
            output["output_type"] = "display_data".into();
            if let Some(output) = output.as_object_mut() {
                output.remove("execution_count");
            }
        }
    }
    outputs.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_result_of_a_cell_is_marked() {
        let result = |text: &str| {
            json!({"output_type": "execute_result", "execution_count": 1, "metadata": {},
                "data": {"text/plain": text}})
        };
        let stream = json!({"output_type": "stream", "name": "stdout", "text": "a"});
        let marked = marked(&[result("2"), stream.clone(), result("0.5"), stream]);
        let kinds = [0, 1, 2, 3].map(|place: usize| marked[place]["output_type"].clone());
        assert_eq!(kinds, ["display_data", "stream", "execute_result", "stream"]);
        assert!(marked[0].get("execution_count").is_none());
    }
}
