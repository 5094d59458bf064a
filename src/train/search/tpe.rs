//! The tree-structured Parzen estimator: draw where good trials are dense.
//!
//! The trials so far are sorted by score and cut in two: the best fifth, and
//! the others. For each hyper-parameter two densities are estimated, `l(u)` from
//! the good ones and `g(u)` from the others, and the value tried next is, among
//! 24 draws from `l`, the one that maximises
//!
//! `l(u) / g(u)`,
//!
//! which is where the expected improvement is largest (Bergstra, Bardenet,
//! Bengio and Kégl, *Algorithms for hyper-parameter optimization*, 2011).
//! A density is a Parzen window: the mean of normal laws cut to `[0, 1]`,
//!
//! `l(u) = 1/(n+1) · ( N(u; 1/2, 1) + Σᵢ N(u; uᵢ, σᵢ) )`,
//!
//! one around each trial, as wide as the gap to its farther neighbour, and one
//! wide law so that no place is ever given up. For a choice, the share of each
//! value, counted once more than it was met. Hyper-parameters are treated one
//! by one: their interactions are not seen.

use super::space::Domain;
use crate::random::Rng;

/// Share of the trials that count as good.
const GOOD: f64 = 0.2;
/// Draws among which the best is taken.
const DRAWS: usize = 24;

/// How many of `n` trials count as good.
pub(super) fn good_count(n: usize) -> usize {
    ((GOOD * n as f64).ceil() as usize).clamp(1.min(n), n)
}

/// The coordinate to try next for one hyper-parameter, from those of the good
/// trials and of the others.
pub(super) fn suggest(domain: &Domain, good: &[f64], bad: &[f64], rng: &mut Rng) -> f64 {
    let (good, bad) = (Density::new(domain, good), Density::new(domain, bad));
    let mut best = (f64::NEG_INFINITY, 0.5);
    for _ in 0..DRAWS {
        let u = good.draw(rng);
        let ratio = good.at(u).ln() - bad.at(u).ln();
        if ratio > best.0 {
            best = (ratio, u);
        }
    }
    best.1
}

/// An estimated density.
#[derive(Debug)]
enum Density {
    /// Centres and widths of the windows.
    Windows(Vec<(f64, f64)>),
    /// Share of each choice.
    Shares(Vec<f64>),
}

impl Density {
    fn new(domain: &Domain, points: &[f64]) -> Self {
        let Domain::Choice(values) = domain else {
            return Self::Windows(windows(points));
        };
        let mut shares = vec![1.0; values.len()];
        for point in points {
            shares[*point as usize] += 1.0;
        }
        let total: f64 = shares.iter().sum();
        Self::Shares(shares.iter().map(|s| s / total).collect())
    }

    fn at(&self, u: f64) -> f64 {
        match self {
            Self::Shares(shares) => shares[u as usize],
            Self::Windows(windows) => {
                let sum: f64 = windows.iter().map(|(c, s)| cut_normal(u, *c, *s)).sum();
                sum / windows.len() as f64
            }
        }
    }

    fn draw(&self, rng: &mut Rng) -> f64 {
        match self {
            Self::Shares(shares) => {
                let mut left = f64::from(rng.uniform(0.0, 1.0));
                let passed = |share: &f64| {
                    left -= share;
                    left < 0.0
                };
                shares.iter().position(passed).unwrap_or(shares.len() - 1) as f64
            }
            Self::Windows(windows) => {
                let (center, sigma) = windows[rng.below(windows.len())];
                loop {
                    let u = center + sigma * f64::from(rng.normal());
                    if (0.0..=1.0).contains(&u) {
                        return u;
                    }
                }
            }
        }
    }
}

/// A window around each point, and the wide one.
fn windows(points: &[f64]) -> Vec<(f64, f64)> {
    let mut sorted = points.to_vec();
    sorted.sort_by(f64::total_cmp);
    let narrowest = 1.0 / (1.0 + points.len() as f64).min(100.0);
    let mut windows = vec![(0.5, 1.0)];
    for (i, center) in sorted.iter().enumerate() {
        let left = if i == 0 { 0.0 } else { sorted[i - 1] };
        let right = sorted.get(i + 1).copied().unwrap_or(1.0);
        let sigma = (center - left).max(right - center);
        windows.push((*center, sigma.clamp(narrowest, 1.0)));
    }
    windows
}

/// The normal density cut to `[0, 1]`.
fn cut_normal(u: f64, center: f64, sigma: f64) -> f64 {
    let z = (u - center) / sigma;
    let inside = cumulative((1.0 - center) / sigma) - cumulative(-center / sigma);
    (-0.5 * z * z).exp() / (sigma * std::f64::consts::TAU.sqrt() * inside)
}

/// The cumulative normal law, to 1e-7 (Abramowitz and Stegun, 26.2.17).
fn cumulative(z: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * z.abs());
    let coefficients =
        [0.319_381_530, -0.356_563_782, 1.781_477_937, -1.821_255_978, 1.330_274_429];
    let sum = coefficients.iter().rev().fold(0.0, |sum, c| t * (c + sum));
    let tail = (-0.5 * z * z).exp() / std::f64::consts::TAU.sqrt() * sum;
    if z >= 0.0 { 1.0 - tail } else { tail }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NUMBER: Domain = Domain::Float { low: 0.0, high: 1.0, log: false };

    /// The mass of a density over `[0, 1]`.
    fn mass(density: &Density) -> f64 {
        (0..2000).map(|i| density.at((i as f64 + 0.5) / 2000.0) / 2000.0).sum()
    }

    #[test]
    fn the_cumulative_law_is_that_of_the_tables() {
        for (z, p) in [(0.0, 0.5), (1.0, 0.841_344_7), (-1.96, 0.024_997_9), (3.0, 0.998_650_1)] {
            assert!((cumulative(z) - p).abs() < 1e-6, "{z}");
        }
    }

    #[test]
    fn densities_have_mass_one_and_stand_where_the_points_are() {
        for points in [&[][..], &[0.2], &[0.0, 0.25, 0.3, 1.0]] {
            assert!((mass(&Density::new(&NUMBER, points)) - 1.0).abs() < 1e-3, "{points:?}");
        }
        let density = Density::new(&NUMBER, &[0.1, 0.12, 0.14, 0.9]);
        assert!(density.at(0.12) > 2.0 * density.at(0.5));
        let shares = Density::new(&Domain::Choice(vec!["a".into(), "b".into()]), &[1.0, 1.0]);
        assert!((shares.at(0.0) - 0.25).abs() < 1e-12 && (shares.at(1.0) - 0.75).abs() < 1e-12);
    }

    #[test]
    fn draws_follow_the_density() {
        let density = Density::new(&NUMBER, &[0.3, 0.35, 0.8]);
        let mut rng = Rng::new(3);
        let below = (0..20_000).filter(|_| density.draw(&mut rng) < 0.5).count() as f64 / 2e4;
        let expected: f64 = (0..1000).map(|i| density.at((i as f64 + 0.5) / 2000.0) / 2000.0).sum();
        assert!((below - expected).abs() < 0.015, "{below} {expected}");
    }

    #[test]
    fn suggestions_stay_near_the_good_ones() {
        let (good, bad) = ([0.7, 0.75, 0.72], [0.1, 0.2, 0.3, 0.4, 0.5, 0.9]);
        let near = (0..200).filter(|seed| {
            let u = suggest(&NUMBER, &good, &bad, &mut Rng::new(*seed));
            (0.6..0.85).contains(&u)
        });
        assert!(near.count() > 180);
    }
}
