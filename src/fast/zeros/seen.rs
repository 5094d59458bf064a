//! Which pooling windows of an image see more than zeros.
//!
//! Of the 13×13 windows that look at a digit through a 3×3 convolution, 56 % see
//! black pixels only: their sums are the biases, and their part in the gradient
//! of the kernel is zero. What is not black stands together, so one run of windows
//! per row says it all ([`Runs`]). Forwards the others get the biases at once;
//! backwards the gradients of all of them are added up as if they came from a
//! single one ([`Gather`]), which the biases alone will notice.
//!
//! As in [`crate::fast::zeros::sparse`], only a weight that is infinite or NaN would tell the
//! difference.

use std::ops::Range;

use crate::fast::convolve::window::Windows;
use crate::fast::simd::{Kernel, Vector};

/// How an image's 2×2 pooling windows look at its sheet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Runs {
    /// Values of a row of the sheet, and channels.
    row_len: usize,
    channels: usize,
    /// Rows and columns of pixels that a window sees.
    sees: [usize; 2],
    /// Rows and columns of windows.
    windows: [usize; 2],
}

/// Some windows that see black only, and the run that follows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) black: Range<usize>,
    pub(crate) run: Range<usize>,
}

impl Runs {
    /// For a convolution with stride 1 over a sheet `columns` pixels wide.
    pub(crate) fn new(windows: &Windows, columns: usize) -> Self {
        let channels = windows.input[2];
        Self {
            row_len: columns * channels,
            channels,
            sees: windows.size.map(|size| size + 1),
            windows: windows.output.map(|outputs| outputs / 2),
        }
    }

    /// All windows of an image, in order; `None` when most of them see something
    /// and there is little to save.
    pub(crate) fn of(&self, sheet: &[f32]) -> Option<Vec<Part>> {
        let [rows, columns] = self.windows;
        let lit: Vec<_> = sheet.chunks_exact(self.row_len).map(|row| self.lit(row)).collect();
        let (mut parts, mut done, mut count) = (Vec::with_capacity(rows + 1), 0, 0);
        for i in 0..rows {
            let seen = &lit[2 * i..2 * i + self.sees[0]];
            let first = seen.iter().map(|lit| lit.start).min().unwrap_or(0);
            let last = seen.iter().map(|lit| lit.end).max().unwrap_or(0);
            // Window `j` sees the columns from `2j` to `2j + sees`.
            let start = ((first + 2).saturating_sub(self.sees[1]) / 2).min(columns);
            let end = last.div_ceil(2).min(columns);
            if start < end {
                let run = i * columns + start..i * columns + end;
                count += run.len();
                parts.push(Part { black: done..run.start, run: run.clone() });
                done = run.end;
            }
        }
        let all = rows * columns;
        parts.push(Part { black: done..all, run: all..all });
        (4 * count < 3 * all).then_some(parts)
    }

    /// The columns of a row from the first to the last that is not zero.
    fn lit(&self, row: &[f32]) -> Range<usize> {
        let lit = |value: &f32| *value != 0.0;
        match (row.iter().position(lit), row.iter().rposition(lit)) {
            (Some(first), Some(last)) => first / self.channels..last / self.channels + 1,
            _ => self.row_len..0,
        }
    }
}

/// Adds up the gradients of windows that see black only; each went through ReLU.
pub(crate) struct Gather<'a> {
    pub(crate) filters: usize,
    /// Output of the pooling and its gradient: `[windows, filters]`.
    pub(crate) y: &'a [f32],
    pub(crate) dy: &'a [f32],
    /// To add to: as many values as whole vectors of filters.
    pub(crate) sum: &'a mut [f32],
}

impl Kernel for Gather<'_> {
    #[inline(always)]
    unsafe fn compute<V: Vector>(self) {
        let filters = self.filters;
        assert!(self.y.len() == self.dy.len() && self.sum.len() >= filters);
        let whole = filters / V::LANES * V::LANES;
        for (y, dy) in self.y.chunks_exact(filters).zip(self.dy.chunks_exact(filters)) {
            for o in (0..whole).step_by(V::LANES) {
                let sum = self.sum.as_mut_ptr().wrapping_add(o);
                // SAFETY: the processor has the instructions (our own promise);
                // `o` and the `LANES` values from it on are within all three.
                unsafe {
                    let y = V::load(y.as_ptr().wrapping_add(o));
                    let g = V::load(dy.as_ptr().wrapping_add(o)).through_relu(y);
                    V::load(sum).plus(g).store(sum);
                }
            }
            for o in whole..filters {
                self.sum[o] += if y[o] <= 0.0 { 0.0 } else { dy[o] };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fast::convolve::window::Padding;
    use crate::random::Rng;

    #[test]
    fn a_window_is_black_where_all_it_sees_is() {
        let mut rng = Rng::new(7);
        for (input, size) in [([12, 12, 1], [3, 3]), ([9, 16, 2], [2, 5]), ([8, 8, 1], [1, 1])] {
            let windows = Windows::new("convolution", input, size, [1, 1], Padding::Valid).unwrap();
            let runs = Runs::new(&windows, input[1]);
            let [rows, columns] = windows.output.map(|outputs| outputs / 2);
            for lights in 0..4 {
                let mut sheet = vec![0.0; input.iter().product()];
                for _ in 0..lights {
                    sheet[rng.below(input.iter().product())] = 1.0;
                }
                let sees = |window: usize| {
                    let (i, j) = (2 * (window / columns), 2 * (window % columns));
                    let row =
                        |a| &sheet[(a * input[1] + j) * input[2]..][..(size[1] + 1) * input[2]];
                    (i..i + size[0] + 1).any(|a| row(a).iter().any(|value| *value != 0.0))
                };
                let Some(parts) = runs.of(&sheet) else {
                    assert!((0..rows * columns).filter(|w| sees(*w)).count() > 0);
                    continue;
                };
                let mut next = 0;
                for Part { black, run } in parts {
                    assert!(black.start == next && black.end == run.start);
                    assert!(black.into_iter().all(|window| !sees(window)));
                    // A run may span black windows, but begins and ends with lit ones.
                    assert!(run.is_empty() || sees(run.start) && sees(run.end - 1));
                    next = run.end;
                }
                assert_eq!(next, rows * columns);
            }
        }
    }
}
