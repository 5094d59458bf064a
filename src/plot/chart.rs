//! Charts of lines: what they hold. How plotters draws them is in `draw`.

use super::draw::{Curve, draw};
use super::figure::{Figure, nothing_to_show};
use super::french;
use super::palette::{self, Color, GREY};
use super::svg::{Canvas, Style, text_width};
use super::ticks::{Axis, span};
use crate::Result;

/// A chart of one or several curves, under construction.
///
/// ```
/// use mnist_tp::prelude::*;
/// let figure = LineChart::new("Effet du bruit")
///     .axes("écart-type du bruit", "précision")
///     .line("réseau dense", &[(0.0, 0.98), (0.5, 0.71)])
///     .line("CNN", &[(0.0, 0.99), (0.5, 0.85)])
///     .figure()?;
/// assert!(figure.alt().contains("CNN"));
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct LineChart {
    title: String,
    x_label: String,
    y_label: String,
    curves: Vec<Curve>,
    size: (f64, f64),
    whole_x: bool,
    log_x: bool,
    y_range: Option<(f64, f64)>,
    vertical: Vec<(f64, String)>,
}

impl LineChart {
    /// A chart without curves.
    pub fn new(title: &str) -> Self {
        Self {
            title: title.to_string(),
            x_label: String::new(),
            y_label: String::new(),
            curves: Vec::new(),
            size: (560.0, 340.0),
            whole_x: false,
            log_x: false,
            y_range: None,
            vertical: Vec::new(),
        }
    }

    /// The names of the axes.
    #[must_use]
    pub fn axes(mut self, x: &str, y: &str) -> Self {
        (self.x_label, self.y_label) = (x.to_string(), y.to_string());
        self
    }

    /// Width and height of the chart without its title, in pixels.
    #[must_use]
    pub fn size(mut self, width: f64, height: f64) -> Self {
        self.size = (width.clamp(160.0, 2000.0), height.clamp(120.0, 2000.0));
        self
    }

    /// Only whole numbers along x (epochs, sizes).
    #[must_use]
    pub fn whole_x(mut self) -> Self {
        self.whole_x = true;
        self
    }

    /// A logarithmic scale along x (learning rates): each power of ten takes the
    /// same room. Points whose x is not positive are left out.
    #[must_use]
    pub fn log_x(mut self) -> Self {
        self.log_x = true;
        self
    }

    /// Fixes the vertical range instead of taking the curves'.
    #[must_use]
    pub fn y_range(mut self, low: f64, high: f64) -> Self {
        self.y_range = Some((low, high));
        self
    }

    /// Adds a curve through `points`; those that are not finite leave a gap.
    #[must_use]
    pub fn line(self, name: &str, points: &[(f64, f64)]) -> Self {
        self.line_with_errors(name, points, &[])
    }

    /// Adds a curve with an error bar `± errors[i]` at each point.
    #[must_use]
    pub fn line_with_errors(mut self, name: &str, points: &[(f64, f64)], errors: &[f64]) -> Self {
        self.curves.push(Curve {
            name: name.to_string(),
            points: points.to_vec(),
            errors: errors.to_vec(),
            color: palette::curve(self.curves.len()),
            dashed: false,
            joined: true,
            marks: points.len() <= 40,
        });
        self
    }

    /// Adds separate points, not joined by a line.
    #[must_use]
    pub fn points(self, name: &str, points: &[(f64, f64)]) -> Self {
        let mut chart = self.line(name, points);
        if let Some(curve) = chart.curves.last_mut() {
            (curve.joined, curve.marks) = (false, true);
        }
        chart
    }

    /// Draws the last added curve without marks.
    #[must_use]
    pub fn smooth(mut self) -> Self {
        if let Some(curve) = self.curves.last_mut() {
            curve.marks = false;
        }
        self
    }

    /// Gives the last added curve the colour of curve `i` and dashes: the
    /// validation beside its training.
    #[must_use]
    pub fn dashed_like(mut self, i: usize) -> Self {
        if let Some(curve) = self.curves.last_mut() {
            (curve.color, curve.dashed) = (palette::curve(i), true);
        }
        self
    }

    /// Gives the last added curve the colour of curve `i`.
    #[must_use]
    pub fn colored_like(mut self, i: usize) -> Self {
        if let Some(curve) = self.curves.last_mut() {
            curve.color = palette::curve(i);
        }
        self
    }

    /// A vertical dashed line at `x`, named in the legend.
    #[must_use]
    pub fn mark_x(mut self, x: f64, name: &str) -> Self {
        self.vertical.push((x, name.to_string()));
        self
    }

