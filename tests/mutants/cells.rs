//! The solution cells of the notebooks, each with the checks that follow it.

use std::ops::Range;
use std::path::Path;

use syn::spanned::Spanned;
use syn::{Block, Item, Stmt};

/// A cell to be mutated.
#[derive(Debug)]
pub struct Cell {
    /// Identifiers of the exercises that judge it.
    pub ids: Vec<String>,
    /// What the judge needs of the cell: items, or statements up to the last blank.
    pub source: String,
    /// Where the solution stands in it.
    pub places: Vec<Range<usize>>,
    /// Whether the blank is a value and not a function.
    pub value: bool,
    /// Functions of the cells before, which the solution may call.
    pub before: String,
    /// The calls of the checks.
    pub checks: Vec<String>,
}

const BEGIN: &str = "// BEGIN SOLUTION";
const END: &str = "// END SOLUTION";

/// The cells of a notebook, in its order.
pub fn read(path: &Path) -> Vec<Cell> {
    let text = std::fs::read_to_string(path).unwrap();
    let notebook: serde_json::Value = serde_json::from_str(&text).unwrap();
    let (mut cells, mut before): (Vec<Cell>, Vec<(String, String)>) = (Vec::new(), Vec::new());
    for cell in notebook["cells"].as_array().unwrap() {
        if cell["cell_type"] != "code" {
            continue;
        }
        let lines = cell["source"].as_array().unwrap().iter();
        let source: String = lines.map(|line| line.as_str().unwrap()).collect();
        let meta = &cell["metadata"]["nbgrader"];
        if meta["grade"] == true {
            let last = cells.last_mut().unwrap();
            last.ids.push(meta["grade_id"].as_str().unwrap().to_owned());
            last.checks.push(source.trim().to_owned());
            continue;
        }
        if source.contains(":dep ") {
            continue;
        }
        let (items, statements) = parts(&source);
        if source.contains(BEGIN) {
            let value = statements.contains(BEGIN);
            let kept = if value {
                let plain: Vec<&str> = items.iter().map(|(_, text)| text.as_str()).collect();
                format!("{}\n{statements}", plain.join("\n"))
            } else {
                let plain: Vec<&str> = items.iter().map(|(_, text)| text.as_str()).collect();
                plain.join("\n")
            };
            let own: Vec<&str> = items.iter().map(|(name, _)| name.as_str()).collect();
            let others = before.iter().filter(|(name, _)| !own.contains(&name.as_str()));
            let before = others.map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("\n");
            let places = places(&kept);
            let (ids, checks) = (Vec::new(), Vec::new());
            cells.push(Cell { ids, source: kept, places, value, before, checks });
        }
        for (name, text) in items {
            before.retain(|(known, _)| *known != name);
            before.push((name, text));
        }
    }
    cells
}

/// The items of a cell by their names, and its statements up to the last blank.
fn parts(source: &str) -> (Vec<(String, String)>, String) {
    let wrapped = format!("{{{source}\n}}");
    let block: Block = syn::parse_str(&wrapped).unwrap_or_else(|e| panic!("{e} in\n{source}"));
    let (mut items, mut statements, mut kept) = (Vec::new(), String::new(), 0);
    for stmt in &block.stmts {
        let text = &wrapped[stmt.span().byte_range()];
        match stmt {
            Stmt::Item(Item::Fn(f)) => items.push((f.sig.ident.to_string(), text.to_owned())),
            Stmt::Item(Item::Type(t)) => items.push((t.ident.to_string(), text.to_owned())),
            Stmt::Item(_) => {}
            _ => {
                statements += text;
                statements.push('\n');
                if text.contains(BEGIN) {
                    kept = statements.len();
                }
            }
        }
    }
    statements.truncate(kept);
    (items, statements)
}

/// Between the marks.
fn places(source: &str) -> Vec<Range<usize>> {
    let mut places = Vec::new();
    let mut from = 0;
    while let Some(start) = source[from..].find(BEGIN) {
        let start = from + start + BEGIN.len();
        let end = start + source[start..].find(END).expect("an end for each beginning");
        places.push(start..end);
        from = end;
    }
    places
}
