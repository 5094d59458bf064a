//! An image resampled along a map of the plane.

use crate::data::images::PIXELS;
use crate::data::mnist::SIDE;
use crate::fast::normals::normals;
use crate::random::Rng;

/// The image with one row and column of background around it: interpolation
/// near the border then needs no case of its own.
pub(super) struct Source {
    values: [f32; WIDE * WIDE],
}

const WIDE: usize = SIDE + 2;

impl Source {
    pub fn new(image: &[f32]) -> Self {
        let mut values = [0.0; WIDE * WIDE];
        for (to, from) in values.chunks_exact_mut(WIDE).skip(1).zip(image.chunks_exact(SIDE)) {
            to[1..=SIDE].copy_from_slice(from);
        }
        Self { values }
    }

    /// The four neighbours of the `i`-th pixel.
    #[inline]
    pub fn around(&self, i: usize) -> [f32; 4] {
        let centre = (i / SIDE + 1) * WIDE + i % SIDE + 1;
        [centre - 1, centre + 1, centre - WIDE, centre + WIDE].map(|pixel| self.values[pixel])
    }

    /// The value at column `x` and row `y`, between pixels by linear
    /// interpolation; 0 outside.
    #[inline]
    pub fn at(&self, x: f32, y: f32) -> f32 {
        let inside = |v: f32| (v + 1.0).clamp(0.0, (SIDE + 1) as f32);
        let (x, y) = (inside(x), inside(y));
        let (left, top) = ((x as usize).min(SIDE), (y as usize).min(SIDE));
        let (u, v) = (x - left as f32, y - top as f32);
        let corner = top * WIDE + left;
        let upper = self.values[corner] + u * (self.values[corner + 1] - self.values[corner]);
        let corner = corner + WIDE;
        let lower = self.values[corner] + u * (self.values[corner + 1] - self.values[corner]);
        upper + v * (lower - upper)
    }
}

/// `y[p] = x[ matrix·(p − c) + c + shift + field(p) ]` with `p = (column, row)`.
pub(super) fn warp(
    image: &mut [f32],
    matrix: [[f32; 2]; 2],
    shift: [f32; 2],
    field: Option<&Field>,
) {
    let source = Source::new(image);
    let centre = (SIDE as f32 - 1.0) / 2.0;
    let [[a, b], [c, d]] = matrix;
    for (row, line) in image.chunks_exact_mut(SIDE).enumerate() {
        let y = row as f32 - centre;
        let start = [centre + shift[0] + b * y, centre + shift[1] + d * y];
        for (column, pixel) in line.iter_mut().enumerate() {
            let x = column as f32 - centre;
            let (dx, dy) = field.map_or((0.0, 0.0), |field| field.at(row * SIDE + column));
            *pixel = source.at(start[0] + a * x + dx, start[1] + c * x + dy);
        }
    }
}

/// A smooth random displacement of every pixel: normal numbers on a coarse
/// grid, cubic B-splines between them.
///
/// `d(p) = 2α · Σ n[i, j]·B(x/g − i)·B(y/g − j)`, `g` being the grid's step; the
/// factor 2 gives the displacement `α` as its standard deviation at the knots.
pub(super) struct Field {
    x: [f32; PIXELS],
    y: [f32; PIXELS],
}

/// Distance of the knots, in pixels.
const STEP: usize = 5;
/// Knots along a side, with one before and two after.
const KNOTS: usize = SIDE.div_ceil(STEP) + 3;

impl Field {
    pub fn new(alpha: f32, rng: &mut Rng) -> Self {
        let mut axis = || {
            let mut knots = [0f32; KNOTS * KNOTS];
            normals(rng, &mut knots);
            knots.iter_mut().for_each(|knot| *knot *= 2.0 * alpha);
            // Along each row of knots, then down the columns.
            let mut wide = [0f32; KNOTS * SIDE];
            for (to, from) in wide.chunks_exact_mut(SIDE).zip(knots.chunks_exact(KNOTS)) {
                for (column, value) in to.iter_mut().enumerate() {
                    let weights = spline(column % STEP);
                    let first = column / STEP;
                    *value = (0..4).map(|k| weights[k] * from[first + k]).sum();
                }
            }
            let mut all = [0f32; PIXELS];
            for (row, to) in all.chunks_exact_mut(SIDE).enumerate() {
                let (weights, first) = (spline(row % STEP), row / STEP);
                for (k, weight) in weights.into_iter().enumerate() {
                    let from = &wide[(first + k) * SIDE..][..SIDE];
                    to.iter_mut().zip(from).for_each(|(to, from)| *to += weight * from);
                }
            }
            all
        };
        Self { x: axis(), y: axis() }
    }

    /// The displacement of the pixel `i`, along columns and rows.
    #[inline]
    pub fn at(&self, i: usize) -> (f32, f32) {
        (self.x[i], self.y[i])
    }
}

/// Weights of the four knots around a pixel `offset` pixels after the second.
fn spline(offset: usize) -> [f32; 4] {
    let t = offset as f32 / STEP as f32;
    let (t2, t3) = (t * t, t * t * t);
    [
        (1.0 - 3.0 * t + 3.0 * t2 - t3) / 6.0,
        (4.0 - 6.0 * t2 + 3.0 * t3) / 6.0,
        (1.0 + 3.0 * t + 3.0 * t2 - 3.0 * t3) / 6.0,
        t3 / 6.0,
    ]
}
