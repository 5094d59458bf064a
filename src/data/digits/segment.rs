//! From ink to digits: connected strokes, put together, in reading order.
//!
//! A digit may be several components (the bar of a 5), and not every component
//! is a digit (dust, the edge of the sheet). What is small and apart is left
//! out; what stands above or inside a digit joins it.

use super::components::{Group, components, without_dust};
use super::frame::Frame;
use super::group::merge;
use super::ink::MIN_CONTRAST;
use super::plane::Plane;
use super::remark::Remark;
use super::touching;

/// The components of a picture (0: paper), the digits they make, and what is
/// to be said of them.
pub(super) struct Segments {
    pub labels: Vec<u32>,
    pub groups: Vec<Group>,
    pub remarks: Vec<Remark>,
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

    /// All strokes as one digit.
    fn into_one(mut self) -> Self {
        let mut all = self.groups.into_iter();
        let one = all.next().map(|first| {
            all.fold(first, |mut one, group| {
                one.join(group);
                one
            })
        });
        self.groups = one.into_iter().collect();
        self.remarks.retain(|remark| *remark == Remark::InkOnBorder);
        self
    }
}

/// The digits in `ink`, left to right, row after row; `single`: it shows one.
pub(super) fn segment(ink: &Plane, threshold: f32, single: bool) -> Segments {
    let mut remarks = Vec::new();
    let (mut labels, mut parts) = components(ink, threshold);
    if drop_edges(ink, &labels, &mut parts) {
        remarks.push(Remark::LeftOutOnBorder);
    }
    let (mut groups, mut doubtful) = merge(without_dust(parts), &labels, ink.width);
    let tallest = groups.iter().map(|group| group.frame.side()).max().unwrap_or(0);
    let heaviest = groups.iter().map(|group| group.mass).fold(0.0, f32::max);
    // Edges included, a stroke is on average more than half as dark as at its
    // middle; the grain of the paper and the lines of a copybook are all pale.
    let dark = (0.75 * MIN_CONTRAST).max(1.05 * threshold);
    groups.retain(|group| {
        let side = group.frame.side();
        let stroke = group.mass >= 0.06 * heaviest
            && group.mass >= dark * group.pixels as f32
            && 40 * side >= ink.side();
        let large = 5 * side >= 2 * tallest;
        doubtful |= stroke && !large && 4 * side >= tallest;
        stroke && large
    });
    if single {
        return Segments { labels, groups, remarks }.into_one();
    }
    let cuts = touching::cut(&mut groups, &mut labels, ink);
    if cuts.cut {
        remarks.push(Remark::TouchingSplit);
    }
    doubtful |= groups.iter().any(|group| is_framed(group, &labels, ink.width));
    if doubtful || cuts.doubtful {
        remarks.push(Remark::DoubtfulCount);
    }
    if groups.iter().any(|group| group.frame.touches_border(ink.width, ink.height)) {
        remarks.push(Remark::InkOnBorder);
    }
    Segments { labels, groups: reading_order(groups), remarks }
}

/// Whether a stroke follows three sides of the digit's rectangle: a frame that
/// the digit touches.
fn is_framed(group: &Group, labels: &[u32], width: usize) -> bool {
    let Frame { left, top, .. } = group.frame;
    let (w, h) = (group.frame.width(), group.frame.height());
    let own = |x: usize, y: usize| group.labels.contains(&labels[(top + y) * width + left + x]);
    let (band_x, band_y) = (1 + 7 * w / 100, 1 + 7 * h / 100);
    let share = |size: usize, there: &dyn Fn(usize) -> bool| {
        let (from, to) = (size / 5, size - size / 5);
        (from..to).filter(|&i| there(i)).count() * 10 >= 8 * (to - from)
    };
    let sides = [
        share(w, &|x| (0..band_y).any(|y| own(x, y.min(h - 1)))),
        share(w, &|x| (0..band_y).any(|y| own(x, h - 1 - y.min(h - 1)))),
        share(h, &|y| (0..band_x).any(|x| own(x.min(w - 1), y))),
        share(h, &|y| (0..band_x).any(|x| own(w - 1 - x.min(w - 1), y))),
    ];
    sides.into_iter().filter(|&covered| covered).count() >= 3
}

/// Leaves out what lies on the border and is no digit: the edge of the sheet
/// (along the border), a dark corner (pale), and what has not the size of the
/// digits inside. Whether something as large as a digit was left out.
fn drop_edges(ink: &Plane, labels: &[u32], parts: &mut Vec<Group>) -> bool {
    let (width, height) = (ink.width, ink.height);
    let inside = |part: &&Group| !part.frame.touches_border(width, height);
    let tallest = parts.iter().filter(inside).map(|part| part.frame.side()).max().unwrap_or(0);
    let digits_inside = 10 * tallest >= width.min(height);
    let mut left_out = false;
    parts.retain(|part| {
        let frame = &part.frame;
        if !frame.touches_border(width, height) {
            return true;
        }
        let label = part.labels[0];
        let rows = |x: usize| (0..height).filter(|y| labels[y * width + x] == label).count();
        let columns = |y: usize| (0..width).filter(|x| labels[y * width + x] == label).count();
        let along = rows(0).max(rows(width - 1)) * 10 >= 6 * frame.height()
            || columns(0).max(columns(height - 1)) * 10 >= 6 * frame.width();
        let through = frame.height() == height && 3 * frame.height() >= 4 * tallest
            || frame.width() == width && frame.width() >= 2 * tallest;
        let pale = part.mass < 0.3 * part.pixels as f32;
        let side = frame.side();
        let sized = !digits_inside || (5 * side >= 2 * tallest && 5 * side <= 9 * tallest);
        let edge = along && (digits_inside || 6 * frame.width().min(frame.height()) < ink.side());
        if sized && !pale && !edge {
            return true;
        }
        left_out |= !(pale || edge && through) && digits_inside && 3 * side >= tallest;
        false
    });
    left_out
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
