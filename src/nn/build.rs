//! From the description of a network to the network: shapes are followed from
//! layer to layer, and the weights drawn.

use super::{Layer, Loss, Model, NamedSpec, Sequential};
use crate::ops::optimizer::Optimizer;
use crate::random::Rng;
use crate::{Error, Result};

impl Sequential {
    /// Checks the description, draws the weights, and makes the network ready
    /// to be trained.
    ///
    /// # Errors
    /// When a layer cannot take what the one before it gives, a name is used
    /// twice, a setting makes no sense, or the loss does not fit the last layer.
    pub fn compile(self, optimizer: impl Into<Optimizer>, loss: Loss) -> Result<Model> {
        let mut model = self.build()?;
        model.compile(optimizer, loss)?;
        Ok(model)
    }

    /// Checks the description and draws the weights. Such a network predicts;
    /// it can be trained once [`Model::compile`] has been called.
    ///
    /// # Errors
    /// As [`Sequential::compile`], but for the loss.
    pub fn build(self) -> Result<Model> {
        let layers = self.layers_with_weights()?;
        Ok(Model::new(self, layers))
    }

    /// The layers with their initial weights.
    fn layers_with_weights(&self) -> Result<Vec<Layer>> {
        if self.layers.is_empty() {
            let place = format!("réseau « {} »", self.name);
            return Err(Error::parameter(place, "aucune couche", "au moins une couche"));
        }
        if self.input_shape.contains(&0) || self.input_shape.is_empty() {
            let place = format!("réseau « {} » : entrée", self.name);
            return Err(Error::shape(place, &self.input_shape, "au moins une valeur par image"));
        }
        let mut layers: Vec<Layer> = Vec::with_capacity(self.layers.len());
        for (index, NamedSpec { name, spec }) in self.layers.iter().enumerate() {
            if name.is_empty() || layers.iter().any(|l| l.name() == name) {
                return Err(Error::parameter(
                    "nom de couche",
                    format!("« {name} »"),
                    "un nom non vide, différent de ceux des autres couches",
                ));
            }
            let input = layers.last().map_or(&self.input_shape[..], Layer::output_shape).to_vec();
            let index = index as u64;
            let mut rng = Rng::stream(self.seed, index);
            layers.push(Layer::build(name, spec, &input, self.initializer, index, &mut rng)?);
        }
        Ok(layers)
    }
}
