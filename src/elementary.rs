//! `exp`, `ln`, `tanh` and their like, with the same bits on every processor.
//!
//! The system's functions differ in their last bits from one C library to the
//! next, and a training would follow the difference. These are made of sums,
//! products and quotients alone, each rounded once as IEEE 754 says, in one fixed
//! order: the same argument gives the same bits everywhere, and a loop over them is
//! vectorised. (`sqrt` is exactly rounded by definition: the language's is used.)
//!
//! | function | largest error found, against `f64` or the system's |
//! |---|---|
//! | [`exp`] | 2 units in the last place where the result is a normal number |
//! | [`sigmoid`] | 3 units in the last place, likewise |
//! | [`tanh`] | 3 units in the last place |
//! | [`ln`], [`sin_cos`] | 1 unit in the last place (1e-7 for the zeros of sine and cosine) |
//! | [`double::exp`], [`double::ln`] | 1e-15 of the result |
//! | [`double::cos_turns`] | 1e-15 |
//!
//! `e^x = 2^k · e^f` with `k = round(x / ln 2)` and `|f| ≤ ln 2 / 2`; `e^f` by its
//! Taylor polynomial, `2^k` by writing `k` into the exponent of a float.

pub(crate) mod double;
#[cfg(test)]
mod tests;

/// `e^x`; infinite above 88.7, zero below -104.
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    // Adding it leaves the nearest integer in the low bits of the float.
    const ROUND: f32 = 12_582_912.0;
    // ln 2 in two parts: k·HIGH is exact.
    const HIGH: f32 = 0.693_359_4;
    const LOW: f32 = -2.121_944_4e-4;
    let x = x.clamp(-105.0, 89.0);
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let k = shifted - ROUND;
    let f = x - k * HIGH - k * LOW;
    let mut sum = 1.0 / 5040.0;
    for coefficient in [1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0] {
        sum = sum * f + coefficient;
    }
    // 2^k in two factors: at both ends it is no normal number itself.
    let k = (shifted.to_bits() as i32).wrapping_sub(ROUND.to_bits() as i32);
    let half = k >> 1;
    sum * power_of_two(half) * power_of_two(k.wrapping_sub(half))
}

/// `2^k` for `-126 ≤ k ≤ 127`.
#[inline(always)]
fn power_of_two(k: i32) -> f32 {
    f32::from_bits((k.wrapping_add(127) as u32) << 23)
}

/// `1 / (1 + e^-x)`.
#[inline(always)]
pub(crate) fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// The hyperbolic tangent: near 0 an odd polynomial, elsewhere by `e^2x`.
#[inline(always)]
pub(crate) fn tanh(x: f32) -> f32 {
    let z = x * x;
    let mut sum = NEAR[0];
    for coefficient in &NEAR[1..] {
        sum = sum * z + coefficient;
    }
    let near = sum * z * x + x;
    let far = 1.0 - 2.0 / (1.0 + exp(2.0 * x));
    if z < 0.625 * 0.625 { near } else { far }
}

/// `(tanh x / x − 1) / x²` as a polynomial of `x²`, the highest power first: equal at
/// the five points of Chebyshev for `|x| < 0.625`, 2e-8 of `tanh x` elsewhere.
const NEAR: [f32; 5] = [-6.096_714e-3, 2.099_718e-2, -5.385_090_8e-2, 0.133_327_7, -0.333_333_28];

/// Sine and cosine of an angle in degrees, rounded from double precision.
pub(crate) fn sin_cos(degrees: f32) -> (f32, f32) {
    let turns = f64::from(degrees) / 360.0;
    let cos = |turns: f64| double::cos_turns(turns - turns.floor()) as f32;
    (cos(turns - 0.25), cos(turns))
}

/// The natural logarithm.
pub(crate) fn ln(x: f32) -> f32 {
    double::ln(f64::from(x)) as f32
}
