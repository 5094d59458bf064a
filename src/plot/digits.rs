//! Digits: one large, many in a grid, one row per class, the misclassified.

use std::ops::Range;

use candle_core::{DType, Tensor};

use super::figure::{Figure, nothing_to_show};
use super::grid::{ImageGrid, check_range, is_share, pixels};
use super::palette::{BLUE, GREY, VERMILION};
use super::svg::{Canvas, Style};
use super::tile::Tile;
use crate::data::Dataset;
use crate::eval::classes;
use crate::french::{count, plural};
use crate::{Error, Result};

/// Side of a pixel of the large digit.
const PIXEL: f64 = 11.0;

/// The `i`-th image, large, with its label.
///
/// # Errors
/// When there is no image `i`.
pub fn show_digit(set: &Dataset, i: usize) -> Result<Figure> {
    let (bytes, rows, columns) = pixels(&set.image(i)?.unsqueeze(0)?)?;
    let label = set.label(i)?;
    let title = format!("Image n° {i} ({}) : étiquette {label}", set.name);
    let ink = bytes.iter().filter(|v| **v > 0).count();
    let alt = format!(
        "Image de {rows} × {columns} pixels, d'étiquette {label} ; {} ne sont pas vides. \
         Papier : 0, encre : 255.",
        plural(ink, "pixel")
    );
    large(&title, &alt, &bytes, columns, Scale::Bytes)
}

/// One image large: u8 or f32, `[h, w]`, `[1, h, w]` or `[h, w, 1]`. The pixels of
/// one of bytes are numbered; one of numbers may be the map of a function, whose
/// points have no number.
///
/// # Errors
/// When the tensor is not one image.
pub fn show_image(title: &str, image: &Tensor) -> Result<Figure> {
    let batch = match image.dims() {
        [_, _] | [_, _, 1] => image.unsqueeze(0)?,
        [1, ..] => image.clone(),
        other => return Err(Error::shape("image", other, "[h, l], [h, l, 1] ou [1, h, l]")),
    };
    let (bytes, rows, columns) = pixels(&batch)?;
    let scale = match image.dtype() {
        DType::U8 => Scale::Bytes,
        _ if is_share(image)? => Scale::Share,
        _ => Scale::Numbers,
    };
    large(title, &format!("Image de {rows} × {columns} pixels."), &bytes, columns, scale)
}

/// The images of a range such as `600..624`, with their labels.
///
/// # Errors
/// When the range is empty, leaves the set or holds too many images.
pub fn show_digits(set: &Dataset, range: Range<usize>) -> Result<Figure> {
    check_range(&range, set.len())?;
    let title = format!("Images {} à {} ({})", range.start, range.end - 1, set.name);
    let part = set.slice(range)?;
    let (bytes, rows, columns) = pixels(&part.images)?;
    let labels: Vec<String> =
        part.labels.to_vec1::<u8>()?.iter().map(|label| label.to_string()).collect();
    let mut grid = ImageGrid::new(&title).columns(even_columns(part.len()));
    for (image, label) in bytes.chunks_exact(rows * columns).zip(&labels) {
        grid = grid.image(image, columns, label);
    }
    let count = plural(part.len(), "image");
    grid.describe(format!("{count}, étiquettes dans l'ordre : {}.", labels.join(" "))).figure()
}

/// One row per class, the first `per_class` images of each.
///
/// # Errors
/// When the set is empty or `per_class` is zero or too large for a figure.
pub fn show_digits_by_class(set: &Dataset, per_class: usize) -> Result<Figure> {
    let labels = set.labels.to_vec1::<u8>()?;
    let classes: Vec<u8> = (0..=u8::MAX).filter(|c| labels.contains(c)).collect();
    if classes.is_empty() || per_class == 0 {
        return Err(nothing_to_show("images", "au moins une image par classe"));
    }
    let mut grid = ImageGrid::new(&format!("Les classes ({})", set.name)).columns(per_class);
    let mut rows = Vec::new();
    for class in &classes {
        let of_class = (0..labels.len() as u32).filter(|i| labels[*i as usize] == *class);
        let chosen: Vec<u32> = of_class.take(per_class).collect();
        let (bytes, height, width) = pixels(&set.select(&chosen)?.images)?;
        for image in bytes.chunks_exact(height * width) {
            grid = grid.image(image, width, "");
        }
        for _ in chosen.len()..per_class {
            grid = grid.tile(Tile::empty());
        }
        rows.push(class.to_string());
    }
    let alt = format!(
        "{} lignes, une par classe ({}), de {} chacune.",
        classes.len(),
        rows.join(", "),
        plural(per_class, "image")
    );
    grid.row_labels(rows).describe(alt).figure()
}

