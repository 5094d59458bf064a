//! Matrix product: `C = A·B`, or `C += A·B`.
//!
//! The arithmetic is that of the `gemm` crate (AVX-512, AVX2 or NEON, chosen at
//! run time). Here it gets a safe face, and a division of the work that depends
//! on the shapes alone: the longer side of `C` is cut into tiles, each computed
//! by one thread from start to end. The sums are therefore the same bit for bit
//! on any number of threads.

use gemm::Parallelism;

use crate::fast::threads::for_each;

/// Below this number of multiplications a product stays on one thread.
const SMALL: usize = 1 << 19;
/// Number of tiles of a large product.
const TILES: usize = 4;

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
}

/// `C = A·B` (or `C += A·B` when `add`), with `A`: `[m, k]`, `B`: `[k, n]` and
/// `C`: `[m, n]` row by row in `c`.
///
/// # Panics
/// When the shapes do not agree.
pub fn matmul(a: Matrix<'_>, b: Matrix<'_>, c: &mut [f32], add: bool) {
    assert_eq!(a.cols, b.rows, "inner sizes of a matrix product");
    assert_eq!(Some(c.len()), a.rows.checked_mul(b.cols), "size of a matrix product");
    let (m, n, k) = (a.rows, b.cols, a.cols);
    let target = Target(c.as_mut_ptr());
    let tiles = if c.len().saturating_mul(k) < SMALL { 1 } else { TILES };
    let side = m.max(n).div_ceil(tiles).next_multiple_of(16);
    let work = |tile: usize| {
        let (start, end) = (tile * side, ((tile + 1) * side).min(m.max(n)));
        if start < end {
            let (rows, cols) = if m >= n { (start..end, 0..n) } else { (0..m, start..end) };
            // SAFETY: the tiles are disjoint, within C's m×n values (asserted
            // above), and C is borrowed mutably for the whole call.
            unsafe { target.tile(a, b, rows, cols, n, add) };
        }
    };
    if tiles == 1 { work(0) } else { for_each(0..tiles, work) }
}

/// The first value of C, shared by the threads that fill its tiles.
struct Target(*mut f32);

// SAFETY: each thread writes its own tile only (see `matmul`).
unsafe impl Sync for Target {}

impl Target {
    /// Computes the block `rows` × `cols` of C.
    ///
    /// # Safety
    /// The block lies within C, whose rows are `width` long, and no other
    /// thread reads or writes it.
    unsafe fn tile(
        &self,
        a: Matrix<'_>,
        b: Matrix<'_>,
        rows: std::ops::Range<usize>,
        cols: std::ops::Range<usize>,
        width: usize,
        add: bool,
    ) {
        // SAFETY: A's rows `rows` and B's columns `cols` lie within their data
        // (`Matrix::new` checked the length), C's block by our own contract.
        unsafe {
            gemm::gemm(
                rows.len(),
                cols.len(),
                a.cols,
                self.0.add(rows.start * width + cols.start),
                1,
                width as isize,
                add,
                // (Wrapping, for a matrix without values and `k` = 0: nothing is read.)
                a.data.as_ptr().wrapping_add(rows.start * a.row_stride),
                a.col_stride as isize,
                a.row_stride as isize,
                b.data.as_ptr().wrapping_add(cols.start * b.col_stride),
                b.col_stride as isize,
                b.row_stride as isize,
                1.0,
                1.0,
                false,
                false,
                false,
                Parallelism::None,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Rng;

    /// The definition: `c[i, j] = Σ a[i, l]·b[l, j]`.
    fn reference(a: Matrix<'_>, b: Matrix<'_>) -> Vec<f32> {
        let at = |m: Matrix<'_>, i: usize, j: usize| m.data[i * m.row_stride + j * m.col_stride];
        let cell = |i, j| (0..a.cols).map(|l| at(a, i, l) * at(b, l, j)).sum();
        (0..a.rows)
            .flat_map(|i| (0..b.cols).map(move |j| (i, j)))
            .map(|(i, j)| cell(i, j))
            .collect()
    }

    fn draw(rng: &mut Rng, len: usize) -> Vec<f32> {
        (0..len).map(|_| rng.uniform(-1.0, 1.0)).collect()
    }

    #[test]
    fn equals_the_definition_on_any_threads() {
        let mut rng = Rng::new(0);
        for (m, n, k) in [(1, 1, 1), (3, 5, 7), (33, 10, 784), (128, 257, 99), (200, 3, 2000)] {
            let (a, b) = (draw(&mut rng, m * k), draw(&mut rng, k * n));
            for (a, b) in [
                (Matrix::new(&a, m, k), Matrix::new(&b, k, n)),
                (Matrix::new(&a, k, m).t(), Matrix::new(&b, n, k).t()),
            ] {
                let expected = reference(a, b);
                let on = |threads| {
                    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
                    let mut c = vec![1.0; m * n];
                    pool.unwrap().install(|| matmul(a, b, &mut c, true));
                    c
                };
                let one = on(1);
                for (c, e) in one.iter().zip(&expected) {
                    assert!((c - 1.0 - e).abs() < 1e-4 * (k as f32).sqrt(), "{c} {e}");
                }
                assert!(one == on(2) && one == on(4));
            }
        }
    }

    #[test]
    fn sizes_whose_product_overflows_are_refused() {
        let half = 1 << (usize::BITS / 2);
        let refused = |rows, cols| {
            std::panic::catch_unwind(|| Matrix::new(&[0.0; 4], rows, cols).rows).unwrap_err()
        };
        let message = refused(half, half);
        // The sentence, not the overflow that a kernel's library would not notice.
        assert!(message.downcast_ref::<String>().unwrap().contains("in 4 values"));
        // Without inner values the sides may be anything; their product may not.
        let empty: Matrix<'_> = Matrix::new(&[], half, 0);
        let product = || matmul(empty, Matrix::new(&[], 0, half), &mut [], false);
        let message = std::panic::catch_unwind(product).unwrap_err();
        assert!(message.downcast_ref::<String>().unwrap().contains("size of a matrix product"));
    }
}
