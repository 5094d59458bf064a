//! The backward pass of a 2×2 max pooling on a convolution, without the losers.
//!
//! Of each four outputs of the convolution one won, and only if ReLU let it
//! through does it carry a gradient `g`; with `at` the place of its window:
//!
//! `dw[o, k] += g · x[at + tap(k)]` and `dx[at + tap(k)] += g · w[o, k]`
//!
//! - [`Winners`] does this filter by filter: the winners of each filter are
//!   listed, then part of the filter's gradient and of its weights stays in
//!   registers while the list passes.
//! - [`Spread`] writes each gradient at its place among the four, for
//!   [`crate::fast::convolve::direct::KernelGradient`]: better where a kernel row is too short to
//!   fill a vector, as on the first layer.

// Constant indices keep arrays of vectors in registers; iterators do not always.
#![allow(clippy::needless_range_loop)]

use crate::fast::convolve::direct::Taps;
use crate::fast::simd::{Kernel, UNIT, Vector};

/// Length of a kernel row rounded up to whole vectors of any width; the kernels here are
/// `[filters, rows, run]`, zero beyond `row_len`.
pub(crate) fn run_len(taps: Taps) -> usize {
    taps.row_len.next_multiple_of(UNIT)
}

/// Values that must follow an image for whole vectors to be read at its end.
pub(crate) const SLACK: usize = UNIT;

/// Gradients of one image; see the module's description.
pub(crate) struct Winners<'a> {
    /// The image on its sheet, and [`SLACK`] more values.
    pub(crate) x: &'a [f32],
    /// First taps of the four outputs of each window.
    pub(crate) at: &'a [u32],
    pub(crate) taps: Taps,
    pub(crate) filters: usize,
    /// Output of the pooling, its winners and its gradient: `[windows, filters]`.
    pub(crate) y: &'a [f32],
    pub(crate) winners: &'a [u8],
    pub(crate) dy: &'a [f32],
    /// To add to: `[filters, rows, run]`, then `[filters]` for the biases.
    pub(crate) dw: &'a mut [f32],
    /// The weights, `[filters, rows, run]`, and the gradient of the sheet to add
    /// to, as long as `x`.
    pub(crate) dx: Option<(&'a [f32], &'a mut [f32])>,
    /// Working memory.
    pub(crate) lists: &'a mut Won,
}

/// For each filter the places where it won, and their gradients.
#[derive(Debug, Default)]
pub(crate) struct Won {
    /// `[filters, windows]`, of which the first `counts[o]`.
    entries: Vec<(u32, f32)>,
    counts: Vec<usize>,
}

impl Won {
    /// Lists the winners of one image, and adds their gradients to the biases' `db`.
    #[inline(always)]
    fn fill(&mut self, at: &[u32], y: &[f32], winners: &[u8], dy: &[f32], db: &mut [f32]) {
        let (windows, filters) = (at.len() / 4, db.len());
        self.entries.resize(windows * filters, (0, 0.0));
        self.counts.clear();
        self.counts.resize(filters, 0);
        // Window by window, as the values lie in memory.
        let values = y.chunks_exact(filters).zip(dy.chunks_exact(filters));
        let values = values.zip(winners.chunks_exact(filters));
        for (four, ((y, dy), winners)) in at.chunks_exact(4).zip(values) {
            let values = y.iter().zip(dy).zip(winners).zip(&mut *db);
            let lists = self.entries.chunks_exact_mut(windows).zip(&mut self.counts);
            for ((((y, dy), winner), db), (list, count)) in values.zip(lists) {
                // Without a branch, which nobody could predict: a mask of ReLU, and
                // an entry that the next one overwrites unless it counts.
                let kept = 0u32.wrapping_sub(u32::from((*y > 0.0) | y.is_nan()));
                let g = f32::from_bits(dy.to_bits() & kept);
                list[*count] = (four[usize::from(winner & 3)], g);
                *count += usize::from(g != 0.0);
                *db += g;
            }
        }
    }

    fn of(&self, filter: usize) -> &[(u32, f32)] {
        let windows = self.entries.len() / self.counts.len();
        &self.entries[filter * windows..][..self.counts[filter]]
    }
}

