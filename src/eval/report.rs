//! The classification report: precision, recall and f1 of each class.
//!
//! With `tp` the examples of a class recognised as such (the diagonal), `tp +
//! fp` those predicted to be of it (its column) and `tp + fn` those that are
//! (its row):
//!
//! `precision = tp / (tp + fp)`, `recall = tp / (tp + fn)`,
//! `f1 = 2·tp / (2·tp + fp + fn)`
//!
//! Where the denominator is zero the value is zero, as in scikit-learn. The
//! macro average is the mean over the classes, the weighted one counts each
//! class by its support. Classes met neither as labels nor as predictions are
//! left out.

use std::fmt;

use candle_core::Tensor;

use super::ConfusionMatrix;
use crate::Result;

/// The figures of one class, or of an average.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scores {
    /// Of what was predicted to be of this class, the share that is.
    pub precision: f64,
    /// Of what is of this class, the share that was found.
    pub recall: f64,
    /// The harmonic mean of precision and recall.
    pub f1: f64,
    /// The number of examples that are of this class.
    pub support: usize,
}

/// Precision, recall and f1 of each class with their averages, as
/// scikit-learn's `classification_report` defines them.
///
/// ```
/// use mnist_tp::prelude::*;
/// let truth = Tensor::new(&[0u8, 1, 1, 2], &Device::Cpu)?;
/// let guess = Tensor::new(&[0u32, 1, 2, 2], &Device::Cpu)?;
/// let report = ClassificationReport::new(&truth, &guess)?;
/// assert_eq!(report.class(1).map(|s| s.recall), Some(0.5));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct ClassificationReport {
    /// Each class met, with its figures.
    pub classes: Vec<(usize, Scores)>,
    /// The share of right answers.
    pub accuracy: f64,
    /// The mean over the classes.
    pub macro_average: Scores,
    /// The mean over the classes, each weighing its support.
    pub weighted_average: Scores,
}

impl ClassificationReport {
    /// The report of `predictions` `[n]` against `labels` `[n]` (true).
    ///
    /// # Errors
    /// Those of [`ConfusionMatrix::new`].
    pub fn new(labels: &Tensor, predictions: &Tensor) -> Result<Self> {
        Ok(Self::from_matrix(&ConfusionMatrix::new(labels, predictions)?))
    }

    /// The report of a confusion matrix.
    pub fn from_matrix(matrix: &ConfusionMatrix) -> Self {
        let ratio = |a: usize, b: usize| if b == 0 { 0.0 } else { a as f64 / b as f64 };
        let classes: Vec<(usize, Scores)> = (0..matrix.classes())
            .map(|c| (c, matrix.count(c, c), matrix.predicted(c), matrix.support(c)))
            .filter(|(_, _, predicted, support)| predicted + support > 0)
            .map(|(class, right, predicted, support)| {
                let scores = Scores {
                    precision: ratio(right, predicted),
                    recall: ratio(right, support),
                    f1: ratio(2 * right, predicted + support),
                    support,
                };
                (class, scores)
            })
            .collect();
        let average = |weight: &dyn Fn(&Scores) -> f64| {
            let sum: f64 = classes.iter().map(|(_, s)| weight(s)).sum();
            let mean = |value: fn(&Scores) -> f64| {
                classes.iter().map(|(_, s)| weight(s) * value(s)).sum::<f64>() / sum
            };
            Scores {
                precision: mean(|s| s.precision),
                recall: mean(|s| s.recall),
                f1: mean(|s| s.f1),
                support: matrix.total(),
            }
        };
        let macro_average = average(&|_| 1.0);
        let weighted_average = average(&|s| s.support as f64);
        Self { accuracy: matrix.accuracy(), macro_average, weighted_average, classes }
    }

    /// The figures of `class`, if it was met.
    pub fn class(&self, class: usize) -> Option<Scores> {
        self.classes.iter().find(|(c, _)| *c == class).map(|(_, scores)| *scores)
    }
}

