//! Where a notebook's score is kept: beside everything that is installed, under the
//! notebook's name, for the kernel that is started next to go on from it.

use crate::files;
use crate::layout::Layout;
use sha2::{Digest as _, Sha256};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// The variable by which a Jupyter server names the notebook of a kernel. What runs
/// notebooks by itself (nbgrader, nbconvert) has none; [`crate::run`] takes it away.
pub const NOTEBOOK: &str = "JPY_SESSION_NAME";

/// The file of the score of this kernel's notebook. Where no notebook is named, or
/// nothing can be written, it lives in the kernel's own `folder`, and as long.
pub fn file(layout: &Layout, folder: &Path) -> PathBuf {
    named(std::env::var_os(NOTEBOOK))
        .and_then(|notebook| kept(&layout.scores(), notebook))
        .unwrap_or_else(|| own(folder))
}

/// Whether a notebook is named.
pub fn is_named() -> bool {
    named(std::env::var_os(NOTEBOOK)).is_some()
}

/// The name of a notebook. VS Code tells a server one that it makes up anew each time,
/// `TP1-jvsc-….ipynb`.
fn named(name: Option<OsString>) -> Option<OsString> {
    name.filter(|name| !name.is_empty() && !name.to_string_lossy().contains("-jvsc-"))
}

/// Makes the kernel's `own` file, which is not there yet, lead to that of a notebook.
pub fn lead(own: &Path, scores: &Path, notebook: &Path) -> bool {
    kept(scores, notebook.into()).is_some_and(|file| files::link(&file, own).is_ok())
}

/// The file that lives as long as the kernel.
pub fn own(folder: &Path) -> PathBuf {
    folder.join("score.json")
}

fn kept(scores: &Path, notebook: OsString) -> Option<PathBuf> {
    let notebook = std::path::absolute(notebook).ok()?;
    let notebook = notebook.canonicalize().unwrap_or(notebook);
    let hash = hex::encode(&Sha256::digest(notebook.as_os_str().as_encoded_bytes())[..6]);
    let name = notebook.file_stem()?.to_string_lossy();
    // A name may be as long as a system allows, and is made longer here.
    let name: String = name.chars().take(40).collect();
    fs::create_dir_all(scores).ok()?;
    tempfile::tempfile_in(scores).ok()?;
    Some(scores.join(format!("{name}-{hash}.json")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_notebook_has_a_file_of_its_own() {
        let root = tempfile::tempdir().unwrap();
        let scores = root.path().join("scores");
        let file = |name: &str| kept(&scores, root.path().join(name).into());
        let first = file("TP1.ipynb").unwrap();
        assert!(first.starts_with(&scores) && first.to_string_lossy().contains("TP1-"));
        assert_eq!(file("TP1.ipynb"), Some(first.clone()));
        assert_ne!(file("copie/TP1.ipynb"), Some(first.clone()));
        assert_ne!(file("TP1-copie.ipynb"), Some(first));
        let long = file(&"é".repeat(120)).unwrap();
        assert!(long.file_name().unwrap().len() < 120);
        assert_eq!(fs::read_dir(&scores).unwrap().count(), 0, "nothing is written yet");
    }

    #[test]
    fn without_a_notebook_or_a_place_the_kernel_keeps_it() {
        let root = tempfile::tempdir().unwrap();
        for none in [None, Some(""), Some("cours/TP1-jvsc-5f0c2a.ipynb")] {
            assert_eq!(named(none.map(OsString::from)), None);
        }
        assert!(named(Some("TP1.ipynb".into())).is_some());
        fs::write(root.path().join("pris"), "").unwrap();
        assert_eq!(kept(&root.path().join("pris"), "TP1.ipynb".into()), None);
    }
}
