//! One small image of a grid, with the lines of text below it.
//!
//! An image is ink on paper: black on white in a light page, light on black in a
//! dark one. Where a value has a sign or a heat, a colour lies over the ink.

use image::ExtendedColorType;

use super::palette::{BLANK, Color, INK, RULE};
use super::svg::{Canvas, Style};
use crate::french::plural;
use crate::{Error, Result};

/// The colours that lie over the ink, on either paper: what is negative, and what
/// is positive or hot.
const COLD: [u8; 3] = [0, 114, 178];
const WARM: [u8; 3] = [213, 94, 0];

/// One small image: its pixels and the lines of text below it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tile {
    /// The ink of each pixel, none where there is no ink at all.
    ink: Vec<u8>,
    /// The colour over each pixel and how much of it, none where there is none.
    tint: Vec<[u8; 4]>,
    /// A photograph stays as it is on every page.
    photo: bool,
    pub columns: usize,
    pub captions: Vec<(String, Color)>,
}

impl Tile {
    /// A grey image of `columns` pixels a row, 0 the paper and 255 the ink.
    pub fn ink(pixels: &[u8], columns: usize) -> Self {
        Self { ink: pixels.to_vec(), columns, ..Self::default() }
    }

    /// A photograph, from 0 (white) to 255 (black).
    pub fn photo(pixels: &[u8], columns: usize) -> Self {
        Self { photo: true, ..Self::ink(pixels, columns) }
    }

    /// Weights from −1 to 1, blue through paper to vermilion.
    pub fn signed(values: &[f32], columns: usize) -> Self {
        let tint = |v: &f32| tint(if *v < 0.0 { COLD } else { WARM }, v.abs());
        Self { tint: values.iter().map(tint).collect(), columns, ..Self::default() }
    }

    /// Responses from −1 to 1: ink where they are positive, blue where negative.
    pub fn response(values: &[f32], columns: usize) -> Self {
        let ink = values.iter().map(|v| byte(*v)).collect();
        let cold = values.iter().any(|v| *v < 0.0);
        let tint = |v: &f32| tint(COLD, (-v).max(0.0));
        let tint = if cold { values.iter().map(tint).collect() } else { Vec::new() };
        Self { ink, tint, columns, ..Self::default() }
    }

    /// How hot each pixel is, from 0 to 1, over an image that may be empty.
    pub fn heat(image: &[f32], values: &[f32], columns: usize) -> Self {
        let ink = image.iter().map(|v| byte(*v)).collect();
        let tint = values.iter().map(|v| tint(WARM, *v)).collect();
        Self { ink, tint, columns, ..Self::default() }
    }

    /// A place left empty.
    pub fn empty() -> Self {
        Self { columns: 1, ..Self::default() }
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
        self.pixels().checked_div(self.columns).unwrap_or(0)
    }

    fn pixels(&self) -> usize {
        self.ink.len().max(self.tint.len())
    }

    /// Fails when the pixels do not make whole rows.
    pub fn check(&self) -> Result<()> {
        let (pixels, columns) = (self.pixels(), self.columns);
        if columns > 0 && pixels.is_multiple_of(columns) {
            return Ok(());
        }
        let found = format!("{} par lignes de {columns}", plural(pixels, "pixel"));
        let expected = "des lignes entières : un nombre de pixels multiple de la largeur";
        Err(Error::parameter("image", found, expected))
    }

    /// Draws the image with its top left corner at `(x, y)`, `width` wide.
    pub fn draw(&self, canvas: &mut Canvas, (x, y): (f64, f64), width: f64, size: f64) {
        if self.pixels() == 0 {
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
        canvas.rect(place, BLANK, None);
        if self.photo {
            let shown: Vec<u8> = self.ink.iter().map(|v| 255 - v).collect();
            canvas.image(place, (&shown, ExtendedColorType::L8), self.columns, false);
        } else if !self.ink.is_empty() {
            canvas.image(place, (&self.ink, ExtendedColorType::L8), self.columns, true);
        }
        if !self.tint.is_empty() {
            let tint = self.tint.as_flattened();
            canvas.image(place, (tint, ExtendedColorType::Rgba8), self.columns, false);
        }
        canvas.frame(place, RULE, 1.0);
    }
}

/// A share as a byte.
fn byte(share: f32) -> u8 {
    (255.0 * share).round() as u8
}

/// `share` of a colour.
fn tint([r, g, b]: [u8; 3], share: f32) -> [u8; 4] {
    [r, g, b, byte(share)]
}
