//! Child processes: in a clean environment, logged, and stopped when another
//! step of the installation has failed.

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

/// The children of the running installation, to stop them if a step fails; `None`
/// once one has failed: no other is started then.
static RUNNING: Mutex<Option<Vec<Pid>>> = Mutex::new(Some(Vec::new()));
/// Between two looks at whether a child has ended.
const PAUSE: Duration = Duration::from_millis(50);

/// What is said of a Python that makes no environments.
pub const NO_VENV: &str = "le module venv de Python manque : installez-le (Debian/Ubuntu : sudo apt install python3-venv)";

/// Taken by the tests that start children and by those that stop them all.
#[cfg(test)]
pub static TURN: Mutex<()> = Mutex::new(());

/// This program's file, or the one that has replaced it while it ran.
pub fn program() -> std::io::Result<PathBuf> {
    std::env::current_exe().map(present)
}

/// Linux adds a word to the path of a running file that is gone.
fn present(path: PathBuf) -> PathBuf {
    match path.to_str().and_then(|text| text.strip_suffix(" (deleted)")) {
        Some(replaced) if !path.exists() => replaced.into(),
        _ => path,
    }
}

/// Where the loader looks for libraries: Linux's name and macOS's.
const LIBRARY_PATHS: [&str; 2] = ["LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"];

/// Has the loader look into a folder too, after those that the environment names.
pub fn lend_libraries(command: &mut Command, folder: &Path) {
    let name = LIBRARY_PATHS[usize::from(cfg!(target_os = "macos"))];
    let told = command.get_envs().find(|(key, _)| *key == name).map(|(_, value)| value);
    let told = told.map_or_else(|| std::env::var_os(name), |value| value.map(ToOwned::to_owned));
    let told = told.or_else(|| cfg!(target_os = "macos").then(|| "/usr/local/lib:/usr/lib".into()));
    let told = told.unwrap_or_default();
    let folders = std::env::split_paths(&told).filter(|path| !path.as_os_str().is_empty());
    if let Ok(path) = std::env::join_paths(folders.chain([folder.to_owned()])) {
        command.env(name, path);
    }
}

/// A command without what `cargo run` and `cargo test` add to the environment, nor what
/// would change the profile of the crates that kernels are given.
///
/// Their `LD_LIBRARY_PATH` would make a notebook load the `libmnist_tp.so` of
/// `target/` in place of the kernel's own, and `CARGO_ENCODED_RUSTFLAGS` would
/// hide the flags that evcxr passes. A set-up made with `CARGO_INCREMENTAL=0` and a
/// kernel started without would compile the library once more in its first cell.
pub fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if is_kept_out(&name.to_string_lossy()) {
            command.env_remove(&name);
        }
    }
    for name in LIBRARY_PATHS {
        if let Some(path) = std::env::var_os(name) {
            let kept: Vec<_> = std::env::split_paths(&path).filter(|p| !is_cargos(p)).collect();
            match std::env::join_paths(&kept) {
                Ok(path) if !kept.is_empty() => command.env(name, path),
                _ => command.env_remove(name),
            };
        }
    }
    command
}

/// Whether a variable of the environment is none of a child's business.
fn is_kept_out(name: &str) -> bool {
    const NAMES: [&str; 5] = [
        "CARGO",
        "CARGO_ENCODED_RUSTFLAGS",
        "CARGO_TARGET_TMPDIR",
        "CARGO_INCREMENTAL",
        "CARGO_BUILD_INCREMENTAL",
    ];
    const FAMILIES: [&str; 5] =
        ["CARGO_MANIFEST_", "CARGO_PKG_", "CARGO_PROFILE_", "CARGO_BIN_", "EVCXR_"];
    NAMES.contains(&name) || FAMILIES.iter().any(|family| name.starts_with(family))
}

/// Whether a library folder was added by cargo: a target or toolchain folder.
fn is_cargos(folder: &Path) -> bool {
    let signs = ["debug", "release", "toolchains", "rustlib"];
    folder.iter().any(|part| signs.iter().any(|sign| part == *sign))
}

