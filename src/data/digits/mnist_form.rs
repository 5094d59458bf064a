//! Pictures that are in MNIST's form already: 28×28, white on black, the digit
//! 20 pixels high or wide, centred by its mass.

use super::plane::Plane;
use crate::data::mnist::SIDE;

/// What is darker is background, in a file whose compression loses a little.
const GROUND: f32 = 0.12;

/// The picture as MNIST would hold it, if it is in that form, or in that form
/// but for black and white exchanged (`inverted`).
pub(super) fn as_mnist(grey: &Plane) -> Option<(Plane, bool)> {
    if (grey.width, grey.height) != (SIDE, SIDE) {
        return None;
    }
    if is_mnist(grey) {
        return Some((grey.clone(), false));
    }
    let inverted = grey.map(|value| 1.0 - value);
    is_mnist(&inverted).then_some((inverted, true))
}

fn is_mnist(image: &Plane) -> bool {
    let inked = || (0..SIDE * SIDE).filter(|&i| image.values[i] > GROUND);
    let extent = |of: fn(usize) -> usize| {
        let (first, last) = (inked().map(of).min()?, inked().map(of).max()?);
        Some(last + 1 - first)
    };
    let (Some(width), Some(height)) = (extent(|i| i % SIDE), extent(|i| i / SIDE)) else {
        return false;
    };
    let mass: f32 = image.values.iter().sum();
    let centre = |of: fn(usize) -> usize| {
        image.values.iter().enumerate().map(|(i, v)| v * of(i) as f32).sum::<f32>() / mass
    };
    let centred = |at: f32| (at - (SIDE as f32 - 1.0) / 2.0).abs() <= 1.5;
    // The foot of a 7, whose mass is high up, may reach the border.
    let outermost = |p: usize| p == 0 || p == SIDE - 1;
    let on_border = inked().filter(|i| outermost(i % SIDE) || outermost(i / SIDE)).count();
    (17..=21).contains(&width.max(height))
        && on_border <= 10
        && centred(centre(|i| i % SIDE))
        && centred(centre(|i| i / SIDE))
        && image.values.iter().any(|&value| value > 0.6)
}
