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

use candle_core::Tensor;

use super::{Backward, Forward, Op, Pass, portable};
use crate::fast::rows::{RowMap, RowSums, Term};
use crate::fast::simd::{self, Level, run_at};
use crate::fast::threads::{for_each, room};
use crate::{Error, Result};

pub mod reference;
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
    level: Level,
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
        let (momentum, epsilon) = (Self::MOMENTUM, Self::EPSILON);
        Ok(Self { pixels, features, momentum, epsilon, level: simd::level(), running })
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

    /// Moves the running averages towards those of a batch.
    fn follow(&self, mean: &[f32], variance: &[f32]) {
        let mut running = lock(&self.running);
        let Running { mean: running_mean, variance: running_variance } = &mut *running;
        let update = |running: &mut [f32], batch: &[f32]| {
            for (running, batch) in running.iter_mut().zip(batch) {
                *running = self.momentum * *running + (1.0 - self.momentum) * batch;
            }
        };
        update(running_mean, mean);
        update(running_variance, variance);
    }

    /// Rows of one group.
    fn group(&self) -> usize {
        (GROUP / self.features).max(1) * self.features
    }

    /// [`RowSums`] over all rows: groups of rows in parallel, added in order.
    fn sums(&self, x: &[f32], w: Option<&[f32]>, scale: &[f32], shift: &[f32]) -> Vec<f64> {
        let group = self.group();
        let mut partial = vec![0.0; x.len().div_ceil(group) * 2 * self.features];
        for_each(partial.chunks_exact_mut(2 * self.features).enumerate(), |(index, sums)| {
            let range = index * group..((index + 1) * group).min(x.len());
            let (x, w) = (&x[range.clone()], w.map(|w| &w[range]));
            run_at(self.level, RowSums { x, w, scale, shift, sums });
        });
        let mut total = vec![0.0; 2 * self.features];
        for sums in partial.chunks_exact(2 * self.features) {
            total.iter_mut().zip(sums).for_each(|(total, sum)| *total += f64::from(*sum));
        }
        total
    }

    /// [`RowMap`] of all rows, in parallel.
    fn map(&self, first: Term<'_>, second: Option<Term<'_>>, c: &[f32], y: &mut [f32]) {
        let group = self.group();
        for_each(y.chunks_mut(group).enumerate(), |(index, y)| {
            let range = index * group..index * group + y.len();
            let (first, second) =
                (first.part(range.clone()), second.map(|second| second.part(range)));
            run_at(self.level, RowMap { first, second, c, y });
        });
    }
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
        let (mean, inverse) = room(&mut io.saved.floats, 2 * features).split_at_mut(features);
        if io.pass.training {
            let m = (io.x.len() / features) as f64;
            let (ones, zeros) = (vec![1.0; features], vec![0.0; features]);
            let sums = self.sums(io.x, None, &ones, &zeros);
            mean.iter_mut().zip(&sums).for_each(|(mean, sum)| *mean = (sum / m) as f32);
            let centre: Vec<f32> = mean.iter().map(|mean| -mean).collect();
            let squares = &self.sums(io.x, None, &ones, &centre)[features..];
            let variance: Vec<f32> = squares.iter().map(|sum| (sum / m) as f32).collect();
            for (inverse, variance) in inverse.iter_mut().zip(&variance) {
                *inverse = 1.0 / (variance + self.epsilon).sqrt();
            }
            self.follow(mean, &variance);
        } else {
            let running = lock(&self.running);
            for k in 0..features {
                mean[k] = running.mean[k];
                inverse[k] = 1.0 / (running.variance[k] + self.epsilon).sqrt();
            }
        }
        let a: Vec<f32> = (0..features).map(|k| gamma[k] * inverse[k]).collect();
        let centre: Vec<f32> = mean.iter().map(|mean| -mean).collect();
        self.map(Term { x: io.x, shift: &centre, scale: &a }, None, beta, io.y);
    }

    /// With `a = gamma / √(variance + ε)` and `x̂ = (x − mean) / √(variance + ε)`,
    /// `dx = (dy − Σ dy / m) · a + (x − mean) · b`, where `b` gathers the rest of the
    /// formula above. Both terms are centred before they are scaled: of a batch of one
    /// row, whose output does not depend on `x`, nothing is left.
    fn backward(&self, io: Backward<'_>) {
        let (gamma, features) = (io.params[0], self.features);
        let (mean, inverse) = io.saved.floats[..2 * features].split_at(features);
        let centre: Vec<f32> = mean.iter().map(|mean| -mean).collect();
        let sums = self.sums(io.x, Some(io.dy), &vec![1.0; features], &centre);
        let [dgamma, dbeta] = io.dparams else { return };
        for k in 0..features {
            dbeta[k] = sums[k] as f32;
            dgamma[k] = (sums[features + k] * f64::from(inverse[k])) as f32;
        }
        let Some(dx) = io.dx else { return };
        // In inference the statistics are constants: `dx = dy · a`.
        let m = if io.pass.training { (io.x.len() / features) as f32 } else { f32::INFINITY };
        let a: Vec<f32> = (0..features).map(|k| gamma[k] * inverse[k]).collect();
        let b: Vec<f32> = (0..features).map(|k| -a[k] * inverse[k] * (dgamma[k] / m)).collect();
        let shift: Vec<f32> = dbeta.iter().map(|sum| -sum / m).collect();
        let first = Term { x: io.dy, shift: &shift, scale: &a };
        let second = Term { x: io.x, shift: &centre, scale: &b };
        self.map(first, Some(second), &vec![0.0; features], dx);
    }

    fn portable(&self, pass: Pass, x: &Tensor, params: &[Tensor]) -> candle_core::Result<Tensor> {
        let x = x.reshape(((), self.features))?;
        let constant = |values: &[f32]| Tensor::from_slice(values, self.features, x.device());
        let (mean, variance) = if pass.training {
            let mean = x.mean(0)?;
            let variance = x.broadcast_sub(&mean)?.sqr()?.mean(0)?;
            self.follow(&mean.to_vec1()?, &variance.to_vec1()?);
            (mean, variance)
        } else {
            let running = lock(&self.running);
            (constant(&running.mean)?, constant(&running.variance)?)
        };
        let scale = [&params[0], &params[1]];
        portable::normalize(&x, [&mean, &variance], self.epsilon, scale)
    }
}
