//! The Python environment `.tp/venv`: JupyterLab, nbconvert, nbgrader, nbclient.

use crate::files;
use crate::layout::Layout;
use crate::process::{self, NO_VENV, run_logged};
use crate::stamps;
use anyhow::{Result, bail};
use std::fs;
use std::process::Stdio;

const REQUIREMENTS: &str = include_str!("../../requirements.txt");
const CONSTRAINTS: &str = include_str!("../../constraints.txt");

/// JupyterLab in French, and no request to another host for its news.
const LAB_SETTINGS: &str = r#"{
  "@jupyterlab/apputils-extension:notification": { "checkForUpdates": false, "fetchNews": "false" },
  "@jupyterlab/translation-extension:plugin": { "locale": "fr_FR" }
}
"#;

const NO_PYTHON: &str = "Python 3 est introuvable : installez-le (Debian/Ubuntu : sudo apt install python3 python3-venv ; macOS : brew install python) ou indiquez-le par la variable TP_PYTHON";

/// Whether the environment is complete, with exactly these requirements, where it
/// was made, and its Python still the one that it was made for.
pub fn is_done(layout: &Layout) -> bool {
    stamps::has(layout, "python", &key(layout))
        && layout.venv_bin("jupyter-lab").exists()
        && version(layout).is_some_and(|version| {
            layout.tp.join("venv/lib").join(format!("python{version}")).is_dir()
        })
}

/// The version of the environment's Python, `3.11`: an upgrade of the system's
/// changes it under the environment.
fn version(layout: &Layout) -> Option<String> {
    let script = "import sys; print('%d.%d' % sys.version_info[:2])";
    let mut python = process::command(layout.venv_bin("python"));
    let output = python.args(["-c", script]).stdin(Stdio::null()).output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Builds the environment anew: what an interrupted pip leaves is not trusted.
pub fn install(layout: &Layout) -> Result<()> {
    let venv = layout.tp.join("venv");
    if venv.exists() {
        fs::remove_dir_all(&venv)?;
    }
    let log = |name: &str| layout.tp.join("log").join(name);
    run_logged(process::command(interpreter()).args(["-m", "venv"]).arg(&venv), &log("venv.log"))?;
    let requirements = layout.root.join("cli/requirements.txt");
    let mut pip = process::command(layout.venv_bin("python"));
    pip.args([
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--no-input",
        "--requirement",
    ]);
    run_logged(pip.arg(requirements), &log("pip.log"))?;
    let settings = venv.join("share/jupyter/lab/settings/overrides.json");
    files::replace(&settings, LAB_SETTINGS.as_bytes())?;
    settled(layout)
}

/// Records that the environment is complete, at this place.
pub fn settled(layout: &Layout) -> Result<()> {
    stamps::put(layout, "python", &key(layout))
}

/// Checks that Python is there, recent enough, and able to make environments.
pub fn check() -> Result<()> {
    let script = "import sys; print('%d.%d' % sys.version_info[:2]); sys.exit(0 if sys.version_info >= (3, 10) else 3)";
    let probe = |script: &str| {
        let mut command = process::command(interpreter());
        command.args(["-c", script]).stdin(Stdio::null()).stderr(Stdio::null()).output()
    };
    match probe(script) {
        Err(_) => bail!(NO_PYTHON),
        Ok(output) if output.status.code() == Some(3) => bail!(
            "Python {} est trop ancien : il faut au moins 3.10 (la variable TP_PYTHON peut en indiquer un autre)",
            String::from_utf8_lossy(&output.stdout).trim()
        ),
        Ok(output) if !output.status.success() => bail!(NO_PYTHON),
        Ok(_) => {}
    }
    match probe("import venv, ensurepip") {
        Ok(output) if output.status.success() => Ok(()),
        _ => bail!(NO_VENV),
    }
}

pub fn interpreter() -> String {
    std::env::var("TP_PYTHON").unwrap_or_else(|_| "python3".to_owned())
}

/// What the environment is made from, and where (its programs name their Python by
/// its whole path): a change rebuilds it.
fn key(layout: &Layout) -> String {
    format!("{REQUIREMENTS}\n{CONSTRAINTS}\n{LAB_SETTINGS}\n{}", layout.tp.display())
}
