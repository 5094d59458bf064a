//! A digit brought into the form of MNIST: scaled so that its longer side is
//! 20 pixels, stroke included, then centred by its mass in 28×28.
//!
//! NIST's forms were filled with ordinary pens on small fields: the strokes of
//! MNIST are 2 to 4 of those 20 pixels wide. A thin pen on a large sheet gives
//! 0.5: shrunk as it is, such a digit is a grey veil that no network trained on
//! MNIST knows. So the stroke is brought into MNIST's range, by growing or
//! shrinking its outline by a distance `r`:
//!
//! `ink(p) = clip(r + ½ − d(p), 0, 1)`, `d(p)` signed distance to the outline.

use super::plane::{Plane, quantile};
use crate::data::mnist::SIDE;

/// Longer side of a digit, as MNIST was made.
const BOX: f32 = 20.0;
/// Size in which outlines are measured.
const FINE: usize = 160;
/// The width of most strokes of MNIST, in pixels of the 20×20 box.
const STROKE: (f32, f32) = (2.3, 4.2);

/// A digit on its way: outline in fine resolution, and its final 28×28 pixels.
pub(super) struct Normalized {
    /// The outline, filled, after thickening.
    pub fine: Plane,
    /// 28×28, ink in `[0, 1]`.
    pub image: Plane,
}

/// Brings the ink of one digit (0 elsewhere) into MNIST's form.
pub(super) fn normalize(ink: &Plane, deskew: bool) -> Option<Normalized> {
    let strong = quantile(ink.values.iter().copied().filter(|&v| v > 0.0).collect(), 0.85);
    let scale = FINE as f32 / ink.side() as f32;
    let to = |size: usize| ((size as f32 * scale).round() as usize).max(1);
    let large = ink.resized(to(ink.width), to(ink.height));
    let mut filled = padded(&large.map(|v| f32::from(v > 0.4 * strong)), FINE / 3);
    if deskew {
        filled = sheared(&filled, slant(&filled)).map(|v| f32::from(v > 0.5));
    }
    let (width, height) = extent(&filled)?;
    let longer = width.max(height) as f32;
    let inside = distances(&filled, 0.0);
    let stroke = stroke_width(&inside)?;
    let wanted = (stroke * BOX / longer).clamp(STROKE.0, STROKE.1);
    // s·(longer + 2r) = 20 and s·(stroke + 2r) = wanted
    let spread = (longer - stroke).max(0.2 * longer);
    let r = (wanted * spread / (BOX - wanted) - stroke) / 2.0;
    let r = r.clamp(-stroke / 4.0, (FINE / 4) as f32);
    let outside = distances(&filled, 1.0);
    let signed =
        outside.zip(&inside, |out, within| if out > 0.0 { out - 0.5 } else { 0.5 - within });
    let fine = signed.map(|distance| (r + 0.5 - distance).clamp(0.0, 1.0));
    let image = centred(&shrunk(&fine)?);
    Some(Normalized { fine, image })
}

/// The bounding box of `fine` scaled so that its longer side is 20 pixels.
fn shrunk(fine: &Plane) -> Option<Plane> {
    let (left, top, right, bottom) = bounds(fine)?;
    let (width, height) = (right - left, bottom - top);
    let scale = BOX / width.max(height) as f32;
    let to = |size: usize| ((size as f32 * scale).round() as usize).max(1);
    let crop = Plane::from_fn(width, height, |x, y| fine.at(left + x, top + y));
    Some(crop.resized(to(width), to(height)))
}

/// `small` in 28×28, its centre of mass in the middle, moved by whole pixels.
fn centred(small: &Plane) -> Plane {
    let (mut mass, mut x_sum, mut y_sum) = (0f32, 0f32, 0f32);
    for (i, &value) in small.values.iter().enumerate() {
        mass += value;
        x_sum += value * (i % small.width) as f32;
        y_sum += value * (i / small.width) as f32;
    }
    let middle = (SIDE as f32 - 1.0) / 2.0;
    let corner = |sum: f32, size: usize| {
        (middle - sum / mass.max(1e-6)).round().clamp(0.0, (SIDE - size) as f32) as usize
    };
    let (left, top) = (corner(x_sum, small.width), corner(y_sum, small.height));
    let mut image = Plane::new(SIDE, SIDE, 0.0);
    for y in 0..small.height {
        for x in 0..small.width {
            image.values[(top + y) * SIDE + left + x] = small.at(x, y).clamp(0.0, 1.0);
        }
    }
    image
}

