//! Weights made elsewhere, by PyTorch or Keras, in a safetensors file.
//!
//! The network is built here, with the same layers; a list says which module of the
//! file each layer is, where they are not called the same. What differs:
//!
//! | | here, Keras | PyTorch |
//! |---|---|---|
//! | dense | `kernel` `[in, out]` | `weight` `[out, in]` |
//! | convolution | `kernel` `[kh, kw, in, out]` | `weight` `[out, in, kh, kw]` |
//! | batch normalisation | `gamma`, `beta`, `moving_mean`, `moving_variance` | `weight`, `bias`, `running_mean`, `running_var` |
//! | GRU | gates `z`, `r`, `n`; `[in, 3·units]` | gates `r`, `z`, `n`; `weight_ih_l0` `[3·units, in]` |
//! | values of a flattened image | row, column, channel | channel, row, column |
//!
//! So the rows of the first dense layer after a flatten, and the values of a batch
//! normalisation between the two, are put into another order.

mod keras;
mod pytorch;
mod source;
#[cfg(test)]
mod tests;

use std::path::Path;

use candle_core::Tensor;

use super::file::{open, read};
use super::{Layer, Model, State};
use crate::Result;
use source::Source;

impl Model {
    /// Reads the weights of a network of PyTorch's, which
    /// `safetensors.torch.save_file(model.state_dict(), "poids.safetensors")` wrote.
    ///
    /// `modules` gives for a layer's name that of its module there (`("C1", "conv1")`,
    /// `("C3", "classifier.0")`); a layer that is not listed has its own name. Shapes
    /// are checked, and all of the file must be used. The flatten is taken to be that
    /// of PyTorch's images (channel, row, column). A module without bias gives zeros.
    ///
    /// Not in the file, hence yours to choose alike: activations, the borders
    /// (`padding=1` of a 3×3 kernel is `Padding::Same`), and the batch normalisation's
    /// epsilon, 1e-5 in PyTorch:
    /// `LayerSpec::BatchNorm { momentum: 0.9, epsilon: 1e-5 }`.
    ///
    /// # Errors
    /// When the file is missing, damaged, lacks a tensor, has one too many, or one of
    /// another shape; the network stays as it was.
    pub fn load_pytorch(&mut self, path: impl AsRef<Path>, modules: &[(&str, &str)]) -> Result<()> {
        self.load_foreign(path.as_ref(), modules, pytorch::values)
    }

    /// Reads the weights of a network of Keras's, from a safetensors file in which each
    /// tensor has the `path` of its variable:
    /// `save_file({w.path: np.asarray(w) for w in model.weights}, "poids.safetensors")`,
    /// with `save_file` of `safetensors.numpy`.
    ///
    /// `modules` gives for a layer's name that of Keras's layer (`("C1", "conv2d")`); a
    /// layer that is not listed has its own name. Shapes are checked, and all of the
    /// file must be used.
    ///
    /// # Errors
    /// As [`Model::load_pytorch`].
    pub fn load_keras(&mut self, path: impl AsRef<Path>, modules: &[(&str, &str)]) -> Result<()> {
        self.load_foreign(path.as_ref(), modules, keras::values)
    }

    fn load_foreign(
        &mut self,
        path: &Path,
        modules: &[(&str, &str)],
        values: impl Fn(&mut Source<'_>, &[Layer]) -> Result<Vec<Tensor>>,
    ) -> Result<()> {
        for (layer, _) in modules {
            self.layer(layer)?;
        }
        let bytes = read(path)?;
        let (file, _) = open(&bytes, path)?;
        let mut source = Source::new(path, file, modules);
        let values = values(&mut source, self.layers())?;
        source.finish(pytorch::is_a_counter)?;
        self.set_state(&State::from_values(values))
    }
}
