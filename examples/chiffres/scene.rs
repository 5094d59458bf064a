//! A sheet, a light, a camera: what surrounds the digits in a picture.

use image::{Rgb, RgbImage};
use mnist_tp::random::Rng;

use super::hand::{self, Dot};

/// Where the picture comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A flat, evenly lit sheet.
    Scan,
    /// A phone above a table: shadow, gradient, grain, a little blur.
    Photo,
    /// Chalk on a board.
    Board,
    /// A mouse or a finger in a drawing program.
    Screen,
}

/// What writes, by the width of its stroke in parts of a digit's height.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pen {
    /// 1/55 to 1/35.
    Fine,
    /// 1/35 to 1/22.
    Ballpoint,
    /// Light and grainy.
    Pencil,
    /// 1/16 to 1/11.
    Felt,
    /// 1/9 to 1/7.
    Marker,
}

impl Pen {
    fn width(self, rng: &mut Rng) -> f32 {
        match self {
            Pen::Fine => rng.uniform(0.018, 0.028),
            Pen::Ballpoint => rng.uniform(0.028, 0.045),
            Pen::Pencil => rng.uniform(0.025, 0.045),
            Pen::Felt => rng.uniform(0.06, 0.09),
            Pen::Marker => rng.uniform(0.11, 0.145),
        }
    }
}

/// A picture of the digits `digits`, from left to right, `height` pixels high.
pub fn draw(digits: &[u8], origin: Origin, pen: Pen, height: usize, rng: &mut Rng) -> RgbImage {
    // A phone is sometimes held far away.
    let nearest = if origin == Origin::Photo { 0.25 } else { 0.42 };
    let digit_height = height as f32 * rng.uniform(nearest, 0.72);
    let mark = (pen.width(rng) * digit_height).max(1.2);
    // The digits side by side, without touching.
    let (mut strokes, mut right) = (Vec::new(), height as f32 * rng.uniform(0.2, 0.4));
    for &digit in digits {
        let size = digit_height * rng.uniform(0.88, 1.05);
        let written = hand::write(digit, rng);
        let left = written.iter().flatten().map(|dot| dot.x).fold(f32::MAX, f32::min);
        let x = right - size * left + mark;
        let y = 0.5 * (height as f32 - size) + rng.uniform(-0.06, 0.06) * height as f32;
        for stroke in written {
            let place = |dot: Dot| Dot { x: x + size * dot.x, y: y + size * dot.y, ..dot };
            let stroke: Vec<Dot> = stroke.into_iter().map(place).collect();
            right = stroke.iter().map(|dot| dot.x).fold(right, f32::max);
            strokes.push(stroke);
        }
        right += 2.0 * mark + digit_height * rng.uniform(0.06, 0.35);
    }
    let width = (right + height as f32 * rng.uniform(0.2, 0.4)) as usize;
    let mut cover = vec![0f32; width * height];
    for stroke in strokes {
        ink_stroke(&mut cover, width, stroke.into_iter(), mark);
    }
    for _ in 0..rng.below(4) {
        // Dust.
        let (x, y) = (rng.uniform(0.0, width as f32), rng.uniform(0.0, height as f32));
        ink_stroke(&mut cover, width, std::iter::once(Dot { x, y, pressure: 1.0 }), mark.min(4.0));
    }
    if matches!(pen, Pen::Pencil) || origin == Origin::Board {
        cover.iter_mut().for_each(|value| *value *= rng.uniform(0.55, 1.0));
    }
    let ink = ink_color(origin, pen, rng);
    let light = light(origin, width, height, rng);
    let mut paper = paper(origin, width, height, rng);
    if origin == Origin::Screen {
        paper.fill(ink.map(|channel| 1.0 - channel));
    }
    let grain = match origin {
        Origin::Scan => 0.008,
        Origin::Photo => rng.uniform(0.01, 0.03),
        Origin::Board => 0.02,
        Origin::Screen => 0.0,
    };
    let blur = if origin == Origin::Photo { rng.below(2) } else { 0 };
    let cover = blurred(&cover, width, blur);
    let mut picture = RgbImage::new(width as u32, height as u32);
    for (i, pixel) in picture.pixels_mut().enumerate() {
        let noise = grain * rng.normal();
        let channel = |c: usize| {
            let value = paper[i][c] + cover[i] * (ink[c] - paper[i][c]);
            ((value * light[i] + noise).clamp(0.0, 1.0) * 255.0).round() as u8
        };
        *pixel = Rgb([channel(0), channel(1), channel(2)]);
    }
    picture
}

