//! A question, and all that its answer depends on:
//!
//! ```text
//! the program       its path, size and date
//! what is asked     arguments, folder, the variables that cargo and rustc read
//! what cargo reads  settings, manifests and locks: what they say, or that there are none
//! ```
//!
//! The kernel's own folder, which is in nearly all of it, is left out of it by name.

use crate::files;
use crate::layout::Layout;
use sha2::{Digest, Sha256};
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Set, it leaves all to cargo and rustc.
pub const OFF: &str = "TP_SANS_RACCOURCI";

/// How cargo lets rustc share its threads: other words at each of its builds.
const JOBSERVER: &str = "CARGO_MAKEFLAGS";

/// Names the copy of the lock that rust-analyzer lets cargo work on.
const COPY: &str = "CARGO_RESOLVER_LOCKFILE_PATH";

/// Something that is asked.
pub struct Question {
    pub kernel: Kernel,
    pub lock: Lock,
    read: Vec<PathBuf>,
    name: String,
}

impl Question {
    /// What this process is asked; none if it is not text, or no kernel asks.
    pub fn present(program: &Path, arguments: &[OsString]) -> Option<Self> {
        let is_off = std::env::var_os(OFF).is_some_and(|value| !value.is_empty());
        let is_build = std::env::var_os(JOBSERVER).is_some();
        let cells = std::env::var_os("EVCXR_TMPDIR").filter(|_| !is_off && !is_build)?;
        let kernel = Kernel::new(Path::new(&cells).parent()?)?;
        let copy = std::env::var_os(COPY).map(PathBuf::from);
        let path = copy.unwrap_or_else(|| kernel.folder.join("Cargo.lock"));
        let lock = Lock { before: fs::read_to_string(&path).ok()?, path };
        let read = read_by_cargo(&std::env::current_dir().ok()?, &kernel.folder)?;
        let mut question = Self { kernel, lock, read, name: String::new() };
        question.name = question.digest(program, arguments)?;
        Some(question)
    }

    /// The same for a build, whose answer does not depend on the kernel's lock: cargo
    /// adds to it what the manifest names, and the versions are those of the checkout's.
    pub fn of_build(program: &Path, arguments: &[OsString]) -> Option<Self> {
        let mut question = Self::present(program, arguments)?;
        let lock = question.kernel.folder.join("Cargo.lock");
        question.read.retain(|path| *path != lock);
        question.name = question.digest(program, arguments)?;
        Some(question)
    }

    /// The same for the same question.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it would still be the same question, but for a change of the lock.
    pub fn still_stands(&self, program: &Path, arguments: &[OsString]) -> bool {
        self.digest(program, arguments).is_some_and(|digest| digest == self.name)
    }

    /// Whether the answer is known to depend on this file.
    pub fn has_read(&self, manifest: &Path) -> bool {
        // The library is said to live in `src/` (see `graph`).
        let source = manifest.parent().filter(|folder| folder.ends_with("src"));
        let library = source.and_then(Path::parent).map(|root| root.join("Cargo.toml"));
        self.read.iter().any(|read| *read == manifest || Some(read) == library.as_ref())
    }

    fn digest(&self, program: &Path, arguments: &[OsString]) -> Option<String> {
        let mut digest = Sha256::new();
        let mut add = |text: Option<String>| {
            digest.update(text.as_ref().map_or(0, |text| 1 + text.len()).to_le_bytes());
            digest.update(text.unwrap_or_default());
        };
        let file = fs::metadata(program).ok()?;
        add(Some(format!("{} {} {}", file.len(), file.mtime(), file.mtime_nsec())));
        add(Some(program.to_str()?.to_owned()));
        add(Some(self.kernel.hidden(std::env::current_dir().ok()?.to_str()?)?));
        for argument in arguments {
            add(Some(self.kernel.hidden(argument.to_str()?)?));
        }
        for (name, value) in variables()? {
            let value = if name == COPY { self.lock.before.clone() } else { value };
            add(Some(name));
            add(Some(self.kernel.hidden(&value)?));
        }
        for path in &self.read {
            let text = (self.lock.path == *path).then(|| self.lock.before.clone());
            add(Some(self.kernel.hidden(path.to_str()?)?));
            add(text.or_else(|| fs::read_to_string(path).ok()));
        }
        Some(hex::encode(digest.finalize()))
    }
}

