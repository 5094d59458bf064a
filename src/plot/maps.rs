//! What every layer makes of one image, in one figure from top to bottom.

use candle_core::{DType, Tensor};

use super::figure::{Figure, nothing_to_show};
use super::palette::{BLUE, Color, GREY, PAPER, VERMILION};
use super::svg::{Canvas, Style};
use super::tile::Tile;
use crate::french;
use crate::nn::Model;
use crate::{Error, Result};

/// Width of the figure.
const WIDTH: f64 = 820.0;
/// Most height of a sequence's map.
const TALLEST: f64 = 400.0;
/// Most maps of one layer.
const MOST: usize = 32;

/// The outputs of layers for one image, by name: `[1, h, w, c]` as `c` small
/// images, `[1, steps, units]` as one, a row for each step, `[1, units]` as a
/// strip, and up to 12 units as bars with their values.
///
/// Each layer has its own scale: white is zero, dark its largest value, and
/// blue marks negative values.
///
/// # Errors
/// When there is no layer or an output has another shape.
pub fn plot_feature_maps(outputs: &[(String, Tensor)]) -> Result<Figure> {
    if outputs.is_empty() {
        return Err(nothing_to_show("outputs", "la sortie d'au moins une couche"));
    }
    let (mut canvas, mut y, mut words) = (Canvas::default(), 0.0, Vec::new());
    for (name, output) in outputs {
        let values: Vec<f32> = output.to_dtype(DType::F32)?.flatten_all()?.to_vec1()?;
        let (height, text) = match output.dims() {
            [1, h, w, c] if h * w * c > 0 => {
                let title = format!("{name} : {} de {h} × {w}", french::plural(*c, "carte"));
                (maps(&mut canvas, y, &title, &values, (*h, *w, *c)), title)
            }
            [1, steps, units] if steps * units > 0 => {
                let (steps, each) = (french::count(*steps), french::plural(*units, "valeur"));
                let title = format!("{name} : {steps}\u{a0}pas de {each}");
                (sequence(&mut canvas, y, &title, &values, *units), title)
            }
            [1, units] if (1..=12).contains(units) => {
                let title = format!("{name} : {}", french::plural(*units, "neurone"));
                (bars(&mut canvas, y, &title, &values), title)
            }
            [1, units] if *units > 0 => {
                let title = format!("{name} : {}", french::plural(*units, "valeur"));
                (strip(&mut canvas, y, &title, &values), title)
            }
            other => {
                let place = format!("sortie de la couche « {name} »");
                let expected = "[1, h, l, c], [1, pas, n] ou [1, n] (une seule image)";
                return Err(Error::shape(place, other, expected));
            }
        };
        y += height;
        words.push(text);
    }
    let alt = format!("De haut en bas, {}.", words.join(" ; "));
    Ok(Figure::new("Sorties des couches pour une image", &alt, WIDTH, y, canvas))
}

/// Colours of one layer's values.
fn shade(values: &[f32]) -> impl Fn(&f32) -> Color + use<> {
    let largest = values.iter().fold(0f32, |m, v| m.max(v.abs())).max(f32::MIN_POSITIVE);
    move |v| {
        let share = f64::from(v.abs() / largest);
        PAPER.mix(if *v < 0.0 { BLUE } else { Color(0, 0, 0) }, share)
    }
}

fn heading(canvas: &mut Canvas, y: f64, title: &str) {
    canvas.text((0.0, y + 13.0), title, Style::size(13.0).bold());
}

fn maps(
    canvas: &mut Canvas,
    y: f64,
    title: &str,
    values: &[f32],
    (h, w, c): (usize, usize, usize),
) -> f64 {
    let shown = c.min(MOST);
    let title = match shown < c {
        true => format!("{title} (les {shown} premières)"),
        false => title.to_string(),
    };
    heading(canvas, y, &title);
    let per_row = shown.min(16);
    let width = ((WIDTH + 4.0) / per_row as f64 - 4.0).min(72.0);
    let height = width * h as f64 / w as f64;
    let color = shade(values);
    for k in 0..shown {
        let map: Vec<f32> = values.iter().skip(k).step_by(c).copied().collect();
        let at = (
            (k % per_row) as f64 * (width + 4.0),
            y + 20.0 + (k / per_row) as f64 * (height + 4.0),
        );
        Tile::mapped(&map, w, &color).draw(canvas, at, width, 10.0);
    }
    20.0 + shown.div_ceil(per_row) as f64 * (height + 4.0) + 8.0
}

/// One map of a sequence, a step a row. Its pixels need not be square: three
/// steps of 512 values would be a hair.
fn sequence(canvas: &mut Canvas, y: f64, title: &str, values: &[f32], units: usize) -> f64 {
    heading(canvas, y, title);
    let width = WIDTH.min(12.0 * units as f64);
    let height = TALLEST.min(12.0 * (values.len() / units) as f64);
    Tile::mapped(values, units, shade(values)).stretched(canvas, (0.0, y + 20.0, width, height));
    20.0 + height + 12.0
}

fn strip(canvas: &mut Canvas, y: f64, title: &str, values: &[f32]) -> f64 {
    heading(canvas, y, title);
    let columns = values.len().min(100);
    let mut values = values.to_vec();
    let color = shade(&values);
    values.resize(values.len().div_ceil(columns) * columns, 0.0);
    let width = WIDTH.min(12.0 * columns as f64);
    let rows = (values.len() / columns) as f64;
    Tile::mapped(&values, columns, color).draw(canvas, (0.0, y + 20.0), width, 10.0);
    20.0 + rows * width / columns as f64 + 12.0
}

fn bars(canvas: &mut Canvas, y: f64, title: &str, values: &[f32]) -> f64 {
    heading(canvas, y, title);
    let (step, tall) = (54.0, 60.0);
    let largest = values.iter().fold(0f32, |m, v| m.max(v.abs())).max(f32::MIN_POSITIVE);
    let best = values.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map(|(i, _)| i);
    let floor = y + 36.0 + tall;
    for (i, value) in values.iter().enumerate() {
        let height = tall * f64::from(value.abs() / largest);
        let x = i as f64 * step;
        let color = if best == Some(i) { VERMILION } else { BLUE };
        canvas.rect((x + 6.0, floor - height, step - 12.0, height), color, None);
        let middle = x + step / 2.0;
        let value = french::number(f64::from(*value), 3);
        canvas.text((middle, floor - height - 4.0), &value, Style::size(11.0).middle());
        canvas.text((middle, floor + 14.0), &i.to_string(), Style::size(12.0).bold().middle());
    }
    canvas.line((0.0, floor), (values.len() as f64 * step, floor), GREY, 1.0, "");
    36.0 + tall + 28.0
}

impl Model {
    /// One image `x`, `[1, …]`, and what every layer makes of it.
    ///
    /// # Errors
    /// When `x` is not one image of the shape that the network takes.
    pub fn plot_feature_maps(&self, x: &Tensor) -> Result<Figure> {
        if x.dims().first() != Some(&1) {
            let expected = "une seule image, [1, …] (voyez `narrow(0, i, 1)`)";
            return Err(Error::shape("x", x.dims(), expected));
        }
        let image = match x.dims() {
            [1, 784] => x.reshape((1, 28, 28, 1))?,
            _ => x.clone(),
        };
        let mut outputs = vec![("entrée".to_string(), image)];
        outputs.extend(self.forward_all(x)?);
        plot_feature_maps(&outputs)
    }
}
