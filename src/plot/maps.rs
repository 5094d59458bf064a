//! What every layer makes of one image, in one figure from top to bottom.

use candle_core::{DType, Tensor};

use super::figure::{Figure, nothing_to_show};
use super::palette::{BLUE, GREY, VERMILION};
use super::svg::{Canvas, Style, text_width};
use super::tile::Tile;
use crate::french;
use crate::nn::Model;
use crate::{Error, Result};

/// Most width of the figure.
const WIDTH: f64 = 820.0;
/// Most height of a sequence's map.
const TALLEST: f64 = 400.0;
/// Most maps of one layer.
const MOST: usize = 32;

/// The outputs of layers for one image, by name: `[1, h, w, c]` as `c` small
/// images, `[1, steps, units]` as one, a row for each step, `[1, units]` as a
/// strip, and up to 12 units as bars with their values.
///
/// Each layer has its own scale: the paper is zero, full ink its largest value,
/// and blue marks negative values. A single output gives the figure its title.
///
/// # Errors
/// When there is no layer or an output has another shape.
pub fn plot_feature_maps(outputs: &[(String, Tensor)]) -> Result<Figure> {
    if outputs.is_empty() {
        return Err(nothing_to_show("outputs", "la sortie d'au moins une couche"));
    }
    let mut sheet = Sheet { headed: outputs.len() > 1, ..Sheet::default() };
    let mut words = Vec::new();
    for (name, output) in outputs {
        let values: Vec<f32> = output.to_dtype(DType::F32)?.flatten_all()?.to_vec1()?;
        let text = match output.dims() {
            [1, h, w, c] if h * w * c > 0 => {
                let title = format!("{name} : {} de {h} × {w}", french::plural(*c, "carte"));
                sheet.maps(&title, &values, (*h, *w, *c))
            }
            [1, steps, units] if steps * units > 0 => {
                let (steps, each) = (french::count(*steps), french::plural(*units, "valeur"));
                let title = format!("{name} : {steps}\u{a0}pas de {each}");
                sheet.sequence(&title, &values, *units)
            }
            [1, units] if (1..=12).contains(units) => {
                let title = format!("{name} : {}", french::plural(*units, "neurone"));
                sheet.bars(&title, &values)
            }
            [1, units] if *units > 0 => {
                let title = format!("{name} : {}", french::plural(*units, "valeur"));
                sheet.strip(&title, &values)
            }
            other => {
                let place = format!("sortie de la couche « {name} »");
                let expected = "[1, h, l, c], [1, pas, n] ou [1, n] (une seule image)";
                return Err(Error::shape(place, other, expected));
            }
        };
        words.push(text);
    }
    let Sheet { canvas, y, width, .. } = sheet;
    if let [text] = words.as_slice() {
        let alt = format!("{text}, pour une image.");
        return Ok(Figure::new(text, &alt, width, y, canvas));
    }
    let alt = format!("De haut en bas, {}.", words.join(" ; "));
    Ok(Figure::new("Sorties des couches pour une image", &alt, width, y, canvas))
}

/// A layer's values on its own scale, from −1 to 1.
fn scaled(values: &[f32]) -> Vec<f32> {
    let largest = values.iter().fold(0f32, |m, v| m.max(v.abs())).max(f32::MIN_POSITIVE);
    values.iter().map(|v| v / largest).collect()
}

/// The figure under construction: each output below the one before.
#[derive(Default)]
struct Sheet {
    canvas: Canvas,
    /// Where the next output begins.
    y: f64,
    width: f64,
    /// Whether each output has its title.
    headed: bool,
}

impl Sheet {
    /// Begins an output, and gives its title back.
    fn heading(&mut self, title: &str) -> String {
        if self.headed {
            self.canvas.text((0.0, self.y + 13.0), title, Style::size(13.0).bold());
            self.width = self.width.max(text_width(title, 13.0));
            self.y += 20.0;
        }
        title.to_owned()
    }

    /// Ends an output of this size.
    fn grow(&mut self, width: f64, height: f64) {
        self.width = self.width.max(width);
        self.y += height;
    }

    /// The maps of a convolution, numbered: the fewer, the larger.
    fn maps(&mut self, title: &str, values: &[f32], (h, w, c): (usize, usize, usize)) -> String {
        let shown = c.min(MOST);
        let title = self.heading(&match shown < c {
            true => format!("{title} (les {shown} premières)"),
            false => title.to_string(),
        });
        let per_row = if shown <= 8 { shown } else { shown.div_ceil(shown.div_ceil(16)) };
        let most = if shown <= 4 { 168.0 } else { 96.0 };
        let width = ((WIDTH + 6.0) / per_row as f64 - 6.0).min(most);
        let height = width * h as f64 / w as f64;
        let numbers = if c > 1 { 16.0 } else { 0.0 };
        let values = scaled(values);
        for k in 0..shown {
            let map: Vec<f32> = values.iter().skip(k).step_by(c).copied().collect();
            let x = (k % per_row) as f64 * (width + 6.0);
            let y = self.y + (k / per_row) as f64 * (height + numbers + 6.0);
            let tile = Tile::response(&map, w);
            let tile = if c > 1 { tile.colored_caption(format!("n° {k}"), GREY) } else { tile };
            tile.draw(&mut self.canvas, (x, y), width, 11.0);
        }
        let rows = shown.div_ceil(per_row) as f64;
        self.grow(per_row as f64 * (width + 6.0) - 6.0, rows * (height + numbers + 6.0) + 8.0);
        title
    }

    /// One map of a sequence, a step a row. Its pixels need not be square: three
    /// steps of 512 values would be a hair.
    fn sequence(&mut self, title: &str, values: &[f32], units: usize) -> String {
        let title = self.heading(title);
        let width = WIDTH.min(12.0 * units as f64);
        let height = TALLEST.min(12.0 * (values.len() / units) as f64);
        let place = (0.0, self.y, width, height);
        Tile::response(&scaled(values), units).stretched(&mut self.canvas, place);
        self.grow(width, height + 12.0);
        title
    }

    fn strip(&mut self, title: &str, values: &[f32]) -> String {
        let title = self.heading(title);
        let columns = values.len().min(100);
        let mut values = scaled(values);
        values.resize(values.len().div_ceil(columns) * columns, 0.0);
        let width = WIDTH.min(12.0 * columns as f64);
        let rows = (values.len() / columns) as f64;
        Tile::response(&values, columns).draw(&mut self.canvas, (0.0, self.y), width, 10.0);
        self.grow(width, rows * width / columns as f64 + 12.0);
        title
    }

    fn bars(&mut self, title: &str, values: &[f32]) -> String {
        let title = self.heading(title);
        let (step, tall) = (54.0, 60.0);
        let best = values.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map(|(i, _)| i);
        let floor = self.y + 16.0 + tall;
        for (i, (value, share)) in values.iter().zip(scaled(values)).enumerate() {
            let height = tall * f64::from(share.abs());
            let x = i as f64 * step;
            let color = if best == Some(i) { VERMILION } else { BLUE };
            self.canvas.rect((x + 6.0, floor - height, step - 12.0, height), color, None);
            let middle = x + step / 2.0;
            let value = french::number(f64::from(*value), 3);
            let style = Style::size(11.0).middle();
            self.canvas.text((middle, floor - height - 4.0), &value, style);
            let style = Style::size(12.0).bold().middle();
            self.canvas.text((middle, floor + 14.0), &i.to_string(), style);
        }
        let width = values.len() as f64 * step;
        self.canvas.line((0.0, floor), (width, floor), GREY, 1.0, "");
        self.grow(width, 16.0 + tall + 28.0);
        title
    }
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
