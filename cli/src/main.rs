//! `tp`, the command line of the practical sessions, called as `cargo tp …`.
//!
//! One file per command (`lab`, `kernel`, `run`, `release`, …); what they share:
//! [`layout`] (where everything is), [`install`] (the set-up in `.tp/`),
//! [`warm`] (the compiled library that kernels start from) and [`process`]
//! (child processes in a clean environment).
#![warn(clippy::unwrap_used)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

#[cfg(not(unix))]
compile_error!("tp runs on Linux and macOS; on Windows, use WSL (Windows Subsystem for Linux).");

mod analyzer;
mod bench;
mod browser;
mod check;
mod front;
mod grade;
mod html;
mod install;
mod kernel;
mod lab;
mod layout;
mod notebook;
mod process;
mod reaper;
mod release;
mod run;
mod warm;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Réseaux de neurones en Rust : installer, ouvrir, exécuter et produire les notebooks.
#[derive(Parser)]
#[command(name = "cargo tp", bin_name = "cargo tp", version, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Installe ce qui manque dans .tp/, puis ouvre JupyterLab.
    Lab(lab::Args),
    /// Installe ce qui manque dans .tp/, sans rien ouvrir.
    Install,
    /// Compile la bibliothèque pour les noyaux, si elle a changé.
    Warm,
    /// Exécute des notebooks ; échoue à la première cellule fautive.
    Run(run::Args),
    /// Produit les notebooks des étudiants à partir de solutions/.
    Release(release::Args),
    /// Mesure la vitesse, à côté de Keras et de PyTorch.
    Bench(bench::Args),
    /// Exécute des notebooks d'étudiants et donne les points de chaque exercice.
    Check(check::Args),
    /// Note un dossier de copies avec nbgrader : tableau CSV et retours HTML.
    Grade(grade::Args),
    /// Exporte des notebooks en pages HTML autonomes, lisibles hors ligne.
    Html(html::Args),
    /// Démarre un noyau Jupyter (appelé par Jupyter).
    Kernel(kernel::Args),
    /// Relaie Jupyter à un evcxr_jupyter donné (pour les tests).
    #[command(hide = true)]
    Front(front::Args),
    /// Répond à la place de `cargo metadata` (appelé par l'analyseur d'evcxr).
    #[command(hide = true)]
    Metadata(analyzer::Args),
    /// Nettoie après un noyau (appelé par `kernel`).
    #[command(hide = true)]
    Reap(reaper::Args),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Lab(args) => lab::run(args),
        Command::Install => install::everything(),
        Command::Warm => warm::run(),
        Command::Run(args) => run::run(args),
        Command::Release(args) => release::run(args),
        Command::Bench(args) => bench::run(args),
        Command::Check(args) => check::run(args),
        Command::Grade(args) => grade::run(args),
        Command::Html(args) => html::run(args),
        Command::Kernel(args) => kernel::run(args),
        Command::Front(args) => front::run(args),
        Command::Metadata(args) => analyzer::metadata(args),
        Command::Reap(args) => reaper::run(args),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("Erreur : {error:#}");
            ExitCode::FAILURE
        }
    }
}
