//! A closed place for a student's notebook: `bubblewrap` (Debian's package) makes
//! it from the namespaces of Linux.
//!
//! ```text
//! read-only   the toolchain, cargo's downloaded crates, Python, the library, its
//!             data and the installation; not solutions/, other submissions, marks
//!             or anybody's home
//! writable    a temporary disk in memory of a limited size, gone at the end
//! network     a loopback of its own, which a kernel needs
//! trainings   those that the solutions made, to be read (`tp grade`)
//! processes   a space of their own: they end with the first of them, and when there are
//!             more than any notebook starts
//! environment what a kernel needs, nothing of the caller's
//! ```
//!
//! What comes out is what the executed cells show, line by line through a pipe.

mod limits;
mod mounts;

use crate::layout::Layout;
use crate::{process, protocol, toolchain};
use anyhow::{Context, Result, bail};
pub use limits::{Limits, too_many};
pub use mounts::WORK;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const PROGRAM: &str = "bwrap";

/// Whether notebooks run in a sandbox.
#[derive(clap::Args, Clone, Copy, Default)]
pub struct Choice {
    /// Exécute les notebooks sans les isoler du reste de la machine.
    #[arg(long = WITHOUT)]
    without: bool,
}

/// Where the trainings made before are inside.
const MEMO: &str = "/memo";

const WITHOUT: &str = "sans-bac-a-sable";

impl Choice {
    /// The same choice, for another call of this program.
    pub fn option(self) -> Option<String> {
        self.without.then(|| format!("--{WITHOUT}"))
    }

    /// The sandbox asked for; none where none is wanted.
    ///
    /// # Errors
    /// When this machine has none.
    pub fn sandbox(self, layout: &Layout) -> Result<Option<Sandbox>> {
        if self.without { Ok(None) } else { Sandbox::new(layout).map(Some) }
    }
}

/// What is the same for all notebooks that run in one.
pub struct Sandbox {
    arguments: Vec<OsString>,
    search: OsString,
}

impl Sandbox {
    /// Looks at what this machine has, and tries it.
    ///
    /// # Errors
    /// When there is no sandbox here, or it does not start.
    pub fn new(layout: &Layout) -> Result<Self> {
        let sysroot = toolchain::sysroot()?;
        let arguments = mounts::arguments(layout, &sysroot)?;
        let path = [sysroot.join("bin"), "/usr/local/bin".into(), "/usr/bin".into(), "/bin".into()];
        let sandbox = Self { arguments, search: std::env::join_paths(path)? };
        let mut trial = sandbox.command(Path::new("/usr/bin/env"), &[]);
        trial.arg("true").stdin(Stdio::null());
        match trial.output() {
            Ok(output) if output.status.success() => Ok(sandbox),
            Ok(output) => bail!(
                "le bac à sable ne démarre pas ({}) ; {MEND}",
                String::from_utf8_lossy(&output.stderr).trim()
            ),
            Err(_) => bail!("aucun bac à sable sur cette machine ; {MEND}"),
        }
    }

    /// Lends the folder of the trainings that were made before ([`protocol::MEMO`]): to be
    /// read, or to be filled by the teacher's own notebook.
    pub fn lend(&mut self, memo: &Path, fill: bool) {
        let bind = if fill { "--bind" } else { "--ro-bind" };
        let words = [bind.as_ref(), memo.as_os_str(), MEMO.as_ref()];
        self.arguments.extend(words.map(Into::into));
        self.arguments.extend(["--setenv", protocol::MEMO, MEMO].map(Into::into));
    }

    /// `program` inside, its arguments to be added; `seen` are further files that it
    /// may read, each with its place inside.
    pub fn command(&self, program: &Path, seen: &[(PathBuf, PathBuf)]) -> Command {
        let mut command = process::command(PROGRAM);
        command.args(&self.arguments);
        for (outside, inside) in seen {
            command.arg("--ro-bind").args([outside, inside]);
        }
        command.args(["--setenv", "PATH"]).arg(&self.search);
        limits::of_each(&mut command);
        // Nothing can be added to the tree of folders itself.
        command.args(["--remount-ro", "/", "--chdir", WORK, "--"]);
        limits::of_all(&mut command);
        command.arg(program);
        command
    }
}

const MEND: &str = "installez bubblewrap (Debian/Ubuntu : sudo apt install bubblewrap), ou donnez l'option --sans-bac-a-sable si vous faites confiance à ces notebooks";

/// The files beside a notebook that its cells may read: its own, not the notebooks
/// of others.
///
/// # Errors
/// When the folder cannot be read.
pub fn beside(notebook: &Path) -> Result<Vec<(PathBuf, PathBuf)>> {
    let folder = notebook.parent().context("un notebook est dans un dossier")?;
    let mut seen = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name());
        let is_notebook = path.extension().is_some_and(|extension| extension == "ipynb");
        let is_hidden = name.as_encoded_bytes().starts_with(b".");
        // A link may lead anywhere.
        if entry.file_type()?.is_file() && !is_notebook && !is_hidden {
            seen.push((path, Path::new(WORK).join(name)));
        }
    }
    Ok(seen)
}
