//! The loop of the kernel's gradient: up to twelve taps × one or two vectors of
//! filters in registers.

// Constant indices keep arrays of vectors in registers; iterators do not always.
#![allow(clippy::needless_range_loop)]

use super::{Taps, panels, vectors};
use crate::fast::simd::{Kernel, Vector};

/// See the module's description.
pub(crate) struct KernelGradient<'a> {
    pub(crate) x: &'a [f32],
    pub(crate) at: &'a [u32],
    pub(crate) taps: Taps,
    /// `[q, padded]`, with as many columns as whole vectors of filters.
    pub(crate) dy: &'a [f32],
    pub(crate) padded: usize,
    /// To add to: `[taps + 1, padded]`, the last row being the biases'.
    pub(crate) dw: &'a mut [f32],
}

impl Kernel for KernelGradient<'_> {
    #[inline(always)]
    unsafe fn compute<V: Vector>(self) {
        let n = self.at.len();
        let last = self.at.iter().max().map_or(0, |at| *at as usize);
        assert!(n > 0 && last + self.taps.reach() <= self.x.len());
        assert!(self.padded.is_multiple_of(V::LANES) && self.dy.len() == n * self.padded);
        assert_eq!(self.dw.len(), (self.taps.len() + 1) * self.padded);
        let mut this = self;
        for (start, vectors) in panels::<V>(this.padded) {
            // SAFETY: the processor has the instructions (our own promise);
            // addresses stay within the lengths asserted above.
            unsafe {
                if vectors == 2 {
                    this.panel::<V, 2>(start);
                } else {
                    this.panel::<V, 1>(start);
                }
            }
        }
    }
}

impl KernelGradient<'_> {
    #[inline(always)]
    unsafe fn panel<V: Vector, const N: usize>(&mut self, start: usize) {
        // SAFETY: the caller's promise, passed on.
        unsafe {
            for a in 0..self.taps.rows {
                let mut r = 0;
                while r < self.taps.row_len {
                    r += match self.taps.row_len - r {
                        12.. => self.tile::<V, N, 12>(start, a, r),
                        6.. => self.tile::<V, N, 6>(start, a, r),
                        5 => self.tile::<V, N, 5>(start, a, r),
                        3.. => self.tile::<V, N, 3>(start, a, r),
                        _ => self.tile::<V, N, 1>(start, a, r),
                    };
                }
            }
            self.bias::<V, N>(start);
        }
    }

    /// `T` taps of row `a` from `r` on, for the filters `start…`; returns `T`.
    #[inline(always)]
    unsafe fn tile<V: Vector, const N: usize, const T: usize>(
        &mut self,
        start: usize,
        a: usize,
        r: usize,
    ) -> usize {
        let x = self.x.as_ptr().wrapping_add(a * self.taps.row_stride + r);
        let mut dy = self.dy.as_ptr().wrapping_add(start);
        let row = (a * self.taps.row_len + r) * self.padded + start;
        let dw = self.dw.as_mut_ptr().wrapping_add(row);
        // SAFETY: the caller's promise.
        unsafe {
            let mut sums = [[V::splat(0.0); N]; T];
            for t in 0..T {
                sums[t] = vectors(dw.wrapping_add(t * self.padded));
            }
            for at in self.at {
                let x = x.wrapping_add(*at as usize);
                let gradient: [V; N] = vectors(dy);
                for t in 0..T {
                    let x = V::broadcast(x.wrapping_add(t));
                    for v in 0..N {
                        sums[t][v] = sums[t][v].plus_product(x, gradient[v]);
                    }
                }
                dy = dy.wrapping_add(self.padded);
            }
            for t in 0..T {
                for v in 0..N {
                    sums[t][v].store(dw.wrapping_add(t * self.padded + v * V::LANES));
                }
            }
        }
        T
    }

    /// The biases' row: sums of `dy`, in four running sums.
    #[inline(always)]
    unsafe fn bias<V: Vector, const N: usize>(&mut self, start: usize) {
        let row = self.taps.len() * self.padded + start;
        let db = self.dw.as_mut_ptr().wrapping_add(row);
        // SAFETY: the caller's promise.
        unsafe {
            let one = V::splat(1.0);
            let mut sums = [[V::splat(0.0); N]; 4];
            sums[0] = vectors(db);
            for four in self.dy.chunks(4 * self.padded) {
                for (dy, sums) in four.chunks_exact(self.padded).zip(&mut sums) {
                    let dy: [V; N] = vectors(dy.as_ptr().wrapping_add(start));
                    for (sum, dy) in sums.iter_mut().zip(dy) {
                        *sum = sum.plus_product(one, dy);
                    }
                }
            }
            for v in 0..N {
                let pair = |a: V, b: V| a.plus_product(one, b);
                let [a, b, c, d] = sums.map(|sums| sums[v]);
                pair(pair(a, b), pair(c, d)).store(db.wrapping_add(v * V::LANES));
            }
        }
    }
}
