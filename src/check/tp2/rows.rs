//! Images and kernels as rows of numbers, as the notebook writes them.

use super::super::probe;
use crate::random::Rng;

/// An image or a kernel as rows of numbers, the way the notebook writes it.
pub(super) type Rows = Vec<Vec<f32>>;

/// Height and width of rows; the width of ragged rows is that of the first.
pub(super) fn size(rows: &[Vec<f32>]) -> (usize, usize) {
    (rows.len(), rows.first().map_or(0, Vec::len))
}

/// Rows drawn at random, `h` by `w`.
pub(super) fn random_rows(rng: &mut Rng, h: usize, w: usize) -> Rows {
    (0..h).map(|_| probe::draw(rng, w)).collect()
}

/// Rows made from a function of row and column.
pub(super) fn rows(h: usize, w: usize, value: impl Fn(usize, usize) -> f32) -> Rows {
    (0..h).map(|i| (0..w).map(|j| value(i, j)).collect()).collect()
}

/// The sums over every window that stays inside.
pub(super) fn convolve(x: &[Vec<f32>], k: &[Vec<f32>]) -> Rows {
    let ((h, w), (kh, kw)) = (size(x), size(k));
    rows((h + 1).saturating_sub(kh), (w + 1).saturating_sub(kw), |i, j| {
        (0..kh).flat_map(|a| (0..kw).map(move |b| x[i + a][j + b] * k[a][b])).sum()
    })
}

/// Rows and columns exchanged.
pub(super) fn transpose(x: &[Vec<f32>]) -> Rows {
    let (h, w) = size(x);
    rows(w, h, |i, j| x[j][i])
}

/// `p` zeros on each side.
pub(super) fn framed(x: &[Vec<f32>], p: usize) -> Rows {
    let (h, w) = size(x);
    rows(h + 2 * p, w + 2 * p, |i, j| {
        if (p..h + p).contains(&i) && (p..w + p).contains(&j) { x[i - p][j - p] } else { 0.0 }
    })
}

/// A function of each number.
pub(super) fn map(x: Rows, f: impl Fn(f32) -> f32) -> Rows {
    x.into_iter().map(|row| row.into_iter().map(&f).collect()).collect()
}
