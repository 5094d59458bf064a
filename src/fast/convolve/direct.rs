//! The inner loops of convolution, on the image as it lies in memory.
//!
//! With channels last, a kernel row over the image is one run of `kw · c`
//! values, so that a convolution is a product of matrices whose left factor
//! needs no copy: its row for output `q` starts at `x[at[q]]`, and tap `k`
//! (row `a`, run position `r`) is `a · row_stride + r` values further.
//!
//! - [`Correlate`]: `y[q, o] = bias[o] + Σ_k x[at[q] + tap(k)] · w[k, o]`. Eight
//!   outputs × one or two vectors of filters stay in registers while all taps
//!   pass; each weight is read once for eight outputs. Either every output is
//!   stored, or of every four the largest (2×2 max pooling).
//! - [`KernelGradient`]: `dw[k, o] += Σ_q x[at[q] + tap(k)] · dy[q, o]`. Up to
//!   twelve taps × one or two vectors stay in registers while all outputs pass.
//!
//! `ops/conv2d/reference.rs` is the same as plain loops, to be read first.
//!
//! The gradient of the input is a correlation too: of the gradient of the
//! output, spread out on a [`Frame`](crate::fast::convolve::frame::Frame), with the kernel turned by 180°.

// Constant indices keep arrays of vectors in registers; iterators do not always.
#![allow(clippy::needless_range_loop)]

mod correlate;
mod kernel_gradient;
mod pack;

pub(crate) use correlate::{Correlate, Finish, largest};
pub(crate) use kernel_gradient::KernelGradient;
pub(crate) use pack::{Pack, Weights, packed_len};

use crate::fast::simd::{Level, Vector, lanes};

/// Where the taps of a kernel are, from the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Taps {
    /// Rows of the kernel.
    pub(crate) rows: usize,
    /// Values in a kernel row: width × channels.
    pub(crate) row_len: usize,
    /// Values from one image row to the next.
    pub(crate) row_stride: usize,
}

impl Taps {
    /// Number of taps.
    pub(crate) fn len(&self) -> usize {
        self.rows * self.row_len
    }

    /// Values from the first tap to the end of the last.
    pub(crate) fn reach(&self) -> usize {
        (self.rows - 1) * self.row_stride + self.row_len
    }
}

/// Number of filters rounded up to whole vectors.
pub(crate) fn padded(filters: usize, level: Level) -> usize {
    filters.next_multiple_of(lanes(level))
}

/// Filters handled together: first one and number of vectors.
#[inline(always)]
pub(crate) fn panels<V: Vector>(padded: usize) -> impl Iterator<Item = (usize, usize)> {
    let width = if V::WIDE { 2 } else { 1 };
    let step = width * V::LANES;
    (0..padded).step_by(step).map(move |start| (start, ((padded - start) / V::LANES).min(width)))
}

/// `N` vectors from `from` on.
#[inline(always)]
unsafe fn vectors<V: Vector, const N: usize>(from: *const f32) -> [V; N] {
    // (An index loop stays in registers where `from_fn` goes through memory.)
    // SAFETY: the caller's promise.
    unsafe {
        let mut vectors = [V::splat(0.0); N];
        for v in 0..N {
            vectors[v] = V::load(from.wrapping_add(v * V::LANES));
        }
        vectors
    }
}
