//! 2-D convolution of channels-last images, with bias and activation.
//!
//! `z[n, i, j, o] = bias[o] + Σ x[n, s·i + a − top, s·j + b − left, c] · kernel[a, b, c, o]`
//!
//! summed over `a < kh`, `b < kw` and `c < c_in`; pixels outside the image are
//! zero. [`reference`] is this formula as loops; [`Conv2d`] computes it as a
//! product of matrices (see [`super::im2col`]), a few images at a time so that
//! the columns stay in the cache. The images of a batch are shared out in fixed
//! groups whose gradients are summed in order: any number of threads gives the
//! same bits.

use std::sync::Arc;

use candle_core::Tensor;
use rayon::prelude::*;

use super::activation::Activation;
use super::gemm::{Matrix, matmul_here};
use super::im2col::{col2im, im2col, row_len};
use super::scratch::with_scratch;
use super::window::{Padding, Windows};
use super::{Backward, Forward, Op, Pass, apply};
use crate::{Error, Result};

#[cfg(test)]
mod tests;

/// Most groups that a batch is cut into for the gradient of the kernel.
const GROUPS: usize = 8;
/// Values of columns that one thread handles at a time (512 KiB, about its
/// second-level cache).
const BLOCK: usize = 1 << 17;

/// A convolution `[n, h, w, c_in]` → `[n, h', w', c_out]` whose parameters are the
/// kernel `[kh, kw, c_in, c_out]` and the bias `[c_out]`.
#[derive(Clone, Debug)]
pub struct Conv2d {
    windows: Windows,
    filters: usize,
    activation: Activation,
}

impl Conv2d {
    /// A convolution of images `input`: `[h, w, c_in]` with `filters` kernels of
    /// `size`, followed by `activation` (a softmax is taken over the filters).
    ///
    /// # Errors
    /// As [`Windows::new`], or without any filter.
    pub fn new(
        input: [usize; 3],
        filters: usize,
        size: [usize; 2],
        stride: [usize; 2],
        padding: Padding,
        activation: Activation,
    ) -> Result<Self> {
        let windows = Windows::new("convolution", input, size, stride, padding)?;
        if filters == 0 {
            return Err(Error::parameter("filters", filters, "au moins 1 filtre"));
        }
        Ok(Self { windows, filters, activation })
    }

    /// Shape of the output for one image: `[h', w', c_out]`.
    pub fn output_shape(&self) -> [usize; 3] {
        [self.windows.output[0], self.windows.output[1], self.filters]
    }

    /// Images whose columns make one block.
    fn block(&self) -> usize {
        (BLOCK / (self.windows.count() * row_len(&self.windows))).max(1)
    }

    /// Gradients for one group of images; `dw` and `db` are overwritten.
    fn backward_group(
        &self,
        x: &[f32],
        kernel: &[f32],
        dy: &[f32],
        mut dx: Option<&mut [f32]>,
        (dw, db): (&mut [f32], &mut [f32]),
    ) {
        let (filters, row) = (self.filters, row_len(&self.windows));
        let block = self.block();
        let (x_len, y_len) = (self.input_len() * block, self.output_len() * block);
        dw.fill(0.0);
        db.fill(0.0);
        with_scratch(block * self.windows.count() * row, |columns| {
            for (index, (x, dy)) in x.chunks(x_len).zip(dy.chunks(y_len)).enumerate() {
                for dy in dy.chunks_exact(filters) {
                    db.iter_mut().zip(dy).for_each(|(db, dy)| *db += dy);
                }
                let rows = dy.len() / filters;
                let columns = &mut columns[..rows * row];
                im2col(&self.windows, x, columns);
                let dy = Matrix::new(dy, rows, filters);
                matmul_here(Matrix::new(columns, rows, row).t(), dy, dw, true);
                if let Some(dx) = dx.as_deref_mut() {
                    matmul_here(dy, Matrix::new(kernel, row, filters).t(), columns, false);
                    col2im(&self.windows, columns, &mut dx[index * x_len..][..x.len()]);
                }
            }
        });
    }
}

