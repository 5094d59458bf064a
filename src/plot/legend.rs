//! The legend above a chart.

use super::draw::Mark;
use super::palette::Color;
use super::svg::{Canvas, Style, text_width};

/// What stands before a name.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sign {
    /// A stroke with these dashes.
    Line(&'static str),
    /// The mark of points that no line joins.
    Mark(Mark),
}

/// One name of the legend.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'a> {
    pub name: &'a str,
    pub color: Color,
    pub sign: Sign,
}

/// Draws the legend in lines of `width` and returns its height.
pub(super) fn legend(canvas: &mut Canvas, entries: &[Entry<'_>], width: f64) -> f64 {
    if entries.is_empty() {
        return 0.0;
    }
    let size = 12.0;
    let (mut x, mut y) = (8.0, 10.0);
    for entry in entries {
        let wide = 34.0 + text_width(entry.name, size) + 12.0;
        if x > 8.0 && x + wide > width {
            (x, y) = (8.0, y + size + 6.0);
        }
        match entry.sign {
            Sign::Line(dash) => {
                canvas.line((x, y - 4.0), (x + 26.0, y - 4.0), entry.color, 2.2, dash);
            }
            Sign::Mark(mark) => canvas.raw(&sign(mark, (x + 13.0, y - 4.0), entry.color)),
        }
        canvas.text((x + 32.0, y), entry.name, Style::size(size));
        x += wide;
    }
    y + 8.0
}

/// A mark as the points of the chart have it.
fn sign(mark: Mark, (x, y): (f64, f64), color: Color) -> String {
    let (fill, corners) = (color.hex(), mark.corners());
    if corners.is_empty() {
        return format!(r#"<circle cx="{x:.2}" cy="{y:.2}" r="{}" fill="{fill}"/>"#, Mark::RADIUS);
    }
    let points: Vec<String> =
        corners.iter().map(|(dx, dy)| format!("{:.2},{:.2}", x + dx, y + dy)).collect();
    format!(r#"<polygon points="{}" fill="{fill}"/>"#, points.join(" "))
}