impl fmt::Debug for ClassificationReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.table(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::Device;

    fn report(truth: &[u32], guess: &[u32]) -> ClassificationReport {
        let tensor = |v: &[u32]| Tensor::new(v, &Device::Cpu).unwrap();
        ClassificationReport::new(&tensor(truth), &tensor(guess)).unwrap()
    }

    fn near(scores: Scores, expected: (f64, f64, f64, usize)) {
        let (precision, recall, f1, support) = expected;
        for (a, b) in [(scores.precision, precision), (scores.recall, recall), (scores.f1, f1)] {
            assert!((a - b).abs() < 1e-14, "{scores:?} against {expected:?}");
        }
        assert_eq!(scores.support, support);
    }

    // The numbers below are those of scikit-learn 1.9.1:
    // >>> from sklearn.metrics import classification_report
    // >>> classification_report(t, p, output_dict=True, zero_division=0)

    #[test]
    fn a_case_with_an_absent_class_equals_scikit_learn() {
        // >>> t = [0, 1, 1, 1, 2, 2, 4]; p = [0, 1, 2, 2, 2, 0, 4]
        let r = report(&[0, 1, 1, 1, 2, 2, 4], &[0, 1, 2, 2, 2, 0, 4]);
        assert_eq!(r.classes.iter().map(|(c, _)| *c).collect::<Vec<_>>(), [0, 1, 2, 4]);
        near(r.class(0).unwrap(), (0.5, 1.0, 0.6666666666666666, 1));
        near(r.class(1).unwrap(), (1.0, 0.3333333333333333, 0.5, 3));
        near(r.class(2).unwrap(), (0.3333333333333333, 0.5, 0.4, 2));
        near(r.class(4).unwrap(), (1.0, 1.0, 1.0, 1));
        assert!((r.accuracy - 0.5714285714285714).abs() < 1e-15);
        near(r.macro_average, (0.7083333333333333, 0.7083333333333333, 0.6416666666666666, 7));
        near(r.weighted_average, (0.7380952380952381, 0.5714285714285714, 0.5666666666666667, 7));
    }

    #[test]
    fn divisions_by_zero_are_zero_as_in_scikit_learn() {
        // >>> t = [0, 0, 0]; p = [1, 1, 1]
        let r = report(&[0, 0, 0], &[1, 1, 1]);
        near(r.class(0).unwrap(), (0.0, 0.0, 0.0, 3));
        near(r.class(1).unwrap(), (0.0, 0.0, 0.0, 0));
        near(r.macro_average, (0.0, 0.0, 0.0, 3));
        near(r.weighted_average, (0.0, 0.0, 0.0, 3));
        // >>> t = [0, 1, 2, 2]; p = [0, 1, 1, 1]
        let r = report(&[0, 1, 2, 2], &[0, 1, 1, 1]);
        near(r.class(1).unwrap(), (0.3333333333333333, 1.0, 0.5, 1));
        near(r.macro_average, (0.4444444444444444, 0.6666666666666666, 0.5, 4));
        near(r.weighted_average, (0.3333333333333333, 0.5, 0.375, 4));
        // >>> t = [3, 3]; p = [3, 3]
        let r = report(&[3, 3], &[3, 3]);
        assert_eq!(r.classes.len(), 1);
        near(r.macro_average, (1.0, 1.0, 1.0, 2));
    }

    #[test]
    fn a_longer_case_equals_scikit_learn() {
        // >>> t = [(i * i + 3 * i) % 10 for i in range(200)]
        // >>> p = [t[i] if i % 4 else (i * 7) % 10 for i in range(200)]
        let truth: Vec<u32> = (0..200).map(|i| (i * i + 3 * i) % 10).collect();
        let guess: Vec<u32> =
            (0..200).map(|i| if i % 4 > 0 { truth[i] } else { (i * 7 % 10) as u32 }).collect();
        let r = report(&truth, &guess);
        near(r.class(0).unwrap(), (1.0, 0.875, 0.9333333333333333, 80));
        near(r.class(6).unwrap(), (0.0, 0.0, 0.0, 0));
        assert!((r.accuracy - 0.85).abs() < 1e-15);
        near(r.macro_average, (0.55, 0.5, 0.5233333333333333, 200));
        near(r.weighted_average, (0.95, 0.85, 0.8966666666666667, 200));
    }
}
