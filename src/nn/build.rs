//! From the description of a network to the network: shapes are followed from
//! layer to layer, and the weights drawn.

use std::collections::HashSet;

use super::limits;
use super::realize::{Planned, Realized, realize};
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
        self.compiled(optimizer.into(), loss)
    }

    fn compiled(self, optimizer: Optimizer, loss: Loss) -> Result<Model> {
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
        let plan = self.plan()?;
        let built = self.layers.iter().zip(plan).zip(0..).map(|((named, planned), index)| {
            Layer::build(named, planned, self.initializer, &mut Rng::stream(self.seed, index))
        });
        built.collect()
    }

    /// What each layer takes, computes and gives, all checked, before any weight is
    /// drawn.
    pub(super) fn plan(&self) -> Result<Vec<Planned>> {
        let place = format!("réseau « {} »", self.name);
        if self.layers.is_empty() {
            return Err(Error::parameter(place, "aucune couche", "au moins une couche"));
        }
        limits::at_most(
            &format!("{place} : nombre de couches"),
            self.layers.len(),
            limits::LAYERS,
        )?;
        let place = format!("{place} : entrée");
        if self.input_shape.contains(&0) || self.input_shape.is_empty() {
            return Err(Error::shape(place, &self.input_shape, "au moins une valeur par image"));
        }
        limits::values(&place, &self.input_shape)?;
        let (mut names, mut weights) = (HashSet::new(), 0);
        let mut plan: Vec<Planned> = Vec::with_capacity(self.layers.len());
        for (index, NamedSpec { name, spec }) in self.layers.iter().enumerate() {
            if name.is_empty() || !names.insert(name) {
                return Err(Error::parameter(
                    "nom de couche",
                    format!("« {name} »"),
                    "un nom non vide, différent de ceux des autres couches",
                ));
            }
            let before = plan.last().map(|planned| &planned.realized.output_shape);
            let input_shape = before.unwrap_or(&self.input_shape).clone();
            let realized = realize(spec, &input_shape, index as u64).and_then(|realized| {
                limits::values("sortie", &realized.output_shape)?;
                // Each of them is small enough for the sum.
                for param in &realized.params {
                    weights += limits::weights(param.name, &param.shape)?;
                }
                limits::weights("poids jusqu'ici", &[weights])?;
                Ok(realized)
            });
            let realized = realized
                .map_err(|source| Error::Layer { name: name.clone(), source: Box::new(source) })?;
            plan.push(Planned { input_shape, realized });
        }
        Ok(plan)
    }

    /// Names and shapes of all values that a file holds of such a network.
    pub(super) fn tensors(&self) -> Result<Vec<(String, Vec<usize>)>> {
        let mut tensors = Vec::new();
        for (NamedSpec { name, .. }, planned) in self.layers.iter().zip(self.plan()?) {
            let Realized { params, running, output_shape, .. } = planned.realized;
            tensors.extend(params.into_iter().map(|p| (format!("{name}.{}", p.name), p.shape)));
            if let (Some(_), Some(features)) = (running, output_shape.last()) {
                for average in AVERAGES {
                    tensors.push((format!("{name}.{average}"), vec![*features]));
                }
            }
        }
        Ok(tensors)
    }
}

/// How a file calls the running averages of a batch normalisation.
pub(super) const AVERAGES: [&str; 2] = ["moving_mean", "moving_variance"];
