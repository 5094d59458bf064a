//! The notebook that a cell's name tells.
//!
//! VS Code starts kernels without saying for which notebook, but names each cell by an
//! address: `vscode-notebook-cell:/home/ada/TP%201.ipynb#W0sZmlsZQ%3D%3D`, with the
//! name of a machine where the window is connected to one
//! (`vscode-notebook-cell://ssh-remote%2Bserveur/home/…`). JupyterLab's names are
//! identifiers, which tell nothing; its notebook stands in the kernel's environment.

use crate::kernel::score;
use crate::protocol;
use percent_encoding::percent_decode_str;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::path::PathBuf;
use std::process::Command;

/// The variable that names the folder of all scores, where no notebook is known.
pub const SCORES: &str = "MNIST_TP_SCORES";

/// A score that still wants its notebook.
pub struct Unnamed {
    /// The file that the library asks for, not there yet.
    own: PathBuf,
    scores: PathBuf,
}

impl Unnamed {
    /// What evcxr was started with, `None` where the notebook is known.
    pub fn of(command: &Command) -> Option<Self> {
        let folder = |wanted: &str| {
            let (_, value) = command.get_envs().find(|(name, _)| *name == wanted)?;
            value.map(PathBuf::from)
        };
        Some(Self { own: folder(protocol::SCORE)?, scores: folder(SCORES)? })
    }

    /// Lets the library find the score of the notebook that a cell's name tells of;
    /// false where it tells of none.
    pub fn found(&self, id: &str) -> bool {
        let notebook = notebook(id).filter(|path| path.is_file());
        notebook.is_some_and(|notebook| score::lead(&self.own, &self.scores, &notebook))
    }
}

/// The path in a cell's address.
fn notebook(id: &str) -> Option<PathBuf> {
    let rest = id.strip_prefix("vscode-notebook-cell:")?;
    let rest = match rest.strip_prefix("//") {
        Some(machine) => &machine[machine.find('/')?..],
        None => rest,
    };
    let path = rest.split(['?', '#']).next()?;
    // Without a slash: not saved yet.
    let path = PathBuf::from(OsString::from_vec(percent_decode_str(path).collect()));
    path.is_absolute().then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_notebook_stands_in_the_address_of_its_cells() {
        let read = |id: &str| notebook(id).map(|path| path.display().to_string());
        for (id, path) in [
            ("vscode-notebook-cell:/home/ada/TP1.ipynb#W0sZmlsZQ%3D%3D", "/home/ada/TP1.ipynb"),
            ("vscode-notebook-cell:/h/TP%201%20%23%C3%A9t%C3%A9.ipynb#W3", "/h/TP 1 #été.ipynb"),
            ("vscode-notebook-cell:///h/a.ipynb#X10sZmlsZQ%3D%3D", "/h/a.ipynb"),
            ("vscode-notebook-cell://ssh-remote%2Bserveur/h/a.ipynb#W0", "/h/a.ipynb"),
            ("vscode-notebook-cell://wsl%2Bubuntu/h/a%3F.ipynb?jupyter-notebook#W0", "/h/a?.ipynb"),
        ] {
            assert_eq!(read(id).as_deref(), Some(path), "{id}");
        }
        for id in [
            "vscode-notebook-cell:Untitled-1.ipynb?jupyter-notebook#W0",
            "vscode-notebook-cell://serveur",
            "vscode-notebook-cell:",
            "3f2c9c1e-9f43-4a39-a1c7-8f6a1d0e7c55",
            "",
        ] {
            assert_eq!(read(id), None, "{id}");
        }
    }

    #[test]
    fn a_score_is_led_to_its_notebook_once_that_is_known() {
        let root = tempfile::tempdir().unwrap();
        let path = |name: &str| root.path().join(name);
        let mut command = Command::new("evcxr");
        command.env(protocol::SCORE, path("score.json"));
        assert!(Unnamed::of(&command).is_none());
        let unnamed = Unnamed::of(command.env(SCORES, path("scores"))).unwrap();
        let name = format!("vscode-notebook-cell:{}#W0", path("TP1.ipynb").display());
        assert!(!unnamed.found(&name) && !path("score.json").is_symlink(), "no such file");
        std::fs::write(path("TP1.ipynb"), "{}").unwrap();
        assert!(!unnamed.found("3f2c9c1e"));
        assert!(unnamed.found(&name));
        let kept = std::fs::read_link(path("score.json")).unwrap();
        assert!(kept.starts_with(path("scores")), "{kept:?}");
    }
}
