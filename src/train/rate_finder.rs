//! The learning-rate finder: loss against learning rate, in one short run.
//!
//! The network is trained for a few hundred steps while the learning rate grows
//! geometrically from `low` to `high` (Smith, *Cyclical learning rates for
//! training neural networks*, 2017):
//!
//! `η_i = low·(high / low)^(i / (steps − 1))`.
//!
//! Where it is too small the loss hardly moves, then it falls, then it rises
//! again and explodes. One batch being noisy, the loss is smoothed by an
//! exponential mean whose start at zero is corrected, as in Adam:
//!
//! `m_i = β·m_{i−1} + (1 − β)·ℓ_i`, `smooth_i = m_i / (1 − β^{i+1})`.
//!
//! The run ends when the smoothed loss is four times the best one, and the
//! weights are put back as they were.

use candle_core::Tensor;

use super::engine::{Engine, Source};
use super::targets::{HostTargets, TargetBatch};
use crate::elementary::double::{power, whole_power};
use crate::nn::Model;
use crate::ops::Pass;
use crate::random::Rng;
use crate::{Error, Result, signs};

/// Loss, in units of the best one, at which the run ends.
const EXPLODED: f64 = 4.0;

/// Settings of the finder.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateFinder {
    /// Smallest learning rate.
    pub low: f64,
    /// Largest learning rate.
    pub high: f64,
    /// Steps between them.
    pub steps: usize,
    /// Images per step.
    pub batch_size: usize,
    /// Memory `β` of the smoothing, in `[0, 1)`.
    pub smoothing: f64,
    /// Seed of the order of the images and of dropout.
    pub seed: u64,
}

impl Default for RateFinder {
    fn default() -> Self {
        Self { low: 1e-5, high: 10.0, steps: 300, batch_size: 32, smoothing: 0.95, seed: 0 }
    }
}

/// The curve that the finder measured.
#[derive(Clone, Debug, PartialEq)]
pub struct RateCurve {
    /// Name of the network.
    pub name: String,
    /// The learning rates.
    pub rates: Vec<f64>,
    /// The loss of each batch.
    pub losses: Vec<f64>,
    /// The smoothed losses.
    pub smoothed: Vec<f64>,
}

impl RateCurve {
    /// A tenth of the learning rate at which the smoothed loss is lowest: at
    /// the minimum itself the training is about to become unstable. NaN for a curve
    /// without any point, which the finder never gives.
    pub fn suggestion(&self) -> f64 {
        let lowest = self.smoothed.iter().enumerate().min_by(|a, b| a.1.total_cmp(b.1));
        lowest.map_or(f64::NAN, |(i, _)| self.rates[i] / 10.0)
    }
}

impl Model {
    /// Measures the loss while the learning rate grows, on images `x` with
    /// targets `y` as `fit` takes them; the network and its optimiser stay as
    /// they were.
    ///
    /// # Errors
    /// When a shape, type or setting does not fit, the network is not compiled, or
    /// the very first loss is no number.
    pub fn find_learning_rate(
        &mut self,
        x: &Tensor,
        y: &Tensor,
        settings: RateFinder,
    ) -> Result<RateCurve> {
        settings.check()?;
        let state = self.state()?;
        let curve = self.sweep(x, y, settings);
        self.set_state(&state)?;
        curve
    }

    fn sweep(&self, x: &Tensor, y: &Tensor, settings: RateFinder) -> Result<RateCurve> {
        let RateFinder { low, high, steps, batch_size, smoothing, seed } = settings;
        let training = self.training()?.clone();
        let n = self.check_input(x)?;
        let targets = HostTargets::new(y, training.loss, n, self.classes())?;
        let (source, mut engine) = (Source::new(x)?, Engine::new(self)?);
        let (mut images, mut batch) = (Vec::new(), TargetBatch::default());
        let mut curve = RateCurve {
            name: self.name().to_owned(),
            rates: Vec::new(),
            losses: Vec::new(),
            smoothed: Vec::new(),
        };
        let (mut order, mut mean, mut best) = (Vec::new(), 0.0, f64::INFINITY);
        for i in 0..steps {
            if order.len() < batch_size.min(n) {
                order = Rng::stream(seed, i as u64).permutation(n);
            }
            signs::go_on()?;
            let indices = order.split_off(order.len() - batch_size.min(n));
            source.gather(&indices, &mut images)?;
            let answers = targets.gather(&indices, &mut batch);
            let rate = low * power(high / low, i as f64 / (steps - 1) as f64);
            let optimizer = training.optimizer.with_learning_rate(rate);
            let mut memory = training.memory();
            let pass = Pass { training: true, seed, step: memory.steps };
            let score =
                engine.train(&images, answers, indices.len(), pass, &optimizer, &mut memory)?;
            let loss = score.loss / indices.len() as f64;
            mean = smoothing * mean + (1.0 - smoothing) * loss;
            let smooth = mean / (1.0 - whole_power(smoothing, i as u64 + 1));
            if i == 0 && !smooth.is_finite() {
                return Err(Error::Diverged { epoch: 1, batch: 1, learning_rate: rate });
            }
            if !smooth.is_finite() || smooth > EXPLODED * best {
                break;
            }
            best = best.min(smooth);
            curve.rates.push(rate);
            curve.losses.push(loss);
            curve.smoothed.push(smooth);
        }
        Ok(curve)
    }
}

