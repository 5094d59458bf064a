//! Submissions executed by Slurm: a job array whose tasks run `tp execute`, as
//! [`jobs`](super::jobs) does here, on machines that see the same folders.
//!
//! What a task has done is told by what it wrote, not by Slurm: a task that is no
//! longer in the queue and has written nothing is submitted again. One whose machine
//! has died Slurm itself puts back.

use super::execute::How;
use super::jobs::{Ended, INTERRUPTED, Task, stopped};
use crate::analyzer::quoted;
use crate::layout::Layout;
use crate::{files, process};
use anyhow::{Context, Result, anyhow, bail};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

/// What a job asks for unless told otherwise: a submission takes little more than a
/// core, and 1.5 GB.
const ASKED: [&str; 2] = ["--cpus-per-task=1", "--mem=2500M"];
/// Slurm's own bound of an array is 1001 unless the cluster says otherwise.
const LONGEST: usize = 1000;
/// Between two looks at the results.
const PAUSE: Duration = Duration::from_secs(2);
/// How long a shared folder may take to show what another machine has written.
const DELAY: Duration = Duration::from_secs(20);
/// How often a task is submitted.
const TRIES: u32 = 3;

/// Where the jobs are described.
pub struct Slurm<'a> {
    pub layout: &'a Layout,
    /// The script and the output of each array.
    pub folder: PathBuf,
    /// What the teacher tells sbatch.
    pub options: &'a [String],
    pub how: &'a How,
}

/// Whether this machine can submit jobs.
pub fn check() -> Result<()> {
    let found = process::command("sbatch").arg("--version").output();
    match found {
        Ok(output) if output.status.success() => Ok(()),
        _ => bail!(
            "sbatch est introuvable : lancez `tp grade --sur slurm` sur une machine du cluster"
        ),
    }
}

/// A task that has not ended yet.
struct Waiting<'a> {
    task: &'a Task,
    /// Its array and its number there.
    job: (String, usize),
    tries: u32,
    /// Since when Slurm does not know it any more.
    gone: Option<Instant>,
}

impl Slurm<'_> {
    /// Executes the tasks; tells of each once, when it has ended.
    pub fn run(&self, tasks: &[Task], ended: &Sender<Ended>) {
        let mut waiting = Vec::new();
        let all: Vec<_> = tasks.iter().map(|task| (task, 1)).collect();
        self.submit(&all, &mut waiting, ended);
        let mut told = BTreeSet::new();
        while !waiting.is_empty() {
            if stopped() {
                cancel(&waiting);
                return;
            }
            // Before the results: what has left the queue by now has written.
            let queued = queued(&waiting, &mut told);
            let mut again = Vec::new();
            waiting.retain_mut(|one| {
                let outcome = match &queued {
                    _ if has_result(one.task) => Ok(()),
                    Some(queued) if !queued.contains(&one.job) => {
                        if one.gone.get_or_insert_with(Instant::now).elapsed() < DELAY {
                            return true;
                        }
                        if one.tries < TRIES {
                            again.push((one.task, one.tries + 1));
                            return false;
                        }
                        Err(anyhow!(
                            "Slurm l'a perdue {TRIES} fois (journaux : « {} »)",
                            self.folder.display()
                        ))
                    }
                    _ => {
                        one.gone = None;
                        return true;
                    }
                };
                let _ = ended.send((one.task.place, outcome));
                false
            });
            self.submit(&again, &mut waiting, ended);
            if !waiting.is_empty() {
                std::thread::sleep(PAUSE);
            }
        }
    }

    /// Submits tasks, as few arrays as possible; tells of those that Slurm refuses.
    fn submit<'t>(
        &self,
        tasks: &[(&'t Task, u32)],
        waiting: &mut Vec<Waiting<'t>>,
        ended: &Sender<Ended>,
    ) {
        for tasks in tasks.chunks(LONGEST) {
            match self.array(tasks) {
                Ok(job) => {
                    waiting.extend(tasks.iter().enumerate().map(|(number, (task, tries))| {
                        Waiting { task, job: (job.clone(), number), tries: *tries, gone: None }
                    }))
                }
                Err(error) => {
                    for (task, _) in tasks {
                        let _ = ended.send((task.place, Err(anyhow!("{error:#}"))));
                    }
                }
            }
        }
    }

    /// Submits one array; its number.
    fn array(&self, tasks: &[(&Task, u32)]) -> Result<String> {
        for (task, _) in tasks {
            fs::create_dir_all(&task.kept.0)?;
            // What an earlier run has left would be taken for this one's.
            if has_result(task) {
                fs::remove_file(task.kept.record())?;
            }
        }
        fs::create_dir_all(&self.folder)?;
        let script = self.folder.join("lot.sh");
        files::replace(&script, self.script(tasks).as_bytes())?;
        let mut sbatch = process::command("sbatch");
        sbatch
            .args(["--parsable", "--requeue", "--job-name=tp-grade"])
            .arg(format!("--array=0-{}", tasks.len() - 1))
            .arg("--output")
            .arg(self.folder.join("%A_%a.txt"))
            .args(ASKED)
            .args(self.options)
            .arg(&script);
        let answer = said(&mut sbatch).context("sbatch refuse les copies")?;
        // On a cluster of clusters its name follows.
        Ok(answer.trim().split(';').next().unwrap_or_default().to_owned())
    }

    /// What each task of an array runs.
    fn script(&self, tasks: &[(&Task, u32)]) -> String {
        let mut text = String::from("#!/bin/sh\ncase $SLURM_ARRAY_TASK_ID in\n");
        for (number, (task, _)) in tasks.iter().enumerate() {
            let (source, kept) = (quoted(&task.source), quoted(&task.kept.0));
            text += &format!(
                "{number}) set -- {source} --out {kept}; journal={} ;;\n",
                quoted(&task.kept.journal())
            );
        }
        let program = quoted(&self.layout.kernel_program());
        let options = self.how.options();
        let options: Vec<_> = options.iter().map(|option| quoted(Path::new(option))).collect();
        let options = options.join(" ");
        text += &format!(
            "esac\nexport TP_DIR={}\nexport RAYON_NUM_THREADS=\"${{SLURM_CPUS_PER_TASK:-1}}\"\n\
             exec {program} execute \"$@\" {options} >\"$journal\" 2>&1 </dev/null\n",
            quoted(&self.layout.tp)
        );
        text
    }
}

