//! Convolution, ReLU and 2×2 max pooling in one operation.
//!
//! `y[n, i, j, o] = max(0, max { z[n, 2i + p, 2j + q, o] : p, q < 2 })`
//!
//! where `z` is the convolution of [`mod@super::conv2d`] with stride 1. Three
//! operations would write the large `z` to memory twice and read it back; here
//! the four values of a window stay in registers until the largest is known, and
//! only it is stored, with its place. Backwards only winners carry a gradient: a
//! quarter of `z` at most, fewer where ReLU gave 0 ([`mod@gradients`]).
//! Windows that see black only are known by their bias (see [`crate::fast::zeros::seen`]).
//!
//! [`mod@reference`] is the chain of the three; the tests hold the two together.

use std::ops::Range;

use candle_core::Tensor;

use super::activation::{self, Activation};
use super::{Backward, Forward, Op, Pass, portable};
use crate::fast::convolve::correlation::{Correlation, forward_frame};
use crate::fast::convolve::direct::{Correlate, Finish, Weights};
use crate::fast::convolve::places::Order;
use crate::fast::convolve::window::{Padding, Windows};
use crate::fast::simd::{self, Level, run_at};
use crate::fast::threads::scratch::with_scratch;
use crate::fast::threads::{for_each, room};
use crate::fast::zeros::seen::{Part, Runs};
use crate::{Error, Result};

mod gradients;
pub mod reference;
#[cfg(test)]
mod tests;

/// Images that a thread takes at a time, forwards.
const BLOCK: usize = 4;

/// The fused operation `[n, h, w, c_in]` → `[n, h'/2, w'/2, c_out]`; parameters:
/// kernel `[kh, kw, c_in, c_out]`, bias `[c_out]`.
#[derive(Clone, Debug)]
pub struct ConvReluPool {
    windows: Windows,
    filters: usize,
    level: Level,
    convolution: Correlation,
    runs: Runs,
}

impl ConvReluPool {
    /// For images `input`: `[h, w, c_in]` and `filters` kernels of `size`.
    ///
    /// # Errors
    /// As [`Windows::new`], without any filter, or when the convolution's output
    /// is smaller than 2×2.
    pub fn new(
        input: [usize; 3],
        filters: usize,
        size: [usize; 2],
        padding: Padding,
    ) -> Result<Self> {
        let windows = Windows::new("convolution", input, size, [1, 1], padding)?;
        if filters == 0 {
            return Err(Error::parameter("filters", filters, "au moins 1 filtre"));
        }
        let [height, width] = windows.output;
        if height < 2 || width < 2 {
            return Err(Error::window("max pooling", [2, 2], [height, width, filters]));
        }
        let frame = forward_frame(&windows);
        let runs = Runs::new(&windows, frame.sheet[1]);
        let convolution =
            Correlation::new(frame, size, [1, 1], windows.output, filters, Order::Windows);
        let convolution = convolution.repeat(BLOCK);
        Ok(Self { windows, filters, level: simd::level(), convolution, runs })
    }

    /// Shape of the output for one image: `[h'/2, w'/2, c_out]`.
    pub fn output_shape(&self) -> [usize; 3] {
        [self.windows.output[0] / 2, self.windows.output[1] / 2, self.filters]
    }

    /// First taps of the four outputs of each window of one image.
    fn at(&self) -> &[u32] {
        &self.convolution.at[..4 * self.output_len() / self.filters]
    }

    /// All windows of an image on its sheet, in order.
    fn parts(&self, x: &[f32]) -> Vec<Part> {
        let windows = self.output_len() / self.filters;
        self.runs.of(x).unwrap_or_else(|| vec![Part { black: 0..0, run: 0..windows }])
    }

    /// The values of some windows.
    fn values(&self, windows: &Range<usize>) -> Range<usize> {
        windows.start * self.filters..windows.end * self.filters
    }

    /// The outputs of images on their sheets; `black`: those of a window that sees
    /// black only.
    fn by_runs(&self, x: &[f32], packed: &[f32], black: &[f32], y: &mut [f32], winners: &mut [u8]) {
        let (taps, filters, len) = (self.convolution.taps, self.filters, self.output_len());
        let outputs = y.chunks_exact_mut(len).zip(winners.chunks_exact_mut(len));
        for (x, (y, winners)) in x.chunks_exact(self.convolution.frame.len()).zip(outputs) {
            for part in self.parts(x) {
                let values = self.values(&part.black);
                winners[values.clone()].fill(0);
                y[values].chunks_exact_mut(filters).for_each(|y| y.copy_from_slice(black));
                if part.run.is_empty() {
                    continue;
                }
                let values = self.values(&part.run);
                let finish =
                    Finish::Largest { y: &mut y[values.clone()], winners: &mut winners[values] };
                let at = &self.at()[4 * part.run.start..4 * part.run.end];
                run_at(self.level, Correlate { x, at, taps, packed, filters, finish });
            }
        }
    }
}

impl Op for ConvReluPool {
    fn name(&self) -> &'static str {
        "convolution + relu + max pooling"
    }

    fn input_len(&self) -> usize {
        self.windows.input_len()
    }

    fn output_len(&self) -> usize {
        self.output_shape().iter().product()
    }

    fn param_lens(&self) -> Vec<usize> {
        vec![self.convolution.taps.len() * self.filters, self.filters]
    }

    fn forward(&self, io: Forward<'_>) {
        let Self { convolution, level, filters, .. } = self;
        let packed = room(&mut io.saved.floats, convolution.packed_len(*level));
        let row = |k| k * filters;
        let (values, bias) = (io.params[0], Some(io.params[1]));
        let weights = Weights { values, row: &row, step: 1, bias };
        let weights = convolution.pack(*level, weights, packed);
        let black: Vec<f32> =
            io.params[1].iter().map(|b| if *b <= 0.0 { 0.0 } else { *b }).collect();
        io.saved.bytes.resize(io.y.len(), 0);
        let y_len = self.output_len() * BLOCK;
        let outputs = io.y.chunks_mut(y_len).zip(io.saved.bytes.chunks_mut(y_len));
        for_each(io.x.chunks(self.input_len() * BLOCK).zip(outputs), |(x, (y, winners))| {
            let sheets = convolution.frame.sheets_len(x.len() / self.input_len());
            with_scratch(sheets + convolution.work_len(), |scratch| {
                let (sheets, work) = scratch.split_at_mut(sheets);
                let x = convolution.frame.on_sheets(x, sheets);
                if convolution.is_direct() {
                    self.by_runs(x, weights.packed, &black, y, winners);
                } else {
                    convolution.run(*level, x, weights, Finish::Largest { y, winners }, work);
                }
            });
        });
    }

    fn backward(&self, io: Backward<'_>) {
        self.gradients(io);
    }

    fn portable(&self, _: Pass, x: &Tensor, params: &[Tensor]) -> candle_core::Result<Tensor> {
        let y = portable::conv2d(&self.windows, x, &params[0], &params[1])?;
        let y = activation::portable(Activation::Relu, &y)?;
        let [height, width] = self.windows.output;
        let pool = Windows {
            input: [height, width, self.filters],
            size: [2; 2],
            stride: [2; 2],
            before: [0; 2],
            output: [height / 2, width / 2],
        };
        portable::max_pool2d(&pool, &y)
    }
}
