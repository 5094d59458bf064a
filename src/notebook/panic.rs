//! What a panic in a cell looks like: one or two lines in French instead of a
//! message followed by thirty lines of backtrace.
//!
//! The cells, this library and the standard library are separate dynamic
//! libraries in evcxr's child process, so one hook serves them all. It is
//! installed when this library is loaded, that is at the latest when a cell
//! first uses anything of it, a tensor included; [`init`] does it at once.
//! `MNIST_TP_BACKTRACE=1` brings the standard message back, below ours.

use std::panic::PanicHookInfo;
use std::path::{Path, PathBuf};
use std::sync::{Once, OnceLock};
use std::thread::ThreadId;

use serde_json::Value;

use super::{FitPanel, outlet};
use crate::display::line;
use crate::fast::threads::works_for_another;
use crate::protocol;
use crate::train::watch;

/// The thread that runs the cells.
static CELLS: OnceLock<ThreadId> = OnceLock::new();

/// Installs the short panic messages and the panel of trainings. Calling it again changes nothing.
pub fn init() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        watch::offer(|course| Box::new(FitPanel::new(course)));
        let _ = CELLS.set(std::thread::current().id());
        let standard = std::panic::take_hook();
        let wanted = backtrace_wanted();
        std::panic::set_hook(Box::new(move |info| {
            show(info);
            if wanted {
                standard(info);
            }
        }));
    });
}

/// Runs [`init`] when a cell loads the library; a program that links it
/// (`cargo test`, the examples) keeps the standard messages.
extern "C" fn on_load() {
    if std::env::var_os("EVCXR_IS_RUNTIME").is_none() {
        return;
    }
    if std::env::var_os("RUST_LIB_BACKTRACE").is_none() && !backtrace_wanted() {
        // evcxr asks for backtraces, which candle then puts into each error.
        // SAFETY: the loader runs this before the first line of the first cell
        // that uses the library, when evcxr's process has this one thread.
        unsafe { std::env::set_var("RUST_LIB_BACKTRACE", "0") };
    }
    outlet::open();
    init();
}

fn backtrace_wanted() -> bool {
    std::env::var_os(protocol::BACKTRACE).is_some_and(|v| v == "1")
}

// The system's loader calls what stands in this section.
#[used]
#[cfg_attr(target_os = "linux", unsafe(link_section = ".init_array"))]
#[cfg_attr(target_os = "macos", unsafe(link_section = "__DATA,__mod_init_func"))]
#[cfg_attr(target_os = "windows", unsafe(link_section = ".CRT$XCU"))]
static ON_LOAD: extern "C" fn() = on_load;

/// What is said of a panic.
#[derive(Debug, PartialEq, Eq)]
struct Report {
    /// [`protocol::PANIC`], or [`protocol::BLANK`].
    ename: &'static str,
    /// The message in one line.
    evalue: String,
    /// The line of the student's code.
    place: Option<String>,
}

impl Report {
    fn new(message: &str, indexing: bool, source: Option<String>) -> Self {
        let blank = protocol::blank(message);
        let (ename, evalue) = match blank {
            Some(said) => (protocol::BLANK, protocol::to_complete(said)),
            None => {
                (protocol::PANIC, explain(message, indexing).unwrap_or_else(|| message.to_string()))
            }
        };
        // The line of a blank is the blank itself.
        let place =
            source.filter(|_| blank.is_none()).map(|line| format!("à la ligne\u{a0}: {line}"));
        Self { ename, evalue, place }
    }

    /// The report for a terminal or a plain kernel.
    fn text(&self) -> String {
        let head = if self.ename == protocol::BLANK { protocol::TO_COMPLETE } else { "erreur" };
        let mut text = format!("{head}\u{a0}: {}\n", self.evalue);
        if let Some(place) = &self.place {
            text += &format!("    {place}\n");
        }
        text
    }

    /// The report for the proxy.
    fn message(&self) -> Value {
        let head = format!("\u{1b}[1m{}\u{1b}[0m\u{a0}: {}", self.ename, self.evalue);
        let traceback: Vec<String> = std::iter::once(head).chain(self.place.clone()).collect();
        let mut message = line::error_message(self.ename, &self.evalue, &traceback);
        if outlet::is_open() {
            // It says at the end of the cell whether the panic was caught.
            message["end"] = true.into();
        }
        message
    }
}

/// Whether a tensor was given more indices than it has dimensions: `t.i((0, .., 1))`
/// panics in candle, in a list of the dimensions.
pub(crate) fn is_indexing(info: &PanicHookInfo<'_>) -> bool {
    let file = info.location().map_or("", |at| at.file());
    file.contains("candle-core") && file.ends_with("indexer.rs")
}

