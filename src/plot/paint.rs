//! Which colour and which mark each curve of a chart has.

use super::draw::{Curve, Mark};
use super::palette::{curve, numbers};

/// Where a curve has its colour and its mark from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paint {
    /// Its name, or else its rank.
    Own,
    /// Curve `i`.
    Like(usize),
    /// A number of the palette.
    Number(usize),
}

/// The curves with their colours and marks.
pub(super) fn painted(curves: &[(Curve, Paint)]) -> Vec<Curve> {
    let own = || (0..curves.len()).filter(|i| curves[*i].1 == Paint::Own);
    let names: Vec<&str> = own().map(|i| curves[i].0.name.as_str()).collect();
    let mut given: Vec<usize> = (0..curves.len()).collect();
    for (i, number) in own().zip(numbers(&names)) {
        given[i] = number;
    }
    let painted = curves.iter().enumerate().map(|(i, (drawn, paint))| {
        let number = match *paint {
            Paint::Own => given[i],
            Paint::Number(number) => number,
            Paint::Like(other) => match curves.get(other) {
                Some((_, Paint::Own)) => given[other],
                _ => other,
            },
        };
        Curve { color: curve(number), mark: Mark::of(number), ..drawn.clone() }
    });
    painted.collect()
}
