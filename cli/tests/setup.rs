//! The set-up, with stand-ins for Python, cargo and the C compiler: what is
//! missing is told in one sentence, and what is done is not done again.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A machine with only the programs that a test puts there.
struct Machine {
    folder: tempfile::TempDir,
    _turn: MutexGuard<'static, ()>,
}

/// One machine at a time: what another test forks would hold the programs being
/// written, and the system starts none that is still written to.
static TURN: Mutex<()> = Mutex::new(());

/// Knows its version and its folder, where the sources may be missing.
const RUSTC: &str = r#"
case "$1" in
  --print) echo "$TP_DIR/sysroot" ;;
  *) echo 'rustc 1.95.0'; echo 'host: x86_64-unknown-linux-gnu' ;;
esac
"#;
const CC: &str = "exit 0";
/// Answers the probes, makes an environment, and keeps count.
const PYTHON: &str = r#"
case "$1 $2" in
  "-c "*) echo 3.12 ;;
  "-m venv") mkdir -p "$3/bin" "$3/lib/python3.12"; cp "$0" "$3/bin/python"; touch "$3/bin/jupyter-lab"; echo venv >> "$COUNT" ;;
  "-m pip") echo pip >> "$COUNT" ;;
esac
"#;
/// Gives the sources of the standard library, where they belong.
const RUSTUP: &str = r#"
echo rust-src >> "$COUNT"
mkdir -p "$TP_DIR/sysroot/lib/rustlib/src/rust/library"
"#;
/// Installs, and compiles, unless told to fail.
const CARGO: &str = r#"
package() {
  printf '{"name":"%s","id":"%s","edition":"2024","targets":[{"src_path":"/%s/src/lib.rs"}]}' "$1" "$1" "$1"
}
if [ "$1" = metadata ]; then
  echo "{\"packages\":[$(package core),$(package alloc),$(package hashbrown),$(package std)],"
  echo '"resolve":{"nodes":[{"id":"core"},{"id":"alloc"},{"id":"hashbrown"},{"id":"std"}]}}'
elif [ "$1" = generate-lockfile ]; then
  touch Cargo.lock
elif [ "$1" = install ]; then
  echo evcxr >> "$COUNT"
  if [ -e "$TP_DIR/full" ]; then echo "error: No space left on device (os error 28)"; exit 101; fi
  mkdir -p "$TP_DIR/bin" "$TP_DIR/build-evcxr"
  echo '"evcxr_jupyter 0.22.0 (registry)" = []' > "$TP_DIR/.crates.toml"
  touch "$TP_DIR/bin/evcxr_jupyter"
else
  echo library >> "$COUNT"
fi
"#;

impl Machine {
    fn new(programs: &[(&str, &str)]) -> Self {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        // Where the disk has the room that a set-up asks for: cargo has built there.
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let machine = Self { folder, _turn: turn };
        for tool in ["sh", "mkdir", "cp", "touch"] {
            let tools = ["/bin", "/usr/bin"].map(|folder| Path::new(folder).join(tool));
            let found = tools.iter().find(|path| path.exists()).unwrap();
            machine.program(tool, &format!("exec {} \"$@\"", found.display()));
        }
        for (name, script) in programs {
            machine.program(name, script);
        }
        machine
    }

