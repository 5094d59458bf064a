//! What the notebook format wants in every cell, put there where a tool left it
//! out: nbconvert, nbclient and nbgrader take it for granted.

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};
use std::collections::HashSet;

/// Completes a notebook, or says why it is none.
pub fn whole(content: &mut Value) -> Result<()> {
    let notebook = content.as_object_mut().context("ce JSON n'est pas un objet")?;
    match notebook.get("nbformat").and_then(Value::as_u64) {
        Some(old @ 0..4) => bail!(
            "il est au format {old}, d'avant 2015 : ouvrez-le dans JupyterLab et enregistrez-le de nouveau"
        ),
        Some(4) => {}
        Some(new) => bail!("il est au format {new} ; les outils de ce cours lisent le format 4"),
        None => {
            notebook.insert("nbformat".to_owned(), 4.into());
        }
    }
    default(notebook, "metadata", Value::is_object, json!({}));
    default(notebook, "nbformat_minor", Value::is_u64, json!(4));
    let cells = notebook.get_mut("cells").and_then(Value::as_array_mut).context(
        "il n'a pas de cellules : ouvrez-le dans JupyterLab et enregistrez-le de nouveau",
    )?;
    for (index, value) in cells.iter_mut().enumerate() {
        let number = index + 1;
        let cell =
            value.as_object_mut().with_context(|| format!("cellule {number} : pas un objet"))?;
        let kind = cell.get("cell_type").and_then(Value::as_str).unwrap_or_default().to_owned();
        match kind.as_str() {
            "code" => {
                default(cell, "outputs", Value::is_array, json!([]));
                default(
                    cell,
                    "execution_count",
                    |value| value.is_u64() || value.is_null(),
                    Value::Null,
                );
                if let Some(outputs) = cell.get_mut("outputs").and_then(Value::as_array_mut) {
                    outputs.retain_mut(output);
                }
            }
            "markdown" | "raw" => {}
            _ => {
                bail!("cellule {number} : type « {kind} » inconnu (code, markdown ou raw attendu)")
            }
        }
        default(cell, "metadata", Value::is_object, json!({}));
        default(cell, "source", is_text, json!(""));
    }
    identify(content);
    Ok(())
}

/// Gives each cell an identifier of its own, as the format 4.5 wants; the first
/// of several keeps theirs.
pub fn identify(content: &mut Value) {
    let Some(cells) = content["cells"].as_array_mut() else { return };
    let mut seen = HashSet::new();
    let mut lacking = Vec::new();
    for (index, cell) in cells.iter().enumerate() {
        match cell["id"].as_str().filter(|id| is_identifier(id)) {
            Some(id) if seen.insert(id.to_owned()) => {}
            _ => lacking.push(index),
        }
    }
    for index in &lacking {
        let mut id = format!("cellule-{}", index + 1);
        while !seen.insert(id.clone()) {
            id.push('b');
        }
        cells[*index]["id"] = id.into();
    }
    if content["nbformat_minor"].as_u64().is_some_and(|minor| minor < 5) {
        content["nbformat_minor"] = 5.into();
    }
}

fn is_identifier(id: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    (1..=64).contains(&id.len()) && id.chars().all(plain)
}

/// Completes an output; whether it is one at all.
fn output(value: &mut Value) -> bool {
    let Some(output) = value.as_object_mut() else { return false };
    let kind = output.get("output_type").and_then(Value::as_str).unwrap_or_default().to_owned();
    match kind.as_str() {
        "stream" => {
            default(output, "name", Value::is_string, json!("stdout"));
            default(output, "text", is_text, json!(""));
        }
        "display_data" | "execute_result" => {
            default(output, "data", Value::is_object, json!({}));
            default(output, "metadata", Value::is_object, json!({}));
            if kind == "execute_result" && !output.contains_key("execution_count") {
                output.insert("execution_count".to_owned(), Value::Null);
            }
        }
        "error" => {
            default(output, "ename", Value::is_string, json!("Erreur"));
            default(output, "evalue", Value::is_string, json!(""));
            default(output, "traceback", Value::is_array, json!([]));
        }
        _ => return false,
    }
    true
}

/// A text, or the lines that the format allows in its place.
fn is_text(value: &Value) -> bool {
    value.is_string() || value.as_array().is_some_and(|lines| lines.iter().all(Value::is_string))
}

/// Puts a value where there is none of the right kind.
fn default(object: &mut Map<String, Value>, key: &str, right: fn(&Value) -> bool, value: Value) {
    if !object.get(key).is_some_and(right) {
        object.insert(key.to_owned(), value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_notebook_is_completed() {
        let mut content = json!({"nbformat": 4, "nbformat_minor": 4, "cells": [
            {"cell_type": "code", "source": ["a\n", "b"], "outputs": [
                {"output_type": "stream"}, "x", {"output_type": "display_data"}, {"output_type": "error"}]},
            {"cell_type": "markdown", "metadata": null, "id": "deux points"},
            {"cell_type": "raw", "source": 3, "id": "a"},
            {"cell_type": "raw", "source": "", "id": "a"}]});
        whole(&mut content).unwrap();
        let cells = content["cells"].as_array().unwrap();
        let ids: Vec<_> = cells.iter().map(|cell| cell["id"].as_str().unwrap()).collect();
        assert_eq!(ids, ["cellule-1", "cellule-2", "a", "cellule-4"]);
        assert!(cells.iter().all(|cell| cell["metadata"] == json!({})));
        assert_eq!((&cells[0]["source"], &cells[2]["source"]), (&json!(["a\n", "b"]), &json!("")));
        assert_eq!(cells[0]["outputs"].as_array().unwrap().len(), 3);
        assert_eq!(cells[0]["outputs"][1]["metadata"], json!({}));
        assert_eq!((&content["nbformat_minor"], &content["metadata"]), (&json!(5), &json!({})));
        // Nothing is left to do.
        let once = content.clone();
        whole(&mut content).unwrap();
        assert_eq!(content, once);
    }

    #[test]
    fn what_is_no_notebook_is_told() {
        for (mut content, cause) in [
            (json!([]), "pas un objet"),
            (json!({}), "pas de cellules"),
            (json!({"cells": {}}), "pas de cellules"),
            (json!({"nbformat": 3, "worksheets": []}), "format 3"),
            (json!({"nbformat": 6, "cells": []}), "format 6"),
            (json!({"cells": [1]}), "cellule 1"),
            (json!({"cells": [{"cell_type": "code"}, {"cell_type": "heading"}]}), "cellule 2"),
        ] {
            let told = whole(&mut content).unwrap_err().to_string();
            assert!(told.contains(cause), "{told}, not {cause}");
        }
    }
}
