//! The backward pass: each thread adds up the gradients of a group of images,
//! then the groups are added up, in order.
//!
//! A group goes by the winners alone, or, on a first layer whose kernel rows are
//! short and of which nobody wants the input's gradient, by a dense sum over
//! the windows that see something ([`crate::fast::zeros::winners`], [`crate::fast::zeros::seen`]).

use super::ConvReluPool;
use crate::fast::convolve::direct::{KernelGradient, padded};
use crate::fast::simd::{UNIT, run_at};
use crate::fast::threads::scratch::with_scratch;
use crate::fast::threads::{for_each, room};
use crate::fast::wide::wide;
use crate::fast::zeros::seen::{Gather, Part};
use crate::fast::zeros::winners::{SLACK, Spread, Winners, Won, run_len};
use crate::ops::{Backward, Op as _};

/// Most groups that a batch is cut into.
const GROUPS: usize = 8;
/// Values of the groups' gradients that a thread adds up at a time.
const PART: usize = 1 << 12;

impl ConvReluPool {
    /// The backward pass of a batch.
    pub(super) fn gradients(&self, io: Backward<'_>) {
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

    /// Whether [`Spread`] and a dense sum cost less than [`Winners`], by the
    /// number of products and, for lists, five steps an entry (of the widest vectors,
    /// so that every processor takes the same way).
    fn spread(&self) -> bool {
        let taps = self.convolution.taps;
        let dense = 4 * taps.len() * self.filters.div_ceil(UNIT);
        let vectors = taps.rows * run_len(taps) / UNIT;
        dense < self.filters * (5 + vectors * 3 / 4)
    }

    /// Number of values of a group's gradient of kernel and bias.
    fn gradient_len(&self, spread: bool) -> usize {
        let taps = self.convolution.taps;
        if spread {
            (taps.len() + 1) * padded(self.filters, self.level)
        } else {
            self.filters * (taps.rows * run_len(taps) + 1)
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
        let mut lists = Won::default();
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
        let run = run_len(taps);
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
            let run = run_len(taps);
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