/// Messages of the standard library that students meet, in French; `indexing` as
/// [`is_indexing`] tells.
pub(crate) fn explain(message: &str, indexing: bool) -> Option<String> {
    if let Some(rest) = message.strip_prefix("index out of bounds: the len is ") {
        let (len, index) = rest.split_once(" but the index is ")?;
        if indexing {
            return Some(format!(
                "plus d’indices que le tenseur n’a de dimensions\u{a0}: il en a {len} (`.dims()` les montre)"
            ));
        }
        return Some(format!(
            "indice {index} dans un tableau de {len} éléments (les indices commencent à 0)"
        ));
    }
    if let Some(rest) = message.strip_prefix("called `Result::unwrap()` on an `Err` value: ") {
        return Some(format!("`unwrap()` sur une erreur\u{a0}: {rest}"));
    }
    let known = [
        ("attempt to divide by zero", "division d’un entier par zéro"),
        (
            "attempt to calculate the remainder with a divisor of zero",
            "reste d’une division par zéro",
        ),
        (
            "attempt to subtract with overflow",
            "soustraction impossible\u{a0}: le résultat sort du type (un `usize` ne descend pas sous 0)",
        ),
        ("attempt to add with overflow", "addition impossible\u{a0}: le résultat sort du type"),
        (
            "attempt to multiply with overflow",
            "multiplication impossible\u{a0}: le résultat sort du type",
        ),
        (
            "called `Option::unwrap()` on a `None` value",
            "`unwrap()` sur une valeur absente (`None`)",
        ),
    ];
    known.iter().find(|(start, _)| message.starts_with(start)).map(|(_, text)| text.to_string())
}

fn show(info: &PanicHookInfo<'_>) {
    let payload = info.payload();
    let message = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("arrêt sans message");
    let source = info.location().and_then(|at| source_line(at.file(), at.line()));
    let report = Report::new(message, is_indexing(info), source);
    // A panic elsewhere may be caught by who started the thread; rayon's workers
    // and the threads of a training hand theirs on to the cell.
    let ours = CELLS.get() == Some(&std::thread::current().id()) || works_for_another();
    if line::is_live() && ours {
        line::send(report.message());
    } else {
        eprint!("{}", report.text());
    }
}

/// The text of a line of the code that evcxr made from the cell, `None` when
/// the panic is elsewhere. (Only the crate of the cell has a relative path:
/// `src/lib.rs`, or `ctx/src/lib.rs` as a member of a workspace.)
fn source_line(file: &str, line: u32) -> Option<String> {
    if Path::new(file).is_absolute() || !file.ends_with("src/lib.rs") {
        return None;
    }
    let text = std::fs::read_to_string(generated_crate()?.join("src/lib.rs")).ok()?;
    let line = text.lines().nth(line.checked_sub(1)? as usize)?.trim();
    (!line.is_empty()).then(|| line.to_string())
}

/// Where evcxr writes the crate of a cell: the folder it was given, or the one
/// that the loaded cells come from.
fn generated_crate() -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os("EVCXR_TMPDIR") {
        return Some(folder.into());
    }
    let maps = std::fs::read_to_string("/proc/self/maps").ok()?;
    let cell = maps.lines().find_map(|l| {
        let path = &l[l.find('/')?..];
        path.contains("/libcode_").then_some(path)
    })?;
    let (folder, _) = cell.split_once("/target/")?;
    Some(folder.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_is_one_friendly_line() {
        let report = Report::new("not yet implemented: à compléter", false, Some("todo!()".into()));
        assert_eq!(report.ename, protocol::BLANK);
        let text = report.text();
        assert_eq!(
            text,
            "à compléter\u{a0}: cette cellule contient un trou\u{a0}: remplacez \
             «\u{a0}todo!(…)\u{a0}» par votre code\n"
        );
    }

    #[test]
    fn known_messages_are_french_and_others_stay() {
        let report = Report::new(
            "index out of bounds: the len is 3 but the index is 10",
            false,
            Some("let x = v[10];".into()),
        );
        assert_eq!(
            report.text(),
            "erreur\u{a0}: indice 10 dans un tableau de 3 éléments (les indices commencent à 0)\n    \
             à la ligne\u{a0}: let x = v[10];\n"
        );
        assert_eq!(Report::new("aïe", false, None).text(), "erreur\u{a0}: aïe\n");
        assert_eq!(Report::new("aïe", false, None).message()["ename"], "Panic");
    }

    #[test]
    fn only_lines_of_cells_are_looked_up() {
        assert_eq!(source_line("/x/candle-core/src/lib.rs", 1), None);
    }
}
