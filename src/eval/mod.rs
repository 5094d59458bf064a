//! From predictions to confusion matrix and report.
//!
//! Everywhere in this module **rows are true classes and columns predicted
//! ones**, as in scikit-learn.
//!
//! This storey imports [`crate::data`] (labels) and the ground.

mod confusion;
mod report;
mod spread;

pub use confusion::{Confusion, ConfusionMatrix, accuracy};
pub use report::{ClassificationReport, Scores};
pub use spread::Spread;

use candle_core::Tensor;

use crate::data::labels::label_numbers;
use crate::{Error, Result};

/// The classes in a tensor `[n]` of whole numbers.
pub(crate) fn classes(name: &str, tensor: &Tensor) -> Result<Vec<u32>> {
    if tensor.rank() != 1 || tensor.dtype().is_float() {
        let found = format!("{} {:?}", tensor.dtype().as_str(), tensor.dims());
        return Err(Error::Shape {
            place: name.to_string(),
            found,
            expected: "des classes entières, [n] (voyez `predict_classes`)".into(),
        });
    }
    label_numbers(name, tensor, None)
}

/// True and predicted classes, checked to be as many and at least one.
fn pairs(labels: &Tensor, predictions: &Tensor) -> Result<(Vec<u32>, Vec<u32>)> {
    let (truth, guess) = (classes("labels", labels)?, classes("predictions", predictions)?);
    if truth.len() != guess.len() || truth.is_empty() {
        return Err(Error::shape(
            "predictions",
            predictions.dims(),
            format!("[{}], une prédiction par étiquette", truth.len().max(1)),
        ));
    }
    Ok((truth, guess))
}
