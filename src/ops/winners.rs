//! The backward pass of a 2×2 max pooling on a convolution, without the losers.
//!
//! Of each four outputs of the convolution one won, and only if ReLU let it
//! through does it carry a gradient `g`; with `at` the place of its window:
//!
//! `dw[o, k] += g · x[at + tap(k)]` and `dx[at + tap(k)] += g · w[o, k]`
//!
//! - [`Winners`] does this filter by filter: the winners of one filter are
//!   listed, then the filter's gradient (or its weights) stays in registers while
//!   the list passes.
//! - [`Spread`] writes each gradient at its place among the four, for
//!   [`super::direct::KernelGradient`]: better where a kernel row is too short to
//!   fill a vector, as on the first layer.

// Constant indices keep arrays of vectors in registers; iterators do not always.
#![allow(clippy::needless_range_loop)]

use super::direct::Taps;
use super::simd::{Kernel, Vector};

/// Length of a kernel row rounded up to whole vectors; the kernels here are
/// `[filters, rows, run]`, zero beyond `row_len`.
pub(crate) fn run_len(taps: Taps, lanes: usize) -> usize {
    taps.row_len.next_multiple_of(lanes)
}

/// Values that must follow an image for whole vectors to be read at its end.
pub(crate) const SLACK: usize = 16;

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
    /// Working memory for one filter's list: as many places as windows.
    pub(crate) list: &'a mut Vec<(u32, f32)>,
}

impl Kernel for Winners<'_> {
    #[inline(always)]
    unsafe fn compute<V: Vector>(self) {
        let (windows, filters, taps) = (self.at.len() / 4, self.filters, self.taps);
        let run = run_len(taps, V::LANES);
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
        self.list.resize(windows, (0, 0.0));
        for o in 0..filters {
            let mut count = 0;
            let mut sum = 0.0;
            for (window, at) in self.at.chunks_exact(4).enumerate() {
                let index = window * filters + o;
                let g = if self.y[index] <= 0.0 { 0.0 } else { self.dy[index] };
                self.list[count] = (at[usize::from(self.winners[index] & 3)], g);
                count += usize::from(g != 0.0);
                sum += g;
            }
            db[o] += sum;
            let list = &self.list[..count];
            // SAFETY: the processor has the instructions (our own promise). Every
            // place of the list is one of `at`, so that a vector from any tap ends
            // within `x` and `dx` (asserted above); a kernel row is whole vectors.
            unsafe {
                let dw = dw.as_mut_ptr().wrapping_add(o * kernel);
                tiles::<V>(taps, &KernelTile { x: self.x.as_ptr(), dw, list, taps, run });
                if !dx.is_null() {
                    let w = weights.wrapping_add(o * kernel);
                    tiles::<V>(taps, &InputTile { dx, w, list, taps, run });
                }
            }
        }
    }
}

/// What is done with `R` kernel rows from `a` on, `N` vectors of each from the
/// `v`-th value on.
trait Tile {
    /// # Safety
    /// The processor has the instructions of `V`, and the tile lies within the kernel.
    unsafe fn tile<V: Vector, const R: usize, const N: usize>(&self, a: usize, v: usize);
}

/// Covers a kernel with tiles that the registers can hold.
#[inline(always)]
unsafe fn tiles<V: Vector>(taps: Taps, tile: &impl Tile) {
    // SAFETY: the caller's promise, passed on.
    unsafe {
        let mut a = 0;
        while V::WIDE && a + 3 <= taps.rows {
            columns::<V, 3>(taps, tile, a);
            a += 3;
        }
        while a < taps.rows {
            columns::<V, 1>(taps, tile, a);
            a += 1;
        }
    }
}

#[inline(always)]
unsafe fn columns<V: Vector, const R: usize>(taps: Taps, tile: &impl Tile, a: usize) {
    let mut v = 0;
    // SAFETY: the caller's promise, passed on.
    unsafe {
        while v < taps.row_len {
            v += V::LANES
                * match (taps.row_len - v).div_ceil(V::LANES) {
                    12.. if R == 1 && !V::WIDE => {
                        tile.tile::<V, R, 12>(a, v);
                        12
                    }
                    6.. => {
                        tile.tile::<V, R, 6>(a, v);
                        6
                    }
                    2.. => {
                        tile.tile::<V, R, 2>(a, v);
                        2
                    }
                    _ => {
                        tile.tile::<V, R, 1>(a, v);
                        1
                    }
                };
        }
    }
}

/// `dw[k] += Σ g · x[at + tap(k)]`
struct KernelTile<'a> {
    x: *const f32,
    dw: *mut f32,
    list: &'a [(u32, f32)],
    taps: Taps,
    run: usize,
}

impl Tile for KernelTile<'_> {
    #[inline(always)]
    unsafe fn tile<V: Vector, const R: usize, const N: usize>(&self, a: usize, v: usize) {
        let stride = self.taps.row_stride;
        let x = self.x.wrapping_add(a * stride + v);
        let dw = self.dw.wrapping_add(a * self.run + v);
        // SAFETY: the caller's promise.
        unsafe {
            let mut sums = [[V::splat(0.0); N]; R];
            for r in 0..R {
                for n in 0..N {
                    sums[r][n] = V::load(dw.wrapping_add(r * self.run + n * V::LANES));
                }
            }
            for (at, g) in self.list {
                let g = V::splat(*g);
                let x = x.wrapping_add(*at as usize);
                for r in 0..R {
                    for n in 0..N {
                        let x = V::load(x.wrapping_add(r * stride + n * V::LANES));
                        sums[r][n] = sums[r][n].plus_product(g, x);
                    }
                }
            }
            for r in 0..R {
                for n in 0..N {
                    sums[r][n].store(dw.wrapping_add(r * self.run + n * V::LANES));
                }
            }
        }
    }
}

/// `dx[at + tap(k)] += g · w[k]`
struct InputTile<'a> {
    dx: *mut f32,
    w: *const f32,
    list: &'a [(u32, f32)],
    taps: Taps,
    run: usize,
}

impl Tile for InputTile<'_> {
    #[inline(always)]
    unsafe fn tile<V: Vector, const R: usize, const N: usize>(&self, a: usize, v: usize) {
        let stride = self.taps.row_stride;
        let dx = self.dx.wrapping_add(a * stride + v);
        let w = self.w.wrapping_add(a * self.run + v);
        // SAFETY: the caller's promise.
        unsafe {
            let mut weights = [[V::splat(0.0); N]; R];
            for r in 0..R {
                for n in 0..N {
                    weights[r][n] = V::load(w.wrapping_add(r * self.run + n * V::LANES));
                }
            }
            for (at, g) in self.list {
                let g = V::splat(*g);
                let dx = dx.wrapping_add(*at as usize);
                for r in 0..R {
                    for n in 0..N {
                        let to = dx.wrapping_add(r * stride + n * V::LANES);
                        V::load(to).plus_product(g, weights[r][n]).store(to);
                    }
                }
            }
        }
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
