//! The library of a notebook that was moved.
//!
//! Notebooks ask for the library by a path from their own folder
//! (`:dep mnist_tp = { path = ".." }`). A copy handed in, or one saved
//! elsewhere, would not find it; it gets the one that the kernel belongs to.

use super::wire::{Key, Message};
use crate::protocol;
use anyhow::Result;
use std::path::Path;

const CRATE: &str = "mnist_tp";

/// The request, its path to the library put right where it leads nowhere.
pub fn found(message: Message, library: Option<&Path>, key: &Key) -> Result<Message> {
    let Some(library) = library else { return Ok(message) };
    let mut content = message.content();
    let code = content["code"].as_str().unwrap_or_default();
    match put_right(code, library, is_library) {
        None => Ok(message),
        Some(code) => {
            content["code"] = code.into();
            message.rewritten(None, &content, key)
        }
    }
}

/// Whether a folder is that of a library of this name: a notebook may lie in the
/// folder of another crate.
fn is_library(folder: &Path) -> bool {
    let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
    let name = format!("name = \"{CRATE}\"");
    manifest.lines().any(|line| line.trim() == name)
}

/// The line below a cell that has loaded the library: without it the first cell of a
/// notebook would end in silence.
pub fn loaded(code: &str) -> Option<String> {
    code.lines().find(|line| asks(line))?;
    let sizes = if protocol::is_quick() { ", en petites tailles (MNIST_TP_QUICK)" } else { "" };
    Some(format!(
        "{CRATE} {} est chargée\u{a0}: tenseurs de candle, réseaux, figures et vérifications{sizes}.\n",
        env!("CARGO_PKG_VERSION")
    ))
}

/// Whether a line asks for the library.
fn asks(line: &str) -> bool {
    let rest = line.trim_start().strip_prefix(":dep").map(str::trim_start);
    let rest = rest.and_then(|rest| rest.strip_prefix(CRATE));
    rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || "_-".contains(c)))
}

/// The code with the library's own path, `None` where nothing is to change.
fn put_right(code: &str, library: &Path, leads: impl Fn(&Path) -> bool) -> Option<String> {
    let (start, end) = path_in(code)?;
    let own = library.to_string_lossy().replace('\\', "/");
    if leads(Path::new(&code[start..end])) || own.contains('"') {
        return None;
    }
    Some(format!("{}{own}{}", &code[..start], &code[end..]))
}

/// Where the path stands in the line that asks for the library.
fn path_in(code: &str) -> Option<(usize, usize)> {
    let mut offset = 0;
    for line in code.split_inclusive('\n') {
        if asks(line) {
            let key = line.find("path")?;
            let start = key + line[key..].find('"')? + 1;
            let end = start + line[start..].find('"')?;
            return Some((offset + start, offset + end));
        }
        offset += line.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_of_another_crate_is_not_that_of_the_library() {
        assert!(is_library(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..")));
        assert!(!is_library(Path::new(env!("CARGO_MANIFEST_DIR"))));
        assert!(!is_library(Path::new("/nowhere")));
    }

    #[test]
    fn only_the_cell_that_loads_the_library_says_so() {
        let cell = ":dep mnist_tp = { path = \"..\" }\nuse mnist_tp::prelude::*;";
        let said = loaded(cell).unwrap();
        assert!(said.starts_with("mnist_tp 0.") && said.ends_with(".\n"), "{said}");
        assert_eq!(said.lines().count(), 1);
        for other in ["use mnist_tp::prelude::*;", ":dep mnist_tp_plus = \"1\"", "// :dep mnist_tp"]
        {
            assert_eq!(loaded(other), None, "{other}");
        }
    }

    #[test]
    fn only_a_path_that_leads_nowhere_is_changed() {
        let right = |code: &str, leads: bool| put_right(code, Path::new("/tp"), |_| leads);
        let cell = "// é\n:dep mnist_tp = { path = \"..\" }\nuse mnist_tp::prelude::*;";
        let expected = cell.replace("\"..\"", "\"/tp\"");
        assert_eq!(right(cell, false), Some(expected));
        assert_eq!(right(cell, true), None);
        assert_eq!(right(":dep autre = { path = \"..\" }", false), None);
        assert_eq!(right("let path = \"..\";", false), None);
    }
}
