//! Repeated measures side by side: each measure, the mean, the spread.

use super::figure::{Figure, nothing_to_show};
use super::palette::{self, GREY, INK, RULE};
use super::svg::{Canvas, Style, text_width};
use super::ticks::{Axis, span};
use crate::eval::Spread;
use crate::french;
use crate::{Error, Result};

/// Height of a row, and width of the drawing beside the names.
const ROW: f64 = 34.0;
const WIDTH: f64 = 400.0;

/// The measures of several networks (several seeds, or the folds of a
/// cross-validation): one row each, a disc per measure, a bar for
/// mean ± standard deviation. `label` names the measure.
///
/// # Errors
/// Without rows or measures, or when a measure is not a finite number.
///
/// ```
/// use mnist_tp::prelude::*;
/// let figure = plot_means("Cinq graines", "précision", &[
///     ("petit", &[0.981, 0.979, 0.983]),
///     ("grand", &[0.988, 0.990, 0.987]),
/// ])?;
/// assert!(figure.alt().contains("0,9810 ± 0,0020"));
/// # Ok::<(), Error>(())
/// ```
pub fn plot_means(title: &str, label: &str, rows: &[(&str, &[f32])]) -> Result<Figure> {
    if rows.is_empty() || rows.iter().any(|(_, values)| values.is_empty()) {
        return Err(nothing_to_show("rows", "au moins une ligne, et une mesure par ligne"));
    }
    if let Some((name, _)) = rows.iter().find(|(_, v)| v.iter().any(|v| !v.is_finite())) {
        return Err(Error::parameter(format!("mesures de « {name} »"), "NaN", "des nombres finis"));
    }
    let spreads: Vec<Spread> = rows.iter().map(|(_, values)| Spread::of(values)).collect();
    let ends = spreads.iter().flat_map(|s| [s.mean - s.deviation, s.mean + s.deviation]);
    let values = rows.iter().flat_map(|(_, values)| values.iter().map(|v| f64::from(*v)));
    let axis = Axis::new(span(ends.chain(values)), 6, false, 0.06);
    let left = rows.iter().map(|(name, _)| text_width(name, 13.0)).fold(0.0, f64::max) + 12.0;
    let x = |value: f64| left + WIDTH * (value - axis.low) / (axis.high - axis.low);
    let height = ROW * rows.len() as f64;
    let mut canvas = Canvas::default();
    for (tick, text) in axis.ticks.iter().zip(axis.labels()) {
        canvas.line((x(*tick), 0.0), (x(*tick), height), RULE, 1.0, "");
        canvas.text((x(*tick), height + 16.0), &text, Style::size(12.0).middle());
    }
    canvas.line((left, height), (left + WIDTH, height), GREY, 1.0, "");
    let mut words = Vec::new();
    let numbers = palette::numbers(&rows.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    for (i, ((name, values), spread)) in rows.iter().zip(&spreads).enumerate() {
        let y = ROW * (i as f64 + 0.5);
        let color = palette::curve(numbers[i]);
        let (low, high) = (x(spread.mean - spread.deviation), x(spread.mean + spread.deviation));
        canvas.text((left - 10.0, y + 4.0), name, Style::size(13.0).end());
        canvas.line((low, y), (high, y), color, 2.2, "");
        for end in [low, high] {
            canvas.line((end, y - 5.0), (end, y + 5.0), color, 2.2, "");
        }
        for value in *values {
            let at = x(f64::from(*value));
            canvas.disc((at, y), 3.0, INK, true);
        }
        let middle = x(spread.mean);
        canvas.rect((middle - 2.0, y - 9.0, 4.0, 18.0), color, None);
        let number = |v| french::number(v, 4);
        let text = format!("{} ± {}", number(spread.mean), number(spread.deviation));
        canvas.text((left + WIDTH + 12.0, y + 4.0), &text, Style::size(12.0));
        words.push(format!("{name} : {text}"));
    }
    canvas.text((left + WIDTH / 2.0, height + 36.0), label, Style::size(13.0).middle());
    let alt = format!("{label}, moyenne ± écart type : {}.", words.join(" ; "));
    let width = (left + WIDTH + 130.0).max(text_width(title, 15.0));
    Ok(Figure::new(title, &alt, width, height + 42.0, canvas))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_measure_is_drawn() {
        let rows: [(&str, &[f32]); 2] = [("a", &[0.9, 0.95, 0.92]), ("b", &[0.97])];
        let svg = plot_means("Essai", "précision", &rows).unwrap().svg();
        assert_eq!(svg.matches("<circle").count(), 4);
        assert!(svg.contains("0,9233 ± 0,0252"));
        assert!(plot_means("Essai", "précision", &[]).is_err());
        assert!(plot_means("Essai", "précision", &[("a", &[f32::NAN])]).is_err());
    }
}
