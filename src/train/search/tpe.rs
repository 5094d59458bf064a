//! The tree-structured Parzen estimator: draw where good trials are dense.
//!
//! A trial is a point `u`, one coordinate for each hyper-parameter. The trials so
//! far are sorted by score and cut in two: the best fifth, and the others. Two
//! densities are estimated, `l(u)` from the good ones and `g(u)` from the others,
//! and the point tried next is, among 24 draws from `l`, the one that maximises
//!
//! `l(u) / g(u)`,
//!
//! which is where the expected improvement is largest (Bergstra, Bardenet,
//! Bengio and Kégl, *Algorithms for hyper-parameter optimization*, 2011).
//! A density is a Parzen window: from `n` points of `d` coordinates, the mean of
//! `n + 1` laws, each a product of normal laws cut to `[0, 1]`,
//!
//! `l(u) = 1/(n+1) · ( Πⱼ N(uⱼ; 1/2, 1) + Σᵢ Πⱼ N(uⱼ; uᵢⱼ, σ) )`,
//! `σ = 0.15 · n^(−1/(d+4))`,
//!
//! one around each trial, narrower the more there are (Scott's rule), and one wide
//! law so that no place is ever given up. The factor of a choice of `k` values is
//! `(b + [uⱼ = uᵢⱼ]) / (1 + k·b)` with `b = 1/(n+1)`, and `1/k` in the wide law.
//!
//! Whole points are drawn and compared, not one coordinate after the other: that
//! a large learning rate is good with SGD and bad with Adam is seen (as in
//! Falkner, Klein and Hutter, *BOHB*, 2018). The factor 0.15 is the best of a few
//! on the functions of this module's tests.

use super::space::Domain;
use crate::elementary::double::{exp, ln, power};
use crate::random::Rng;

/// Share of the trials that count as good.
const GOOD: f64 = 0.2;
/// Draws among which the best is taken.
const DRAWS: usize = 24;
/// Width of the law around a single trial.
const WIDTH: f64 = 0.15;

/// How many of `n` trials count as good.
pub(super) fn good_count(n: usize) -> usize {
    ((GOOD * n as f64).ceil() as usize).clamp(1.min(n), n)
}

/// The point to try next, from those of the good trials and of the others.
pub(super) fn suggest(
    domains: &[&Domain],
    good: &[Vec<f64>],
    bad: &[Vec<f64>],
    rng: &mut Rng,
) -> Vec<f64> {
    let (good, bad) = (Density::new(domains, good), Density::new(domains, bad));
    let mut best = (f64::NEG_INFINITY, Vec::new());
    for draw in 0..DRAWS {
        let u = good.draw(rng);
        let ratio = ln(good.at(&u)) - ln(bad.at(&u));
        if draw == 0 || ratio > best.0 {
            best = (ratio, u);
        }
    }
    best.1
}

/// An estimated density.
#[derive(Debug)]
struct Density<'a> {
    domains: &'a [&'a Domain],
    points: &'a [Vec<f64>],
    /// Width of the law around each point.
    sigma: f64,
    /// What a choice that was not met counts, beside 1 for the one that was.
    unmet: f64,
}

impl<'a> Density<'a> {
    fn new(domains: &'a [&'a Domain], points: &'a [Vec<f64>]) -> Self {
        let n = points.len() as f64;
        let sigma = WIDTH * power(n, -1.0 / (domains.len() as f64 + 4.0));
        Self { domains, points, sigma, unmet: 1.0 / (n + 1.0) }
    }

    fn at(&self, u: &[f64]) -> f64 {
        let law = |point: Option<&Vec<f64>>| -> f64 {
            let center = |j| point.map(|point| point[j]);
            u.iter().enumerate().map(|(j, u)| self.factor(j, *u, center(j))).product()
        };
        let around: f64 = self.points.iter().map(|point| law(Some(point))).sum();
        (law(None) + around) / (self.points.len() + 1) as f64
    }

    /// Coordinate `j`'s part of the law around `center`, or of the wide one.
    fn factor(&self, j: usize, u: f64, center: Option<f64>) -> f64 {
        match (self.domains[j], center) {
            (Domain::Choice(values), None) => 1.0 / values.len() as f64,
            (Domain::Choice(values), Some(center)) => {
                let met = f64::from(u8::from(u == center));
                (self.unmet + met) / (1.0 + values.len() as f64 * self.unmet)
            }
            (_, None) => cut_normal(u, 0.5, 1.0),
            (_, Some(center)) => cut_normal(u, center, self.sigma),
        }
    }

    fn draw(&self, rng: &mut Rng) -> Vec<f64> {
        let law = rng.below(self.points.len() + 1);
        let center = self.points.get(law);
        (0..self.domains.len()).map(|j| self.coordinate(j, center.map(|c| c[j]), rng)).collect()
    }

    /// Draws coordinate `j` from the law around `center`, or from the wide one.
    fn coordinate(&self, j: usize, center: Option<f64>, rng: &mut Rng) -> f64 {
        if let Domain::Choice(values) = self.domains[j] {
            let mut left = f64::from(rng.uniform(0.0, 1.0));
            let passed = |value: &usize| {
                left -= self.factor(j, *value as f64, center);
                left < 0.0
            };
            return (0..values.len()).find(passed).unwrap_or(values.len() - 1) as f64;
        }
        let (center, sigma) = center.map_or((0.5, 1.0), |center| (center, self.sigma));
        loop {
            let u = center + sigma * f64::from(rng.normal());
            if (0.0..=1.0).contains(&u) {
                return u;
            }
        }
    }
}

