//! The colours of figures: the theme's, and those of curves, which readers who do
//! not tell red from green tell apart by their lightness.

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

pub(super) use crate::display::theme::{BLUE, Color, EDGE, GREY, INK, PAPER, RULE, VERMILION};

/// What images are drawn on: paper that no ink has touched.
pub(super) const BLANK: Color = Color::new(0xffffff, 0x000000);

/// The colours of successive curves.
pub(super) const CURVES: [Color; 7] = [
    BLUE,
    VERMILION,
    Color::new(0x008f6b, 0x2fc79c),
    Color::new(0xb8509a, 0xe59ac8),
    Color::new(0x6b4e00, 0xf2e08a),
    Color::new(0x6a4cc8, 0xb3a2ff),
    INK,
];

/// The colour of curve `i`; they repeat after the seventh.
pub(super) fn curve(i: usize) -> Color {
    CURVES[i % CURVES.len()]
}

/// The numbers of the colours of `names` in one figure: that which a name had in an
/// earlier one, as long as no other name of this figure has it.
///
/// A network has one colour in all figures of a notebook.
pub(super) fn numbers(names: &[&str]) -> Vec<usize> {
    static KNOWN: OnceLock<Mutex<HashMap<String, usize>>> = OnceLock::new();
    let known = KNOWN.get_or_init(Mutex::default);
    assign(&mut known.lock().unwrap_or_else(PoisonError::into_inner), names)
}

fn assign(known: &mut HashMap<String, usize>, names: &[&str]) -> Vec<usize> {
    let mut given: Vec<Option<usize>> = Vec::new();
    for name in names {
        let old = known.get(*name).copied();
        given.push(old.filter(|number| !given.contains(&Some(*number))));
    }
    for i in 0..names.len() {
        if given[i].is_none() {
            given[i] = (0..=names.len()).find(|number| !given.contains(&Some(*number)));
        }
        if !names[i].is_empty() {
            known.entry(names[i].to_owned()).or_insert(given[i].unwrap_or(i));
        }
    }
    given.into_iter().enumerate().map(|(i, number)| number.unwrap_or(i)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_stand_out_in_both_themes() {
        for color in CURVES {
            assert!(color.light.contrast(PAPER.light) >= 3.0, "{color:?}");
            assert!(color.dark.contrast(PAPER.dark) >= 3.0, "{color:?}");
        }
    }

    #[test]
    fn a_name_keeps_its_colour() {
        let mut known = HashMap::new();
        assert_eq!(assign(&mut known, &["a", "b", "c"]), [0, 1, 2]);
        assert_eq!(assign(&mut known, &["c", "a"]), [2, 0]);
        assert_eq!(assign(&mut known, &["d", "b"]), [0, 1]);
        assert_eq!(assign(&mut known, &["a", "d", "b"]), [0, 2, 1]);
        assert_eq!(assign(&mut known, &["", "", "a"]), [1, 2, 0]);
    }
}
