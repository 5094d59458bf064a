//! The set-up, with stand-ins for Python, cargo and the C compiler: what is
//! missing is told in one sentence, and what is done is not done again.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
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
  "-m venv")
    echo venv >> "$COUNT"
    while [ -e "$TP_DIR/slow" ]; do sleep 0.1; done
    mkdir -p "$3/bin" "$3/lib/python3.12"; cp "$0" "$3/bin/python"; cp "$LAB" "$3/bin/jupyter-lab" ;;
  "-m pip") echo pip >> "$COUNT" ;;
esac
"#;
/// Writes down where it answers, and stays; or does neither, if told so.
const LAB: &str = r#"
echo "arguments: $*"
if [ -e "$TP_DIR/broken" ]; then echo "ImportError: jupyter"; exit 3; fi
trap 'echo stopped; exit 0' TERM
echo '{"url": "http://localhost:8888/", "token": "abc"}' > "$JUPYTER_RUNTIME_DIR/jpserver-$$.json"
while :; do sleep 0.1; done
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
elif [ "$1" = install ] || [ "$1" = --config ]; then
  echo evcxr >> "$COUNT"
  while [ -e "$TP_DIR/held" ]; do sleep 0.1; done
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
        for tool in ["sh", "mkdir", "cp", "touch", "sleep"] {
            let tools = ["/bin", "/usr/bin"].map(|folder| Path::new(folder).join(tool));
            let found = tools.iter().find(|path| path.exists()).unwrap();
            machine.program(tool, &format!("exec {} \"$@\"", found.display()));
        }
        for (name, script) in programs {
            machine.program(name, script);
        }
        machine.program("lab", LAB);
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
        let output = self.tp("install").output().unwrap();
        (output.status.success(), String::from_utf8(output.stderr).unwrap())
    }

    fn tp(&self, command: &str) -> Command {
        let mut tp = Command::new(env!("CARGO_BIN_EXE_tp"));
        tp.arg(command)
            .env("PATH", self.path("bin"))
            .env("TP_DIR", self.path("tp"))
            .env("COUNT", self.path("count"))
            .env("LAB", self.path("bin/lab"))
            .env_remove("TP_PYTHON");
        tp
    }

    /// Runs `tp lab`, which stays, on a machine with all programs.
    fn lab(&self) -> Lab {
        let mut tp = self.tp("lab");
        tp.arg("--no-browser").stdout(Stdio::piped()).stderr(Stdio::piped());
        Lab(tp.spawn().unwrap())
    }

    fn sign(&self, name: &str) {
        fs::create_dir_all(self.path("tp")).unwrap();
        fs::write(self.path("tp").join(name), "").unwrap();
    }

    fn unsign(&self, name: &str) {
        fs::remove_file(self.path("tp").join(name)).unwrap();
    }

    /// How many times a step was run.
    fn count(&self, step: &str) -> usize {
        let counted = fs::read_to_string(self.path("count")).unwrap_or_default();
        counted.lines().filter(|line| *line == step).count()
    }
}

/// `tp lab` under way.
struct Lab(Child);