/// Discs along a stroke, with soft edges.
pub(super) fn ink_stroke(
    cover: &mut [f32],
    width: usize,
    dots: impl Iterator<Item = Dot>,
    mark: f32,
) {
    let height = cover.len() / width;
    for dot in dots {
        let radius = 0.5 * mark * dot.pressure;
        let reach = |centre: f32, size: usize| {
            let from = (centre - radius - 1.0).max(0.0) as usize;
            from..((centre + radius + 2.0).max(0.0) as usize).min(size)
        };
        for y in reach(dot.y, height) {
            for x in reach(dot.x, width) {
                let distance = (x as f32 + 0.5 - dot.x).hypot(y as f32 + 0.5 - dot.y);
                let value = (radius + 0.5 - distance).clamp(0.0, 1.0);
                let pixel = &mut cover[y * width + x];
                *pixel = pixel.max(value);
            }
        }
    }
}

fn ink_color(origin: Origin, pen: Pen, rng: &mut Rng) -> [f32; 3] {
    match (origin, pen) {
        (Origin::Board, _) => [0.9, 0.9, 0.86],
        (Origin::Screen, _) if rng.below(2) == 0 => [1.0, 1.0, 1.0],
        (Origin::Screen, _) => [0.0, 0.0, 0.0],
        (_, Pen::Pencil) => [0.33, 0.33, 0.35],
        _ => [[0.08, 0.08, 0.1], [0.12, 0.18, 0.5], [0.6, 0.1, 0.12]][rng.below(3)],
    }
}

/// The part of the light that reaches each pixel.
pub(super) fn light(origin: Origin, width: usize, height: usize, rng: &mut Rng) -> Vec<f32> {
    let (w, h) = (width as f32, height as f32);
    let turn = |rng: &mut Rng| rng.uniform(0.0, std::f32::consts::TAU).sin_cos();
    let (slope, edge) = (turn(rng), turn(rng));
    let (gradient, shadow, vignette) = match origin {
        Origin::Photo => (rng.uniform(0.1, 0.35), rng.uniform(0.0, 0.45), rng.uniform(0.0, 0.3)),
        Origin::Board => (rng.uniform(0.0, 0.2), 0.0, 0.1),
        Origin::Scan | Origin::Screen => (0.0, 0.0, 0.0),
    };
    let (offset, soft) = (rng.uniform(-0.3, 0.3), rng.uniform(0.03, 0.12));
    let pixel = |i: usize| {
        let (x, y) = ((i % width) as f32 / w - 0.5, (i / width) as f32 / h - 0.5);
        let across = (x * edge.0 + y * edge.1 - offset) / soft;
        let dark = shadow / (1.0 + (-across).exp());
        (1.0 - gradient * (0.5 + x * slope.0 + y * slope.1))
            * (1.0 - dark)
            * (1.0 - vignette * (x * x + y * y))
    };
    (0..width * height).map(pixel).collect()
}

/// The bare sheet: its colour, on some photos the pale lines of a copybook or
/// the dark table beyond its edge.
fn paper(origin: Origin, width: usize, height: usize, rng: &mut Rng) -> Vec<[f32; 3]> {
    let base = match origin {
        Origin::Scan => [0.98, 0.98, 0.97],
        Origin::Photo => [0.93, 0.91, rng.uniform(0.8, 0.92)],
        Origin::Board => [0.1, 0.2, 0.15],
        Origin::Screen => [1.0, 1.0, 1.0],
    };
    let lines = (origin == Origin::Photo && rng.below(3) == 0).then(|| 14 + rng.below(18));
    let table = origin == Origin::Photo && rng.below(3) == 0;
    let (edge, tilt) = (width as f32 * rng.uniform(0.93, 0.98), rng.uniform(-0.04, 0.04));
    let pixel = |i: usize| {
        let (x, y) = (i % width, i / width);
        if table && x as f32 > edge + tilt * y as f32 {
            return [0.35, 0.25, 0.18];
        }
        match lines {
            Some(gap) if x % gap == 0 || y % gap == 0 => [base[0] * 0.9, base[1] * 0.92, base[2]],
            _ => base,
        }
    };
    (0..width * height).map(pixel).collect()
}

/// The mean over `2·radius + 1` pixels a side.
fn blurred(values: &[f32], width: usize, radius: usize) -> Vec<f32> {
    let height = values.len() / width;
    let around = |p: usize, size: usize| p.saturating_sub(radius)..(p + radius + 1).min(size);
    (0..values.len())
        .map(|i| {
            let (mut sum, mut count) = (0.0, 0.0);
            for y in around(i / width, height) {
                for x in around(i % width, width) {
                    sum += values[y * width + x];
                    count += 1.0;
                }
            }
            sum / count
        })
        .collect()
}
