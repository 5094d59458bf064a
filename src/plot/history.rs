//! The story of a training: loss and accuracy, epoch by epoch.
#![allow(dead_code)]

use super::chart::LineChart;
use super::figure::Figure;
use crate::Result;

/// One training, as its curves need it.
pub(crate) struct Run<'a> {
    pub name: &'a str,
    pub loss: &'a [f32],
    pub accuracy: &'a [f32],
    pub val_loss: &'a [f32],
    pub val_accuracy: &'a [f32],
}

/// Epoch numbers, from 1, with the values.
fn epochs(values: &[f32]) -> Vec<(f64, f64)> {
    values.iter().enumerate().map(|(i, v)| (i as f64 + 1.0, f64::from(*v))).collect()
}

/// Loss and accuracy side by side, training and validation in each.
pub(crate) fn plot_run(run: &Run<'_>) -> Result<Figure> {
    let panel = |title: &str, train: &[f32], validation: &[f32]| {
        let mut chart = LineChart::new(title)
            .axes("époque", "")
            .size(400.0, 290.0)
            .whole_x()
            .line("entraînement", &epochs(train));
        if !validation.is_empty() {
            chart = chart.line("validation", &epochs(validation));
        }
        chart.figure()
    };
    let title = match run.name {
        "" => "Entraînement".to_string(),
        name => format!("Entraînement de « {name} »"),
    };
    Figure::compose(
        &title,
        &[
            panel("Perte", run.loss, run.val_loss)?,
            panel("Précision", run.accuracy, run.val_accuracy)?,
        ],
        2,
    )
}

/// One series of values of a training.
type Series = fn(&Run<'_>) -> Vec<f32>;

/// Several trainings on the same axes: one colour each, validation dashed.
pub(crate) fn plot_runs(runs: &[Run<'_>]) -> Result<Figure> {
    let panel = |title: &str, train: Series, val: Series| {
        let mut chart = LineChart::new(title).axes("époque", "").size(430.0, 340.0).whole_x();
        for (i, run) in runs.iter().enumerate() {
            let name =
                if run.name.is_empty() { format!("n° {}", i + 1) } else { run.name.to_string() };
            chart = chart.line(&name, &epochs(&train(run))).colored_like(i);
            if !val(run).is_empty() {
                chart =
                    chart.line(&format!("{name}, validation"), &epochs(&val(run))).dashed_like(i);
            }
        }
        chart.figure()
    };
    Figure::compose(
        "Comparaison des entraînements",
        &[
            panel("Perte", |r| r.loss.to_vec(), |r| r.val_loss.to_vec())?,
            panel("Précision", |r| r.accuracy.to_vec(), |r| r.val_accuracy.to_vec())?,
        ],
        2,
    )
}
