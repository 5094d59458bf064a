//! `tp answer` in the place of cargo and rustc: what one kernel was told, the next one
//! is told without them, unless anything that counts is different.

use crate::folder::Folder;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Output};

/// A folder of kernels, and a program that says where it was asked what, and counts.
struct Kernels {
    root: Folder,
}

const PROGRAM: &str = r#"#!/bin/sh
echo x >> "$CALLS"
[ "$1" != fails ] || exit 3
[ "$1" != locks ] || echo changed > "${CARGO_RESOLVER_LOCKFILE_PATH:-$PWD/../Cargo.lock}"
case "$1" in
metadata) echo "{\"packages\":[{\"source\":null,\"manifest_path\":\"$2\"}]}" ;;
*) echo "$* in $PWD"; echo aside >&2 ;;
esac
"#;

impl Kernels {
    fn new() -> Self {
        let kernels = Self { root: Folder::new() };
        kernels.root.write("program", PROGRAM);
        let program = kernels.root.path("program");
        fs::set_permissions(program, fs::Permissions::from_mode(0o755)).unwrap();
        for kernel in ["noyaux é/41", "noyaux é/42"] {
            kernels
                .root
                .write(&format!("{kernel}/Cargo.toml"), "[workspace]\nmembers = [\"ctx\"]\n");
            kernels.root.write(&format!("{kernel}/Cargo.lock"), "");
            kernels.root.write(&format!("{kernel}/ctx/Cargo.toml"), "[package]\nname = \"ctx\"\n");
        }
        kernels
    }

    fn cells(&self, kernel: u32) -> PathBuf {
        self.root.path(&format!("noyaux é/{kernel}/ctx"))
    }

    fn command(&self, kernel: u32, question: &[&str]) -> Command {
        let cells = self.cells(kernel);
        let mut command = Command::new(env!("CARGO_BIN_EXE_tp"));
        command.arg("answer").arg(self.root.path("program")).arg("--").args(question);
        command
            .current_dir(&cells)
            .env("CALLS", self.root.path("calls"))
            .env("EVCXR_TMPDIR", cells);
        command.env("TP_DIR", self.root.path("tp"));
        command.env_remove("TP_SANS_RACCOURCI");
        command
    }

    /// What is told, and whether the program was asked.
    fn ask(&self, command: &mut Command) -> (Output, bool) {
        let calls = || fs::read(self.root.path("calls")).unwrap_or_default().len();
        let before = calls();
        let output = command.output().unwrap();
        (output, calls() > before)
    }

    fn is_asked(&self, kernel: u32, question: &[&str]) -> bool {
        self.ask(&mut self.command(kernel, question)).1
    }
}

#[test]
fn the_next_kernel_is_told_the_same_about_its_own_folder() {
    let kernels = Kernels::new();
    for (kernel, asked) in [(41, true), (41, false), (42, false)] {
        let cells = kernels.cells(kernel);
        let manifest = cells.join("Cargo.toml");
        let mut command = kernels.command(kernel, &["x", manifest.to_str().unwrap()]);
        let (output, is_asked) = kernels.ask(&mut command);
        assert_eq!(is_asked, asked, "{kernel}");
        assert!(output.status.success());
        let expected = format!("x {} in {}\n", manifest.display(), cells.display());
        assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
        assert_eq!(output.stderr, b"aside\n");
    }
}

#[test]
fn whatever_counts_asks_again() {
    let kernels = Kernels::new();
    assert!(kernels.is_asked(41, &["x"]) && !kernels.is_asked(42, &["x"]));
    let again = |why: &str| {
        assert!(kernels.is_asked(42, &["x"]), "{why}");
        assert!(!kernels.is_asked(42, &["x"]), "{why}: not kept");
    };
    assert!(kernels.is_asked(42, &["y"]));
    let flags = kernels.ask(kernels.command(42, &["x"]).env("RUSTFLAGS", "-O"));
    assert!(flags.1);
    let folder = kernels.cells(42).parent().unwrap().to_owned();
    assert!(kernels.ask(kernels.command(42, &["x"]).current_dir(folder)).1);
    for file in [".cargo/config.toml", "ctx/.cargo/config.toml", "Cargo.toml", "Cargo.lock"] {
        kernels.root.write(&format!("noyaux é/42/{file}"), "# other");
        again(file);
    }
    kernels.root.write("noyaux é/42/keep/Cargo.toml", "[package]");
    again("a new member");
    kernels.root.write("noyaux é/.cargo/config.toml", "[build]");
    again("settings above");
    kernels.root.write("program", &format!("{PROGRAM}# other"));
    again("another program");
}

#[test]
fn what_happened_to_the_lock_happens_again() {
    let kernels = Kernels::new();
    assert!(kernels.is_asked(41, &["locks"]) && !kernels.is_asked(42, &["locks"]));
    assert_eq!(fs::read(kernels.root.path("noyaux é/42/Cargo.lock")).unwrap(), b"changed\n");
}

/// rust-analyzer gives cargo a copy of the lock to work on, each time another one.
#[test]
fn a_copy_of_the_lock_is_as_good() {
    let kernels = Kernels::new();
    for (kernel, text, asked) in [(41, "", true), (42, "", false), (42, "other", true)] {
        let name = format!("copie {kernel}{text}");
        kernels.root.write(&name, text);
        let mut command = kernels.command(kernel, &["locks"]);
        command.env("CARGO_RESOLVER_LOCKFILE_PATH", kernels.root.path(&name));
        assert_eq!(kernels.ask(&mut command).1, asked, "{name}");
        assert_eq!(fs::read(kernels.root.path(&name)).unwrap(), b"changed\n", "{name}");
        assert_eq!(fs::read(kernels.root.path("noyaux é/42/Cargo.lock")).unwrap(), b"");
    }
}

#[test]
fn what_may_not_hold_is_not_kept() {
    let kernels = Kernels::new();
    for _ in 0..2 {
        let (output, is_asked) = kernels.ask(&mut kernels.command(41, &["fails"]));
        assert!(is_asked && output.status.code() == Some(3));
        // The kernel's name, and not in its folder's.
        assert!(kernels.is_asked(41, &["x", "/autre/41/"]));
        assert!(kernels.ask(kernels.command(41, &["off"]).env("TP_SANS_RACCOURCI", "1")).1);
        assert!(kernels.ask(kernels.command(41, &["nobody"]).env_remove("EVCXR_TMPDIR")).1);
        // A crate of somebody's, which may change.
        assert!(kernels.is_asked(41, &["metadata", "/aide/Cargo.toml"]));
    }
    let own = kernels.cells(41).join("Cargo.toml");
    let own = own.to_str().unwrap();
    assert!(kernels.is_asked(41, &["metadata", own]) && !kernels.is_asked(41, &["metadata", own]));
}
