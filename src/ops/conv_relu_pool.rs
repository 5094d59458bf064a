//! Convolution, ReLU and 2×2 max pooling in one operation.
//!
//! `y[n, i, j, o] = max(0, max { z[n, 2i + p, 2j + q, o] : p, q < 2 })`
//!
//! where `z` is the convolution of [`mod@super::conv2d`] with stride 1. Three
//! operations would write the large `z` to memory twice and read it back; here
//! the four values of a window stay in registers until the largest is known, and
//! only it is stored, with its place. Backwards only winners carry a gradient: a
//! quarter of `z` at most, fewer where ReLU gave 0 (see [`super::winners`]).
//! Windows that see black only are known by their bias (see [`super::seen`]).
//!
//! [`mod@reference`] is the chain of the three; the tests hold the two together.

use std::ops::Range;

use candle_core::Tensor;

use super::activation::Activation;
use super::correlation::{Correlation, Order, forward_frame};
use super::direct::{Correlate, Finish, KernelGradient, Weights, padded};
use super::scratch::with_scratch;
use super::seen::{Gather, Part, Runs};
use super::simd::{self, Level, lanes, run_at};
use super::wide::wide;
use super::window::{Padding, Windows};
use super::winners::{Lists, SLACK, Spread, Winners, run_len};
use super::{Backward, Forward, Op, Pass, for_each, portable, room};
use crate::{Error, Result};

pub mod reference;
#[cfg(test)]
mod tests;

