//! What makes digits hard to read: printed paper, lifted pens, narrow sheets.

use image::{Rgb, RgbImage};
use mnist_tp::random::Rng;

use super::hand::{self, Dot};
use super::scene::{self, Origin};

/// Why the digits of a picture are hard to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// A printed frame, thin or thick, with sharp or round corners.
    Frame,
    /// Two frames, one in the other.
    DoubleFrame,
    /// A frame of three sides.
    OpenFrame,
    /// A box for each digit, side by side.
    Boxes,
    /// A frame that the digits touch.
    TightFrame,
    /// Squared paper, from pale to nearly as dark as ink.
    Squares,
    /// A schoolbook's lines: four across for each one down.
    Seyes,
    /// Ruled paper.
    Ruled,
    /// The pen was lifted between the strokes of a digit.
    Lifted,
    /// A pen that skips.
    Broken,
    /// Cut along the ink.
    Cropped,
    /// The first digit reaches the border.
    Border,
    /// Neighbours touch.
    Touching,
}

/// Where dots are less than this apart (in digit heights) the pen was lifted.
const LIFTED: f32 = 0.07;

/// A picture of `digits`, about `height` pixels high.
pub fn draw(
    digits: &[u8],
    trouble: Trouble,
    photo: bool,
    height: usize,
    rng: &mut Rng,
) -> RgbImage {
    use Trouble::{Border, Broken, Cropped, Lifted, Touching};
    let size = height as f32 * rng.uniform(0.5, 0.62);
    let thin = matches!(trouble, Lifted | Broken);
    let mark = size * if thin { rng.uniform(0.025, 0.04) } else { rng.uniform(0.035, 0.085) };
    let mut written: Vec<Vec<Vec<Dot>>> = Vec::new();
    let (mut middles, mut right) = (Vec::new(), 0.35 * height as f32);
    for &digit in digits {
        let mut strokes = hand::write(digit, rng);
        match trouble {
            Lifted => lift(&mut strokes, mark / size, rng),
            Broken => skip(&mut strokes, mark / size, rng),
            _ => {}
        }
        let y = 0.5 * (height as f32 - size) + rng.uniform(-0.03, 0.03) * height as f32;
        let place = |dot: &mut Dot| (dot.x, dot.y) = (size * dot.x, y + size * dot.y);
        strokes.iter_mut().flatten().for_each(place);
        let left = extreme(&strokes, f32::MAX, f32::min);
        let mut shift = right - left + mark;
        if let (Touching, Some(before)) = (trouble, written.last()) {
            let free = shift;
            // Nearer and nearer, until the two meet.
            while distance(before, &strokes, shift) > 0.6 * mark && shift > free - size {
                shift -= 0.5;
            }
        }
        strokes.iter_mut().flatten().for_each(|dot| dot.x += shift);
        let end = extreme(&strokes, f32::MIN, f32::max);
        middles.push((extreme(&strokes, f32::MAX, f32::min), end));
        right = end + 2.0 * mark + size * rng.uniform(0.16, 0.3);
        written.push(strokes);
    }
    let mut width = (right + 0.2 * height as f32) as usize;
    let dots = || written.iter().flatten().flatten();
    let bounds = |of: fn(&Dot) -> f32| {
        dots().map(of).fold((f32::MAX, f32::MIN), |(low, high), v| (low.min(v), high.max(v)))
    };
    let ((left, end), (top, bottom)) = (bounds(|dot| dot.x), bounds(|dot| dot.y));
    let half = 0.5 * mark;
    // What is cut off at the left and the top.
    let (mut cut, mut high) = ((0.0, 0.0), height);
    if trouble == Cropped {
        cut = (left - half, top - half);
        (width, high) = ((end - left + mark) as usize, (bottom - top + mark) as usize);
    } else if trouble == Border {
        cut = (left - half, 0.0);
        width -= cut.0 as usize;
    }
    let mut cover = vec![0f32; width * high];
    for stroke in written.iter().flatten() {
        let moved = stroke.iter().map(|dot| Dot { x: dot.x - cut.0, y: dot.y - cut.1, ..*dot });
        scene::ink_stroke(&mut cover, width, moved, mark);
    }
    let gaps: Vec<f32> = middles.windows(2).map(|pair| 0.5 * (pair[0].1 + pair[1].0)).collect();
    let ink_box = [left - half, top - half, end + half, bottom + half];
    let printed = printed(trouble, ink_box, &gaps, size, (width, high), rng);
    let origin = if photo { Origin::Photo } else { Origin::Scan };
    let ink: [f32; 3] = [[0.08, 0.08, 0.1], [0.12, 0.18, 0.5], [0.25, 0.25, 0.27]][rng.below(3)];
    let light = scene::light(origin, width, high, rng);
    let grain = if photo { rng.uniform(0.008, 0.02) } else { 0.006 };
    let mut picture = RgbImage::new(width as u32, high as u32);
    for (i, pixel) in picture.pixels_mut().enumerate() {
        let noise = grain * rng.normal();
        let channel = |c: usize| {
            let (share, colour) = &printed[i];
            let paper = 0.97 + share * (colour[c] - 0.97);
            let value = paper + cover[i] * (ink[c].min(paper) - paper);
            ((value * light[i] + noise).clamp(0.0, 1.0) * 255.0).round() as u8
        };
        *pixel = Rgb([channel(0), channel(1), channel(2)]);
    }
    picture
}

