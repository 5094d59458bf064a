//! Curves of functions of one number: the activation functions.

use std::ops::Range;

use super::chart::LineChart;
use super::figure::{Figure, nothing_to_show};
use crate::{Error, Result};

/// Points along each curve.
const POINTS: usize = 241;

/// A function of one number, as Rust writes its type.
pub type RealFunction = fn(f64) -> f64;

/// The curves of `functions` over `range`.
///
/// # Errors
/// Without functions, or when the range is empty or not finite.
///
/// ```
/// use mnist_tp::prelude::*;
/// fn relu(z: f64) -> f64 {
///     z.max(0.0)
/// }
/// let figure = plot_functions("ReLU", &[("relu", relu as fn(f64) -> f64)], -3.0..3.0)?;
/// assert!(figure.alt().contains("relu"));
/// # Ok::<(), Error>(())
/// ```
pub fn plot_functions(
    title: &str,
    functions: &[(&str, RealFunction)],
    range: Range<f64>,
) -> Result<Figure> {
    if functions.is_empty() {
        return Err(nothing_to_show("functions", "au moins une fonction à tracer"));
    }
    let length = range.end - range.start;
    if !(length > 0.0 && length.is_finite()) {
        return Err(Error::parameter(
            "range",
            format!("{}..{}", range.start, range.end),
            "un intervalle croissant, par exemple -5.0..5.0",
        ));
    }
    let mut chart = LineChart::new(title).axes("z", "f(z)");
    for (name, function) in functions {
        let points: Vec<(f64, f64)> = (0..POINTS)
            .map(|i| range.start + length * i as f64 / (POINTS - 1) as f64)
            .map(|x| (x, function(x)))
            .collect();
        chart = chart.line(name, &points);
    }
    chart.figure()
}
