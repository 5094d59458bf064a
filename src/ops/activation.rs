//! Activation functions, applied to each value (softmax: to each row).
//!
//! | name    | `y`                                  | `dx`, from `y` alone          |
//! |---------|--------------------------------------|-------------------------------|
//! | linear  | `x`                                  | `dy`                          |
//! | relu    | `max(x, 0)`                          | `dy` where `y > 0`, else 0    |
//! | sigmoid | `1 / (1 + e^-x)`                     | `dy · y · (1 - y)`            |
//! | tanh    | `tanh x`                             | `dy · (1 - y²)`               |
//! | softmax | `e^(x_i - max x) / Σ_j e^(x_j - max x)` | `y · (dy - Σ_j dy_j · y_j)` |
//!
//! Every derivative follows from the output, so nothing else is kept between
//! the passes. A NaN stays a NaN: a fault must be seen, not rectified.

use std::sync::Arc;

use candle_core::{D, Tensor};
use serde::{Deserialize, Serialize};

use super::{Backward, Forward, Op, Pass, apply};
use crate::fast::simd::{Kernel, Vector, level, run_at};
use crate::{Error, Result, elementary};

/// An activation function.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// The identity.
    #[default]
    Linear,
    /// Rectified linear unit.
    Relu,
    /// Logistic function.
    Sigmoid,
    /// Hyperbolic tangent.
    Tanh,
    /// Probabilities over the last axis.
    Softmax,
}

impl Activation {
    /// Name as in Keras.
    pub fn name(self) -> &'static str {
        match self {
            Self::Linear => "linear",
            Self::Relu => "relu",
            Self::Sigmoid => "sigmoid",
            Self::Tanh => "tanh",
            Self::Softmax => "softmax",
        }
    }

    /// The function of a tensor of f32 of any shape; softmax along the last axis.
    ///
    /// # Errors
    /// When the tensor is empty, has no axis, or is not f32 on the CPU.
    ///
    /// ```
    /// use mnist_tp::prelude::*;
    /// let x = Tensor::new(&[[-1f32, 2.]], &Device::Cpu)?;
    /// assert_eq!(Activation::Relu.apply(&x)?.to_vec2::<f32>()?, [[0., 2.]]);
    /// # Ok::<(), mnist_tp::Error>(())
    /// ```
    pub fn apply(self, x: &Tensor) -> Result<Tensor> {
        let Some((&width, rows)) = x.dims().split_last() else {
            return Err(Error::shape(self.name(), x.dims(), "au moins un axe"));
        };
        let rows = rows.iter().product::<usize>();
        let op = Arc::new(Activate { activation: self, len: width, width });
        let y = apply(op, Pass::INFERENCE, &x.reshape((rows, width))?, &[], &[width])?;
        Ok(y.reshape(x.dims())?)
    }

    /// Replaces each row of `width` values by its image.
    pub fn forward(self, values: &mut [f32], width: usize) {
        run_at(level(), Ahead { activation: self, values, width });
    }

    /// Replaces the gradient of the output by that of the input; `y` is the output.
    pub fn backward(self, y: &[f32], dy: &mut [f32], width: usize) {
        run_at(level(), Back { activation: self, y, dy, width });
    }
}

/// [`Activation::forward`]: a kernel, so that it is compiled for wide vectors however long.
struct Ahead<'a> {
    activation: Activation,
    values: &'a mut [f32],
    width: usize,
}

impl Kernel for Ahead<'_> {
    #[inline(always)]
    unsafe fn compute<V: Vector>(self) {
        let Self { activation, values, width } = self;
        match activation {
            Activation::Linear => {}
            Activation::Relu => {
                values.iter_mut().for_each(|v| *v = if *v < 0.0 { 0.0 } else { *v })
            }
            Activation::Sigmoid => values.iter_mut().for_each(|v| *v = elementary::sigmoid(*v)),
            Activation::Tanh => values.iter_mut().for_each(|v| *v = elementary::tanh(*v)),
            Activation::Softmax => values.chunks_exact_mut(width).for_each(softmax),
        }
    }
}

/// [`Activation::backward`].
struct Back<'a> {
    activation: Activation,
    y: &'a [f32],
    dy: &'a mut [f32],
    width: usize,
}

impl Kernel for Back<'_> {
    #[inline(always)]
    unsafe fn compute<V: Vector>(self) {
        let Self { activation, y, dy, width } = self;
        let pairs = dy.iter_mut().zip(y);
        match activation {
            Activation::Linear => {}
            Activation::Relu => pairs.for_each(|(d, &y)| *d = if y <= 0.0 { 0.0 } else { *d }),
            Activation::Sigmoid => pairs.for_each(|(d, y)| *d *= y * (1.0 - y)),
            Activation::Tanh => pairs.for_each(|(d, y)| *d *= 1.0 - y * y),
            Activation::Softmax => {
                for (d, y) in dy.chunks_exact_mut(width).zip(y.chunks_exact(width)) {
                    let mean: f32 = d.iter().zip(y).map(|(d, y)| d * y).sum();
                    d.iter_mut().zip(y).for_each(|(d, y)| *d = y * (*d - mean));
                }
            }
        }
    }
}

impl std::fmt::Display for Activation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// Subtracting the maximum changes nothing to the quotient and keeps the
/// exponentials finite.
fn softmax(row: &mut [f32]) {
    let max = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    row.iter_mut().for_each(|v| *v = elementary::exp(*v - max));
    let sum: f32 = row.iter().sum();
    row.iter_mut().for_each(|v| *v /= sum);
}

/// `f(x)` in candle's own operations, for a softmax along the last axis.
pub(super) fn portable(f: Activation, x: &Tensor) -> candle_core::Result<Tensor> {
    match f {
        Activation::Linear => Ok(x.clone()),
        // By a product, so that a NaN stays a NaN.
        Activation::Relu => x * x.gt(0f32)?.to_dtype(x.dtype())?,
        Activation::Sigmoid => (x.neg()?.exp()? + 1.0)?.recip(),
        Activation::Tanh => x.tanh(),
        Activation::Softmax => {
            let e = x.broadcast_sub(&x.max_keepdim(D::Minus1)?.detach())?.exp()?;
            e.broadcast_div(&e.sum_keepdim(D::Minus1)?)
        }
    }
}

/// An activation as an operation of its own.
#[derive(Clone, Copy, Debug)]
pub struct Activate {
    /// The function.
    pub activation: Activation,
    /// Number of values of a sample.
    pub len: usize,
    /// Length of the last axis, along which a softmax is taken.
    pub width: usize,
}

impl Op for Activate {
    fn name(&self) -> &'static str {
        self.activation.name()
    }

    fn input_len(&self) -> usize {
        self.len
    }

    fn output_len(&self) -> usize {
        self.len
    }

    fn forward(&self, io: Forward<'_>) {
        io.y.copy_from_slice(io.x);
        self.activation.forward(io.y, self.width);
    }

    fn backward(&self, io: Backward<'_>) {
        if let Some(dx) = io.dx {
            dx.copy_from_slice(io.dy);
            self.activation.backward(io.y, dx, self.width);
        }
    }

    fn portable(&self, _: Pass, x: &Tensor, _: &[Tensor]) -> candle_core::Result<Tensor> {
        portable(self.activation, &x.reshape(((), self.width))?)
    }
}
