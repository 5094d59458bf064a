//! Dropout: in training each value is dropped with probability `rate`, the
//! others are scaled so that the mean stays the same; at inference, nothing.
//!
//! `y = x·m / (1 - rate)`, `m` drawn anew at each step from 0 and 1
//! (Srivastava et al., 2014). Whether a value is dropped depends only on the
//! seed, the step, the layer and its place in the batch: the same on any number
//! of threads, and nothing needs to be kept for the backward pass.

use rayon::prelude::*;

use super::{Backward, Forward, Op, Pass};

/// Pairs of values that one thread handles at a time.
const PAIRS: usize = 1 << 13;

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
        let scale = 1.0 / (1.0 - self.rate);
        let threshold = (f64::from(self.rate) * 4_294_967_296.0) as u32;
        let key = mix(pass.seed ^ mix(pass.step ^ mix(self.salt)));
        values.par_chunks_mut(2 * PAIRS).enumerate().for_each(|(chunk, values)| {
            for (i, pair) in values.chunks_mut(2).enumerate() {
                let i = (chunk * PAIRS + i) as u64;
                let bits = mix(key.wrapping_add(i.wrapping_mul(0x9E37_79B9_7F4A_7C15)));
                for (value, draw) in pair.iter_mut().zip([bits as u32, (bits >> 32) as u32]) {
                    *value *= if draw < threshold { 0.0 } else { scale };
                }
            }
        });
    }
}

/// Finaliser of SplitMix64 (Steele, Lea and Flood, 2014): scatters the bits.
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
