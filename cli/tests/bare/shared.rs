//! `tp cargo` in the first cells of a kernel: what another kernel has compiled serves
//! again, as long as it is the same.

use crate::folder::Folder;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A library, and kernels beside it.
struct Kernels {
    root: Folder,
}

const MANIFEST: &str = "[package]\nname = \"ctx\"\nversion = \"1.0.0\"\nedition = \"2024\"\n\n\
    [lib]\ncrate-type = [\"cdylib\"]\npath = \"src/lib.rs\"\n\n[dependencies]\naide = { path = \"../../aide\" }\n";
const LIBRARY: &str =
    "[package]\nname = \"aide\"\nversion = \"1.0.0\"\nedition = \"2024\"\n[workspace]\n";
const RIGHT: &str = "#[unsafe(no_mangle)] pub fn f() -> &'static str { aide::mot(); \
    concat!(\"compilé pour \", env!(\"QUI\")) }";
const WRONG: &str = "pub fn f() -> u32 { inconnu }";

fn program(name: &str) -> PathBuf {
    let sysroot = Command::new("rustc").args(["--print", "sysroot"]).output().unwrap();
    Path::new(String::from_utf8(sysroot.stdout).unwrap().trim()).join("bin").join(name)
}

impl Kernels {
    fn new() -> Self {
        let kernels = Self { root: Folder::new() };
        kernels.root.write("aide/Cargo.toml", LIBRARY);
        kernels.root.write("aide/src/lib.rs", "pub fn mot() -> u32 { 1 }\n");
        kernels.root.write("40/Cargo.toml", "[workspace]\nmembers = [\"ctx\"]\nresolver = \"3\"\n");
        kernels.root.write("40/ctx/Cargo.toml", MANIFEST);
        let script = format!(
            "#!/bin/sh\n[ -z \"$TP_RACCOURCI_NOTE\" ] || exec '{0}' rustc '{1}' -- \"$@\"\nexec '{1}' \"$@\"\n",
            env!("CARGO_BIN_EXE_tp"),
            program("rustc").display()
        );
        kernels.root.write("rustc", &script);
        let chmod = Command::new("chmod").arg("755").arg(kernels.root.path("rustc")).status();
        assert!(chmod.unwrap().success());
        // The lock comes with the first build, as the set-up makes it.
        kernels.cell(40, "");
        for kernel in ["41", "42", "43"] {
            let mut copy = Command::new("cp");
            copy.arg("-a").arg(kernels.root.path("40")).arg(kernels.root.path(kernel));
            assert!(copy.status().unwrap().success());
        }
        kernels
    }

    /// Compiles a cell: what is answered, the kernel's folder left out.
    fn cell(&self, kernel: u32, code: &str) -> (Option<i32>, String) {
        self.root.write(&format!("{kernel}/ctx/src/lib.rs"), code);
        let cells = self.root.path(&format!("{kernel}/ctx"));
        let mut command = Command::new(env!("CARGO_BIN_EXE_tp"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("CARGO") || name == "LD_LIBRARY_PATH" {
                command.env_remove(name);
            }
        }
        command.arg("cargo").arg(program("cargo")).args(["--", "build", "--offline"]);
        command.arg("--message-format=json").current_dir(&cells).stdin(Stdio::null());
        command.env("CARGO_TARGET_DIR", "target").env("RUSTC", self.root.path("rustc"));
        command.env("EVCXR_TMPDIR", &cells).env("TP_DIR", self.root.path("tp"));
        command.env("QUI", format!("{kernel}.")).env_remove("TP_SANS_RACCOURCI");
        let output = command.output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        (output.status.code(), text.replace(&format!("/{kernel}/"), "/"))
    }

    /// For which kernel the cell that this one would load was compiled.
    fn compiled_for(&self, kernel: u32) -> Option<u32> {
        let file = self.root.path(&format!("{kernel}/ctx/target/debug/libctx.so"));
        let text = String::from_utf8_lossy(&fs::read(file).unwrap()).into_owned();
        let (_, rest) = text.split_once("compilé pour ")?;
        rest.split_once('.')?.0.parse().ok()
    }
}

#[test]
fn the_first_cells_are_compiled_once() {
    let kernels = Kernels::new();
    // Whether the first kernel's build is old enough to be trusted is the disk's affair:
    // the next one makes sure.
    kernels.cell(41, RIGHT);
    let (wrong, right) = (kernels.cell(42, WRONG), kernels.cell(42, RIGHT));
    assert_eq!((wrong.0, right.0), (Some(101), Some(0)), "{wrong:?}");
    let first = kernels.compiled_for(42).unwrap();
    // cargo may have brought one kernel's lock up to date and not the other's.
    let lock = fs::read_to_string(kernels.root.path("43/Cargo.lock")).unwrap();
    kernels.root.write("43/Cargo.lock", &format!("{lock}\n"));
    assert_eq!(kernels.cell(43, WRONG), wrong);
    assert_eq!(kernels.cell(43, RIGHT), right);
    assert_eq!(kernels.compiled_for(43), Some(first));
    assert_eq!(kernels.compiled_for(42), Some(first));

    // Another source of the library; then the kernel's later cells.
    kernels.root.write("aide/src/lib.rs", "pub fn mot() -> i64 { 2 }\n");
    assert_eq!(kernels.cell(43, RIGHT).0, Some(0));
    assert_eq!(kernels.compiled_for(43), Some(43));
    kernels.root.write("42/ctx/target/debug/libcode_2.so", "");
    assert_eq!(kernels.cell(42, RIGHT).0, Some(0));
    assert_eq!(kernels.compiled_for(42), Some(42));
}
