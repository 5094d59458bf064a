//! Digits as a hand draws them: a few ways of writing each, never twice alike.
//!
//! A model ([`models`]) says which points the pen passes; the hand then moves
//! them, stretches, leans, turns and trembles.

#[path = "models.rs"]
mod models;

use mnist_tp::random::Rng;
use models::MODELS;

/// A point of a stroke and the pressure there (1 on average).
#[derive(Clone, Copy, Debug)]
pub struct Dot {
    pub x: f32,
    pub y: f32,
    pub pressure: f32,
}

/// The strokes of `digit` as one hand draws it once: height 1, the top left
/// corner near the origin.
pub fn write(digit: u8, rng: &mut Rng) -> Vec<Vec<Dot>> {
    let models = MODELS[digit as usize % 10];
    let model = models[rng.below(models.len())];
    let shake = rng.uniform(0.01, 0.04);
    let narrow = if digit == 1 { 0.55 } else { rng.uniform(0.48, 0.95) };
    let lean = rng.uniform(-0.15, 0.38);
    let (sin, cos) = rng.uniform(-0.15, 0.15).sin_cos();
    let mut moved = |&(x, y): &(f32, f32)| {
        let x = (x + shake * rng.normal() - 0.5) * narrow;
        let y = y + shake * rng.normal() - 0.5;
        let x = x - lean * y;
        (0.5 * narrow + x * cos - y * sin, 0.5 + x * sin + y * cos)
    };
    let strokes: Vec<Vec<(f32, f32)>> = model
        .iter()
        .map(|stroke| {
            let mut points: Vec<(f32, f32)> = Vec::new();
            for (i, point) in stroke.iter().enumerate() {
                // A corner stays one.
                let corner = i > 0 && stroke[i - 1] == *point;
                let next = if corner { points[i - 1] } else { moved(point) };
                points.push(next);
            }
            points
        })
        .collect();
    strokes.iter().map(|stroke| spline(stroke, rng)).collect()
}

/// Dense dots along the spline, with a slight tremor and a changing pressure.
fn spline(points: &[(f32, f32)], rng: &mut Rng) -> Vec<Dot> {
    let last = points.len() - 1;
    let phases: Vec<f32> = (0..4).map(|_| rng.uniform(0.0, 6.3)).collect();
    let (tremor, force) = (rng.uniform(0.0, 0.006), rng.uniform(0.05, 0.25));
    let mut dots = Vec::new();
    for i in 0..last {
        let (p1, p2) = (points[i], points[i + 1]);
        // On the far side of a corner or an end the curve leaves straight.
        let p0 = if i == 0 || points[i - 1] == p1 { p1 } else { points[i - 1] };
        let p3 = if i + 1 == last || points[i + 2] == p2 { p2 } else { points[i + 2] };
        const STEPS: usize = 48;
        for step in 0..STEPS {
            let t = step as f32 / STEPS as f32;
            let mix = |a: f32, b: f32, c: f32, d: f32| {
                0.5 * (2.0 * b
                    + (c - a) * t
                    + (2.0 * a - 5.0 * b + 4.0 * c - d) * t * t
                    + (3.0 * b - a - 3.0 * c + d) * t * t * t)
            };
            let along = i as f32 + t;
            dots.push(Dot {
                x: mix(p0.0, p1.0, p2.0, p3.0) + tremor * (5.0 * along + phases[0]).sin(),
                y: mix(p0.1, p1.1, p2.1, p3.1) + tremor * (6.0 * along + phases[1]).sin(),
                pressure: 1.0 + force * (1.3 * along + phases[2]).sin(),
            });
        }
    }
    dots
}
