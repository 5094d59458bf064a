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
//! The gradient of the input is a correlation too: of the gradient of the
//! output, spread out on a [`Frame`], with the kernel turned by 180°.

// Constant indices keep arrays of vectors in registers; iterators do not always.
#![allow(clippy::needless_range_loop)]

use super::simd::{Kernel, Level, Vector, lanes};

/// Outputs in a tile.
const TILE: usize = 8;

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
fn panels<V: Vector>(padded: usize) -> impl Iterator<Item = (usize, usize)> {
    let width = if V::WIDE { 2 } else { 1 };
    let step = width * V::LANES;
    (0..padded).step_by(step).map(move |start| (start, ((padded - start) / V::LANES).min(width)))
}

/// Weights in the order in which [`Correlate`] reads them: for each panel of
/// filters, its biases, then its weights tap after tap; zeros up to whole vectors.
pub(crate) struct Pack<'a> {
    pub(crate) weights: &'a [f32],
    /// Where the weight of tap `k` for the first filter is.
    pub(crate) row: &'a (dyn Fn(usize) -> usize + Sync),
    /// From the weight for a filter to that for the next.
    pub(crate) step: usize,
    pub(crate) bias: Option<&'a [f32]>,
    pub(crate) taps: usize,
    pub(crate) filters: usize,
    /// To fill: [`packed_len`] values.
    pub(crate) packed: &'a mut [f32],
}

/// Number of values of packed weights.
pub(crate) fn packed_len(taps: usize, filters: usize, level: Level) -> usize {
    (taps + 1) * padded(filters, level)
}

impl Kernel for Pack<'_> {
    #[inline(always)]
    unsafe fn compute<V: Vector>(self) {
        let padded = self.filters.next_multiple_of(V::LANES);
        let mut rest = self.packed;
        for (start, vectors) in panels::<V>(padded) {
            let width = vectors * V::LANES;
            let (panel, others) = rest.split_at_mut((self.taps + 1) * width);
            rest = others;
            let count = width.min(self.filters - start);
            for (row, values) in panel.chunks_exact_mut(width).enumerate() {
                let (values, beyond) = values.split_at_mut(count);
                beyond.fill(0.0);
                match (row.checked_sub(1), self.bias) {
                    (Some(k), _) => {
                        let from = &self.weights[(self.row)(k) + start * self.step..];
                        if self.step == 1 {
                            values.copy_from_slice(&from[..count]);
                        } else {
                            let from = from.iter().step_by(self.step);
                            values.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
                        }
                    }
                    (None, Some(bias)) => values.copy_from_slice(&bias[start..start + count]),
                    (None, None) => values.fill(0.0),
                }
            }
        }
    }
}

/// What becomes of the sums.
pub(crate) enum Finish<'a> {
    /// All are kept, `y`: `[q, filters]`.
    All { y: &'a mut [f32], relu: bool },
    /// Of each four the largest after ReLU, with its place among the four:
    /// `y` and `winners`: `[q / 4, filters]`.
    Largest { y: &'a mut [f32], winners: &'a mut [u8] },
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
                        let [best, others @ ..] = four;
                        let (mut best, mut place) = (best, V::splat(0.0));
                        for p in 0..3 {
                            let other_place = V::splat((p + 1) as f32);
                            (best, place) = best.larger(place, others[p], other_place);
                        }
                        let to = q / 4 * filters + o;
                        write(best.relu(), y.as_mut_ptr().wrapping_add(to), count);
                        write_bytes(place, winners.as_mut_ptr().wrapping_add(to), count);
                    }
                }
            }
        }
    }
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
