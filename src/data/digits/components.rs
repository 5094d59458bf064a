//! Connected strokes: which pixels the pen left without a gap.

use super::frame::Frame;
use super::plane::Plane;

/// A digit or a part of one: the rectangle around it, the components it is
/// made of, how much ink it holds and on how many pixels.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub frame: Frame,
    pub labels: Vec<u32>,
    pub mass: f32,
    pub pixels: usize,
}

impl Group {
    /// Takes the strokes of `other` too.
    pub fn join(&mut self, other: Self) {
        self.frame = self.frame.union(&other.frame);
        self.labels.extend(other.labels);
        self.mass += other.mass;
        self.pixels += other.pixels;
    }
}

/// What is too small beside the largest component to be anything but dust.
pub(super) fn without_dust(mut parts: Vec<Group>) -> Vec<Group> {
    let heaviest = parts.iter().map(|part| part.mass).fold(0.0, f32::max);
    parts.retain(|part| part.mass >= 0.004 * heaviest && part.frame.side() >= 3);
    parts
}

/// Labels the strokes (0: paper): pixels above half of `threshold` that are
/// neighbours of one above it (a fine pen skips, and the grain of the paper
/// shows in gaps).
pub(super) fn components(ink: &Plane, threshold: f32) -> (Vec<u32>, Vec<Group>) {
    let (width, height) = (ink.width, ink.height);
    let (reach, weak) = (if ink.side() > 200 { 2 } else { 1 }, WEAK * threshold);
    let mut labels = vec![0u32; width * height];
    let mut parts = Vec::new();
    let mut stack = Vec::new();
    for start in 0..labels.len() {
        if labels[start] != 0 || ink.values[start] <= threshold {
            continue;
        }
        let label = parts.len() as u32 + 1;
        let (x, y) = (start % width, start / width);
        let mut frame = Frame { left: x, top: y, right: x + 1, bottom: y + 1 };
        let (mut mass, mut pixels) = (0f32, 0);
        labels[start] = label;
        stack.push(start);
        while let Some(pixel) = stack.pop() {
            let (x, y) = (pixel % width, pixel / width);
            frame = frame.union(&Frame { left: x, top: y, right: x + 1, bottom: y + 1 });
            mass += ink.values[pixel];
            pixels += 1;
            for ny in y.saturating_sub(reach)..(y + reach + 1).min(height) {
                for nx in x.saturating_sub(reach)..(x + reach + 1).min(width) {
                    let next = ny * width + nx;
                    if labels[next] == 0 && ink.values[next] > weak {
                        labels[next] = label;
                        stack.push(next);
                    }
                }
            }
        }
        parts.push(Group { frame, labels: vec![label], mass, pixels });
    }
    (labels, parts)
}

/// The part of the threshold above which a neighbour of a stroke belongs to it.
pub(super) const WEAK: f32 = 0.55;