/// Most groups that a batch is cut into for the gradient of the kernel.
const GROUPS: usize = 8;
/// Values of the groups' gradients that a thread adds up at a time.
const PART: usize = 1 << 12;
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

    /// Whether [`Spread`] and a dense sum cost less than [`Winners`], by the
    /// number of products and, for lists, five steps an entry.
    fn spread(&self) -> bool {
        let (lanes, taps) = (lanes(self.level), self.convolution.taps);
        let dense = 4 * taps.len() * padded(self.filters, self.level) / lanes;
        let vectors = taps.rows * run_len(taps, lanes) / lanes;
        dense < self.filters * (5 + vectors * 3 / 4)
    }

    /// First taps of the four outputs of each window of one image.
    fn at(&self) -> &[u32] {
        &self.convolution.at[..4 * self.output_len() / self.filters]
    }

    /// Number of values of a group's gradient of kernel and bias.
    fn gradient_len(&self, spread: bool) -> usize {
        let taps = self.convolution.taps;
        if spread {
            (taps.len() + 1) * padded(self.filters, self.level)
        } else {
            self.filters * (taps.rows * run_len(taps, lanes(self.level)) + 1)
        }
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

    /// Gradients of kernel and bias for one group of images, by a dense sum.
    fn spread_group(&self, x: &[f32], winners: &[u8], y: &[f32], dy: &[f32], dw: &mut [f32]) {
        let padded = padded(self.filters, self.level);
        let (taps, frame) = (self.convolution.taps, &self.convolution.frame);
        let rows_len = (self.at().len() + 1) * padded;
        let mut at = Vec::with_capacity(self.at().len() + 1);
        dw.fill(0.0);
        with_scratch(rows_len + frame.sheets_len(1), |scratch| {
            let (rows, sheet) = scratch.split_at_mut(rows_len);
            let len = self.output_len();
            let images = x.chunks_exact(self.input_len()).zip(winners.chunks_exact(len));
            let images = images.zip(y.chunks_exact(len).zip(dy.chunks_exact(len)));
            for ((x, winners), (y, dy)) in images {
                let x = frame.on_sheets(x, sheet);
                self.spread_image(x, winners, y, dy, &mut at, rows);
                let (at, dy) = (&at[..], &rows[..at.len() * padded]);
                run_at(self.level, KernelGradient { x, at, taps, dy, padded, dw });
            }
        });
    }

    /// The gradient of the convolution's outputs for one image, in `rows`, and where
    /// the first tap of each is, in `at`. One row stands for all windows that see
    /// black only.
    fn spread_image(
        &self,
        x: &[f32],
        winners: &[u8],
        y: &[f32],
        dy: &[f32],
        at: &mut Vec<u32>,
        rows: &mut [f32],
    ) {
        let (filters, padded) = (self.filters, padded(self.filters, self.level));
        let parts = self.parts(x);
        at.clear();
        if let Some(part) = parts.iter().find(|part| !part.black.is_empty()) {
            at.push(self.at()[4 * part.black.start]);
            rows[..padded].fill(0.0);
            for part in &parts {
                let (values, sum) = (self.values(&part.black), &mut rows[..padded]);
                let (y, dy) = (&y[values.clone()], &dy[values]);
                run_at(self.level, Gather { filters, y, dy, sum });
            }
        }
        for Part { run, .. } in &parts {
            let values = self.values(run);
            let first = at.len() * padded;
            at.extend(&self.at()[4 * run.start..4 * run.end]);
            let rows = &mut rows[first..at.len() * padded];
            let (y, winners, dy) = (&y[values.clone()], &winners[values.clone()], &dy[values]);
            run_at(self.level, Spread { filters, y, winners, dy, rows });
        }
    }

    /// All gradients for one group of images, from the winners alone.
    fn winners_group(
        &self,
        x: &[f32],
        winners: &[u8],
        y: &[f32],
        dy: &[f32],
        dw: &mut [f32],
        mut dx: Option<(&[f32], &mut [f32])>,
    ) {
        let (at, taps, frame) = (self.at(), self.convolution.taps, &self.convolution.frame);
        let sheet_len = frame.len() + SLACK;
        let mut lists = Lists::default();
        dw.fill(0.0);
        with_scratch(2 * sheet_len, |scratch| {
            let (sheet, dx_sheet) = scratch.split_at_mut(sheet_len);
            sheet[sheet_len - SLACK..].fill(0.0);
            let (x_len, y_len) = (self.input_len(), self.output_len());
            for (image, x) in x.chunks_exact(x_len).enumerate() {
                let range = image * y_len..(image + 1) * y_len;
                frame.lay(x, &mut sheet[..sheet_len - SLACK]);
                dx_sheet.fill(0.0);
                let gradients = Winners {
                    x: sheet,
                    at,
                    taps,
                    filters: self.filters,
                    y: &y[range.clone()],
                    winners: &winners[range.clone()],
                    dy: &dy[range],
                    dw,
                    dx: dx.as_ref().map(|(weights, _)| (*weights, &mut *dx_sheet)),
                    lists: &mut lists,
                };
                run_at(self.level, gradients);
                if let Some((_, dx)) = &mut dx {
                    frame.lift(dx_sheet, &mut dx[image * x_len..(image + 1) * x_len]);
                }
            }
        });
    }

    /// The kernel `[taps, filters]` as `[filters, rows, run]`, for [`Winners`].
    fn by_filter(&self, kernel: &[f32], to: &mut [f32]) {
        let taps = self.convolution.taps;
        let run = run_len(taps, lanes(self.level));
        for_each(to.chunks_exact_mut(taps.rows * run).enumerate(), |(o, rows)| {
            for (a, row) in rows.chunks_exact_mut(run).enumerate() {
                let (row, beyond) = row.split_at_mut(taps.row_len);
                beyond.fill(0.0);
                let from = &kernel[a * taps.row_len * self.filters + o..];
                let from = from.iter().step_by(self.filters);
                row.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
            }
        });
    }

    /// The sum of the groups' gradients, taken from the layout of `spread`.
    fn unpack(&self, spread: bool, sum: &[f32], dw: &mut [f32], db: &mut [f32]) {
        let (taps, filters) = (self.convolution.taps, self.filters);
        if spread {
            let padded = padded(filters, self.level);
            let mut rows = sum.chunks_exact(padded);
            for (to, from) in dw.chunks_exact_mut(filters).zip(&mut rows) {
                to.copy_from_slice(&from[..filters]);
            }
            db.copy_from_slice(&sum[taps.len() * padded..][..filters]);
        } else {
            let run = run_len(taps, lanes(self.level));
            let kernel = taps.rows * run;
            for_each(dw.chunks_exact_mut(taps.row_len * filters).enumerate(), |(a, rows)| {
                for (k, to) in rows.chunks_exact_mut(filters).enumerate() {
                    let from = sum[a * run + k..].iter().step_by(kernel);
                    to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
                }
            });
            db.copy_from_slice(&sum[filters * kernel..]);
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
        convolution.pack(*level, Weights { values, row: &row, step: 1, bias }, packed);
        let packed = &*packed;
        let black: Vec<f32> =
            io.params[1].iter().map(|b| if *b <= 0.0 { 0.0 } else { *b }).collect();
        io.saved.bytes.resize(io.y.len(), 0);
        let y_len = self.output_len() * BLOCK;
        let outputs = io.y.chunks_mut(y_len).zip(io.saved.bytes.chunks_mut(y_len));
        for_each(io.x.chunks(self.input_len() * BLOCK).zip(outputs), |(x, (y, winners))| {
            let sheets = convolution.frame.sheets_len(x.len() / self.input_len());
            with_scratch(sheets + convolution.work_len(*level), |scratch| {
                let (sheets, work) = scratch.split_at_mut(sheets);
                let x = convolution.frame.on_sheets(x, sheets);
                if convolution.is_direct(*level) {
                    self.by_runs(x, packed, &black, y, winners);
                } else {
                    convolution.run(*level, x, packed, Finish::Largest { y, winners }, work);
                }
            });
        });
    }

    fn backward(&self, io: Backward<'_>) {
        let n = io.x.len() / self.input_len();
        let group = n.div_ceil(GROUPS);
        let (x_len, y_len) = (self.input_len() * group, self.output_len() * group);
        let spread = io.dx.is_none() && self.spread();
        let len = self.gradient_len(spread);
        let weights = if io.dx.is_some() { len - self.filters } else { 0 };
        let floats = room(&mut io.saved.floats, weights + n.div_ceil(group) * len);
        let (weights, partial) = floats.split_at_mut(weights);
        if io.dx.is_some() {
            self.by_filter(io.params[0], weights);
        }
        let weights = &*weights;
        let groups = io.x.chunks(x_len).zip(io.saved.bytes.chunks(y_len));
        let groups = groups.zip(io.y.chunks(y_len).zip(io.dy.chunks(y_len)));
        let groups = groups.zip(partial.chunks_exact_mut(len));
        match io.dx {
            Some(dx) => {
                for_each(groups.zip(dx.chunks_mut(x_len)), |(((a, b), dw), dx)| {
                    self.winners_group(a.0, a.1, b.0, b.1, dw, Some((weights, dx)));
                });
            }
            None if spread => {
                for_each(groups, |((a, b), dw)| self.spread_group(a.0, a.1, b.0, b.1, dw));
            }
            None => {
                for_each(groups, |((a, b), dw)| self.winners_group(a.0, a.1, b.0, b.1, dw, None));
            }
        }
        let (sum, others) = partial.split_at_mut(len);
        for_each(sum.chunks_mut(PART).enumerate(), |(part, sum)| {
            for partial in others.chunks_exact(len) {
                let partial = &partial[part * PART..][..sum.len()];
                wide(|| sum.iter_mut().zip(partial).for_each(|(sum, partial)| *sum += partial));
            }
        });
        let [dw, db] = io.dparams else { return };
        self.unpack(spread, sum, dw, db);
    }

    fn portable(&self, _: Pass, x: &Tensor, params: &[Tensor]) -> candle_core::Result<Tensor> {
        let y = portable::conv2d(&self.windows, x, &params[0], &params[1])?;
        let y = portable::activation(Activation::Relu, &y)?;
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