impl Kernel for Winners<'_> {
    #[inline(always)]
    unsafe fn compute<V: Vector>(self) {
        let (windows, filters, taps) = (self.at.len() / 4, self.filters, self.taps);
        let run = run_len(taps);
        let kernel = taps.rows * run;
        let last = self.at.iter().max().map_or(0, |at| *at as usize);
        assert!(last + taps.reach() + SLACK <= self.x.len());
        assert!([self.y.len(), self.winners.len(), self.dy.len()] == [windows * filters; 3]);
        assert_eq!(self.dw.len(), filters * (kernel + 1));
        let (weights, dx) = match self.dx {
            Some((weights, dx)) => {
                assert!(weights.len() == filters * kernel && dx.len() == self.x.len());
                (weights.as_ptr(), dx.as_mut_ptr())
            }
            None => (std::ptr::null(), std::ptr::null_mut()),
        };
        let (dw, db) = self.dw.split_at_mut(filters * kernel);
        self.lists.fill(self.at, self.y, self.winners, self.dy, db);
        for (o, dw) in dw.chunks_exact_mut(kernel).enumerate() {
            let (x, dw, list) = (self.x.as_ptr(), dw.as_mut_ptr(), self.lists.of(o));
            let w = weights.wrapping_add(o * kernel);
            // SAFETY: the processor has the instructions (our own promise). Every
            // place of the list is one of `at`, so that a vector from any tap ends
            // within `x` and `dx` (asserted above); a kernel row is whole vectors.
            unsafe {
                if dx.is_null() {
                    Filter::<false> { x, dw, w, dx, list, taps, run }.compute::<V>();
                } else {
                    Filter::<true> { x, dw, w, dx, list, taps, run }.compute::<V>();
                }
            }
        }
    }
}

/// One filter's part: `dw[k] += Σ g · x[at + tap(k)]`, and with `DX` also
/// `dx[at + tap(k)] += g · w[k]`. (Both in one pass: the sums of `dw` are done
/// while the processor stores `dx`.)
struct Filter<'a, const DX: bool> {
    x: *const f32,
    dw: *mut f32,
    w: *const f32,
    dx: *mut f32,
    list: &'a [(u32, f32)],
    taps: Taps,
    run: usize,
}

