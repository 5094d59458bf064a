//! The table of a network's layers, shapes and parameters, as in Keras.

use super::{Layer, Model};

/// Summary of a network; shows itself as a table (see [`crate::plot`]).
#[derive(Clone, PartialEq)]
pub struct Summary {
    /// Name of the network.
    pub name: String,
    /// Name, kind, output shape and number of parameters of each layer.
    pub rows: Vec<SummaryRow>,
    /// Number of values that training moves.
    pub trainable: usize,
    /// Number of values that it does not move.
    pub non_trainable: usize,
}

/// One layer of a [`Summary`].
#[derive(Clone, Debug, PartialEq)]
pub struct SummaryRow {
    /// Name given by the student.
    pub name: String,
    /// Kind, as in Keras.
    pub kind: String,
    /// Shape of one output sample.
    pub output_shape: Vec<usize>,
    /// Number of parameters, trainable or not.
    pub params: usize,
}

impl Model {
    /// The table of layers, output shapes and parameters.
    pub fn summary(&self) -> Summary {
        let row = |l: &Layer| SummaryRow {
            name: l.name().to_owned(),
            kind: l.spec().kind().to_owned(),
            output_shape: l.output_shape().to_vec(),
            params: l.trainable_count() + l.non_trainable_count(),
        };
        Summary {
            name: self.name().to_owned(),
            rows: self.layers().iter().map(row).collect(),
            trainable: self.trainable_count(),
            non_trainable: self.layers().iter().map(Layer::non_trainable_count).sum(),
        }
    }
}
