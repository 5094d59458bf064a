//! `cargo tp bench`: this library in a notebook's kernel beside Keras and
//! PyTorch, on the same cores and in the same minutes.

use crate::install::{self, python};
use crate::layout::Layout;
use crate::process::{command, run_logged};
use crate::stamps;
use anyhow::{Context, Result};
use std::fs;
use std::process::ExitCode;

#[derive(clap::Args)]
pub struct Args {
    /// Moins de mesures et moins d'images : moins de dix minutes.
    #[arg(long)]
    quick: bool,
    /// Cette bibliothèque sans AVX-512, comme sur un processeur qui n'a
    /// qu'AVX2 (Keras et PyTorch gardent le leur).
    #[arg(long)]
    avx2: bool,
    /// Seulement ce réseau (l'option peut être répétée) : dense-784,
    /// dense-128-64, cnn, lenet, deep, gru.
    #[arg(long)]
    model: Vec<String>,
}

/// Installs the peers where they are missing, then measures.
pub fn run(args: Args) -> Result<ExitCode> {
    let layout = Layout::find()?;
    install::ensure(&layout)?;
    let peers = layout.root.join("benches/peers");
    let requirements = fs::read_to_string(peers.join("requirements.txt"))?;
    let venv = layout.tp.join("peers");
    let interpreter = venv.join("bin/python");
    if !stamps::has(&layout, "peers", &requirements) {
        eprintln!("Installation de Keras et de PyTorch dans {} (plusieurs Go)…", venv.display());
        let log = layout.tp.join("log/peers.log");
        run_logged(command(python::interpreter()).args(["-m", "venv"]).arg(&venv), &log)?;
        let mut pip = command(&interpreter);
        pip.args(["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "-r"]);
        run_logged(pip.arg(peers.join("requirements.txt")), &log)?;
        stamps::put(&layout, "peers", &requirements)?;
    }
    let mut bench = command(layout.venv_bin("python"));
    bench.arg(peers.join("bench.py")).arg(install::KERNEL).arg(&interpreter);
    if args.quick {
        bench.arg("--quick");
    }
    if args.avx2 {
        bench.arg("--avx2");
    }
    bench.args(args.model.iter().map(|name| format!("--model={name}")));
    let status = bench.envs(layout.jupyter_env()).status().context("Python ne démarre pas")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
