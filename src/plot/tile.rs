//! One small image of a grid, with the lines of text below it.

use super::palette::{Color, INK, PAPER, RULE};
use super::svg::{Canvas, Style};
use crate::french::plural;
use crate::{Error, Result};

/// One small image: its pixels in RGB and the lines of text below it.
#[derive(Clone, Debug)]
pub(crate) struct Tile {
    rgb: Vec<u8>,
    pub columns: usize,
    pub captions: Vec<(String, Color)>,
}

impl Tile {
    /// A grey image of `columns` pixels a row, 0 the paper and 255 the ink.
    pub fn ink(pixels: &[u8], columns: usize) -> Self {
        Self::mapped(pixels, columns, |v| PAPER.mix(Color(0, 0, 0), f64::from(*v) / 255.0))
    }

    /// An image of any values, coloured by `color`.
    pub fn mapped<T>(values: &[T], columns: usize, color: impl Fn(&T) -> Color) -> Self {
        let rgb = values
            .iter()
            .flat_map(|v| {
                let Color(r, g, b) = color(v);
                [r, g, b]
            })
            .collect();
        Self { rgb, columns, captions: Vec::new() }
    }

    /// A place left empty.
    pub fn empty() -> Self {
        Self { rgb: Vec::new(), columns: 1, captions: Vec::new() }
    }

    /// Adds a line of text below the image.
    pub fn caption(mut self, text: impl Into<String>) -> Self {
        self.captions.push((text.into(), INK));
        self
    }

    /// Adds a coloured line of text below the image.
    pub fn colored_caption(mut self, text: impl Into<String>, color: Color) -> Self {
        self.captions.push((text.into(), color));
        self
    }

    pub fn rows(&self) -> usize {
        (self.rgb.len() / 3).checked_div(self.columns).unwrap_or(0)
    }

    /// Fails when the pixels do not make whole rows.
    pub fn check(&self) -> Result<()> {
        let (pixels, columns) = (self.rgb.len() / 3, self.columns);
        if columns > 0 && pixels.is_multiple_of(columns) {
            return Ok(());
        }
        let found = format!("{} par lignes de {columns}", plural(pixels, "pixel"));
        let expected = "des lignes entières : un nombre de pixels multiple de la largeur";
        Err(Error::parameter("image", found, expected))
    }

    /// Draws the image with its top left corner at `(x, y)`, `width` wide.
    pub fn draw(&self, canvas: &mut Canvas, (x, y): (f64, f64), width: f64, size: f64) {
        if self.rgb.is_empty() {
            return;
        }
        let height = width * self.rows() as f64 / self.columns as f64;
        self.stretched(canvas, (x, y, width, height));
        for (i, (text, color)) in self.captions.iter().enumerate() {
            let at = (x + width / 2.0, y + height + (i as f64 + 1.0) * (size + 2.0));
            canvas.text(at, text, Style::size(size).color(*color).middle());
        }
    }

    /// Draws the image alone into a rectangle of any proportions.
    pub fn stretched(&self, canvas: &mut Canvas, place: (f64, f64, f64, f64)) {
        canvas.image(place, &self.rgb, self.columns);
        canvas.frame(place, RULE, 1.0);
    }
}
