//! Pooling: each window of an image is summed up by one value per channel.
//!
//! - max: `y[n, i, j, c] = max x[n, s·i + a, s·j + b, c]` over `a < kh`, `b < kw`.
//!   The winner's place in its window is kept for the backward pass: its input
//!   receives the whole gradient, every other one zero. On a tie the first in
//!   row order wins, and a NaN wins over every number, as in PyTorch. (candle's
//!   own pooling shares the gradient differently.)
//! - average: the mean of the same values; each input receives an equal share
//!   of the gradient.
//!
//! Windows stay inside the image (Keras's default padding, "valid"): rows and
//! columns too few for a last window are left out, and their gradient is zero.

use std::sync::Arc;

use candle_core::Tensor;

use super::conv2d::image_shape;
use super::{Backward, Forward, Op, Pass, apply, portable};
use crate::fast::convolve::window::{Padding, Windows};
use crate::fast::simd::{self, Level, run_at};
use crate::fast::threads::for_each;
use crate::fast::wide::wide;
use crate::{Error, Result};
use kernels::{Largest, ToWinners};

mod kernels;
pub mod reference;
#[cfg(test)]
mod tests;

/// Max pooling of images `[n, h, w, c]`.
#[derive(Clone, Debug)]
pub struct MaxPool2d(Windows, Level);

/// Average pooling of images `[n, h, w, c]`.
#[derive(Clone, Debug)]
pub struct AvgPool2d(Windows);

impl MaxPool2d {
    /// Pooling of images `input`: `[h, w, c]` over windows of `size`.
    ///
    /// # Errors
    /// As [`Windows::new`], or for windows of more than 127 pixels.
    pub fn new(input: [usize; 3], size: [usize; 2], stride: [usize; 2]) -> Result<Self> {
        let windows = Windows::new("max pooling", input, size, stride, Padding::Valid)?;
        if size[0] * size[1] > 127 {
            let found = format!("{}×{}", size[0], size[1]);
            return Err(Error::parameter("max pooling : taille", found, "au plus 127 pixels"));
        }
        Ok(Self(windows, simd::level()))
    }

    /// Shape of the output for one image.
    pub fn output_shape(&self) -> [usize; 3] {
        output_shape(&self.0)
    }
}

impl AvgPool2d {
    /// Pooling of images `input`: `[h, w, c]` over windows of `size`.
    ///
    /// # Errors
    /// As [`Windows::new`].
    pub fn new(input: [usize; 3], size: [usize; 2], stride: [usize; 2]) -> Result<Self> {
        Windows::new("average pooling", input, size, stride, Padding::Valid).map(Self)
    }

    /// Shape of the output for one image.
    pub fn output_shape(&self) -> [usize; 3] {
        output_shape(&self.0)
    }
}

fn output_shape(windows: &Windows) -> [usize; 3] {
    [windows.output[0], windows.output[1], windows.input[2]]
}

/// Calls `visit` with each output position of an image and each pixel of its
/// window, in row order: where their channels start.
#[inline]
fn for_each_pixel(windows: &Windows, mut visit: impl FnMut(usize, usize)) {
    let [_, width, channels] = windows.input;
    for i in 0..windows.output[0] {
        for j in 0..windows.output[1] {
            let output = (i * windows.output[1] + j) * channels;
            for a in 0..windows.size[0] {
                for b in 0..windows.size[1] {
                    let (row, column) = (i * windows.stride[0] + a, j * windows.stride[1] + b);
                    let input = (row * width + column) * channels;
                    visit(output, input);
                }
            }
        }
    }
}

impl Op for MaxPool2d {
    fn name(&self) -> &'static str {
        "max pooling"
    }

    fn input_len(&self) -> usize {
        self.0.input_len()
    }

    fn output_len(&self) -> usize {
        self.output_shape().iter().product()
    }

    fn forward(&self, io: Forward<'_>) {
        let (x_len, y_len) = (self.input_len(), self.output_len());
        io.saved.bytes.resize(io.y.len(), 0);
        let outputs = io.y.chunks_exact_mut(y_len);
        let outputs = outputs.zip(io.saved.bytes.chunks_exact_mut(y_len));
        for_each(io.x.chunks_exact(x_len).zip(outputs), |(x, (y, winners))| {
            run_at(self.1, Largest { windows: &self.0, x, y, winners });
        });
    }

    fn backward(&self, io: Backward<'_>) {
        let Some(dx) = io.dx else { return };
        let (x_len, y_len) = (self.input_len(), self.output_len());
        let outputs = io.dy.chunks_exact(y_len);
        let outputs = outputs.zip(io.saved.bytes.chunks_exact(y_len));
        for_each(dx.chunks_exact_mut(x_len).zip(outputs), |(dx, (dy, winners))| {
            dx.fill(0.0);
            run_at(self.1, ToWinners { windows: &self.0, dy, winners, dx });
        });
    }

    fn portable(&self, _: Pass, x: &Tensor, _: &[Tensor]) -> candle_core::Result<Tensor> {
        portable::max_pool2d(&self.0, x)
    }
}

