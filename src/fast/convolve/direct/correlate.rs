//! The forward loop: eight outputs × one or two vectors of filters in registers.

// Constant indices keep arrays of vectors in registers; iterators do not always.
#![allow(clippy::needless_range_loop)]

use super::{Taps, panels, vectors};
use crate::fast::simd::{Kernel, Vector};

/// Outputs in a tile.
const TILE: usize = 8;

/// What becomes of the sums.
pub(crate) enum Finish<'a> {
    /// All are kept, `y`: `[q, filters]`.
    All { y: &'a mut [f32], relu: bool },
    /// Of each four the largest after ReLU, with its place among the four:
    /// `y` and `winners`: `[q / 4, filters]`.
    Largest { y: &'a mut [f32], winners: &'a mut [u8] },
}

impl Finish<'_> {
    /// The same for a while.
    pub(crate) fn again(&mut self) -> Finish<'_> {
        match self {
            Finish::All { y, relu } => Finish::All { y, relu: *relu },
            Finish::Largest { y, winners } => Finish::Largest { y, winners },
        }
    }

    /// Whether no output is infinite or NaN (an exponent of ones alone).
    pub(crate) fn is_finite(&self) -> bool {
        const EXPONENT: u32 = 0x7f80_0000;
        let (Finish::All { y, .. } | Finish::Largest { y, .. }) = self;
        // Without a way out the loop is done in vectors.
        !y.iter().fold(false, |found, y| found | (y.to_bits() & EXPONENT == EXPONENT))
    }

    /// Number of outputs of the convolution.
    pub(crate) fn outputs(&self, filters: usize) -> usize {
        match self {
            Finish::All { y, .. } => y.len() / filters,
            Finish::Largest { y, .. } => 4 * y.len() / filters,
        }
    }
}

/// The largest of four after ReLU, and which it was.
///
/// # Safety
/// The processor has the instructions of `V`.
#[inline(always)]
pub(crate) unsafe fn largest<V: Vector>([a, b, c, d]: [V; 4]) -> (V, V) {
    // SAFETY: the caller's promise.
    unsafe {
        let (best, place) = a.larger(V::splat(0.0), b, V::splat(1.0));
        let (best, place) = best.larger(place, c, V::splat(2.0));
        let (best, place) = best.larger(place, d, V::splat(3.0));
        (best.relu(), place)
    }
}

/// See the module's description.
pub(crate) struct Correlate<'a> {
    pub(crate) x: &'a [f32],
    /// Where the first tap of each output is; groups of four for `Largest`.
    pub(crate) at: &'a [u32],
    pub(crate) taps: Taps,
    pub(crate) packed: &'a [f32],
    pub(crate) filters: usize,
    pub(crate) finish: Finish<'a>,
}

impl Kernel for Correlate<'_> {
    #[inline(always)]
    unsafe fn compute<V: Vector>(self) {
        let n = self.at.len();
        let padded = self.filters.next_multiple_of(V::LANES);
        let last = self.at.iter().max().map_or(0, |at| *at as usize);
        assert!(n > 0 && last + self.taps.reach() <= self.x.len());
        assert_eq!(self.packed.len(), (self.taps.len() + 1) * padded);
        match &self.finish {
            Finish::All { y, .. } => assert_eq!(y.len(), n * self.filters),
            Finish::Largest { y, winners } => {
                assert!(
                    n.is_multiple_of(4)
                        && y.len() == n / 4 * self.filters
                        && winners.len() == y.len()
                );
            }
        }
        let mut this = self;
        for (start, vectors) in panels::<V>(padded) {
            for tile in (0..n).step_by(TILE) {
                // The last tile overlaps the one before it; a batch smaller than
                // a tile is repeated.
                let first = tile.min(n.saturating_sub(TILE));
                let mut outputs = [first, 1, 2, 3, 4, 5, 6, 7];
                for q in 1..TILE {
                    outputs[q] = if n < TILE { q % n } else { first + q };
                }
                // SAFETY: the processor has the instructions (our own promise);
                // reads and writes stay within the lengths asserted above.
                unsafe {
                    if vectors == 2 {
                        this.tile::<V, 2>(outputs, start);
                    } else {
                        this.tile::<V, 1>(outputs, start);
                    }
                }
            }
        }
    }
}

