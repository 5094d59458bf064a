//! A matrix as a product sees it.

/// A matrix of f32 seen through strides, so that a transpose costs nothing.
#[derive(Clone, Copy, Debug)]
pub struct Matrix<'a> {
    pub(super) data: &'a [f32],
    pub(super) rows: usize,
    pub(super) cols: usize,
    pub(super) row_stride: usize,
    pub(super) col_stride: usize,
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
    pub(super) fn place(&self, i: usize, j: usize) -> usize {
        i * self.row_stride + j * self.col_stride
    }
}
