//! What a layer is, without its weights: its kind, its settings, and the shape
//! it makes of the shape it gets.
//!
//! This is what a saved model holds as JSON.

use serde::{Deserialize, Serialize};

use crate::ops::activation::Activation;
use crate::{Error, Result};

/// Kind and settings of a layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LayerSpec {
    /// Fully connected, see [`crate::ops::dense`].
    Dense {
        /// Number of neurons.
        units: usize,
        /// Applied to the sums.
        activation: Activation,
    },
    /// An activation alone.
    Activation {
        /// The function.
        activation: Activation,
    },
    /// Makes one axis of all axes.
    Flatten,
    /// Drops values in training, see [`crate::ops::dropout`].
    Dropout {
        /// Share of the values that are dropped.
        rate: f64,
    },
}

impl LayerSpec {
    /// Name of the kind for the summary, as in Keras.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Dense { .. } => "Dense",
            Self::Activation { .. } => "Activation",
            Self::Flatten => "Flatten",
            Self::Dropout { .. } => "Dropout",
        }
    }

    /// The activation of the layer's outputs.
    pub fn activation(&self) -> Activation {
        match self {
            Self::Dense { activation, .. } | Self::Activation { activation } => *activation,
            _ => Activation::Linear,
        }
    }

    /// The same layer with another activation (where it has one).
    pub(crate) fn with_activation(&self, new: Activation) -> Self {
        let mut spec = self.clone();
        if let Self::Dense { activation, .. } | Self::Activation { activation } = &mut spec {
            *activation = new;
        }
        spec
    }

    /// Shape of one output sample for an input sample of shape `input`.
    ///
    /// # Errors
    /// When the layer cannot take that shape or its settings make no sense; the
    /// message begins with the layer's name.
    pub fn output_shape(&self, layer: &str, input: &[usize]) -> Result<Vec<usize>> {
        let place = || format!("couche « {layer} »");
        match self {
            Self::Dense { units: 0, .. } => {
                Err(Error::parameter(format!("{} : units", place()), 0, "au moins un neurone"))
            }
            Self::Dense { units, .. } => match input {
                [_] => Ok(vec![*units]),
                _ => Err(Error::shape(
                    place(),
                    input,
                    "un vecteur par image (ajoutez `.flatten(\"…\")` avant cette couche)",
                )),
            },
            Self::Dropout { rate } if !(0.0..1.0).contains(rate) => {
                Err(Error::parameter(format!("{} : rate", place()), rate, "un nombre de [0, 1["))
            }
            Self::Activation { .. } | Self::Dropout { .. } => Ok(input.to_vec()),
            Self::Flatten => Ok(vec![input.iter().product()]),
        }
    }
}
