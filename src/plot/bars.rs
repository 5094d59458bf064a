//! Bars: values by name, probabilities of the classes.

use candle_core::{DType, Tensor};

use super::figure::{Figure, nothing_to_show};
use super::grid::pixels;
use super::palette::{BLUE, EDGE, GREY, INK, RULE, VERMILION};
use super::svg::{Canvas, Style, text_width};
use super::tile::Tile;
use crate::data::Dataset;
use crate::eval::classes;
use crate::french::{self, count, percent};
use crate::{Error, Result};

/// Horizontal bars, one per name, with their values (`digits` decimals).
///
/// # Errors
/// Without bars, or when a value is not a finite number.
///
/// ```
/// use mnist_tp::prelude::*;
/// let figure = plot_bars("Précision", &[("dense", 0.978), ("CNN", 0.991)], 3)?;
/// assert!(figure.alt().contains("CNN"));
/// # Ok::<(), Error>(())
/// ```
pub fn plot_bars(title: &str, bars: &[(&str, f64)], digits: usize) -> Result<Figure> {
    if bars.is_empty() {
        return Err(nothing_to_show("bars", "au moins une barre"));
    }
    if let Some((name, value)) = bars.iter().find(|(_, v)| !v.is_finite()) {
        return Err(Error::parameter(format!("barre « {name} »"), value, "un nombre fini"));
    }
    let left = bars.iter().map(|(name, _)| text_width(name, 13.0)).fold(0.0, f64::max) + 8.0;
    let low = bars.iter().map(|(_, v)| *v).fold(0.0, f64::min);
    let high = bars.iter().map(|(_, v)| *v).fold(0.0, f64::max);
    let scale = 380.0 / (high - low).max(f64::MIN_POSITIVE);
    let zero = left - low * scale;
    let mut canvas = Canvas::default();
    let mut words = Vec::new();
    for (i, (name, value)) in bars.iter().enumerate() {
        let y = 26.0 * i as f64;
        let text = french::number(*value, digits);
        let (x, wide) = if *value < 0.0 {
            (zero + value * scale, -value * scale)
        } else {
            (zero, value * scale)
        };
        canvas.rect((x, y + 2.0, wide, 20.0), BLUE, None);
        canvas.text((left - 8.0, y + 17.0), name, Style::size(13.0).end());
        canvas.text((x + wide + 6.0, y + 17.0), &text, Style::size(12.0));
        words.push(format!("{name} : {text}"));
    }
    let height = 26.0 * bars.len() as f64;
    canvas.line((zero, 0.0), (zero, height), GREY, 1.0, "");
    let alt = format!("Barres, {}.", words.join(" ; "));
    let width = (left + 380.0 + 70.0).max(text_width(title, 15.0));
    Ok(Figure::new(title, &alt, width, height, canvas))
}

/// The ten bars beside a digit: `truth` in blue, the wrong winner in vermilion.
fn probability_bars(canvas: &mut Canvas, (x, y): (f64, f64), probabilities: &[f32], truth: usize) {
    let row = 110.0 / probabilities.len().max(1) as f64;
    let winner = winner(probabilities);
    for (class, p) in probabilities.iter().enumerate() {
        let top = y + row * class as f64;
        let color = match class {
            c if c == truth => BLUE,
            c if c == winner => VERMILION,
            _ => EDGE,
        };
        // Where all bars but one are empty, the name alone tells the true class.
        let name = Style::size(10.0).end();
        let name = if class == truth || class == winner { name.color(color).bold() } else { name };
        canvas.text((x + 8.0, top + row - 2.0), &class.to_string(), name);
        let wide = 70.0 * f64::from(p.clamp(0.0, 1.0));
        canvas.rect((x + 12.0, top + 1.0, wide, row - 2.0), color, None);
        if *p >= 0.01 {
            let at = (x + 15.0 + wide, top + row - 2.0);
            canvas.text(at, &percent(f64::from(*p), 0), Style::size(10.0).color(INK));
        }
    }
    canvas.line((x + 12.0, y), (x + 12.0, y + 110.0), RULE, 1.0, "");
}