fn extreme(strokes: &[Vec<Dot>], from: f32, of: fn(f32, f32) -> f32) -> f32 {
    strokes.iter().flatten().map(|dot| dot.x).fold(from, of)
}

/// The shortest distance between two digits, the second one moved right by `shift`.
fn distance(a: &[Vec<Dot>], b: &[Vec<Dot>], shift: f32) -> f32 {
    let pairs = a.iter().flatten().flat_map(|p| b.iter().flatten().map(move |q| (p, q)));
    pairs.map(|(p, q)| (p.x - q.x - shift).hypot(p.y - q.y)).fold(f32::MAX, f32::min)
}

/// Takes from the later strokes what comes near the first one.
fn lift(strokes: &mut [Vec<Dot>], mark: f32, rng: &mut Rng) {
    let gap = mark + rng.uniform(0.6, 1.0) * LIFTED;
    let Some((first, later)) = strokes.split_first_mut() else { return };
    for stroke in later {
        let near = |dot: &Dot| first.iter().any(|p| (p.x - dot.x).hypot(p.y - dot.y) < gap);
        stroke.retain(|dot| !near(dot));
    }
}

/// Takes a short piece out of the middle of each stroke.
fn skip(strokes: &mut [Vec<Dot>], mark: f32, rng: &mut Rng) {
    for stroke in strokes {
        let at = stroke[(stroke.len() as f32 * rng.uniform(0.3, 0.7)) as usize];
        let gap = 0.5 * (mark + rng.uniform(0.02, 0.05)) + 0.25 * mark;
        stroke.retain(|dot| (at.x - dot.x).hypot(at.y - dot.y) > gap);
    }
}

/// For each pixel, how much of it is printed and in which colour.
fn printed(
    trouble: Trouble,
    ink: [f32; 4],
    gaps: &[f32],
    size: f32,
    (width, height): (usize, usize),
    rng: &mut Rng,
) -> Vec<(f32, [f32; 3])> {
    let [left, top, right, bottom] = ink;
    let (cx, cy) = (0.5 * (left + right), 0.5 * (top + bottom));
    let (sin, cos) = rng.uniform(-0.025, 0.025).sin_cos();
    let margin = match trouble {
        Trouble::TightFrame => -0.015 * size,
        Trouble::Boxes => 0.08 * size,
        _ => rng.uniform(0.12, 0.22) * size,
    };
    let thick = (size * rng.uniform(0.012, 0.05)).max(1.5);
    let round = if rng.below(2) == 0 { 0.0 } else { 0.12 * size };
    let grey = match trouble {
        Trouble::Squares | Trouble::Seyes | Trouble::Ruled => rng.uniform(0.35, 0.8),
        _ => rng.uniform(0.05, 0.4),
    };
    let blue = rng.below(2) == 0;
    let colour = if blue { [grey * 0.8, grey * 0.95, (grey * 1.3).min(1.0)] } else { [grey; 3] };
    let cell = size * rng.uniform(0.22, 0.5);
    let rule = (size * 0.012).clamp(1.0, 2.5);
    let (half_w, half_h) = (0.5 * (right - left) + margin, 0.5 * (bottom - top) + margin);
    // How far outside a rectangle with round corners.
    let outside = |u: f32, v: f32, grow: f32| {
        let (x, y) = (u.abs() - half_w - grow + round, v.abs() - half_h - grow + round);
        x.max(0.0).hypot(y.max(0.0)) + x.max(y).min(0.0) - round
    };
    let line = |distance: f32, thick: f32| (0.5 * thick + 0.5 - distance.abs()).clamp(0.0, 1.0);
    let every = |at: f32, step: f32| at - (at / step).round() * step;
    let share = |u: f32, v: f32| match trouble {
        Trouble::Frame | Trouble::TightFrame => line(outside(u, v, 0.0), thick),
        Trouble::DoubleFrame => {
            line(outside(u, v, 0.0), thick).max(line(outside(u, v, 2.5 * thick + 3.0), thick))
        }
        Trouble::OpenFrame if u > half_w - 2.0 * thick => 0.0,
        Trouble::OpenFrame => line(outside(u, v, 0.0), thick),
        Trouble::Boxes => {
            let inside = outside(u, v, 0.0) < 0.0;
            let walls = gaps.iter().map(|gap| line(u + cx - gap, thick)).fold(0.0, f32::max);
            line(outside(u, v, 0.0), thick).max(if inside { walls } else { 0.0 })
        }
        Trouble::Squares => line(every(u, cell), rule).max(line(every(v, cell), rule)),
        Trouble::Seyes => {
            let pale = 0.6 * line(every(v, cell / 2.0), 1.0);
            line(every(u, 2.0 * cell), rule).max(line(every(v, 2.0 * cell), rule)).max(pale)
        }
        Trouble::Ruled => line(every(v, 1.4 * cell), rule),
        _ => 0.0,
    };
    let pixel = |i: usize| {
        let (x, y) = ((i % width) as f32 - cx, (i / width) as f32 - cy);
        (share(x * cos + y * sin, y * cos - x * sin), colour)
    };
    (0..width * height).map(pixel).collect()
}
