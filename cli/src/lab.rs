//! `cargo tp lab`: from a bare machine to JupyterLab.

use crate::{files, install, layout::Layout, notebook, process};
use anyhow::{Context, Result, bail};
use serde_json::json;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(clap::Args)]
pub struct Args {
    /// N'ouvre pas le navigateur ; l'adresse s'affiche.
    #[arg(long)]
    no_browser: bool,
    /// Le notebook à ouvrir [par défaut : le TP1].
    notebook: Option<PathBuf>,
    /// Options transmises à JupyterLab, après `--`.
    #[arg(last = true)]
    jupyter: Vec<String>,
}

/// nbgrader's panels are for its own courses: here they would slow the start
/// down and complain that no course is configured.
fn leave_nbgrader_out(layout: &Layout) -> Result<()> {
    let config = layout.tp.join("jupyter/config");
    let extensions = ["assignment_list", "course_list", "formgrader", "validate_assignment"];
    let off: serde_json::Map<_, _> = extensions
        .iter()
        .map(|name| (format!("nbgrader.server_extensions.{name}"), false.into()))
        .collect();
    let server = json!({"ServerApp": {"jpserver_extensions": off}});
    let page = json!({"disabledExtensions": {"@jupyter/nbgrader": true}});
    for (name, content) in
        [("jupyter_server_config.json", server), ("labconfig/page_config.json", page)]
    {
        files::replace(&config.join(name), format!("{content:#}\n").as_bytes())?;
    }
    Ok(())
}

/// The notebook to open, which must be in the folder that JupyterLab serves.
fn served(layout: &Layout, notebook: &Path) -> Result<PathBuf> {
    let notebook = notebook::existing(notebook)?;
    match notebook.strip_prefix(layout.root.canonicalize()?) {
        Ok(inside) => Ok(layout.root.join(inside)),
        Err(_) => bail!(
            "« {} » est hors du dossier que JupyterLab ouvre, « {} » : copiez-le dans notebooks/, puis ouvrez la copie",
            notebook.display(),
            layout.root.display()
        ),
    }
}

/// Installs what is missing, then becomes JupyterLab.
pub fn run(args: Args) -> Result<ExitCode> {
    let layout = Layout::find()?;
    let notebook = args.notebook.map(|path| served(&layout, &path)).transpose()?;
    install::ensure(&layout)?;
    leave_nbgrader_out(&layout)?;
    let mut lab = process::command(layout.venv_bin("jupyter-lab"));
    lab.envs(layout.jupyter_env()).current_dir(&layout.root);
    lab.arg("--ServerApp.root_dir").arg(&layout.root);
    if args.no_browser {
        lab.arg("--no-browser");
    }
    // SAFETY: `geteuid` has no precondition and cannot fail.
    if unsafe { libc::geteuid() } == 0 {
        lab.arg("--allow-root");
    }
    lab.args(&args.jupyter);
    let first = layout.root.join("notebooks/TP1_MNIST_dense.ipynb");
    match notebook {
        Some(notebook) => lab.arg(notebook),
        None if first.is_file() => lab.arg(first),
        None => &mut lab,
    };
    // Replaced, not started: Ctrl-C then speaks to JupyterLab alone.
    Err(lab.exec()).context("JupyterLab ne démarre pas ; relancez `cargo tp install`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_notebook_elsewhere_is_told_before_the_installation() {
        let folder = tempfile::tempdir().unwrap();
        let (root, link) = (folder.path().join("tp"), folder.path().join("lien"));
        fs::create_dir(&root).unwrap();
        std::os::unix::fs::symlink(&root, &link).unwrap();
        let (inside, outside) = (root.join("a.ipynb"), folder.path().join("b.ipynb"));
        fs::write(&inside, "{}").unwrap();
        fs::write(&outside, "{}").unwrap();
        let layout = Layout { root: link.clone(), tp: link.join(".tp") };
        assert_eq!(served(&layout, &inside).unwrap(), link.join("a.ipynb"));
        let told = served(&layout, &outside).unwrap_err().to_string();
        assert!(told.contains("b.ipynb") && told.contains("copiez-le dans notebooks/"), "{told}");
    }
}
