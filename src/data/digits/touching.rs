//! Digits that touch each other, cut apart.
//!
//! What is much wider than it is high is no single digit. The cut is the path
//! from top to bottom that crosses the fewest strokes; it is made where that is
//! one, and leaves two pieces as high as a digit. (A path through a 4 crosses its
//! bar alone, but what stands left of its stem is lower.) Where such a path leads
//! through what is no wider than a digit can be, the number of digits is doubtful.

use super::components::Group;
use super::frame::Frame;
use super::plane::Plane;

/// What became of the digits of a picture.
#[derive(Default)]
pub(super) struct Cuts {
    /// Whether some were cut apart.
    pub cut: bool,
    /// Whether some are too wide and could not be.
    pub doubtful: bool,
}

/// Cuts what is too wide among `groups`.
pub(super) fn cut(groups: &mut Vec<Group>, labels: &mut [u32], ink: &Plane) -> Cuts {
    let mut cuts = Cuts::default();
    let mut next = labels.iter().copied().max().unwrap_or(0) + 1;
    let mut i = 0;
    while i < groups.len() {
        let frame = groups[i].frame;
        let wide = frame.width() as f32 / frame.height() as f32;
        let through = |aside, ends| Seam::through(&groups[i], labels, ink, aside, ends);
        let certain = if wide >= 0.9 { through(0.2, 1) } else { None };
        match certain.filter(|seam| seam.divides(wide)) {
            Some(seam) => {
                let pair = apply(&groups[i], &seam.columns, labels, ink, next);
                next += 2;
                cuts.cut = true;
                groups.splice(i..=i, pair);
            }
            None => {
                let doubtful = || through(0.1, ENDS).is_some_and(|seam| seam.may_divide(wide));
                cuts.doubtful |= wide >= 1.0 || doubtful();
                i += 1;
            }
        }
    }
    cuts
}

/// In how many places a seam is tried to end before a number is called certain.
const ENDS: usize = 24;
/// The part of a piece's height that its digits have.
const HIGH: f32 = 0.8;

/// A path from top to bottom of a digit's rectangle, through few strokes.
struct Seam {
    /// Its column in each row.
    columns: Vec<usize>,
    /// How many strokes it crosses, about.
    crossings: f32,
    /// The height of the lower of the two pieces, in parts of the whole one's.
    lower: f32,
}

impl Seam {
    /// The one that crosses the fewest strokes, this part of the width away from
    /// both sides; of the cheapest to `tried` places at most, one that leaves digits
    /// on both sides if any does.
    fn through(
        group: &Group,
        labels: &[u32],
        ink: &Plane,
        aside: f32,
        tried: usize,
    ) -> Option<Self> {
        let Frame { left, top, .. } = group.frame;
        let (w, h) = (group.frame.width(), group.frame.height());
        let own =
            |x: usize, y: usize| group.labels.contains(&labels[(top + y) * ink.width + left + x]);
        let mask = Plane::from_fn(w, h, |x, y| f32::from(own(x, y)));
        // Area over half the outline.
        let edge = mask.zip(&mask.eroded(1), |own, inner| own - inner).values.iter().sum::<f32>();
        let stroke = 2.0 * mask.values.iter().sum::<f32>() / edge.max(1.0);
        let aside = (aside * w as f32) as usize;
        let columns = aside..w - aside;
        let mut cost: Vec<f32> = vec![0.0; w];
        let mut back: Vec<Vec<usize>> = Vec::with_capacity(h);
        for y in 0..h {
            let (mut sums, mut from) = (vec![f32::INFINITY; w], vec![0; w]);
            for x in columns.clone() {
                let near = x.saturating_sub(1).max(columns.start)..(x + 2).min(columns.end);
                // To enter a stroke costs most: a way through one place where two
                // digits touch, however long, is better than one through two strokes.
                let step = |p: usize| {
                    let aside = if p == x { 1.0 } else { 1.42 };
                    let enters = y == 0 || mask.at(p, y - 1) == 0.0;
                    let ink = 0.3 * aside + if enters { stroke } else { 0.0 };
                    cost[p] + mask.at(x, y) * ink + 0.01 * aside
                };
                let best = near.min_by(|&p, &q| step(p).total_cmp(&step(q)))?;
                (sums[x], from[x]) = (step(best), best);
            }
            cost = sums;
            back.push(from);
        }
        let inked = |seam: &[usize], y: usize, right: bool| {
            (0..w).any(|x| (x >= seam[y]) == right && own(x, y))
        };
        let high = |seam: &[usize], right: bool| {
            let first = (0..h).find(|&y| inked(seam, y, right))?;
            let last = (0..h).rev().find(|&y| inked(seam, y, right))?;
            Some((last + 1 - first) as f32 / h as f32)
        };
        // The cheapest way may cut off the end of a stroke alone.
        let step = if tried == 1 { 1 } else { (w / tried).max(1) };
        let mut ends: Vec<usize> = columns.step_by(step).collect();
        ends.sort_by(|&p, &q| cost[p].total_cmp(&cost[q]));
        let mut best: Option<Self> = None;
        for end in ends.into_iter().take(tried) {
            let (mut x, mut columns) = (end, vec![0; h]);
            for y in (0..h).rev() {
                columns[y] = x;
                x = back[y][x];
            }
            let lower = high(&columns, false).zip(high(&columns, true)).map(|(a, b)| a.min(b));
            let Some(lower) = lower else { continue };
            let crossings = (cost[end] - 0.01 * 1.42 * h as f32) / stroke;
            let seam = Self { columns, crossings, lower };
            if lower >= HIGH {
                return Some(seam);
            }
            best = best.or(Some(seam));
        }
        best
    }

    /// Whether it lies between two digits of a piece of `wide` times its height.
    fn divides(&self, wide: f32) -> bool {
        let most = if wide >= 1.5 { 3.2 } else { 2.1 };
        let least = if wide < 1.25 { 0.85 } else { 0.6 };
        self.crossings <= most && self.lower >= least
    }

    /// Whether it may: a « 0 » or an « 8 » is crossed twice, two digits that touch
    /// in one place are crossed once, however narrow they are together.
    fn may_divide(&self, wide: f32) -> bool {
        let once = wide >= 0.4 && self.crossings <= 1.6;
        let twice = wide >= 0.85 && self.crossings <= 2.55;
        self.lower >= 0.82 && (once || twice) || wide >= 0.75 && self.divides(wide)
    }
}

/// The two pieces on the sides of `seam`, labelled `label` and the next number.
fn apply(group: &Group, seam: &[usize], labels: &mut [u32], ink: &Plane, label: u32) -> Vec<Group> {
    let frame = group.frame;
    let mut pair: [Option<Group>; 2] = [None, None];
    for y in frame.top..frame.bottom {
        for x in frame.left..frame.right {
            let at = y * ink.width + x;
            if !group.labels.contains(&labels[at]) {
                continue;
            }
            let side = usize::from(x >= frame.left + seam[y - frame.top]);
            labels[at] = label + side as u32;
            let pixel = Group {
                frame: Frame { left: x, top: y, right: x + 1, bottom: y + 1 },
                labels: vec![labels[at]],
                mass: ink.values[at],
                pixels: 1,
            };
            match &mut pair[side] {
                Some(piece) => {
                    piece.frame = piece.frame.union(&pixel.frame);
                    piece.mass += pixel.mass;
                    piece.pixels += 1;
                }
                none => *none = Some(pixel),
            }
        }
    }
    pair.into_iter().flatten().collect()
}
