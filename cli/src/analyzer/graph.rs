//! The library's dependencies as rust-analyzer sees them.
//!
//! It gets them from `cargo metadata`. Of what the library depends on, only the
//! crates named here give types to what a notebook stores; the others, with all
//! that only they need, are left out. Dependencies that a notebook adds by itself
//! (`:dep`) stay whole. The library is said to live in `src/`: rust-analyzer reads
//! the folder of a package with everything in it, and the checkout also holds
//! `.tp/`.

use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::path::Path;

const LIBRARY: &str = "mnist_tp";

/// The crates below the library in which variables of a notebook have types, or
/// which these types need (`Tensor::to_vec1::<f32>`, `half::f16`).
pub const KEPT: [&str; 4] = ["candle-core", "candle-nn", "half", "num-traits"];

/// The answer of `cargo metadata` without the crates that give no types; none if the
/// library is not in it, or if it is not what it was when this was written.
pub fn pruned(metadata: &str) -> Option<String> {
    let mut metadata: Value = serde_json::from_str(metadata).ok()?;
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let names: HashMap<String, String> = metadata["packages"]
        .as_array()?
        .iter()
        .filter_map(|package| Some((text(&package["id"])?, text(&package["name"])?)))
        .collect();
    let is_library = |name: &String| name == LIBRARY;
    let is_kept = |name: &String| KEPT.contains(&name.as_str());
    if !names.values().any(is_library) {
        return None;
    }

    let mut edges: HashMap<String, Vec<String>> = HashMap::new();
    for node in metadata["resolve"]["nodes"].as_array_mut()? {
        let id = text(&node["id"])?;
        if names.get(&id).is_some_and(|name| is_library(name) || is_kept(name)) {
            let stays = |id: &Value| id.as_str().and_then(|id| names.get(id)).is_some_and(is_kept);
            node["deps"].as_array_mut()?.retain(|edge| stays(&edge["pkg"]));
            node["dependencies"].as_array_mut()?.retain(stays);
        }
        let targets = node["deps"].as_array()?.iter().filter_map(|edge| text(&edge["pkg"]));
        edges.insert(id, targets.collect());
    }

    let mut todo: Vec<String> =
        metadata["workspace_members"].as_array()?.iter().filter_map(text).collect();
    let mut reached = HashSet::new();
    while let Some(id) = todo.pop() {
        if reached.insert(id.clone()) {
            todo.extend(edges.get(&id).into_iter().flatten().cloned());
        }
    }
    let stays = |item: &Value| item["id"].as_str().is_some_and(|id| reached.contains(id));
    metadata["resolve"]["nodes"].as_array_mut()?.retain(stays);
    let packages = metadata["packages"].as_array_mut()?;
    packages.retain(stays);
    for package in packages.iter_mut().filter(|package| package["name"] == LIBRARY) {
        let manifest = Path::new(package["manifest_path"].as_str()?);
        let narrowed = manifest.with_file_name("src").join("Cargo.toml");
        package["manifest_path"] = serde_json::json!(narrowed);
    }
    serde_json::to_string(&metadata).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// A graph from `crate → its dependencies`; the id of `x` is `path+x#1`.
    fn graph(edges: &[(&str, &[&str])]) -> Value {
        let id = |name: &&str| format!("path+{name}#1");
        let packages: Vec<_> = edges
            .iter()
            .map(|(name, _)| {
                json!({ "name": name, "id": id(name), "manifest_path": format!("/tp/{name}/Cargo.toml") })
            })
            .collect();
        let nodes: Vec<_> = edges
            .iter()
            .map(|(name, targets)| {
                let deps: Vec<_> = targets
                    .iter()
                    .map(|target| json!({ "name": target, "pkg": id(target) }))
                    .collect();
                let ids: Vec<_> = targets.iter().map(id).collect();
                json!({ "id": id(name), "deps": deps, "dependencies": ids })
            })
            .collect();
        json!({ "packages": packages, "resolve": { "nodes": nodes }, "workspace_members": [id(&"ctx")] })
    }

    fn names(metadata: &Value) -> Vec<&str> {
        metadata["packages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|p| p["name"].as_str().unwrap())
            .collect()
    }

    #[test]
    fn only_the_crates_that_give_types_are_left_below_the_library() {
        let full = graph(&[
            ("ctx", &["mnist_tp", "regex"]),
            ("mnist_tp", &["candle-core", "image", "serde"]),
            ("candle-core", &["half", "tokenizers"]),
            ("half", &["zerocopy"]),
            ("image", &["png"]),
            ("png", &[]),
            ("regex", &["memchr", "serde"]),
            ("memchr", &[]),
            ("serde", &[]),
            ("tokenizers", &["regex", "png"]),
            ("zerocopy", &[]),
        ]);
        let answer: Value = serde_json::from_str(&pruned(&full.to_string()).unwrap()).unwrap();
        // What the notebook asked for itself is whole.
        assert_eq!(
            names(&answer),
            ["ctx", "mnist_tp", "candle-core", "half", "regex", "memchr", "serde"]
        );
        let nodes = answer["resolve"]["nodes"].as_array().unwrap();
        let ids: HashSet<_> = nodes.iter().map(|node| node["id"].as_str().unwrap()).collect();
        for node in nodes {
            let deps = node["deps"].as_array().unwrap().iter().map(|edge| &edge["pkg"]);
            assert!(deps.clone().eq(node["dependencies"].as_array().unwrap()), "{node}");
            for id in deps {
                assert!(ids.contains(id.as_str().unwrap()), "{id} is gone, {node} needs it");
            }
        }
        // The library's sources are read, its checkout is not.
        assert_eq!(answer["packages"][1]["manifest_path"], "/tp/mnist_tp/src/Cargo.toml");
        assert_eq!(answer["packages"][0]["manifest_path"], "/tp/ctx/Cargo.toml");
    }

    #[test]
    fn other_answers_are_left_alone() {
        assert!(pruned("error: no manifest").is_none());
        assert!(pruned(&graph(&[("ctx", &["serde"]), ("serde", &[])]).to_string()).is_none());
        let mut without_graph = graph(&[("ctx", &["mnist_tp"]), ("mnist_tp", &[])]);
        without_graph["resolve"] = Value::Null;
        assert!(pruned(&without_graph.to_string()).is_none());
    }
}
