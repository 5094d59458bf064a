//! `cargo tp` and `cargo test` compile the same crates: with other features, `tp` and what
//! it is built on would be compiled twice.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// The crates of the default members, each with its version and its features.
fn crates(options: &[&str]) -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["tree", "--offline", "--locked", "--no-dedupe", "--prefix", "none"]);
    let output = cargo.args(["--format", "{p} {f}"]).args(options).current_dir(root).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn the_tests_crates_ask_no_feature_of_those_of_the_command_line() {
    let alone = crates(&["--edges", "no-dev"]);
    let with_tests = crates(&[]);
    assert!(alone.len() > 100 && with_tests.len() > alone.len(), "{alone:?}");
    let others: Vec<_> = alone.difference(&with_tests).collect();
    assert!(others.is_empty(), "with the tests' crates they have other features: {others:#?}");
}
