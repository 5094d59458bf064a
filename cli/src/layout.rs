//! Where everything is: the checkout and, inside it, the `.tp/` folder, which
//! holds all that is installed (nothing outside the checkout is written, the
//! caches of cargo and pip excepted).
//!
//! ```text
//! .tp/
//!   bin/        evcxr_jupyter, and the copy of `tp` that kernels start with
//!   venv/       Python: JupyterLab, nbconvert, nbgrader, the kernelspecs
//!   warm/       the library compiled as a kernel wants it (see `warm`)
//!   analyzer/   what evcxr's rust-analyzer reads (see `analyzer`)
//!   cargo/      cargo's folder, where an archive brought it (see `pack`)
//!   kernels/    one folder per living kernel, a copy of warm/
//!   scores/     what was achieved in each notebook
//!   jupyter/    Jupyter's settings, data and connection files
//!   config/     evcxr's start-up files
//!   notes/      the marks that `tp grade` was not asked to write elsewhere
//!   executed/   executed copies that the repository does not keep
//!   log/        the output of each installation step
//!   stamps/     one file per finished installation step
//! ```

use anyhow::{Result, bail};
use std::ffi::OsString;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// The folders of this checkout.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The checkout: the folder of the workspace's `Cargo.toml`.
    pub root: PathBuf,
    /// What is installed: `.tp/`, or the folder `TP_DIR` names.
    pub tp: PathBuf,
}

impl Layout {
    /// Finds the checkout: above this executable, else where it was compiled.
    pub fn find() -> Result<Self> {
        let executable = crate::process::program()?;
        let compiled_in = Path::new(env!("CARGO_MANIFEST_DIR"));
        let is_root = |folder: &&Path| folder.join("cli/requirements.txt").is_file();
        let root = executable.ancestors().chain(compiled_in.ancestors()).find(is_root);
        let Some(root) = root else {
            bail!(
                "dossier du TP introuvable au-dessus de « {} » ; relancez `cargo tp` depuis ce dossier",
                executable.display()
            );
        };
        let tp = std::env::var_os("TP_DIR").map_or_else(|| root.join(".tp"), PathBuf::from);
        Ok(Self { root: root.to_owned(), tp: std::path::absolute(tp)? })
    }

    /// A program of the Python environment.
    pub fn venv_bin(&self, program: &str) -> PathBuf {
        self.tp.join("venv/bin").join(program)
    }

    /// The search path for programs, those of the Python environment first.
    pub fn path_with_venv(&self) -> Result<OsString> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(self.tp.join("venv/bin")).chain(std::env::split_paths(&path));
        Ok(std::env::join_paths(folders)?)
    }

    /// The stock kernel.
    pub fn evcxr(&self) -> PathBuf {
        self.tp.join("bin/evcxr_jupyter")
    }

    /// The copy of this program that the kernelspec starts.
    pub fn kernel_program(&self) -> PathBuf {
        self.tp.join("bin/tp")
    }

    /// The folder in which the library is compiled for the kernels.
    pub fn warm(&self) -> PathBuf {
        self.tp.join("warm")
    }

    /// cargo's folder, if an archive brought one (see `pack`).
    pub fn cargo_home(&self) -> PathBuf {
        self.tp.join("cargo")
    }

    /// What evcxr's rust-analyzer is given to read.
    pub fn analyzer(&self) -> PathBuf {
        self.tp.join("analyzer")
    }

    /// The folder of the living kernels' copies, or the one `TP_KERNELS` names.
    ///
    /// evcxr cannot load a cell from a path with a space, and nobody but its owner
    /// writes into a set-up for all accounts of a server, or for a container's: the
    /// kernels are in the system's temporary folder then, where anybody may have made
    /// a folder of that name: one that is not this account's alone is left aside.
    ///
    /// # Errors
    /// When no folder without a space is left.
    pub fn kernels(&self) -> Result<PathBuf> {
        let chosen = std::env::var_os("TP_KERNELS").map(PathBuf::from);
        let user = rustix::process::getuid();
        let outside = own(&std::env::temp_dir().join(format!("mnist-tp-{user}")));
        let inside = match (chosen, self.tp.join("kernels")) {
            (Some(folder), _) => folder,
            (None, folder) if is_writable(&folder) => folder,
            (None, _) => outside.clone(),
        };
        without_space([inside, outside])
    }

    /// The folder of the notebooks' scores: the account's own where the set-up is
    /// another's.
    pub fn scores(&self) -> PathBuf {
        let inside = self.tp.join("scores");
        match std::env::home_dir() {
            Some(home) if !is_writable(&inside) => home.join(".local/share/mnist-tp/scores"),
            _ => inside,
        }
    }

    /// evcxr's start-up file (`init.evcxr`).
    pub fn config(&self) -> PathBuf {
        self.tp.join("config")
    }

    /// Where the kernelspec of the plain evcxr kernel is, out of JupyterLab's sight.
    pub fn plain(&self) -> PathBuf {
        self.tp.join("plain")
    }

    /// The variables that keep Jupyter's files inside the checkout.
    pub fn jupyter_env(&self) -> Vec<(&'static str, OsString)> {
        let folder = |name: &str| self.tp.join("jupyter").join(name).into_os_string();
        vec![
            ("JUPYTER_CONFIG_DIR", folder("config")),
            ("JUPYTER_DATA_DIR", folder("data")),
            ("JUPYTER_RUNTIME_DIR", folder("runtime")),
            ("IPYTHONDIR", folder("ipython")),
            ("JUPYTER_PREFER_ENV_PATH", "1".into()),
        ]
    }
}