fn winner(probabilities: &[f32]) -> usize {
    let best =
        probabilities.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(&a.0)));
    best.map_or(0, |(class, _)| class)
}

/// The misclassified digits of `set` with the probabilities of their classes as
/// bars, the most confident mistakes first, at most `max`. `probabilities`:
/// `[n, classes]`, what `predict` returns.
///
/// # Errors
/// When there is not one row per image, or no mistake.
pub fn show_errors_with_bars(set: &Dataset, probabilities: &Tensor, max: usize) -> Result<Figure> {
    if probabilities.rank() != 2 || probabilities.dims()[0] != set.len() {
        let expected = format!("[{}, classes], une ligne par image de {}", set.len(), set.name);
        return Err(Error::shape("probabilities", probabilities.dims(), expected));
    }
    let rows = probabilities.to_dtype(DType::F32)?.to_vec2::<f32>()?;
    let labels = classes("labels", &set.labels)?;
    let mut wrong: Vec<u32> = (0..set.len() as u32)
        .filter(|i| winner(&rows[*i as usize]) != labels[*i as usize] as usize)
        .collect();
    let all = wrong.len();
    let confidence = |i: &u32| rows[*i as usize].iter().copied().fold(0f32, f32::max);
    wrong.sort_by(|a, b| confidence(b).total_cmp(&confidence(a)).then(a.cmp(b)));
    wrong.truncate(max.min(100));
    if wrong.is_empty() {
        return Err(nothing_to_show("erreurs", "au moins un chiffre mal classé"));
    }
    let (bytes, h, w) = pixels(&set.select(&wrong)?.images)?;
    let (mut canvas, mut words) = (Canvas::default(), Vec::new());
    let columns = wrong.len().min(4);
    for (k, (image, i)) in bytes.chunks_exact(h * w).zip(&wrong).enumerate() {
        let (x, y) = ((k % 4) as f64 * 215.0, (k / 4) as f64 * 142.0);
        let (truth, row) = (labels[*i as usize] as usize, &rows[*i as usize]);
        let guess = winner(row);
        let text = format!("n° {i} : {truth} pris pour {guess}");
        canvas.text((x, y + 12.0), &text, Style::size(12.0).bold());
        Tile::ink(image, w).draw(&mut canvas, (x, y + 20.0), 84.0, 10.0);
        probability_bars(&mut canvas, (x + 92.0, y + 18.0), row, truth);
        words.push(format!("{text} ({})", percent(f64::from(row[guess]), 0)));
    }
    let title = format!(
        "Erreurs les plus sûres d'elles : {} sur {} (bleu : classe réelle ; orangé : classe prédite)",
        count(wrong.len()),
        count(all)
    );
    let width = (215.0 * columns as f64).max(text_width(&title, 15.0));
    let height = 142.0 * wrong.len().div_ceil(4) as f64 - 10.0;
    Ok(Figure::new(&title, &format!("{}.", words.join(" ; ")), width, height, canvas))
}

/// One image's probabilities, `[classes]` or `[1, classes]`, as bars.
///
/// # Errors
/// When the tensor has another shape.
pub fn plot_probabilities(title: &str, probabilities: &Tensor) -> Result<Figure> {
    if !matches!(probabilities.dims(), [_] | [1, _]) {
        let expected = "[classes] ou [1, classes] (une seule image)";
        return Err(Error::shape("probabilities", probabilities.dims(), expected));
    }
    let values: Vec<f32> = probabilities.to_dtype(DType::F32)?.flatten_all()?.to_vec1()?;
    let names: Vec<String> = (0..values.len()).map(|class| class.to_string()).collect();
    let bars: Vec<(&str, f64)> =
        names.iter().map(String::as_str).zip(values.iter().map(|v| f64::from(*v))).collect();
    plot_bars(title, &bars, 3)
}