impl Op for Conv2d {
    fn name(&self) -> &'static str {
        "convolution"
    }

    fn input_len(&self) -> usize {
        self.windows.input_len()
    }

    fn output_len(&self) -> usize {
        self.windows.count() * self.filters
    }

    fn param_lens(&self) -> Vec<usize> {
        vec![row_len(&self.windows) * self.filters, self.filters]
    }

    fn forward(&self, io: Forward<'_>) {
        let (kernel, bias) = (io.params[0], io.params[1]);
        let (filters, row) = (self.filters, row_len(&self.windows));
        let block = self.block();
        let images = io.x.par_chunks(self.input_len() * block);
        images.zip(io.y.par_chunks_mut(self.output_len() * block)).for_each(|(x, y)| {
            let rows = y.len() / filters;
            y.chunks_exact_mut(filters).for_each(|y| y.copy_from_slice(bias));
            with_scratch(rows * row, |columns| {
                im2col(&self.windows, x, columns);
                let kernel = Matrix::new(kernel, row, filters);
                matmul_here(Matrix::new(columns, rows, row), kernel, y, true);
            });
            self.activation.forward(y, filters);
        });
    }

    fn backward(&self, io: Backward<'_>) {
        let kernel = io.params[0];
        let n = io.x.len() / self.input_len();
        let group = n.div_ceil(GROUPS);
        let (x_len, y_len) = (self.input_len() * group, self.output_len() * group);
        let images = io.y.par_chunks(self.output_len());
        let images = images.zip(io.dy.par_chunks_mut(self.output_len()));
        images.for_each(|(y, dy)| self.activation.backward(y, dy, self.filters));
        let dy = &*io.dy;
        let len = kernel.len() + self.filters;
        io.saved.floats.resize(n.div_ceil(group) * len, 0.0);
        let partial = io.saved.floats.par_chunks_exact_mut(len);
        let groups = io.x.par_chunks(x_len).zip(dy.par_chunks(y_len)).zip(partial);
        let split = |partial| <[f32]>::split_at_mut(partial, kernel.len());
        match io.dx {
            Some(dx) => groups.zip(dx.par_chunks_mut(x_len)).for_each(|(((x, dy), p), dx)| {
                self.backward_group(x, kernel, dy, Some(dx), split(p));
            }),
            None => groups.for_each(|((x, dy), p)| {
                self.backward_group(x, kernel, dy, None, split(p));
            }),
        }
        let [dw, db] = io.dparams else { return };
        sum_groups(&io.saved.floats, len, 0, dw);
        sum_groups(&io.saved.floats, len, kernel.len(), db);
    }
}

/// `total[k] = Σ partial[g · len + offset + k]`, in the order of the groups.
pub(crate) fn sum_groups(partial: &[f32], len: usize, offset: usize, total: &mut [f32]) {
    const PIECE: usize = 8192;
    total.par_chunks_mut(PIECE).enumerate().for_each(|(index, total)| {
        let start = offset + index * PIECE;
        total.copy_from_slice(&partial[start..start + total.len()]);
        for partial in partial.chunks_exact(len).skip(1) {
            let partial = &partial[start..start + total.len()];
            total.iter_mut().zip(partial).for_each(|(total, partial)| *total += partial);
        }
    });
}

