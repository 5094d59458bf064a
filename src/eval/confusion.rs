//! The confusion matrix.
//!
//! `counts[t, p]` is the number of examples of true class `t` (row) to which
//! the network gave class `p` (column). The diagonal holds the right answers;
//! a row adds up to the number of examples of its class.

use std::fmt;

use candle_core::Tensor;

use super::pairs;
use crate::{Error, Result};

/// Most classes in a matrix.
const MAX_CLASSES: usize = 1000;

/// How often each true class was given each predicted class.
///
/// ```
/// use mnist_tp::prelude::*;
/// let truth = Tensor::new(&[0u8, 1, 1, 2], &Device::Cpu)?;
/// let guess = Tensor::new(&[0u32, 1, 2, 2], &Device::Cpu)?;
/// let matrix = ConfusionMatrix::new(&truth, &guess)?;
/// assert_eq!(matrix.count(1, 2), 1); // one « 1 » taken for a « 2 »
/// assert_eq!(matrix.accuracy(), 0.75);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ConfusionMatrix {
    counts: Vec<usize>,
    classes: usize,
}

/// One kind of mistake: `count` examples of class `truth` taken for `predicted`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confusion {
    /// The true class.
    pub truth: usize,
    /// The class the network gave.
    pub predicted: usize,
    /// How many times.
    pub count: usize,
}

impl fmt::Display for Confusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { truth, predicted, count } = self;
        write!(f, "{truth} pris pour {predicted}\u{a0}: {count}\u{a0}fois")
    }
}

impl ConfusionMatrix {
    /// Counts the pairs of `labels` `[n]` (true) and `predictions` `[n]`, both
    /// of whole numbers. There are as many classes as the largest one met tells.
    ///
    /// # Errors
    /// When they are not as many, not whole, empty, or name a class above 999.
    pub fn new(labels: &Tensor, predictions: &Tensor) -> Result<Self> {
        let (truth, guess) = pairs(labels, predictions)?;
        let last = truth.iter().chain(&guess).max().copied().unwrap_or(0) as usize;
        if last >= MAX_CLASSES {
            return Err(Error::parameter(
                "classe",
                last,
                format!("moins de {MAX_CLASSES} classes"),
            ));
        }
        let classes = last + 1;
        let mut counts = vec![0; classes * classes];
        for (t, p) in truth.iter().zip(&guess) {
            counts[*t as usize * classes + *p as usize] += 1;
        }
        Ok(Self { counts, classes })
    }

    /// The number of classes.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// The counts, row after row (rows: true class, columns: predicted class).
    pub fn counts(&self) -> &[usize] {
        &self.counts
    }

    /// How many examples of class `truth` were given class `predicted`; 0 for
    /// classes that do not exist.
    pub fn count(&self, truth: usize, predicted: usize) -> usize {
        if truth < self.classes && predicted < self.classes {
            self.counts[truth * self.classes + predicted]
        } else {
            0
        }
    }

    /// The number of examples.
    pub fn total(&self) -> usize {
        self.counts.iter().sum()
    }

    /// The number of examples of class `truth` (the sum of its row).
    pub fn support(&self, truth: usize) -> usize {
        (0..self.classes).map(|p| self.count(truth, p)).sum()
    }

    /// The number of times class `class` was predicted (the sum of its column).
    pub fn predicted(&self, class: usize) -> usize {
        (0..self.classes).map(|t| self.count(t, class)).sum()
    }

    /// The share of right answers: the diagonal over everything.
    pub fn accuracy(&self) -> f64 {
        let right: usize = (0..self.classes).map(|c| self.count(c, c)).sum();
        right as f64 / self.total() as f64
    }

    /// The `k` most frequent mistakes, the most frequent first; on a tie, in
    /// the order of the classes.
    pub fn top_confusions(&self, k: usize) -> Vec<Confusion> {
        let mut all: Vec<Confusion> = (0..self.classes)
            .flat_map(|t| (0..self.classes).map(move |p| (t, p)))
            .filter(|(t, p)| t != p && self.count(*t, *p) > 0)
            .map(|(t, p)| Confusion { truth: t, predicted: p, count: self.count(t, p) })
            .collect();
        all.sort_by_key(|c| std::cmp::Reverse(c.count));
        all.truncate(k);
        all
    }
}

impl fmt::Debug for ConfusionMatrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.counts.iter().max().unwrap_or(&0).to_string().len().max(3);
        writeln!(f, "matrice de confusion (lignes\u{a0}: classe réelle, colonnes\u{a0}: prédite)")?;
        write!(f, "{:>4}", "")?;
        for class in 0..self.classes {
            write!(f, " {class:>width$}")?;
        }
        for (class, row) in self.counts.chunks_exact(self.classes).enumerate() {
            write!(f, "\n{class:>4}")?;
            for count in row {
                write!(f, " {count:>width$}")?;
            }
        }
        Ok(())
    }
}

/// The share of `predictions` `[n]` equal to `labels` `[n]`.
///
/// # Errors
/// When they are not as many, not whole numbers, or empty.
pub fn accuracy(labels: &Tensor, predictions: &Tensor) -> Result<f64> {
    let (truth, guess) = pairs(labels, predictions)?;
    let right = truth.iter().zip(&guess).filter(|(t, p)| t == p).count();
    Ok(right as f64 / truth.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::Device;

    fn tensor(values: &[u32]) -> Tensor {
        Tensor::new(values, &Device::Cpu).unwrap()
    }

    #[test]
    fn rows_are_true_and_columns_predicted() {
        // >>> from sklearn.metrics import confusion_matrix, accuracy_score
        // >>> t = [0, 1, 1, 1, 2, 2, 4]; p = [0, 1, 2, 2, 2, 0, 4]
        // >>> confusion_matrix(t, p, labels=range(5)).tolist()
        // >>> accuracy_score(t, p)
        let matrix = ConfusionMatrix::new(
            &tensor(&[0, 1, 1, 1, 2, 2, 4]).to_dtype(candle_core::DType::U8).unwrap(),
            &tensor(&[0, 1, 2, 2, 2, 0, 4]),
        )
        .unwrap();
        let expected: [usize; 25] =
            [1, 0, 0, 0, 0, 0, 1, 2, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
        assert_eq!(matrix.counts(), expected);
        assert!((matrix.accuracy() - 0.571_428_571_428_571_4).abs() < 1e-15);
        assert_eq!((matrix.support(1), matrix.predicted(2)), (3, 3));
        let words: Vec<String> = matrix.top_confusions(5).iter().map(|c| c.to_string()).collect();
        assert_eq!(words, ["1 pris pour 2\u{a0}: 2\u{a0}fois", "2 pris pour 0\u{a0}: 1\u{a0}fois"]);
        assert!(format!("{matrix:?}").contains("classe réelle"));
    }

    #[test]
    fn mistakes_of_the_caller_are_errors() {
        let two = tensor(&[0, 1]);
        assert!(ConfusionMatrix::new(&two, &tensor(&[0])).is_err());
        assert!(ConfusionMatrix::new(&tensor(&[]), &tensor(&[])).is_err());
        assert!(ConfusionMatrix::new(&two, &tensor(&[0, 4_000_000])).is_err());
        let probabilities = Tensor::zeros((2, 10), candle_core::DType::F32, &Device::Cpu).unwrap();
        let error = accuracy(&two, &probabilities).unwrap_err().to_string();
        assert!(error.contains("predict_classes"), "{error}");
    }
}