impl Lab {
    /// What it says on standard output first: the address.
    fn first_line(&mut self) -> String {
        let mut line = String::new();
        BufReader::new(self.0.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        line
    }

    /// Sends a signal: what it then said on standard error, and whether it succeeded.
    fn end(mut self, signal: &str) -> (bool, String) {
        let kill = Command::new("kill").args([signal, &self.0.id().to_string()]).status();
        assert!(kill.unwrap().success());
        self.wait()
    }

    fn wait(&mut self) -> (bool, String) {
        let mut said = String::new();
        self.0.stderr.as_mut().unwrap().read_to_string(&mut said).unwrap();
        (self.0.wait().unwrap().success(), said)
    }
}

/// Waits for what another process does, however slow the machine is.
fn comes(what: &str, condition: impl Fn() -> bool) {
    for _ in 0..2400 {
        if condition() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("{what}");
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

fn complete_machine() -> Machine {
    let mut programs = TOOLS.to_vec();
    programs.push(("rustup", RUSTUP));
    Machine::new(&programs)
}

const ADDRESS: &str = "http://localhost:8888/lab/tree/notebooks/TP1_MNIST_dense.ipynb?token=abc ";

#[test]
fn jupyterlab_opens_while_the_rest_is_installed() {
    let machine = complete_machine();
    machine.sign("held");
    let mut lab = machine.lab();
    let line = lab.first_line();
    assert!(line.starts_with("JupyterLab : ") && line.contains(ADDRESS), "{line}");
    assert!(!machine.path("tp/bin/evcxr_jupyter").exists());
    let log = fs::read_to_string(machine.path("tp/log/jupyter.log")).unwrap();
    assert!(log.contains("--no-browser") && log.contains("preferred_dir"), "{log}");
    assert!(log.contains("/notebooks/TP1_MNIST_dense.ipynb"), "{log}");

    // A second one joins; what is open is not uninstalled.
    let mut second = machine.lab();
    assert!(second.first_line().contains(ADDRESS));
    let told = second.end("-INT").1;
    assert!(told.contains("Une installation est en cours : encore environ"), "{told}");
    let refused = machine.tp("desinstaller").arg("--oui").output().unwrap();
    let told = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success() && told.contains("JupyterLab est ouvert"), "{told}");

    // Ctrl-C ends JupyterLab, not the installation.
    let (success, told) = lab.end("-INT");
    assert!(success && told.contains("JupyterLab est arrêté."), "{told}");
    assert!(
        told.contains("se compilent encore") && told.contains("installation continue"),
        "{told}"
    );
    let log = fs::read_to_string(machine.path("tp/log/jupyter.log")).unwrap();
    assert_eq!(log.matches("stopped").count(), 2, "{log}");
    let waits = machine.tp("install").stderr(Stdio::piped()).spawn().unwrap();
    machine.unsign("held");
    let joined = waits.wait_with_output().unwrap();
    assert!(joined.status.success());
    assert!(machine.path("tp/bin/evcxr_jupyter").exists());
    assert_eq!((machine.count("evcxr"), machine.count("venv")), (1, 1));

    // All is there: nothing goes on, nothing is said but the address and the end.
    let mut lab = machine.lab();
    assert!(lab.first_line().contains(ADDRESS));
    assert_eq!(lab.end("-INT"), (true, "\nJupyterLab est arrêté.\n".into()));
}

#[test]
fn the_end_of_the_terminal_ends_jupyterlab_and_not_the_installation() {
    let machine = complete_machine();
    machine.sign("held");
    let mut lab = machine.lab();
    lab.first_line();
    lab.end("-HUP");
    machine.unsign("held");
    comes("the installation goes on", || machine.path("tp/bin/evcxr_jupyter").exists());
    assert!(machine.install().0);
    assert_eq!(machine.count("evcxr"), 1);
}

#[test]
fn ctrl_c_before_jupyterlab_is_open_stops_the_installation() {
    let machine = complete_machine();
    machine.sign("slow");
    let lab = machine.lab();
    comes("python -m venv", || machine.count("venv") == 1);
    let (success, told) = lab.end("-INT");
    assert!(!success && told.contains("la même commande la reprend"), "{told}");
    machine.unsign("slow");
    assert!(machine.install().0);
    assert_eq!(machine.count("venv"), 2);
}

#[test]
fn a_jupyterlab_that_does_not_start_is_quoted() {
    let machine = complete_machine();
    machine.sign("broken");
    let (success, told) = machine.lab().wait();
    assert!(!success && told.contains("JupyterLab ne démarre pas"), "{told}");
    assert!(told.contains("ImportError: jupyter") && told.contains("log/jupyter.log"), "{told}");
    assert!(machine.install().0);
}

#[test]
fn a_set_up_that_fails_before_jupyterlab_says_why() {
    let machine = complete_machine();
    machine.program(
        "python3",
        "case \"$1\" in -c) echo 3.12 ;; *) echo 'No route to host'; exit 1 ;; esac",
    );
    let (success, told) = machine.lab().wait();
    assert!(!success && told.contains("le réseau ne répond pas"), "{told}");
    assert!(told.contains("log/venv.log"), "{told}");
}
