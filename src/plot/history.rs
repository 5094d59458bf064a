//! The story of a training: loss and accuracy, epoch by epoch.

use super::chart::LineChart;
use super::draw::Mark;
use super::figure::Figure;
use super::legend::{Entry, legend, legends};
use super::palette::{GREY, curve, numbers};
use super::svg::Canvas;
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
        let validated = !self.val_loss.is_empty();
        let names = [("entraînement", 0), ("validation", 1)];
        let entries: Vec<Entry<'_>> =
            names[..1 + usize::from(validated)].iter().map(|(name, i)| entry(name, *i)).collect();
        let mut head = Canvas::default();
        let height = legend(&mut head, &entries, 2.0 * PANEL);
        let panels = [
            panel("Perte", &self.loss, &self.val_loss)?,
            panel("Précision", &self.accuracy, &self.val_accuracy)?,
        ];
        Ok(Figure::under(&title, (head, height), &panels, 2))
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
    let names: Vec<String> = histories
        .iter()
        .enumerate()
        .map(|(i, history)| match history.name.as_str() {
            "" => format!("n° {}", i + 1),
            name if histories.iter().filter(|h| h.name == name).count() > 1 => {
                format!("{name} ({})", i + 1)
            }
            name => name.to_string(),
        })
        .collect();
    let numbers = numbers(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let panel = |title: &str, train: Series, validation: Series| {
        let mut chart = LineChart::new(title).axes("époque", "").size(PANEL, 320.0).whole_x();
        for ((history, name), number) in histories.iter().zip(&names).zip(&numbers) {
            chart = chart.line(name, &epochs(train(history))).numbered(*number);
            if !validation(history).is_empty() {
                let name = format!("{name}, validation");
                chart = chart.line(&name, &epochs(validation(history))).numbered(*number).dashed();
            }
        }
        chart.bare().figure()
    };
    let panels = [
        panel("Perte", |h| &h.loss, |h| &h.val_loss)?,
        panel("Précision", |h| &h.accuracy, |h| &h.val_accuracy)?,
    ];
    let mut head = Canvas::default();
    let entries: Vec<Entry<'_>> =
        names.iter().zip(&numbers).map(|(name, number)| entry(name, *number)).collect();
    let style = |name, dash| Entry { name, color: GREY, line: Some((dash, 2.0)), mark: None };
    let styles = [style("trait plein : entraînement", ""), style("tirets : validation", "5 3")];
    let has_validation = histories.iter().any(|h| !h.val_loss.is_empty());
    let styles = if has_validation { &styles[..] } else { &[] };
    let height = legends(&mut head, &[&entries, styles], 2.0 * PANEL);
    Ok(Figure::under("Comparaison des entraînements", (head, height), &panels, 2))
}

/// Width of one measure's chart.
const PANEL: f64 = 430.0;

/// A name in the legend, with the colour of this number.
fn entry(name: &str, number: usize) -> Entry<'_> {
    let (color, mark) = (curve(number), Some(Mark::of(number)));
    Entry { name, color, line: Some(("", 2.0)), mark }
}

/// One series of values of a training.
type Series = fn(&History) -> &[f32];

/// One measure of one training.
fn panel(title: &str, train: &[f32], validation: &[f32]) -> Result<Figure> {
    let mut chart = LineChart::new(title)
        .axes("époque", "")
        .size(PANEL, 290.0)
        .whole_x()
        .bare()
        .line("entraînement", &epochs(train))
        .numbered(0);
    if !validation.is_empty() {
        chart = chart.line("validation", &epochs(validation)).numbered(1);
    }
    chart.figure()
}

/// Epoch numbers, from 1, with the values.
fn epochs(values: &[f32]) -> Vec<(f64, f64)> {
    values.iter().enumerate().map(|(i, v)| (i as f64 + 1.0, f64::from(*v))).collect()
}
