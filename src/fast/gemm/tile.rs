//! One tile of a product, computed by one thread.

// Constant indices keep arrays of vectors in registers; iterators do not always.
#![allow(clippy::needless_range_loop)]

use std::ops::Range;

use super::matrix::Matrix;
use crate::fast::simd::{Kernel, UNIT, Vector};

/// Terms that pass at a time: with [`PANEL`] columns, what stays next to a core.
pub(super) const BLOCK: usize = 128;
/// Most columns of B that are read together: three of the widest vectors.
pub(super) const PANEL: usize = 3 * UNIT;
/// Most rows of A that are read together.
pub(super) const ROWS: usize = 8;

/// The first value of C, shared by the threads that fill its tiles.
pub(super) struct Target(pub(super) *mut f32);

// SAFETY: each thread writes its own tile only (see `matmul_at`).
unsafe impl Sync for Target {}

/// Where the products go.
pub(super) struct C<'a> {
    pub(super) to: &'a Target,
    /// Values of a row.
    pub(super) width: usize,
    /// Whether the product is the transpose of C.
    pub(super) turned: bool,
    pub(super) add: bool,
}

/// Computes, or adds to, the block `rows` × `columns` of C or of its transpose.
pub(super) struct Tile<'a> {
    pub(super) a: Matrix<'a>,
    pub(super) b: Matrix<'a>,
    pub(super) rows: Range<usize>,
    pub(super) columns: Range<usize>,
    /// Room for a few columns of B.
    pub(super) copy: &'a mut [f32],
    /// Room for the rows of A, if it lies across.
    pub(super) packed: &'a mut [f32],
    /// Room for the block, if it is that of the transpose.
    pub(super) apart: &'a mut [f32],
    pub(super) c: C<'a>,
}

/// Some terms of all sums of a tile.
struct Terms {
    inner: Range<usize>,
    /// The first value of A, and what is between those of two rows, of two groups of
    /// [`ROWS`] rows, of two terms.
    a: *const f32,
    row_step: usize,
    group_step: usize,
    term_step: usize,
    /// The first value of the tile, and what is between two rows.
    to: *mut f32,
    to_step: usize,
    /// Whether the sums begin here.
    fresh: bool,
}

impl Kernel for Tile<'_> {
    #[inline(always)]
    unsafe fn compute<V: Vector>(mut self) {
        let (m, n, width) = (self.rows.len(), self.columns.len(), self.c.width);
        // SAFETY: the processor has the instructions (our own promise); the tile lies
        // within A, B and C, whose sizes `Matrix::new` and `matmul_at` checked.
        unsafe {
            let (row, column) = (self.rows.start, self.columns.start);
            let at = if self.c.turned { column * width + row } else { row * width + column };
            let place = self.c.to.0.wrapping_add(at);
            let (to, to_step) =
                if self.c.turned { (self.apart.as_mut_ptr(), n) } else { (place, width) };
            if self.c.turned && self.c.add {
                transpose::<V>(place, width, [n, m], to, n);
            }
            for start in (0..self.a.cols).step_by(BLOCK) {
                let inner = start..(start + BLOCK).min(self.a.cols);
                let fresh = start == 0 && !self.c.add;
                let terms = self.terms(inner, to, to_step, fresh);
                let mut j = 0;
                while j < n {
                    j += match (n - j) / V::LANES {
                        3.. => self.panel::<V, 3, 4, 8>(&terms, j, 3 * V::LANES),
                        2.. => self.panel::<V, 2, 4, 8>(&terms, j, 2 * V::LANES),
                        1.. => self.panel::<V, 1, 8, 8>(&terms, j, V::LANES),
                        _ => self.panel::<V, 1, 8, 8>(&terms, j, n - j),
                    };
                }
            }
            if self.c.turned {
                transpose::<V>(to, n, [m, n], place, width);
            }
        }
    }
}

