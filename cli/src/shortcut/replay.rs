//! rustc called as cargo called it, its answer told as cargo tells it.

use super::recipe::Recipe;
use super::{level, store};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// What cargo would have answered.
#[derive(Serialize, Deserialize)]
pub struct Answer {
    pub lines: String,
    pub success: bool,
}

/// Compiles the present cell; none if cargo had better look at it.
pub fn replay(recipe: &Recipe) -> Option<Answer> {
    // It is the same file as the last cell, which is loaded: not to be written to.
    let _ = fs::remove_file(&recipe.built);
    let path = recipe.source()?;
    let source = fs::read_to_string(&path).ok()?;
    let lent = recipe.uses_the_library().then(|| store::lent(&source)).flatten();
    if let Some(lent) = &lent {
        fs::write(&path, lent).ok()?;
    }
    let output = rustc(recipe, &source).stdin(Stdio::null()).output();
    if lent.is_some() {
        fs::write(&path, &source).ok()?;
    }
    let output = output.ok()?;
    // The kernel's library may be older than this program.
    let is_lacking = String::from_utf8_lossy(&output.stderr).contains(store::FUNCTIONS);
    if !output.stdout.is_empty() || is_lacking {
        return None;
    }
    let success = match output.status.code() {
        Some(0) => true,
        Some(1) => false,
        _ => return None,
    };
    let mut lines = String::new();
    let mut has_error = false;
    for line in std::str::from_utf8(&output.stderr).ok()?.lines() {
        let message: Value = serde_json::from_str(line).ok()?;
        match message["$message_type"].as_str()? {
            "diagnostic" if is_summary(&message) => {}
            // The linker is asked for something of ours: cargo may manage without.
            "diagnostic" if is_of_the_linker(&message) => return None,
            "diagnostic" => {
                has_error |= message["level"] == "error";
                lines.push_str(&wrapped(&recipe.artifact, line));
            }
            // Between rustc and cargo.
            "artifact" | "future_incompat" => {}
            _ => return None,
        }
    }
    if success {
        deliver(&recipe.built, &recipe.delivered).ok()?;
        let mut artifact = recipe.artifact.clone();
        artifact["fresh"] = json!(false);
        lines.push_str(&format!("{artifact}\n"));
    } else if !has_error {
        return None;
    }
    lines.push_str(&format!("{}\n", json!({ "reason": "build-finished", "success": success })));
    Some(Answer { lines, success })
}

/// Whether rustc only counts what it has said, which cargo does by itself.
fn is_summary(message: &Value) -> bool {
    let text = message["message"].as_str().unwrap_or_default();
    text.starts_with("aborting due to")
        || text.ends_with("warning emitted")
        || text.ends_with("warnings emitted")
}

fn is_of_the_linker(message: &Value) -> bool {
    message["message"].as_str().is_some_and(|text| text.starts_with("linking with"))
}

fn rustc(recipe: &Recipe, source: &str) -> Command {
    let mut rustc = Command::new(&recipe.rustc);
    let is_light = level::is_light(source);
    let arguments = recipe.arguments.iter().map(|word| match word.as_str() {
        "opt-level=1" if is_light => "opt-level=0".to_owned(),
        // cargo takes the colours out again.
        _ => word.replace("diagnostic-rendered-ansi,", ""),
    });
    rustc.args(arguments).current_dir(&recipe.folder);
    if links_by_lld(recipe) {
        // There is so little to link that starting threads takes longer.
        rustc.args(["-C", "link-arg=-Wl,--threads=1"]);
    }
    for (name, value) in &recipe.environment {
        match value {
            Some(value) => rustc.env(name, value),
            None => rustc.env_remove(name),
        };
    }
    rustc
}

/// Whether rustc links by the linker that it brings along, as it does on this system unless
/// told otherwise.
fn links_by_lld(recipe: &Recipe) -> bool {
    const LLD: &str = "../lib/rustlib/x86_64-unknown-linux-gnu/bin/gcc-ld/ld.lld";
    cfg!(all(target_os = "linux", target_env = "gnu", target_arch = "x86_64"))
        && recipe.rustc.parent().is_some_and(|bin| bin.join(LLD).is_file())
        && !recipe.arguments.iter().any(|word| word.contains("linker") || word.contains("link-arg"))
}

/// A `compiler-message` around one of rustc's, with the fields that cargo has
/// told of the same crate before.
fn wrapped(artifact: &Value, message: &str) -> String {
    let [package, manifest, target] =
        ["package_id", "manifest_path", "target"].map(|field| &artifact[field]);
    format!(
        r#"{{"reason":"compiler-message","package_id":{package},"manifest_path":{manifest},"target":{target},"message":{message}}}"#
    ) + "\n"
}

/// Puts what rustc has built where evcxr expects it, as cargo does.
fn deliver(built: &Path, delivered: &Path) -> std::io::Result<()> {
    if built == delivered {
        return Ok(());
    }
    let _ = fs::remove_file(delivered);
    fs::hard_link(built, delivered).or_else(|_| fs::copy(built, delivered).map(drop))
}
