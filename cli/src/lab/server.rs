//! The JupyterLab that `tp lab` starts: its log, its address, its end.

use super::signals::{Cause, Stop};
use crate::install::{self, background::Background};
use crate::layout::Layout;
use crate::{files, process};
use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::fs;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use std::time::Duration;
use tokio::process::Child;
use tokio::time::{sleep, timeout};

/// Between two looks at whether JupyterLab has told its address.
const PAUSE: Duration = Duration::from_millis(100);
/// How long JupyterLab and its kernels get to end.
const FAREWELL: Duration = Duration::from_secs(15);
/// The log is begun anew once it is larger.
const FULL: u64 = 1 << 20;
/// How many lines of its log explain why JupyterLab does not start.
const QUOTED: usize = 12;

/// A running JupyterLab.
pub struct Server {
    layout: Layout,
    child: Child,
    /// Its process, and the group that it leads.
    id: Pid,
    log: Log,
    /// What its address ends with: the notebook's page.
    page: String,
}

impl Server {
    /// Starts it in a process group of its own: Ctrl-C speaks to us alone, and
    /// JupyterLab is asked to end without its question.
    pub fn start(layout: &Layout, notebook: Option<&Path>, options: &[String]) -> Result<Self> {
        let log = Log::open(layout.tp.join("log/jupyter.log"))?;
        let mut lab = process::command(layout.venv_bin("jupyter-lab"));
        lab.envs(layout.jupyter_env()).current_dir(&layout.root);
        lab.arg("--ServerApp.root_dir").arg(&layout.root);
        let notebooks = layout.root.join("notebooks");
        if notebooks.is_dir() {
            // Where the file browser opens.
            lab.arg("--ServerApp.preferred_dir").arg(notebooks);
        }
        // Our style (see `super::STYLE`).
        lab.arg("--custom-css");
        if rustix::process::geteuid().is_root() {
            lab.arg("--allow-root");
        }
        lab.args(options).args(notebook);
        lab.stdin(Stdio::null()).stdout(log.file.try_clone()?).stderr(log.file.try_clone()?);
        std::os::unix::process::CommandExt::process_group(&mut lab, 0);
        let child = tokio::process::Command::from(lab)
            .spawn()
            .context("JupyterLab ne démarre pas ; relancez `cargo tp install`")?;
        let id = child.id().and_then(process::pid).context("JupyterLab a disparu")?;
        let page = notebook.map(|path| page(&layout.root, path)).unwrap_or_default();
        Ok(Self { layout: layout.clone(), child, id, log, page })
    }

