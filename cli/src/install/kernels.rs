//! What a kernel needs before it starts, waited for or made.

use super::background::{self, Background};
use super::library_step;
use super::progress::Progress;
use crate::french::about;
use crate::layout::Layout;
use crate::warm;
use anyhow::{Error, Result, bail};

/// Waits until evcxr_jupyter and the library are there, telling how far that is:
/// the set-up under way is joined, one that is missing is started, a library that
/// has changed is compiled. Returns whether the library is ready; where its own
/// sources do not compile, the notebook's `:dep` shows the compiler's message.
///
/// # Errors
/// When the set-up failed.
pub fn ready(layout: &Layout, say: &(dyn Fn(String) + Sync)) -> Result<bool> {
    let installed = || layout.evcxr().is_file();
    if installed() && warm::is_fresh(layout) {
        return Ok(true);
    }
    if installed() && !background::is_under_way(layout) {
        return Ok(tolerated(rebuild(layout, say)));
    }
    let tell = |progress: &Progress| say(installing(progress, layout));
    let ended =
        Background::join_or_start(layout)?.wait(|_| installed() && warm::is_fresh(layout), tell);
    match ended {
        Ok(()) => Ok(true),
        Err(error) if installed() && warm::is_at_fault(layout) => Ok(tolerated(Err(error))),
        Err(error) => bail!(
            "l’installation a échoué\u{a0}: {error:#}. Réparez cela, puis relancez cette cellule\u{a0}: \
             l’installation reprend où elle s’est arrêtée"
        ),
    }
}

fn tolerated(outcome: Result<(), Error>) -> bool {
    if let Err(error) = &outcome {
        eprintln!("tp : {error:#}");
    }
    outcome.is_ok()
}

/// Compiles the library after a change of its sources.
fn rebuild(layout: &Layout, say: &(dyn Fn(String) + Sync)) -> Result<()> {
    let step = library_step();
    let name = step.name;
    let mut progress = Progress::of(layout, &[vec![step]]);
    progress.begin(name);
    std::thread::scope(|scope| {
        let builder = scope.spawn(|| warm::build(layout));
        while !builder.is_finished() {
            let left = about(progress.left(layout));
            say(format!(
                "… La bibliothèque du TP a changé\u{a0}: elle se recompile (encore environ {left}).\n{PROMISE}"
            ));
            std::thread::sleep(background::PAUSE);
        }
        builder.join().unwrap_or_else(|_| bail!("la compilation s’est arrêtée brutalement"))
    })
}

/// What becomes of the cell.
const PROMISE: &str =
    "Cette cellule s’exécutera d’elle-même ensuite\u{a0}; lisez le notebook en attendant.";

fn installing(progress: &Progress, layout: &Layout) -> String {
    format!("… Installation du noyau\u{a0}: {}.\n{PROMISE}", progress.line(layout))
}
