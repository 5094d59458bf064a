//! Grids of small images, each with its caption.

use std::ops::Range;

use candle_core::{DType, Tensor};

use super::figure::{Figure, nothing_to_show};
use super::palette::GREY;
use super::svg::{Canvas, Style, text_width};
use super::tile::Tile;
use crate::french::plural;
use crate::{Error, Result};

/// Most images in one figure: beyond, the page becomes too heavy.
pub const MAX_IMAGES: usize = 400;

/// A grid of small images under construction: see [`show_images`] for the
/// common case.
#[derive(Clone, Debug)]
pub struct ImageGrid {
    title: String,
    alt: String,
    tiles: Vec<Tile>,
    columns: usize,
    width: f64,
    row_labels: Vec<String>,
    note: String,
}

impl ImageGrid {
    /// An empty grid of 12 columns.
    pub fn new(title: &str) -> Self {
        Self {
            title: title.to_string(),
            alt: String::new(),
            tiles: Vec::new(),
            columns: 12,
            width: 56.0,
            row_labels: Vec::new(),
            note: String::new(),
        }
    }

    /// The title.
    #[must_use]
    pub fn title(mut self, title: &str) -> Self {
        self.title = title.to_string();
        self
    }

    /// How many images stand in a row.
    #[must_use]
    pub fn columns(mut self, columns: usize) -> Self {
        self.columns = columns.max(1);
        self
    }

    /// The width of an image on the page, in pixels.
    #[must_use]
    pub fn image_width(mut self, width: f64) -> Self {
        self.width = width.clamp(4.0, 800.0);
        self
    }

    /// What the figure shows, in words; made from the captions when absent.
    #[must_use]
    pub fn describe(mut self, alt: impl Into<String>) -> Self {
        self.alt = alt.into();
        self
    }

    /// A text to the left of each row.
    #[must_use]
    pub fn row_labels(mut self, labels: Vec<String>) -> Self {
        self.row_labels = labels;
        self
    }

    /// A line of text below the grid.
    #[must_use]
    pub fn note(mut self, note: &str) -> Self {
        self.note = note.to_string();
        self
    }

    /// Adds an image of bytes (0 paper, 255 ink), `columns` a row; [`figure()`](Self::figure)
    /// fails when they are not whole rows.
    #[must_use]
    pub fn image(self, pixels: &[u8], columns: usize, caption: &str) -> Self {
        let tile = Tile::ink(pixels, columns);
        self.tile(if caption.is_empty() { tile } else { tile.caption(caption) })
    }

    pub(crate) fn tile(mut self, tile: Tile) -> Self {
        self.tiles.push(tile);
        self
    }

    /// Draws the grid.
    ///
    /// # Errors
    /// Without images, with more than [`MAX_IMAGES`], or when the pixels of one
    /// are not whole rows.
    pub fn figure(&self) -> Result<Figure> {
        check_count(self.tiles.len())?;
        self.tiles.iter().try_for_each(Tile::check)?;
        let size = 12.0;
        let lines = self.tiles.iter().map(|t| t.captions.len()).max().unwrap_or(0);
        let widest = self
            .tiles
            .iter()
            .flat_map(|t| &t.captions)
            .map(|(text, _)| text_width(text, size))
            .fold(0.0, f64::max);
        let height = self
            .tiles
            .iter()
            .map(|t| self.width * t.rows() as f64 / t.columns as f64)
            .fold(0.0, f64::max);
        let step_x = (self.width + 6.0).max(widest + 4.0);
        let step_y = height + 6.0 + if lines > 0 { lines as f64 * (size + 2.0) + 4.0 } else { 0.0 };
        let columns = self.columns.min(self.tiles.len());
        let rows = self.tiles.len().div_ceil(self.columns);
        let left = self.row_labels.iter().map(|l| text_width(l, 13.0) + 8.0).fold(0.0, f64::max);
        let mut canvas = Canvas::default();
        for (i, label) in self.row_labels.iter().take(rows).enumerate() {
            let at = (left - 8.0, i as f64 * step_y + height / 2.0 + 5.0);
            canvas.text(at, label, Style::size(13.0).bold().end());
        }
        for (i, tile) in self.tiles.iter().enumerate() {
            let x = left + (i % self.columns) as f64 * step_x + (step_x - self.width) / 2.0;
            let y = (i / self.columns) as f64 * step_y;
            tile.draw(&mut canvas, (x, y), self.width, size);
        }
        let mut width = (left + columns as f64 * step_x).max(text_width(&self.title, 15.0));
        let mut height = rows as f64 * step_y;
        if !self.note.is_empty() {
            height += 16.0;
            canvas.text((0.0, height - 3.0), &self.note, Style::size(11.0).color(GREY));
            width = width.max(text_width(&self.note, 10.0));
        }
        Ok(Figure::new(&self.title, &self.alternative(), width, height, canvas))
    }

