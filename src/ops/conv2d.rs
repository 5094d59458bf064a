//! 2-D convolution of channels-last images, with bias and activation.
//!
//! `z[n, i, j, o] = bias[o] + Σ x[n, s·i + a − top, s·j + b − left, c] · kernel[a, b, c, o]`
//!
//! summed over `a < kh`, `b < kw` and `c < c_in`; pixels outside the image are
//! zero; then `y = activation(z)`. [`mod@reference`] is this formula as loops.
//! [`Conv2d`] runs the loops of [`crate::fast::convolve::direct`] on a few images at a time, so
//! that they stay in the cache. For the gradient of the kernel, the images of a
//! batch are shared out in fixed groups whose sums are added in order: any number
//! of threads gives the same bits.

use std::sync::Arc;

use candle_core::Tensor;

use super::activation::{self, Activation};
use super::{Backward, Forward, Op, Pass, apply, portable};
use crate::fast::convolve::correlation::{Correlation, Prepared, forward_frame};
use crate::fast::convolve::direct::{Finish, KernelGradient, Weights, padded};
use crate::fast::convolve::frame::Frame;
use crate::fast::convolve::places::Order;
use crate::fast::convolve::window::{Padding, Windows};
use crate::fast::simd::{self, Level, run_at};
use crate::fast::threads::scratch::with_scratch;
use crate::fast::threads::{for_each, room};
use crate::{Error, Result};

pub mod reference;
#[cfg(test)]
mod tests;

/// Most groups that a batch is cut into for the gradient of the kernel.
const GROUPS: usize = 8;
/// Values of the sheets that one thread handles at a time (256 KiB).
const BLOCK: usize = 1 << 16;

