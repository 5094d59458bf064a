//! Verdicts that a student's code prints: they earn nothing, and the teacher is told.

use super::panel;
use super::reference::{gives_points, grade_id};
use crate::notebook;
use serde_json::Value;

/// Looks at the cells of a notebook as they are executed.
#[derive(Default)]
pub struct Forged {
    found: Vec<String>,
}

impl Forged {
    /// Notes a cell whose outputs hold a verdict that is no check's. A check's own is the
    /// last result of a test cell, or stands below a student's own call of a check.
    pub fn look(&mut self, index: usize, cell: &Value, outputs: &[Value]) {
        if !gives_points(cell) && notebook::source(cell).contains("check::") {
            return;
        }
        let is_result = |output: &&Value| output["output_type"] == "execute_result";
        let others = match outputs.iter().rposition(|output| is_result(&output)) {
            Some(last) if gives_points(cell) => [&outputs[..last], &outputs[last + 1..]].concat(),
            _ => outputs.to_vec(),
        };
        let points = |output: &&Value| {
            gives_points(cell)
                && is_result(output)
                && notebook::text(&output["data"]["text/plain"]).trim().parse::<f64>().is_ok()
        };
        if others.iter().any(|output| says_verdict(output) || points(&output)) {
            let name =
                grade_id(cell).map_or_else(|| format!("cellule {}", index + 1), str::to_owned);
            self.found.push(name);
        }
    }

    pub fn remark(self) -> Option<String> {
        (!self.found.is_empty()).then(|| {
            let places = self.found.join(", ");
            format!(
                "verdict affiché sans qu'une vérification l'ait rendu, sans effet sur la note : {places}"
            )
        })
    }
}

fn says_verdict(output: &Value) -> bool {
    [&output["data"]["text/html"], &output["text"]]
        .iter()
        .any(|told| panel::is_one(&notebook::text(told)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(cells: &[(&str, &str, Value)]) -> Option<String> {
        let cell = |(id, source, _): &(&str, &str, Value)| {
            let grading = json!({"grade": id.starts_with("tp"), "solution": false, "grade_id": id});
            json!({"cell_type": "code", "source": source, "metadata": {"nbgrader": grading}})
        };
        let content = json!({"cells": cells.iter().map(cell).collect::<Vec<_>>()});
        let mut forged = Forged::default();
        for (index, (_, _, outputs)) in cells.iter().enumerate() {
            let outputs = outputs.as_array().unwrap();
            forged.look(index, &content["cells"][index], outputs);
        }
        forged.remark()
    }

    fn result(html: &str, plain: &str) -> Value {
        json!({"output_type": "execute_result", "data": {"text/html": html, "text/plain": plain}})
    }

    #[test]
    fn a_verdict_that_is_printed_is_told_and_a_checks_own_is_not() {
        let panel = || result("<div data-exercice=\"tp1-f\">Juste</div>", "2.0");
        let printed = json!({"output_type": "stream", "text": ["a", "<i data-exercice='x'>"]});
        let own = ("tp1-f", "check::tp1::f(f)", json!([panel()]));
        assert_eq!(told(&[("f", "fn f() {}", json!([])), own]), None);
        for before in [panel(), result("", "2.0"), printed.clone()] {
            let outputs = json!([before, panel()]);
            let remark = told(&[("tp1-f", "check::tp1::f(f)", outputs)]).unwrap();
            assert!(remark.ends_with(": tp1-f"), "{remark}");
        }
        assert!(told(&[("f", "println!()", json!([panel()]))]).is_some());
        assert!(told(&[("f", "println!()", json!([printed]))]).is_some());
    }

    #[test]
    fn what_is_no_verdict_is_left_alone() {
        let figure = result("<svg></svg>", "Figure");
        let panel = result("<div data-exercice=\"tp1-f\">", "0");
        assert_eq!(told(&[("f", "figure", json!([figure]))]), None);
        assert_eq!(told(&[("tp1-f", "check::tp1::f(f)", json!([figure, panel]))]), None);
        assert_eq!(told(&[("f", "1.0", json!([result("", "1.0")]))]), None);
        // Their own trial of the check.
        assert_eq!(told(&[("f", "check::tp1::f(f)", json!([panel]))]), None);
        let error = json!([{"output_type": "error", "ename": "Panic"}]);
        assert_eq!(told(&[("tp1-f", "check::tp1::f(f)", error)]), None);
    }
}
