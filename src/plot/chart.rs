//! Charts of lines: what they hold. How plotters draws them is in `draw`.

use super::draw::{Curve, Mark, draw};
use super::figure::{Figure, nothing_to_show};
use super::legend::{Entry, legend};
use super::overlap;
use super::paint::{Paint, painted};
use super::palette::GREY;
use super::svg::Canvas;
use super::ticks::{Axis, span};
use super::words::{self, is_finite};
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
    curves: Vec<(Curve, Paint)>,
    size: (f64, f64),
    whole_x: bool,
    log_x: bool,
    y_range: Option<(f64, f64)>,
    vertical: Vec<(f64, String)>,
    below: Option<(String, Vec<f64>)>,
    legend: bool,
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
            below: None,
            legend: true,
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
        let curve = Curve {
            errors: errors.to_vec(),
            marks: points.len() <= 40,
            ..Curve::new(name, points.to_vec())
        };
        self.curves.push((curve, Paint::Own));
        self
    }

    /// Adds separate points, not joined by a line.
    #[must_use]
    pub fn points(self, name: &str, points: &[(f64, f64)]) -> Self {
        let mut chart = self.line(name, points);
        if let Some((curve, _)) = chart.curves.last_mut() {
            (curve.joined, curve.marks) = (false, true);
        }
        chart
    }

    /// Draws the last added curve without marks.
    #[must_use]
    pub fn smooth(mut self) -> Self {
        if let Some((curve, _)) = self.curves.last_mut() {
            curve.marks = false;
        }
        self
    }

    /// Gives the last added curve the colour and the marks of curve `i`, and dashes:
    /// the validation beside its training.
    #[must_use]
    pub fn dashed_like(mut self, i: usize) -> Self {
        if let Some((curve, paint)) = self.curves.last_mut() {
            (curve.dashed, *paint) = (true, Paint::Like(i));
        }
        self
    }

    /// Gives the last added curve the colour and the marks of curve `i`.
    #[must_use]
    pub fn colored_like(mut self, i: usize) -> Self {
        if let Some((_, paint)) = self.curves.last_mut() {
            *paint = Paint::Like(i);
        }
        self
    }

    /// Gives the last added curve the colour and the marks of this number.
    pub(super) fn numbered(mut self, number: usize) -> Self {
        if let Some((_, paint)) = self.curves.last_mut() {
            *paint = Paint::Number(number);
        }
        self
    }

    /// Draws the last added curve in dashes.
    pub(super) fn dashed(mut self) -> Self {
        if let Some((curve, _)) = self.curves.last_mut() {
            curve.dashed = true;
        }
        self
    }

    /// Without a legend of its own: it stands elsewhere.
    pub(super) fn bare(mut self) -> Self {
        self.legend = false;
        self
    }

    /// A vertical dashed line at `x`, named in the legend.
    #[must_use]
    pub fn mark_x(mut self, x: f64, name: &str) -> Self {
        self.vertical.push((x, name.to_string()));
        self
    }

    /// Adds the abscissas of points that are left out below the axis (or have no
    /// value): triangles on its lower edge, so that the others keep their room.
    #[must_use]
    pub fn below(mut self, name: &str, xs: &[f64]) -> Self {
        self.below = (!xs.is_empty()).then(|| (name.to_string(), xs.to_vec()));
        self
    }

    /// Draws the chart.
    ///
    /// # Errors
    /// Without any finite point.
    pub fn figure(&self) -> Result<Figure> {
        if !self.curves.iter().any(|(c, _)| c.points.iter().any(is_finite)) {
            return Err(nothing_to_show("points", "au moins un point fini à tracer"));
        }
        let (width, height) = self.size;
        let (x, y) = self.ranges();
        let mut curves = painted(&self.curves);
        let together = overlap::find(&mut curves, &y, height);
        let mut canvas = Canvas::default();
        let entries = if self.legend { self.entries(&curves) } else { Vec::new() };
        let legend = legend(&mut canvas, &entries, width);
        let marks: Vec<f64> = self.vertical.iter().map(|(x, _)| self.scale(*x)).collect();
        let words =
            words::chart(&self.x_label, &self.y_label, &curves, &together, self.below.as_ref());
        if let Some((name, xs)) = &self.below {
            let edge = y.low + 0.03 * (y.high - y.low);
            let mut below = Curve::new(name, xs.iter().map(|x| (*x, edge)).collect());
            (below.joined, below.marks) = (false, true);
            (below.color, below.mark) = (GREY, Mark::Below);
            curves.push(below);
        }
        curves.iter_mut().flat_map(|c| &mut c.points).for_each(|p| p.0 = self.scale(p.0));
        let plot = draw(
            (width, height - legend),
            (&self.x_label, &self.y_label),
            (x, y),
            &curves,
            &marks,
        )?;
        canvas.raw(&format!(r#"<g transform="translate(0 {legend:.2})">{plot}</g>"#));
        Ok(Figure::new(&self.title, &words, width, height, canvas))
    }

    /// The place of `x` along its axis.
    fn scale(&self, x: f64) -> f64 {
        if self.log_x { x.log10() } else { x }
    }

    /// The two axes.
    fn ranges(&self) -> (Axis, Axis) {
        let finite = || self.curves.iter().flat_map(|(c, _)| &c.points).filter(|p| is_finite(p));
        let below = self.below.iter().flat_map(|(_, xs)| xs).copied();
        let xs = finite().map(|p| p.0).chain(self.vertical.iter().map(|v| v.0)).chain(below);
        let xs = xs.map(|x| self.scale(x));
        let ys = self.curves.iter().flat_map(|(c, _)| {
            c.points.iter().enumerate().filter(|(_, p)| is_finite(p)).flat_map(|(i, (_, y))| {
                let e = c.error(i);
                [y - e, y + e]
            })
        });
        let x = match self.log_x {
            true => Axis::powers(span(xs)),
            false => Axis::new(span(xs), 8, self.whole_x, 0.0),
        };
        let y = match (self.y_range, span(ys)) {
            (Some((low, high)), _) if low < high => Axis::new((low, high), 6, false, 0.0),
            // Room at the edge for the triangles.
            (_, (low, high)) if self.below.is_some() => {
                Axis::new((low - 0.06 * (high - low), high), 6, false, 0.05)
            }
            (_, ends) => Axis::new(ends, 6, false, 0.05),
        };
        (x, y)
    }

    /// The names of the legend; none for a single curve without a name.
    fn entries<'a>(&'a self, curves: &'a [Curve]) -> Vec<Entry<'a>> {
        let drawn = curves.iter().map(|c| Entry {
            name: &c.name,
            color: if c.joined { c.stroke() } else { c.color },
            line: c.joined.then(|| (if c.dashed { "5 3" } else { "" }, c.width().min(6.0))),
            mark: c.marks.then_some(c.mark),
        });
        let grey = |name, line, mark| Entry { name, color: GREY, line, mark };
        let vertical = self.vertical.iter().map(|(_, name)| grey(name, Some(("2 3", 2.0)), None));
        let below = self.below.iter().map(|(name, _)| grey(name, None, Some(Mark::Below)));
        drawn.chain(vertical).chain(below).filter(|entry| !entry.name.is_empty()).collect()
    }
}