    fn alternative(&self) -> String {
        if !self.alt.is_empty() {
            return self.alt.clone();
        }
        let captions: Vec<String> = self
            .tiles
            .iter()
            .filter(|t| !t.captions.is_empty())
            .map(|t| {
                t.captions.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>().join(", ")
            })
            .collect();
        let count = plural(self.tiles.len(), "image");
        if captions.is_empty() {
            format!("{count}.")
        } else {
            format!("{count}, avec pour légendes : {}.", captions.join(" ; "))
        }
    }
}

/// Fails when a figure would have no image, or too many.
pub(crate) fn check_count(count: usize) -> Result<()> {
    match count {
        0 => Err(nothing_to_show("images", "au moins une image à montrer")),
        n if n > MAX_IMAGES => Err(Error::parameter(
            "images",
            n,
            format!("au plus {MAX_IMAGES} images par figure (choisissez un intervalle plus court)"),
        )),
        _ => Ok(()),
    }
}

/// `range` checked against a set of `len` images.
pub(crate) fn check_range(range: &Range<usize>, len: usize) -> Result<()> {
    if range.start >= range.end || range.end > len {
        return Err(Error::parameter(
            "intervalle",
            format!("{}..{}", range.start, range.end),
            format!("un intervalle non vide entre 0 et {len}"),
        ));
    }
    check_count(range.len())
}

/// Images of a tensor as bytes: `(pixels, rows, columns)`, all images one after
/// the other.
///
/// Takes `[n, h, w]`, `[n, h, w, 1]` or `[n, 784]`; bytes as they are, other
/// types as numbers from 0 to 1 (or from 0 to 255 when some exceed 2), cut at
/// both ends.
pub(crate) fn pixels(images: &Tensor) -> Result<(Vec<u8>, usize, usize)> {
    let (rows, columns) = match images.dims() {
        [_, h, w] | [_, h, w, 1] => (*h, *w),
        [_, 784] => (28, 28),
        other => {
            return Err(Error::shape("images", other, "[n, h, l], [n, h, l, 1] ou [n, 784]"));
        }
    };
    let flat = images.flatten_all()?;
    if images.dtype() == DType::U8 {
        return Ok((flat.to_vec1()?, rows, columns));
    }
    let values: Vec<f32> = flat.to_dtype(DType::F32)?.to_vec1()?;
    let scale = if is_share(images)? { 255.0 } else { 1.0 };
    Ok((values.iter().map(|v| (v * scale).round() as u8).collect(), rows, columns))
}

/// Whether the numbers of images go from 0 to 1, not to 255.
pub(crate) fn is_share(images: &Tensor) -> Result<bool> {
    let values: Vec<f32> = images.flatten_all()?.to_dtype(DType::F32)?.to_vec1()?;
    Ok(values.iter().all(|v| *v <= 2.0 || v.is_nan()))
}

/// A grid of the images of a tensor: `[n, h, w]`, `[n, h, w, 1]` or `[n, 784]`,
/// bytes or numbers from 0 to 1. `captions` are empty or one per image.
///
/// # Errors
/// When the shape is another one, the captions are not as many as the images,
/// or there are more than [`MAX_IMAGES`] images.
///
/// ```
/// use mnist_tp::prelude::*;
/// let images = Tensor::zeros((3, 28, 28), DType::U8, &Device::Cpu)?;
/// let figure = show_images("Trois pages blanches", &images, &[])?;
/// assert!(figure.svg().contains("Trois pages blanches"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn show_images(title: &str, images: &Tensor, captions: &[&str]) -> Result<Figure> {
    let (bytes, rows, columns) = pixels(images)?;
    let count = images.dims()[0];
    check_count(count)?;
    if !captions.is_empty() && captions.len() != count {
        return Err(Error::parameter(
            "captions",
            plural(captions.len(), "légende"),
            format!("une légende par image ({count}), ou aucune"),
        ));
    }
    let mut grid = ImageGrid::new(title).columns(count.min(12));
    for (i, image) in bytes.chunks_exact((rows * columns).max(1)).enumerate() {
        grid = grid.image(image, columns, captions.get(i).copied().unwrap_or_default());
    }
    grid.figure()
}
