//! The stock Rust kernel, compiled from its published source.

use crate::layout::Layout;
use crate::process::{self, run_logged};
use anyhow::Result;
use std::fs;

/// The version everything is tested with. `--locked` is needed: with newer
/// dependencies it does not compile.
pub const VERSION: &str = "0.22.0";

/// What a kernel's start spends its time in, all of it small: parsing the library and the
/// standard library, the memory of their trees, the queries between them.
const HOT: [&str; 28] = [
    "boxcar",
    "countme",
    "crossbeam-queue",
    "drop_bomb",
    "hashbrown",
    "indexmap",
    "la-arena",
    "libmimalloc-sys",
    "memchr",
    "mimalloc",
    "parking_lot",
    "parking_lot_core",
    "ra-ap-rustc_lexer",
    "ra_ap_edition",
    "ra_ap_parser",
    "ra_ap_span",
    "ra_ap_syntax",
    "ra_ap_syntax-bridge",
    "ra_ap_tt",
    "rowan",
    "rustc-hash",
    "salsa",
    "smallvec",
    "text-size",
    "thin-vec",
    "triomphe",
    "unicode-ident",
    "unicode-properties",
];

/// What type inference runs through at every cell. The rest is waited for once in a
/// kernel's life or never. (Inference itself, `ra_ap_hir_ty`, is a third of all the work.
/// With none at all TP3's cells take 0.1 s more each, small ones next to nothing.)
const WARM: [&str; 25] = [
    "aho-corasick",
    "crossbeam-channel",
    "crossbeam-deque",
    "crossbeam-epoch",
    "crossbeam-utils",
    "dashmap",
    "fst",
    "ra-ap-rustc_abi",
    "ra-ap-rustc_ast_ir",
    "ra-ap-rustc_hashes",
    "ra-ap-rustc_index",
    "ra-ap-rustc_next_trait_solver",
    "ra-ap-rustc_parse_format",
    "ra-ap-rustc_pattern_analysis",
    "ra-ap-rustc_type_ir",
    "ra_ap_base_db",
    "ra_ap_hir",
    "ra_ap_hir_def",
    "ra_ap_hir_expand",
    "ra_ap_hir_ty",
    "ra_ap_intern",
    "ra_ap_mbe",
    "ra_ap_vfs",
    "regex-automata",
    "regex-syntax",
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
    // Without thin-local LTO: it takes its time, and a kernel starts no sooner for it.
    cargo.args(["--config", "profile.release.lto=\"off\""]);
    cargo.args(["--config", "profile.release.codegen-units=8"]);
    for (names, level) in [(&HOT[..], 3), (&WARM[..], 1)] {
        for name in names {
            let level = format!("profile.release.package.{name}.opt-level={level}");
            cargo.args(["--config", &level]);
        }
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
