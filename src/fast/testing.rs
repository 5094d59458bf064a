//! What the tests of this storey and the next share.

use crate::random::Rng;

/// Numbers uniform in [-1, 1).
pub(crate) fn draw(rng: &mut Rng, len: usize) -> Vec<f32> {
    (0..len).map(|_| rng.uniform(-1.0, 1.0)).collect()
}

/// The largest difference, relative to the largest expected value (or 1).
pub(crate) fn distance(found: &[f32], expected: &[f32]) -> f32 {
    assert_eq!(found.len(), expected.len());
    let scale = expected.iter().fold(1f32, |scale, e| scale.max(e.abs()));
    let differences = found.iter().zip(expected).map(|(f, e)| (f - e).abs());
    differences.fold(0.0, |worst, d| if d <= worst { worst } else { d }) / scale
}

/// Asserts that two arrays agree to `tolerance`, as [`distance`] measures it.
#[track_caller]
pub(crate) fn assert_close(what: &str, found: &[f32], expected: &[f32], tolerance: f32) {
    let distance = distance(found, expected);
    assert!(distance <= tolerance, "{what}: {distance} > {tolerance}");
}
