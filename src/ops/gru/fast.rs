//! Sigmoid and hyperbolic tangent as plain arithmetic, so that a loop over them
//! is vectorised: the C library's take one value at a time.
//!
//! `e^x = 2^k · e^f` with `k = round(x / ln 2)` and `|f| ≤ ln 2 / 2`; `e^f` by its
//! Taylor polynomial, `2^k` by writing `k` into the exponent of a float.

/// `e^x`, to two units in the last place; `x` is clamped to `[-87, 88]`.
#[inline(always)]
fn exp(x: f32) -> f32 {
    // Adding it leaves the nearest integer in the low bits of the float.
    const ROUND: f32 = 12_582_912.0;
    // ln 2 in two parts: k·HIGH is exact.
    const HIGH: f32 = 0.693_359_4;
    const LOW: f32 = -2.121_944_4e-4;
    let x = x.clamp(-87.0, 88.0);
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let k = shifted - ROUND;
    let f = x - k * HIGH - k * LOW;
    let mut sum = 1.0 / 5040.0;
    for coefficient in [1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0] {
        sum = sum * f + coefficient;
    }
    sum * f32::from_bits((shifted.to_bits() << 23).wrapping_add(127 << 23))
}

/// `1 / (1 + e^-x)`.
#[inline(always)]
pub(super) fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// `tanh x`.
#[inline(always)]
pub(super) fn tanh(x: f32) -> f32 {
    1.0 - 2.0 / (1.0 + exp(2.0 * x))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_the_functions_in_double_precision() {
        for i in -400_000..400_000 {
            let x = i as f32 / 4000.0;
            let wide = f64::from(x);
            assert!((f64::from(sigmoid(x)) - 1.0 / (1.0 + (-wide).exp())).abs() < 2e-7, "{x}");
            assert!((f64::from(tanh(x)) - wide.tanh()).abs() < 3e-7, "{x}");
            if x.abs() < 87.0 {
                assert!((f64::from(exp(x)) / wide.exp() - 1.0).abs() < 3e-7, "{x}");
            }
        }
        for f in [sigmoid, tanh] {
            assert!(f(f32::NAN).is_nan());
            assert_eq!(f(f32::INFINITY), 1.0);
        }
        assert!(sigmoid(f32::NEG_INFINITY) < 1e-37 && tanh(f32::NEG_INFINITY) == -1.0);
    }
}
