//! The kernel front with real clients: each test is a Python program that
//! drives `tp front` before the installed evcxr_jupyter.

use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

/// One at a time: each starts kernels, which take all cores while they compile.
static TURN: Mutex<()> = Mutex::new(());

fn run(script: &str) {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let tp = std::env::var_os("TP_DIR").map_or_else(|| here.join("../.tp"), Into::into);
    let (python, evcxr) = (tp.join("venv/bin/python"), tp.join("bin/evcxr_jupyter"));
    if !python.exists() || !evcxr.exists() {
        let installed = Command::new(env!("CARGO_BIN_EXE_tp")).arg("install").status().unwrap();
        assert!(installed.success(), "cargo tp install");
    }
    let runtime = tempfile::tempdir().unwrap();
    let output = Command::new(python)
        .arg(here.join("tests/front").join(script))
        .env("TP", env!("CARGO_BIN_EXE_tp"))
        .env("EVCXR", evcxr)
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

#[test]
fn notebook_runners_see_failures() {
    run("runners.py");
}

#[test]
#[ignore = "measures; run it alone, on an idle machine"]
fn latency_and_memory() {
    run("latency.py");
}
