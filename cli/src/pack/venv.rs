//! The Python environment at its new place: its programs name their Python by its
//! whole path.

use crate::install::python;
use crate::layout::Layout;
use crate::process::{self, run_logged};
use anyhow::{Result, bail};
use std::fs;
use std::path::Path;
use std::process::Stdio;

/// Linux reads no further in a program's first line.
const FIRST_LINE: usize = 127;

/// A Python of this version, `3.11`.
///
/// # Errors
/// When the machine has none: packages compiled for one version are of no use to
/// another.
pub fn interpreter(version: &str) -> Result<String> {
    let candidates = match std::env::var("TP_PYTHON") {
        Ok(told) => vec![told],
        Err(_) => vec![format!("python{version}"), python::interpreter()],
    };
    let found: Vec<_> =
        candidates.iter().filter_map(|name| Some((name, version_of(Path::new(name))?))).collect();
    match found.iter().find(|(_, found)| found == version) {
        Some((name, _)) => Ok((*name).clone()),
        None => bail!(
            "l'archive est faite pour Python {version}, et cette machine a {} : installez Python {version} ou indiquez-le par la variable TP_PYTHON",
            found.first().map_or("aucun Python".into(), |(_, found)| format!("Python {found}"))
        ),
    }
}

/// The version of a Python, `3.11`; none where there is none.
pub fn version_of(program: &Path) -> Option<String> {
    let script = "import sys; print('%d.%d' % sys.version_info[:2])";
    let mut command = process::command(program);
    let output =
        command.args(["-c", script]).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Makes an environment that came from elsewhere one of this place.
pub fn settle(layout: &Layout, python: &str) -> Result<()> {
    let bin = layout.tp.join("venv/bin");
    let own = layout.venv_bin("python");
    for entry in fs::read_dir(&bin)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        // These are made anew.
        if name.starts_with("python") || name.to_lowercase().starts_with("activate") {
            fs::remove_file(&path)?;
        } else if let Some(script) = moved(&fs::read(&path)?, &own) {
            fs::write(&path, script)?;
        }
    }
    let mut venv = process::command(python);
    venv.args(["-m", "venv", "--without-pip"]).arg(layout.tp.join("venv"));
    run_logged(&mut venv, &layout.tp.join("log/venv.log"))?;
    python::settled(layout)
}

/// A script whose first lines start this Python; none if it is not one that names
/// a Python by its path.
fn moved(script: &[u8], python: &Path) -> Option<Vec<u8>> {
    let end = |from: usize| Some(from + script[from..].iter().position(|byte| *byte == b'\n')? + 1);
    let first = end(0)?;
    let line = std::str::from_utf8(&script[..first]).ok()?.strip_prefix("#!")?.trim();
    let body = if line == "/bin/sh" && script[first..].starts_with(b"'''exec'") {
        // pip's form for paths that are long or have spaces.
        end(end(first)?)?
    } else if Path::new(line).is_absolute()
        && Path::new(line).file_name()?.to_str()?.starts_with("python")
    {
        first
    } else {
        return None;
    };
    let python = python.to_str()?;
    let head = if python.contains(' ') || python.len() + 3 > FIRST_LINE {
        format!("#!/bin/sh\n'''exec' \"{python}\" \"$0\" \"$@\"\n' '''\n")
    } else {
        format!("#!{python}\n")
    };
    Some([head.as_bytes(), &script[body..]].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_start_the_python_of_their_new_place() {
        let short = Path::new("/b/venv/bin/python");
        let spaced = Path::new("/mes documents/venv/bin/python");
        let long = format!("/{}/venv/bin/python", "l".repeat(130));
        let heads = [
            "#!/a/venv/bin/python3.11\n",
            "#!/bin/sh\n'''exec' \"/a b/venv/bin/python\" \"$0\" \"$@\"\n' '''\n",
            "#!/bin/sh\n'''exec' /long/venv/bin/python \"$0\" \"$@\"\n' '''\n",
        ];
        for head in heads {
            let script = format!("{head}# -*- coding: utf-8 -*-\nimport re\n");
            let said = |python: &Path| {
                String::from_utf8(moved(script.as_bytes(), python).unwrap()).unwrap()
            };
            assert_eq!(said(short), "#!/b/venv/bin/python\n# -*- coding: utf-8 -*-\nimport re\n");
            for python in [spaced, Path::new(&long)] {
                let expected = format!(
                    "#!/bin/sh\n'''exec' \"{}\" \"$0\" \"$@\"\n' '''\n# -*- coding",
                    python.display()
                );
                assert!(said(python).starts_with(&expected), "{}", said(python));
            }
        }
        for other in ["\x7fELF\0", "#!/bin/sh\necho\n", "#!/usr/bin/env python\nx\n", "#!", ""] {
            assert_eq!(moved(other.as_bytes(), short), None, "{other}");
        }
    }

    #[test]
    fn a_head_for_a_path_with_spaces_is_one_that_the_shell_understands() {
        let _turn = process::TURN.lock();
        let folder = tempfile::Builder::new().prefix("a b").tempdir().unwrap();
        let python = folder.path().join("python");
        fs::write(&python, "#!/bin/sh\necho started \"$2\"\n").unwrap();
        let script = folder.path().join("script");
        fs::write(&script, moved(b"#!/a/python3\nx\n", &python).unwrap()).unwrap();
        for path in [&python, &script] {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        let output = std::process::Command::new(&script).arg("c d").output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), "started c d\n");
    }
}
