//! The kernel front with real clients: each test is a Python program that
//! drives `tp front` before the installed evcxr_jupyter.

use crate::common::{browser, install, installed, output, package, python, root, tp_command};
use std::path::Path;
use std::process::Command;

/// Drives the browser; its driver is a large package that only one test needs.
const PLAYWRIGHT: &str = "playwright==1.65.2";

fn run(script: &str) {
    run_with(script, &mut Command::new(python()));
}

fn run_with(script: &str, python: &mut Command) {
    let runtime = tempfile::tempdir().unwrap();
    let output = python
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/installed/front").join(script))
        .env("TP", env!("CARGO_BIN_EXE_tp"))
        .env("TP_DIR", installed())
        .env("EVCXR", installed().join("bin/evcxr_jupyter"))
        .env("JUPYTER_RUNTIME_DIR", runtime.path())
        .env("JUPYTER_NO_CONFIG", "1")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env_remove("LD_LIBRARY_PATH")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}\n{text}\n{errors}");
    println!("{text}");
}

#[test]
fn a_whole_session() {
    run("session.py");
}

#[test]
fn whatever_breaks_has_a_defined_end() {
    run("faults.py");
}

/// Complaints of people who work with Rust notebooks, in the warmed kernel.
#[test]
fn what_people_run_into() {
    install();
    run("cases.py");
}

/// Each cell of `errors.py` does not compile, and says in French why.
#[test]
fn compile_errors_are_told_in_french() {
    install();
    let kernels = near_the_toolchain();
    let library = format!(":dep mnist_tp = {{ path = {:?} }}", root());
    let mut python = Command::new(python());
    python
        .env("TP_KERNELS", kernels.path())
        .env("PRELUDE", format!("{library}\nuse mnist_tp::prelude::*;"));
    run_with("compile.py", &mut python);
}

/// A folder that begins as the toolchain's does, as that of a checkout in one's home: what
/// paths count from there to the standard library must be right (from `/tmp`, one `..` too
/// many leads to the same root).
fn near_the_toolchain() -> tempfile::TempDir {
    let sysroot = Command::new("rustc").args(["--print", "sysroot"]).output().unwrap();
    let sysroot = String::from_utf8(sysroot.stdout).unwrap();
    let mut above: Vec<_> = Path::new(sysroot.trim()).ancestors().skip(2).collect();
    above.pop();
    let make =
        |folder: &&Path| tempfile::Builder::new().prefix(".mnist-tp-").tempdir_in(folder).ok();
    above.iter().rev().find_map(make).unwrap_or_else(|| tempfile::tempdir().unwrap())
}

#[test]
fn notebook_runners_see_failures() {
    run("runners.py");
}

#[test]
fn cells_wait_for_the_set_up() {
    // The library that its stand-in set-up finds.
    install();
    run("waiting.py");
}

/// TP1's training in JupyterLab itself, run by clicking in headless Chromium.
#[test]
fn jupyterlab_in_a_browser() {
    let Some(chromium) = browser() else {
        println!("SKIPPED: no Chromium, and none could be installed");
        return;
    };
    let Some(packages) = package("playwright", &[PLAYWRIGHT], "playwright/driver") else {
        println!("SKIPPED: playwright could not be fetched");
        return;
    };
    let shots = Path::new(env!("CARGO_TARGET_TMPDIR")).join("lab");
    std::fs::create_dir_all(&shots).unwrap();
    // The kernel's warmed folder.
    install();
    let mut python = Command::new(python());
    python
        .env("PYTHONPATH", packages)
        .env("SOLUTION", root().join("solutions/Sol_TP1_MNIST_dense.ipynb"))
        .env("SHOTS", &shots)
        .env("CHROMIUM", chromium);
    run_with("lab.py", &mut python);
    println!("screenshots: {}", shots.display());
}

/// `tp latence --ensemble` as a teacher types it.
#[test]
fn kernels_that_start_together_are_measured() {
    install();
    let mut latency = tp_command(&["latence", "--ensemble", "2"]);
    let output = output(latency.env_remove("LD_LIBRARY_PATH"));
    let text = String::from_utf8_lossy(&output.stdout).replace('\u{a0}', " ");
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.starts_with("2 noyaux ont répondu à leur première cellule"), "{text}");
    assert!(!cfg!(target_os = "linux") || text.contains("Mo par noyau"), "{text}");
}

#[test]
#[ignore = "measures; run it alone, on an idle machine"]
fn latency_and_memory() {
    run("latency.py");
}
