//! `tp execute`: one submission executed, whoever asks for it (`tp grade` here, a job
//! on another machine). Marks are given afterwards, from what it writes.

use super::kept::{Execution, Kept, key};
use crate::check::submission::{self, Place};
use crate::front::NOT_RUN;
use crate::layout::Layout;
use crate::notebook;
use crate::protocol;
use crate::run::Verdict;
use crate::sandbox::Choice;
use crate::warm;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

#[derive(clap::Args)]
pub struct Args {
    /// La copie, telle que `tp grade` l'a préparée.
    source: PathBuf,
    /// Le dossier où écrire la copie exécutée et ce qui en est dit.
    #[arg(long)]
    out: PathBuf,
    #[command(flatten)]
    how: How,
}

/// What every execution of a grading shares.
#[derive(clap::Args, Clone)]
pub struct How {
    /// Durée maximale d'une cellule, en secondes (0 : sans limite).
    #[arg(long, default_value_t = 300)]
    pub timeout: u64,
    /// Le dossier des entraînements déjà faits, lu dans le bac à sable.
    #[arg(long, hide = true)]
    pub memo: Option<PathBuf>,
    /// Y ajoute ceux de ce notebook, qui est une solution.
    #[arg(long, hide = true, requires = "memo")]
    pub fill: bool,
    #[command(flatten)]
    pub sandbox: Choice,
}

impl How {
    /// The same, for another call of this program.
    pub fn options(&self) -> Vec<String> {
        let mut options = vec!["--timeout".to_owned(), self.timeout.to_string()];
        options.extend(
            self.memo.iter().flat_map(|memo| ["--memo".into(), memo.display().to_string()]),
        );
        options.extend(self.fill.then(|| "--fill".to_owned()));
        options.extend(self.sandbox.option());
        options
    }

    /// What names an execution of a submission: its text, the library that it is
    /// compiled against, and what bounds it.
    pub fn key(&self, layout: &Layout, text: &[u8]) -> String {
        let variable = |name: &str| std::env::var(name).unwrap_or_default();
        let parts = [
            env!("CARGO_PKG_VERSION").to_owned(),
            warm::fingerprint(layout),
            self.timeout.to_string(),
            variable(protocol::QUICK),
            variable(protocol::DATA),
        ];
        let parts = parts.iter().map(String::as_bytes).chain([text]);
        key(&parts.collect::<Vec<_>>())
    }
}

/// Executes it and writes what came of it, an execution that failed included: then
/// its record says why. Fails only where nothing could be written or tried.
pub fn run(args: Args) -> Result<ExitCode> {
    let layout = Layout::find()?;
    step_back();
    let text = fs::read(&args.source)
        .with_context(|| format!("impossible de lire « {} »", args.source.display()))?;
    let (start, key) = (Instant::now(), args.how.key(&layout, &text));
    let kept = Kept(std::path::absolute(args.out)?);
    let outcome = notebook::parse(&text).and_then(|content| execute(&layout, content, &args.how));
    let (executed, remark, error) = match outcome {
        Ok((content, remark)) => (Some(content), remark, None),
        Err(error) => (None, None, Some(format!("{error:#}"))),
    };
    let seconds = start.elapsed().as_secs_f64();
    kept.write(&Execution { key, seconds, remark, error }, executed.as_ref())?;
    Ok(ExitCode::SUCCESS)
}

/// Leaves the processor to whoever sits at the machine.
fn step_back() {
    // That it may fail is of no consequence.
    let _ = rustix::process::setpriority_process(None, 5);
}

/// The notebook with the outputs of its cells, and what the teacher should know of them;
/// the sources are not touched.
fn execute(layout: &Layout, mut content: Value, how: &How) -> Result<(Value, Option<String>)> {
    let mut sandbox = how.sandbox.sandbox(layout)?;
    if let (Some(sandbox), Some(memo)) = (&mut sandbox, &how.memo) {
        fs::create_dir_all(memo)?;
        sandbox.lend(memo, how.fill);
    }
    let work = tempfile::tempdir()?;
    let submitted = content.clone();
    let place = Place {
        folder: work.path(),
        timeout: how.timeout,
        sandbox: sandbox.as_ref().map(|sandbox| (sandbox, Vec::new())),
    };
    for cell in content["cells"].as_array_mut().into_iter().flatten() {
        if cell["cell_type"] == "code" && !notebook::source(cell).trim().is_empty() {
            // nbgrader gives all its points to a test cell without outputs.
            cell["outputs"] = json!([not_run()]);
        }
    }
    let (mut count, mut dead) = (0, None);
    let odd = submission::execute(layout, &submitted, place, |executed, verdict| {
        count += 1;
        if let Some(cell) = content["cells"].get_mut(executed.index)
            && executed.has_answer()
        {
            cell["outputs"] = marked(&executed.outputs);
            cell["execution_count"] = count.into();
        } else if let Verdict::Failed { message, .. } = verdict {
            dead = Some(message.clone());
        }
    })?;
    match dead {
        Some(message) => bail!("{message}"),
        None => Ok((content, odd)),
    }
}

fn not_run() -> Value {
    json!({"output_type": "error", "ename": NOT_RUN, "evalue": "", "traceback": [NOT_RUN]})
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
