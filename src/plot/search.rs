//! The trials of a search: as a table, and as a picture.

use super::chart::LineChart;
use super::figure::Figure;
use super::french;
use super::table::Table;
use crate::Result;
use crate::train::search::{Domain, Search, Value};

impl Search {
    /// The trials, best first: their values, score, epochs and duration.
    pub fn table(&self) -> Table {
        let names = self.space().parameters().iter().map(|p| p.name.as_str());
        let headers: Vec<&str> =
            ["essai"].into_iter().chain(names).chain(["score", "époques", "secondes"]).collect();
        let title = format!("Essais de la recherche « {} », le meilleur d'abord", self.name());
        let mut table = Table::new(&title, &headers);
        let mut trials: Vec<_> = self.trials().iter().collect();
        let score = |t: &crate::train::Trial| t.score().unwrap_or(f32::MIN);
        trials.sort_by(|a, b| {
            let complete = a.stopped.cmp(&b.stopped);
            complete.then(score(b).total_cmp(&score(a))).then(a.number.cmp(&b.number))
        });
        for trial in trials {
            let mut row = vec![trial.number.to_string()];
            row.extend(trial.values.iter().map(|(_, value)| value.to_string()));
            let stopped = if trial.stopped { " (arrêté)" } else { "" };
            row.push(if score(trial) == f32::MIN {
                "échec".to_owned()
            } else {
                french::number(f64::from(score(trial)), 4)
            });
            row.push(format!("{}{stopped}", trial.scores.len()));
            row.push(french::number(trial.seconds, 1));
            table.push(&row);
        }
        table
    }

    /// Score of each trial, and the best so far; then score against each
    /// hyper-parameter that is a number.
    ///
    /// # Errors
    /// Before the first trial.
    pub fn plot(&self) -> Result<Figure> {
        let mut figures = vec![self.plot_progress()?];
        for (i, parameter) in self.space().parameters().iter().enumerate() {
            let log = match parameter.domain {
                Domain::Int { log, .. } | Domain::Float { log, .. } => log,
                Domain::Choice(_) => continue,
            };
            let at = |value: &Value| match value {
                Value::Int(v) => *v as f64,
                Value::Float(v) => *v,
                Value::Choice(_) => f64::NAN,
            };
            let mut chart =
                LineChart::new(&parameter.name).axes(&parameter.name, "score").size(380.0, 280.0);
            if log {
                chart = chart.log_x();
            }
            for (name, stopped) in [("terminés", false), ("arrêtés", true)] {
                let trials = self.trials().iter().filter(|t| t.stopped == stopped);
                let points: Vec<(f64, f64)> =
                    trials.filter_map(|t| Some((at(&t.values[i].1), finite(t.score()?)))).collect();
                if points.iter().any(|(_, score)| score.is_finite()) {
                    chart = chart.points(name, &points);
                }
            }
            figures.push(chart.figure()?);
        }
        Figure::compose(&format!("Recherche « {} »", self.name()), &figures, 2)
    }

    fn plot_progress(&self) -> Result<Figure> {
        let mut chart =
            LineChart::new("Essais").axes("essai", "score").size(380.0, 280.0).whole_x();
        for (name, stopped) in [("terminés", false), ("arrêtés", true)] {
            let trials = self.trials().iter().filter(|t| t.stopped == stopped);
            let points: Vec<(f64, f64)> =
                trials.filter_map(|t| Some((t.number as f64, finite(t.score()?)))).collect();
            if !points.is_empty() {
                chart = chart.points(name, &points);
            }
        }
        chart.line("meilleur", &self.best_so_far()).smooth().figure()
    }

    /// The best score of a finished trial after each trial.
    pub fn best_so_far(&self) -> Vec<(f64, f64)> {
        let mut best = f64::NAN;
        let step = |t: &crate::train::Trial| {
            if !t.stopped
                && let Some(score) = t.score()
            {
                best = best.max(finite(score));
            }
            (t.number as f64, best)
        };
        self.trials().iter().map(step).collect()
    }

    /// Shows the table below the cell (evcxr calls it on the last expression).
    pub fn evcxr_display(&self) {
        self.table().evcxr_display();
    }
}

/// A score to draw; a failed trial has none.
fn finite(score: f32) -> f64 {
    if score == f32::MIN { f64::NAN } else { f64::from(score) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::SearchSpace;

    #[test]
    fn trials_are_listed_and_drawn() {
        let space = SearchSpace::new()
            .log_float("taux", 1e-4, 1.0)
            .int("n", 1, 9)
            .choice("optimiseur", &["SGD", "Adam"]);
        let mut search = Search::random("essai", space, 7, 3).unwrap();
        assert!(search.plot().is_err());
        for level in [0.5, 0.6, 0.7, 0.4, 0.1, f32::NAN, 0.9] {
            let mut trial = search.ask().unwrap().unwrap();
            for epoch in 0..2 {
                trial.report(level + 0.01 * epoch as f32);
                if search.should_stop(&mut trial) {
                    break;
                }
            }
            search.tell(trial).unwrap();
        }
        let figure = search.plot().unwrap();
        assert!(figure.alt().contains("meilleur va de 0,51") && figure.alt().contains("arrêtés"));
        let text = format!("{:?}", search.table());
        let rows: Vec<&str> = text.lines().skip(3).collect();
        assert!(rows[0].starts_with('7') && rows[0].contains("0,9100"), "{text}");
        assert!(rows[5].contains("(arrêté)") && rows[6].contains("échec"), "{text}");
        assert!(search.best_so_far().windows(2).all(|w| w[1].1 >= w[0].1));
    }
}