/// The variables that may change an answer, in order; none if one is not text.
fn variables() -> Option<Vec<(String, String)>> {
    // How deep rustup was called, and what only a program of tests reads.
    const IDLE: [&str; 2] = ["RUST_RECURSION_COUNT", "RUST_TEST_THREADS"];
    let counts = |name: &str| {
        (["CARGO", "__CARGO", "RUST"].iter().any(|begin| name.starts_with(begin)) || name == "HOME")
            && !IDLE.contains(&name)
    };
    let all = std::env::vars_os().filter(|(name, _)| counts(&name.to_string_lossy()));
    let text = |word: OsString| word.into_string().ok();
    let mut all =
        all.map(|(name, value)| Some((text(name)?, text(value)?))).collect::<Option<Vec<_>>>()?;
    all.sort();
    Some(all)
}

/// The settings, manifests and locks that cargo looks at, or for, when it is called in
/// `here`: those above it, those of its workspace's members, the library's, the account's.
fn read_by_cargo(here: &Path, kernel: &Path) -> Option<Vec<PathBuf>> {
    let names = [".cargo/config.toml", ".cargo/config", "Cargo.toml", "Cargo.lock"];
    let library = Layout::find().ok()?.root;
    let folders = here.ancestors().chain([library.as_path()]);
    let mut all: Vec<_> = folders.flat_map(|folder| names.map(|name| folder.join(name))).collect();
    let workspace = if here.starts_with(kernel) { kernel } else { here };
    for member in fs::read_dir(workspace).ok()? {
        let manifest = member.ok()?.path().join("Cargo.toml");
        if manifest.is_file() {
            all.push(manifest);
        }
    }
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(Path::new(&std::env::var_os("HOME")?).join(".cargo")))?;
    all.extend(["config.toml", "config"].map(|name| home.join(name)));
    all.sort();
    all.dedup();
    Some(all)
}

/// The lock that cargo may bring up to date while it answers.
pub struct Lock {
    pub path: PathBuf,
    before: String,
}

impl Lock {
    /// What it says now, if it has changed.
    pub fn change(&self) -> Option<String> {
        fs::read_to_string(&self.path).ok().filter(|now| *now != self.before)
    }
}

/// What stands for a kernel's folder as a path, and as it is in an address.
const HIDDEN: [&str; 2] = ["\u{1}dossier\u{1}", "\u{1}adresse\u{1}"];

/// The folder of the kernel that asks.
pub struct Kernel {
    folder: PathBuf,
    forms: [String; 2],
    /// Its own name, of which nothing is to be left.
    name: String,
}

impl Kernel {
    pub fn new(folder: &Path) -> Option<Self> {
        Some(Self {
            folder: folder.to_owned(),
            forms: [folder.to_str()?.to_owned(), files::url_path(folder)],
            name: format!("/{}/", folder.file_name()?.to_str()?),
        })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The text for any kernel; none if this one's folder is in it in some other form.
    pub fn hidden(&self, text: &str) -> Option<String> {
        let mut hidden = text.to_owned();
        for (form, name) in self.forms.iter().zip(HIDDEN) {
            hidden = hidden.replace(form, name);
        }
        let is_whole = !text.contains('\u{1}') && !hidden.contains(&self.name);
        is_whole.then_some(hidden)
    }

    /// The text for this kernel.
    pub fn shown(&self, text: &str) -> String {
        let mut shown = text.to_owned();
        for (form, name) in self.forms.iter().zip(HIDDEN) {
            shown = shown.replace(name, form);
        }
        shown
    }
}
