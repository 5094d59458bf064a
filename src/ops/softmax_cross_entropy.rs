//! Categorical cross-entropy of a softmax, computed from the logits.
//!
//! `loss[n] = -Σ_j t[n, j] · ln softmax(z[n])_j`, and its gradient has the
//! simple form `dz = softmax(z) - t` (for targets that sum to 1). Computing both
//! from the logits avoids the logarithm of a probability that was rounded to 0.

use candle_core::Tensor;

use super::{Backward, Forward, Op, Pass, apply, portable};
use crate::{Error, Result, elementary};

/// What the network should answer for a batch.
#[derive(Clone, Copy, Debug)]
pub enum Targets<'a> {
    /// The class of each image.
    Labels(&'a [u32]),
    /// A probability for each class, `[n, classes]` (one-hot as a rule).
    Probabilities(&'a [f32]),
}

/// Sums over a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Score {
    /// Sum of the losses.
    pub loss: f64,
    /// Number of images whose most probable class is the right one.
    pub correct: usize,
}

/// Loss and number of right answers of a batch, and into `dlogits` the gradient
/// of the **mean** loss. `logits`: `[n, classes]`.
pub fn softmax_cross_entropy(
    logits: &[f32],
    classes: usize,
    targets: Targets<'_>,
    dlogits: &mut [f32],
) -> Score {
    let scale = classes as f32 / logits.len().max(1) as f32;
    let mut score = Score::default();
    let rows = logits.chunks_exact(classes).zip(dlogits.chunks_exact_mut(classes));
    for (n, (z, dz)) in rows.enumerate() {
        let max = z.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        dz.iter_mut().zip(z).for_each(|(e, z)| *e = elementary::exp(z - max));
        let sum: f32 = dz.iter().sum();
        let log_sum = max + elementary::ln(sum);
        let expected = match targets {
            Targets::Labels(labels) => {
                let label = labels[n] as usize;
                score.loss += f64::from(log_sum - z[label]);
                dz.iter_mut().for_each(|e| *e *= scale / sum);
                dz[label] -= scale;
                label
            }
            Targets::Probabilities(targets) => {
                let t = &targets[n * classes..(n + 1) * classes];
                let total: f32 = t.iter().sum();
                score.loss +=
                    z.iter().zip(t).map(|(z, t)| f64::from(t * (log_sum - z))).sum::<f64>();
                dz.iter_mut().zip(t).for_each(|(e, t)| *e = scale * (*e * total / sum - t));
                argmax(t)
            }
        };
        score.correct += usize::from(argmax(z) == expected);
    }
    score
}

/// Index of the largest value, the first one on a tie.
pub fn argmax(values: &[f32]) -> usize {
    let mut best = 0;
    for (i, value) in values.iter().enumerate() {
        if *value > values[best] {
            best = i;
        }
    }
    best
}

/// Mean cross-entropy between the softmax of `logits`: `[n, classes]` and
/// `targets`: `[n, classes]` (one-hot), as a differentiable scalar.
///
/// # Errors
/// When the shapes differ, are not of this form or empty, or a tensor is not f32
/// on the CPU.
///
/// ```
/// use mnist_tp::ops::cross_entropy;
/// use mnist_tp::prelude::*;
/// let logits = Tensor::new(&[[0f32, 0.]], &Device::Cpu)?;
/// let target = Tensor::new(&[[1f32, 0.]], &Device::Cpu)?;
/// let loss = cross_entropy(&logits, &target)?.to_scalar::<f32>()?;
/// assert!((loss - 2f32.ln()).abs() < 1e-6);
/// # Ok::<(), mnist_tp::Error>(())
/// ```
pub fn cross_entropy(logits: &Tensor, targets: &Tensor) -> Result<Tensor> {
    let classes = match *logits.dims() {
        [n, classes] if n > 0 && classes > 0 => classes,
        _ => {
            let expected = "[n, classes], une ligne d'au moins un score par image";
            return Err(Error::shape("scores de l'entropie croisée", logits.dims(), expected));
        }
    };
    if logits.dims() != targets.dims() {
        let expected = format!("{:?}, comme les scores", logits.dims());
        return Err(Error::shape("cibles de l'entropie croisée", targets.dims(), expected));
    }
    let targets = targets.contiguous()?.flatten_all()?.to_vec1::<f32>()?;
    let op = CrossEntropy { classes, targets };
    let losses = apply(std::sync::Arc::new(op), Pass::INFERENCE, logits, &[], &[1])?;
    Ok(losses.mean_all()?)
}

/// The loss of each image as an operation; its targets are constants.
#[derive(Debug)]
struct CrossEntropy {
    classes: usize,
    targets: Vec<f32>,
}

impl Op for CrossEntropy {
    fn name(&self) -> &'static str {
        "cross_entropy"
    }

    fn input_len(&self) -> usize {
        self.classes
    }

    fn output_len(&self) -> usize {
        1
    }

    fn forward(&self, io: Forward<'_>) {
        io.saved.floats.resize(io.x.len(), 0.0);
        let width = self.classes;
        for (n, loss) in io.y.iter_mut().enumerate() {
            let row = n * width..(n + 1) * width;
            let targets = Targets::Probabilities(&self.targets[row.clone()]);
            let dz = &mut io.saved.floats[row.clone()];
            *loss = softmax_cross_entropy(&io.x[row], width, targets, dz).loss as f32;
        }
    }

    fn backward(&self, io: Backward<'_>) {
        if let Some(dx) = io.dx {
            dx.copy_from_slice(&io.saved.floats);
            for (row, dy) in dx.chunks_exact_mut(self.classes).zip(io.dy.iter()) {
                row.iter_mut().for_each(|d| *d *= dy);
            }
        }
    }

    fn portable(&self, _: Pass, x: &Tensor, _: &[Tensor]) -> candle_core::Result<Tensor> {
        let targets = Tensor::from_slice(&self.targets, x.shape(), x.device())?;
        portable::cross_entropy(x, &targets)
    }
}

#[cfg(test)]
mod tests {
    use candle_core::{DType, Device};

    use super::*;
    use crate::ops::activation::Activation;

    #[test]
    fn scores_of_another_form_are_told_what_is_needed() {
        for shape in [&[2, 3, 4][..], &[2, 0], &[0, 2], &[3], &[]] {
            let zeros = Tensor::zeros(shape, DType::F32, &Device::Cpu).unwrap();
            let message = cross_entropy(&zeros, &zeros).unwrap_err().to_string();
            let expected = format!("forme {shape:?}\u{a0}; il faut [n, ");
            assert!(message.starts_with("scores de l’entropie croisée"), "{message}");
            assert!(message.contains(&expected), "{message}");
        }
    }

    #[test]
    fn an_activation_of_nothing_is_an_error() {
        for shape in [&[2, 0][..], &[0, 2], &[0], &[]] {
            let empty = Tensor::zeros(shape, DType::F32, &Device::Cpu).unwrap();
            for activation in [Activation::Softmax, Activation::Relu] {
                let message = activation.apply(&empty).unwrap_err().to_string();
                assert!(message.contains("au moins un"), "{message}");
            }
        }
    }
}