/// The digits of `set` whose prediction is wrong, at most `max` of them, each
/// with its true and its predicted class. `predictions`: `[n]`, any integers.
///
/// # Errors
/// When the predictions are not one per image, or none is wrong.
pub fn show_errors(set: &Dataset, predictions: &Tensor, max: usize) -> Result<Figure> {
    let predicted = classes("predictions", predictions)?;
    let labels = classes("labels", &set.labels)?;
    if predicted.len() != labels.len() {
        return Err(Error::shape(
            "predictions",
            predictions.dims(),
            format!("[{}], une par image de {}", labels.len(), set.name),
        ));
    }
    let wrong: Vec<u32> = (0..labels.len() as u32)
        .filter(|i| labels[*i as usize] != predicted[*i as usize])
        .collect();
    let shown = &wrong[..wrong.len().min(max)];
    if shown.is_empty() {
        return Err(nothing_to_show(
            "erreurs",
            "au moins un chiffre mal classé (ici, aucun à montrer)",
        ));
    }
    let (bytes, height, width) = pixels(&set.select(shown)?.images)?;
    let mut grid = ImageGrid::new(&format!(
        "Chiffres mal classés : {} sur {}, dont {} ici",
        count(wrong.len()),
        count(labels.len()),
        count(shown.len())
    ))
    .columns(8)
    .image_width(64.0);
    let mut words = Vec::new();
    for (image, i) in bytes.chunks_exact(height * width).zip(shown) {
        let (label, guess) = (labels[*i as usize], predicted[*i as usize]);
        let tile = Tile::ink(image, width)
            .colored_caption(format!("réel : {label}"), BLUE)
            .colored_caption(format!("prédit : {guess}"), VERMILION)
            .colored_caption(format!("n° {i}"), GREY);
        grid = grid.tile(tile);
        words.push(format!("n° {i} : {label} pris pour {guess}"));
    }
    grid.describe(format!("{}.", words.join(" ; "))).figure()
}

/// What the scale of a large image says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scale {
    /// Bytes, 0 to 255; rows and columns are numbered.
    Bytes,
    /// Numbers from 0 to 1.
    Share,
    /// Numbers from 0 to 255.
    Numbers,
}

/// One large image with the scale of its greys.
fn large(title: &str, alt: &str, pixels: &[u8], columns: usize, scale: Scale) -> Result<Figure> {
    if pixels.is_empty() || columns == 0 {
        return Err(nothing_to_show("image", "une image d'au moins un pixel"));
    }
    let rows = pixels.len() / columns;
    let numbered = scale == Scale::Bytes;
    let (left, top) = (if numbered { 34.0 } else { 0.0 }, 4.0);
    let (width, height) = (columns as f64 * PIXEL, rows as f64 * PIXEL);
    let mut canvas = Canvas::default();
    Tile::ink(pixels, columns).draw(&mut canvas, (left, top), width, 12.0);
    let style = Style::size(11.0).color(GREY);
    for row in (0..rows).step_by(4).filter(|_| numbered) {
        let y = top + (row as f64 + 0.5) * PIXEL;
        canvas.line((left - 4.0, y), (left, y), GREY, 1.0, "");
        canvas.text((left - 7.0, y + 4.0), &row.to_string(), style.end());
    }
    for column in (0..columns).step_by(4).filter(|_| numbered) {
        let x = left + (column as f64 + 0.5) * PIXEL;
        canvas.line((x, top + height), (x, top + height + 4.0), GREY, 1.0, "");
        canvas.text((x, top + height + 16.0), &column.to_string(), style.middle());
    }
    let (bar, levels) = (left + width + 16.0, 64);
    let ramp: Vec<u8> =
        (0..levels).map(|i| (255 * (levels - 1 - i) / (levels - 1)) as u8).collect();
    Tile::ink(&ramp, 1).stretched(&mut canvas, (bar, top, 8.0, height));
    let most = if scale == Scale::Share { "1" } else { "255" };
    canvas.text((bar + 13.0, top + 10.0), most, style);
    canvas.text((bar + 13.0, top + height), "0", style);
    let numbers = if numbered { 20.0 } else { 4.0 };
    Ok(Figure::new(title, alt, bar + 38.0, top + height + numbers, canvas))
}

/// The number of columns, about twelve, that leaves the fewest places of the last
/// row empty.
fn even_columns(count: usize) -> usize {
    let empty = |columns: &usize| count.next_multiple_of(*columns) - count;
    let far = |columns: &usize| columns.abs_diff(12);
    if count <= 12 { count } else { (9..=15).min_by_key(|c| (empty(c), far(c))).unwrap_or(12) }
}

#[cfg(test)]
mod tests {
    use super::even_columns;

    #[test]
    fn rows_are_full_where_they_can_be() {
        assert_eq!([5, 12, 24, 30, 45, 60, 67].map(even_columns), [5, 12, 12, 10, 9, 12, 10]);
    }
}
