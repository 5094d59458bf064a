//! A machine of stand-ins: the programs that a test puts there and no others.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A machine with only the programs that a test puts there.
pub struct Machine {
    folder: tempfile::TempDir,
    _turn: MutexGuard<'static, ()>,
}

/// One machine at a time: what another test forks would hold the programs being
/// written, and the system starts none that is still written to.
static TURN: Mutex<()> = Mutex::new(());

/// Knows its version and its folder, where the sources may be missing.
pub const RUSTC: &str = r#"
case "$1" in
  --print) echo "$TP_DIR/sysroot" ;;
  *) echo 'rustc 1.95.0'; echo 'host: x86_64-unknown-linux-gnu' ;;
esac
"#;
pub const CC: &str = "exit 0";
/// Answers the probes, makes an environment, and keeps count.
pub const PYTHON: &str = r#"
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
pub const RUSTUP: &str = r#"
echo rust-src >> "$COUNT"
mkdir -p "$TP_DIR/sysroot/lib/rustlib/src/rust/library"
"#;
/// Installs, and compiles, unless told to fail.
pub const CARGO: &str = r#"
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
    pub fn new(programs: &[(&str, &str)]) -> Self {
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

    pub fn program(&self, name: &str, script: &str) {
        let path = self.path("bin").join(name);
        fs::create_dir_all(self.path("bin")).unwrap();
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs `tp install`: whether it succeeded, and what it said.
    pub fn install(&self) -> (bool, String) {
        let output = self.tp("install").output().unwrap();
        (output.status.success(), String::from_utf8(output.stderr).unwrap())
    }

    pub fn tp(&self, command: &str) -> Command {
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
    pub fn lab(&self) -> Lab {
        let mut tp = self.tp("lab");
        tp.arg("--no-browser").stdout(Stdio::piped()).stderr(Stdio::piped());
        Lab(tp.spawn().unwrap())
    }

    pub fn sign(&self, name: &str) {
        fs::create_dir_all(self.path("tp")).unwrap();
        fs::write(self.path("tp").join(name), "").unwrap();
    }

    pub fn unsign(&self, name: &str) {
        fs::remove_file(self.path("tp").join(name)).unwrap();
    }

    /// How many times a step was run.
    pub fn count(&self, step: &str) -> usize {
        let counted = fs::read_to_string(self.path("count")).unwrap_or_default();
        counted.lines().filter(|line| *line == step).count()
    }
}

/// `tp lab` under way.
pub struct Lab(Child);

impl Lab {
    /// What it says on standard output first: the address.
    pub fn first_line(&mut self) -> String {
        let mut line = String::new();
        BufReader::new(self.0.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        line
    }

    /// Sends a signal: what it then said on standard error, and whether it succeeded.
    pub fn end(mut self, signal: &str) -> (bool, String) {
        let kill = Command::new("kill").args([signal, &self.0.id().to_string()]).status();
        assert!(kill.unwrap().success());
        self.wait()
    }

    pub fn wait(&mut self) -> (bool, String) {
        let mut said = String::new();
        self.0.stderr.as_mut().unwrap().read_to_string(&mut said).unwrap();
        (self.0.wait().unwrap().success(), said)
    }
}

/// Waits for what another process does, however slow the machine is.
pub fn comes(what: &str, condition: impl Fn() -> bool) {
    for _ in 0..2400 {
        if condition() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("{what}");
}
