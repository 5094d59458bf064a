//! Submissions executed several at once, each by a process of its own.

use super::execute::How;
use super::kept::Kept;
use crate::process;
use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group};
use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::Sender;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

/// What a notebook and its kernel hold at most, in bytes: TP1's solution takes 1.03 GB.
const MEMORY: u64 = 2 << 30;
/// Between two looks at whether an execution has ended.
const PAUSE: Duration = Duration::from_millis(50);
/// How long an execution may take to end when it is asked to.
const GRACE: Duration = Duration::from_secs(5);

/// One submission to execute.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its rank among the submissions.
    pub place: usize,
    /// The submission as it was prepared.
    pub source: PathBuf,
    /// Where its executed copy goes.
    pub kept: Kept,
}

/// The rank of a submission whose execution has ended, or why there was none.
pub type Ended = (usize, Result<()>);

/// Whether Ctrl-C was pressed, or the end asked for otherwise.
static STOPPED: AtomicBool = AtomicBool::new(false);

/// Notes Ctrl-C from now on; the second one ends the command at once.
pub fn watch_for_the_end() -> Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let signals = {
        let _inside = runtime.enter();
        [signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?]
    };
    std::thread::spawn(move || {
        let [mut interrupt, mut terminate] = signals;
        runtime.block_on(async {
            loop {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                }
                if STOPPED.swap(true, Ordering::Relaxed) {
                    std::process::exit(130);
                }
            }
        });
    });
    Ok(())
}

/// Ends what runs, as Ctrl-C does.
pub fn stop() {
    STOPPED.store(true, Ordering::Relaxed);
}

pub fn stopped() -> bool {
    STOPPED.load(Ordering::Relaxed)
}

/// How many at once: what was asked for, else what cores and free memory allow.
pub fn count(asked: Option<usize>) -> usize {
    let cores = available_parallelism().map_or(1, usize::from);
    asked.unwrap_or_else(|| allowed(cores, free_memory())).max(1)
}

fn allowed(cores: usize, memory: Option<u64>) -> usize {
    let room = memory.map_or(cores, |bytes| usize::try_from(bytes / MEMORY).unwrap_or(cores));
    cores.min(room).max(1)
}

/// The memory that programs may still take, where the system tells.
fn free_memory() -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    kilobytes.checked_mul(1024)
}

/// Executes the tasks, `jobs` at once, each with its share of the cores; tells of
/// each when it has ended. After Ctrl-C those that run are ended and no other begins.
pub fn run(tasks: &[Task], jobs: usize, how: &How, ended: &Sender<Ended>) {
    let cores = available_parallelism().map_or(1, usize::from);
    let threads = (cores / jobs.max(1)).max(1).to_string();
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..jobs.min(tasks.len()) {
            scope.spawn(|| {
                while let Some(task) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if stopped() {
                        break;
                    }
                    let outcome =
                        start(task, how, &threads).and_then(|mut child| wait(&mut child, task));
                    if ended.send((task.place, outcome)).is_err() {
                        break;
                    }
                }
            });
        }
    });
}

fn start(task: &Task, how: &How, threads: &str) -> Result<Child> {
    fs::create_dir_all(&task.kept.0)?;
    let journal = fs::File::create(task.kept.journal())?;
    let mut tp = process::command(process::program()?);
    tp.arg("execute").arg(&task.source).arg("--out").arg(&task.kept.0).args(how.options());
    if std::env::var_os("RAYON_NUM_THREADS").is_none() {
        tp.env("RAYON_NUM_THREADS", threads);
    }
    // Ctrl-C in the terminal reaches `tp grade`, which ends this one in its own way.
    tp.process_group(0).stdin(Stdio::null()).stdout(journal.try_clone()?).stderr(journal);
    tp.spawn().context("la copie ne peut pas être exécutée")
}

/// Waits for an execution; ends it when the end is asked for.
fn wait(child: &mut Child, task: &Task) -> Result<()> {
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if stopped() {
            end(child)?;
            bail!(INTERRUPTED);
        }
        std::thread::sleep(PAUSE);
    };
    if status.success() {
        return Ok(());
    }
    let journal = fs::read(task.kept.journal()).unwrap_or_default();
    let text = String::from_utf8_lossy(&journal);
    let last = text.lines().rev().find(|line| !line.trim().is_empty());
    let last = last.unwrap_or("l'exécution s'est arrêtée sans message");
    bail!("{}", last.trim_start_matches("Erreur : "))
}

/// What is said of a submission that Ctrl-C kept from its marks.
pub const INTERRUPTED: &str = "la notation s'est arrêtée avant cette copie";

/// Ends an execution and all that it has started.
fn end(child: &mut Child) -> Result<()> {
    // The child leads it, and has not been waited for: the number is still its own.
    let group = Pid::from_child(child);
    // Outside a sandbox, Python ends its kernel when it is interrupted.
    let _ = kill_process_group(group, Signal::INT);
    let start = Instant::now();
    while start.elapsed() < GRACE && child.try_wait()?.is_none() {
        std::thread::sleep(PAUSE);
    }
    // Of a group without processes nothing is left to be told.
    let _ = kill_process_group(group, Signal::KILL);
    child.wait()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cores_and_memory_bound_the_jobs() {
        assert_eq!(allowed(2, Some(20 << 30)), 2);
        assert_eq!(allowed(8, Some(7 << 30)), 3);
        assert_eq!(allowed(8, Some(1 << 30)), 1);
        assert_eq!(allowed(4, None), 4);
        assert_eq!(count(Some(3)), 3);
        assert_eq!(count(Some(0)), 1);
    }
}
