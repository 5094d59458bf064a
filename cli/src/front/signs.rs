//! What is said to the library: files in the folder that [`SIGNS`](crate::protocol::SIGNS) names, which it
//! looks for. One asks for the end of the cell, one names the answer that a check is
//! about to judge.

use super::history::History;
use crate::protocol::{ANSWER, INTERRUPTION};
use std::fs;
use std::path::PathBuf;

/// The folder of the signs is evcxr's own for this kernel.
pub const FOLDER: &str = "EVCXR_TMPDIR";

/// What is said to the library: files in a folder; and what is seen of the cell.
pub struct Signs {
    folder: Option<PathBuf>,
    /// evcxr's process group.
    group: Option<u32>,
}

impl Signs {
    pub fn new(folder: Option<PathBuf>, group: Option<u32>) -> Self {
        Self { folder, group }
    }

    /// Whether the cell is still being compiled: the student's process does nothing
    /// then, and its variables must not pay for it. (Linux tells; elsewhere no.)
    pub fn compiling(&self) -> bool {
        let Some(group) = self.group else { return false };
        let Ok(processes) = fs::read_dir("/proc") else { return false };
        // `pid (name) state parent group …`; a name may hold anything.
        processes.flatten().any(|process| {
            let stat = fs::read_to_string(process.path().join("stat")).unwrap_or_default();
            let Some((name, rest)) = stat.split_once('(').and_then(|(_, all)| all.rsplit_once(')'))
            else {
                return false;
            };
            let mut fields = rest.split_whitespace();
            let (state, of) = (fields.next(), fields.nth(1));
            ["rustc", "cargo"].contains(&name)
                && state != Some("Z")
                && of.is_some_and(|of| of.parse() == Ok(group))
        })
    }

    /// Asks for the end of the cell; false where that cannot be said.
    pub fn raise(&self) -> bool {
        self.folder.as_ref().is_some_and(|folder| fs::write(folder.join(INTERRUPTION), "").is_ok())
    }

    /// Takes that back: it was meant for one cell.
    pub fn lower(&self) {
        if let Some(folder) = &self.folder {
            let _ = fs::remove_file(folder.join(INTERRUPTION));
        }
    }

    /// Names the answer that the check in `code`, if it is one, will judge.
    pub fn tell_answer(&self, history: &History, code: &str) {
        if let Some(folder) = self.folder.as_ref().filter(|_| code.contains("check::")) {
            // An old name would be taken for this one.
            let path = folder.join(ANSWER);
            if fs::write(&path, history.answer(code)).is_err() {
                let _ = fs::remove_file(path);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_is_for_one_cell() {
        let folder = tempfile::tempdir().unwrap();
        let signs = Signs::new(Some(folder.path().to_owned()), None);
        assert!(signs.raise() && folder.path().join(INTERRUPTION).exists());
        signs.lower();
        signs.lower();
        assert!(!folder.path().join(INTERRUPTION).exists());
        assert!(!Signs::new(None, None).raise());
        assert!(!Signs::new(Some(folder.path().join("none")), None).raise());
    }

    #[test]
    fn only_a_check_is_told_its_answer() {
        let folder = tempfile::tempdir().unwrap();
        let signs = Signs::new(Some(folder.path().to_owned()), None);
        let history = History::default();
        let told = || fs::read_to_string(folder.path().join(ANSWER)).ok();
        signs.tell_answer(&history, "1 + 1");
        assert_eq!(told(), None);
        signs.tell_answer(&history, "check::tp1::neurone(neurone)");
        assert_eq!(told(), Some(history.answer("check::tp1::neurone(neurone)")));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_compiler_at_work_is_seen() {
        use std::os::unix::process::CommandExt as _;
        let _turn = crate::process::TURN.lock();
        let folder = tempfile::tempdir().unwrap();
        let start = |name: &str| {
            let program = folder.path().join(name);
            std::os::unix::fs::symlink("/bin/sleep", &program).unwrap();
            std::process::Command::new(program).arg("600").process_group(0).spawn().unwrap()
        };
        for (name, compiles) in [("rustc", true), ("autre", false)] {
            let mut child = start(name);
            let signs = Signs::new(None, Some(child.id()));
            assert_eq!(signs.compiling(), compiles, "{name}");
            child.kill().unwrap();
            // Dead and not waited for, as soon as the system has got to it.
            while signs.compiling() {
                std::thread::yield_now();
            }
            child.wait().unwrap();
        }
        assert!(!Signs::new(None, None).compiling());
    }
}
