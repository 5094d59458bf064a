//! `cargo tp lab`: from a bare machine to JupyterLab.
//!
//! JupyterLab opens as soon as the Python environment stands; what kernels need is
//! installed in the background meanwhile.

mod server;
mod signals;

use crate::install::{self, background::Background};
use crate::{files, layout::Layout, notebook};
use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::json;
use server::Server;
use signals::{Cause, Stop};
use std::fs;
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

/// What is opened where nothing is named.
const FIRST: &str = "notebooks/TP1_MNIST_dense.ipynb";

/// JupyterLab breaks the lines of an output wherever they are full; at least words stay
/// whole.
const STYLE: &str = ".jp-RenderedText pre, .jp-OutputArea-output pre { word-break: normal !important; overflow-wrap: anywhere !important; }\n";

/// Leaves out of JupyterLab what would only be in the way: the kernel of Python,
/// which tempts beside ours, and nbgrader's panels for its own courses, which would
/// slow the start down and complain that no course is configured.
fn leave_the_rest_out(layout: &Layout) -> Result<()> {
    let config = layout.tp.join("jupyter/config");
    let extensions = ["assignment_list", "course_list", "formgrader", "validate_assignment"];
    let off: serde_json::Map<_, _> = extensions
        .iter()
        .map(|name| (format!("nbgrader.server_extensions.{name}"), false.into()))
        .collect();
    let server = json!({
        "ServerApp": {"jpserver_extensions": off},
        "KernelSpecManager": {"allowed_kernelspecs": [install::KERNEL], "ensure_native_kernel": false},
    });
    let page = json!({"disabledExtensions": {"@jupyter/nbgrader": true}});
    for (name, content) in
        [("jupyter_server_config.json", server), ("labconfig/page_config.json", page)]
    {
        files::replace(&config.join(name), format!("{content:#}\n").as_bytes())?;
    }
    files::replace(&config.join("custom/custom.css"), STYLE.as_bytes())
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

/// Has what is missing installed, opens JupyterLab as soon as that is possible, and
/// stays until it ends.
pub fn run(args: Args) -> Result<ExitCode> {
    let layout = Layout::find()?;
    let notebook = args.notebook.map(|path| served(&layout, &path)).transpose()?;
    let mut set_up = install::begin(&layout)?;
    let _open = living(&layout)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let code = runtime.block_on(async {
        let mut stop = Stop::new()?;
        let group = set_up.as_ref().and_then(Background::group);
        let waited = layout.clone();
        let wait = tokio::task::spawn_blocking(move || {
            install::wait_for_python(&waited, set_up.as_mut()).map(|()| set_up)
        });
        let set_up = tokio::select! {
            waited = wait => waited??,
            cause = stop.next() => return Ok(interrupted(group, cause)),
        };
        leave_the_rest_out(&layout)?;
        let first = layout.root.join(FIRST);
        let notebook = notebook.or_else(|| first.is_file().then_some(first));
        let mut options = args.jupyter;
        if args.no_browser {
            options.push("--no-browser".to_owned());
        }
        let server = Server::start(&layout, notebook.as_deref(), &options)?;
        server.serve(&mut stop, set_up).await
    });
    // A set-up that goes on is not waited for.
    runtime.shutdown_background();
    code
}

/// Held for as long as JupyterLab is open: `tp desinstaller` then leaves it alone.
fn living(layout: &Layout) -> Result<Option<fs::File>> {
    let path = lock_file(layout);
    // Whoever may only read (one set-up for all users of a server) does without.
    let Ok(file) = fs::File::create(&path) else { return Ok(None) };
    file.lock_shared()
        .with_context(|| format!("impossible de verrouiller « {} »", path.display()))?;
    Ok(Some(file))
}

/// The file that every open JupyterLab holds a shared lock of.
pub fn lock_file(layout: &Layout) -> PathBuf {
    layout.tp.join("lab.lock")
}

/// Ctrl-C before JupyterLab is open stops the set-up that was started for it.
fn interrupted(group: Option<Pid>, cause: Cause) -> ExitCode {
    // The end of the terminal does not.
    if cause == Cause::HangUp {
        return ExitCode::FAILURE;
    }
    match group {
        Some(group) => {
            // That of our child, which has not been waited for, or has just ended.
            let _ = kill_process_group(group, Signal::TERM);
            eprintln!("\nInstallation interrompue ; la même commande la reprend.");
        }
        None => eprintln!("\nL'installation commencée ailleurs continue."),
    }
    ExitCode::FAILURE
}

#[cfg(test)]
mod tests {
    use super::*;

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