    /// Draws the chart.
    ///
    /// # Errors
    /// Without any finite point.
    pub fn figure(&self) -> Result<Figure> {
        if !self.curves.iter().any(|c| c.points.iter().any(is_finite)) {
            return Err(nothing_to_show("points", "au moins un point fini à tracer"));
        }
        let (width, height) = self.size;
        let mut canvas = Canvas::default();
        let legend = self.draw_legend(&mut canvas, width);
        let marks: Vec<f64> = self.vertical.iter().map(|(x, _)| self.scale(*x)).collect();
        let mut curves = self.curves.clone();
        curves.iter_mut().flat_map(|c| &mut c.points).for_each(|p| p.0 = self.scale(p.0));
        let plot = draw(
            (width, height - legend),
            (&self.x_label, &self.y_label),
            self.ranges(),
            &curves,
            &marks,
        )?;
        canvas.raw(&format!(r#"<g transform="translate(0 {legend:.2})">{plot}</g>"#));
        Ok(Figure::new(&self.title, &self.alternative(), width, height, canvas))
    }

    /// The place of `x` along its axis.
    fn scale(&self, x: f64) -> f64 {
        if self.log_x { x.log10() } else { x }
    }

    /// The two axes.
    fn ranges(&self) -> (Axis, Axis) {
        let finite = || self.curves.iter().flat_map(|c| &c.points).filter(|p| is_finite(p));
        let xs = finite().map(|p| p.0).chain(self.vertical.iter().map(|v| v.0));
        let xs = xs.map(|x| self.scale(x));
        let ys = self.curves.iter().flat_map(|c| {
            c.points.iter().enumerate().filter(|(_, p)| is_finite(p)).flat_map(|(i, (_, y))| {
                let e = c.error(i);
                [y - e, y + e]
            })
        });
        let x = match self.log_x {
            true => Axis::powers(span(xs)),
            false => Axis::new(span(xs), 8, self.whole_x, 0.0),
        };
        let y = match self.y_range {
            Some((low, high)) if low < high => Axis::new((low, high), 6, false, 0.0),
            _ => Axis::new(span(ys), 6, false, 0.05),
        };
        (x, y)
    }

    /// Draws the legend and returns its height.
    fn draw_legend(&self, canvas: &mut Canvas, width: f64) -> f64 {
        if self.curves.len() < 2 && self.vertical.is_empty() && self.curves[0].name.is_empty() {
            return 0.0;
        }
        let size = 12.0;
        let entries: Vec<(&str, Color, &str)> = self
            .curves
            .iter()
            .map(|c| (c.name.as_str(), c.color, if c.dashed { "5 3" } else { "" }))
            .chain(self.vertical.iter().map(|(_, name)| (name.as_str(), GREY, "2 3")))
            .filter(|(name, ..)| !name.is_empty())
            .collect();
        let (mut x, mut y) = (8.0, 10.0);
        for (name, color, dash) in entries {
            let wide = 34.0 + text_width(name, size) + 12.0;
            if x > 8.0 && x + wide > width {
                (x, y) = (8.0, y + size + 6.0);
            }
            canvas.line((x, y - 4.0), (x + 26.0, y - 4.0), color, 2.2, dash);
            canvas.text((x + 32.0, y), name, Style::size(size));
            x += wide;
        }
        y + 8.0
    }

    /// The chart in words: axes, and first and last value of each curve.
    fn alternative(&self) -> String {
        let curves: Vec<String> = self
            .curves
            .iter()
            .filter_map(|c| {
                let mut finite = c.points.iter().filter(|p| is_finite(p));
                let first = finite.next()?;
                let last = finite.next_back().unwrap_or(first);
                Some(format!(
                    "{}{} (en {}) à {} (en {})",
                    if c.name.is_empty() { "de ".into() } else { format!("{} va de ", c.name) },
                    short(first.1),
                    short(first.0),
                    short(last.1),
                    short(last.0)
                ))
            })
            .collect();
        let axes = match (self.x_label.as_str(), self.y_label.as_str()) {
            ("", "") => String::new(),
            (x, "") => format!("Abscisse : {x}. "),
            ("", y) => format!("Ordonnée : {y}. "),
            (x, y) => format!("Abscisse : {x} ; ordonnée : {y}. "),
        };
        let plural = if curves.len() > 1 { "s" } else { "" };
        format!("{axes}Courbe{plural} : {}.", curves.join(" ; "))
    }
}

/// Whether both coordinates are finite.
fn is_finite((x, y): &(f64, f64)) -> bool {
    x.is_finite() && y.is_finite()
}

/// At most four decimals, without closing zeros.
fn short(value: f64) -> String {
    if value != 0.0 && value.abs() < 1e-3 {
        return format!("{value:.1e}").replace('.', ",");
    }
    let text = french::number(value, 4);
    text.trim_end_matches('0').trim_end_matches(',').to_string()
}

/// Curves through points, with a legend: `plot_lines("titre", "x", "y",
/// &[("nom", &points)])`. [`LineChart`] has the finer settings.
///
/// # Errors
/// Without any finite point.
pub fn plot_lines(
    title: &str,
    x_label: &str,
    y_label: &str,
    curves: &[(&str, &[(f64, f64)])],
) -> Result<Figure> {
    let mut chart = LineChart::new(title).axes(x_label, y_label);
    for (name, points) in curves {
        chart = chart.line(name, points);
    }
    chart.figure()
}
