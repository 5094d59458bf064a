//! The short way from a cell to its compiled form.
//!
//! evcxr compiles each cell by `cargo build`, which spends more time on looking
//! at 170 crates that have not changed than rustc on the cell. The toolchain that
//! a kernel is shown (see [`crate::analyzer`]) therefore asks here first:
//!
//! ```text
//! cargo build   the last real build's rustc call is repeated, if nothing but the
//!               cell has changed since (see [`recipe`]) and rustc's answer is
//!               one that cargo would only have wrapped (see [`replay`]);
//!               anything else is cargo's own business, and its call of rustc is
//!               noted for the next time
//! cargo check   is answered as `cargo build`: evcxr reads only the mistakes, which
//!               are the same, and the library need not be compiled once more in
//!               the form that `check` wants
//! rustc         notes how cargo calls it
//! ```
//!
//! The first cells of all kernels are the same, and are compiled once for all of them
//! (see [`shared`]).
//!
//! What rustc has against a cell is kept beside it, whole, since evcxr passes on
//! only a part of it (see [`ERRORS`]).
//!
//! The variable [`OFF`] leaves everything to cargo.

mod level;
pub mod question;
mod recipe;
mod replay;
mod shared;
mod store;

use anyhow::{Context, Result};
pub use question::OFF;
use recipe::{CELLS, NOTE, Recipe, Request};
use serde_json::Value;
use shared::Shared;
pub use shared::folder as shared_folder;
use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::SystemTime;

/// In evcxr's folder: what rustc has said of the last cell that did not compile,
/// one message of its JSON a line.
pub const ERRORS: &str = "target/erreurs.jsonl";

#[derive(clap::Args)]
pub struct Args {
    /// Le programme véritable.
    pub program: PathBuf,
    /// Ses arguments.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub arguments: Vec<OsString>,
}

impl Args {
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments);
        command
    }

    /// The real program in the place of this one.
    pub fn hand_over(&self) -> Result<ExitCode> {
        Err(self.command().exec()).with_context(|| self.program.display().to_string())
    }
}

/// `cargo build` or `cargo check` for evcxr. Before cargo itself is called, `complete` puts
/// into the kernel's folder what it needs.
pub fn cargo(mut args: Args, complete: fn(&Path) -> Result<()>) -> Result<ExitCode> {
    let Some(folder) = folder_of_cells() else { return args.hand_over() };
    let complete = || folder.parent().map_or(Ok(()), complete);
    if let Some(verb) = args.arguments.first_mut().filter(|verb| *verb == "check") {
        *verb = "build".into();
    }
    if is_off() {
        complete()?;
        let (lines, code) = listen(&mut args.command())?;
        keep_errors(&folder, lines.iter().map(String::as_str));
        return Ok(exit(code));
    }
    let Some(request) = Request::present(&args.program, &args.arguments) else {
        complete()?;
        return args.hand_over();
    };
    let file = folder.join("target/raccourci.json");
    let own = Recipe::read(&file).filter(|recipe| recipe.is_for(&request));
    let may_share = own.as_ref().is_none_or(shared::is_beginning);
    let shared = || Shared::present(&args.program, &args.arguments);
    let shared = may_share.then(shared).flatten();
    let recipe = own.or_else(|| {
        let recipe = shared.as_ref()?.recipe(&request)?;
        recipe.write(&file).is_ok().then_some(recipe)
    });
    if let Some(answer) = recipe.and_then(|recipe| compiled(&recipe, shared.as_ref())) {
        keep_errors(&folder, answer.lines.lines());
        std::io::stdout().lock().write_all(answer.lines.as_bytes())?;
        return Ok(if answer.success { ExitCode::SUCCESS } else { ExitCode::from(101) });
    }
    complete()?;
    let start = SystemTime::now();
    let note = tempfile::NamedTempFile::new()?;
    let (lines, code) = listen(args.command().env(NOTE, note.path()))?;
    keep_errors(&folder, lines.iter().map(String::as_str));
    // Without a recipe the next cell takes cargo's way too.
    if code == Some(0)
        && let Some(recipe) = Recipe::after(request, &folder, note.path(), &lines, start)
    {
        let _ = recipe.write(&file);
        shared.and_then(|shared| shared.offer(&recipe));
    }
    Ok(exit(code))
}

/// What comes of the present cell, without cargo; none if cargo had better look at it.
fn compiled(recipe: &Recipe, shared: Option<&Shared>) -> Option<replay::Answer> {
    if let Some(known) = shared.and_then(|shared| shared.answer(recipe)) {
        return Some(known);
    }
    let answer = replay::replay(recipe)?;
    shared.and_then(|shared| shared.keep(recipe, &answer));
    Some(answer)
}

fn exit(code: Option<i32>) -> ExitCode {
    code.and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from)
}

/// Writes rustc's errors down for the front, before evcxr sees them; a file that
/// cannot be written is one that the front does without.
fn keep_errors<'a>(folder: &Path, lines: impl Iterator<Item = &'a str>) {
    let mut kept = String::new();
    for line in lines {
        let answer: Value = serde_json::from_str(line).unwrap_or_default();
        let message = &answer["message"];
        if answer["target"]["name"] == CELLS && message["level"] == "error" {
            kept.push_str(&format!("{message}\n"));
        }
    }
    if !kept.is_empty() {
        let _ = fs::write(folder.join(ERRORS), kept);
    }
}

/// rustc, as cargo calls it: noted if it is about a cell, then called.
pub fn rustc(args: Args) -> Result<ExitCode> {
    let mut pairs = args.arguments.iter().zip(args.arguments.iter().skip(1));
    if let Some(file) = std::env::var_os(NOTE)
        && pairs.any(|(option, value)| option == "--crate-name" && value == CELLS)
        && let Some(request) = Request::present(&args.program, &args.arguments)
    {
        // An incomplete note is no note.
        let _ = request.write(Path::new(&file));
    }
    args.hand_over()
}

/// Whether cargo is to be asked each time: a wrapper of the user's has its own
/// reasons to be.
fn is_off() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value: OsString| !value.is_empty());
    [OFF, "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER"].into_iter().any(is_set)
}

/// evcxr's folder, if it is evcxr that calls from there.
fn folder_of_cells() -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os("EVCXR_TMPDIR")?);
    (std::env::current_dir().ok()? == folder.canonicalize().ok()?).then_some(folder)
}

/// Runs cargo; what it answers is passed on, and kept.
fn listen(cargo: &mut Command) -> Result<(Vec<String>, Option<i32>)> {
    let mut child = cargo.stdout(Stdio::piped()).spawn().context("cargo ne démarre pas")?;
    let answers = BufReader::new(child.stdout.take().context("stdout is piped")?);
    let mut out = std::io::stdout().lock();
    let mut lines = Vec::new();
    for line in answers.split(b'\n') {
        let mut line = line?;
        line.push(b'\n');
        out.write_all(&line)?;
        lines.extend(String::from_utf8(line));
    }
    Ok((lines, child.wait()?.code()))
}
