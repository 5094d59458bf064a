//! What cargo knows of the standard library's crates.

use serde_json::Value;
use std::path::{Path, PathBuf};

/// A crate of the standard library, as cargo tells of it.
pub struct Crate {
    pub edition: String,
    /// The folder of its `lib.rs`.
    pub sources: PathBuf,
    pub features: Vec<String>,
    /// The crates that it uses, by the names it has for them.
    pub needs: Vec<String>,
}

impl Crate {
    /// The crate of this name in `cargo metadata`'s answer.
    pub fn find(metadata: &Value, name: &str) -> Option<Self> {
        let items = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let package = items(&metadata["packages"]).into_iter().find(|p| p["name"] == name)?;
        let library = items(&package["targets"]).into_iter().find(|target| {
            target["src_path"].as_str().is_some_and(|path| path.ends_with("/lib.rs"))
        })?;
        let node = items(&metadata["resolve"]["nodes"])
            .into_iter()
            .find(|node| node["id"] == package["id"])?;
        Some(Self {
            edition: package["edition"].as_str()?.to_owned(),
            sources: Path::new(library["src_path"].as_str()?).parent()?.to_owned(),
            features: items(&node["features"])
                .iter()
                .filter_map(|feature| feature.as_str().map(str::to_owned))
                .filter(|feature| feature != "default")
                .collect(),
            needs: items(&node["deps"])
                .iter()
                // Those of its tests have a kind.
                .filter(|edge| items(&edge["dep_kinds"]).iter().any(|kind| kind["kind"].is_null()))
                .filter_map(|edge| edge["name"].as_str().map(str::to_owned))
                .collect(),
        })
    }

    /// A manifest with the features of the real one, and no other dependencies.
    pub fn manifest(&self, name: &str, needs: &[&str]) -> String {
        let mut text = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"{}\"\n\n[lib]\n\n[features]\ndefault = {:?}\n",
            self.edition, self.features
        );
        for feature in &self.features {
            text += &format!("{feature:?} = []\n");
        }
        text += "\n[dependencies]\n";
        for need in needs {
            text += &format!("{need} = {{ path = \"../{need}\" }}\n");
        }
        text
    }
}
