//! Curves that coincide: the one below is drawn wider, so that both are seen.

use super::draw::Curve;
use super::ticks::Axis;
use super::words::is_finite;

/// How near two curves are one, in pixels.
const NEAR: f64 = 1.2;
/// Most curves that are seen below another.
const MOST: usize = 3;

/// Says of each curve how many of the later ones cover a part of it, and returns
/// the pairs that do, by name. The chart is `height` pixels high.
pub(super) fn find(curves: &mut [Curve], y: &Axis, height: f64) -> Vec<(String, String)> {
    let near = NEAR * (y.high - y.low) / height;
    let mut pairs = Vec::new();
    for i in 0..curves.len() {
        let (before, after) = curves.split_at_mut(i + 1);
        let curve = &mut before[i];
        if !curve.joined {
            continue;
        }
        let covering: Vec<&Curve> =
            after.iter().filter(|c| c.joined && covers(c, curve, near)).collect();
        curve.below = covering.len().min(MOST);
        // The validation of a network below its training has its colour: paler here.
        curve.pale = covering.iter().any(|c| c.color == curve.color);
        let names = covering.iter().map(|c| (curve.name.clone(), c.name.clone()));
        pairs.extend(names.filter(|(a, b)| !a.is_empty() && !b.is_empty()));
    }
    pairs
}

/// Whether `upper` runs along two fifths of the points of `lower`, two at least.
fn covers(upper: &Curve, lower: &Curve, near: f64) -> bool {
    let points: Vec<_> = lower.points.iter().filter(|p| is_finite(p)).collect();
    let same = points.iter().filter(|(x, y)| {
        // Points stand in the order of x, at the same x in most charts.
        let found = upper.points.partition_point(|p| p.0 < *x);
        upper.points.get(found).is_some_and(|p| p.0 == *x && (p.1 - y).abs() <= near)
    });
    let same = same.count();
    same >= 2 && 5 * same >= 2 * points.len()
}
