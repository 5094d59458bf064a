//! What was printed before anyone wrote: frames and boxes, squared and ruled paper.
//!
//! A frame that no digit touches is a stroke with a hollow middle and something
//! inside. What digits touch is taken line by line ([`super::lines`]): lines are
//! printed where there are many of them, where one is longer than any digit, or
//! where they make a rectangle around ink.

use super::components::{Group, WEAK, components, without_dust};
use super::frame::Frame;
use super::ink::Ink;
use super::lines::{Line, horizontal};
use super::plane::Plane;
use super::remark::Remark;

/// Removes from `found` what was printed, and says what that was.
pub(super) fn remove(found: &mut Ink) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let mut clean = found.smooth.clone();
    if erase_frames(&mut clean, found.threshold) {
        remarks.push(Remark::FrameRemoved);
    }
    let level = (0.5 * WEAK * found.threshold).max(0.6 * found.floor);
    let lines = Lines::printed(&clean, level, found.threshold);
    lines.erase(&mut clean, level);
    remarks.extend(lines.remark());
    if !remarks.is_empty() {
        remarks.dedup();
        found.keep_only(clean);
    }
    remarks
}

/// Erases every hollow stroke around other ink; whether there was one.
fn erase_frames(ink: &mut Plane, threshold: f32) -> bool {
    let (labels, parts) = components(ink, threshold);
    let parts = without_dust(parts);
    let frames: Vec<u32> = parts
        .iter()
        .filter(|part| surrounds(part, &parts) && is_hollow(part, &labels, ink.width))
        .map(|part| part.labels[0])
        .collect();
    if frames.is_empty() {
        return false;
    }
    const AROUND: usize = 2;
    for i in 0..labels.len() {
        if !frames.contains(&labels[i]) {
            continue;
        }
        let (x, y) = (i % ink.width, i / ink.width);
        for ny in y.saturating_sub(AROUND)..(y + AROUND + 1).min(ink.height) {
            for nx in x.saturating_sub(AROUND)..(x + AROUND + 1).min(ink.width) {
                let near = ny * ink.width + nx;
                if labels[near] == 0 || frames.contains(&labels[near]) {
                    ink.values[near] = 0.0;
                }
            }
        }
    }
    true
}

/// Whether `part` has ink inside that may be a digit: large beside it, or
/// nearly all of the rest.
fn surrounds(part: &Group, parts: &[Group]) -> bool {
    let short = part.frame.width().min(part.frame.height());
    let others = || parts.iter().filter(|other| other.labels != part.labels);
    let inside = |other: &&Group| part.frame.contains(&other.frame);
    let largest = others().filter(inside).map(|other| other.frame.side()).max().unwrap_or(0);
    let mass: f32 = others().map(|other| other.mass).sum();
    let mass_inside: f32 = others().filter(inside).map(|other| other.mass).sum();
    10 * largest >= 3 * short || (8 * largest >= short && mass_inside > 0.8 * mass)
}

/// Whether the stroke goes around its rectangle, on three sides at least, and
/// leaves the middle empty.
fn is_hollow(part: &Group, labels: &[u32], width: usize) -> bool {
    let Frame { left, top, .. } = part.frame;
    let (w, h) = (part.frame.width(), part.frame.height());
    if w.min(h) < 20 {
        return false;
    }
    let label = part.labels[0];
    let own = |x: usize, y: usize| labels[(top + y) * width + left + x] == label;
    let band = |size: usize| (22 * size / 100, size - 22 * size / 100);
    let ((x0, x1), (y0, y1)) = (band(w), band(h));
    let middle = (y0..y1).map(|y| (x0..x1).filter(|&x| own(x, y)).count()).sum::<usize>();
    if 100 * middle > part.pixels {
        return false;
    }
    let share = |from: usize, to: usize, there: &dyn Fn(usize) -> bool| {
        (from..to).filter(|&i| there(i)).count() * 10 >= 7 * (to - from)
    };
    let sides = [
        share(x0, x1, &|x| (0..y0).any(|y| own(x, y))),
        share(x0, x1, &|x| (y1..h).any(|y| own(x, y))),
        share(y0, y1, &|y| (0..x0).any(|x| own(x, y))),
        share(y0, y1, &|y| (x1..w).any(|x| own(x, y))),
    ];
    sides.into_iter().filter(|&covered| covered).count() >= 3
}

