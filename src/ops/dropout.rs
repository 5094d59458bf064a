//! Dropout: in training each value is dropped with probability `rate`, the
//! others are scaled so that the mean stays the same; at inference, nothing.
//!
//! `y = x·m / (1 - rate)`, `m` drawn anew at each step from 0 and 1
//! (Srivastava et al., 2014). Whether a value is dropped depends only on the
//! seed, the step, the layer and its place in the batch: the same on any number
//! of threads, and nothing needs to be kept for the backward pass.

use super::simd::{self, Kernel, Vector, run_at};
use super::{Backward, Forward, Op, Pass, for_each};

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
    fn mask(&self, pass: Pass, values: &mut [f32]) {
        let key = mix(pass.seed ^ mix(pass.step ^ mix(self.salt)));
        for_each(values.chunks_mut(CHUNK).enumerate(), |(chunk, values)| {
            let (scale, first) = (1.0 / (1.0 - self.rate), (chunk * CHUNK) as u32);
            let threshold = (f64::from(self.rate) * 4_294_967_296.0) as u32;
            run_at(simd::level(), Mask { values, first, key, threshold, scale });
        });
    }
}

/// Draws one number per value and multiplies the value by 0 or `scale`.
struct Mask<'a> {
    values: &'a mut [f32],
    first: u32,
    key: u64,
    threshold: u32,
    scale: f32,
}

impl Kernel for Mask<'_> {
    /// A plain loop: compiled for the instructions of `V`, it becomes vectors by itself.
    #[inline(always)]
    unsafe fn compute<V: Vector>(self) {
        let (low, high) = (self.key as u32, (self.key >> 32) as u32);
        for (i, value) in self.values.iter_mut().enumerate() {
            let place = self.first.wrapping_add(i as u32);
            let draw = scatter(scatter(place ^ low) ^ high);
            *value *= if draw < self.threshold { 0.0 } else { self.scale };
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
        io.y.copy_from_slice(io.x);
        if io.pass.training {
            self.mask(io.pass, io.y);
        }
    }

    fn backward(&self, io: Backward<'_>) {
        if let Some(dx) = io.dx {
            dx.copy_from_slice(io.dy);
            if io.pass.training {
                self.mask(io.pass, dx);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drops_the_share_and_keeps_the_mean() {
        let op = Dropout { len: 100_000, rate: 0.3, salt: 1 };
        let mut values = vec![1.0; 100_000];
        op.mask(Pass { training: true, seed: 5, step: 9 }, &mut values);
        let dropped = values.iter().filter(|v| **v == 0.0).count();
        let mean = values.iter().sum::<f32>() / 1e5;
        assert!((29_000..31_000).contains(&dropped) && (mean - 1.0).abs() < 0.02);
    }
}