impl Correlate<'_> {
    /// The filters `start…` (`N` vectors of them) of eight outputs.
    #[inline(always)]
    unsafe fn tile<V: Vector, const N: usize>(&mut self, outputs: [usize; TILE], start: usize) {
        let taps = self.taps;
        let x = outputs.map(|q| self.x.as_ptr().wrapping_add(self.at[q] as usize));
        let mut w = self.packed.as_ptr().wrapping_add(start * (taps.len() + 1));
        // SAFETY: the caller's promise; every address is inside `x` or `packed`,
        // as `compute` asserted.
        let sums = unsafe {
            let bias: [V; N] = vectors(w);
            let mut sums = [bias; TILE];
            for a in 0..taps.rows {
                let row = a * taps.row_stride;
                for tap in row..row + taps.row_len {
                    w = w.wrapping_add(N * V::LANES);
                    let weights: [V; N] = vectors(w);
                    for q in 0..TILE {
                        let x = V::broadcast(x[q].wrapping_add(tap));
                        for v in 0..N {
                            sums[q][v] = sums[q][v].plus_product(x, weights[v]);
                        }
                    }
                }
            }
            sums
        };
        // SAFETY: the caller's promise. (Only constant indices: the sums must
        // not be moved from the registers.)
        unsafe {
            self.finish([0, 1, 2, 3, 4, 5, 6, 7].map(|q| sums[q][0]), outputs, start);
            if N > 1 {
                let sums = [0, 1, 2, 3, 4, 5, 6, 7].map(|q| sums[q][N - 1]);
                self.finish(sums, outputs, start + V::LANES);
            }
        }
    }

    /// Stores one vector of filters, `o…`, of eight outputs.
    #[inline(always)]
    unsafe fn finish<V: Vector>(&mut self, sums: [V; TILE], outputs: [usize; TILE], o: usize) {
        let filters = self.filters;
        let count = V::LANES.min(filters - o);
        // SAFETY: the caller's promise; `write` stops at the last filter.
        unsafe {
            match &mut self.finish {
                Finish::All { y, relu } => {
                    for q in 0..TILE {
                        let sum = if *relu { sums[q].relu() } else { sums[q] };
                        let to = outputs[q] * filters + o;
                        write(sum, y.as_mut_ptr().wrapping_add(to), count);
                    }
                }
                Finish::Largest { y, winners } => {
                    let [a, b, c, d, e, f, g, h] = sums;
                    for (four, q) in [([a, b, c, d], outputs[0]), ([e, f, g, h], outputs[4])] {
                        let (best, place) = largest(four);
                        let to = q / 4 * filters + o;
                        write(best, y.as_mut_ptr().wrapping_add(to), count);
                        write_bytes(place, winners.as_mut_ptr().wrapping_add(to), count);
                    }
                }
            }
        }
    }
}

/// Stores the first `count` values.
#[inline(always)]
unsafe fn write<V: Vector>(values: V, to: *mut f32, count: usize) {
    // SAFETY: the caller's promise, for `count` values; the buffer holds 16.
    unsafe {
        if count == V::LANES {
            values.store(to);
        } else {
            let mut buffer = [0f32; 16];
            values.store(buffer.as_mut_ptr());
            std::ptr::copy_nonoverlapping(buffer.as_ptr(), to, count);
        }
    }
}

/// Stores the first `count` values as bytes.
#[inline(always)]
unsafe fn write_bytes<V: Vector>(values: V, to: *mut u8, count: usize) {
    // SAFETY: the caller's promise, for `count` values; the buffer holds 16.
    unsafe {
        if count == V::LANES {
            values.store_bytes(to);
        } else {
            let mut buffer = [0u8; 16];
            values.store_bytes(buffer.as_mut_ptr());
            std::ptr::copy_nonoverlapping(buffer.as_ptr(), to, count);
        }
    }
}
