//! A network in the ONNX format, which onnxruntime, a phone or a viewer reads.
//!
//! The file is one message of Protocol Buffers, which `wire` writes: `graph` gives
//! the fields their numbers, `translate` each layer its nodes, `recurrent` those of
//! a GRU. A crate for this would be one more for every student's kernel to load;
//! the part of the format that is needed has a hundred lines.
//!
//! Networks here are channels-last, ONNX's operators channels-first: an image is
//! turned once, `[n, h, w, c]` → `[n, c, h, w]`, before the first layer that asks for
//! it, and back before a flatten, a reshape, a recurrent layer or the end. So a
//! flatten has its values in the order that the dense layer after it has learnt.
//!
//! | layer | operators |
//! |-------|-----------|
//! | dense | `Gemm` |
//! | convolution | `Conv`, its borders written out |
//! | poolings | `MaxPool`, `AveragePool` |
//! | batch normalisation | `BatchNormalization` with the running averages |
//! | dropout | `Dropout`, which does nothing outside a training |
//! | flatten, reshape | `Flatten`, `Reshape` |
//! | GRU, bidirectional | `GRU` (`linear_before_reset`), its output turned |
//! | activations | `Relu`, `Sigmoid`, `Tanh`, `Softmax`, `Identity` |
//!
//! A layer's node and its output bear the layer's name; what stands before the
//! activation is `C1.linear`, parameters are `C1.kernel`, `C1.bias`.

mod graph;
mod recurrent;
#[cfg(test)]
mod tests;
mod translate;
mod wire;

use std::path::Path;

use crate::nn::Model;
use crate::{Result, file};

impl Model {
    /// Writes the network with its weights as ONNX (operator set 13), making the
    /// file's folder where needed.
    ///
    /// The input `images` is `[n, input_shape…]` f32, channels last, as for
    /// [`Model::forward`], with any number `n` of images; the output has the name of
    /// the last layer and holds what `forward` gives: probabilities after a softmax.
    ///
    /// # Errors
    /// When the file cannot be written; a former one stays as it was.
    ///
    /// ```
    /// use mnist_tp::prelude::*;
    /// let network = Sequential::new("dense", 784).dense("C1", 10, Activation::Softmax);
    /// let path = std::env::temp_dir().join("mnist_tp_exemple.onnx");
    /// network.build()?.save_onnx(&path)?;
    /// # std::fs::remove_file(path).unwrap();
    /// # Ok::<(), mnist_tp::Error>(())
    /// ```
    pub fn save_onnx(&self, path: impl AsRef<Path>) -> Result<()> {
        file::write(path.as_ref(), &translate::graph(self)?.encode())
    }
}