/// Whether a task has written what came of it, on whichever machine.
fn has_result(task: &Task) -> bool {
    // A folder that is read is looked at anew where it is another machine's.
    let _ = fs::read_dir(&task.kept.0).map(Iterator::count);
    task.kept.execution().is_some()
}

/// The tasks that Slurm still has, waiting or running; none where it does not answer.
/// Why some of them wait is told once.
fn queued(waiting: &[Waiting], told: &mut BTreeSet<String>) -> Option<BTreeSet<(String, usize)>> {
    let arrays: BTreeSet<_> = waiting.iter().map(|one| one.job.0.as_str()).collect();
    let mut queued = BTreeSet::new();
    for array in arrays {
        let mut squeue = process::command("squeue");
        squeue.args(["--noheader", "--array", "--format=%K %r", "--jobs", array]);
        let text = match said(&mut squeue) {
            Ok(text) => text,
            // It forgets arrays that have ended.
            Err(error) if error.to_string().contains("Invalid job id") => continue,
            Err(error) => {
                tell(told, &format!("Slurm ne répond pas ({error:#}) ; j'attends"));
                return None;
            }
        };
        for (number, reason) in text.lines().filter_map(task_of) {
            queued.insert((array.to_owned(), number));
            if reason != "None" {
                tell(told, &format!("Slurm : des copies attendent ({reason})"));
            }
        }
    }
    Some(queued)
}

/// A line of squeue: the task's number, and why it waits.
fn task_of(line: &str) -> Option<(usize, &str)> {
    let (number, reason) = line.trim().split_once(' ')?;
    Some((number.parse().ok()?, reason.trim()))
}

fn tell(told: &mut BTreeSet<String>, line: &str) {
    if told.insert(line.to_owned()) {
        eprintln!("{line}");
    }
}

fn cancel(waiting: &[Waiting]) {
    let arrays: BTreeSet<_> = waiting.iter().map(|one| &one.job.0).collect();
    if let Err(error) = said(process::command("scancel").args(arrays)) {
        eprintln!("{INTERRUPTED} : {error:#}");
    }
}

/// What a command of Slurm answers.
fn said(command: &mut Command) -> Result<String> {
    let output = command.output().context("Slurm ne répond pas")?;
    if !output.status.success() {
        let error = String::from_utf8_lossy(&output.stderr);
        bail!("{}", error.trim().lines().last().unwrap_or("sans message"));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::super::kept::Kept;
    use super::*;

    #[test]
    fn each_task_of_an_array_has_its_own_words() {
        let layout = Layout { root: "/tp".into(), tp: "/tp/.tp".into() };
        let how =
            How { timeout: 7, sandbox: crate::sandbox::Choice::default(), memo: None, fill: false };
        let slurm =
            Slurm { layout: &layout, folder: "/notes/slurm".into(), options: &[], how: &how };
        let task = |student: &str| Task {
            place: 0,
            source: PathBuf::from("/copies").join(student),
            kept: Kept(PathBuf::from("/notes").join(student)),
        };
        let (first, second) = (task("Zoé B"), task("d'Arc"));
        let text = slurm.script(&[(&first, 1), (&second, 1)]);
        assert!(text.contains("0) set -- '/copies/Zoé B' --out '/notes/Zoé B';"), "{text}");
        assert!(text.contains(r"1) set -- '/copies/d'\''Arc' --out"), "{text}");
        assert!(text.contains("'/tp/.tp/bin/tp' execute \"$@\" '--timeout' '7' >"), "{text}");
    }

    #[test]
    fn the_queue_is_read() {
        assert_eq!(task_of(" 12 Resources"), Some((12, "Resources")));
        assert_eq!(
            task_of("3 launch failed requeued held"),
            Some((3, "launch failed requeued held"))
        );
        assert_eq!(task_of("N/A None"), None);
        assert_eq!(task_of(""), None);
    }
}
