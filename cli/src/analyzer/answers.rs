//! What cargo and rustc answered another kernel.
//!
//! At each start of a kernel evcxr and its rust-analyzer, which reads the project twice,
//! ask them some forty questions (`rustc -vV`, `cargo metadata`, `cargo rustc --print
//! cfg`, …), which takes a second or two and gives the same answers each time. So an
//! answer is kept, in a file that is named after all that it depends on (see
//! [`shortcut::question`]). A question with anything unusual in it goes to the real
//! program, and so do all of them where [`shortcut::OFF`] is set.

use super::graph;
use crate::files;
use crate::layout::Layout;
use crate::shortcut::question::{Kernel, Question};
use crate::shortcut::{self, Args};
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

/// A set-up's kernels ask some twenty different questions, and as many for each other
/// set of dependencies or of variables; beyond this, those go that were of no use for longest.
const MOST: usize = 300;

/// cargo or rustc, asked something that may be known.
pub fn run(args: Args) -> Result<ExitCode> {
    let question = Question::present(&args.program, &args.arguments);
    let Some(question) = question else {
        if is_metadata(&args) {
            let (answer, code) = ask(&args)?;
            answer.tell()?;
            return Ok(code);
        }
        return args.hand_over();
    };
    let file = shortcut::shared_folder(&Layout::find()?).join(question.name());
    if let Some(known) = Answer::read(&file) {
        let answer = known.shown(&question.kernel);
        if let Some(text) = &answer.lock {
            files::replace(&question.lock.path, text.as_bytes())?;
        }
        answer.tell()?;
        return Ok(ExitCode::SUCCESS);
    }
    let (answer, code) = ask(&args)?;
    answer.tell()?;
    if code == ExitCode::SUCCESS {
        // What could not be kept is asked again by the next kernel.
        let _ = keep(&args, &question, answer, &file);
    }
    Ok(code)
}

fn is_metadata(args: &Args) -> bool {
    args.arguments.first().is_some_and(|verb| verb == "metadata")
}

/// Asks the real program.
fn ask(args: &Args) -> Result<(Answer, ExitCode)> {
    let output = args
        .command()
        .output()
        .with_context(|| format!("« {} » ne démarre pas", args.program.display()))?;
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut answer = Answer { out: said(&output.stdout), err: said(&output.stderr), lock: None };
    // What is not understood is passed on as it is.
    if output.status.success()
        && is_metadata(args)
        && let Some(pruned) = graph::pruned(&answer.out)
    {
        answer.out = pruned + "\n";
    }
    let code = output.status.code().and_then(|code| u8::try_from(code).ok());
    Ok((answer, code.map_or(ExitCode::FAILURE, ExitCode::from)))
}

/// Keeps an answer, if the question was the same to the end.
fn keep(args: &Args, question: &Question, answer: Answer, file: &Path) -> Option<()> {
    make_room(file.parent()?, MOST);
    if !question.still_stands(&args.program, &args.arguments)
        || (is_metadata(args) && !is_usual(&answer.out, question))
    {
        return None;
    }
    let lock = question.lock.change();
    let answer = Answer { lock, ..answer }.hidden(&question.kernel)?;
    files::replace(file, &serde_json::to_vec(&answer).ok()?).ok()
}

/// Leaves less than `most` files in the folder: if there are more, the half that was used last.
fn make_room(folder: &Path, most: usize) {
    let used = |entry: fs::DirEntry| Some((entry.metadata().ok()?.modified().ok()?, entry.path()));
    // The first answer makes the folder.
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut kept: Vec<_> = entries.filter_map(used).collect();
    if kept.len() >= most {
        kept.sort();
        for (_, path) in &kept[..kept.len() - most / 2] {
            let _ = fs::remove_file(path);
        }
    }
}

/// Whether all crates are published ones, or such as the question has looked at.
fn is_usual(metadata: &str, question: &Question) -> bool {
    let metadata: Value = serde_json::from_str(metadata).unwrap_or_default();
    let is_known = |package: &Value| {
        let manifest = package["manifest_path"].as_str();
        !package["source"].is_null()
            || manifest.is_some_and(|path| question.has_read(path.as_ref()))
    };
    metadata["packages"].as_array().is_some_and(|packages| packages.iter().all(is_known))
}

/// What a program has said, and done.
#[derive(Serialize, Deserialize)]
struct Answer {
    out: String,
    err: String,
    /// What the lock says since.
    lock: Option<String>,
}

impl Answer {
    fn read(file: &Path) -> Option<Self> {
        serde_json::from_slice(&files::read_used(file).ok()?).ok()
    }

    fn tell(&self) -> Result<()> {
        std::io::stderr().write_all(self.err.as_bytes())?;
        Ok(std::io::stdout().write_all(self.out.as_bytes())?)
    }

    /// The answer to any kernel; none if it has this one's folder in some other form.
    fn hidden(self, kernel: &Kernel) -> Option<Self> {
        let [out, err] = [self.out, self.err].map(|text| kernel.hidden(&text));
        Some(Self { out: out?, err: err?, lock: self.lock })
    }

    fn shown(self, kernel: &Kernel) -> Self {
        let [out, err] = [self.out, self.err].map(|text| kernel.shown(&text));
        Self { out, err, lock: self.lock }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, SystemTime};

    #[test]
    fn what_was_used_last_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let names = || {
            let entries = fs::read_dir(folder.path()).unwrap().flatten();
            let mut names: Vec<_> =
                entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
            names.sort();
            names
        };
        for (age, name) in ["f", "e", "d", "c", "b", "a"].iter().enumerate() {
            let path = folder.path().join(name);
            fs::write(&path, r#"{"out": "", "err": "", "lock": null}"#).unwrap();
            let date = SystemTime::now() - Duration::from_secs(1000 * (10 - age as u64));
            fs::File::open(&path).unwrap().set_modified(date).unwrap();
        }
        make_room(folder.path(), 7);
        assert_eq!(names().len(), 6);
        assert!(Answer::read(&folder.path().join("f")).is_some());
        make_room(folder.path(), 6);
        assert_eq!(names(), ["a", "b", "f"]);
    }
}
