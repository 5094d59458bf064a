//! Curves and axes, by plotters.
//!
//! plotters' SVG is on whole pixels; it draws here four times larger and the
//! result is scaled down, which makes curves smooth.

use plotters::element::{Circle, EmptyElement, PathElement, Polygon};
use plotters::prelude::*;
use plotters::style::Color as _;

use super::palette::{Color, GREY, INK, PAPER, RULE};
use super::ticks::Axis;
use crate::{Error, Result};

/// How much larger plotters draws.
const SCALE: f64 = 4.0;

/// One curve.
#[derive(Clone, Debug)]
pub(super) struct Curve {
    pub name: String,
    pub points: Vec<(f64, f64)>,
    pub errors: Vec<f64>,
    pub color: Color,
    pub dashed: bool,
    pub joined: bool,
    pub marks: bool,
    pub mark: Mark,
    /// How many later curves cover a part of it.
    pub below: usize,
    /// Whether one of them has its colour.
    pub pale: bool,
}

/// What a point is drawn as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Disc,
    Triangle,
    Square,
    Diamond,
    /// A triangle that points down: the value is below the axis.
    Below,
}

impl Mark {
    /// The mark of curve `i`: discs, triangles, squares, diamonds in turn.
    pub fn of(i: usize) -> Self {
        [Self::Disc, Self::Triangle, Self::Square, Self::Diamond][i % 4]
    }

    /// The corners around the point, in pixels; none for a disc of
    /// [`Mark::RADIUS`].
    pub fn corners(self) -> &'static [(f64, f64)] {
        match self {
            Self::Disc => &[],
            Self::Triangle => &[(0.0, -3.6), (3.2, 1.8), (-3.2, 1.8)],
            Self::Square => &[(-2.5, -2.5), (2.5, -2.5), (2.5, 2.5), (-2.5, 2.5)],
            Self::Diamond => &[(0.0, -3.8), (3.2, 0.0), (0.0, 3.8), (-3.2, 0.0)],
            Self::Below => &[(0.0, 4.2), (4.2, -3.2), (-4.2, -3.2)],
        }
    }

    /// The radius of a disc in pixels.
    pub const RADIUS: f64 = 2.8;
}

impl Curve {
    /// A curve of this name without any setting.
    pub fn new(name: &str, points: Vec<(f64, f64)>) -> Self {
        Self {
            name: name.to_owned(),
            points,
            errors: Vec::new(),
            color: INK,
            dashed: false,
            joined: true,
            marks: false,
            mark: Mark::Disc,
            below: 0,
            pale: false,
        }
    }

    /// The width of its line: wider the more curves cover it.
    pub fn width(&self) -> f64 {
        2.0 + 4.0 * self.below as f64
    }

    /// The colour of its line.
    pub fn stroke(&self) -> Color {
        if self.pale { self.color.mix(PAPER, 0.55) } else { self.color }
    }

    /// Half the height of the error bar at point `i`.
    pub fn error(&self, i: usize) -> f64 {
        self.errors.get(i).copied().filter(|e| e.is_finite()).unwrap_or(0.0).abs()
    }
}

type Chart<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<Axis, Axis>>;

