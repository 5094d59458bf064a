//! Batch normalisation: every feature gets mean 0 and variance 1 over the
//! batch, then a scale and an offset that are learnt.
//!
//! `x̂ = (x − mean) / √(variance + ε)`, `y = gamma · x̂ + beta`
//!
//! A feature is a position of the last axis; mean and variance run over all
//! others (the images of the batch, and the pixels of each). In training they
//! are those of the batch, and running averages of them are updated,
//! `running ← momentum · running + (1 − momentum) · batch`; in inference the
//! running averages take their place. Through the statistics every `x` acts on
//! every `y` of its feature, hence, over the `m` values of a feature:
//!
//! `dx = gamma / √(variance + ε) · (dy − Σ dy / m − x̂ · Σ (dy · x̂) / m)`
//!
//! The sums are taken over fixed groups of rows and added in order, in double
//! precision: any number of threads gives the same bits.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rayon::prelude::*;

use super::{Backward, Forward, Op};
use crate::{Error, Result};

#[cfg(test)]
mod tests;

/// Values in a group of rows.
const GROUP: usize = 1 << 14;

/// Averages of mean and variance over the training steps, per feature.
#[derive(Clone, Debug, PartialEq)]
pub struct Running {
    /// Running mean, zeros at first.
    pub mean: Vec<f32>,
    /// Running variance, ones at first.
    pub variance: Vec<f32>,
}

impl Running {
    /// The averages before any training.
    pub fn new(features: usize) -> Self {
        Self { mean: vec![0.0; features], variance: vec![1.0; features] }
    }
}

/// Batch normalisation over the last axis; parameters: gamma `[features]` and
/// beta `[features]`.
#[derive(Clone, Debug)]
pub struct BatchNorm {
    pixels: usize,
    features: usize,
    momentum: f32,
    epsilon: f32,
    running: Arc<Mutex<Running>>,
}

impl BatchNorm {
    /// Momentum of the running averages, as in Keras.
    pub const MOMENTUM: f32 = 0.99;
    /// What is added to the variance, as in Keras.
    pub const EPSILON: f32 = 1e-3;

    /// Normalises images of `pixels` positions with `features` values each
    /// (`pixels` is 1 after a dense layer). The layer keeps `running` too, to
    /// save and restore it.
    ///
    /// # Errors
    /// When a size is zero or `running` is for another number of features.
    pub fn new(pixels: usize, features: usize, running: Arc<Mutex<Running>>) -> Result<Self> {
        if pixels == 0 || features == 0 {
            let expected = "au moins un pixel et un canal";
            return Err(Error::shape("batch_norm", [pixels, features], expected));
        }
        let (mean, variance) = {
            let running = lock(&running);
            (running.mean.len(), running.variance.len())
        };
        if [mean, variance] != [features; 2] {
            let expected = format!("{features} moyennes et {features} variances");
            return Err(Error::shape("batch_norm", [mean, variance], expected));
        }
        Ok(Self { pixels, features, momentum: Self::MOMENTUM, epsilon: Self::EPSILON, running })
    }

    /// The same with another momentum.
    #[must_use]
    pub fn momentum(self, momentum: f32) -> Self {
        Self { momentum, ..self }
    }

    /// The same with another epsilon.
    #[must_use]
    pub fn epsilon(self, epsilon: f32) -> Self {
        Self { epsilon, ..self }
    }

    /// Rows of one group.
    fn group(&self) -> usize {
        (GROUP / self.features).max(1) * self.features
    }

    /// `Σ f(row, k)` of each feature `k` over the rows of all `arrays`, which
    /// are walked together; `f` gives two terms, summed apart.
    fn sums(&self, a: &[f32], b: &[f32], f: impl Fn(f32, f32, usize) -> [f32; 2] + Sync) -> Sums {
        let group = self.group();
        let partial: Vec<_> = a
            .par_chunks(group)
            .zip(b.par_chunks(group))
            .map(|(a, b)| {
                let mut first = vec![0f32; self.features];
                let mut second = vec![0f32; self.features];
                for (a, b) in a.chunks_exact(self.features).zip(b.chunks_exact(self.features)) {
                    for k in 0..self.features {
                        let [p, q] = f(a[k], b[k], k);
                        first[k] += p;
                        second[k] += q;
                    }
                }
                (first, second)
            })
            .collect();
        let mut sums = Sums { first: vec![0.0; self.features], second: vec![0.0; self.features] };
        for (first, second) in &partial {
            for k in 0..self.features {
                sums.first[k] += f64::from(first[k]);
                sums.second[k] += f64::from(second[k]);
            }
        }
        sums
    }
}

/// Two sums per feature.
struct Sums {
    first: Vec<f64>,
    second: Vec<f64>,
}

