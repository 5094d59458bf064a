//! What answers cargo in rustc's place while an archive is unpacked.
//!
//! What cargo has compiled is of no use to it once the checkout or cargo's own
//! folder is elsewhere: the paths are part of what it remembers. So the library is
//! "compiled" again where it shall be, by cargo itself, with this program in
//! rustc's place: what rustc would write is in the archive. What is not there, the
//! probes of build scripts among it, goes to the real rustc.

use super::contents::CHECKOUT;
use anyhow::{Context, Result};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::SystemTime;

#[derive(clap::Args)]
pub struct Args {
    /// Ce que le vrai rustc a écrit.
    store: PathBuf,
    /// Le rustc véritable.
    rustc: PathBuf,
    /// Ses arguments.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// Hands out what the archive has, or becomes rustc.
pub fn run(args: Args) -> Result<ExitCode> {
    let rustc = || Command::new(&args.rustc);
    let real = |error: std::io::Error| {
        anyhow::Error::new(error).context(format!("« {} » ne démarre pas", args.rustc.display()))
    };
    let Some(order) = Order::parse(&args.arguments) else {
        return Err(real(rustc().args(&args.arguments).exec()));
    };
    let Some(files) = order.files(&args.store) else {
        return Err(real(rustc().args(&args.arguments).exec()));
    };
    // cargo takes the sources of published crates as unchanging: one is enough.
    let list = order.out.join(format!("{}{}.d", order.name, order.extra));
    fs::write(&list, format!("{}: {}\n", escaped(&list), escaped(&order.source)))?;
    // The disk's own time: the clock's is some milliseconds ahead, and what is newer
    // than what was made from it is made again.
    let now = fs::metadata(&list)?.modified()?;
    for (from, to) in files {
        hand_out(&from, &to, now)
            .with_context(|| format!("impossible d'écrire « {} »", to.display()))?;
    }
    if order.name == CHECKOUT {
        // Which sources it has, and where: cargo will look whether they change.
        let list = args.arguments.iter().map(|argument| match argument.to_str() {
            Some(text) if text.starts_with("--emit=") => OsStr::new("--emit=dep-info"),
            _ => argument,
        });
        return Err(real(rustc().args(list).exec()));
    }
    Ok(ExitCode::SUCCESS)
}

/// What cargo asks of rustc.
#[derive(Debug, PartialEq)]
struct Order {
    /// The crate, its kinds, and what sets its files apart from those of others.
    name: String,
    kinds: Vec<String>,
    extra: String,
    emit: String,
    out: PathBuf,
    source: PathBuf,
}

impl Order {
    fn parse(arguments: &[OsString]) -> Option<Self> {
        let mut words = arguments.iter().map(|argument| argument.to_str());
        let (mut name, mut out, mut emit, mut source) = (None, None, None, None);
        let (mut kinds, mut extra) = (Vec::new(), String::new());
        while let Some(word) = words.next() {
            let word = word?;
            let mut value = |option: &str| match word.strip_prefix(option) {
                Some("") => words.next().flatten(),
                Some(rest) => rest.strip_prefix('='),
                None => None,
            };
            if let Some(found) = value("--crate-name") {
                name = Some(found.to_owned());
            } else if let Some(found) = value("--crate-type") {
                kinds.extend(found.split(',').map(str::to_owned));
            } else if let Some(found) = value("--out-dir") {
                out = Some(PathBuf::from(found));
            } else if let Some(found) = value("--emit") {
                emit = Some(found.to_owned());
            } else if let Some(found) = word.strip_prefix("extra-filename=") {
                found.clone_into(&mut extra);
            } else if word.ends_with(".rs") && !word.starts_with('-') {
                source = Some(PathBuf::from(word));
            }
        }
        Some(Self { name: name?, kinds, extra, emit: emit?, out: out?, source: source? })
    }

