//! `tp`, the command line of the practical sessions, called as `cargo tp …`.
//!
//! One file or folder per command (`lab`, `kernel`, `run`, `release`, …), each
//! built on those below it: on the ground [`layout`] (where everything is),
//! [`process`] (child processes in a clean environment), [`toolchain`] (Rust's),
//! [`files`] and [`stamps`]; then [`shortcut`] (a cell compiled without cargo),
//! [`analyzer`] and [`warm`] (the compiled library that kernels start from),
//! [`install`] (the set-up in `.tp/`), [`front`] and [`kernel`].
#![warn(clippy::unwrap_used)]
#![cfg_attr(test, allow(clippy::unwrap_used))]
#![cfg_attr(fuzzing, no_main, allow(dead_code))]

#[cfg(not(unix))]
compile_error!("tp runs on Linux and macOS; on Windows, use WSL (Windows Subsystem for Linux).");

mod analyzer;
mod bench;
mod browser;
mod check;
mod files;
mod french;
mod front;
mod grade;
mod html;
mod install;
mod kernel;
mod lab;
mod latency;
mod layout;
mod notebook;
mod pack;
mod process;
mod protocol;
mod python;
mod release;
mod run;
mod sandbox;
mod shortcut;
mod source;
mod stamps;
mod terminal;
mod toolchain;
mod uninstall;
mod warm;
mod web;

use anyhow::{Context, Result};
use clap::{CommandFactory, Parser, Subcommand};
use std::process::ExitCode;

// `fuzz/` compiles this crate under the names of its targets.
#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| match env!("CARGO_BIN_NAME") {
    "wire" => front::fuzz::wire(data),
    "lines" => front::fuzz::lines(data),
    _ => check::fuzz::notebook(data),
});

/// Réseaux de neurones en Rust : installer, ouvrir, exécuter et produire les notebooks.
#[derive(Parser)]
#[command(name = "cargo tp", bin_name = "cargo tp", version)]
#[command(subcommand_help_heading = "Commandes", subcommand_value_name = "COMMANDE")]
// clap's own are in English.
#[command(disable_help_subcommand = true, disable_help_flag = true, disable_version_flag = true)]
struct Cli {
    /// Affiche cette aide.
    #[arg(id = "help", short, long, global = true, display_order = 100, action = clap::ArgAction::Help)]
    _help: Option<bool>,
    /// Affiche la version.
    #[arg(id = "version", short = 'V', long, display_order = 101, action = clap::ArgAction::Version)]
    _version: Option<bool>,
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
    /// Mesure le démarrage d'un noyau et de petites cellules.
    Latence(latency::Args),
    /// Exécute des notebooks d'étudiants et donne les points de chaque exercice.
    Check(check::Args),
    /// Note un dossier de copies avec nbgrader : tableau CSV et retours HTML.
    Grade(grade::Args),
    /// Exporte des notebooks en pages HTML autonomes, lisibles hors ligne.
    Html(html::Args),
    /// Fait d'un réseau enregistré une page où l'on dessine des chiffres qu'il lit.
    Web(web::Args),
    /// Rend la place prise sur le disque par l'installation.
    Desinstaller(uninstall::Args),
    /// Met ce qui est installé dans une archive, pour des machines sans réseau.
    Pack(pack::Args),
    /// Installe ce qu'une archive contient, sans réseau.
    Unpack(pack::UnpackArgs),
    /// Démarre un noyau Jupyter (appelé par Jupyter).
    Kernel(kernel::Args),
    /// Affiche cette liste, ou l'aide d'une commande.
    Help {
        /// La commande.
        command: Option<String>,
    },
    /// Relaie Jupyter à un evcxr_jupyter donné (pour les tests).
    #[command(hide = true)]
    Front(kernel::BareArgs),
    /// Exécute une copie avant qu'elle soit notée (appelé par `grade`).
    #[command(hide = true)]
    Execute(grade::ExecuteArgs),
    /// Répond à la place de cargo et de rustc (appelé par l'analyseur d'evcxr).
    #[command(hide = true)]
    Answer(shortcut::Args),
    /// Passe à evcxr ce que les cellules écrivent (appelé par la bibliothèque).
    #[command(hide = true)]
    Outlet(front::OutletArgs),
    /// Répond à la place de rustc (appelé par cargo pendant `unpack`).
    #[command(hide = true)]
    HandOut(pack::rustc::Args),
    /// Répond à la place de `cargo build` (appelé par evcxr).
    #[command(hide = true)]
    Cargo(shortcut::Args),
    /// Note comment cargo appelle rustc (appelé par cargo, pour `cargo`).
    #[command(hide = true)]
    Rustc(shortcut::Args),
    /// Nettoie après un noyau (appelé par `kernel`).
    #[command(hide = true)]
    Reap(kernel::reaper::Args),
}