/// The folder of that name, or of the next one, that is this account's alone or that
/// there is not yet.
fn own(folder: &Path) -> PathBuf {
    let next = |number: u32| {
        let mut name = folder.as_os_str().to_owned();
        name.push(format!("-{number}"));
        PathBuf::from(name)
    };
    let mut names = std::iter::once(folder.to_owned()).chain((1..100).map(next));
    let usable = |folder: &PathBuf| folder.symlink_metadata().is_err() || is_private(folder);
    names.find(usable).unwrap_or_else(|| folder.to_owned())
}

/// Whether a folder, not a link to one, is this account's, and no other writes there.
pub fn is_private(folder: &Path) -> bool {
    let user = rustix::process::geteuid().as_raw();
    let private = |data: Metadata| data.is_dir() && data.uid() == user && data.mode() & 0o022 == 0;
    folder.symlink_metadata().is_ok_and(private)
}

/// Whether this account may write into a folder, or make it.
fn is_writable(folder: &Path) -> bool {
    let found = folder.ancestors().find(|path| path.exists());
    found.is_some_and(|path| tempfile::tempfile_in(path).is_ok())
}

/// The first of these folders, made absolute, that evcxr can load cells from.
fn without_space(folders: [PathBuf; 2]) -> Result<PathBuf> {
    let folders = folders.map(std::path::absolute);
    let [inside, _] = &folders;
    let said = inside.as_ref().map(|folder| folder.display().to_string()).unwrap_or_default();
    let usable = |folder: &PathBuf| !folder.as_os_str().as_encoded_bytes().contains(&b' ');
    match folders.into_iter().filter_map(Result::ok).find(usable) {
        Some(folder) => Ok(folder),
        None => bail!(
            "le chemin « {said} » contient une espace, ce qu'evcxr ne sait pas charger : donnez à la variable TP_KERNELS un dossier sans espace"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_up_of_others_is_left_as_it_is() {
        let root = tempfile::tempdir().unwrap();
        assert!(is_writable(root.path()) && is_writable(&root.path().join("none")));
        // Nobody writes there, root included.
        assert!(!is_writable(Path::new("/proc")) && !is_writable(Path::new("/proc/none/none")));
        let layout = |tp: &Path| Layout { root: root.path().to_owned(), tp: tp.to_owned() };
        let (own, others) = (layout(root.path()), layout(Path::new("/proc")));
        assert_eq!(own.scores(), root.path().join("scores"));
        assert!(others.scores().ends_with(".local/share/mnist-tp/scores"));
        if std::env::var_os("TP_KERNELS").is_none() {
            assert!(others.kernels().unwrap().starts_with(std::env::temp_dir()));
        }
    }

    #[test]
    fn a_folder_that_others_have_made_is_left_aside() {
        use std::fs::{self, Permissions};
        use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("k");
        let second = root.path().join("k-1");
        assert_eq!(own(&folder), folder, "there is none yet");
        fs::create_dir(&folder).unwrap();
        for (mode, chosen) in
            [(0o700, &folder), (0o755, &folder), (0o777, &second), (0o770, &second)]
        {
            fs::set_permissions(&folder, Permissions::from_mode(mode)).unwrap();
            assert_eq!(own(&folder), *chosen, "{mode:o}");
        }
        symlink(root.path(), &second).unwrap();
        assert_eq!(own(&folder), root.path().join("k-2"));
        // Only root can give a folder away.
        fs::set_permissions(&folder, Permissions::from_mode(0o700)).unwrap();
        if chown(&folder, Some(12345), None).is_ok() {
            assert_eq!(own(&folder), root.path().join("k-2"));
        }
    }

    #[test]
    fn kernels_live_where_evcxr_can_load_cells() {
        let folder = |inside: &str, outside: &str| without_space([inside.into(), outside.into()]);
        assert_eq!(folder("/tp/kernels", "/tmp/k").unwrap(), Path::new("/tp/kernels"));
        assert_eq!(folder("/mes documents/kernels", "/tmp/k").unwrap(), Path::new("/tmp/k"));
        let error = folder("/mes documents/kernels", "/a b").unwrap_err().to_string();
        assert!(
            error.contains("/mes documents/kernels") && error.contains("TP_KERNELS"),
            "{error}"
        );
        assert!(folder("kernels", "/tmp/k").unwrap().is_absolute());
    }
}
