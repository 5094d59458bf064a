//! What a layer is, without its weights: its kind and its settings.
//!
//! This is what a saved model holds as JSON.

use serde::{Deserialize, Serialize};

use crate::ops::Padding;
use crate::ops::activation::Activation;

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
    /// Convolution of channels-last images, see [`mod@crate::ops::conv2d`].
    Conv2d {
        /// Number of filters, hence of output channels.
        filters: usize,
        /// Height and width of the kernels.
        kernel_size: [usize; 2],
        /// Step between two windows, vertically and horizontally.
        stride: [usize; 2],
        /// Whether the image is surrounded by zeros.
        padding: Padding,
        /// Applied to the sums.
        activation: Activation,
    },
    /// Largest value of each window, see [`crate::ops::pool`].
    MaxPool2d {
        /// Height and width of the windows.
        size: [usize; 2],
        /// Step between two windows.
        stride: [usize; 2],
    },
    /// Mean of each window, see [`crate::ops::pool`].
    AvgPool2d {
        /// Height and width of the windows.
        size: [usize; 2],
        /// Step between two windows.
        stride: [usize; 2],
    },
    /// Normalises each channel over the batch, see [`crate::ops::batch_norm`].
    BatchNorm {
        /// Memory of the running averages, in `[0, 1)`.
        momentum: f32,
        /// What is added to the variance, positive.
        epsilon: f32,
    },
    /// An activation alone.
    Activation {
        /// The function.
        activation: Activation,
    },
    /// Makes one axis of all axes.
    Flatten,
    /// Gives the values other axes.
    Reshape {
        /// The axes of one sample.
        shape: Vec<usize>,
    },
    /// Reads a sequence with a memory, see [`crate::ops::gru`].
    Gru {
        /// Number of values of the memory.
        units: usize,
        /// Whether the memory after each step is given, or the last one alone.
        return_sequences: bool,
    },
    /// A recurrent layer read from both ends, see [`crate::ops::bidirectional`].
    Bidirectional {
        /// The layer, a [`LayerSpec::Gru`].
        layer: Box<LayerSpec>,
    },
    /// Drops values in training, see [`crate::ops::dropout`].
    Dropout {
        /// Share of the values that are dropped.
        rate: f64,
    },
}

impl LayerSpec {
    /// A gated recurrent unit, as `bidirectional` wants it.
    pub fn gru(units: usize, return_sequences: bool) -> Self {
        Self::Gru { units, return_sequences }
    }

    /// Name of the kind for the summary, as in Keras.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Dense { .. } => "Dense",
            Self::Conv2d { .. } => "Conv2D",
            Self::MaxPool2d { .. } => "MaxPooling2D",
            Self::AvgPool2d { .. } => "AveragePooling2D",
            Self::BatchNorm { .. } => "BatchNormalization",
            Self::Activation { .. } => "Activation",
            Self::Flatten => "Flatten",
            Self::Reshape { .. } => "Reshape",
            Self::Gru { .. } => "GRU",
            Self::Bidirectional { .. } => "Bidirectional",
            Self::Dropout { .. } => "Dropout",
        }
    }

    /// The activation of the layer's outputs.
    pub fn activation(&self) -> Activation {
        match self {
            Self::Dense { activation, .. }
            | Self::Conv2d { activation, .. }
            | Self::Activation { activation } => *activation,
            _ => Activation::Linear,
        }
    }

    /// The same layer with another activation (where it has one).
    pub(crate) fn with_activation(&self, new: Activation) -> Self {
        let mut spec = self.clone();
        if let Self::Dense { activation, .. }
        | Self::Conv2d { activation, .. }
        | Self::Activation { activation } = &mut spec
        {
            *activation = new;
        }
        spec
    }
}
