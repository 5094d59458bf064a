//! The curve of the learning-rate finder.

use super::chart::LineChart;
use super::figure::Figure;
use crate::Result;
use crate::train::RateCurve;

impl RateCurve {
    /// Loss against learning rate, on a logarithmic scale, with the suggestion.
    ///
    /// # Errors
    /// When the very first loss was not a number.
    pub fn plot(&self) -> Result<Figure> {
        let pairs =
            |losses: &[f64]| self.rates.iter().copied().zip(losses.iter().copied()).collect();
        let (raw, smooth): (Vec<_>, Vec<_>) = (pairs(&self.losses), pairs(&self.smoothed));
        let top = self.smoothed.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let raw: Vec<(f64, f64)> = raw.into_iter().map(|(x, y)| (x, y.min(1.1 * top))).collect();
        LineChart::new(&format!("Perte selon le taux d'apprentissage, « {} »", self.name))
            .axes("taux d'apprentissage", "perte")
            .log_x()
            .line("perte lissée", &smooth)
            .smooth()
            .points("perte de chaque lot", &raw)
            .mark_x(self.suggestion(), "taux suggéré")
            .figure()
    }

    /// Shows the curve below the cell (evcxr calls it on the last expression).
    pub fn evcxr_display(&self) {
        if let Ok(figure) = self.plot() {
            figure.evcxr_display();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_suggestion_is_marked() {
        let rates: Vec<f64> = (0..50).map(|i| 1e-5 * 1.3f64.powi(i)).collect();
        let losses: Vec<f64> = (0..50).map(|i| (f64::from(i) - 30.0).powi(2) / 300.0).collect();
        let smoothed = losses.clone();
        let curve = RateCurve { name: "a".into(), rates, losses, smoothed };
        assert!((curve.suggestion() - 1e-6 * 1.3f64.powi(30)).abs() < 1e-12);
        let svg = curve.plot().unwrap().svg();
        assert!(svg.contains("taux suggéré") && svg.contains("10⁻³"));
    }
}