/// The printed lines: `across` from left to right, `down` from top to bottom
/// (in the transposed picture).
#[derive(Default)]
struct Lines {
    across: Vec<Line>,
    down: Vec<Line>,
}

impl Lines {
    fn printed(ink: &Plane, level: f32, threshold: f32) -> Self {
        let shortest = (ink.width.min(ink.height) / 5).max(16);
        let all = Self {
            across: horizontal(ink, level, shortest),
            down: horizontal(&ink.transposed(), level, shortest),
        };
        let mut across = ruled(&all.across, ink.width);
        if across.is_empty() {
            across = all.long(ink, level, threshold);
        }
        if across.is_empty() {
            across = all.rectangles(ink, level, threshold);
        }
        let down = all.down.iter().filter(|line| crosses(line, &across, ink.height)).cloned();
        let mut down: Vec<Line> = down.collect();
        // A ruled sheet has three lines or more: a « 1 » may cross them all.
        if (3..5).contains(&across.len()) && down.len() < 2 {
            down.clear();
        }
        Self { across, down }
    }

    /// Lines longer than any digit of the picture is high.
    fn long(&self, ink: &Plane, level: f32, threshold: f32) -> Vec<Line> {
        let long =
            self.across.iter().filter(|line| 2 * line.length() >= ink.width && line.is_straight());
        let lines = Self { across: long.cloned().collect(), down: Vec::new() };
        if lines.across.is_empty() {
            return Vec::new();
        }
        let rest = lines.rest(ink, level, threshold);
        let tallest = rest.iter().map(|part| part.frame.side()).max().unwrap_or(0);
        let is_long = |line: &Line| {
            let length = line.length();
            let through = 100 * length >= 92 * ink.width && 100 * tallest < 85 * length;
            8 * tallest >= ink.height && (10 * length >= 16 * tallest || through)
        };
        lines.across.into_iter().filter(is_long).collect()
    }

    /// Pairs that, with a line down at each end, stand around ink, none of which
    /// sticks out.
    fn rectangles(&self, ink: &Plane, level: f32, threshold: f32) -> Vec<Line> {
        const MOST: usize = 12;
        let pairs = self.across.iter().enumerate().flat_map(|(i, a)| {
            self.across[i + 1..].iter().filter_map(move |b| self.sides(a, b, ink))
        });
        let around = |lines: &Lines| {
            let [a, b] = [&lines.across[0], &lines.across[1]];
            let middle = (a.start + a.end()) / 2;
            let rows = [a.row_at(middle), b.row_at(middle)];
            let slack = 3.0 + 2.0 * a.thickness.max(b.thickness) + 0.04 * a.length() as f32;
            let least = 0.3 * (rows[0] - rows[1]).abs().min(a.length() as f32);
            let grown = |by: f32| Frame {
                left: (a.start as f32 - by).max(0.0) as usize,
                right: (a.end() as f32 + by) as usize,
                top: (rows[0].min(rows[1]) - by).max(0.0) as usize,
                bottom: (rows[0].max(rows[1]) + by) as usize,
            };
            let (inner, outer) = (grown(-slack), grown(slack));
            let rest = lines.rest(ink, level, threshold);
            let meets =
                |frame: &Frame| inner.common_columns(frame).min(inner.common_rows(frame)) > 0;
            let inside = || rest.iter().map(|part| part.frame).filter(meets);
            inside().all(|frame| outer.contains(&frame))
                && inside().any(|frame| frame.side() as f32 >= least)
        };
        pairs.take(MOST).filter(around).flat_map(|lines| lines.across).collect()
    }

