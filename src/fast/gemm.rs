//! Matrix product: `C = A·B`, or `C += A·B`.
//!
//! `c[i, j] = (…((c[i, j] + a[i, 0]·b[0, j]) + a[i, 1]·b[1, j]) + …)`
//!
//! Each value of C is one chain over the inner side, from what is there (or zero),
//! one rounding a term. That is the whole definition: neither the width of the
//! vectors nor the blocks nor the number of threads changes a bit of it.
//!
//! `ROWS` rows × up to three vectors of columns stay in registers while `BLOCK` terms
//! pass. What they read is copied first, so that it lies together next to the core: a
//! few columns of B, and A where it lies across (a transpose). A small A with a B that
//! lies across is computed as `Cᵀ = Bᵀ·Aᵀ`: only what is small is then transposed. For
//! the threads the longer side of C is cut into tiles.

use crate::fast::simd::{self, Level, UNIT, run_at};
use crate::fast::threads::scratch::with_scratch;
use crate::fast::threads::{alone, for_each};

mod matrix;
mod tile;

pub use matrix::Matrix;
use tile::{BLOCK, C, PANEL, ROWS, Target, Tile};

/// Below this number of multiplications a product stays on one thread.
const SMALL: usize = 1 << 19;
/// Number of tiles of a large product.
const TILES: usize = 4;

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

#[cfg(test)]
mod tests;
