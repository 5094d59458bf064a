//! Matrix product: `C = A·B`, or `C += A·B`.
//!
//! `c[i, j] = (…((c[i, j] + a[i, 0]·b[0, j]) + a[i, 1]·b[1, j]) + …)`
//!
//! Each value of C is one chain over the inner side, from what is there (or zero),
//! one rounding a term. That is the whole definition: neither the width of the
//! vectors nor the blocks nor the number of threads changes a bit of it.
//!
//! A few rows × up to six vectors of columns stay in registers while [`BLOCK`] terms
//! pass. Rows of B are read where they lie, six cache lines at a time; what is not
//! whole vectors, or lies across (a transpose), is copied first. For the threads the
//! longer side of C is cut into tiles.

// Constant indices keep arrays of vectors in registers; iterators do not always.
#![allow(clippy::needless_range_loop)]

use std::ops::Range;

use crate::fast::simd::{self, Kernel, Level, UNIT, Vector, run_at};
use crate::fast::threads::for_each;
use crate::fast::threads::scratch::with_scratch;

/// Below this number of multiplications a product stays on one thread.
const SMALL: usize = 1 << 19;
/// Number of tiles of a large product.
const TILES: usize = 4;
/// Terms that pass at a time: with [`PANEL`] columns, what stays next to a core.
const BLOCK: usize = 256;
/// Most columns of B that are read together: six of the widest vectors.
const PANEL: usize = 6 * UNIT;

/// A matrix of f32 seen through strides, so that a transpose costs nothing.
#[derive(Clone, Copy, Debug)]
pub struct Matrix<'a> {
    data: &'a [f32],
    rows: usize,
    cols: usize,
    row_stride: usize,
    col_stride: usize,
}

impl<'a> Matrix<'a> {
    /// `data` as `rows` rows of `cols` values, one after the other.
    ///
    /// # Panics
    /// When `data` is too short.
    pub fn new(data: &'a [f32], rows: usize, cols: usize) -> Self {
        let there = rows.checked_mul(cols).is_some_and(|len| len <= data.len());
        assert!(there, "matrix {rows}×{cols} in {} values", data.len());
        Self { data, rows, cols, row_stride: cols, col_stride: 1 }
    }

    /// The transpose, without moving a value.
    pub fn t(self) -> Self {
        Self {
            rows: self.cols,
            cols: self.rows,
            row_stride: self.col_stride,
            col_stride: self.row_stride,
            ..self
        }
    }

    /// Where row `i`, column `j` is in the data.
    #[inline(always)]
    fn place(&self, i: usize, j: usize) -> usize {
        i * self.row_stride + j * self.col_stride
    }
}

/// `C = A·B` (or `C += A·B` when `add`), with `A`: `[m, k]`, `B`: `[k, n]` and
/// `C`: `[m, n]` row by row in `c`.
///
/// # Panics
/// When the shapes do not agree.
pub fn matmul(a: Matrix<'_>, b: Matrix<'_>, c: &mut [f32], add: bool) {
    matmul_at(simd::level(), a, b, c, add);
}

fn matmul_at(level: Level, a: Matrix<'_>, b: Matrix<'_>, c: &mut [f32], add: bool) {
    assert_eq!(a.cols, b.rows, "inner sizes of a matrix product");
    assert_eq!(Some(c.len()), a.rows.checked_mul(b.cols), "size of a matrix product");
    if a.cols == 0 && !add {
        c.fill(0.0);
    }
    let (m, n, k) = (a.rows, b.cols, a.cols);
    let to = Target(c.as_mut_ptr());
    let tiles = if c.len().saturating_mul(k) < SMALL { 1 } else { TILES };
    let side = m.max(n).div_ceil(tiles).next_multiple_of(UNIT);
    let work = |tile: usize| {
        let (start, end) = (tile * side, ((tile + 1) * side).min(m.max(n)));
        if start < end {
            let (rows, columns) = if m >= n { (start..end, 0..n) } else { (0..m, start..end) };
            with_scratch(BLOCK * PANEL, |copy| {
                run_at(level, Tile { a, b, rows, columns, add, copy, to: &to });
            });
        }
    };
    if tiles == 1 { work(0) } else { for_each(0..tiles, work) }
}

/// The first value of C, shared by the threads that fill its tiles.
struct Target(*mut f32);

// SAFETY: each thread writes its own tile only (see `matmul_at`).
unsafe impl Sync for Target {}

/// Computes, or adds to, the block `rows` × `columns` of C.
struct Tile<'a> {
    a: Matrix<'a>,
    b: Matrix<'a>,
    rows: Range<usize>,
    columns: Range<usize>,
    add: bool,
    /// Room for a block of B.
    copy: &'a mut [f32],
    to: &'a Target,
}

