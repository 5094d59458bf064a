//! What is seen inside.

use crate::layout::Layout;
use crate::protocol;
use anyhow::Result;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The folder in which a notebook runs: the same for all, of no student's name.
pub const WORK: &str = "/travail";
/// The temporary disk on which cells write and a kernel has its copy, in bytes.
const ROOM: u64 = 2 << 30;
/// The places that programs write notes into, in bytes.
const LITTLE: u64 = 64 << 20;

/// What the library's package is made of, below the checkout.
const PACKAGE: [&str; 7] =
    ["Cargo.toml", "Cargo.lock", "src", "data", "benches", "examples", "cli/requirements.txt"];
/// What a kernel reads of the installation.
const INSTALLED: [&str; 10] = [
    "bin",
    "venv",
    "warm",
    "analyzer",
    "config",
    "stamps",
    ".crates.toml",
    "jupyter/config",
    "jupyter/data",
    "cargo",
];
/// What programs look up in `/etc`; not its secrets.
const SETTINGS: [&str; 8] = [
    "/etc/alternatives",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/nsswitch.conf",
    "/etc/passwd",
    "/etc/group",
];

/// The options of bubblewrap for every notebook of this installation.
pub fn arguments(layout: &Layout, sysroot: &Path) -> Result<Vec<OsString>> {
    let mut made = Options::default();
    for flag in ["--unshare-all", "--die-with-parent", "--new-session", "--clearenv"] {
        made.add([flag]);
    }
    made.add(["--proc", "/proc"]).add(["--dev", "/dev"]);
    made.see(Path::new("/usr"));
    for folder in ["/bin", "/sbin", "/lib", "/lib64", "/lib32"] {
        match std::fs::read_link(folder) {
            Ok(target) => {
                made.add(["--symlink".as_ref(), target.as_os_str(), folder.as_ref()]);
            }
            Err(_) => made.see(Path::new(folder)),
        }
    }
    for setting in SETTINGS {
        made.see(Path::new(setting));
    }
    made.disk(Path::new("/tmp"), ROOM).disk(Path::new(WORK), ROOM);

    made.see(sysroot);
    // A virtual environment leads to the Python that it was made with.
    let python = layout.venv_bin("python").canonicalize()?;
    if let Some(prefix) = python.parent().and_then(Path::parent) {
        made.see(prefix);
    }
    for name in PACKAGE {
        made.see(&layout.root.join(name));
    }
    made.disk(&layout.tp, LITTLE);
    for name in INSTALLED {
        made.see(&layout.tp.join(name));
    }
    let cargo = cargo_home();
    if !cargo.starts_with(&layout.tp) {
        made.disk(&cargo, LITTLE);
        for name in ["registry", "git", "config.toml", "config"] {
            made.see(&cargo.join(name));
        }
    }

    let inside = |name: &str| Path::new("/tmp").join(name).into_os_string();
    let jupyter = |name: &str| layout.tp.join("jupyter").join(name).into_os_string();
    let variables: [(&str, OsString); 13] = [
        ("HOME", inside("")),
        ("TMPDIR", "/tmp".into()),
        ("LANG", "C.UTF-8".into()),
        ("CARGO_HOME", cargo.into()),
        ("CARGO_NET_OFFLINE", "true".into()),
        ("TP_DIR", layout.tp.clone().into()),
        ("TP_KERNELS", inside("noyaux")),
        ("JUPYTER_CONFIG_DIR", jupyter("config")),
        ("JUPYTER_DATA_DIR", jupyter("data")),
        ("JUPYTER_RUNTIME_DIR", inside("jupyter")),
        ("IPYTHONDIR", inside("ipython")),
        ("JUPYTER_PREFER_ENV_PATH", "1".into()),
        ("PYTHONDONTWRITEBYTECODE", "1".into()),
    ];
    for (name, value) in &variables {
        made.add(["--setenv".as_ref(), name.as_ref(), value.as_os_str()]);
    }
    for name in [protocol::QUICK, protocol::BACKTRACE, "RAYON_NUM_THREADS"] {
        if let Some(value) = std::env::var_os(name) {
            made.add(["--setenv".as_ref(), name.as_ref(), value.as_os_str()]);
        }
    }
    if let Some(data) = protocol::path(protocol::DATA) {
        let data = std::path::absolute(data)?;
        made.see(&data);
        made.add(["--setenv".as_ref(), protocol::DATA.as_ref(), data.as_os_str()]);
    }
    Ok(made.arguments)
}

/// Where cargo keeps what it has downloaded.
fn cargo_home() -> PathBuf {
    let home = || PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(".cargo");
    std::env::var_os("CARGO_HOME").map_or_else(home, PathBuf::from)
}

#[derive(Default)]
struct Options {
    arguments: Vec<OsString>,
}

impl Options {
    fn add<const N: usize>(&mut self, words: [impl AsRef<std::ffi::OsStr>; N]) -> &mut Self {
        self.arguments.extend(words.iter().map(|word| word.as_ref().to_owned()));
        self
    }

    /// A file or folder at its own place, if there is one, not to be written to.
    fn see(&mut self, path: &Path) {
        self.add(["--ro-bind-try".as_ref(), path.as_os_str(), path.as_os_str()]);
    }

    /// An empty disk in memory.
    fn disk(&mut self, path: &Path, bytes: u64) -> &mut Self {
        self.add(["--size", &bytes.to_string()]);
        self.add(["--tmpfs".as_ref(), path.as_os_str()])
    }
}