    /// The files of the archive that answer it, and where they go; none if one is
    /// missing.
    fn files(&self, store: &Path) -> Option<Vec<(PathBuf, PathBuf)>> {
        let emits = |word: &str| self.emit.split(',').any(|emitted| emitted == word);
        let mut endings: Vec<(&str, String)> = Vec::new();
        if emits("metadata") {
            endings.push(("lib", ".rmeta".into()));
        }
        if emits("link") {
            for kind in &self.kinds {
                endings.push(match kind.as_str() {
                    "lib" | "rlib" => ("lib", ".rlib".into()),
                    "dylib" | "proc-macro" => {
                        (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX.into())
                    }
                    "bin" => ("", String::new()),
                    _ => return None,
                });
            }
        }
        // The checkout's own crate is called otherwise in each folder.
        let known = if self.name == CHECKOUT { "" } else { &self.extra };
        let files: Vec<_> = endings
            .iter()
            .map(|(start, end)| {
                let name = |extra: &str| format!("{start}{}{extra}{end}", self.name);
                (store.join(name(known)), self.out.join(name(&self.extra)))
            })
            .collect();
        (!files.is_empty() && files.iter().all(|(from, _)| from.is_file())).then_some(files)
    }
}

/// Puts a file in its place, as new as if it had just been compiled.
fn hand_out(from: &Path, to: &Path, now: SystemTime) -> std::io::Result<()> {
    let _ = fs::remove_file(to);
    fs::hard_link(from, to).or_else(|_| fs::copy(from, to).map(|_| ()))?;
    fs::File::open(to)?.set_times(fs::FileTimes::new().set_modified(now))
}

/// A path as rustc writes it in the list of a crate's sources.
fn escaped(path: &Path) -> String {
    path.to_string_lossy().replace(' ', "\\ ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(text: &str) -> Option<Order> {
        Order::parse(&text.split(' ').map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn what_is_in_the_archive_is_found_whole_or_not_at_all() {
        let store = tempfile::tempdir().unwrap();
        let half = order(
            "--crate-name half --edition=2021 /c/half/src/lib.rs --error-format=json --crate-type lib --emit=dep-info,metadata,link -C extra-filename=-a9 --out-dir /t/deps",
        )
        .unwrap();
        let names = |order: &Order| {
            let files = order.files(store.path())?;
            Some(files.iter().map(|(_, to)| to.display().to_string()).collect::<Vec<_>>())
        };
        fs::write(store.path().join("libhalf-a9.rlib"), "").unwrap();
        assert_eq!(names(&half), None);
        fs::write(store.path().join("libhalf-a9.rmeta"), "").unwrap();
        assert_eq!(names(&half).unwrap(), ["/t/deps/libhalf-a9.rmeta", "/t/deps/libhalf-a9.rlib"]);

        // The checkout's crate has another number in each folder, or none.
        let both = "--crate-name mnist_tp /b/src/lib.rs --crate-type lib --crate-type dylib --emit=dep-info,link --out-dir /t";
        for name in ["libmnist_tp.rlib", "libmnist_tp.so", "libmnist_tp.dylib", "libmnist_tp.rmeta"]
        {
            fs::write(store.path().join(name), "").unwrap();
        }
        assert_eq!(names(&order(both).unwrap()).unwrap().len(), 2);
        let checked = "--crate-name mnist_tp /b/src/lib.rs --crate-type lib --emit=dep-info,metadata -C extra-filename=-77 --out-dir /t";
        assert_eq!(names(&order(checked).unwrap()).unwrap(), ["/t/libmnist_tp-77.rmeta"]);
    }

    #[test]
    fn what_is_not_a_crate_of_cargos_is_left_to_rustc() {
        for probe in
            ["-vV", "- --crate-name ___ --print=file-names --crate-type bin", "--explain E0425"]
        {
            assert_eq!(order(probe), None, "{probe}");
        }
    }

    #[test]
    fn a_files_date_is_that_of_its_handing_out() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("a"), folder.path().join("b"));
        fs::write(&from, "new").unwrap();
        fs::write(&to, "old").unwrap();
        fs::File::open(&from).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
        let now = SystemTime::now();
        hand_out(&from, &to, now).unwrap();
        assert_eq!(fs::read(&to).unwrap(), b"new");
        assert_eq!(fs::metadata(&to).unwrap().modified().unwrap(), now);
    }

    #[test]
    fn spaces_are_escaped_as_rustc_does() {
        assert_eq!(escaped(Path::new("/a b/c d.rs")), "/a\\ b/c\\ d.rs");
    }
}