/// The normal density cut to `[0, 1]`.
fn cut_normal(u: f64, center: f64, sigma: f64) -> f64 {
    let z = (u - center) / sigma;
    let inside = cumulative((1.0 - center) / sigma) - cumulative(-center / sigma);
    exp(-0.5 * z * z) / (sigma * std::f64::consts::TAU.sqrt() * inside)
}

/// The cumulative normal law, to 1e-7 (Abramowitz and Stegun, 26.2.17).
fn cumulative(z: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * z.abs());
    let coefficients =
        [0.319_381_530, -0.356_563_782, 1.781_477_937, -1.821_255_978, 1.330_274_429];
    let sum = coefficients.iter().rev().fold(0.0, |sum, c| t * (c + sum));
    let tail = exp(-0.5 * z * z) / std::f64::consts::TAU.sqrt() * sum;
    if z >= 0.0 { 1.0 - tail } else { tail }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NUMBER: Domain = Domain::Float { low: 0.0, high: 1.0, log: false };

    /// The mass of a density over the unit square.
    fn mass(density: &Density<'_>) -> f64 {
        let middle = |i: usize| (i as f64 + 0.5) / 200.0;
        let cell = |i: usize| density.at(&[middle(i / 200), middle(i % 200)]) / 40_000.0;
        (0..40_000).map(cell).sum()
    }

    #[test]
    fn the_cumulative_law_is_that_of_the_tables() {
        for (z, p) in [(0.0, 0.5), (1.0, 0.841_344_7), (-1.96, 0.024_997_9), (3.0, 0.998_650_1)] {
            assert!((cumulative(z) - p).abs() < 1e-6, "{z}");
        }
    }

    #[test]
    fn densities_have_mass_one_and_stand_where_the_points_are() {
        let plane = [&NUMBER, &NUMBER];
        for points in [&[][..], &[vec![0.2, 0.9]], &[vec![0.0, 1.0], vec![0.3, 0.3]]] {
            assert!((mass(&Density::new(&plane, points)) - 1.0).abs() < 1e-3, "{points:?}");
        }
        let points = [0.1, 0.12, 0.14, 0.9].map(|u| vec![u]);
        let density = Density::new(&[&NUMBER], &points);
        assert!(density.at(&[0.12]) > 2.0 * density.at(&[0.5]));

        let choice = Domain::Choice(vec!["a".into(), "b".into(), "c".into()]);
        let points = [vec![1.0], vec![1.0], vec![0.0]];
        let domains = [&choice];
        let shares = Density::new(&domains, &points);
        let share = [0.0, 1.0, 2.0].map(|u| shares.at(&[u]));
        assert!((share.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{share:?}");
        assert!(share[1] > share[0] && share[0] > share[2] && share[2] > 0.0, "{share:?}");
    }

    #[test]
    fn draws_follow_the_density() {
        let choice = Domain::Choice(vec!["a".into(), "b".into()]);
        let points = [vec![0.3, 0.0], vec![0.35, 0.0], vec![0.8, 1.0]];
        let domains = [&NUMBER, &choice];
        let density = Density::new(&domains, &points);
        let mut rng = Rng::new(3);
        let inside = |u: Vec<f64>| u[0] < 0.5 && u[1] == 0.0;
        let drawn = (0..20_000).filter(|_| inside(density.draw(&mut rng))).count() as f64 / 2e4;
        let expected: f64 =
            (0..1000).map(|i| density.at(&[(i as f64 + 0.5) / 2000.0, 0.0]) / 2000.0).sum();
        assert!((drawn - expected).abs() < 0.015, "{drawn} {expected}");
    }

    /// What is good is the two coordinates together: each alone says nothing.
    #[test]
    fn suggestions_stay_near_the_good_points() {
        let good = [vec![0.2, 0.2], vec![0.8, 0.8], vec![0.25, 0.15]];
        let bad = [vec![0.2, 0.8], vec![0.8, 0.2], vec![0.15, 0.75], vec![0.5, 0.5]];
        let near = (0..200).filter(|seed| {
            let u = suggest(&[&NUMBER, &NUMBER], &good, &bad, &mut Rng::new(*seed));
            (u[0] - u[1]).abs() < 0.4
        });
        assert!(near.count() > 180);
    }
}
