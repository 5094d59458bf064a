//! The rectangle around a digit.

/// A rectangle of pixels; `right` and `bottom` are just outside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// First column.
    pub left: usize,
    /// First row.
    pub top: usize,
    /// Column after the last one.
    pub right: usize,
    /// Row after the last one.
    pub bottom: usize,
}

impl Frame {
    /// Width in pixels.
    pub fn width(&self) -> usize {
        self.right - self.left
    }

    /// Height in pixels.
    pub fn height(&self) -> usize {
        self.bottom - self.top
    }

    /// The longer side.
    pub(super) fn side(&self) -> usize {
        self.width().max(self.height())
    }

    pub(super) fn union(&self, other: &Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    /// Columns common to both; negative: the gap between them.
    pub(super) fn common_columns(&self, other: &Self) -> isize {
        self.right.min(other.right) as isize - self.left.max(other.left) as isize
    }

    /// Rows common to both; negative: the gap between them.
    pub(super) fn common_rows(&self, other: &Self) -> isize {
        self.bottom.min(other.bottom) as isize - self.top.max(other.top) as isize
    }

    /// Whether `other` lies inside.
    pub(super) fn contains(&self, other: &Self) -> bool {
        self.union(other) == *self
    }

    /// Whether a picture of `width`×`height` pixels ends where the rectangle does.
    pub(super) fn touches_border(&self, width: usize, height: usize) -> bool {
        self.left == 0 || self.top == 0 || self.right == width || self.bottom == height
    }
}
