//! How near strokes come to each other.
//!
//! Every pixel of the paper belongs to the nearest stroke; where two such
//! regions meet, the distance between the two strokes is known. So only strokes
//! with nothing between them are compared, in one pass over the picture.

use std::collections::{BTreeSet, HashMap};

/// Where two strokes face each other.
#[derive(Clone, Debug)]
pub(super) struct Contact {
    /// The shortest distance, in pixels.
    pub distance: f32,
    /// The rows in which they are near.
    pub rows: BTreeSet<usize>,
}

/// The contacts of a picture, by the labels of the strokes.
pub(super) struct Contacts(HashMap<(u32, u32), Contact>);

impl Contacts {
    /// The contacts between the labels `kept`, up to `reach` pixels; those of
    /// up to `near` pixels note their rows.
    pub fn new(labels: &[u32], width: usize, kept: &[u32], reach: f32, near: f32) -> Self {
        let height = labels.len() / width;
        let kept: std::collections::HashSet<u32> = kept.iter().copied().collect();
        // For each pixel, the stroke's pixel that it was reached from.
        let mut source = vec![u32::MAX; labels.len()];
        let mut queue = std::collections::VecDeque::new();
        for (i, label) in labels.iter().enumerate() {
            if kept.contains(label) {
                source[i] = i as u32;
                queue.push_back(i);
            }
        }
        let apart = |a: usize, b: usize| {
            let (dx, dy) = ((a % width).abs_diff(b % width), (a / width).abs_diff(b / width));
            (dx as f32).hypot(dy as f32)
        };
        let mut found: HashMap<(u32, u32), Contact> = HashMap::new();
        while let Some(i) = queue.pop_front() {
            let from = source[i] as usize;
            let (x, y) = (i % width, i / width);
            for ny in y.saturating_sub(1)..(y + 2).min(height) {
                for nx in x.saturating_sub(1)..(x + 2).min(width) {
                    let next = ny * width + nx;
                    if source[next] == u32::MAX {
                        if apart(from, next) <= 0.5 * reach + 1.0 {
                            source[next] = from as u32;
                            queue.push_back(next);
                        }
                        continue;
                    }
                    let other = source[next] as usize;
                    let (a, b) = (labels[from], labels[other]);
                    let distance = apart(from, other);
                    if a == b || distance > reach {
                        continue;
                    }
                    let contact = found
                        .entry((a.min(b), a.max(b)))
                        .or_insert(Contact { distance, rows: BTreeSet::new() });
                    contact.distance = contact.distance.min(distance);
                    if distance <= near {
                        contact.rows.insert(y);
                    }
                }
            }
        }
        Self(found)
    }

    /// The contact between two sets of strokes.
    pub fn between(&self, a: &[u32], b: &[u32]) -> Option<Contact> {
        let pairs = a.iter().flat_map(|&a| b.iter().map(move |&b| (a.min(b), a.max(b))));
        pairs.filter_map(|pair| self.0.get(&pair)).fold(None, |sum: Option<Contact>, contact| {
            let mut sum = sum.unwrap_or_else(|| contact.clone());
            sum.distance = sum.distance.min(contact.distance);
            sum.rows.extend(&contact.rows);
            Some(sum)
        })
    }
}