impl RateFinder {
    fn check(&self) -> Result<()> {
        let Self { low, high, steps, batch_size, smoothing, .. } = self;
        if !(*low > 0.0 && low < high && high.is_finite()) {
            let found = format!("de {low} à {high}");
            let expected = "deux taux positifs, le plus petit d'abord (`low`, `high`)";
            return Err(Error::parameter("taux d'apprentissage", found, expected));
        }
        if *steps < 2 || *batch_size == 0 {
            let found = format!("{steps} pas de {batch_size} images");
            return Err(Error::parameter("RateFinder", found, "au moins 2 pas et 1 image par lot"));
        }
        if !(0.0..1.0).contains(smoothing) {
            return Err(Error::parameter("smoothing", smoothing, "un nombre de [0, 1["));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prelude::*;

    fn data() -> (Tensor, Tensor) {
        let mut rng = crate::random::Rng::new(1);
        let x: Vec<f32> = (0..600).map(|_| rng.uniform(-1.0, 1.0)).collect();
        let y: Vec<u32> = x.chunks(3).map(|r| u32::from(r[0] + r[1] > 0.0)).collect();
        let x = Tensor::from_vec(x, (200, 3), &Device::Cpu).unwrap();
        (x, Tensor::from_vec(y, 200, &Device::Cpu).unwrap())
    }

    fn network() -> Model {
        Sequential::new("petit", 3)
            .dense("C1", 16, Activation::Relu)
            .dense("C2", 2, Activation::Softmax)
            .compile(Sgd::default(), Loss::SparseCategoricalCrossentropy)
            .unwrap()
    }

    #[test]
    fn the_loss_falls_then_explodes_and_the_network_stays() {
        let (x, y) = data();
        let mut model = network();
        let before = model.predict(&x).unwrap().to_vec2::<f32>().unwrap();
        let settings = RateFinder { high: 1e3, ..RateFinder::default() };
        let curve = model.find_learning_rate(&x, &y, settings).unwrap();
        assert_eq!(model.predict(&x).unwrap().to_vec2::<f32>().unwrap(), before);
        assert!(curve.rates.len() < 300, "it never exploded");
        assert!((curve.rates[0] - 1e-5).abs() < 1e-12);
        let ratio = curve.rates[1] / curve.rates[0];
        assert!((ratio - 1e8f64.powf(1.0 / 299.0)).abs() < 1e-9);
        assert!((1e-3..10.0).contains(&curve.suggestion()), "{}", curve.suggestion());
        assert_eq!(curve, model.find_learning_rate(&x, &y, settings).unwrap());
        // The suggestion does learn.
        let rate = curve.suggestion();
        model
            .compile(
                Sgd { learning_rate: rate, ..Sgd::default() },
                Loss::SparseCategoricalCrossentropy,
            )
            .unwrap();
        let fit = Fit { epochs: 20, verbose: Verbose::Silent, ..Fit::default() };
        assert!(model.fit(&x, &y, fit).unwrap().accuracy[19] > 0.9);
    }

    #[test]
    fn without_smoothing_the_losses_are_those_of_the_batches() {
        let (x, y) = data();
        let settings =
            RateFinder { smoothing: 0.0, steps: 20, high: 1e-2, ..RateFinder::default() };
        let curve = network().find_learning_rate(&x, &y, settings).unwrap();
        assert_eq!(curve.losses, curve.smoothed);
        // The very first loss is that of the network as it is.
        assert!((curve.losses[0] - 2f64.ln()).abs() < 0.3);
    }

    #[test]
    fn a_loss_that_is_no_number_from_the_start_is_an_error() {
        let (_, y) = data();
        let x = Tensor::full(f32::NAN, (200, 3), &Device::Cpu).unwrap();
        let mut model = network();
        let error = model.find_learning_rate(&x, &y, RateFinder::default()).unwrap_err();
        assert!(matches!(error, Error::Diverged { epoch: 1, batch: 1, .. }), "{error}");
        // The weights that it spoilt are put back.
        let (x, _) = data();
        assert!(model.evaluate(&x, &y).unwrap().loss.is_finite());
    }

    #[test]
    fn mistakes_get_sentences() {
        let (x, y) = data();
        let say = |s| network().find_learning_rate(&x, &y, s).unwrap_err().to_string();
        let default = RateFinder::default();
        assert!(say(RateFinder { low: 1.0, high: 0.1, ..default }).contains("de 1 à 0.1"));
        assert!(say(RateFinder { steps: 1, ..default }).contains("1 pas"));
        assert!(say(RateFinder { smoothing: 1.0, ..default }).contains("[0, 1["));
    }
}
