//! The stock Rust kernel, compiled from its published source.

use crate::layout::Layout;
use crate::process::{self, run_logged};
use anyhow::Result;
use std::fs;

/// The version everything is tested with. `--locked` is needed: with newer
/// dependencies it does not compile.
pub const VERSION: &str = "0.22.0";

/// Whether cargo has recorded the finished installation of this version.
pub fn is_done(layout: &Layout) -> bool {
    let record = fs::read_to_string(layout.tp.join(".crates.toml")).unwrap_or_default();
    record.contains(&format!("\"evcxr_jupyter {VERSION} ")) && layout.evcxr().exists()
}

/// Compiles it. The build folder outlives an interruption, so that the next
/// attempt goes on from there, and is removed at the end (1.3 GB).
pub fn install(layout: &Layout) -> Result<()> {
    let build = layout.tp.join("build-evcxr");
    let mut cargo = process::command("cargo");
    cargo
        .args(["install", "--locked", "--force", "--root"])
        .arg(&layout.tp)
        .arg("--target-dir")
        .arg(&build)
        .arg(format!("evcxr_jupyter@{VERSION}"))
        .current_dir(&layout.tp);
    run_logged(&mut cargo, &layout.tp.join("log/evcxr.log"))?;
    fs::remove_dir_all(&build)?;
    Ok(())
}
