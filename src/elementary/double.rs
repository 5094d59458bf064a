//! The same in double precision, for draws and rates.

use std::f64::consts::{LN_2, LOG2_E, SQRT_2, TAU};

/// ln 2 in two parts: a whole number below 2¹⁰ times `HIGH` is exact.
const HIGH: f64 = f64::from_bits(0x3fe6_2e42_fefa_3800);
const LOW: f64 = 5.497_923_018_708_371e-14;

/// `e^x`: zero below -745, infinite above 710.
pub(crate) fn exp(x: f64) -> f64 {
    if !(-746.0..=710.0).contains(&x) {
        return if x > 0.0 {
            f64::INFINITY
        } else if x < 0.0 {
            0.0
        } else {
            x
        };
    }
    let k = (x * LOG2_E).round();
    let f = x - k * HIGH - k * LOW;
    let mut sum = 1.0;
    for n in (1..=14).rev() {
        sum = 1.0 + sum * f / f64::from(n);
    }
    let half = (k / 2.0).floor();
    sum * power_of_two(half) * power_of_two(k - half)
}

/// `2^k` for a whole `-1022 ≤ k ≤ 1023`.
fn power_of_two(k: f64) -> f64 {
    f64::from_bits(((k as i64 + 1023) as u64) << 52)
}

/// The natural logarithm: with `x = 2^k · m` and `√½ ≤ m < √2`,
/// `ln x = k ln 2 + 2 artanh((m − 1) / (m + 1))`, by its series.
pub(crate) fn ln(x: f64) -> f64 {
    if !(x > 0.0 && x.is_finite()) {
        return if x == 0.0 {
            f64::NEG_INFINITY
        } else if x > 0.0 {
            x
        } else {
            f64::NAN
        };
    }
    // A number below the normal ones is brought among them.
    if x < f64::MIN_POSITIVE { shifted_ln(x * power_of_two(54.0), -54.0) } else { ln_normal(x) }
}

/// [`ln`] of a finite number from the smallest normal one on.
#[inline(always)]
pub(crate) fn ln_normal(x: f64) -> f64 {
    shifted_ln(x, 0.0)
}

/// `ln(2^shift · x)` of a normal number.
#[inline(always)]
fn shifted_ln(x: f64, shift: f64) -> f64 {
    // The exponent in the last places of 2⁵²: not every processor has vectors of i64 as f64.
    let exponent = f64::from_bits(x.to_bits() >> 52 | 0x4330 << 48) - ((1_u64 << 52) + 1023) as f64;
    let m = f64::from_bits(x.to_bits() & ((1 << 52) - 1) | 1023 << 52);
    let (m, k) = if m < SQRT_2 { (m, exponent) } else { (m / 2.0, exponent + 1.0) };
    let k = k + shift;
    let s = (m - 1.0) / (m + 1.0);
    let z = s * s;
    let mut sum = 1.0 / 25.0;
    for n in (1..12).rev() {
        sum = sum * z + 1.0 / f64::from(2 * n + 1);
    }
    let rest = 2.0 * (s + s * z * sum);
    if k == 0.0 { rest } else { k * HIGH + (rest + k * LOW) }
}

/// `base^exponent` for a positive base.
pub(crate) fn power(base: f64, exponent: f64) -> f64 {
    exp(exponent * ln(base))
}

/// `base^exponent` by products.
pub(crate) fn whole_power(base: f64, mut exponent: u64) -> f64 {
    let (mut power, mut square) = (1.0, base);
    while exponent > 0 {
        if exponent & 1 == 1 {
            power *= square;
        }
        square *= square;
        exponent >>= 1;
    }
    power
}

/// The cosine of an angle in turns, `0 ≤ turns ≤ 1`: within an eighth of a turn of one
/// of the axes by Taylor's series.
#[inline(always)]
pub(crate) fn cos_turns(turns: f64) -> f64 {
    let quarter = (4.0 * turns).round();
    let angle = (turns - quarter / 4.0) * TAU;
    let square = angle * angle;
    let quarter = quarter as i32 % 4;
    let is_sine = quarter % 2 == 1;
    // 1 − x²/2·(1 − x²/12·(1 − …)), or x·(1 − x²/6·(1 − …)).
    let mut sum = 1.0;
    for n in (0..8).rev() {
        let n = f64::from(2 * n + 1);
        let divisor = if is_sine { (n + 1.0) * (n + 2.0) } else { n * (n + 1.0) };
        sum = 1.0 - sum * square / divisor;
    }
    let value = if is_sine { angle * sum } else { sum };
    if quarter == 1 || quarter == 2 { -value } else { value }
}

/// That the two parts of ln 2 are such.
const _: () = assert!(HIGH + LOW == LN_2);