/// Mean width of the strokes: across a bar of width `w` the distance to its
/// edge is `w/4` on average.
fn stroke_width(inside: &Plane) -> Option<f32> {
    let (count, sum) = inside
        .values
        .iter()
        .filter(|&&distance| distance > 0.0)
        .fold((0u32, 0f32), |(count, sum), &distance| (count + 1, sum + distance - 0.5));
    (count > 0).then(|| (4.0 * sum / count as f32).max(1.0))
}

/// For each pixel, how far the next pixel of value `target` is (steps of 1 and
/// √2: within 8 % of the true distance).
fn distances(plane: &Plane, target: f32) -> Plane {
    let (w, h) = (plane.width, plane.height);
    let far = (w + h) as f32;
    let mut out = plane.map(|value| if value == target { 0.0 } else { far });
    let diagonal = std::f32::consts::SQRT_2;
    let mut relax = |x: usize, y: usize, steps: [(isize, isize, f32); 4]| {
        let mut best = out.values[y * w + x];
        for (dx, dy, cost) in steps {
            if let (Some(nx), Some(ny)) = (x.checked_add_signed(dx), y.checked_add_signed(dy))
                && nx < w
                && ny < h
            {
                best = best.min(out.values[ny * w + nx] + cost);
            }
        }
        out.values[y * w + x] = best;
    };
    for i in 0..w * h {
        let before = [(-1, 0, 1.0), (-1, -1, diagonal), (0, -1, 1.0), (1, -1, diagonal)];
        relax(i % w, i / w, before);
    }
    for i in (0..w * h).rev() {
        let after = [(1, 0, 1.0), (1, 1, diagonal), (0, 1, 1.0), (-1, 1, diagonal)];
        relax(i % w, i / w, after);
    }
    out
}

/// How far the digit leans: columns to the right per row upwards.
fn slant(plane: &Plane) -> f32 {
    let mut sums = [0f64; 5];
    for (i, &value) in plane.values.iter().enumerate() {
        let (x, y, v) = ((i % plane.width) as f64, (i / plane.width) as f64, f64::from(value));
        for (sum, term) in sums.iter_mut().zip([1.0, x, y, x * y, y * y]) {
            *sum += v * term;
        }
    }
    let [mass, x, y, xy, yy] = sums;
    let mass = mass.max(1e-9);
    let (covariance, variance) = (xy - x * y / mass, yy - y * y / mass);
    (-covariance / variance.max(1e-9)).clamp(-0.7, 0.7) as f32
}

/// The plane sheared about its middle row so that `slant` becomes zero.
fn sheared(plane: &Plane, slant: f32) -> Plane {
    let middle = plane.height as f32 / 2.0;
    Plane::from_fn(plane.width, plane.height, |x, y| {
        let source = x as f32 - slant * (y as f32 - middle);
        let first = source.floor();
        let value = |column: f32| {
            let inside = column >= 0.0 && column < plane.width as f32;
            if inside { plane.at(column as usize, y) } else { 0.0 }
        };
        value(first) + (source - first) * (value(first + 1.0) - value(first))
    })
}

fn padded(plane: &Plane, margin: usize) -> Plane {
    Plane::from_fn(plane.width + 2 * margin, plane.height + 2 * margin, |x, y| {
        match (x.checked_sub(margin), y.checked_sub(margin)) {
            (Some(x), Some(y)) if x < plane.width && y < plane.height => plane.at(x, y),
            _ => 0.0,
        }
    })
}

/// Left, top, right and bottom of what is inked, the last two just outside.
fn bounds(plane: &Plane) -> Option<(usize, usize, usize, usize)> {
    let inked = |i: &usize| plane.values[*i] > 0.5;
    let all = || (0..plane.values.len()).filter(inked);
    let columns = || all().map(|i| i % plane.width);
    let rows = || all().map(|i| i / plane.width);
    Some((columns().min()?, rows().min()?, columns().max()? + 1, rows().max()? + 1))
}

fn extent(plane: &Plane) -> Option<(usize, usize)> {
    bounds(plane).map(|(left, top, right, bottom)| (right - left, bottom - top))
}