impl Tile<'_> {
    /// The terms `inner`; A is copied if it lies across: of each group of rows, their
    /// values for one term after those for the other.
    #[inline(always)]
    fn terms(&mut self, inner: Range<usize>, to: *mut f32, to_step: usize, fresh: bool) -> Terms {
        let Matrix { data, row_stride, col_stride, .. } = self.a;
        if col_stride == 1 {
            let a = data.as_ptr().wrapping_add(self.a.place(self.rows.start, inner.start));
            let (row_step, group_step) = (row_stride, ROWS * row_stride);
            return Terms { inner, a, row_step, group_step, term_step: 1, to, to_step, fresh };
        }
        let group_step = ROWS * inner.len();
        let groups = self.packed.chunks_exact_mut(group_step);
        for (group, i) in groups.zip(self.rows.clone().step_by(ROWS)) {
            let rows = i..(i + ROWS).min(self.rows.end);
            for (values, k) in group.chunks_exact_mut(ROWS).zip(inner.clone()) {
                let from = &data[k * col_stride..];
                if rows.len() == ROWS {
                    values.copy_from_slice(&from[rows.clone()]);
                } else {
                    values[..rows.len()].copy_from_slice(&from[rows.clone()]);
                }
            }
        }
        let a = self.packed.as_ptr();
        Terms { inner, a, row_step: 1, group_step, term_step: ROWS, to, to_step, fresh }
    }

    /// All rows × the `count` columns from `j` on, which `N` vectors hold; `R` rows at
    /// a time, or `W` where there are registers enough. Returns `count`.
    #[inline(always)]
    unsafe fn panel<V: Vector, const N: usize, const R: usize, const W: usize>(
        &mut self,
        terms: &Terms,
        j: usize,
        count: usize,
    ) -> usize {
        let (len, m) = (terms.inner.len(), self.rows.len());
        let from = self.b.place(terms.inner.start, self.columns.start + j);
        let from = self.b.data.as_ptr().wrapping_add(from);
        let whole = count == N * V::LANES;
        // SAFETY: the caller's promise, passed on.
        unsafe {
            let (b, step) = if self.b.col_stride != 1 {
                transpose::<V>(
                    from,
                    self.b.col_stride,
                    [count, len],
                    self.copy.as_mut_ptr(),
                    N * V::LANES,
                );
                (self.copy.as_ptr(), N * V::LANES)
            } else if m > ROWS || !whole {
                let mut from = from;
                for row in self.copy.chunks_exact_mut(N * V::LANES).take(len) {
                    for v in 0..if whole { N } else { 0 } {
                        let at = v * V::LANES;
                        V::load(from.wrapping_add(at)).store(row.as_mut_ptr().wrapping_add(at));
                    }
                    if !whole {
                        std::ptr::copy_nonoverlapping(from, row.as_mut_ptr(), count);
                    }
                    from = from.wrapping_add(self.b.row_stride);
                }
                (self.copy.as_ptr(), N * V::LANES)
            } else {
                (from, self.b.row_stride)
            };
            for i in (0..m).step_by(if V::WIDE { W } else { R }) {
                let to = terms.to.wrapping_add(i * terms.to_step + j);
                let rows = m - i;
                if V::WIDE {
                    block::<V, N, W>(terms, i, rows, b, step, to, count);
                } else {
                    block::<V, N, R>(terms, i, rows, b, step, to, count);
                }
            }
        }
        count
    }
}

/// `R` rows from `i` on, of the `left` that there are, × `count` columns, whose part of B
/// begins at `b` with `step` values from one row to the next.
#[inline(always)]
unsafe fn block<V: Vector, const N: usize, const R: usize>(
    terms: &Terms,
    i: usize,
    left: usize,
    mut b: *const f32,
    step: usize,
    to: *mut f32,
    count: usize,
) {
    // Rows beyond the last are the last again; what they give is not kept.
    let rows = R.min(left);
    let mut from = [terms.a; R];
    let mut to = [to; R];
    for r in 0..R {
        let row = i + r.min(rows - 1);
        let at = row / ROWS * terms.group_step + row % ROWS * terms.row_step;
        from[r] = from[r].wrapping_add(at);
        to[r] = to[r].wrapping_add((row - i) * terms.to_step);
    }
    let whole = count == N * V::LANES;
    // SAFETY: the caller's promise; a last, shorter vector goes through `edge`.
    unsafe {
        let mut sums = [[V::splat(0.0); N]; R];
        for r in 0..if terms.fresh { 0 } else { R } {
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
        for _ in terms.inner.clone() {
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
            at += terms.term_step;
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

/// Copies `rows` × `columns` values turned over: row `i`, column `j` of `from`, whose rows
/// are `from_step` apart, becomes row `j`, column `i` of `to`.
///
/// # Safety
/// The processor has the instructions of `V`; all values lie in memory that may be read,
/// or written.
#[inline(always)]
unsafe fn transpose<V: Vector>(
    from: *const f32,
    from_step: usize,
    [rows, columns]: [usize; 2],
    to: *mut f32,
    to_step: usize,
) {
    for i in (0..rows).step_by(V::LANES) {
        for j in (0..columns).step_by(V::LANES) {
            let (height, width) = (V::LANES.min(rows - i), V::LANES.min(columns - j));
            let from = from.wrapping_add(i * from_step + j);
            let to = to.wrapping_add(j * to_step + i);
            // SAFETY: the caller's promise; the block is inside.
            unsafe {
                if height == V::LANES && width == V::LANES {
                    V::transpose(from, from_step, to, to_step);
                    continue;
                }
                for r in 0..height {
                    for c in 0..width {
                        let value = from.wrapping_add(r * from_step + c).read();
                        to.wrapping_add(c * to_step + r).write(value);
                    }
                }
            }
        }
    }
}
