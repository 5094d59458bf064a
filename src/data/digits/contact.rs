//! How near strokes come to each other.
//!
//! Every pixel of the paper belongs to the nearest stroke; where two such
//! regions meet, the distance between the two strokes is known. So only strokes
//! with nothing between them are compared, in one pass over the picture.

use std::collections::{BTreeSet, HashMap, VecDeque};

use super::components::Group;

/// Where two strokes face each other.
#[derive(Clone, Debug)]
pub(super) struct Contact {
    /// The shortest distance, in pixels.
    pub distance: f32,
    /// The rows in which they are near.
    pub rows: BTreeSet<usize>,
}

/// The contacts of a picture, by the numbers of the strokes.
pub(super) struct Contacts {
    /// How many strokes there are.
    strokes: usize,
    /// One row a stroke; each contact stands twice.
    table: Vec<Option<Contact>>,
}

impl Contacts {
    /// The contacts between `groups` up to `reach` pixels; those of up to `near`
    /// pixels note their rows.
    pub fn new(labels: &[u32], width: usize, groups: &[Group], reach: f32, near: f32) -> Self {
        let height = labels.len() / width;
        let mut numbers: HashMap<u32, usize> = HashMap::new();
        for (i, group) in groups.iter().enumerate() {
            numbers.extend(group.labels.iter().map(|&label| (label, i)));
        }
        // For each pixel, the stroke's pixel that it was reached from.
        let mut source = vec![u32::MAX; labels.len()];
        let mut queue = VecDeque::new();
        for (i, label) in labels.iter().enumerate() {
            if *label != 0 && numbers.contains_key(label) {
                source[i] = i as u32;
                queue.push_back(i);
            }
        }
        let apart = |a: usize, b: usize| {
            let (dx, dy) = ((a % width).abs_diff(b % width), (a / width).abs_diff(b / width));
            (dx as f32).hypot(dy as f32)
        };
        let mut found: HashMap<(usize, usize), Contact> = HashMap::new();
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
                    let (a, b) = (numbers[&labels[from]], numbers[&labels[other]]);
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
        let mut contacts = Self { strokes: groups.len(), table: vec![None; groups.len().pow(2)] };
        for ((a, b), contact) in found {
            contacts.table[a * groups.len() + b] = Some(contact.clone());
            contacts.table[b * groups.len() + a] = Some(contact);
        }
        contacts
    }

    /// The contact between two strokes.
    pub fn between(&self, a: usize, b: usize) -> Option<&Contact> {
        self.table[a * self.strokes + b].as_ref()
    }

    /// Gives the contacts of `b` to `a`, of which it is now a part.
    pub fn join(&mut self, a: usize, b: usize) {
        for other in (0..self.strokes).filter(|&other| other != a && other != b) {
            let Some(contact) = self.table[b * self.strokes + other].take() else { continue };
            self.table[other * self.strokes + b] = None;
            let joined = match self.table[a * self.strokes + other].take() {
                Some(mut own) => {
                    own.distance = own.distance.min(contact.distance);
                    own.rows.extend(contact.rows);
                    own
                }
                None => contact,
            };
            self.table[other * self.strokes + a] = Some(joined.clone());
            self.table[a * self.strokes + other] = Some(joined);
        }
    }
}
