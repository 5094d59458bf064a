//! The stock Rust kernel, compiled from its published source.

use crate::layout::Layout;
use crate::process::{self, run_logged};
use anyhow::Result;
use std::fs;

/// The version everything is tested with. `--locked` is needed: with newer
/// dependencies it does not compile.
pub const VERSION: &str = "0.22.0";

/// What type inference runs through at every cell: compiled with some optimisation.
/// The rest, four fifths of the work, is waited for once in a kernel's life or
/// never, and is compiled without any, in half the time. (With none at all a kernel starts in
/// 32 s; with this list in 7.7 s, where the published profile takes 6.1 s.)
const HOT: [&str; 46] = [
    "aho-corasick",
    "boxcar",
    "countme",
    "crossbeam-channel",
    "crossbeam-deque",
    "crossbeam-epoch",
    "crossbeam-queue",
    "crossbeam-utils",
    "dashmap",
    "fst",
    "hashbrown",
    "indexmap",
    "la-arena",
    "memchr",
    "parking_lot",
    "parking_lot_core",
    "ra-ap-rustc_abi",
    "ra-ap-rustc_ast_ir",
    "ra-ap-rustc_hashes",
    "ra-ap-rustc_index",
    "ra-ap-rustc_lexer",
    "ra-ap-rustc_next_trait_solver",
    "ra-ap-rustc_parse_format",
    "ra-ap-rustc_pattern_analysis",
    "ra-ap-rustc_type_ir",
    "ra_ap_base_db",
    "ra_ap_edition",
    "ra_ap_hir",
    "ra_ap_hir_def",
    "ra_ap_hir_expand",
    "ra_ap_hir_ty",
    "ra_ap_intern",
    "ra_ap_mbe",
    "ra_ap_parser",
    "ra_ap_span",
    "ra_ap_syntax",
    "ra_ap_tt",
    "ra_ap_vfs",
    "regex-automata",
    "regex-syntax",
    "rowan",
    "rustc-hash",
    "salsa",
    "smallvec",
    "text-size",
    "triomphe",
];

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
    cargo.args(["--config", "profile.release.opt-level=0"]);
    cargo.args(["--config", "profile.release.codegen-units=256"]);
    for name in HOT {
        cargo.args(["--config", &format!("profile.release.package.{name}.opt-level=1")]);
    }
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