    /// The rectangle of which `a` and `b` are the top and the bottom.
    fn sides(&self, a: &Line, b: &Line, ink: &Plane) -> Option<Self> {
        let (start, end) = (a.start.min(b.start), a.end().max(b.end()));
        let common = a.end().min(b.end()).saturating_sub(a.start.max(b.start));
        let length = end - start;
        let middle = (start + end) / 2;
        let apart = (a.row_at(middle) - b.row_at(middle)).abs();
        let alike = a.thickness.max(b.thickness) <= 1.6 * a.thickness.min(b.thickness) + 1.0;
        let flat = 10 * common < 7 * length || 6.0 * apart < length as f32;
        if flat || !alike || !a.is_straight() || !b.is_straight() {
            return None;
        }
        let across = [a, b].map(|line| line.extended(start, end, ink.height)).to_vec();
        let crossing = self.down.iter().filter(|line| crosses(line, &across, ink.height));
        let down: Vec<Line> = crossing.cloned().collect();
        let side = |end: usize| {
            down.iter().filter(|line| line.is_straight()).any(|line| {
                let column = line.rows[line.rows.len() / 2].max(0.0) as usize;
                100 * column.abs_diff(end) <= 12 * length
            })
        };
        (side(start) && side(end)).then_some(Self { across, down })
    }

    /// The strokes that stay without these lines.
    fn rest(&self, ink: &Plane, level: f32, threshold: f32) -> Vec<Group> {
        let mut without = ink.clone();
        self.erase(&mut without, level);
        without_dust(components(&without, threshold).1)
    }

    fn erase(&self, ink: &mut Plane, level: f32) {
        self.across.iter().for_each(|line| line.erase(ink, level));
        if !self.down.is_empty() {
            let mut transposed = ink.transposed();
            self.down.iter().for_each(|line| line.erase(&mut transposed, level));
            *ink = transposed.transposed();
        }
    }

    fn remark(&self) -> Option<Remark> {
        match (self.across.len(), self.down.len()) {
            (0, _) => None,
            (_, 0) => Some(Remark::LinesRemoved),
            (3.., 3..) => Some(Remark::GridRemoved),
            _ => Some(Remark::FrameRemoved),
        }
    }
}

/// The lines of a ruled sheet: at least three, of like length, through much of
/// the picture.
fn ruled(lines: &[Line], width: usize) -> Vec<Line> {
    let longest = lines.iter().map(Line::length).max().unwrap_or(0);
    let like = lines.iter().filter(|line| 10 * line.length() >= 6 * longest);
    let like: Vec<Line> = like.cloned().collect();
    if 10 * longest < 6 * width {
        return Vec::new();
    }
    // A grainy stroke can pass for several lines.
    let mut rows: Vec<(f32, f32)> =
        like.iter().map(|line| (line.row_at(width / 2), line.thickness)).collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    rows.dedup_by(|next, kept| next.0 - kept.0 < 3.0 + next.1 + kept.1);
    let (first, last) = (rows[0].0, rows[rows.len() - 1].0);
    // The bars of one digit stand farther apart than they are long.
    let enough = rows.len() >= 5 || (rows.len() >= 3 && longest as f32 >= 0.9 * (last - first));
    if enough { like } else { Vec::new() }
}

/// Whether `line`, which goes down, goes through all of `across`, as thin as they.
fn crosses(line: &Line, across: &[Line], height: usize) -> bool {
    let column = line.row_at((line.start + line.end()) / 2).max(0.0) as usize;
    let rows = across.iter().map(|other| other.row_at(column));
    let (first, last) = rows.fold((f32::MAX, 0f32), |(low, high), y| (low.min(y), high.max(y)));
    let thickest = across.iter().map(|other| other.thickness).fold(0.0, f32::max);
    // The sides of a frame may end in round corners; a wall meets both lines.
    let reach = 2.0 * thickest + 2.0;
    let left = across.iter().map(|other| other.start).min().unwrap_or(0) as f32;
    let right = across.iter().map(Line::end).max().unwrap_or(0) as f32;
    let near = reach + 0.02 * (right - left);
    let outer = column as f32 <= left + near || column as f32 >= right - near;
    let tolerance = 3.0 + thickest + if outer { 0.2 * (last - first).max(0.0) } else { 0.0 };
    let from_to = line.start as f32 <= first + tolerance && line.end() as f32 >= last - tolerance;
    let through = 50 * line.start <= height && 50 * (height - line.end()) <= height;
    let as_thin = line.thickness <= 1.6 * thickest + 1.0;
    as_thin && !across.is_empty() && (through || (across.len() >= 2 && from_to))
}