/// The convolution of the images `x`: `[n, h, w, c_in]` with `kernel`:
/// `[kh, kw, c_in, c_out]` and `bias`: `[c_out]`; gives `[n, h', w', c_out]`.
///
/// # Errors
/// When the shapes do not agree, the kernel is larger than the image or the
/// batch is empty.
///
/// ```
/// use mnist_tp::{candle_core::{Device, Tensor}, ops};
/// let x = Tensor::arange(0f32, 16., &Device::Cpu)?.reshape((1, 4, 4, 1))?;
/// let blur = Tensor::full(1f32 / 9., (3, 3, 1, 1), &Device::Cpu)?;
/// let bias = Tensor::zeros(1, blur.dtype(), &Device::Cpu)?;
/// let y = ops::conv2d(&x, &blur, &bias, 1, ops::Padding::Valid)?;
/// assert_eq!(y.dims(), [1, 2, 2, 1]);
/// # Ok::<(), mnist_tp::Error>(())
/// ```
pub fn conv2d(
    x: &Tensor,
    kernel: &Tensor,
    bias: &Tensor,
    stride: usize,
    padding: Padding,
) -> Result<Tensor> {
    let input = image_shape("convolution", x)?;
    let &[height, width, channels, filters] = kernel.dims() else {
        return Err(Error::shape("noyau de convolution", kernel.dims(), "[kh, kw, c_in, c_out]"));
    };
    if channels != input[2] {
        let expected = format!("[{height}, {width}, {}, {filters}] pour ces images", input[2]);
        return Err(Error::shape("noyau de convolution", kernel.dims(), expected));
    }
    let op =
        Conv2d::new(input, filters, [height, width], [stride; 2], padding, Activation::Linear)?;
    let shape = op.output_shape();
    apply(Arc::new(op), Pass::INFERENCE, x, &[kernel, bias], &shape)
}

/// Height, width and channels of a batch of images.
pub(crate) fn image_shape(place: &str, x: &Tensor) -> Result<[usize; 3]> {
    match *x.dims() {
        [_, height, width, channels] => Ok([height, width, channels]),
        _ => Err(Error::shape(place, x.dims(), "[n, hauteur, largeur, canaux] (`.reshape(…)?`)")),
    }
}

/// The formula as loops, to read and to test against.
pub mod reference {
    use super::Conv2d;

    /// `y` for the images `x`.
    pub fn forward(conv: &Conv2d, x: &[f32], kernel: &[f32], bias: &[f32]) -> Vec<f32> {
        let filters = bias.len();
        let mut y = Vec::new();
        for_each_window(conv, x, |window| {
            for (o, bias) in bias.iter().enumerate() {
                let products = window.iter().map(|&(at, k)| x[at] * kernel[k * filters + o]);
                y.push(bias + products.sum::<f32>());
            }
        });
        conv.activation.forward(&mut y, filters);
        y
    }

    /// `(dx, dkernel, dbias)` for the gradient `dy` of the output `y`.
    pub fn backward(
        conv: &Conv2d,
        x: &[f32],
        kernel: &[f32],
        y: &[f32],
        dy: &[f32],
    ) -> (Vec<f32>, Vec<f32>, Vec<f32>) {
        let filters = conv.filters;
        let mut gradients = (vec![0.0; x.len()], vec![0.0; kernel.len()], vec![0.0; filters]);
        let (dx, dkernel, dbias) = (&mut gradients.0, &mut gradients.1, &mut gradients.2);
        let mut dz = dy.to_vec();
        conv.activation.backward(y, &mut dz, filters);
        let mut dz = dz.iter();
        for_each_window(conv, x, |window| {
            for (o, dz) in dz.by_ref().take(filters).enumerate() {
                dbias[o] += dz;
                for &(at, k) in window {
                    dx[at] += dz * kernel[k * filters + o];
                    dkernel[k * filters + o] += dz * x[at];
                }
            }
        });
        gradients
    }

    /// Calls `visit` for each output position with the pixels that its window
    /// covers: their place in `x` and their place `(a, b, c)` in the kernel.
    fn for_each_window(conv: &Conv2d, x: &[f32], mut visit: impl FnMut(&[(usize, usize)])) {
        let windows = &conv.windows;
        let [height, width, channels] = windows.input;
        for image in 0..x.len() / windows.input_len() {
            for i in 0..windows.output[0] {
                for j in 0..windows.output[1] {
                    let mut window = Vec::new();
                    for a in 0..windows.size[0] {
                        for b in 0..windows.size[1] {
                            if let (Some(row), Some(column)) =
                                (windows.at(0, i, a), windows.at(1, j, b))
                            {
                                for c in 0..channels {
                                    let pixel = (image * height + row) * width + column;
                                    let tap = a * windows.size[1] + b;
                                    window.push((pixel * channels + c, tap * channels + c));
                                }
                            }
                        }
                    }
                    visit(&window);
                }
            }
        }
    }
}
