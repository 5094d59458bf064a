//! How far a set-up is, for whoever waits for it: another command, a kernel.
//!
//! Who installs writes `.tp/installation.json` at each change; who waits reads it,
//! and counts in cargo's logs the crates that are compiled.

use super::step::Step;
use crate::files;
use crate::french::about;
use crate::layout::Layout;
use anyhow::Result;
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The steps of a set-up, finished ones included, and what ended it before its time.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Progress {
    steps: Vec<State>,
    pub error: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    name: String,
    /// Steps of one chain follow each other, chains run at once.
    chain: usize,
    /// How long it should take.
    seconds: u64,
    logs: Vec<(String, u32)>,
    started: Option<u64>,
    ended: bool,
}

impl Progress {
    /// What the last set-up wrote; nothing where there is none.
    pub fn read(layout: &Layout) -> Self {
        let text = fs::read(file(layout)).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    pub fn of(layout: &Layout, chains: &[Vec<Step>]) -> Self {
        let states = |(chain, steps): (usize, &Vec<Step>)| {
            let state = |step: &Step| State {
                name: step.name.to_owned(),
                chain,
                seconds: (step.seconds)(layout),
                logs: (step.logs)(layout)
                    .iter()
                    .map(|(log, count)| ((*log).to_owned(), *count))
                    .collect(),
                started: None,
                ended: false,
            };
            steps.iter().map(state).collect::<Vec<_>>()
        };
        Self { steps: chains.iter().enumerate().flat_map(states).collect(), error: None }
    }

    fn write(&self, layout: &Layout) -> Result<()> {
        files::replace(&file(layout), &serde_json::to_vec(self)?)
    }

    /// Notes why a set-up ended, `None` before another one is tried.
    pub fn note(layout: &Layout, error: Option<String>) -> Result<()> {
        Self { error, ..Self::read(layout) }.write(layout)
    }

    /// A step begins now.
    pub fn begin(&mut self, name: &str) {
        let now = seconds_since_1970();
        self.each(name, |state| state.started = Some(now));
    }

    fn each(&mut self, name: &str, change: impl Fn(&mut State)) {
        self.steps.iter_mut().filter(|state| state.name == name).for_each(change);
    }

    /// What runs now and how much longer all will take, in one line.
    pub fn line(&self, layout: &Layout) -> String {
        let running: Vec<_> = self
            .steps
            .iter()
            .filter(|state| state.started.is_some() && !state.ended)
            .map(|state| state.describe(layout))
            .collect();
        if running.is_empty() {
            return "préparation".to_owned();
        }
        format!("encore environ {} ({})", about(self.left(layout)), running.join("\u{a0}; "))
    }

    /// The time that is left: that of the longest chain.
    pub fn left(&self, layout: &Layout) -> Duration {
        let now = seconds_since_1970();
        let mut chains = std::collections::BTreeMap::new();
        for state in &self.steps {
            *chains.entry(state.chain).or_insert(0) += state.left(layout, now);
        }
        Duration::from_secs(chains.into_values().max().unwrap_or(0))
    }
}

impl State {
    /// `noyau Rust pour Jupyter, 112 paquets sur 273`.
    fn describe(&self, layout: &Layout) -> String {
        let short = self.name.split([',', '(']).next().unwrap_or(&self.name).trim();
        let mut letters = short.chars();
        let first = letters.next().into_iter().flat_map(char::to_lowercase);
        let short: String = first.chain(letters).collect();
        match self.counted(layout) {
            (0, _) => short,
            (done, total) => format!("{short}, {done} paquets sur {total}"),
        }
    }

    /// How many crates cargo has begun, and of how many; of none before the first.
    fn counted(&self, layout: &Layout) -> (u32, u32) {
        let begun = self.started.unwrap_or(u64::MAX);
        let done = self
            .logs
            .iter()
            .map(|(log, count)| crates_in(&layout.tp.join("log").join(log), begun).min(*count));
        (done.sum(), self.logs.iter().map(|(_, count)| count).sum())
    }