impl<const DX: bool> Filter<'_, DX> {
    /// Covers the kernel with tiles that the registers can hold.
    #[inline(always)]
    unsafe fn compute<V: Vector>(&self) {
        // SAFETY: the caller's promise, passed on.
        unsafe {
            let mut a = 0;
            while V::WIDE && !DX && a + 3 <= self.taps.rows {
                self.columns::<V, 3>(a);
                a += 3;
            }
            while a < self.taps.rows {
                self.columns::<V, 1>(a);
                a += 1;
            }
        }
    }

    #[inline(always)]
    unsafe fn columns<V: Vector, const R: usize>(&self, a: usize) {
        let mut v = 0;
        // SAFETY: the caller's promise, passed on.
        unsafe {
            while v < self.taps.row_len {
                let left = self.taps.row_len - v;
                v += V::LANES
                    * if DX {
                        // The gradients of a pixel are added in the order of the tiles,
                        // which are therefore as wide for every vector.
                        match (left.div_ceil(UNIT), V::LANES) {
                            (6.., 16) => self.tile::<V, R, 6>(a, v),
                            (6.., 8) => self.tile::<V, R, 12>(a, v),
                            (6.., _) => self.tile::<V, R, 24>(a, v),
                            (2.., 16) => self.tile::<V, R, 2>(a, v),
                            (2.., 8) => self.tile::<V, R, 4>(a, v),
                            (2.., _) => self.tile::<V, R, 8>(a, v),
                            (_, 16) => self.tile::<V, R, 1>(a, v),
                            (_, 8) => self.tile::<V, R, 2>(a, v),
                            _ => self.tile::<V, R, 4>(a, v),
                        }
                    } else {
                        match left.div_ceil(V::LANES) {
                            12.. if R == 1 && !V::WIDE => self.tile::<V, R, 12>(a, v),
                            6.. => self.tile::<V, R, 6>(a, v),
                            2.. => self.tile::<V, R, 2>(a, v),
                            _ => self.tile::<V, R, 1>(a, v),
                        }
                    };
            }
        }
    }

    /// `R` kernel rows from `a` on, `N` vectors of each from the `v`-th value on;
    /// returns `N`.
    #[inline(always)]
    unsafe fn tile<V: Vector, const R: usize, const N: usize>(&self, a: usize, v: usize) -> usize {
        let (stride, run) = (self.taps.row_stride, self.run);
        let (image, kernel) = (a * stride + v, a * run + v);
        let x = self.x.wrapping_add(image);
        let dx = self.dx.wrapping_add(image);
        let dw = self.dw.wrapping_add(kernel);
        let w = self.w.wrapping_add(kernel);
        // SAFETY: the caller's promise; `dx` and `w` are only used with `DX`.
        unsafe {
            let mut sums = [[V::splat(0.0); N]; R];
            let mut weights = [[V::splat(0.0); N]; R];
            for r in 0..R {
                for n in 0..N {
                    sums[r][n] = V::load(dw.wrapping_add(r * run + n * V::LANES));
                    // (More would not fit the registers beside the sums.)
                    if DX && N <= 6 {
                        weights[r][n] = V::load(w.wrapping_add(r * run + n * V::LANES));
                    }
                }
            }
            for (at, g) in self.list {
                let g = V::splat(*g);
                let (x, dx) = (x.wrapping_add(*at as usize), dx.wrapping_add(*at as usize));
                for r in 0..R {
                    for n in 0..N {
                        let place = r * stride + n * V::LANES;
                        sums[r][n] = sums[r][n].plus_product(g, V::load(x.wrapping_add(place)));
                        if DX {
                            let to = dx.wrapping_add(place);
                            let weight = if N <= 6 {
                                weights[r][n]
                            } else {
                                V::load(w.wrapping_add(r * run + n * V::LANES))
                            };
                            V::load(to).plus_product(g, weight).store(to);
                        }
                    }
                }
            }
            for r in 0..R {
                for n in 0..N {
                    sums[r][n].store(dw.wrapping_add(r * run + n * V::LANES));
                }
            }
        }
        N
    }
}

/// The gradient of the convolution's outputs, `[4 · windows, padded]`, from that
/// of the pooling: each at its winner's place, zeros elsewhere.
pub(crate) struct Spread<'a> {
    pub(crate) filters: usize,
    pub(crate) y: &'a [f32],
    pub(crate) winners: &'a [u8],
    pub(crate) dy: &'a [f32],
    pub(crate) rows: &'a mut [f32],
}

impl Kernel for Spread<'_> {
    #[inline(always)]
    unsafe fn compute<V: Vector>(self) {
        let filters = self.filters;
        let padded = filters.next_multiple_of(V::LANES);
        let windows = self.y.len() / filters;
        assert!([self.winners.len(), self.dy.len()] == [self.y.len(); 2]);
        assert_eq!(self.rows.len(), 4 * windows * padded);
        for (window, rows) in self.rows.chunks_exact_mut(4 * padded).enumerate() {
            let whole = filters / V::LANES * V::LANES;
            for o in (0..whole).step_by(V::LANES) {
                let at = window * filters + o;
                // SAFETY: the processor has the instructions (our own promise);
                // `o` and the `LANES` values from it on are within a window.
                unsafe {
                    let y = V::load(self.y.as_ptr().wrapping_add(at));
                    let g = V::load(self.dy.as_ptr().wrapping_add(at)).through_relu(y);
                    let winners = self.winners.as_ptr().wrapping_add(at);
                    for p in 0..4 {
                        let to = rows.as_mut_ptr().wrapping_add(p * padded + o);
                        g.where_byte(winners, p as u8).store(to);
                    }
                }
            }
            for p in 0..4 {
                for o in whole..padded {
                    let at = window * filters + o;
                    let lost =
                        o >= filters || self.y[at] <= 0.0 || usize::from(self.winners[at]) != p;
                    rows[p * padded + o] = if lost { 0.0 } else { self.dy[at] };
                }
            }
        }
    }
}