/// Draws `curves` and the vertical lines `marks` over the axes; gives a nested
/// SVG of `size`.
pub(super) fn draw(
    size: (f64, f64),
    labels: (&str, &str),
    (x, y): (Axis, Axis),
    curves: &[Curve],
    marks: &[f64],
) -> Result<String> {
    let mut svg = String::new();
    let large = ((size.0 * SCALE) as u32, (size.1 * SCALE) as u32);
    paint(&mut svg, large, labels, (x, y), curves, marks)
        .map_err(|e| Error::parameter("figure", e, "un tracé possible"))?;
    // plotters' own root gives way to one that scales.
    let mut inside = svg.split_once('>').map_or("</svg>", |(_, rest)| rest).to_owned();
    // plotters knows the light colours only.
    let mut colors: Vec<Color> = curves.iter().flat_map(|c| [c.color, c.stroke()]).collect();
    colors.extend([INK, GREY, RULE]);
    colors.sort_by_key(|color| color.light.hex());
    colors.dedup();
    for color in colors {
        for property in ["fill", "stroke"] {
            let plain = format!(r#"{property}="{}""#, color.light.hex().to_uppercase());
            inside = inside.replace(&plain, &color.svg(property));
        }
    }
    Ok(format!(
        r#"<svg width="{:.2}" height="{:.2}" viewBox="0 0 {} {}">{inside}"#,
        size.0, size.1, large.0, large.1
    ))
}

/// What plotters says when it fails.
type Failure = Box<dyn std::error::Error>;

/// `pixels` on the enlarged drawing.
fn px(pixels: f64) -> i32 {
    (pixels * SCALE).round() as i32
}

/// plotters' colour.
fn rgb(color: Color) -> RGBColor {
    RGBColor(color.light.0, color.light.1, color.light.2)
}

/// A line of `width` pixels.
fn pen(color: Color, width: f64) -> ShapeStyle {
    rgb(color).stroke_width(px(width) as u32)
}

fn paint(
    svg: &mut String,
    size: (u32, u32),
    (x_label, y_label): (&str, &str),
    (x, y): (Axis, Axis),
    curves: &[Curve],
    marks: &[f64],
) -> std::result::Result<(), String> {
    let failed = |e: Failure| e.to_string();
    let root = SVGBackend::with_string(svg, size).into_drawing_area();
    let longest = y.labels().iter().map(|l| l.chars().count()).max().unwrap_or(1);
    let side = 12.0 + 6.8 * longest as f64 + if y_label.is_empty() { 0.0 } else { 22.0 };
    let (low, high) = (y.low, y.high);
    let mut chart = ChartBuilder::on(&root)
        .margin_top(px(6.0))
        .margin_right(px(14.0))
        .margin_bottom(px(2.0))
        .x_label_area_size(px(if x_label.is_empty() { 24.0 } else { 42.0 }))
        .y_label_area_size(px(side))
        .build_cartesian_2d(x, y)
        .map_err(|e| e.to_string())?;
    // plotters divides the size of a font by 1.24 when it writes SVG.
    let font = |size: f64| ("sans-serif", size * SCALE * 1.24).into_font().color(&rgb(INK));
    chart
        .configure_mesh()
        .bold_line_style(pen(RULE, 1.0))
        .light_line_style(TRANSPARENT)
        .axis_style(pen(GREY, 1.0))
        .set_all_tick_mark_size(px(4.0))
        .label_style(font(12.0))
        .axis_desc_style(font(13.0))
        .x_desc(x_label)
        .y_desc(y_label)
        .draw()
        .map_err(|e| e.to_string())?;
    for at in marks {
        let line = [(*at, low), (*at, high)];
        chart
            .draw_series(DashedLineSeries::new(line, px(2.0), px(3.0), pen(GREY, 1.5)))
            .map_err(|e| e.to_string())?;
    }
    for curve in curves {
        paint_line(&mut chart, curve).map_err(failed)?;
        paint_points(&mut chart, curve).map_err(failed)?;
    }
    root.present().map_err(|e| e.to_string())
}

/// The line of a curve, broken where a point is not finite.
fn paint_line(chart: &mut Chart<'_, '_>, curve: &Curve) -> std::result::Result<(), Failure> {
    let style = pen(curve.stroke(), curve.width());
    if !curve.joined {
        return Ok(());
    }
    for part in curve.points.split(|(x, y)| !x.is_finite() || !y.is_finite()) {
        let part = part.to_vec();
        if part.len() < 2 {
            continue;
        }
        if curve.dashed {
            let dashes = DashedLineSeries::new(part, px(5.0), px(3.0), style);
            chart.draw_series(dashes).map_err(|e| e.to_string())?;
        } else {
            chart.draw_series(LineSeries::new(part, style)).map_err(|e| e.to_string())?;
        }
    }
    Ok(())
}

/// The marks of a curve and its error bars.
fn paint_points(chart: &mut Chart<'_, '_>, curve: &Curve) -> std::result::Result<(), Failure> {
    let lonely = curve.points.iter().filter(|(_, y)| y.is_finite()).count() == 1;
    let fill = rgb(curve.color).filled();
    for (k, &(x, y)) in curve.points.iter().enumerate() {
        if !x.is_finite() || !y.is_finite() {
            continue;
        }
        let e = curve.error(k);
        if e > 0.0 {
            let bar = vec![(x, y - e), (x, y + e)];
            chart
                .draw_series([PathElement::new(bar, pen(curve.color, 1.5))])
                .map_err(|e| e.to_string())?;
            for end in [y - e, y + e] {
                let stroke = vec![(-px(4.0), 0), (px(4.0), 0)];
                let stroke = PathElement::new(stroke, pen(curve.color, 1.5));
                chart
                    .draw_series([EmptyElement::at((x, end)) + stroke])
                    .map_err(|e| e.to_string())?;
            }
        }
        if !curve.marks && !lonely {
            continue;
        }
        // Seen around the mark of the curve that covers it.
        let larger = 1.0 + 0.8 * curve.below as f64;
        if curve.mark == Mark::Disc {
            let disc = Circle::new((x, y), px(larger * Mark::RADIUS), fill);
            chart.draw_series([disc]).map_err(text)?;
        } else {
            let corner = |(dx, dy): &(f64, f64)| (px(larger * dx), px(larger * dy));
            let corners = curve.mark.corners().iter().map(corner);
            let shape = Polygon::new(corners.collect::<Vec<_>>(), fill);
            chart.draw_series([EmptyElement::at((x, y)) + shape]).map_err(text)?;
        }
    }
    Ok(())
}

/// A failure of plotters in words.
fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
