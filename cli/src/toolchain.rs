//! The Rust toolchain that compiles the cells.

use crate::process;
use anyhow::{Context, Result};
use std::path::PathBuf;

/// What the compiler says of itself, `rustc -vV`.
pub fn version() -> Result<String> {
    rustc(&["-vV"])
}

/// The host's target triple, as rustc names it.
pub fn host() -> Result<String> {
    let version = version()?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc ne dit pas pour quelle machine il compile")?.to_owned())
}

/// The folder that the toolchain is installed in.
pub fn sysroot() -> Result<PathBuf> {
    Ok(PathBuf::from(rustc(&["--print", "sysroot"])?.trim_end()))
}

/// The folder of the standard library that cells are linked with.
pub fn libraries() -> Result<PathBuf> {
    Ok(PathBuf::from(rustc(&["--print", "target-libdir"])?.trim_end()))
}

fn rustc(arguments: &[&str]) -> Result<String> {
    let output = process::command("rustc")
        .args(arguments)
        .output()
        .context("rustc est introuvable : installez Rust (https://rustup.rs)")?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