/// A convolution `[n, h, w, c_in]` → `[n, h', w', c_out]` whose parameters are the
/// kernel `[kh, kw, c_in, c_out]` and the bias `[c_out]`.
#[derive(Clone, Debug)]
pub struct Conv2d {
    windows: Windows,
    filters: usize,
    activation: Activation,
    level: Level,
    /// Images handled together.
    block: usize,
    forward: Correlation,
    /// For the gradient of the input, from that of the output.
    backward: Correlation,
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
        let [height, width, _] = input;
        let output = windows.output;
        let frame = forward_frame(&windows);
        let forward = Correlation::new(frame, size, stride, output, filters, Order::Rows);
        // The kernel turned by 180° meets `dy` spread out by the stride.
        let first = [size[0] - 1 - windows.before[0], size[1] - 1 - windows.before[1]];
        let sheet = [height + size[0] - 1, width + size[1] - 1];
        let frame = Frame { image: [output[0], output[1], filters], sheet, first, stride };
        let (output, channels) = ([height, width], input[2]);
        let backward = Correlation::new(frame, size, [1, 1], output, channels, Order::Rows);
        let block = (BLOCK / forward.frame.len().max(frame.len())).clamp(1, 4);
        let (forward, backward) = (forward.repeat(block), backward.repeat(block));
        let level = simd::level();
        Ok(Self { windows, filters, activation, level, block, forward, backward })
    }

    /// Shape of the output for one image: `[h', w', c_out]`.
    pub fn output_shape(&self) -> [usize; 3] {
        [self.windows.output[0], self.windows.output[1], self.filters]
    }

    /// Number of weights of one filter.
    fn taps(&self) -> usize {
        self.forward.taps.len()
    }

    /// Outputs of one block of images `x`.
    fn forward_block(&self, x: &[f32], weights: Prepared<'_>, y: &mut [f32]) {
        let Self { forward, level, .. } = self;
        let relu = self.activation == Activation::Relu;
        let sheets = forward.frame.sheets_len(x.len() / self.input_len());
        with_scratch(sheets + forward.work_len(), |scratch| {
            let (sheets, work) = scratch.split_at_mut(sheets);
            let x = forward.frame.on_sheets(x, sheets);
            forward.run(*level, x, weights, Finish::All { y: &mut *y, relu }, work);
        });
        if !relu {
            self.activation.forward(y, self.filters);
        }
    }

    /// Gradients for one group of images. `dw` is overwritten; `dx` comes with
    /// the turned kernel.
    fn backward_group(
        &self,
        x: &[f32],
        y: &[f32],
        dy: &mut [f32],
        dw: &mut [f32],
        mut dx: Option<(&mut [f32], Prepared<'_>)>,
    ) {
        let (x_len, y_len) = (self.input_len(), self.output_len());
        let padded = padded(self.filters, self.level);
        let lay_x = self.forward.frame.sheets_len(1);
        let pad_dy = if padded == self.filters { 0 } else { self.windows.count() * padded };
        let lay_dy = if dx.is_some() { self.backward.frame.len() } else { 0 };
        dw.fill(0.0);
        let work = if dx.is_some() { self.backward.work_len() } else { 0 };
        with_scratch((lay_x + pad_dy + lay_dy) * self.block + work, |scratch| {
            let (work, scratch) = scratch.split_at_mut(work);
            let blocks = x.chunks(x_len * self.block).zip(y.chunks(y_len * self.block));
            let blocks = blocks.zip(dy.chunks_mut(y_len * self.block)).enumerate();
            for (index, ((x, y), dy)) in blocks {
                let n = x.len() / x_len;
                self.activation.backward(y, dy, self.filters);
                let (x_sheets, rest) = scratch.split_at_mut(lay_x * self.block);
                let (dy_rows, dy_sheets) = rest.split_at_mut(pad_dy * self.block);
                let x_sheets = &mut x_sheets[..lay_x * n];
                let dy_rows = &mut dy_rows[..pad_dy * n];
                let Correlation { frame, taps, at, .. } = &self.forward;
                let x = frame.on_sheets(x, x_sheets);
                for (row, dy) in dy_rows.chunks_exact_mut(padded).zip(dy.chunks_exact(self.filters))
                {
                    row[..self.filters].copy_from_slice(dy);
                    row[self.filters..].fill(0.0);
                }
                let (taps, at) = (*taps, &at[..n * self.windows.count()]);
                let rows = if pad_dy == 0 { &*dy } else { dy_rows };
                run_at(self.level, KernelGradient { x, at, taps, dy: rows, padded, dw });
                if let Some((dx, turned)) = &mut dx {
                    let dy_sheets = &mut dy_sheets[..lay_dy * n];
                    self.backward.frame.lay(dy, dy_sheets);
                    let y = &mut dx[index * x_len * self.block..][..n * x_len];
                    let finish = Finish::All { y, relu: false };
                    self.backward.run(self.level, dy_sheets, *turned, finish, work);
                }
            }
        });
    }

    /// Where the weights for the gradient of the input are: the kernel is turned by
    /// 180°, its filters stand in the place of its channels.
    fn turned(&self) -> impl Fn(usize) -> usize + Sync {
        let ([kh, kw], channels, filters) =
            (self.windows.size, self.windows.input[2], self.filters);
        move |k| {
            let (tap, o) = (k / filters, k % filters);
            (kh * kw - 1 - tap) * channels * filters + o
        }
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
        vec![self.taps() * self.filters, self.filters]
    }

    fn forward(&self, io: Forward<'_>) {
        let packed = room(&mut io.saved.floats, self.forward.packed_len(self.level));
        let row = |k| k * self.filters;
        let (values, bias) = (io.params[0], Some(io.params[1]));
        let weights = Weights { values, row: &row, step: 1, bias };
        let weights = self.forward.pack(self.level, weights, packed);
        let images = io.x.chunks(self.input_len() * self.block);
        let images = images.zip(io.y.chunks_mut(self.output_len() * self.block));
        for_each(images, |(x, y)| self.forward_block(x, weights, y));
    }

    fn backward(&self, io: Backward<'_>) {
        let n = io.x.len() / self.input_len();
        let group = n.div_ceil(GROUPS);
        let (x_len, y_len) = (self.input_len() * group, self.output_len() * group);
        let padded = padded(self.filters, self.level);
        let len = (self.taps() + 1) * padded;
        let turned = self.backward.packed_len(self.level);
        let floats = room(&mut io.saved.floats, turned + n.div_ceil(group) * len);
        let (turned, partial) = floats.split_at_mut(turned);
        let groups = io.x.chunks(x_len).zip(io.y.chunks(y_len));
        let groups = groups.zip(io.dy.chunks_mut(y_len));
        let groups = groups.zip(partial.chunks_exact_mut(len));
        match io.dx {
            Some(dx) => {
                let row = self.turned();
                let weights =
                    Weights { values: io.params[0], row: &row, step: self.filters, bias: None };
                let turned = self.backward.pack(self.level, weights, turned);
                for_each(groups.zip(dx.chunks_mut(x_len)), |((((x, y), dy), dw), dx)| {
                    self.backward_group(x, y, dy, dw, Some((dx, turned)));
                });
            }
            None => for_each(groups, |(((x, y), dy), dw)| self.backward_group(x, y, dy, dw, None)),
        }
        let [dw, db] = io.dparams else { return };
        sum_groups(partial, len, padded, self.filters, dw, db);
    }

    fn portable(&self, _: Pass, x: &Tensor, params: &[Tensor]) -> candle_core::Result<Tensor> {
        let y = portable::conv2d(&self.windows, x, &params[0], &params[1])?;
        activation::portable(self.activation, &y)
    }
}

/// Adds the groups' gradients, `[taps + 1, padded]` each, in their order.
fn sum_groups(
    partial: &[f32],
    len: usize,
    padded: usize,
    filters: usize,
    dw: &mut [f32],
    db: &mut [f32],
) {
    let sum = |row: usize, total: &mut [f32]| {
        let start = row * padded;
        total.copy_from_slice(&partial[start..start + filters]);
        for partial in partial.chunks_exact(len).skip(1) {
            let partial = &partial[start..start + filters];
            total.iter_mut().zip(partial).for_each(|(total, partial)| *total += partial);
        }
    };
    let rows = 8192usize.div_ceil(filters);
    for_each(dw.chunks_mut(rows * filters).enumerate(), |(index, dw)| {
        let dw = dw.chunks_exact_mut(filters).enumerate();
        dw.for_each(|(row, dw)| sum(index * rows + row, dw));
    });
    sum(dw.len() / filters, db);
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