/// Runs a command to its end, its output going to a log file.
/// The error says what went wrong in one sentence when the log tells.
pub fn run_logged(command: &mut Command, log: &Path) -> Result<()> {
    if let Some(folder) = log.parent() {
        fs::create_dir_all(folder)?;
    }
    let file = fs::File::create(log)?;
    command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
    let program = command.get_program().to_string_lossy().into_owned();
    let mut child = {
        let mut running = lock_running();
        let Some(running) = running.as_mut() else {
            bail!("« {program} » : installation arrêtée")
        };
        let child = command
            .spawn()
            .with_context(|| format!("« {program} » ne démarre pas ; est-il installé ?"))?;
        running.push(Pid::from_child(&child));
        child
    };
    let status = loop {
        // Under the lock: an id is taken off the list before it can be another's.
        let mut running = lock_running();
        if let Some(status) = child.try_wait()? {
            if let Some(running) = running.as_mut() {
                running.retain(|id| *id != Pid::from_child(&child));
            }
            break status;
        }
        drop(running);
        std::thread::sleep(PAUSE);
    };
    if status.success() {
        return Ok(());
    }
    let text = fs::read_to_string(log).unwrap_or_default();
    bail!("{} (détails : {})", diagnosis(&text), log.display())
}

/// Stops what `run_logged` is running in other threads, and all that it would run.
pub fn stop_all() {
    let mut running = lock_running();
    for id in running.take().unwrap_or_default() {
        // A child of ours that has not been waited for (that is done under this
        // lock), so its id is still its own; one that has just ended needs no signal.
        let _ = kill_process(id, Signal::TERM);
    }
}

/// Lets [`run_logged`] run again, at the start of an installation.
pub fn allow() {
    lock_running().get_or_insert_default();
}

/// The process of that number, or the group that it leads.
pub fn pid(id: u32) -> Option<Pid> {
    Pid::from_raw(id.try_into().ok()?)
}

fn lock_running() -> std::sync::MutexGuard<'static, Option<Vec<Pid>>> {
    RUNNING.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// The most likely cause of a failure, from a command's output.
fn diagnosis(log: &str) -> String {
    const CAUSES: [(&[&str], &str); 5] = [
        (
            &["No space left on device"],
            "le disque est plein : libérez environ 4 Go puis relancez la même commande",
        ),
        (
            &["linker `cc` not found", "failed to find tool \"cc\"", "failed to find tool \"c++\""],
            "aucun compilateur C : installez-le (Debian/Ubuntu : sudo apt install build-essential ; macOS : xcode-select --install)",
        ),
        (&["ensurepip is not available"], NO_VENV),
        (
            &[
                "Temporary failure in name resolution",
                "Could not resolve host",
                "Failed to establish a new connection",
                "NewConnectionError",
                "failed to download from",
                "spurious network error",
                "No route to host",
            ],
            "le réseau ne répond pas : il est nécessaire à la première installation ; relancez la même commande une fois connecté",
        ),
        (
            &["signal: 9, SIGKILL", "memory allocation of"],
            "mémoire insuffisante : fermez d'autres programmes puis relancez la même commande",
        ),
    ];
    for (signs, cause) in CAUSES {
        if signs.iter().any(|sign| log.contains(sign)) {
            return cause.to_owned();
        }
    }
    let error = log.lines().find(|line| line.starts_with("error") || line.starts_with("ERROR"));
    let last = log.lines().rev().find(|line| !line.trim().is_empty());
    error.or(last).unwrap_or("la commande a échoué sans message").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_a_profile_stays_out() {
        for name in ["CARGO", "CARGO_INCREMENTAL", "CARGO_PROFILE_DEV_LTO", "EVCXR_TMPDIR"] {
            assert!(is_kept_out(name), "{name}");
        }
        for name in ["CARGO_HOME", "CARGO_NET_OFFLINE", "PATH", "RUSTUP_TOOLCHAIN"] {
            assert!(!is_kept_out(name), "{name}");
        }
    }

    #[test]
    fn a_program_replaced_while_it_runs_is_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("tp");
        assert_eq!(present(folder.path().join("tp (deleted)")), program);
        assert_eq!(present(program.clone()), program);
        let odd = folder.path().join("odd (deleted)");
        fs::write(&odd, "").unwrap();
        assert_eq!(present(odd.clone()), odd);
    }

    #[test]
    fn a_failure_is_told_in_one_sentence() {
        let full = "Compiling x\nerror: failed to write: No space left on device (os error 28)\n";
        assert!(diagnosis(full).starts_with("le disque est plein"));
        let network = "warning: spurious network error (3 tries remaining)";
        assert!(diagnosis(network).starts_with("le réseau"));
        let other = "Compiling x\nerror[E0425]: cannot find value `y`\n  --> src/lib.rs\n";
        assert_eq!(diagnosis(other), "error[E0425]: cannot find value `y`");
        assert_eq!(diagnosis(""), "la commande a échoué sans message");
    }

    #[test]
    fn library_folders_of_cargo_are_recognised() {
        assert!(is_cargos(Path::new("/tp/target/debug/deps")));
        assert!(is_cargos(Path::new("/h/.rustup/toolchains/stable/lib")));
        assert!(!is_cargos(Path::new("/usr/local/cuda/lib64")));
    }
}