    fn left(&self, layout: &Layout, now: u64) -> u64 {
        match self.started {
            _ if self.ended => 0,
            None => self.seconds,
            Some(started) => {
                let elapsed = now.saturating_sub(started);
                left(self.seconds, elapsed, self.counted(layout))
            }
        }
    }
}

/// The seconds left of a step that should take `seconds`, after `elapsed` of them
/// and `done` crates of `total`.
///
/// At the pace of the measured machine `(1 − f)·seconds` would be left of a step
/// done by the fraction `f`, at its own pace so far `(1 − f)·elapsed / f`. The first
/// is believed at the beginning, the second more and more: the sum weighs them by
/// `1 − f` and `f`.
fn left(seconds: u64, elapsed: u64, (done, total): (u32, u32)) -> u64 {
    if total == 0 {
        return seconds.saturating_sub(elapsed).max(seconds / 10);
    }
    // The last crates begun are still being compiled.
    let rest = (1.0 - f64::from(done) / f64::from(total)).max(0.03);
    (rest * (rest * seconds as f64 + elapsed as f64)).ceil() as u64
}

/// The lines of cargo's that name a crate, in a log written since `begun`.
fn crates_in(log: &std::path::Path, begun: u64) -> u32 {
    let written = fs::metadata(log).and_then(|metadata| metadata.modified());
    let is_of_this_step =
        written.is_ok_and(|date| date >= UNIX_EPOCH + Duration::from_secs(begun.min(1 << 40)));
    let text = is_of_this_step.then(|| fs::read_to_string(log).unwrap_or_default());
    let names = |line: &&str| {
        let line = line.trim_start();
        line.starts_with("Compiling ") || line.starts_with("Checking ")
    };
    text.map_or(0, |text| text.lines().filter(names).count() as u32)
}

/// The record of the set-up under way, written for the others at each change.
pub struct Record<'a> {
    layout: &'a Layout,
    progress: Mutex<Progress>,
}

impl<'a> Record<'a> {
    pub fn new(layout: &'a Layout, chains: &[Vec<Step>]) -> Result<Self> {
        let progress = Progress::of(layout, chains);
        progress.write(layout)?;
        Ok(Self { layout, progress: Mutex::new(progress) })
    }

    pub fn begin(&self, step: &str) -> Result<()> {
        self.change(|progress| progress.begin(step))
    }

    pub fn end(&self, step: &str) -> Result<()> {
        self.change(|progress| progress.each(step, |state| state.ended = true))
    }

    pub fn progress(&self) -> Progress {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn change(&self, change: impl FnOnce(&mut Progress)) -> Result<()> {
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut progress);
        progress.write(self.layout)
    }
}

fn file(layout: &Layout) -> PathBuf {
    layout.tp.join("installation.json")
}

fn seconds_since_1970() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(name: &str, chain: usize, seconds: u64, logs: &[(&str, u32)]) -> State {
        let logs = logs.iter().map(|(log, count)| ((*log).to_owned(), *count)).collect();
        State { name: name.into(), chain, seconds, logs, started: None, ended: false }
    }

    #[test]
    fn the_time_left_follows_the_machines_own_pace() {
        // As measured: nothing done yet, half done in half the time.
        assert_eq!(left(200, 0, (0, 100)), 200);
        assert_eq!(left(200, 100, (50, 100)), 100);
        // A machine half as fast, one twice as fast.
        assert!((125..200).contains(&left(200, 200, (50, 100))));
        assert!((50..100).contains(&left(200, 50, (50, 100))));
        // Never nothing while it runs, whatever the counts.
        assert!(left(200, 400, (120, 100)) > 0);
        assert!(left(60, 600, (0, 0)) > 0);
        assert!(left(200, 10, (0, 100)) >= 200);
    }

    #[test]
    fn crates_are_counted_in_the_logs_of_this_step_only() {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout { root: folder.path().to_owned(), tp: folder.path().to_owned() };
        fs::create_dir(folder.path().join("log")).unwrap();
        let log = folder.path().join("log/library.log");
        fs::write(&log, "   Compiling a v1\n  Downloaded b\n    Checking c v1\nwarning: x\n")
            .unwrap();
        let logs = [("library.log", 4), ("none.log", 4)];
        let library = "Bibliothèque, compilée";
        let states =
            [state(library, 0, 100, &logs), state("b", 0, 10, &[]), state("c", 1, 50, &[])];
        let mut steps = Progress { steps: states.into(), error: None };
        let left = Duration::from_secs(110);
        assert_eq!((steps.line(&layout).as_str(), steps.left(&layout)), ("préparation", left));
        steps.begin(library);
        let line = steps.line(&layout);
        assert!(line.starts_with("encore environ"), "{line}");
        assert!(line.ends_with(" (bibliothèque, 2 paquets sur 8)"), "{line}");
        let old = fs::File::options().write(true).open(&log).unwrap();
        old.set_modified(UNIX_EPOCH).unwrap();
        assert!(steps.line(&layout).ends_with(" (bibliothèque)"));
    }

    #[test]
    fn what_is_written_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout { root: folder.path().to_owned(), tp: folder.path().to_owned() };
        assert!(Progress::read(&layout).steps.is_empty());
        let record = Record::new(&layout, &[]).unwrap();
        record.change(|progress| progress.steps.push(state("a", 0, 10, &[]))).unwrap();
        record.begin("a").unwrap();
        assert!(!Progress::read(&layout).left(&layout).is_zero());
        record.end("a").unwrap();
        assert!(Progress::read(&layout).left(&layout).is_zero());
        Progress::note(&layout, Some("plein".into())).unwrap();
        assert_eq!(Progress::read(&layout).error.as_deref(), Some("plein"));
        fs::write(file(&layout), "{").unwrap();
        assert_eq!(Progress::read(&layout).error, None);
    }
}
