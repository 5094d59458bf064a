//! The points of a cell, by nbgrader's rules: nothing after an error, else the number
//! that the cell shows last (its value: a function that is checked may have shown
//! something before), else all of them. Text on stderr is no error by itself.

use crate::notebook;
use serde_json::Value;

/// A cell that gives points.
#[derive(Clone, Debug, PartialEq)]
pub struct Graded {
    /// nbgrader's `grade_id`.
    pub id: String,
    /// The points of a right answer.
    pub max: f64,
    /// A written answer, which no program can judge.
    pub by_hand: bool,
}

/// The cells that give points, in order.
pub fn graded(cells: &[Value]) -> Vec<Graded> {
    let graded = cells.iter().filter_map(|cell| {
        let grading = &cell["metadata"]["nbgrader"];
        let tested = grading["grade"] == true;
        // A task is graded by hand too.
        if !tested && grading["task"] != true {
            return None;
        }
        Some(Graded {
            id: grading["grade_id"].as_str()?.to_owned(),
            max: grading["points"].as_f64().unwrap_or_default(),
            by_hand: cell["cell_type"] != "code" || !tested || grading["solution"] == true,
        })
    });
    graded.collect()
}

/// What an executed test cell earns.
pub fn earned(outputs: &[Value], max: f64) -> f64 {
    if outputs.iter().any(|output| output["output_type"] == "error") {
        return 0.0;
    }
    let result = outputs.iter().rev().find(|output| output["output_type"] == "execute_result");
    let Some(result) = result else { return max };
    let shown = notebook::text(&result["data"]["text/plain"]);
    let points = shown.trim().parse::<f64>().ok().filter(|points| points.is_finite());
    points.filter(|points| *points >= 0.0).map_or(max, |points| points.min(max))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn result(text: &str) -> Value {
        json!({"output_type": "execute_result", "data": {"text/plain": text, "text/html": "<p>"}})
    }

    #[test]
    fn points_are_read_as_nbgrader_does() {
        assert_eq!(earned(&[result("1.5")], 2.0), 1.5);
        assert_eq!(earned(&[result("0")], 2.0), 0.0);
        assert_eq!(earned(&[result("12")], 2.0), 2.0);
        assert_eq!(earned(&[result("()")], 2.0), 2.0);
        assert_eq!(earned(&[], 2.0), 2.0);
        assert_eq!(earned(&[result("2"), result("0.5")], 2.0), 0.5);
        let stderr = json!({"output_type": "stream", "name": "stderr", "text": "x"});
        assert_eq!(earned(&[stderr, result("1")], 2.0), 1.0);
        assert_eq!(earned(&[json!({"output_type": "error"})], 2.0), 0.0);
    }

    #[test]
    fn written_answers_are_graded_by_hand() {
        let nbgrader = |solution: bool| json!({"nbgrader": {"grade": true, "grade_id": "q", "points": 2, "solution": solution}});
        let cells = [
            json!({"cell_type": "code", "metadata": nbgrader(false)}),
            json!({"cell_type": "markdown", "metadata": nbgrader(true)}),
            json!({"cell_type": "code", "metadata": {}}),
        ];
        let graded = graded(&cells);
        assert_eq!(graded.iter().map(|g| g.by_hand).collect::<Vec<_>>(), [false, true]);
    }
}
