//! Matrix product: `C = A·B`, or `C += A·B`.
//!
//! `c[i, j] = (…((c[i, j] + a[i, 0]·b[0, j]) + a[i, 1]·b[1, j]) + …)`
//!
//! Each value of C is one chain over the inner side, from what is there (or zero),
//! one rounding a term. That is the whole definition: neither the width of the
//! vectors nor the blocks nor the number of threads changes a bit of it.
//!
//! [`ROWS`] rows × up to three vectors of columns stay in registers while [`BLOCK`] terms
//! pass. What they read is copied first, so that it lies together next to the core: a
//! few columns of B, and A where it lies across (a transpose). A small A with a B that
//! lies across is computed as `Cᵀ = Bᵀ·Aᵀ`: only what is small is then transposed. For
//! the threads the longer side of C is cut into tiles.

use crate::fast::simd::{self, Level, UNIT, run_at};
use crate::fast::threads::scratch::with_scratch;
use crate::fast::threads::{alone, for_each};

mod tile;

use tile::{C, Tile};

/// Below this number of multiplications a product stays on one thread.
const SMALL: usize = 1 << 19;
/// Number of tiles of a large product.
const TILES: usize = 4;
/// Terms that pass at a time: with [`PANEL`] columns, what stays next to a core.
const BLOCK: usize = 128;
/// Most columns of B that are read together: three of the widest vectors.
const PANEL: usize = 3 * UNIT;
/// Most rows of A that are read together.
const ROWS: usize = 8;

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

fn matmul_at<'a>(level: Level, mut a: Matrix<'a>, mut b: Matrix<'a>, c: &mut [f32], add: bool) {
    assert_eq!(a.cols, b.rows, "inner sizes of a matrix product");
    assert_eq!(Some(c.len()), a.rows.checked_mul(b.cols), "size of a matrix product");
    if a.cols == 0 {
        if !add {
            c.fill(0.0);
        }
        return;
    }
    let (width, turned) = (b.cols, b.col_stride != 1 && a.rows < b.cols);
    if turned {
        (a, b) = (b.t(), a.t());
    }
    let (m, n) = (a.rows, b.cols);
    let to = Target(c.as_mut_ptr());
    let small = c.len().saturating_mul(a.cols) < SMALL;
    let tiles = if small || alone() { 1 } else { TILES };
    let side = m.max(n).div_ceil(tiles).next_multiple_of(UNIT);
    let work = |tile: usize| {
        let (start, end) = (tile * side, ((tile + 1) * side).min(m.max(n)));
        if start < end {
            let (rows, columns) = if m >= n { (start..end, 0..n) } else { (0..m, start..end) };
            let packed = if a.col_stride == 1 { 0 } else { rows.len().next_multiple_of(ROWS) };
            let packed = BLOCK * packed;
            let apart = if turned { rows.len() * columns.len() } else { 0 };
            with_scratch(BLOCK * PANEL + packed + apart, |room| {
                let (copy, room) = room.split_at_mut(BLOCK * PANEL);
                let (packed, apart) = room.split_at_mut(packed);
                let c = C { to: &to, width, turned, add };
                run_at(level, Tile { a, b, rows, columns, copy, packed, apart, c });
            });
        }
    };
    if tiles == 1 { work(0) } else { for_each(0..tiles, work) }
}

/// The first value of C, shared by the threads that fill its tiles.
struct Target(*mut f32);

// SAFETY: each thread writes its own tile only (see `matmul_at`).
unsafe impl Sync for Target {}

#[cfg(test)]
mod tests;
