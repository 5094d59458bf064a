//! Writes the workspace in which the library is compiled for the kernels.

use super::levels;
use crate::files;
use crate::layout::Layout;
use anyhow::{Context, Result};
use std::fs;

/// The profile of what runs in a notebook. evcxr writes its own into `ctx`, but
/// cargo reads that of the workspace. Cells keep the checks that teach (integer
/// overflow, debug assertions); the library, tested elsewhere, does without. At level 1
/// a cell's own loops run as fast as at level 3, checks included, and rustc takes
/// some 40 % less processor time for one with tensors (see `shortcut::level` for those
/// that need not even that). One cell has next to nothing of the last one's to take up.
const WORKSPACE: &str = r#"[workspace]
members = ["ctx", "keep"]
resolver = "3"

[profile.dev]
opt-level = 3
debug = false
strip = "debuginfo"
rpath = true
lto = false
debug-assertions = true
panic = "unwind"
incremental = true
overflow-checks = true

[profile.dev.package."*"]
opt-level = 0
codegen-units = 4
debug-assertions = false
overflow-checks = false

[profile.dev.package.ctx]
opt-level = 1
codegen-units = 1
incremental = false
"#;

const CELLS: &str = r#"[package]
name = "ctx"
version = "1.0.0"
edition = "2024"

[lib]
crate-type = ["cdylib"]
path = "src/lib.rs"

[dependencies]
"#;

/// Writes the workspace; files that are as they should be are left alone.
pub fn write(layout: &Layout) -> Result<()> {
    let warm = layout.warm();
    let lock = layout.root.join("Cargo.lock");
    let lock =
        fs::read(&lock).with_context(|| format!("impossible de lire « {} »", lock.display()))?;
    files::replace(&warm.join("Cargo.toml"), workspace(layout)?.as_bytes())?;
    files::replace(&warm.join("Cargo.lock"), &lock)?;
    files::replace(&warm.join("keep/Cargo.toml"), keep(layout).as_bytes())?;
    files::replace(&warm.join("keep/src/lib.rs"), b"")?;
    files::replace(&warm.join("ctx/Cargo.toml"), CELLS.as_bytes())?;
    files::replace(&warm.join("ctx/src/lib.rs"), b"")?;
    start_up_files(layout)
}

fn workspace(layout: &Layout) -> Result<String> {
    let manifest = layout.root.join("Cargo.toml");
    let manifest = fs::read_to_string(&manifest)
        .with_context(|| format!("impossible de lire « {} »", manifest.display()))?;
    Ok(format!("{WORKSPACE}{}", levels::of(&manifest)?))
}

/// What the compiled library depends on, besides its sources and its manifest.
pub fn text(layout: &Layout) -> String {
    format!("{WORKSPACE}{CELLS}{}{}", keep(layout), init(layout))
}

fn keep(layout: &Layout) -> String {
    format!(
        "[package]\nname = \"keep\"\nversion = \"1.0.0\"\nedition = \"2024\"\n\n[dependencies]\nmnist_tp = {}\n",
        dependency(layout)
    )
}

fn dependency(layout: &Layout) -> String {
    // A JSON string is a TOML string too.
    format!("{{ path = {} }}", serde_json::json!(layout.root))
}

/// The library is loaded, with its short panic messages. A first variable makes
/// evcxr's rust-analyzer read the library and the standard library, which takes
/// seconds: while the student reads, not in the first cell. It is not the
/// student's and goes away again. All in one cell: each is compiled. The item makes
/// every cell load the library, for a student's process that starts again after a
/// crash or an interruption.
fn init(layout: &Layout) -> String {
    format!(
        ":dep mnist_tp = {}\nuse mnist_tp::prelude::*;\n\
         #[used]\nstatic MNIST_TP: fn() = mnist_tp::notebook::init;\nmnist_tp::notebook::init();\n\
         let première: String = String::new();\ndrop(première);\n",
        dependency(layout)
    )
}

/// `init.evcxr`, which evcxr runs when a kernel starts.
fn start_up_files(layout: &Layout) -> Result<()> {
    // An earlier version's second one.
    let _ = fs::remove_file(layout.config().join("prelude.rs"));
    files::replace(&layout.config().join("init.evcxr"), init(layout).as_bytes())
}