fn lock(running: &Mutex<Running>) -> MutexGuard<'_, Running> {
    running.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Op for BatchNorm {
    fn name(&self) -> &'static str {
        "batch_norm"
    }

    fn input_len(&self) -> usize {
        self.pixels * self.features
    }

    fn output_len(&self) -> usize {
        self.pixels * self.features
    }

    fn param_lens(&self) -> Vec<usize> {
        vec![self.features; 2]
    }

    /// Keeps mean and `1 / √(variance + ε)` of each feature for the backward pass.
    fn forward(&self, io: Forward<'_>) {
        let (gamma, beta) = (io.params[0], io.params[1]);
        let features = self.features;
        io.saved.floats.resize(2 * features, 0.0);
        let (mean, inverse) = io.saved.floats.split_at_mut(features);
        if io.pass.training {
            let m = (io.x.len() / features) as f64;
            let sums = self.sums(io.x, io.x, |x, _, _| [x, 0.0]);
            mean.iter_mut().zip(&sums.first).for_each(|(mean, sum)| *mean = (sum / m) as f32);
            let centre = &*mean;
            let sums = self.sums(io.x, io.x, |x, _, k| [(x - centre[k]) * (x - centre[k]), 0.0]);
            let mut running = lock(&self.running);
            for k in 0..features {
                let variance = (sums.first[k] / m) as f32;
                inverse[k] = 1.0 / (variance + self.epsilon).sqrt();
                let update = |running: &mut f32, batch: f32| {
                    *running = self.momentum * *running + (1.0 - self.momentum) * batch;
                };
                update(&mut running.mean[k], mean[k]);
                update(&mut running.variance[k], variance);
            }
        } else {
            let running = lock(&self.running);
            for k in 0..features {
                mean[k] = running.mean[k];
                inverse[k] = 1.0 / (running.variance[k] + self.epsilon).sqrt();
            }
        }
        let (mean, inverse, group) = (&*mean, &*inverse, self.group());
        io.x.par_chunks(group).zip(io.y.par_chunks_mut(group)).for_each(|(x, y)| {
            for (x, y) in x.chunks_exact(features).zip(y.chunks_exact_mut(features)) {
                for k in 0..features {
                    y[k] = (x[k] - mean[k]) * (gamma[k] * inverse[k]) + beta[k];
                }
            }
        });
    }

    fn backward(&self, io: Backward<'_>) {
        let (gamma, features) = (io.params[0], self.features);
        let (mean, inverse) = io.saved.floats.split_at(features);
        let sums = self.sums(io.x, io.dy, |x, dy, k| [dy, dy * (x - mean[k]) * inverse[k]]);
        let [dgamma, dbeta] = io.dparams else { return };
        for k in 0..features {
            dbeta[k] = sums.first[k] as f32;
            dgamma[k] = sums.second[k] as f32;
        }
        let Some(dx) = io.dx else { return };
        // In inference the statistics are constants: `dx = gamma / √… · dy`.
        let m = if io.pass.training { (io.x.len() / features) as f32 } else { f32::INFINITY };
        let (dgamma, dbeta, group) = (&**dgamma, &**dbeta, self.group());
        let images = io.x.par_chunks(group).zip(io.dy.par_chunks(group));
        images.zip(dx.par_chunks_mut(group)).for_each(|((x, dy), dx)| {
            let rows = x.chunks_exact(features).zip(dy.chunks_exact(features));
            for ((x, dy), dx) in rows.zip(dx.chunks_exact_mut(features)) {
                for k in 0..features {
                    let normalised = (x[k] - mean[k]) * inverse[k];
                    let through = dbeta[k] / m + normalised * (dgamma[k] / m);
                    dx[k] = gamma[k] * inverse[k] * (dy[k] - through);
                }
            }
        });
    }
}

/// The formulas as loops in double precision, to read and to test against.
pub mod reference {
    /// `y` in training, for `x`: `[m, features]`.
    pub fn forward(x: &[f32], gamma: &[f32], beta: &[f32], epsilon: f32) -> Vec<f32> {
        let mut y = vec![0.0; x.len()];
        for k in 0..gamma.len() {
            let (mean, deviation) = statistics(x, gamma.len(), k, epsilon);
            for at in (k..x.len()).step_by(gamma.len()) {
                let normalised = (f64::from(x[at]) - mean) / deviation;
                y[at] = (f64::from(gamma[k]) * normalised + f64::from(beta[k])) as f32;
            }
        }
        y
    }

    /// `(dx, dgamma, dbeta)` in training.
    pub fn backward(
        x: &[f32],
        gamma: &[f32],
        dy: &[f32],
        epsilon: f32,
    ) -> (Vec<f32>, Vec<f32>, Vec<f32>) {
        let features = gamma.len();
        let m = (x.len() / features) as f64;
        let (mut dx, mut dgamma, mut dbeta) =
            (vec![0.0; x.len()], vec![0.0; features], vec![0.0; features]);
        for k in 0..features {
            let (mean, deviation) = statistics(x, features, k, epsilon);
            let normalised = |at: usize| (f64::from(x[at]) - mean) / deviation;
            let feature = || (k..x.len()).step_by(features);
            let sum: f64 = feature().map(|at| f64::from(dy[at])).sum();
            let product: f64 = feature().map(|at| f64::from(dy[at]) * normalised(at)).sum();
            for at in feature() {
                let centred = f64::from(dy[at]) - sum / m - normalised(at) * product / m;
                dx[at] = (f64::from(gamma[k]) / deviation * centred) as f32;
            }
            (dgamma[k], dbeta[k]) = (product as f32, sum as f32);
        }
        (dx, dgamma, dbeta)
    }

    /// Mean of feature `k` and `√(variance + ε)`.
    fn statistics(x: &[f32], features: usize, k: usize, epsilon: f32) -> (f64, f64) {
        let values = || x[k..].iter().step_by(features).map(|x| f64::from(*x));
        let m = (x.len() / features) as f64;
        let mean = values().sum::<f64>() / m;
        let variance = values().map(|x| (x - mean).powi(2)).sum::<f64>() / m;
        (mean, (variance + f64::from(epsilon)).sqrt())
    }
}
