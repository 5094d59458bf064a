//! The trials of a search: as a table, and as a picture.

use super::chart::LineChart;
use super::figure::Figure;
use super::table::Table;
use super::words::short;
use crate::Result;
use crate::french;
use crate::train::search::{Domain, Search, Trial, Value};

impl Search {
    /// The trials, best first: their values, score, epochs and duration.
    pub fn table(&self) -> Table {
        let names = self.space().parameters().iter().map(|p| p.name.as_str());
        let headers: Vec<&str> =
            ["essai"].into_iter().chain(names).chain(["score", "époques", "secondes"]).collect();
        let title = format!("Essais de la recherche « {} », le meilleur d'abord", self.name());
        let mut table = Table::new(&title, &headers);
        let mut trials: Vec<_> = self.trials().iter().collect();
        let score = |t: &Trial| t.score().unwrap_or(f32::MIN);
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
    /// The axis is that of the better trials: those that failed, often near the
    /// share of right answers of pure chance, would leave them a few pixels. They
    /// stand on its lower edge, as triangles, and the legend says so.
    ///
    /// # Errors
    /// Before the first trial.
    pub fn plot(&self) -> Result<Figure> {
        let number = |trial: &Trial| trial.number as f64;
        let progress = LineChart::new("Essais").axes("essai", "score").whole_x();
        let floor = self.floor();
        let visible = |(x, best): (f64, f64)| (x, if best < floor { f64::NAN } else { best });
        let best: Vec<(f64, f64)> = self.best_so_far().into_iter().map(visible).collect();
        let progress = self.scores(progress, floor, number).line("meilleur", &best);
        let mut figures = vec![progress.colored_like(2).smooth().figure()?];
        for (i, parameter) in self.space().parameters().iter().enumerate() {
            let log = match parameter.domain {
                Domain::Int { log, .. } | Domain::Float { log, .. } => log,
                Domain::Choice(_) => continue,
            };
            let at = |trial: &Trial| match &trial.values[i].1 {
                Value::Int(v) => *v as f64,
                Value::Float(v) => *v,
                Value::Choice(_) => f64::NAN,
            };
            let chart = LineChart::new(&parameter.name).axes(&parameter.name, "score");
            let chart = if log { chart.log_x() } else { chart };
            figures.push(self.scores(chart, floor, at).figure()?);
        }
        Figure::compose(&format!("Recherche « {} »", self.name()), &figures, 2)
    }

    /// Adds the score of each trial to `chart`, at the abscissa `at`; those below
    /// `floor` on the edge.
    fn scores(&self, chart: LineChart, floor: f64, at: impl Fn(&Trial) -> f64) -> LineChart {
        let (mut low, mut failed, mut below) = (false, false, Vec::new());
        let (mut finished, mut stopped) = (Vec::new(), Vec::new());
        for trial in self.trials() {
            let score = trial.score().map_or(f64::NAN, finite);
            if score >= floor {
                let points = if trial.stopped { &mut stopped } else { &mut finished };
                points.push((at(trial), score));
            } else {
                below.push(at(trial));
                (low, failed) = (low || score < floor, failed || score.is_nan());
            }
        }
        let mut chart = chart.size(380.0, 280.0);
        for (i, (name, points)) in [("terminés", finished), ("arrêtés", stopped)].iter().enumerate()
        {
            if !points.is_empty() {
                chart = chart.points(name, points).colored_like(i);
            }
        }
        let bound = short(floor);
        let why = match (low, failed) {
            (true, true) => format!("sous {bound} ou en échec"),
            (true, false) => format!("sous {bound}"),
            _ => "en échec".to_owned(),
        };
        chart.below(&format!("{} {why}", french::plural(below.len(), "essai")), &below)
    }

    /// The lowest score that the axis shows.
    ///
    /// As long as half of the trials or more would crowd into the upper tenth
    /// of the axis, the axis becomes that tenth.
    fn floor(&self) -> f64 {
        let mut kept: Vec<f64> =
            self.trials().iter().filter_map(Trial::score).map(finite).collect();
        kept.retain(|score| score.is_finite());
        kept.sort_by(|a, b| b.total_cmp(a));
        let enough = kept.len().div_ceil(2).max(3);
        while let (Some(best), Some(worst)) = (kept.first(), kept.last()) {
            let tenth = best - 0.1 * (best - worst);
            let inside = kept.iter().filter(|score| **score >= tenth).count();
            if inside < enough || inside == kept.len() {
                return *worst;
            }
            kept.truncate(inside);
        }
        f64::NEG_INFINITY
    }

    /// The best score of a finished trial after each trial.
    pub fn best_so_far(&self) -> Vec<(f64, f64)> {
        let mut best = f64::NAN;
        let step = |t: &Trial| {
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
        assert!(figure.alt().contains("1\u{a0}essai en échec (en 6)"), "{}", figure.alt());
        let text = format!("{:?}", search.table());
        let rows: Vec<&str> = text.lines().skip(3).collect();
        assert!(rows[0].starts_with('7') && rows[0].contains("0,9100"), "{text}");
        assert!(rows[5].contains("(arrêté)") && rows[6].contains("échec"), "{text}");
        assert!(search.best_so_far().windows(2).all(|w| w[1].1 >= w[0].1));
    }

    /// A search whose trials, of one epoch each, gave these scores.
    fn told(scores: &[f32]) -> Search {
        let space = SearchSpace::new().float("x", 0.0, 1.0);
        let mut search = Search::random("axe", space, scores.len(), 3).unwrap();
        for score in scores {
            let mut trial = search.ask().unwrap().unwrap();
            trial.report(*score);
            search.tell(trial).unwrap();
        }
        search
    }

    #[test]
    fn failed_trials_do_not_flatten_the_axis() {
        let scores = [0.909, 0.945, 0.9195, 0.961, 0.1075, 0.958, 0.102, 0.867, 0.9735, f32::NAN];
        let search = told(&scores);
        assert_eq!(search.floor(), f64::from(0.909f32));
        let alt = search.plot().unwrap().alt().to_owned();
        assert!(
            alt.contains("4\u{a0}essais sous 0,909 ou en échec (en 5\u{a0}; 7\u{a0}; 8\u{a0}; 10)"),
            "{alt}"
        );
        let low = told(&[0.1, 0.1, 0.97, 0.1, 0.98, 0.96, 0.975]);
        assert_eq!(low.floor(), f64::from(0.96f32));
        assert!(alt.contains("terminés\u{a0}: 6\u{a0}points de 0,909 à 0,9735"), "{alt}");
        // The line of the best begins where the axis does.
        assert!(low.plot().unwrap().alt().contains("meilleur va de 0,97 (en 3) à 0,98 (en 7)"));
        // Scores over the whole range stay where they are, and so do few or equal ones.
        for scores in [&[0.2, 0.4, 0.6, 0.8, 0.9][..], &[0.1, 0.9], &[0.5; 6]] {
            let search = told(scores);
            let alt = search.plot().unwrap().alt().to_owned();
            assert!(!alt.contains("bord inférieur"), "{alt}");
        }
        assert!(told(&[f32::NAN; 3]).plot().is_err());
    }
}
