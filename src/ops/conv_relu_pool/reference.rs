//! The three operations one after the other, to read first and to test against.

use crate::Result;
use crate::fast::convolve::window::{Padding, Windows};
use crate::ops::activation::Activation;
use crate::ops::conv2d::{self, Conv2d};
use crate::ops::pool;

/// Convolution with ReLU, and the windows of the pooling on its output.
///
/// # Errors
/// As [`super::ConvReluPool::new`].
pub fn chain(
    input: [usize; 3],
    filters: usize,
    size: [usize; 2],
    padding: Padding,
) -> Result<(Conv2d, Windows)> {
    let conv = Conv2d::new(input, filters, size, [1, 1], padding, Activation::Relu)?;
    let shape = conv.output_shape();
    let windows = Windows::new("max pooling", shape, [2, 2], [2, 2], Padding::Valid)?;
    Ok((conv, windows))
}

/// Gradients of input, kernel and bias.
pub type Gradients = (Vec<f32>, Vec<f32>, Vec<f32>);

/// `y` and, for the gradient `dy` of it, the gradients.
pub fn step(
    (conv, windows): &(Conv2d, Windows),
    x: &[f32],
    kernel: &[f32],
    bias: &[f32],
    dy: &[f32],
) -> (Vec<f32>, Gradients) {
    let z = conv2d::reference::forward(conv, x, kernel, bias);
    let (y, winners) = pool::reference::max(windows, &z);
    let mut dz = vec![0.0; z.len()];
    winners.iter().zip(dy).for_each(|(at, dy)| dz[*at] += dy);
    (y, conv2d::reference::backward(conv, x, kernel, &z, &dz))
}
