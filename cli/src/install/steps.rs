//! Steps of the set-up: chains of them run at once, each shown with its time.

use super::progress::Record;
use super::step::Step;
use crate::french::{about, human};
use crate::layout::Layout;
use crate::process;
use crate::terminal::Line;
use anyhow::{Result, anyhow};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

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
    announce(&chains, layout);
    process::allow();
    let record = Record::new(layout, &chains)?;
    let line = Line::new();
    let failed = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let workers: Vec<_> = chains
            .iter()
            .map(|chain| scope.spawn(|| run_chain(chain, layout, (&line, &record), &failed)))
            .collect();
        while workers.iter().any(|worker| !worker.is_finished()) {
            std::thread::sleep(Duration::from_millis(200));
            line.draw(&record.progress().line(layout));
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
    })
}

/// Says what will be installed, and how long it takes.
pub fn announce(chains: &[Vec<Step>], layout: &Layout) {
    for step in chains.iter().flatten() {
        let seconds = (step.seconds)(layout);
        eprintln!("  … {} (environ {})", step.name, about(Duration::from_secs(seconds)));
    }
}

/// Lets the processes of the others go first, in this thread and in what it starts.
fn give_way() {
    // Elsewhere the priority is that of the whole program.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(None, 10);
}

fn run_chain(
    chain: &[Step],
    layout: &Layout,
    (line, record): (&Line, &Record),
    failed: &AtomicBool,
) -> Result<()> {
    for step in chain {
        if step.is_patient {
            give_way();
        }
        if failed.load(Ordering::SeqCst) {
            return Ok(());
        }
        let start = Instant::now();
        let outcome = record
            .begin(step.name)
            .and_then(|()| (step.install)(layout))
            .and_then(|()| record.end(step.name));
        match outcome {
            Ok(()) => line.say(&format!("  ✓ {} : {}", step.name, human(start.elapsed()))),
            // Stopped because another step failed: that one is reported.
            Err(_) if failed.load(Ordering::SeqCst) => return Ok(()),
            Err(error) => {
                failed.store(true, Ordering::SeqCst);
                line.say(&format!("  ✗ {} : {}", step.name, human(start.elapsed())));
                process::stop_all();
                return Err(error);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(folder: &std::path::Path) -> Layout {
        Layout { root: folder.to_owned(), tp: folder.to_owned() }
    }

    fn step(name: &'static str, install: fn(&Layout) -> Result<()>) -> Step {
        Step {
            name,
            seconds: |_| 1,
            logs: |_| &[],
            megabytes: |_| 0,
            is_patient: false,
            is_done: |_| false,
            install,
        }
    }

    #[test]
    fn done_steps_are_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let done = Step { is_done: |_| true, ..step("a", |_| Ok(())) };
        let missing_step = step("b", |_| Ok(()));
        let left = missing(vec![vec![done], vec![missing_step]], &layout(folder.path()));
        assert_eq!(left.len(), 1);
        assert_eq!(left[0][0].name, "b");
    }

    #[test]
    fn the_first_failure_is_reported_and_ends_the_chain() {
        let _turn = process::TURN.lock();
        let folder = tempfile::tempdir().unwrap();
        let fails = step("échoue", |_| Err(anyhow!("le disque est plein")));
        let next = step("suit", |_| panic!("must not run"));
        let error = run(vec![vec![fails, next]], &layout(folder.path())).unwrap_err();
        assert_eq!(error.to_string(), "le disque est plein");
    }
}
