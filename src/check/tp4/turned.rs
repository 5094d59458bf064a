//! Images turned by an angle: in the right way, and in the wrong ones.

/// An image as rows of pixels.
pub(super) type Rows = Vec<Vec<f32>>;

/// The pixel of row `i` and column `j`; 0 outside.
pub(super) fn at(image: &[Vec<f32>], i: f32, j: f32) -> f32 {
    if i < 0.0 || j < 0.0 {
        return 0.0;
    }
    image.get(i as usize).and_then(|row| row.get(j as usize)).copied().unwrap_or(0.0)
}

/// The four pixels from row `i` and column `j` on, with weights from `u` and `v`.
pub(super) fn blend(image: &[Vec<f32>], j: f32, i: f32, u: f32, v: f32) -> f32 {
    let (upper, lower) = ((at(image, i, j), at(image, i, j + 1.0)), (i + 1.0, j + 1.0));
    (1.0 - v) * ((1.0 - u) * upper.0 + u * upper.1)
        + v * ((1.0 - u) * at(image, lower.0, j) + u * at(image, lower.0, lower.1))
}

/// [`blend`] around a point, with weights of one's own.
pub(super) fn mix(image: &[Vec<f32>], x: f32, y: f32, weights: fn(f32, f32) -> (f32, f32)) -> f32 {
    let (j, i) = (x.floor(), y.floor());
    let (u, v) = weights(x - j, y - i);
    blend(image, j, i, u, v)
}

/// The right answer.
pub(super) fn between(image: &[Vec<f32>], x: f32, y: f32) -> f32 {
    mix(image, x, y, |u, v| (u, v))
}

pub(super) fn middle(image: &[Vec<f32>]) -> f32 {
    (image.len() as f32 - 1.0) / 2.0
}

/// The image turned by `angle` radians around the point `(c, c)`.
pub(super) fn around(image: &[Vec<f32>], angle: f32, c: f32) -> Rows {
    let (sin, cos) = angle.sin_cos();
    let mut result = vec![vec![0.0; image.len()]; image.len()];
    for (i, row) in result.iter_mut().enumerate() {
        for (j, pixel) in row.iter_mut().enumerate() {
            let (x, y) = (j as f32 - c, i as f32 - c);
            *pixel = between(image, c + cos * x - sin * y, c + sin * x + cos * y);
        }
    }
    result
}

/// The right answer.
pub(super) fn turned(image: &[Vec<f32>], degrees: f32) -> Rows {
    around(image, degrees.to_radians(), middle(image))
}

pub(super) fn transposed(image: &[Vec<f32>]) -> Rows {
    (0..image.len()).map(|j| image.iter().map(|row| row[j]).collect()).collect()
}

/// Each pixel thrown to the nearest place where it arrives.
pub(super) fn thrown(image: &[Vec<f32>], degrees: f32) -> Rows {
    let ((sin, cos), c) = (degrees.to_radians().sin_cos(), middle(image));
    let mut result = vec![vec![0.0; image.len()]; image.len()];
    for (i, row) in image.iter().enumerate() {
        for (j, pixel) in row.iter().enumerate() {
            let (x, y) = (j as f32 - c, i as f32 - c);
            let (to_x, to_y) = ((c + cos * x + sin * y).round(), (c - sin * x + cos * y).round());
            let inside = 0.0..image.len() as f32;
            if inside.contains(&to_x) && inside.contains(&to_y) {
                result[to_y as usize][to_x as usize] = *pixel;
            }
        }
    }
    result
}

/// Share of pixels that differ by little.
pub(super) fn likeness(a: &[Vec<f32>], b: &[Vec<f32>]) -> f32 {
    let (a, b) = (a.concat(), b.concat());
    let near = a.iter().zip(&b).filter(|(a, b)| (*a - *b).abs() < 2e-3).count();
    near as f32 / a.len().max(1) as f32
}
