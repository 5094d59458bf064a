//! cargo, called for the warmed folder as evcxr will call it for a cell.

use crate::layout::Layout;
use crate::process;
use crate::toolchain;
use anyhow::Result;
use std::process::Command;

/// `cargo build` as evcxr calls it: same target, folders and flags, or everything would
/// be compiled again at the first cell.
pub fn cargo(layout: &Layout) -> Result<Command> {
    let mut cargo = process::command("cargo");
    cargo
        .args(["build", "--package", "keep", "--target", &toolchain::host()?])
        .current_dir(layout.warm().join("ctx"))
        .env("CARGO_TARGET_DIR", "target")
        .env("CARGO_BUILD_BUILD_DIR", "target")
        .env("RUSTFLAGS", flags());
    Ok(cargo)
}

/// evcxr's flags: the library is linked as a dylib, one copy for all cells, and
/// lld is used when it is found and mold is not.
pub fn flags() -> String {
    let found = |program: &str| {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
    };
    let mut flags = "-Cprefer-dynamic".to_owned();
    if !cfg!(target_os = "macos") && !found("mold") && found("lld") {
        flags.push_str(" -Clink-arg=-fuse-ld=lld");
    }
    flags
}