impl Kernel for Tile<'_> {
    #[inline(always)]
    unsafe fn compute<V: Vector>(mut self) {
        for start in (0..self.a.cols).step_by(BLOCK) {
            let inner = start..(start + BLOCK).min(self.a.cols);
            let mut j = self.columns.start;
            while j < self.columns.end {
                let left = self.columns.end - j;
                // SAFETY: the processor has the instructions (our own promise); the
                // block lies within A, B and C, whose sizes `Matrix::new` and
                // `matmul_at` checked.
                j += unsafe {
                    match left / V::LANES {
                        6.. if V::WIDE => self.panel::<V, 6, 4, 4>(&inner, j, 6 * V::LANES),
                        3.. => self.panel::<V, 3, 4, 4>(&inner, j, 3 * V::LANES),
                        2.. => self.panel::<V, 2, 4, 8>(&inner, j, 2 * V::LANES),
                        1.. => self.panel::<V, 1, 8, 8>(&inner, j, V::LANES),
                        _ => self.panel::<V, 1, 8, 8>(&inner, j, left),
                    }
                };
            }
        }
    }
}

impl Tile<'_> {
    /// All rows × the `count` columns from `j` on, which `N` vectors hold; `R` rows at
    /// a time, or `W` where there are registers enough. Returns `count`.
    #[inline(always)]
    unsafe fn panel<V: Vector, const N: usize, const R: usize, const W: usize>(
        &mut self,
        inner: &Range<usize>,
        j: usize,
        count: usize,
    ) -> usize {
        let b = self.b.data.as_ptr().wrapping_add(self.b.place(inner.start, j));
        let (b, step) = if self.b.col_stride == 1 && count == N * V::LANES {
            (b, self.b.row_stride)
        } else {
            self.copy(inner, j, count, N * V::LANES);
            (self.copy.as_ptr(), N * V::LANES)
        };
        // SAFETY: the caller's promise, passed on.
        unsafe {
            for i in self.rows.clone().step_by(if V::WIDE { W } else { R }) {
                if V::WIDE {
                    self.block::<V, N, W>(inner, i, j, b, step, count);
                } else {
                    self.block::<V, N, R>(inner, i, j, b, step, count);
                }
            }
        }
        count
    }

    /// Copies a block of B, `count` columns from `j` on, as rows of `width` values.
    #[inline(always)]
    fn copy(&mut self, inner: &Range<usize>, j: usize, count: usize, width: usize) {
        let Matrix { data, row_stride, col_stride, .. } = self.b;
        // A cache line of each row at a time: as many columns as can be read side by side.
        for first in (0..width).step_by(UNIT) {
            let columns = first..(first + UNIT).min(width);
            for (row, k) in self.copy.chunks_exact_mut(width).zip(inner.clone()) {
                for column in columns.clone() {
                    row[column] = if column < count {
                        data[k * row_stride + (j + column) * col_stride]
                    } else {
                        0.0
                    };
                }
            }
        }
    }

    /// `R` rows from `i` on × `count` columns from `j` on, whose part of B begins at `b`
    /// with `step` values from one row to the next.
    #[inline(always)]
    unsafe fn block<V: Vector, const N: usize, const R: usize>(
        &self,
        inner: &Range<usize>,
        i: usize,
        j: usize,
        mut b: *const f32,
        step: usize,
        count: usize,
    ) {
        let (a, width) = (self.a, self.b.cols);
        // Rows beyond the last are the last again; what they give is not kept.
        let rows = R.min(self.rows.end - i);
        let mut from = [a.data.as_ptr(); R];
        let mut to = [self.to.0; R];
        for r in 0..R {
            let row = i + r.min(rows - 1);
            from[r] = from[r].wrapping_add(a.place(row, inner.start));
            to[r] = to[r].wrapping_add(row * width + j);
        }
        let whole = count == N * V::LANES;
        // SAFETY: the caller's promise; a last, shorter vector goes through `edge`.
        unsafe {
            let mut sums = [[V::splat(0.0); N]; R];
            let fresh = !self.add && inner.start == 0;
            for r in 0..if fresh { 0 } else { R } {
                for v in 0..N {
                    sums[r][v] = if whole {
                        V::load(to[r].wrapping_add(v * V::LANES))
                    } else {
                        let mut edge = [0f32; UNIT];
                        std::ptr::copy_nonoverlapping(to[r], edge.as_mut_ptr(), count);
                        V::load(edge.as_ptr())
                    };
                }
            }
            let mut at = 0;
            for _ in inner.clone() {
                let mut row = [V::splat(0.0); N];
                for v in 0..N {
                    row[v] = V::load(b.wrapping_add(v * V::LANES));
                }
                for r in 0..R {
                    let a = V::broadcast(from[r].wrapping_add(at));
                    for v in 0..N {
                        sums[r][v] = sums[r][v].plus_product(a, row[v]);
                    }
                }
                at += a.col_stride;
                b = b.wrapping_add(step);
            }
            for r in 0..R {
                if r < rows {
                    for v in 0..N {
                        if whole {
                            sums[r][v].store(to[r].wrapping_add(v * V::LANES));
                        } else {
                            let mut edge = [0f32; UNIT];
                            sums[r][v].store(edge.as_mut_ptr());
                            std::ptr::copy_nonoverlapping(edge.as_ptr(), to[r], count);
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
