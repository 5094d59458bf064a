//! Steps of the set-up: chains of them run at once, each shown with its time.

use crate::layout::Layout;
use crate::process;
use anyhow::{Result, anyhow};
use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// One step.
pub struct Step {
    /// What it installs, in the user's words.
    pub name: &'static str,
    /// How long it takes on two cores.
    duration: &'static str,
    /// The free space of the disk that it needs at its peak.
    megabytes: fn(&Layout) -> u64,
    is_done: fn(&Layout) -> bool,
    install: fn(&Layout) -> Result<()>,
}

impl Step {
    pub fn new(
        name: &'static str,
        duration: &'static str,
        megabytes: fn(&Layout) -> u64,
        is_done: fn(&Layout) -> bool,
        install: fn(&Layout) -> Result<()>,
    ) -> Self {
        Self { name, duration, megabytes, is_done, install }
    }

    /// The free space of the disk that it needs at its peak.
    pub fn bytes(&self, layout: &Layout) -> u64 {
        1_000_000 * (self.megabytes)(layout)
    }
}

/// The chains without the steps that are done.
pub fn missing(chains: Vec<Vec<Step>>, layout: &Layout) -> Vec<Vec<Step>> {
    let mut missing = chains;
    for chain in &mut missing {
        chain.retain(|step| !(step.is_done)(layout));
    }
    missing.retain(|chain| !chain.is_empty());
    missing
}

/// Runs the chains at once, the steps of one chain in order. The first failure
/// stops the others and is the one reported.
pub fn run(chains: Vec<Vec<Step>>, layout: &Layout) -> Result<()> {
    eprintln!(
        "Installation dans {} (Ctrl-C l'interrompt, la même commande la reprend) :",
        layout.tp.display()
    );
    for step in chains.iter().flatten() {
        eprintln!("  … {} (environ {})", step.name, step.duration);
    }
    process::allow();
    let board = Board::default();
    let failed = AtomicBool::new(false);
    let outcome = std::thread::scope(|scope| {
        let workers: Vec<_> = chains
            .iter()
            .map(|chain| scope.spawn(|| run_chain(chain, layout, &board, &failed)))
            .collect();
        while workers.iter().any(|worker| !worker.is_finished()) {
            std::thread::sleep(Duration::from_millis(200));
            board.draw();
        }
        let mut outcome = Ok(());
        for worker in workers {
            let ended = worker
                .join()
                .unwrap_or_else(|_| Err(anyhow!("une étape s'est arrêtée brutalement")));
            if let (Ok(()), Err(error)) = (&outcome, ended) {
                outcome = Err(error);
            }
        }
        outcome
    });
    board.clear();
    outcome
}

fn run_chain(chain: &[Step], layout: &Layout, board: &Board, failed: &AtomicBool) -> Result<()> {
    for step in chain {
        if failed.load(Ordering::SeqCst) {
            return Ok(());
        }
        let start = Instant::now();
        board.begin(step.name, start);
        let outcome = (step.install)(layout);
        board.end(step.name);
        match outcome {
            Ok(()) => board.say(&format!("  ✓ {} : {}", step.name, human(start.elapsed()))),
            // Stopped because another step failed: that one is reported.
            Err(_) if failed.load(Ordering::SeqCst) => return Ok(()),
            Err(error) => {
                failed.store(true, Ordering::SeqCst);
                board.say(&format!("  ✗ {} : {}", step.name, human(start.elapsed())));
                process::stop_all();
                return Err(error);
            }
        }
    }
    Ok(())
}

/// The line of the running steps, rewritten in place on a terminal.
#[derive(Default)]
struct Board {
    running: Mutex<Vec<(&'static str, Instant)>>,
}

impl Board {
    fn begin(&self, name: &'static str, start: Instant) {
        self.lock().push((name, start));
    }

    fn end(&self, name: &str) {
        self.lock().retain(|(running, _)| *running != name);
    }

    fn say(&self, line: &str) {
        self.clear();
        eprintln!("{line}");
    }

    fn draw(&self) {
        if std::io::stderr().is_terminal() {
            let parts: Vec<_> = self
                .lock()
                .iter()
                .map(|(name, start)| {
                    let short = name.split(" (").next().unwrap_or(name);
                    format!(
                        "{} {}",
                        short.split(',').next().unwrap_or(short),
                        human(start.elapsed())
                    )
                })
                .collect();
            eprint!("\r\x1b[K  ⏳ {}", parts.join(" · "));
            let _ = std::io::stderr().flush();
        }
    }

    fn clear(&self) {
        if std::io::stderr().is_terminal() {
            eprint!("\r\x1b[K");
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<(&'static str, Instant)>> {
        self.running.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// A duration as people say it: `0,3 s`, `42 s`, `6 min 5 s`.
pub fn human(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", duration.as_secs_f64()).replace('.', ","),
        10..60 => format!("{seconds} s"),
        _ => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(folder: &std::path::Path) -> Layout {
        Layout { root: folder.to_owned(), tp: folder.to_owned() }
    }

    #[test]
    fn done_steps_are_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let done = Step::new("a", "", |_| 0, |_| true, |_| Ok(()));
        let missing_step = Step::new("b", "", |_| 0, |_| false, |_| Ok(()));
        let left = missing(vec![vec![done], vec![missing_step]], &layout(folder.path()));
        assert_eq!(left.len(), 1);
        assert_eq!(left[0][0].name, "b");
    }

    #[test]
    fn the_first_failure_is_reported_and_ends_the_chain() {
        let _turn = process::TURN.lock();
        let folder = tempfile::tempdir().unwrap();
        let fails =
            Step::new("échoue", "", |_| 0, |_| false, |_| Err(anyhow!("le disque est plein")));
        let next = Step::new("suit", "", |_| 0, |_| false, |_| panic!("must not run"));
        let error = run(vec![vec![fails, next]], &layout(folder.path())).unwrap_err();
        assert_eq!(error.to_string(), "le disque est plein");
    }

    #[test]
    fn durations_are_french() {
        assert_eq!(human(Duration::from_millis(340)), "0,3 s");
        assert_eq!(human(Duration::from_secs(365)), "6 min 5 s");
    }
}
