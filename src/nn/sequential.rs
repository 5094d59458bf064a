//! The description of a network: layers one after the other.
//!
//! A `Sequential` holds no weights: it is what is drawn on the board, and what
//! a saved model holds as JSON. [`Sequential::compile`] makes a [`Model`](super::Model) of it.

use serde::{Deserialize, Serialize};

use super::{Initializer, LayerSpec};
use crate::ops::Padding;
use crate::ops::activation::Activation;
use crate::ops::batch_norm::BatchNorm;

/// A named layer of a description.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NamedSpec {
    /// Name given by the student, unique in the network.
    pub name: String,
    /// Kind and settings.
    #[serde(flatten)]
    pub spec: LayerSpec,
}

/// A network to be built, layer after layer.
///
/// ```
/// use mnist_tp::prelude::*;
/// let model = Sequential::new("dense", 784)
///     .dense("C1", 784, Activation::Relu)
///     .dense("C2", 10, Activation::Softmax)
///     .compile(Adam::default(), Loss::CategoricalCrossentropy)?;
/// assert_eq!(model.trainable_count(), 623_290);
/// # Ok::<(), mnist_tp::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sequential {
    /// Name of the network, for titles and legends.
    pub name: String,
    /// Shape of one input sample: `[784]`, `[28, 28, 1]`.
    pub input_shape: Vec<usize>,
    /// The layers in order.
    pub layers: Vec<NamedSpec>,
    /// Seed of the initial weights.
    pub seed: u64,
    /// Law of the initial weights.
    pub initializer: Initializer,
}

/// Shape of one input sample: a number, or a tuple of axes.
pub trait InputShape {
    /// The axes.
    fn axes(self) -> Vec<usize>;
}

impl InputShape for usize {
    fn axes(self) -> Vec<usize> {
        vec![self]
    }
}

impl InputShape for (usize, usize) {
    fn axes(self) -> Vec<usize> {
        vec![self.0, self.1]
    }
}

impl InputShape for (usize, usize, usize) {
    fn axes(self) -> Vec<usize> {
        vec![self.0, self.1, self.2]
    }
}

impl InputShape for &[usize] {
    fn axes(self) -> Vec<usize> {
        self.to_vec()
    }
}

impl Sequential {
    /// A network without layers, for input samples of the given shape.
    pub fn new(name: impl Into<String>, input_shape: impl InputShape) -> Self {
        Self {
            name: name.into(),
            input_shape: input_shape.axes(),
            layers: Vec::new(),
            seed: 0,
            initializer: Initializer::default(),
        }
    }

    /// Appends a layer of any kind.
    pub fn layer(self, name: impl Into<String>, spec: LayerSpec) -> Self {
        self.with(name.into(), spec)
    }

    fn with(mut self, name: String, spec: LayerSpec) -> Self {
        self.layers.push(NamedSpec { name, spec });
        self
    }

    /// Appends a fully connected layer of `units` neurons.
    pub fn dense(self, name: impl Into<String>, units: usize, activation: Activation) -> Self {
        self.layer(name, LayerSpec::Dense { units, activation })
    }

    /// Appends a convolution of `filters` square kernels; [`Sequential::layer`]
    /// takes strides and other shapes.
    pub fn conv2d(
        self,
        name: impl Into<String>,
        filters: usize,
        kernel_size: usize,
        padding: Padding,
        activation: Activation,
    ) -> Self {
        let (kernel_size, stride) = ([kernel_size; 2], [1; 2]);
        self.layer(name, LayerSpec::Conv2d { filters, kernel_size, stride, padding, activation })
    }

    /// Appends a max pooling over square windows that do not overlap.
    pub fn max_pool2d(self, name: impl Into<String>, size: usize) -> Self {
        self.layer(name, LayerSpec::MaxPool2d { size: [size; 2], stride: [size; 2] })
    }

    /// Appends an average pooling over square windows that do not overlap.
    pub fn avg_pool2d(self, name: impl Into<String>, size: usize) -> Self {
        self.layer(name, LayerSpec::AvgPool2d { size: [size; 2], stride: [size; 2] })
    }

    /// Appends a batch normalisation with Keras's settings.
    pub fn batch_norm(self, name: impl Into<String>) -> Self {
        let (momentum, epsilon) = (BatchNorm::MOMENTUM, BatchNorm::EPSILON);
        self.layer(name, LayerSpec::BatchNorm { momentum, epsilon })
    }

    /// Appends an activation.
    pub fn activation(self, name: impl Into<String>, activation: Activation) -> Self {
        self.layer(name, LayerSpec::Activation { activation })
    }

    /// Appends a layer that makes one axis of all axes.
    pub fn flatten(self, name: impl Into<String>) -> Self {
        self.layer(name, LayerSpec::Flatten)
    }

    /// Appends a layer that gives the values other axes: `(9, 128)` makes a
    /// sequence of nine steps.
    pub fn reshape(self, name: impl Into<String>, shape: impl InputShape) -> Self {
        self.layer(name, LayerSpec::Reshape { shape: shape.axes() })
    }

    /// Appends a gated recurrent unit, which reads sequences `[steps, values]`.
    /// It gives its memory after each step when `return_sequences`, that after
    /// the last one otherwise.
    pub fn gru(self, name: impl Into<String>, units: usize, return_sequences: bool) -> Self {
        self.layer(name, LayerSpec::gru(units, return_sequences))
    }

    /// Appends a recurrent layer that reads from both ends:
    /// `.bidirectional("R1", LayerSpec::gru(64, true))` gives 128 values a step.
    pub fn bidirectional(self, name: impl Into<String>, layer: LayerSpec) -> Self {
        self.layer(name, LayerSpec::Bidirectional { layer: Box::new(layer) })
    }

    /// Appends a dropout layer; `rate` is the share that is dropped.
    pub fn dropout(self, name: impl Into<String>, rate: f64) -> Self {
        self.layer(name, LayerSpec::Dropout { rate })
    }

    /// Chooses the seed of the initial weights (0 unless told).
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Chooses the law of the initial weights (Glorot uniform unless told).
    pub fn initializer(mut self, initializer: Initializer) -> Self {
        self.initializer = initializer;
        self
    }
}
