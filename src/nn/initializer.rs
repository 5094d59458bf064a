//! Initial weights.
//!
//! A layer whose weights all start equal learns one feature only; too large
//! ones saturate it, too small ones starve the layers before it. The usual
//! remedy draws them at random with a variance that depends on the number of
//! inputs (`fan_in`) and outputs (`fan_out`):
//!
//! | name | law |
//! |------|-----|
//! | Glorot uniform (default, as in Keras) | `U(-l, l)`, `l = √(6 / (fan_in + fan_out))` (Glorot and Bengio, 2010) |
//! | He normal | variance `2 / fan_in` (He et al., 2015), nothing beyond 2.3 deviations |
//! | random normal | `N(0, 0.05)` whatever the layer, as Keras's `random_normal` |
//!
//! He's normal law is the one that Keras draws: `N(0, s)` with what lies beyond
//! `2s` drawn again, and `s = √(2 / fan_in) / 0.8796…`, so that the variance stays
//! `2 / fan_in` in spite of the cut. (`HeNormal` is `VarianceScaling(2.0, "fan_in",
//! "truncated_normal")`, keras/src/initializers/random_initializers.py.)
//!
//! The recurrent kernel of a recurrent layer, which is applied again and again,
//! starts as rows of length 1 at right angles to each other (Saxe et al., 2014,
//! and Keras's default): it neither swells nor shrinks what passes through.

use serde::{Deserialize, Serialize};

use crate::random::Rng;

/// Law of the initial kernels; biases start at zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Initializer {
    /// Uniform, Keras's default.
    #[default]
    GlorotUniform,
    /// Normal, suited to relu.
    HeNormal,
    /// Normal, with the same deviation for every layer: to see what the others
    /// are good for.
    RandomNormal,
    /// All zero: to see why it does not work.
    Zeros,
}

impl Initializer {
    /// Draws `len` weights.
    pub fn draw(self, len: usize, fan_in: usize, fan_out: usize, rng: &mut Rng) -> Vec<f32> {
        match self {
            Self::GlorotUniform => {
                let limit = (6.0 / (fan_in + fan_out) as f32).sqrt();
                (0..len).map(|_| rng.uniform(-limit, limit)).collect()
            }
            Self::HeNormal => {
                let deviation = (2.0 / fan_in as f32).sqrt() / TRUNCATED;
                (0..len).map(|_| deviation * truncated(rng)).collect()
            }
            Self::RandomNormal => (0..len).map(|_| 0.05 * rng.normal()).collect(),
            Self::Zeros => vec![0.0; len],
        }
    }
}

/// The standard deviation of a standard normal law cut at ±2.
const TRUNCATED: f32 = 0.879_625_7;

/// A number from the standard normal distribution, of those between -2 and 2.
fn truncated(rng: &mut Rng) -> f32 {
    loop {
        let value = rng.normal();
        if value.abs() <= 2.0 {
            return value;
        }
    }
}

/// `rows` random rows of `columns` values (`rows ≤ columns`), of length 1 and
/// orthogonal: normal numbers, from which the earlier rows' directions are taken
/// away one by one (Gram–Schmidt).
pub(super) fn orthogonal(rows: usize, columns: usize, rng: &mut Rng) -> Vec<f32> {
    let mut values: Vec<f64> = (0..rows * columns).map(|_| f64::from(rng.normal())).collect();
    for row in 0..rows {
        let (before, rest) = values.split_at_mut(row * columns);
        let current = &mut rest[..columns];
        for other in before.chunks_exact(columns) {
            let along = dot(current, other);
            current.iter_mut().zip(other).for_each(|(c, o)| *c -= along * o);
        }
        let length = dot(current, current).sqrt();
        current.iter_mut().for_each(|c| *c /= length);
    }
    values.into_iter().map(|v| v as f32).collect()
}

/// Scalar product, in eight sums side by side so that it is vectorised.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 8];
    for (a, b) in a.chunks(8).zip(b.chunks(8)) {
        sums.iter_mut().zip(a.iter().zip(b)).for_each(|(sum, (a, b))| *sum += a * b);
    }
    sums.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn he_s_normal_law_is_truncated_as_in_keras() {
        for fan_in in [9, 784] {
            let values = Initializer::HeNormal.draw(200_000, fan_in, 10, &mut Rng::new(7));
            let variance = 2.0 / fan_in as f64;
            let limit = 2.0 * variance.sqrt() / f64::from(TRUNCATED);
            let largest = values.iter().map(|v| f64::from(v.abs())).fold(0.0, f64::max);
            assert!(largest <= 1.000_001 * limit && largest > 0.999 * limit, "{largest} {limit}");
            let n = values.len() as f64;
            let mean = values.iter().map(|v| f64::from(*v)).sum::<f64>() / n;
            let second = values.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>() / n;
            assert!(mean.abs() < 0.01 * variance.sqrt(), "{mean}");
            assert!((second / variance - 1.0).abs() < 0.01, "{second} {variance}");
        }
        // The constant is the deviation of the law cut at ±2, from its density.
        let density = |z: f64| (-0.5 * z * z).exp();
        let (mut mass, mut second) = (0.0, 0.0);
        for i in 0..40_000 {
            let z = -2.0 + (f64::from(i) + 0.5) * 1e-4;
            (mass, second) = (mass + density(z), second + z * z * density(z));
        }
        assert!(((second / mass).sqrt() - f64::from(TRUNCATED)).abs() < 1e-6);
    }

    #[test]
    fn rows_are_orthogonal() {
        for (rows, columns) in [(1, 3), (5, 15), (40, 120), (7, 7)] {
            let values = orthogonal(rows, columns, &mut Rng::new(1));
            for i in 0..rows {
                for j in 0..rows {
                    let row = |k: usize| &values[k * columns..][..columns];
                    let product: f32 = row(i).iter().zip(row(j)).map(|(a, b)| a * b).sum();
                    assert!((product - f32::from(i == j)).abs() < 1e-5, "{i} {j}: {product}");
                }
            }
        }
        assert_ne!(orthogonal(2, 6, &mut Rng::new(1)), orthogonal(2, 6, &mut Rng::new(2)));
    }
}
