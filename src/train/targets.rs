//! What the network should answer, in the form that the loss wants.

use candle_core::{DType, Tensor};

use crate::data::labels::label_numbers;
use crate::nn::Loss;
use crate::ops::softmax_cross_entropy::Targets;
use crate::{Error, Result};

/// The targets of a data set, checked and on the host.
#[derive(Clone, Debug)]
pub(crate) enum HostTargets {
    Labels(Vec<u32>),
    Probabilities { values: Vec<f32>, classes: usize },
}

impl HostTargets {
    /// Checks `y` against the loss, the number of images and of classes.
    pub(crate) fn new(y: &Tensor, loss: Loss, n: usize, classes: usize) -> Result<Self> {
        let place = "cibles (y)";
        match loss {
            Loss::CategoricalCrossentropy => {
                if y.dims() != [n, classes] {
                    let expected = format!(
                        "[{n}, {classes}] pour CategoricalCrossentropy (`one_hot(&labels, \
                         {classes})?`, ou SparseCategoricalCrossentropy avec les étiquettes)"
                    );
                    return Err(Error::shape(place, y.dims(), expected));
                }
                let values = y.to_dtype(DType::F32)?.flatten_all()?.to_vec1()?;
                Ok(Self::Probabilities { values, classes })
            }
            Loss::SparseCategoricalCrossentropy => {
                if y.dims() != [n] {
                    let expected = format!(
                        "[{n}] pour SparseCategoricalCrossentropy (CategoricalCrossentropy \
                         prend les cibles one-hot)"
                    );
                    return Err(Error::shape(place, y.dims(), expected));
                }
                Ok(Self::Labels(label_numbers(place, y, Some(classes))?))
            }
        }
    }

    /// The targets of the images `order`, copied into `batch`.
    pub(crate) fn gather<'b>(&self, order: &[u32], batch: &'b mut TargetBatch) -> Targets<'b> {
        match self {
            Self::Labels(labels) => {
                batch.labels.clear();
                batch.labels.extend(order.iter().map(|&i| labels[i as usize]));
                Targets::Labels(&batch.labels)
            }
            Self::Probabilities { values, classes } => {
                batch.values.clear();
                for &i in order {
                    let start = i as usize * classes;
                    batch.values.extend_from_slice(&values[start..start + classes]);
                }
                Targets::Probabilities(&batch.values)
            }
        }
    }
}

/// Buffers for the targets of one batch.
#[derive(Debug, Default)]
pub(crate) struct TargetBatch {
    labels: Vec<u32>,
    values: Vec<f32>,
}