    /// Tells its address, and stays until it ends or is to end.
    pub async fn serve(mut self, stop: &mut Stop, set_up: Option<Background>) -> Result<ExitCode> {
        let cause = tokio::select! {
            told = self.address() => {
                println!("JupyterLab : {} (Ctrl-C l'arrête ; journal : {})", told?, self.log.path.display());
                let _ = std::io::stdout().flush();
                self.tell_of(set_up);
                tokio::select! {
                    status = self.child.wait() => return self.ended(status?),
                    cause = stop.next() => cause,
                }
            }
            cause = stop.next() => cause,
        };
        self.stop().await?;
        if cause != Cause::HangUp {
            eprintln!("\nJupyterLab est arrêté.");
            if install::background::is_under_way(&self.layout) {
                eprintln!(
                    "L'installation continue en arrière-plan (encore environ {}) ; `cargo tp install` l'attend.",
                    install::time_left(&self.layout)
                );
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Says what still goes on.
    fn tell_of(&self, set_up: Option<Background>) {
        if set_up.is_some_and(|mut set_up| !set_up.is_over()) {
            eprintln!(
                "Vous pouvez lire : le noyau Rust et la bibliothèque se compilent encore environ {}, et la première cellule les attend. Fermer ce terminal n'y change rien (journal : {}).",
                install::time_left(&self.layout),
                install::background::log(&self.layout).display()
            );
        }
    }

    /// The address of the notebook, once JupyterLab has written its own down.
    async fn address(&mut self) -> Result<String> {
        let file = self.layout.tp.join(format!("jupyter/runtime/jpserver-{}.json", self.id));
        loop {
            let text = fs::read(&file).unwrap_or_default();
            if let Some(address) =
                serde_json::from_slice(&text).ok().and_then(|server| address(&server, &self.page))
            {
                return Ok(address);
            }
            if let Ok(status) = timeout(PAUSE, self.child.wait()).await {
                bail!(
                    "JupyterLab ne démarre pas ({}) ; les dernières lignes de son journal, {} :\n{}",
                    status?,
                    self.log.path.display(),
                    self.log.last_lines()
                );
            }
        }
    }

    /// It ended by itself, from its menu or by a fault.
    fn ended(&self, status: std::process::ExitStatus) -> Result<ExitCode> {
        if status.success() {
            eprintln!("JupyterLab est arrêté.");
            return Ok(ExitCode::SUCCESS);
        }
        bail!(
            "JupyterLab s'est arrêté ({status}) ; les dernières lignes de son journal, {} :\n{}",
            self.log.path.display(),
            self.log.last_lines()
        )
    }

    /// Ends it: first as it should, so that it stops its kernels, then at any rate.
    async fn stop(&mut self) -> Result<()> {
        // Our child, which has not been waited for; it may have just ended.
        let _ = kill_process(self.id, Signal::TERM);
        if timeout(FAREWELL, self.child.wait()).await.is_err() {
            self.child.kill().await?;
            sleep(PAUSE).await;
        }
        Ok(())
    }
}

/// The path of a notebook's page in JupyterLab: `lab/tree/notebooks/TP1.ipynb`.
fn page(root: &Path, notebook: &Path) -> String {
    let inside = notebook.strip_prefix(root).unwrap_or(notebook);
    format!("lab/tree/{}", files::url_path(inside))
}

/// The address of a page, from what a Jupyter server writes of itself.
fn address(server: &Value, page: &str) -> Option<String> {
    let url = server["url"].as_str()?;
    let page = if page.is_empty() { "lab" } else { page };
    let token = server["token"].as_str().unwrap_or_default();
    let query = if token.is_empty() { String::new() } else { format!("?token={token}") };
    Some(format!("{}/{page}{query}", url.trim_end_matches('/')))
}

/// The file with what Jupyter says.
struct Log {
    path: PathBuf,
    file: fs::File,
    /// What was there before.
    start: u64,
}

impl Log {
    fn open(path: PathBuf) -> Result<Self> {
        let open = || {
            fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
            // Several JupyterLabs may write it at once.
            let file = fs::File::options().create(true).append(true).open(&path)?;
            if file.metadata()?.len() > FULL {
                file.set_len(0)?;
            }
            let start = file.metadata()?.len();
            Ok::<_, std::io::Error>((file, start))
        };
        let (file, start) =
            open().with_context(|| format!("impossible d'écrire « {} »", path.display()))?;
        Ok(Self { path, file, start })
    }

    /// The last lines since it was opened.
    fn last_lines(&self) -> String {
        let mut text = Vec::new();
        if let Ok(mut file) = fs::File::open(&self.path) {
            let _ =
                file.seek(SeekFrom::Start(self.start)).and_then(|_| file.read_to_end(&mut text));
        }
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<_> = text.lines().collect();
        lines[lines.len().saturating_sub(QUOTED)..].join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_address_is_that_of_the_notebook_with_its_token() {
        let root = Path::new("/tp");
        let page = page(root, &root.join("notebooks/mon TP é.ipynb"));
        let server = |token: &str| json!({"url": "http://localhost:8889/", "token": token});
        assert_eq!(
            address(&server("ab"), &page).unwrap(),
            "http://localhost:8889/lab/tree/notebooks/mon%20TP%20%C3%A9.ipynb?token=ab"
        );
        assert_eq!(address(&server(""), "").unwrap(), "http://localhost:8889/lab");
        assert_eq!(address(&json!({}), &page), None);
    }

    #[test]
    fn only_the_last_lines_of_this_start_are_quoted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log/jupyter.log");
        fs::create_dir(folder.path().join("log")).unwrap();
        fs::write(&path, "avant\n").unwrap();
        let mut log = Log::open(path.clone()).unwrap();
        assert_eq!(log.last_lines(), "");
        for line in 0..20 {
            writeln!(log.file, "ligne {line}").unwrap();
        }
        let quoted = log.last_lines();
        assert!(quoted.starts_with("ligne 8\n") && quoted.ends_with("ligne 19"), "{quoted}");
        fs::write(&path, vec![b'x'; FULL as usize + 1]).unwrap();
        assert_eq!(Log::open(path).unwrap().start, 0);
    }
}
