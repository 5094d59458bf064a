//! The page as a reader meets it: drawn on in headless Chromium, light and dark.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use super::common::{installed, root};

/// The package that brings axe-core's script.
const AXE: &str = "axe-playwright-python==0.1.8";

/// What `browser.py` saw on each page in `folder`; `None` where there is no browser.
pub fn visit(folder: &Path) -> Option<Vec<Value>> {
    let mut command = python("browser.py")?;
    match axe() {
        Some(script) => command.arg(script),
        None => {
            println!("SKIPPED: axe-core could not be fetched; accessibility not measured");
            command.arg("-")
        }
    };
    command.arg(folder).args(std::env::var_os("TP_SCREENSHOTS"));
    Some(lines(command))
}

/// What `hand.py` saw, image after image; `None` where there is no browser.
pub fn draw(page: &Path, images: &Path) -> Option<Vec<Value>> {
    let mut command = python("hand.py")?;
    command.arg(page).arg(images);
    Some(lines(command))
}

/// A program of this folder, with the browser as its first argument.
fn python(program: &str) -> Option<Command> {
    let python = interpreter();
    let Some(browser) = browser().filter(|_| python.is_file()) else {
        println!("SKIPPED: no Chromium, or no `cargo tp install` yet; the pages were not opened");
        return None;
    };
    let mut command = Command::new(&python);
    command.arg(root().join("tests/web").join(program)).arg(browser);
    Some(command)
}

fn interpreter() -> PathBuf {
    installed().join("venv/bin/python")
}

/// The lines in JSON that a command writes.
fn lines(mut command: Command) -> Vec<Value> {
    let Output { status, stdout, stderr } = command.output().unwrap();
    assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
    let lines = String::from_utf8(stdout).unwrap();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The browser: what `TP_CHROMIUM` names, as for `tp`, else an installed one.
fn browser() -> Option<PathBuf> {
    if let Some(program) = std::env::var_os("TP_CHROMIUM").map(PathBuf::from) {
        return Some(program);
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    std::env::split_paths(&path)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|program| program.is_file())
}

/// axe-core's script, kept where the tests of the exported pages keep it.
fn axe() -> Option<PathBuf> {
    let folder = installed().join("axe");
    let script = folder.join("axe_playwright_python/axe.min.js");
    if !script.exists() {
        let mut pip = Command::new(interpreter());
        pip.args(["-m", "pip", "install", "--quiet", "--no-deps", "--target"]).arg(&folder);
        pip.arg(AXE).output().ok()?;
    }
    script.exists().then_some(script)
}
