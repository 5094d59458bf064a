//! Seeded random numbers: the same seed gives the same figures bit for bit, on
//! any machine and any number of threads.
//!
//! candle's CPU generator cannot be seeded, so initial weights, shuffling,
//! dropout and noise draw from here. The generator is ChaCha8 (`rand_chacha`,
//! whose stream is guaranteed not to change between versions).

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use crate::elementary::double;

/// A seeded generator.
///
/// ```
/// use mnist_tp::random::Rng;
/// assert_eq!(Rng::new(42).permutation(5), Rng::new(42).permutation(5));
/// ```
#[derive(Clone, Debug)]
pub struct Rng(ChaCha8Rng);

impl Rng {
    /// A generator that depends on `seed` alone.
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// An independent generator for the `stream`-th use of the same seed
    /// (one per layer, per epoch, …).
    pub fn stream(seed: u64, stream: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        Self(rng)
    }

    /// A number uniform in `[low, high)`.
    pub fn uniform(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.0.random::<f32>()
    }

    /// An integer uniform in `0..n`; 0 when `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        if n == 0 { 0 } else { self.0.random_range(0..n as u64) as usize }
    }

    /// A number from the standard normal distribution (Box–Muller).
    pub fn normal(&mut self) -> f32 {
        let (u, turns) = self.uniforms();
        box_muller(u, turns)
    }

    /// What [`box_muller`] makes a normal number of.
    pub(crate) fn uniforms(&mut self) -> (f64, f64) {
        (1.0 - self.0.random::<f64>(), self.0.random())
    }

    /// The integers `0..n` in random order (Fisher–Yates).
    pub fn permutation(&mut self, n: usize) -> Vec<u32> {
        let mut order: Vec<u32> = (0..n as u32).collect();
        for last in (1..n).rev() {
            order.swap(last, self.below(last + 1));
        }
        order
    }
}

/// `√(−2 ln u) · cos(2π·turns)`, `0 < u ≤ 1`: a normal number of two uniform ones.
#[inline(always)]
pub(crate) fn box_muller(u: f64, turns: f64) -> f32 {
    ((-2.0 * double::ln_normal(u)).sqrt() * double::cos_turns(turns)) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permutation_holds_each_index_once() {
        let mut order = Rng::new(1).permutation(1000);
        assert_ne!(order[..10], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        order.sort_unstable();
        assert!(order.iter().copied().eq(0..1000));
    }

    #[test]
    fn normal_has_mean_zero_and_variance_one() {
        let mut rng = Rng::new(7);
        let draws: Vec<f32> = (0..100_000).map(|_| rng.normal()).collect();
        let mean = draws.iter().sum::<f32>() / 1e5;
        let variance = draws.iter().map(|x| (x - mean).powi(2)).sum::<f32>() / 1e5;
        assert!(mean.abs() < 0.02 && (variance - 1.0).abs() < 0.03, "{mean} {variance}");
    }

    #[test]
    fn streams_of_one_seed_differ() {
        assert_ne!(Rng::stream(3, 0).permutation(50), Rng::stream(3, 1).permutation(50));
    }
}
