//! Strokes of one digit put together.
//!
//! A pen is lifted: the bar of a 5, the stem of a 4; a thin one skips. What
//! stands over, under or in a larger piece belongs to it, and so does a piece
//! closer to it than digits are to each other, or one that goes on where the
//! other stops.

use super::components::Group;
use super::contact::{Contact, Contacts};

/// How many strokes are put together, at most: what is lighter than so many others
/// is the grain of the paper, and the work grows with the cube of their number.
const MOST: usize = 400;

/// The digits that `parts` make, and whether their number is doubtful.
pub(super) fn merge(parts: Vec<Group>, labels: &[u32], width: usize) -> (Vec<Group>, bool) {
    let mut doubtful = parts.len() > MOST;
    let mut groups = parts;
    groups.sort_by(|a, b| b.mass.total_cmp(&a.mass));
    groups.truncate(MOST);
    let tall = usual_height(&groups) as f32;
    let mut contacts = Contacts::new(labels, width, &groups, 0.35 * tall, 0.08 * tall);
    // The numbers of those that stand for themselves.
    let mut kept: Vec<usize> = (0..groups.len()).collect();
    loop {
        let spacing = spacing(&groups, &kept, &contacts, tall);
        let mut best: Option<(f32, usize, usize, bool)> = None;
        for (i, j) in pairs(&kept) {
            if let Some(bond) = bond(&groups[i], &groups[j], contacts.between(i, j), tall, spacing)
                && best.is_none_or(|best| bond.0 < best.0)
            {
                best = Some((bond.0, i, j, bond.1));
            }
        }
        let Some((_, i, j, doubt)) = best else { break };
        doubtful |= doubt;
        let other = groups[j].clone();
        groups[i].join(other);
        contacts.join(i, j);
        kept.retain(|&number| number != j);
    }
    for (i, j) in pairs(&kept) {
        let full = groups[i].frame.height().min(groups[j].frame.height()) as f32 >= 0.4 * tall;
        let contact = contacts.between(i, j);
        doubtful |= full && contact.is_some_and(|contact| contact.distance <= 0.04 * tall);
    }
    (kept.into_iter().map(|number| groups[number].clone()).collect(), doubtful)
}

/// Every two of `kept`.
fn pairs(kept: &[usize]) -> impl Iterator<Item = (usize, usize)> {
    kept.iter().enumerate().flat_map(move |(at, &i)| kept[at + 1..].iter().map(move |&j| (i, j)))
}

/// The height of most digits: the median of what is no small piece.
fn usual_height(groups: &[Group]) -> usize {
    let tallest = groups.iter().map(|group| group.frame.height()).max().unwrap_or(0);
    let mut heights: Vec<usize> = groups.iter().map(|group| group.frame.height()).collect();
    heights.retain(|height| 2 * height >= tallest);
    heights.sort_unstable();
    heights.get(heights.len() / 2).copied().unwrap_or(0)
}

/// The smallest distance between whole digits, `None` for fewer than two.
fn spacing(groups: &[Group], kept: &[usize], contacts: &Contacts, tall: f32) -> Option<f32> {
    let whole = |&number: &usize| groups[number].frame.height() as f32 >= 0.75 * tall;
    let whole: Vec<usize> = kept.iter().copied().filter(whole).collect();
    let contacts = pairs(&whole).filter_map(|(i, j)| contacts.between(i, j));
    contacts.map(|contact| contact.distance).min_by(f32::total_cmp)
}

/// Whether two pieces are parts of one digit: the lower the number, the surer;
/// and whether that is doubtful.
fn bond(
    a: &Group,
    b: &Group,
    contact: Option<&Contact>,
    tall: f32,
    spacing: Option<f32>,
) -> Option<(f32, bool)> {
    let (a, b) = (&a.frame, &b.frame);
    let (large, small) = if a.side() >= b.side() { (a, b) } else { (b, a) };
    let (columns, rows) = (large.common_columns(small), large.common_rows(small));
    let both = a.union(b);
    let size = large.side() as f32;
    let distance = contact.map_or(f32::INFINITY, |contact| contact.distance);
    let (low, high) = (a.height().min(b.height()) as f32, a.height().max(b.height()) as f32);
    let whole = low >= 0.75 * high && low >= 0.75 * tall;

    let over = 2 * columns >= small.width() as isize && -4.0 * rows as f32 <= size;
    // Two digits of like height, one above the other, are two rows of digits.
    let one_digit = both.height() as f32 <= 1.3 * tall || distance <= 0.08 * both.height() as f32;
    let two_rows =
        2 * small.height() > large.height() && rows * 4 < small.height() as isize && !one_digit;
    // Leaning digits reach over each other.
    let leaning = whole && distance > 0.1 * size;
    let share = (columns.max(0) as f32 / small.width() as f32).min(1.0);
    let score = distance.min(size) / (1.0 + 2.0 * share);
    if over && !two_rows && !leaning {
        return Some((score, false));
    }
    // Side by side, two digits have about the height of one of them.
    let taller = both.height() as f32 >= 1.3 * high;
    let halves = high <= 0.7 * tall && both.height() as f32 <= 1.25 * tall;
    let goes_on = taller && distance <= if halves { 0.15 * tall } else { 0.06 * size };
    if goes_on {
        return Some((score, false));
    }
    if whole {
        return closes(contact?, both.height() as f32, both.width() as f32)
            .then_some((score, true));
    }
    let part = small.side() as f32 / size;
    let own = spacing.map_or(0.0, |spacing| 0.6 * spacing);
    let limit = match part {
        ..=0.45 => own.clamp(0.12 * size, 0.3 * size),
        ..=0.6 => own.clamp(0.12 * size, 0.2 * size),
        ..=0.75 => 0.07 * size,
        _ => 0.0,
    };
    (distance <= limit && !two_rows).then_some((score, distance > 0.12 * size))
}

/// Whether two strokes as high as a digit are the two sides of one: near each
/// other in two places, far in between.
fn closes(contact: &Contact, height: f32, width: f32) -> bool {
    let span = match (contact.rows.first(), contact.rows.last()) {
        (Some(first), Some(last)) => (last - first) as f32,
        _ => return false,
    };
    span >= 0.4 * height && contact.rows.len() as f32 <= 0.5 * span && width <= height
}