impl Op for AvgPool2d {
    fn name(&self) -> &'static str {
        "average pooling"
    }

    fn input_len(&self) -> usize {
        self.0.input_len()
    }

    fn output_len(&self) -> usize {
        self.output_shape().iter().product()
    }

    fn forward(&self, io: Forward<'_>) {
        let (x_len, y_len, channels) = (self.input_len(), self.output_len(), self.0.input[2]);
        let share = 1.0 / (self.0.size[0] * self.0.size[1]) as f32;
        let outputs = io.y.chunks_exact_mut(y_len);
        for_each(io.x.chunks_exact(x_len).zip(outputs), |(x, y)| {
            y.fill(0.0);
            wide(|| {
                for_each_pixel(&self.0, |output, input| {
                    let y = &mut y[output..output + channels];
                    y.iter_mut()
                        .zip(&x[input..input + channels])
                        .for_each(|(y, x)| *y += x * share);
                })
            });
        });
    }

    fn backward(&self, io: Backward<'_>) {
        let Some(dx) = io.dx else { return };
        let (x_len, y_len, channels) = (self.input_len(), self.output_len(), self.0.input[2]);
        let share = 1.0 / (self.0.size[0] * self.0.size[1]) as f32;
        let outputs = io.dy.chunks_exact(y_len);
        for_each(dx.chunks_exact_mut(x_len).zip(outputs), |(dx, dy)| {
            dx.fill(0.0);
            for_each_pixel(&self.0, |output, input| {
                let dx = &mut dx[input..input + channels];
                let dy = &dy[output..output + channels];
                dx.iter_mut().zip(dy).for_each(|(dx, dy)| *dx += dy * share);
            });
        });
    }

    fn portable(&self, _: Pass, x: &Tensor, _: &[Tensor]) -> candle_core::Result<Tensor> {
        portable::avg_pool2d(&self.0, x)
    }
}

/// The largest value of each window of `size`×`size` pixels, every `stride`
/// pixels: `x`: `[n, h, w, c]` → `[n, (h − size) / stride + 1, …, c]`.
///
/// # Errors
/// When the window is larger than the image, empty, or `x` is not a batch of images.
///
/// ```
/// use mnist_tp::{candle_core::{Device, Tensor}, ops};
/// let x = Tensor::arange(0f32, 16., &Device::Cpu)?.reshape((1, 4, 4, 1))?;
/// let y = ops::max_pool2d(&x, 2, 2)?;
/// assert_eq!(y.flatten_all()?.to_vec1::<f32>()?, [5., 7., 13., 15.]);
/// # Ok::<(), mnist_tp::Error>(())
/// ```
pub fn max_pool2d(x: &Tensor, size: usize, stride: usize) -> Result<Tensor> {
    let op = MaxPool2d::new(image_shape("max pooling", x)?, [size; 2], [stride; 2])?;
    let shape = op.output_shape();
    apply(Arc::new(op), Pass::INFERENCE, x, &[], &shape)
}

/// The mean of each window of `size`×`size` pixels, every `stride` pixels:
/// `x`: `[n, h, w, c]` → `[n, (h − size) / stride + 1, …, c]`.
///
/// # Errors
/// When the window is larger than the image, empty, or `x` is not a batch of images.
pub fn avg_pool2d(x: &Tensor, size: usize, stride: usize) -> Result<Tensor> {
    let op = AvgPool2d::new(image_shape("average pooling", x)?, [size; 2], [stride; 2])?;
    let shape = op.output_shape();
    apply(Arc::new(op), Pass::INFERENCE, x, &[], &shape)
}
