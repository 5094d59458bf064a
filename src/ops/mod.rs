//! The arithmetic of a network: each step forwards and backwards.
//!
//! A step is an [`Op`]: two functions on plain slices of `f32`, `forward`
//! (inputs and parameters → output) and `backward` (gradient of the output →
//! gradients of inputs and parameters, by the chain rule). It is written once
//! and used twice: [`apply`] makes it a candle operation, so that
//! `loss.backward()` works on any expression a student writes; `fit` calls it
//! directly on buffers that it keeps from step to step. Tensors of another device
//! than the CPU take its third form, the formula in candle's own operations.
//!
//! Images are channels-last: a batch is `[n, h, w, c]`, each sample contiguous.
//!
//! One file for each word a learner knows (`conv2d`, `pool`, `dense`, `gru`, …): its
//! formula, then the operation. Where the fast form hides the formula, plain
//! loops stand beside it (`conv2d/reference.rs`): read those first.
//!
//! This storey imports [`crate::fast`] and the ground.

pub mod activation;
pub mod batch_norm;
pub mod bidirectional;
mod candle;
pub mod conv2d;
pub mod conv_relu_pool;
pub mod dense;
pub mod dropout;
pub mod gru;
pub mod optimizer;
pub mod pool;
mod portable;
pub mod softmax_cross_entropy;

pub use crate::fast::convolve::window::Padding;
pub use candle::apply;
pub(crate) use candle::host;
pub use conv2d::conv2d;
pub use pool::{avg_pool2d, max_pool2d};
pub use softmax_cross_entropy::cross_entropy;

use candle_core::Tensor;

use crate::fast::zeros::sparse::Lists;

/// The circumstances of a pass through the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pass {
    /// Training (dropout active, batch statistics) or inference.
    pub training: bool,
    /// Seed of what is random in a training pass.
    pub seed: u64,
    /// Number of the training step, so that each draws other numbers.
    pub step: u64,
}

impl Pass {
    /// A pass of inference: nothing random, nothing remembered.
    pub const INFERENCE: Self = Self { training: false, seed: 0, step: 0 };
}

/// What an operation keeps from its forward to its backward pass. The buffers
/// are reused from step to step: an operation resizes them as it needs.
#[derive(Debug, Default)]
pub struct Saved {
    /// Real numbers (normalised activations, memories of a recurrent layer, …).
    pub floats: Vec<f32>,
    /// Small integers (arg-max within a window, …).
    pub bytes: Vec<u8>,
    /// Where a mostly black batch is not black.
    pub(crate) lists: Lists,
}

/// Arguments of [`Op::forward`].
#[derive(Debug)]
pub struct Forward<'a> {
    /// Circumstances of the pass.
    pub pass: Pass,
    /// Input, `[n, input_len]`.
    pub x: &'a [f32],
    /// Parameters, in the order of [`Op::param_lens`].
    pub params: &'a [&'a [f32]],
    /// Output to fill, `[n, output_len]`.
    pub y: &'a mut [f32],
    /// What the backward pass will need.
    pub saved: &'a mut Saved,
}

/// Arguments of [`Op::backward`].
#[derive(Debug)]
pub struct Backward<'a> {
    /// Circumstances of the pass, as given forwards.
    pub pass: Pass,
    /// Input of the forward pass.
    pub x: &'a [f32],
    /// Parameters of the forward pass.
    pub params: &'a [&'a [f32]],
    /// Output of the forward pass.
    pub y: &'a [f32],
    /// Gradient of the loss with respect to `y`; may be overwritten.
    pub dy: &'a mut [f32],
    /// What the forward pass kept.
    pub saved: &'a mut Saved,
    /// Gradient with respect to `x`, to fill (not to add to); `None` when
    /// nobody needs it, as for the first layer.
    pub dx: Option<&'a mut [f32]>,
    /// Gradients of the parameters, to fill (not to add to).
    pub dparams: &'a mut [Vec<f32>],
}

/// One arithmetic step. Slice lengths are checked by the caller ([`apply`] or
/// the training engine): an operation may trust them.
pub trait Op: std::fmt::Debug + Send + Sync {
    /// Short name for error messages.
    fn name(&self) -> &'static str;
    /// Number of values of one input sample.
    fn input_len(&self) -> usize;
    /// Number of values of one output sample.
    fn output_len(&self) -> usize;
    /// Number of values of each parameter.
    fn param_lens(&self) -> Vec<usize> {
        Vec::new()
    }
    /// Computes `y` from `x` and the parameters.
    fn forward(&self, io: Forward<'_>);
    /// Computes `dx` and `dparams` from `dy`.
    fn backward(&self, io: Backward<'_>);
    /// The same in candle's own operations, which derives the gradients: for
    /// `x`: `[n, input_len]` on another device than the CPU, as many outputs.
    ///
    /// # Errors
    /// Those of candle; always, where the operation has no such form.
    fn portable(&self, pass: Pass, x: &Tensor, params: &[Tensor]) -> candle_core::Result<Tensor> {
        let _ = (pass, x, params);
        let place = format!("couche {}", self.name());
        let expected = "un tenseur du processeur (`.to_device(&Device::Cpu)?`)";
        candle_core::bail!("{}", crate::Error::parameter(place, "un autre appareil", expected))
    }
}

#[cfg(test)]
mod pytorch_tests;
#[cfg(test)]
mod testing;
