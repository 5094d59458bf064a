//! The solution that a student's notebook comes from: it says which test cells
//! there are and what they hold.

use super::points::{self, Graded};
use crate::layout::Layout;
use crate::notebook::{self, cells};
use anyhow::Result;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

/// A solution notebook.
pub struct Reference {
    /// Its file.
    pub path: PathBuf,
    /// The student notebook's name: the file's, without `Sol_`.
    pub name: String,
    pub(super) content: Value,
}

impl Reference {
    /// The given solution, or all those of `solutions/`.
    pub fn all(layout: &Layout, only: Option<&Path>) -> Result<Vec<Self>> {
        let paths = match only {
            Some(path) => vec![notebook::existing(path)?],
            None => notebook::in_folder(&layout.root.join("solutions"))?,
        };
        paths.into_iter().map(Self::read).collect()
    }

    fn read(path: PathBuf) -> Result<Self> {
        let content = notebook::read(&path)?;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let name = stem.strip_prefix("Sol_").unwrap_or(&stem).to_owned();
        Ok(Self { path, name, content })
    }

    /// The solution of a notebook: by its file's name, else by the exercises in it,
    /// else by the checks that it calls.
    pub fn of<'a>(all: &'a [Self], path: &Path, content: &Value) -> Option<&'a Self> {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let named = all.iter().filter(|reference| stem.contains(&reference.name));
        named.max_by_key(|reference| reference.name.len()).or_else(|| {
            let found: HashSet<_> = cells(content).iter().filter_map(grade_id).collect();
            let common = |reference: &&Self| {
                let ids = cells(&reference.content).iter().filter_map(grade_id);
                ids.filter(|id| found.contains(id)).count()
            };
            let known = all.iter().max_by_key(common).filter(|reference| common(reference) > 0);
            known.or_else(|| {
                let named = |reference: &&Self| reference.named_in(content);
                all.iter().max_by_key(named).filter(|reference| named(reference) > 0)
            })
        })
    }

    /// The exercises, whatever a student's notebook says of them.
    pub fn exercises(&self) -> Vec<Graded> {
        points::graded(cells(&self.content))
    }

    /// Its cells.
    pub fn cells(&self) -> &[Value] {
        cells(&self.content)
    }

    /// The identifiers of the cells of code that a student fills.
    pub fn answers(&self) -> Vec<String> {
        let is_answer = |cell: &&Value| {
            cell["cell_type"] == "code" && cell["metadata"]["nbgrader"]["solution"] == true
        };
        let answers = self.cells().iter().filter(is_answer);
        answers.filter_map(grade_id).map(str::to_owned).collect()
    }

    /// Puts the test cells back as they were: those changed, and those deleted
    /// behind the exercise before them. What was done, by `grade_id`.
    pub fn restore(&self, content: &mut Value) -> BTreeMap<String, &'static str> {
        let mut done = BTreeMap::new();
        let Some(submitted) = content["cells"].as_array_mut() else { return done };
        let mut before = None;
        for cell in cells(&self.content) {
            let Some(id) = grade_id(cell) else { continue };
            let found = place(submitted, id);
            if gives_points(cell) {
                match found {
                    Some(place) if same(&submitted[place], cell) => {}
                    Some(place) => {
                        submitted[place] = cell.clone();
                        done.insert(id.to_owned(), "vérification modifiée, restaurée");
                    }
                    None => {
                        let place = before.map_or(0, |place: usize| place + 1);
                        submitted.insert(place.min(submitted.len()), cell.clone());
                        done.insert(id.to_owned(), "vérification supprimée, remise");
                    }
                }
            }
            before = place(submitted, id).or(before);
        }
        done
    }
}

/// Leaves one cell an identifier: of several, the last keeps it, as with nbgrader.
pub fn deduplicate(content: &mut Value) {
    let Some(cells) = content["cells"].as_array_mut() else { return };
    let mut seen = HashSet::new();
    for cell in cells.iter_mut().rev() {
        if grade_id(cell).is_some_and(|id| !seen.insert(id.to_owned())) {
            cell["metadata"]["nbgrader"] = json!({});
        }
    }
}

/// Where the cell of an identifier is.
pub fn place(cells: &[Value], id: &str) -> Option<usize> {
    cells.iter().position(|cell| grade_id(cell) == Some(id))
}

/// nbgrader's identifier of a cell.
pub fn grade_id(cell: &Value) -> Option<&str> {
    cell["metadata"]["nbgrader"]["grade_id"].as_str()
}

/// Whether a cell gives points by itself, and is not the student's to write.
pub fn gives_points(cell: &Value) -> bool {
    let grading = &cell["metadata"]["nbgrader"];
    grading["grade"] == true && grading["solution"] != true
}

/// Whether a test cell is still what the teacher wrote.
fn same(submitted: &Value, cell: &Value) -> bool {
    let keys = ["grade", "solution", "points"];
    let grading = |cell: &Value, key: &str| cell["metadata"]["nbgrader"][key].clone();
    notebook::source(submitted) == notebook::source(cell)
        && submitted["cell_type"] == cell["cell_type"]
        && keys.iter().all(|key| grading(submitted, key) == grading(cell, key))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(id: &str, grade: bool, source: &str) -> Value {
        json!({"cell_type": "code", "source": source, "metadata": {"nbgrader":
            {"grade": grade, "grade_id": id, "solution": !grade, "points": 1}}})
    }

    fn reference() -> Reference {
        let cells = [cell("a", false, ""), cell("ta", true, "A"), cell("tb", true, "B")];
        Reference { path: PathBuf::new(), name: "TP9".to_owned(), content: json!({"cells": cells}) }
    }

    #[test]
    fn changed_and_deleted_tests_come_back() {
        let mut content =
            json!({"cells": [cell("a", false, "mine"), {"source": "x"}, cell("tb", true, "2")]});
        let done = reference().restore(&mut content);
        let sources: Vec<_> = cells(&content).iter().map(notebook::source).collect();
        assert_eq!(sources, ["mine", "A", "x", "B"]);
        assert_eq!(done["ta"], "vérification supprimée, remise");
        assert_eq!(done["tb"], "vérification modifiée, restaurée");
        assert!(reference().restore(&mut content).is_empty());
    }

    #[test]
    fn a_copied_test_counts_once_and_an_added_one_not_at_all() {
        let mut rich = cell("rich", true, "100");
        rich["metadata"]["nbgrader"]["points"] = 100.into();
        let tests = [cell("ta", true, "1"), rich, cell("ta", true, "A"), cell("tb", true, "B")];
        let mut content = json!({"cells": tests});
        deduplicate(&mut content);
        reference().restore(&mut content);
        assert_eq!(place(cells(&content), "ta"), Some(2));
        assert_eq!(cells(&content)[0]["metadata"]["nbgrader"], json!({}));
        let ids = |graded: Vec<Graded>| graded.into_iter().map(|g| g.id).collect::<Vec<_>>();
        assert_eq!(ids(reference().exercises()), ["ta", "tb"]);
        // Without a solution, what the notebook says, once.
        assert_eq!(ids(points::graded(cells(&content))), ["rich", "ta", "tb"]);
    }

    #[test]
    fn the_solution_is_found_by_name_or_by_exercises() {
        let all = [reference()];
        let found =
            |name: &str, content: Value| Reference::of(&all, Path::new(name), &content).is_some();
        assert!(found("dupont_TP9.ipynb", json!({})));
        assert!(found("rendu.ipynb", json!({"cells": [cell("a", false, "")]})));
        assert!(!found("rendu.ipynb", json!({"cells": [cell("z", false, "")]})));
    }
}