    fn program(&self, name: &str, script: &str) {
        let path = self.path("bin").join(name);
        fs::create_dir_all(self.path("bin")).unwrap();
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs `tp install`: whether it succeeded, and what it said.
    fn install(&self) -> (bool, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_tp"))
            .arg("install")
            .env("PATH", self.path("bin"))
            .env("TP_DIR", self.path("tp"))
            .env("COUNT", self.path("count"))
            .env_remove("TP_PYTHON")
            .output()
            .unwrap();
        (output.status.success(), String::from_utf8(output.stderr).unwrap())
    }

    /// How many times a step was run.
    fn count(&self, step: &str) -> usize {
        let counted = fs::read_to_string(self.path("count")).unwrap_or_default();
        counted.lines().filter(|line| *line == step).count()
    }
}

#[test]
fn a_missing_program_is_told_in_one_sentence() {
    let old = "echo 3.8; exit 3";
    let without_venv = "case \"$2\" in import\\ venv*) exit 1 ;; *) echo 3.12 ;; esac";
    let cases: [(&[(&str, &str)], &str); 4] = [
        (&[("rustc", RUSTC), ("cc", CC)], "Python 3 est introuvable"),
        (&[("rustc", RUSTC), ("cc", CC), ("python3", old)], "Python 3.8 est trop ancien"),
        (
            &[("rustc", RUSTC), ("cc", CC), ("python3", without_venv)],
            "le module venv de Python manque",
        ),
        (&[("rustc", RUSTC), ("python3", PYTHON)], "aucun compilateur C"),
    ];
    for (programs, expected) in cases {
        let machine = Machine::new(programs);
        let (success, said) = machine.install();
        assert!(!success && said.contains(expected), "{expected}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert_eq!(machine.count("venv"), 0, "{expected}");
    }
}

const TOOLS: [(&str, &str); 4] =
    [("rustc", RUSTC), ("cc", CC), ("python3", PYTHON), ("cargo", CARGO)];

/// Without them a notebook could store nothing, and no kernel is to find that out
/// in a classroom without network.
#[test]
fn the_sources_of_the_standard_library_are_part_of_the_set_up() {
    let machine = Machine::new(&TOOLS);
    let (success, said) = machine.install();
    let told = said.lines().last().unwrap_or_default();
    assert!(!success && told.contains("rustup component add rust-src"), "{said}");

    let offline = "echo 'error: could not download file: Could not resolve host'; exit 1";
    machine.program("rustup", offline);
    let (success, said) = machine.install();
    let told = said.lines().last().unwrap_or_default();
    assert!(!success && told.contains("rustup component add rust-src"), "{said}");
    assert!(told.contains("le réseau ne répond pas"), "{said}");

    machine.program("rustup", RUSTUP);
    let (success, said) = machine.install();
    assert!(success, "{said}");
    assert_eq!(machine.count("rust-src"), 1);
    let link = fs::read_link(machine.path("tp/analyzer/std/core/src")).unwrap();
    assert_eq!(link, Path::new("/core/src"));
}

#[test]
fn a_failed_set_up_goes_on_where_it_stopped() {
    let mut programs = TOOLS.to_vec();
    programs.push(("rustup", RUSTUP));
    let machine = Machine::new(&programs);
    fs::create_dir_all(machine.path("tp")).unwrap();
    fs::write(machine.path("tp/full"), "").unwrap();
    let (success, said) = machine.install();
    assert!(!success && said.contains("le disque est plein"), "{said}");

    fs::remove_file(machine.path("tp/full")).unwrap();
    let before = (machine.count("pip"), machine.count("evcxr"));
    let python_was_done = machine.path("tp/stamps/python").exists();
    let (success, said) = machine.install();
    assert!(success, "{said}");
    assert_eq!(machine.count("pip"), before.0 + usize::from(!python_was_done), "{said}");
    assert_eq!(machine.count("evcxr"), before.1 + 1, "{said}");

    // Complete: nothing is run, nothing is said.
    let complete = fs::read_to_string(machine.path("count")).unwrap();
    assert_eq!(machine.install(), (true, String::new()));
    assert_eq!(fs::read_to_string(machine.path("count")).unwrap(), complete);
    assert!(machine.path("tp/bin/tp").exists());

    // The system's Python was upgraded under the environment.
    fs::rename(machine.path("tp/venv/lib/python3.12"), machine.path("tp/venv/lib/python3.11"))
        .unwrap();
    let before = machine.count("venv");
    assert!(machine.install().0);
    assert_eq!(machine.count("venv"), before + 1);

    let spec = machine.path("tp/venv/share/jupyter/kernels/rust-tp/kernel.json");
    assert!(fs::read_to_string(spec).unwrap().contains("Rust (TP MNIST)"));
}
