//! `cargo tp release`: the students' notebooks, made from the solutions.
//!
//! The work is nbgrader's own preprocessors', run by nbconvert with the
//! configuration `solutions/nbgrader_config.py`. Here: the names (`Sol_` goes),
//! the checks that keep the result the same from one run to the next, and
//! `--check`, which tells what is stale.

use crate::layout::Layout;
use crate::{files, install, notebook, process};
use anyhow::{Context, Result, bail};
use std::collections::HashSet;
use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const PREFIX: &str = "Sol_";

#[derive(clap::Args)]
pub struct Args {
    /// Les solutions à traiter [par défaut : toutes celles de solutions/].
    solutions: Vec<PathBuf>,
    /// Dossier des notebooks produits [par défaut : notebooks].
    #[arg(long)]
    out: Option<PathBuf>,
    /// N'écrit rien : dit quels notebooks ne correspondent plus à leur solution.
    #[arg(long)]
    check: bool,
}

/// Writes, or compares, each solution's student notebook.
pub fn run(args: Args) -> Result<ExitCode> {
    let layout = Layout::find()?;
    let folder = layout.root.join("solutions");
    let solutions = match args.solutions.is_empty() {
        true => notebook::in_folder(&folder)?,
        false => {
            args.solutions.iter().map(|path| notebook::existing(path)).collect::<Result<_>>()?
        }
    };
    if solutions.is_empty() {
        println!("Aucune solution dans « {} ».", folder.display());
        return Ok(ExitCode::SUCCESS);
    }
    for solution in &solutions {
        check_solution(solution)?;
    }
    install::ensure_python(&layout)?;
    let drafts = layout.tp.join(format!("release-{}", std::process::id()));
    let produced = convert(&layout, &solutions, &drafts);
    let out = args.out.unwrap_or_else(|| layout.root.join("notebooks"));
    let outcome = produced.and_then(|()| deliver(&solutions, &drafts, &out, args.check));
    if drafts.exists() {
        fs::remove_dir_all(&drafts)?;
    }
    outcome
}

/// One nbconvert for all notebooks, into the folder of drafts.
fn convert(layout: &Layout, solutions: &[PathBuf], drafts: &Path) -> Result<()> {
    let read = solutions.iter().map(|path| notebook::for_python(path, &drafts.join("lues")));
    let read = read.collect::<Result<Vec<_>>>()?;
    let mut nbconvert = process::command(layout.venv_bin("jupyter-nbconvert"));
    nbconvert
        .args(["--log-level", "WARN", "--to", "notebook", "--config"])
        .arg(layout.root.join("solutions/nbgrader_config.py"))
        .arg("--output-dir")
        .arg(drafts)
        .args(read.iter().map(|path| literal(path)))
        .envs(layout.jupyter_env())
        .current_dir(&layout.root);
    process::run_logged(&mut nbconvert, &layout.tp.join("log/release.log"))
        .context("nbgrader refuse une solution")
}

/// A path as nbconvert's arguments spell it: they are patterns.
fn literal(path: &Path) -> OsString {
    let mut pattern = Vec::new();
    for byte in path.as_os_str().as_bytes() {
        match byte {
            b'[' | b'*' | b'?' => pattern.extend([b'[', *byte, b']']),
            _ => pattern.push(*byte),
        }
    }
    OsString::from_vec(pattern)
}

/// Moves the drafts to their place, or compares them with what is there.
fn deliver(solutions: &[PathBuf], drafts: &Path, out: &Path, check: bool) -> Result<ExitCode> {
    let mut stale = 0;
    for solution in solutions {
        let name = solution.file_name().context("un notebook a un nom")?.to_string_lossy();
        let target = out.join(name.strip_prefix(PREFIX).unwrap_or(&name));
        let content = fs::read(drafts.join(name.as_ref()))?;
        if fs::read(&target).is_ok_and(|found| found == content) {
            println!("à jour   {}", target.display());
        } else if check {
            stale += 1;
            println!("périmé   {} (relancez `cargo tp release`)", target.display());
        } else {
            files::replace(&target, &content)?;
            println!("écrit    {}", target.display());
        }
    }
    Ok(if stale == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What a solution must be for its student notebook to be always the same:
/// every cell has its own id, and no output is stored.
fn check_solution(path: &Path) -> Result<()> {
    notebook::read(path)?;
    let content = notebook::as_written(path)?;
    let name = path.display();
    let mut ids = HashSet::new();
    for (index, cell) in notebook::cells(&content).iter().enumerate() {
        let number = index + 1;
        let Some(id) = cell["id"].as_str() else {
            bail!(
                "« {name} », cellule {number} : pas d'identifiant (`id`), que le format 4.5 demande"
            );
        };
        if !ids.insert(id) {
            bail!("« {name} », cellule {number} : l'identifiant « {id} » sert déjà");
        }
        if cell["outputs"].as_array().is_some_and(|outputs| !outputs.is_empty()) {
            bail!("« {name} », cellule {number} : des sorties sont enregistrées ; effacez-les");
        }
    }
    if content["metadata"]["kernelspec"]["name"] != install::KERNEL {
        bail!("« {name} » : le noyau doit être « {} »", install::KERNEL);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn problem(mut cells: Value) -> String {
        for cell in cells.as_array_mut().unwrap() {
            cell["cell_type"] = "code".into();
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("Sol_X.ipynb");
        let content = json!({"cells": cells, "metadata": {"kernelspec": {"name": "rust-tp"}}});
        fs::write(&path, content.to_string()).unwrap();
        check_solution(&path).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_path_with_brackets_is_itself() {
        let path = Path::new("/cours [2026]/Sol_é?.ipynb");
        assert_eq!(literal(path), "/cours [[]2026]/Sol_é[?].ipynb");
    }

    #[test]
    fn a_solution_has_ids_and_no_outputs() {
        assert_eq!(problem(json!([{"id": "a", "outputs": []}, {"id": "b"}])), "");
        assert!(problem(json!([{"id": "a"}, {}])).contains("cellule 2 : pas d'identifiant"));
        assert!(problem(json!([{"id": "a"}, {"id": "a"}])).contains("« a » sert déjà"));
        assert!(problem(json!([{"id": "a", "outputs": [{}]}])).contains("effacez-les"));
    }
}
