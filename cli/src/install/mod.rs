//! The set-up: whatever is missing is installed into `.tp/`.
//!
//! Three chains of steps run at once, since the first waits for the network
//! and the two others for the processor: the Python environment, the Rust
//! kernel evcxr_jupyter, and the library compiled for the kernels. Each step
//! knows by itself whether it is done (a stamp written after its success), so
//! that an interrupted set-up goes on where it stopped.

mod evcxr;
mod kernelspec;
pub mod python;
mod requirements;
mod steps;

use crate::analyzer;
use crate::layout::Layout;
use crate::warm;
use anyhow::{Context, Result};
pub use kernelspec::NAME as KERNEL;
use std::fs;
use std::process::ExitCode;
use steps::Step;

/// Installs whatever is missing.
pub fn everything() -> Result<ExitCode> {
    ensure(&Layout::find()?)?;
    Ok(ExitCode::SUCCESS)
}

/// Installs whatever is missing; returns at once when nothing is.
pub fn ensure(layout: &Layout) -> Result<()> {
    let _lock = lock(layout)?;
    let chains = vec![
        vec![python_step()],
        vec![Step::new(
            "Noyau Rust pour Jupyter (evcxr_jupyter)",
            "6 à 10 min",
            |_| 1500,
            evcxr::is_done,
            evcxr::install,
        )],
        vec![
            Step::new(
                "Sources de la bibliothèque standard de Rust",
                "10 s",
                |_| 100,
                analyzer::is_done,
                analyzer::prepare,
            ),
            Step::new(
                "Bibliothèque du TP, compilée pour les noyaux",
                "3 à 6 min",
                warm::megabytes,
                warm::is_fresh,
                warm::build,
            ),
        ],
    ];
    finish(chains, layout)?;
    kernelspec::install(layout)
}

/// Installs what reads and writes notebooks without executing them.
pub fn ensure_python(layout: &Layout) -> Result<()> {
    let _lock = lock(layout)?;
    finish(vec![vec![python_step()]], layout)
}

fn python_step() -> Step {
    Step::new(
        "Environnement Python (JupyterLab, nbconvert, nbgrader)",
        "1 min",
        |_| 600,
        python::is_done,
        python::install,
    )
}

/// Makes the folders, and waits for an installation under way.
fn lock(layout: &Layout) -> Result<fs::File> {
    fs::create_dir_all(&layout.tp)
        .with_context(|| format!("impossible de créer « {} »", layout.tp.display()))?;
    if std::env::var_os("TP_KERNELS").is_none() {
        fs::create_dir_all(layout.kernels()?)?;
    }
    for (_, folder) in layout.jupyter_env().iter().filter(|(name, _)| name.contains("DIR")) {
        fs::create_dir_all(folder)?;
    }
    let lock = fs::File::create(layout.tp.join("install.lock"))?;
    if lock.try_lock().is_err() {
        eprintln!("Une autre installation est en cours ; j'attends qu'elle finisse…");
        lock.lock()?;
    }
    Ok(lock)
}

/// Runs the steps that are not done.
fn finish(chains: Vec<Vec<Step>>, layout: &Layout) -> Result<()> {
    let missing = steps::missing(chains, layout);
    if !missing.is_empty() {
        requirements::check(layout, &missing)?;
        steps::run(missing, layout)?;
    }
    Ok(())
}
