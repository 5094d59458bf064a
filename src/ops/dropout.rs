//! Dropout: in training each value is dropped with probability `rate`, the
//! others are scaled so that the mean stays the same; at inference, nothing.
//!
//! `y = x·m / (1 - rate)`, `m` drawn anew at each step from 0 and 1
//! (Srivastava et al., 2014). Whether a value is dropped depends only on the
//! seed, the step, the layer and its place in the batch: the same on any number
//! of threads, and nothing needs to be kept for the backward pass.

use candle_core::Tensor;

use super::{Backward, Forward, Op, Pass};
use crate::fast::simd::{self, Kernel, Vector, run_at};
use crate::fast::threads::for_each;

/// Values that one thread handles at a time.
const CHUNK: usize = 1 << 14;

/// The operation of a dropout layer.
#[derive(Clone, Copy, Debug)]
pub struct Dropout {
    /// Number of values of a sample.
    pub len: usize,
    /// Share of the values that are dropped, in `[0, 1)`.
    pub rate: f32,
    /// Tells one dropout layer of a network from the next.
    pub salt: u64,
}

impl Dropout {
    /// `to = from · m / (1 - rate)`.
    fn mask(&self, pass: Pass, from: &[f32], to: &mut [f32]) {
        let key = mix(pass.seed ^ mix(pass.step ^ mix(self.salt)));
        for_each(
            from.chunks(CHUNK).zip(to.chunks_mut(CHUNK)).enumerate(),
            |(chunk, (from, to))| {
                if !pass.training {
                    return to.copy_from_slice(from);
                }
                let (scale, first) = (1.0 / (1.0 - self.rate), (chunk * CHUNK) as u32);
                let threshold = (f64::from(self.rate) * 4_294_967_296.0) as u32;
                run_at(simd::level(), Mask { from, to, key, first, threshold, scale });
            },
        );
    }
}

/// The loop over one chunk. (A [`Kernel`] is always inlined: a closure called from
/// [`crate::fast::wide::wide`] was not, and took several times as long.)
struct Mask<'a> {
    from: &'a [f32],
    to: &'a mut [f32],
    key: u64,
    /// Number of the first value.
    first: u32,
    /// Draws below it drop their value.
    threshold: u32,
    scale: f32,
}

impl Kernel for Mask<'_> {
    #[inline(always)]
    unsafe fn compute<V: Vector>(self) {
        let Self { from, to, key, first, threshold, scale } = self;
        let (low, high) = (key as u32, (key >> 32) as u32);
        // (`enumerate` would check its count for overflow at each turn.)
        let mut place = first;
        for (from, to) in from.iter().zip(to) {
            let draw = scatter(scatter(place ^ low) ^ high);
            *to = from * if draw < threshold { 0.0 } else { scale };
            place = place.wrapping_add(1);
        }
    }
}

/// Finaliser of MurmurHash3 (Appleby, 2011): scatters 32 bits.
#[inline(always)]
fn scatter(mut z: u32) -> u32 {
    z = (z ^ (z >> 16)).wrapping_mul(0x85EB_CA6B);
    z = (z ^ (z >> 13)).wrapping_mul(0xC2B2_AE35);
    z ^ (z >> 16)
}

/// Finaliser of SplitMix64 (Steele, Lea and Flood, 2014): scatters 64 bits.
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

impl Op for Dropout {
    fn name(&self) -> &'static str {
        "dropout"
    }

    fn input_len(&self) -> usize {
        self.len
    }

    fn output_len(&self) -> usize {
        self.len
    }

    fn forward(&self, io: Forward<'_>) {
        self.mask(io.pass, io.x, io.y);
    }

    fn backward(&self, io: Backward<'_>) {
        if let Some(dx) = io.dx {
            self.mask(io.pass, io.dy, dx);
        }
    }

    fn portable(&self, pass: Pass, x: &Tensor, _: &[Tensor]) -> candle_core::Result<Tensor> {
        let mut mask = vec![0.0; x.elem_count()];
        self.mask(pass, &vec![1.0; x.elem_count()], &mut mask);
        x * Tensor::from_vec(mask, x.shape(), x.device())?
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{TRAINING, assert_same_on_any_threads, draw, step};
    use crate::random::Rng;

    #[test]
    fn drops_the_share_and_keeps_the_mean() {
        for (step, rate) in [(9, 0.3), (10, 0.5)] {
            let op = Dropout { len: 100_000, rate, salt: 1 };
            let (ones, mut values) = (vec![1.0; 100_000], vec![f32::NAN; 100_000]);
            op.mask(Pass { training: true, seed: 5, step }, &ones, &mut values);
            let dropped = values.iter().filter(|v| **v == 0.0).count() as f32 / 1e5;
            let mean = values.iter().sum::<f32>() / 1e5;
            assert!((dropped - rate).abs() < 0.01 && (mean - 1.0).abs() < 0.02);
            // Neighbours do not follow each other.
            let pairs = values.windows(2).filter(|two| two == &[0.0, 0.0]).count() as f32 / 1e5;
            assert!((pairs - rate * rate).abs() < 0.01, "{pairs}");
        }
    }

    #[test]
    fn the_gradient_takes_the_same_way_and_inference_changes_nothing() {
        let (mut rng, n) = (Rng::new(2), 40_000);
        let op = Dropout { len: n / 4, rate: 0.4, salt: 7 };
        let x = draw(&mut rng, n);
        let found = step(&op, TRAINING, &x, &[], &x);
        assert_eq!(found.y, found.dx);
        assert_eq!(step(&op, Pass::INFERENCE, &x, &[], &x).y, x);
        assert_same_on_any_threads(&op, &x, &[], &x);
    }
}
