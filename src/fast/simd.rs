//! Vectors of f32 in the processor's own width, chosen at run time.
//!
//! A kernel is written once, for any `Vector`, and run by [`run_at`] in the widest
//! form that the processor has: AVX-512 (16 values), AVX2 with FMA (8), NEON (4),
//! or 4 values in plain Rust. The compiler alone would stay with what every
//! processor of the architecture has, and at the optimisation level of a
//! notebook it does not always find the vectors. The environment variable
//! `MNIST_TP_SIMD` (`avx512`, `avx2`, `plain`) lowers the choice, to compare.
//!
//! **Every form gives the same bits.** A vector holds values that have nothing to do
//! with each other, as a rule the filters or neurons of a layer; each sum is one chain
//! over the terms in their order, whatever the width, and every product is added to
//! it with one rounding (`Vector::plus_product`), in software where the processor
//! lacks the instruction. What depends on sizes (which way is taken, where groups of
//! sums end) is decided by a width of [`UNIT`] values that no processor changes.

#[cfg(target_arch = "aarch64")]
mod neon;
mod plain;
mod vector;
#[cfg(target_arch = "x86_64")]
mod x86;

use std::sync::OnceLock;

pub(crate) use plain::Plain;
pub(crate) use vector::{Kernel, Vector};

/// The instructions in use, from the narrowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Four values in plain Rust.
    Plain,
    /// NEON: 4 values.
    Neon,
    /// AVX2 and FMA: 8 values.
    Avx2,
    /// AVX-512: 16 values.
    Avx512,
}

/// The instructions in use: the best that the processor has, or less if
/// `MNIST_TP_SIMD` says so. Read once.
pub fn level() -> Level {
    static LEVEL: OnceLock<Level> = OnceLock::new();
    *LEVEL.get_or_init(|| {
        let wish = match std::env::var("MNIST_TP_SIMD").as_deref() {
            Ok("plain") => Level::Plain,
            Ok("avx2") => Level::Avx2,
            _ => Level::Avx512,
        };
        available().into_iter().filter(|level| *level <= wish).max().unwrap_or(Level::Plain)
    })
}

/// The levels that this processor can run.
fn available() -> Vec<Level> {
    let mut levels = vec![Level::Plain];
    #[cfg(target_arch = "aarch64")]
    levels.push(Level::Neon);
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
        levels.push(Level::Avx2);
        if is_x86_feature_detected!("avx512f") {
            levels.push(Level::Avx512);
        }
    }
    levels
}

/// The width in which a way of computing is chosen, and groups of sums are formed, for
/// every processor: that of the widest vectors.
pub(crate) const UNIT: usize = 16;

/// Number of values of a vector at `level`.
pub(crate) fn lanes(level: Level) -> usize {
    match level {
        Level::Plain | Level::Neon => 4,
        Level::Avx2 => 8,
        Level::Avx512 => 16,
    }
}

/// Computes `kernel` with the vectors of `level`.
pub(crate) fn run_at<K: Kernel>(level: Level, kernel: K) {
    match level {
        // SAFETY: `available` found the instructions of the level.
        #[cfg(target_arch = "x86_64")]
        Level::Avx512 => unsafe { x86::avx512(kernel) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Level::Avx2 => unsafe { x86::avx2(kernel) },
        // SAFETY: as above.
        #[cfg(target_arch = "aarch64")]
        Level::Neon => unsafe { kernel.compute::<neon::Neon>() },
        // SAFETY: plain Rust runs on every processor.
        _ => unsafe { kernel.compute::<Plain>() },
    }
}

/// The levels to test here.
#[cfg(test)]
pub(crate) fn levels() -> Vec<Level> {
    available()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Calls every operation on chosen values and compares with their definition.
    struct Check;

    impl Kernel for Check {
        #[inline(always)]
        unsafe fn compute<V: Vector>(self) {
            let values: Vec<f32> = (0..16).map(|k| k as f32 - 5.5).collect();
            let others: Vec<f32> = (0..16).map(|k| 4.0 - k as f32).collect();
            let mut nan = values.clone();
            nan[1] = f32::NAN;
            let mut other_nan = others.clone();
            other_nan[2] = f32::NAN;
            let read = |vector: V| {
                let mut out = vec![0.0; 16];
                // SAFETY: 16 values are at least `LANES`.
                unsafe { vector.store(out.as_mut_ptr()) };
                out.truncate(V::LANES);
                out
            };
            // SAFETY: all arrays hold 16 values, at least `LANES`.
            unsafe {
                let (a, b) = (V::load(values.as_ptr()), V::load(others.as_ptr()));
                let sum = read(V::splat(1.0).plus_product(a, b));
                let (plus, minus) = (read(a.plus(b)), read(a.minus(b)));
                for k in 0..V::LANES {
                    assert_eq!(plus[k], values[k] + others[k]);
                    assert_eq!(minus[k], values[k] - others[k]);
                    assert_eq!(sum[k], values[k].mul_add(others[k], 1.0));
                    assert_eq!(V::fused(1.0, values[k], others[k]), sum[k]);
                }
                let (a, b) = (V::load(nan.as_ptr()), V::load(other_nan.as_ptr()));
                let (best, place) = a.larger(V::splat(0.0), b, V::splat(3.0));
                let (best, place) = (read(best), read(place));
                assert!(best[1].is_nan() && best[2].is_nan());
                assert_eq!((place[1], place[2]), (0.0, 3.0));
                for k in [0, 3] {
                    assert_eq!(best[k], values[k].max(others[k]));
                    assert_eq!(place[k], if others[k] > values[k] { 3.0 } else { 0.0 });
                }
                let rectified = read(a.relu());
                assert!(rectified[1].is_nan() && rectified[0] == 0.0);
                assert_eq!(read(b.relu())[0], others[0]);
                let through = read(V::splat(1.5).through_relu(a));
                assert!(through[1] == 1.5 && through[0] == 0.0);
                assert_eq!(read(V::splat(1.5).through_relu(b))[0], 1.5);
                let mut bytes = [9u8; 16];
                V::load(
                    [0., 1., 2., 3., 4., 5., 6., 7., 8., 9., 10., 11., 12., 13., 14., 127.]
                        .as_ptr(),
                )
                .store_bytes(bytes.as_mut_ptr());
                assert_eq!(bytes[..4], [0, 1, 2, 3]);
                assert_eq!(
                    bytes[V::LANES - 1],
                    if V::LANES == 16 { 127 } else { V::LANES as u8 - 1 }
                );
                let kept = read(V::splat(2.5).where_byte(bytes.as_ptr(), 3));
                assert!((0..V::LANES).all(|k| kept[k] == if k == 3 { 2.5 } else { 0.0 }));
                let rows: Vec<f32> = (0..16 * 20).map(|k| k as f32).collect();
                let mut turned = vec![-1.0; 16 * 18];
                V::transpose(rows.as_ptr(), 20, turned.as_mut_ptr(), 18);
                for (k, value) in turned.iter().enumerate() {
                    let (c, r) = (k / 18, k % 18);
                    let inside = c < V::LANES && r < V::LANES;
                    assert_eq!(*value, if inside { rows[r * 20 + c] } else { -1.0 });
                }
            }
        }
    }

    #[test]
    fn every_level_keeps_the_definitions() {
        for level in levels() {
            run_at(level, Check);
        }
    }
}
