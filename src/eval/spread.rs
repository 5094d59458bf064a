//! Several measures of the same thing: their mean, and how much they differ.
//!
//! `mean = Σ xᵢ / n`, `deviation = √( Σ (xᵢ − mean)² / (n − 1) )`,
//! `standard error = deviation / √n`.
//!
//! The division by `n − 1` makes up for the mean being taken from the same
//! measures (Bessel's correction). The deviation tells how far **one** measure
//! is from the mean, usually; the standard error, how far the mean itself is
//! from what infinitely many measures would give.

use std::fmt;

use crate::french;

/// Mean and spread of some measures.
///
/// ```
/// use mnist_tp::prelude::*;
/// let spread = Spread::of(&[0.98, 0.99, 0.97]);
/// assert!((spread.mean - 0.98).abs() < 1e-6 && (spread.deviation - 0.01).abs() < 1e-6);
/// assert_eq!(spread.to_string(), "0,9800 ± 0,0100 (3 mesures)".replace(" mes", "\u{a0}mes"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Number of measures.
    pub count: usize,
    /// Their mean; NaN without measures.
    pub mean: f64,
    /// Their standard deviation, over `n − 1`; 0 for a single measure.
    pub deviation: f64,
}

impl Spread {
    /// Mean and spread of `values`.
    pub fn of(values: &[f32]) -> Self {
        let count = values.len();
        let mean = values.iter().map(|v| f64::from(*v)).sum::<f64>() / count as f64;
        let squares: f64 = values.iter().map(|v| (f64::from(*v) - mean).powi(2)).sum();
        let deviation = if count < 2 { 0.0 } else { (squares / (count - 1) as f64).sqrt() };
        Self { count, mean, deviation }
    }

    /// Standard error of the mean.
    pub fn standard_error(&self) -> f64 {
        self.deviation / (self.count as f64).sqrt()
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |v| french::number(v, 4);
        let count = french::plural(self.count, "mesure");
        write!(f, "{} ± {} ({count})", number(self.mean), number(self.deviation))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// numpy: `np.mean`, `np.std(…, ddof=1)`.
    #[test]
    fn means_and_deviations_are_those_of_numpy() {
        let spread = Spread::of(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]);
        assert_eq!((spread.count, spread.mean), (8, 5.0));
        assert!((spread.deviation - 2.138_089_935).abs() < 1e-8);
        assert!((spread.standard_error() - 0.755_928_946).abs() < 1e-8);
        assert_eq!(Spread::of(&[3.0]).deviation, 0.0);
        assert!(Spread::of(&[]).mean.is_nan());
    }
}
