//! The set-up: whatever is missing is installed into `.tp/`.
//!
//! Three chains of steps run at once, since the first waits for the network
//! and the two others for the processor: the Python environment, the Rust
//! kernel evcxr_jupyter, and the library compiled for the kernels. Each step
//! knows by itself whether it is done (a stamp written after its success), so
//! that an interrupted set-up goes on where it stopped.
//!
//! JupyterLab needs the first chain only: `tp lab` has the set-up go on in the
//! [`background`], and a [kernel](kernels) that starts meanwhile waits for it.

pub mod background;
mod evcxr;
mod kernels;
mod kernelspec;
mod progress;
pub mod python;
mod requirements;
mod step;
mod steps;

use crate::analyzer;
use crate::french::about;
use crate::layout::Layout;
use crate::terminal::Line;
use crate::warm;
use anyhow::{Context, Result};
use background::Background;
pub use kernels::ready as ready_for_kernel;
pub use kernelspec::NAME as KERNEL;
use progress::Progress;
pub use requirements::{compiler as check_compiler, space as check_space};
use std::fs;
use std::process::ExitCode;
use step::Step;

/// Installs whatever is missing.
pub fn everything() -> Result<ExitCode> {
    ensure(&Layout::find()?)?;
    Ok(ExitCode::SUCCESS)
}

/// Installs whatever is missing; returns at once when nothing is.
pub fn ensure(layout: &Layout) -> Result<()> {
    let _lock = lock(layout)?;
    finish(chains(), layout)?;
    kernelspec::install(layout)
}

/// Installs what reads and writes notebooks without executing them.
pub fn ensure_python(layout: &Layout) -> Result<()> {
    // The other steps of a set-up under way are not waited for.
    while background::is_under_way(layout) && !python::is_done(layout) {
        std::thread::sleep(background::PAUSE);
    }
    if python::is_done(layout) {
        return Ok(());
    }
    let _lock = lock(layout)?;
    finish(vec![vec![python_step()]], layout)
}

/// Has whatever is missing installed in the background; `None` when nothing is.
pub fn begin(layout: &Layout) -> Result<Option<Background>> {
    folders(layout)?;
    let missing = steps::missing(chains(), layout);
    if missing.is_empty() {
        return Ok(None);
    }
    if background::is_under_way(layout) {
        let line = Progress::read(layout).line(layout);
        eprintln!("Une installation est en cours : {line}.");
    } else {
        requirements::check(layout, &missing)?;
        eprintln!("Installation dans {} :", layout.tp.display());
        steps::announce(&missing, layout);
    }
    Background::join_or_start(layout).map(Some)
}

/// Waits for what JupyterLab needs, and shows how far it is.
pub fn wait_for_python(layout: &Layout, set_up: Option<&mut Background>) -> Result<()> {
    if let Some(set_up) = set_up {
        let line = Line::new();
        set_up.wait(python::is_done, |progress| line.draw(&progress.line(layout)))?;
    }
    kernelspec::install(layout)
}

/// How long the set-up under way will still take: `3 min`.
pub fn time_left(layout: &Layout) -> String {
    about(Progress::read(layout).left(layout))
}

fn chains() -> Vec<Vec<Step>> {
    let evcxr = Step {
        name: "Noyau Rust pour Jupyter (evcxr_jupyter)",
        seconds: |_| 360,
        logs: |_| &[("evcxr.log", 273)],
        megabytes: |_| 1500,
        is_patient: true,
        is_done: evcxr::is_done,
        install: evcxr::install,
    };
    let standard_library = Step {
        name: "Sources de la bibliothèque standard de Rust",
        seconds: |_| 10,
        logs: |_| &[],
        megabytes: |_| 100,
        is_patient: true,
        is_done: analyzer::is_done,
        install: analyzer::prepare,
    };
    vec![vec![python_step()], vec![evcxr], vec![standard_library, library_step()]]
}

fn library_step() -> Step {
    Step {
        name: "Bibliothèque du TP, compilée pour les noyaux",
        // Once its dependencies are compiled, a change costs the library alone: seconds where
        // few of its units are concerned.
        seconds: |layout| if warm::was_built(layout) { 60 } else { 300 },
        logs: |layout| if warm::was_built(layout) { &[] } else { &[("library.log", 151)] },
        megabytes: warm::megabytes,
        is_patient: true,
        is_done: warm::is_fresh,
        install: warm::build,
    }
}

fn python_step() -> Step {
    Step {
        name: "Environnement Python (JupyterLab, nbconvert, nbgrader)",
        seconds: |_| 50,
        logs: |_| &[],
        megabytes: |_| 600,
        is_patient: false,
        is_done: python::is_done,
        install: python::install,
    }
}

/// Makes the folders, and waits for an installation under way.
pub fn lock(layout: &Layout) -> Result<fs::File> {
    folders(layout)?;
    let lock = fs::File::create(background::lock_file(layout))?;
    if lock.try_lock().is_err() {
        eprintln!("Une autre installation est en cours ; j'attends qu'elle finisse…");
        let line = Line::new();
        while lock.try_lock().is_err() {
            line.draw(&Progress::read(layout).line(layout));
            std::thread::sleep(background::PAUSE);
        }
    }
    Ok(lock)
}

fn folders(layout: &Layout) -> Result<()> {
    fs::create_dir_all(&layout.tp)
        .with_context(|| format!("impossible de créer « {} »", layout.tp.display()))?;
    for (_, folder) in layout.jupyter_env().iter().filter(|(name, _)| name.contains("DIR")) {
        fs::create_dir_all(folder)?;
    }
    Ok(())
}

/// Runs the steps that are not done.
fn finish(chains: Vec<Vec<Step>>, layout: &Layout) -> Result<()> {
    let missing = steps::missing(chains, layout);
    if missing.is_empty() {
        return Ok(());
    }
    Progress::note(layout, None)?;
    let outcome = requirements::check(layout, &missing).and_then(|()| steps::run(missing, layout));
    if let Err(error) = &outcome {
        Progress::note(layout, Some(format!("{error:#}")))?;
    }
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_first_compilation_of_the_library_counts_crates() {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout { root: folder.path().to_owned(), tp: folder.path().to_owned() };
        let step = library_step();
        assert_eq!((step.logs)(&layout).len(), 1);
        let compiled = layout.warm().join("ctx/target/host/debug");
        fs::create_dir_all(&compiled).unwrap();
        let dylib = format!("libmnist_tp{}", std::env::consts::DLL_SUFFIX);
        fs::write(compiled.join(dylib), "").unwrap();
        // cargo then names the library alone: counted, it would be one crate of 151 to the
        // end, and the time left would grow.
        assert!((step.logs)(&layout).is_empty());
        assert!((step.seconds)(&layout) < 100);
    }
}
