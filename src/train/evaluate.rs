//! What a network answers on images that it does not learn from.

use candle_core::{D, Device, Tensor};

use super::engine::{Engine, Source};
use super::targets::{HostTargets, TargetBatch};
use crate::display::line;
use crate::fast::threads::together;
use crate::nn::{Loss, Model};
use crate::nombre;
use crate::ops::Pass;
use crate::ops::activation::Activation;
use crate::ops::softmax_cross_entropy::{Score, softmax_cross_entropy};
use crate::{Result, signs};

/// Images per batch at inference: large enough for the matrix products, small
/// enough for the caches.
const BATCH: usize = 256;

/// Mean loss and share of right answers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evaluation {
    /// Mean loss.
    pub loss: f32,
    /// Share of right answers, in `[0, 1]`.
    pub accuracy: f32,
}

impl std::fmt::Display for Evaluation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let percent = nombre(100.0 * self.accuracy, 2);
        let loss = nombre(self.loss, 4);
        write!(f, "précision : {percent} % — perte : {loss}")
    }
}

impl Evaluation {
    /// Shows both as the rest of a notebook shows numbers.
    pub fn evcxr_display(&self) {
        line::write(&line::block("text/plain", &self.to_string()));
    }
}

impl Model {
    /// Loss and accuracy on images `x`: `[n, input_shape…]` with targets `y`.
    ///
    /// # Errors
    /// When a shape or type does not fit, or the network is not compiled.
    pub fn evaluate(&self, x: &Tensor, y: &Tensor) -> Result<Evaluation> {
        let data = Evaluated::new(self, x, y, self.training()?.loss)?;
        let mut engine = Engine::new(self)?;
        together(|| data.evaluate(&mut engine))
    }

    /// Output of the network, `[n, output_shape…]` (as a rule `[n, classes]`):
    /// probabilities along the last axis after a softmax.
    ///
    /// # Errors
    /// When `x` has another shape or is not f32.
    pub fn predict(&self, x: &Tensor) -> Result<Tensor> {
        let n = self.check_input(x)?;
        let source = Source::new(x)?;
        let mut engine = Engine::new(self)?;
        let shape = self.layers().last().map_or(&[][..], |l| l.output_shape());
        let mut outputs = Vec::with_capacity(n * shape.iter().product::<usize>());
        together(|| {
            for_batches(0..n, &source, |_, batch, len| {
                outputs.extend_from_slice(engine.forward(batch, len, Pass::INFERENCE)?);
                Ok(())
            })
        })?;
        if self.layers().last().map(|l| l.activation()) == Some(Activation::Softmax) {
            Activation::Softmax.forward(&mut outputs, self.classes());
        }
        Ok(Tensor::from_vec(outputs, [&[n], shape].concat(), &Device::Cpu)?)
    }

    /// The most probable class of each image, `[n]`, u32 (of each pixel, where the
    /// network ends with an image of probabilities).
    ///
    /// # Errors
    /// As [`Model::predict`].
    pub fn predict_classes(&self, x: &Tensor) -> Result<Tensor> {
        Ok(self.predict(x)?.argmax(D::Minus1)?)
    }
}

impl Score {
    /// Means over `n` images.
    pub(super) fn mean(self, n: usize) -> Evaluation {
        let mean = |sum: f64| (sum / n as f64) as f32;
        Evaluation { loss: mean(self.loss), accuracy: mean(self.correct as f64) }
    }
}

/// Part of a data set, checked, to be evaluated epoch after epoch.
#[derive(Debug)]
pub(super) struct Evaluated {
    source: Source,
    targets: HostTargets,
    range: std::ops::Range<usize>,
    classes: usize,
}

impl Evaluated {
    pub(super) fn new(model: &Model, x: &Tensor, y: &Tensor, loss: Loss) -> Result<Self> {
        let n = model.check_input(x)?;
        let targets = HostTargets::new(y, loss, n, model.classes())?;
        Ok(Self { source: Source::new(x)?, targets, range: 0..n, classes: model.classes() })
    }

    /// The same data, images `range` alone.
    pub(super) fn part(self, range: std::ops::Range<usize>) -> Self {
        Self { range, ..self }
    }

    pub(super) fn evaluate(&self, engine: &mut Engine) -> Result<Evaluation> {
        let mut total = Score::default();
        let mut target_batch = TargetBatch::default();
        let mut scratch = Vec::new();
        for_batches(self.range.clone(), &self.source, |order, batch, len| {
            let logits = engine.forward(batch, len, Pass::INFERENCE)?;
            scratch.resize(logits.len(), 0.0);
            let targets = self.targets.gather(order, &mut target_batch);
            let score = softmax_cross_entropy(logits, self.classes, targets, &mut scratch);
            total.loss += score.loss;
            total.correct += score.correct;
            Ok(())
        })?;
        let n = self.range.len() as f64;
        Ok(Evaluation {
            loss: (total.loss / n) as f32,
            accuracy: (total.correct as f64 / n) as f32,
        })
    }
}

/// Calls `work` with the indices, values and number of images of each batch.
fn for_batches(
    range: std::ops::Range<usize>,
    source: &Source,
    mut work: impl FnMut(&[u32], &[f32], usize) -> Result<()>,
) -> Result<()> {
    let order: Vec<u32> = range.map(|i| i as u32).collect();
    let mut batch = Vec::new();
    for indices in order.chunks(BATCH) {
        signs::go_on()?;
        source.gather(indices, &mut batch)?;
        work(indices, &batch, indices.len())?;
    }
    Ok(())
}
