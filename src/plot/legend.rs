//! The legend above a chart.

use super::draw::Mark;
use super::palette::Color;
use super::svg::{Canvas, Style, text_width};

/// Size of its letters, and the room of the sign before a name.
const SIZE: f64 = 12.0;
const SIGN: f64 = 32.0;
/// Height of a row.
const ROW: f64 = SIZE + 6.0;

/// One name of the legend and what stands before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'a> {
    pub name: &'a str,
    pub color: Color,
    /// A stroke with these dashes and this width.
    pub line: Option<(&'static str, f64)>,
    /// The mark of its points.
    pub mark: Option<Mark>,
}

/// Draws the legend in columns within `width`, as many names in each row as in the
/// others, and returns its height.
pub(super) fn legend(canvas: &mut Canvas, entries: &[Entry<'_>], width: f64) -> f64 {
    legends(canvas, &[entries], width)
}

/// The same for several lists, one below the other, in the same columns.
pub(super) fn legends(canvas: &mut Canvas, lists: &[&[Entry<'_>]], width: f64) -> f64 {
    let names = lists.iter().copied().flatten().map(|entry| text_width(entry.name, SIZE));
    let step = SIGN + names.fold(0.0, f64::max) + 14.0;
    let mut height = 0.0;
    for entries in lists.iter().filter(|entries| !entries.is_empty()) {
        let fitting = (((width - 8.0) / step) as usize).clamp(1, entries.len());
        let rows = entries.len().div_ceil(fitting);
        let columns = entries.len().div_ceil(rows);
        for (i, entry) in entries.iter().enumerate() {
            let x = 8.0 + (i % columns) as f64 * step;
            let y = height + 10.0 + (i / columns) as f64 * ROW;
            if let Some((dash, stroke)) = entry.line {
                canvas.line((x, y - 4.0), (x + 26.0, y - 4.0), entry.color, stroke, dash);
            }
            if let Some(mark) = entry.mark {
                mark.draw(canvas, (x + 13.0, y - 4.0), entry.color);
            }
            canvas.text((x + SIGN, y), entry.name, Style::size(SIZE));
        }
        height += rows as f64 * ROW;
    }
    height
}

impl Mark {
    /// A mark as the points of the chart have it.
    fn draw(self, canvas: &mut Canvas, (x, y): (f64, f64), color: Color) {
        let corners: Vec<_> = self.corners().iter().map(|(dx, dy)| (x + dx, y + dy)).collect();
        match corners.is_empty() {
            true => canvas.disc((x, y), Self::RADIUS, color, false),
            false => canvas.polygon(&corners, color),
        }
    }
}
