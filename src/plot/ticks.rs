//! Where an axis begins and ends, and the round numbers marked along it.

use std::ops::Range;

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};

use crate::french;

/// The smallest interval that holds every finite value.
pub(super) fn span(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values
        .filter(|v| v.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)))
}

/// One axis: its ends and its marks.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    pub low: f64,
    pub high: f64,
    pub ticks: Vec<f64>,
    decimals: usize,
    powers: bool,
}

impl Axis {
    /// An axis over `(low, high)` widened by the share `margin` at both ends,
    /// with at most about `count` marks, on whole numbers only if `whole`.
    pub fn new((low, high): (f64, f64), count: usize, whole: bool, margin: f64) -> Self {
        let (low, high) = match high - low {
            d if d > 0.0 && d.is_finite() => (low - margin * d, high + margin * d),
            _ if whole => (low - 1.0, low + 1.0),
            _ => (low - 0.1 * low.abs().max(0.1), low + 0.1 * low.abs().max(0.1)),
        };
        let raw = (high - low) / count.max(1) as f64;
        let power = 10f64.powf(raw.log10().floor());
        let factor = [1.0, 2.0, 5.0, 10.0].into_iter().find(|f| f * power >= raw * 0.999);
        let mut step = factor.unwrap_or(10.0) * power;
        if whole {
            step = step.ceil().max(1.0);
        }
        let first = (low / step - 1e-9).ceil() as i64;
        let last = (high / step + 1e-9).floor() as i64;
        // Multiplying, rather than adding, keeps 0.3 from becoming 0.30000000000000004…
        let ticks = (first..=last).map(|k| k as f64 * step).collect();
        let decimals = (-step.log10().floor()).clamp(0.0, 8.0) as usize;
        Self { low, high, ticks, decimals, powers: false }
    }

    /// An axis of powers of ten, `low` and `high` being exponents: marked at
    /// each power, and at 2 and 5 times it where there are few.
    pub fn powers((low, high): (f64, f64)) -> Self {
        let (low, high) = if high > low { (low, high) } else { (low - 0.5, low + 0.5) };
        let factors: &[f64] = if high - low < 2.5 { &[1.0, 2.0, 5.0] } else { &[1.0] };
        let exponents = (low.floor() as i32)..=(high.ceil() as i32);
        let ticks = exponents
            .flat_map(|e| factors.iter().map(move |f| f64::from(e) + f.log10()))
            .filter(|t| (low - 1e-9..=high + 1e-9).contains(t))
            .collect();
        Self { low, high, ticks, decimals: 0, powers: true }
    }

    /// The text at `value`.
    pub fn label(&self, value: f64) -> String {
        if self.powers { power(value) } else { french::number(value, self.decimals) }
    }

    /// The texts of all marks.
    pub fn labels(&self) -> Vec<String> {
        self.ticks.iter().map(|t| self.label(*t)).collect()
    }
}

/// `10^exponent` as a reader writes it: `10⁻³`, `2·10⁻³`, `0,05`, `20`.
fn power(exponent: f64) -> String {
    let whole = (exponent + 1e-9).floor();
    let factor = 10f64.powf(exponent - whole).round();
    if (-1.0..3.0).contains(&whole) {
        return french::number(factor * 10f64.powf(whole), (-whole).max(0.0) as usize);
    }
    let raised: String = format!("{whole}")
        .chars()
        .map(|c| match c {
            '-' => '⁻',
            digit => ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹']
                [digit.to_digit(10).unwrap_or(0) as usize],
        })
        .collect();
    if factor == 1.0 { format!("10{raised}") } else { format!("{factor}·10{raised}") }
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (start, end): (i32, i32)) -> i32 {
        // Far outside the frame every point is as good as another: only the numbers
        // of pixels must stay within what plotters can add up.
        let share = ((value - self.low) / (self.high - self.low)).clamp(-10.0, 11.0);
        start + (share * f64::from(end - start)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        if hint.weight().allow_light_points() { Vec::new() } else { self.ticks.clone() }
    }

    fn range(&self) -> Range<f64> {
        self.low..self.high
    }
}

impl ValueFormatter<f64> for Axis {
    fn format_ext(&self, value: &f64) -> String {
        self.label(*value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_round_and_inside() {
        let axis = Axis::new((0.03, 0.97), 6, false, 0.0);
        assert_eq!(axis.labels(), ["0,2", "0,4", "0,6", "0,8"]);
        let axis = Axis::new((1.0, 3.0), 8, true, 0.0);
        assert_eq!(axis.labels(), ["1", "2", "3"]);
        let axis = Axis::new((0.971, 0.9874), 6, false, 0.05);
        assert!(axis.ticks.iter().all(|t| (axis.low..=axis.high).contains(t)));
        assert_eq!(axis.labels()[0], "0,975");
    }

    #[test]
    fn powers_of_ten_are_marked() {
        assert_eq!(
            Axis::powers((-5.0, 1.0)).labels(),
            ["10⁻⁵", "10⁻⁴", "10⁻³", "10⁻²", "0,1", "1", "10"]
        );
        let axis = Axis::powers((-2.5, -1.0));
        assert_eq!(axis.labels(), ["5·10⁻³", "10⁻²", "2·10⁻²", "5·10⁻²", "0,1"]);
        let widths = Axis::powers((16f64.log10(), 256f64.log10()));
        assert_eq!(widths.labels(), ["20", "50", "100", "200"]);
    }

    #[test]
    fn a_single_value_still_has_an_axis() {
        for value in [0.0, 1.0, -3.5, 1e9] {
            let axis = Axis::new((value, value), 6, false, 0.05);
            assert!(axis.low < value && value < axis.high && !axis.ticks.is_empty(), "{axis:?}");
        }
    }
}
