//! From ink to digits: connected strokes, put together, in reading order.
//!
//! A digit may be several components (the bar of a 5), and not every component
//! is a digit (dust, the edge of the sheet). What is small and apart is left
//! out; what stands above or inside a digit joins it.

use super::ink::MIN_CONTRAST;
use super::plane::Plane;

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

    fn side(&self) -> usize {
        self.width().max(self.height())
    }

    fn union(&self, other: &Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    /// Columns common to both; negative: the gap between them.
    fn common_columns(&self, other: &Self) -> isize {
        self.right.min(other.right) as isize - self.left.max(other.left) as isize
    }

    /// Rows common to both; negative: the gap between them.
    fn common_rows(&self, other: &Self) -> isize {
        self.bottom.min(other.bottom) as isize - self.top.max(other.top) as isize
    }
}

/// A digit: the rectangle around it and the components it is made of.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub frame: Frame,
    pub labels: Vec<u32>,
    mass: f32,
    pixels: usize,
}

/// The components of a picture (0: paper) and the digits they make.
pub(super) struct Segments {
    pub labels: Vec<u32>,
    pub groups: Vec<Group>,
}

impl Segments {
    /// The ink of the digits, without what was left out.
    pub fn mask(&self, ink: &Plane) -> Plane {
        let kept: std::collections::HashSet<u32> =
            self.groups.iter().flat_map(|group| group.labels.iter().copied()).collect();
        Plane::from_fn(ink.width, ink.height, |x, y| {
            f32::from(kept.contains(&self.labels[y * ink.width + x]))
        })
    }
}

/// The digits in `ink`, left to right, row after row.
pub(super) fn segment(ink: &Plane, threshold: f32) -> Segments {
    let (labels, mut parts) = components(ink, threshold);
    drop_edges(ink, &mut parts);
    let heaviest = parts.iter().map(|part| part.mass).fold(0.0, f32::max);
    parts.retain(|part| part.mass >= 0.004 * heaviest && part.frame.side() >= 3);
    let mut groups = merge(parts);
    let tallest = groups.iter().map(|group| group.frame.side()).max().unwrap_or(0);
    let heaviest = groups.iter().map(|group| group.mass).fold(0.0, f32::max);
    // Edges included, a stroke is on average more than half as dark as at its
    // middle; the grain of the paper and the lines of a copybook are all pale.
    let dark = (0.75 * MIN_CONTRAST).max(1.05 * threshold);
    groups.retain(|group| {
        let side = group.frame.side();
        5 * side >= 2 * tallest
            && 40 * side >= ink.side()
            && group.mass >= 0.06 * heaviest
            && group.mass >= dark * group.pixels as f32
    });
    Segments { labels, groups: reading_order(groups) }
}

/// Labels the strokes: pixels above half of `threshold` that are neighbours of
/// one above it (a fine pen skips, and the grain of the paper shows in gaps).
fn components(ink: &Plane, threshold: f32) -> (Vec<u32>, Vec<Group>) {
    let (width, height) = (ink.width, ink.height);
    let (reach, weak) = (if ink.side() > 200 { 2 } else { 1 }, 0.55 * threshold);
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

/// Leaves out what lies on the border: the edge of the sheet (a strip), a dark
/// corner (pale), and anything else there as soon as there are digits inside.
fn drop_edges(ink: &Plane, parts: &mut Vec<Group>) {
    let inside = |frame: &Frame| {
        frame.left > 0 && frame.top > 0 && frame.right < ink.width && frame.bottom < ink.height
    };
    let strip = |frame: &Frame| 6 * frame.width().min(frame.height()) < ink.side();
    let pale = |part: &Group| part.mass < 0.3 * part.pixels as f32;
    let tallest = parts.iter().map(|part| &part.frame).filter(|frame| inside(frame));
    let tallest = tallest.map(Frame::side).max().unwrap_or(0);
    let digits_inside = 10 * tallest >= ink.width.min(ink.height);
    parts
        .retain(|part| inside(&part.frame) || !(digits_inside || strip(&part.frame) || pale(part)));
}

/// Joins components until no two belong together.
fn merge(mut groups: Vec<Group>) -> Vec<Group> {
    groups.sort_by(|a, b| b.mass.total_cmp(&a.mass));
    let mut i = 0;
    while i < groups.len() {
        let join = (0..groups.len())
            .find(|&j| j != i && belong_together(&groups[i].frame, &groups[j].frame));
        match join {
            Some(j) => {
                let other = groups.remove(j);
                if j < i {
                    i -= 1;
                }
                let group = &mut groups[i];
                group.frame = group.frame.union(&other.frame);
                group.labels.extend(other.labels);
                group.mass += other.mass;
                group.pixels += other.pixels;
                i = 0;
            }
            None => i += 1,
        }
    }
    groups
}

/// Whether two components are parts of one digit: the smaller one stands over,
/// under or in the other, is a small piece close to it, or goes on where the
/// other one stops (a stroke that the pen left broken).
fn belong_together(a: &Frame, b: &Frame) -> bool {
    let (large, small) = if a.side() >= b.side() { (a, b) } else { (b, a) };
    let size = large.side() as isize;
    let (columns, rows) = (large.common_columns(small), large.common_rows(small));
    let over = 2 * columns >= small.width() as isize && -rows * 4 <= size;
    let piece = 10 * small.side() as isize <= 6 * size;
    let close = -columns * 12 <= size && -rows * 8 <= size;
    // Two digits of like height, one above the other, are two rows of digits.
    let two_rows = 2 * small.height() > large.height() && rows * 4 < small.height() as isize;
    // Side by side, two digits have about the height of one of them.
    let taller = 10 * a.union(b).height() >= 13 * a.height().max(b.height());
    let goes_on = taller && -columns * 25 <= size && -rows * 25 <= size;
    (over && !two_rows) || (piece && close) || goes_on
}

/// Rows from top to bottom, each from left to right.
fn reading_order(mut groups: Vec<Group>) -> Vec<Group> {
    groups.sort_by_key(|group| group.frame.top);
    let mut rows: Vec<(Frame, Vec<Group>)> = Vec::new();
    for group in groups {
        let half = group.frame.height() as isize / 2;
        match rows.iter_mut().find(|(row, _)| row.common_rows(&group.frame) >= half) {
            Some((row, members)) => {
                *row = row.union(&group.frame);
                members.push(group);
            }
            None => rows.push((group.frame, vec![group])),
        }
    }
    for (_, members) in &mut rows {
        members.sort_by_key(|group| group.frame.left + group.frame.right);
    }
    rows.into_iter().flat_map(|(_, members)| members).collect()
}
