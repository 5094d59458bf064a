//! Digits: one large, many in a grid, one row per class, the misclassified.

use super::figure::{Figure, nothing_to_show};
use super::french::{count, plural};
use super::grid::{ImageGrid, Tile, check_range};
use super::palette::{BLUE, Color, GREY, PAPER, VERMILION};
use super::svg::{Canvas, Style};
use crate::Result;

/// Side of a pixel of the large digit.
const PIXEL: f64 = 11.0;

/// One large image with the numbers of its rows and columns and the scale of
/// its greys.
pub(crate) fn large(title: &str, alt: &str, pixels: &[u8], columns: usize) -> Result<Figure> {
    if pixels.is_empty() || columns == 0 {
        return Err(nothing_to_show("image", "une image d'au moins un pixel"));
    }
    let rows = pixels.len() / columns;
    let (left, top) = (34.0, 4.0);
    let (width, height) = (columns as f64 * PIXEL, rows as f64 * PIXEL);
    let mut canvas = Canvas::default();
    Tile::ink(pixels, columns).draw(&mut canvas, (left, top), width, 12.0);
    let style = Style::size(11.0).color(GREY);
    for row in (0..rows).step_by(4) {
        let y = top + (row as f64 + 0.5) * PIXEL;
        canvas.line((left - 4.0, y), (left, y), GREY, 1.0, "");
        canvas.text((left - 7.0, y + 4.0), &row.to_string(), style.end());
    }
    for column in (0..columns).step_by(4) {
        let x = left + (column as f64 + 0.5) * PIXEL;
        canvas.line((x, top + height), (x, top + height + 4.0), GREY, 1.0, "");
        canvas.text((x, top + height + 16.0), &column.to_string(), style.middle());
    }
    let (bar, levels) = (left + width + 16.0, 64);
    let scale: Vec<u8> = (0..levels).map(|i| (255 * (levels - 1 - i) / (levels - 1)) as u8).collect();
    let ramp = Tile::mapped(&scale, 1, |v| PAPER.mix(Color(0, 0, 0), f64::from(*v) / 255.0));
    ramp.draw(&mut canvas, (bar, top), height / levels as f64, 11.0);
    canvas.text((bar + 10.0, top + 10.0), "255", style);
    canvas.text((bar + 10.0, top + height), "0", style);
    Ok(Figure::new(title, alt, bar + 34.0, top + height + 20.0, canvas))
}

/// A digit with the class it was given and the one it has.
pub(crate) struct Mistake<'a> {
    pub index: usize,
    pub pixels: &'a [u8],
    pub label: u8,
    pub predicted: u32,
}

/// Misclassified digits, each with its true and its predicted class.
pub(crate) fn mistakes(all: usize, total: usize, shown: &[Mistake<'_>]) -> Result<Figure> {
    if shown.is_empty() {
        return Err(nothing_to_show(
            "erreurs",
            "au moins un chiffre mal classé (ici toutes les réponses sont justes)",
        ));
    }
    let mut grid = ImageGrid::new(&format!(
        "Chiffres mal classés : {} sur {}, {} ici",
        count(all),
        count(total),
        count(shown.len())
    ))
    .columns(8)
    .image_width(64.0);
    for m in shown {
        let tile = Tile::ink(m.pixels, 28)
            .colored_caption(format!("réel : {}", m.label), BLUE)
            .colored_caption(format!("prédit : {}", m.predicted), VERMILION)
            .colored_caption(format!("n° {}", m.index), GREY);
        grid = grid.tile(tile);
    }
    let pairs: Vec<String> = shown
        .iter()
        .map(|m| format!("n° {} : {} pris pour {}", m.index, m.label, m.predicted))
        .collect();
    grid.describe(format!("{}.", pairs.join(" ; "))).figure()
}

/// Digits in a grid of 12 columns, with their labels.
pub(crate) fn grid(title: &str, digits: &[(&[u8], u8)]) -> Result<Figure> {
    let mut grid = ImageGrid::new(title).columns(12);
    for (pixels, label) in digits {
        grid = grid.image(pixels, 28, &label.to_string());
    }
    let labels: Vec<String> = digits.iter().map(|(_, label)| label.to_string()).collect();
    let alt =
        format!("{}, étiquettes dans l'ordre : {}.", plural(digits.len(), "image"), labels.join(" "));
    grid.describe(alt).figure()
}
