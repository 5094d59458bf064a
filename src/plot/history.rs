//! The story of a training: loss and accuracy, epoch by epoch.

use super::chart::LineChart;
use super::figure::Figure;
use super::table::Table;
use crate::Result;
use crate::display::display;
use crate::french;
use crate::train::History;

impl History {
    /// Loss and accuracy, epoch by epoch, side by side; training and, if there
    /// is one, validation.
    ///
    /// # Errors
    /// Before the first epoch.
    pub fn plot(&self) -> Result<Figure> {
        let title = match self.name.as_str() {
            "" => "Entraînement".to_string(),
            name => format!("Entraînement de « {name} »"),
        };
        Figure::compose(
            &title,
            &[
                panel("Perte", &self.loss, &self.val_loss)?,
                panel("Précision", &self.accuracy, &self.val_accuracy)?,
            ],
            2,
        )
    }

    /// A figure as large as [`History::plot`] gives, with a sentence in the place of
    /// curves that do not exist.
    ///
    /// # Errors
    /// Never, so far: its size is that of any training's curves.
    pub(crate) fn frame(sentence: &str) -> Result<Figure> {
        let any = Self { loss: vec![0.0], accuracy: vec![0.0], ..Self::default() };
        Ok(any.plot()?.blank(sentence))
    }

    /// The epochs as a table.
    pub fn table(&self) -> Table {
        let validated = !self.val_loss.is_empty();
        let mut headers = vec!["époque", "perte", "précision"];
        if validated {
            headers.extend(["perte val.", "précision val."]);
        }
        headers.push("secondes");
        let mut table = Table::new("", &headers);
        let cell = |values: &[f32], i: usize| {
            values.get(i).map_or(String::new(), |v| french::number(f64::from(*v), 4))
        };
        for i in 0..self.epochs() {
            let mut row = vec![(i + 1).to_string(), cell(&self.loss, i), cell(&self.accuracy, i)];
            if validated {
                row.extend([cell(&self.val_loss, i), cell(&self.val_accuracy, i)]);
            }
            row.push(self.seconds.get(i).map_or(String::new(), |s| french::number(*s, 1)));
            table.push(&row);
        }
        table
    }

    /// Shows the curves below the cell (evcxr calls it on the last expression).
    pub fn evcxr_display(&self) {
        match self.plot() {
            Ok(figure) => {
                display(&figure.bundle().with("text/plain", format!("{:?}", self.table())));
            }
            Err(_) => self.table().evcxr_display(),
        }
    }
}

/// Several trainings on the same axes: one colour each, validation dashed.
///
/// # Errors
/// Without histories, or when none has an epoch.
///
/// ```
/// use mnist_tp::prelude::*;
/// let a = History { name: "A".into(), loss: vec![0.9, 0.4], accuracy: vec![0.7, 0.9], ..History::default() };
/// let b = History { name: "B".into(), ..a.clone() };
/// assert!(plot_histories(&[&a, &b])?.alt().contains("B va de"));
/// # Ok::<(), Error>(())
/// ```
pub fn plot_histories(histories: &[&History]) -> Result<Figure> {
    let panel = |title: &str, train: Series, validation: Series| {
        let mut chart = LineChart::new(title).axes("époque", "").size(430.0, 340.0).whole_x();
        for (i, history) in histories.iter().enumerate() {
            let name = match history.name.as_str() {
                "" => format!("n° {}", i + 1),
                name if histories.iter().filter(|h| h.name == name).count() > 1 => {
                    format!("{name} ({})", i + 1)
                }
                name => name.to_string(),
            };
            chart = chart.line(&name, &epochs(train(history))).colored_like(i);
            if !validation(history).is_empty() {
                let name = format!("{name}, validation");
                chart = chart.line(&name, &epochs(validation(history))).dashed_like(i);
            }
        }
        chart.figure()
    };
    Figure::compose(
        "Comparaison des entraînements",
        &[
            panel("Perte", |h| &h.loss, |h| &h.val_loss)?,
            panel("Précision", |h| &h.accuracy, |h| &h.val_accuracy)?,
        ],
        2,
    )
}

/// One series of values of a training.
type Series = fn(&History) -> &[f32];

/// One measure of one training.
fn panel(title: &str, train: &[f32], validation: &[f32]) -> Result<Figure> {
    let mut chart = LineChart::new(title)
        .axes("époque", "")
        .size(400.0, 290.0)
        .whole_x()
        .line("entraînement", &epochs(train));
    if !validation.is_empty() {
        chart = chart.line("validation", &epochs(validation));
    }
    chart.figure()
}

/// Epoch numbers, from 1, with the values.
fn epochs(values: &[f32]) -> Vec<(f64, f64)> {
    values.iter().enumerate().map(|(i, v)| (i as f64 + 1.0, f64::from(*v))).collect()
}
