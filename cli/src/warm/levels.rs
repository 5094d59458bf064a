//! How much each crate is optimised: as the checkout's own manifest says for the
//! tests, where a level is written for what the arithmetic and the figures need.
//! The rest (candle's tokenizers, colour profiles, regular expressions, …) runs
//! never or once, and at level 3 it took half of the compilation.

use anyhow::{Context, Result};
use toml::{Table, Value};

/// What rustc gives a member that it compiles anew after a change, as the library is one
/// in its own manifest: the units that the change does not concern are kept.
const UNITS: u32 = 256;

/// The levels of the manifest's test profile as TOML, for a workspace in which the
/// library is a dependency and no longer a member. `tp` does not occur there.
pub fn of(manifest: &str) -> Result<String> {
    let manifest: Table = manifest.parse().context("le Cargo.toml du TP est illisible")?;
    let profile = manifest.get("profile").and_then(|profiles| profiles.get("dev"));
    let profile = profile.and_then(Value::as_table).context("Cargo.toml : pas de [profile.dev]")?;
    let library = profile.get("opt-level").context("Cargo.toml : pas de opt-level")?;
    let packages = profile.get("package").and_then(Value::as_table);
    let mut text = String::new();
    for (name, settings) in packages.into_iter().flatten() {
        let ours = ["*", "mnist_tp", "tp"].contains(&name.as_str());
        if let Some(level) = settings.get("opt-level").filter(|_| !ours) {
            text.push_str(&format!("\n[profile.dev.package.{name}]\nopt-level = {level}\n"));
        }
    }
    text.push_str(&format!(
        "\n[profile.dev.package.mnist_tp]\nopt-level = {library}\ncodegen-units = {UNITS}\n"
    ));
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_and_what_it_computes_with_are_optimised() {
        let levels = of(include_str!("../../../Cargo.toml")).unwrap();
        let levels: Table = levels.parse().unwrap();
        let level = |name: &str| levels["profile"]["dev"]["package"].get(name)?.get("opt-level");
        for name in ["mnist_tp", "gemm", "rayon", "flate2", "plotters"] {
            assert_eq!(level(name), Some(&Value::Integer(3)), "{name}");
        }
        // Its loops are vectors at this level too.
        assert_eq!(level("candle-core"), Some(&Value::Integer(2)));
        for name in ["*", "tp", "tokenizers"] {
            assert_eq!(level(name), None, "{name}");
        }
    }

    #[test]
    fn a_manifest_without_a_profile_is_told() {
        assert!(of("[package]\nname = \"x\"").unwrap_err().to_string().contains("profile.dev"));
        assert!(of("[profile.dev]").unwrap_err().to_string().contains("opt-level"));
        assert!(of("[package").unwrap_err().to_string().contains("illisible"));
    }
}