/// The list of the commands, or what one of them does.
fn help(command: Option<&str>) -> Result<String> {
    let mut line = Cli::command();
    line.build();
    let line = match command {
        None => &mut line,
        Some(name) => line.find_subcommand_mut(name).with_context(|| {
            format!("la commande « {name} » n'existe pas ; `cargo tp help` les liste toutes")
        })?,
    };
    Ok(line.render_help().to_string())
}

/// cargo's folder, where the set-up came with one of its own (`tp unpack`): what
/// is compiled there is of no use with another.
fn use_own_cargo_home() {
    if let Ok(layout) = layout::Layout::find()
        && layout.cargo_home().is_dir()
    {
        // SAFETY: this is the only thread, nothing was started before.
        unsafe { std::env::set_var("CARGO_HOME", layout.cargo_home()) };
    }
}

fn main() -> ExitCode {
    use_own_cargo_home();
    let outcome = match Cli::parse().command {
        Command::Lab(args) => lab::run(args),
        Command::Install => install::everything(),
        Command::Warm => warm::run(),
        Command::Run(args) => run::run(args),
        Command::Release(args) => release::run(args),
        Command::Bench(args) => bench::run(args),
        Command::Latence(args) => latency::run(args),
        Command::Check(args) => check::run(args),
        Command::Grade(args) => grade::run(args),
        Command::Execute(args) => grade::execute(args),
        Command::Html(args) => html::run(args),
        Command::Web(args) => web::run(args),
        Command::Desinstaller(args) => uninstall::run(args),
        Command::Pack(args) => pack::run(args),
        Command::Unpack(args) => pack::run_unpack(args),
        Command::Kernel(args) => kernel::run(args),
        Command::Help { command } => help(command.as_deref()).map(|text| {
            print!("{text}");
            ExitCode::SUCCESS
        }),
        Command::Front(args) => kernel::run_bare(args),
        Command::Answer(args) => analyzer::answer(args),
        Command::Outlet(args) => front::run_outlet(args),
        Command::HandOut(args) => pack::rustc::run(args),
        Command::Cargo(args) => shortcut::cargo(args, warm::copy::complete),
        Command::Rustc(args) => shortcut::rustc(args),
        Command::Reap(args) => kernel::reaper::run(args),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("Erreur : {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_is_a_command_and_in_french() {
        Cli::command().debug_assert();
        let told = |words: &[&str]| Cli::try_parse_from(words).err().unwrap().to_string();
        let list = help(None).unwrap();
        assert_eq!(list, told(&["cargo tp", "--help"]));
        for expected in ["Commandes:", "  grade ", "  help "] {
            assert!(list.contains(expected), "{list}");
        }
        let run = help(Some("run")).unwrap();
        assert_eq!(run, told(&["cargo tp", "run", "-h"]));
        for text in [list, run] {
            assert!(text.contains("Affiche cette aide") && !text.contains("Print"), "{text}");
        }
        assert!(help(Some("rune")).unwrap_err().to_string().contains("« rune » n'existe pas"));
        let parsed = Cli::try_parse_from(["cargo tp", "help", "run"]).unwrap();
        assert!(matches!(parsed.command, Command::Help { command: Some(name) } if name == "run"));
    }
}
