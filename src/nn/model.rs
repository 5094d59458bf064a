//! A network with its weights: it predicts, and once compiled it can be trained.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use candle_core::{Tensor, Var};

use super::layer::check_batch;
use super::{Layer, LayerSpec, Loss, Sequential};
use crate::ops::Pass;
use crate::ops::activation::Activation;
use crate::ops::optimizer::{Optimizer, Slots};
use crate::{Error, Result};

/// A network with its weights.
///
/// A clone is a copy: it has weights, averages and an optimiser's memory of its
/// own, equal to those of the original at that moment.
pub struct Model {
    architecture: Sequential,
    layers: Vec<Layer>,
    training: Option<Training>,
    /// Shared by a network and its copies alone.
    origin: Arc<()>,
}

impl Clone for Model {
    fn clone(&self) -> Self {
        let layers = self.layers.iter().zip(0..).map(|(layer, index)| layer.copied(index));
        // The same layers were built before, and copying memory does not fail.
        let layers = layers.collect::<Result<_>>().expect("a layer that was built once");
        let training = self.training.as_ref().map(|training| {
            let memory = Arc::new(Mutex::new(training.memory().clone()));
            Training { memory, ..training.clone() }
        });
        let (architecture, origin) = (self.architecture.clone(), self.origin.clone());
        Self { architecture, layers, training, origin }
    }
}

/// What `compile` chose, and what the optimiser remembers.
#[derive(Clone, Debug)]
pub(crate) struct Training {
    pub(crate) optimizer: Optimizer,
    pub(crate) loss: Loss,
    memory: Arc<Mutex<Memory>>,
}

impl Training {
    /// The optimiser's memory. A thread that panicked while it held it leaves
    /// it usable.
    pub(crate) fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Number of steps made, and the moments of each parameter.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory {
    pub(crate) steps: u64,
    pub(crate) slots: Vec<Slots>,
}

impl Model {
    /// The network of `architecture`, with at least one layer.
    pub(super) fn new(architecture: Sequential, layers: Vec<Layer>) -> Self {
        Self { architecture, layers, training: None, origin: Arc::default() }
    }

    /// Chooses optimiser and loss; the optimiser starts afresh, the weights stay.
    ///
    /// # Errors
    /// When a setting makes no sense or the loss does not fit the last layer.
    pub fn compile(&mut self, optimizer: impl Into<Optimizer>, loss: Loss) -> Result<()> {
        self.train_by(optimizer.into(), loss)
    }

    fn train_by(&mut self, optimizer: Optimizer, loss: Loss) -> Result<()> {
        optimizer.check()?;
        let last = self.last();
        if !matches!(last.activation(), Activation::Softmax | Activation::Linear) {
            return Err(Error::parameter(
                format!("couche « {} » : activation", last.name()),
                last.activation(),
                "softmax en dernière couche (ou linear) pour une entropie croisée",
            ));
        }
        if last.output_shape().len() != 1 {
            return Err(Error::shape(
                format!("couche « {} »", last.name()),
                last.output_shape(),
                "un vecteur de probabilités (ajoutez `.flatten(\"…\")` puis `.dense(…)`)",
            ));
        }
        self.training = Some(Training { optimizer, loss, memory: Arc::default() });
        Ok(())
    }

    /// The description the network was built from.
    pub fn architecture(&self) -> &Sequential {
        &self.architecture
    }

    /// Whether one is a clone of the other, or both of a third.
    pub(crate) fn is_copy_of(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.origin, &other.origin)
    }

    /// Name of the network.
    pub fn name(&self) -> &str {
        &self.architecture.name
    }

    /// Shape of one input sample.
    pub fn input_shape(&self) -> &[usize] {
        &self.architecture.input_shape
    }

    /// The layers in order.
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// The layer of that name.
    ///
    /// # Errors
    /// When there is none; the message lists the names.
    pub fn layer(&self, name: &str) -> Result<&Layer> {
        self.layers.iter().find(|l| l.name() == name).ok_or_else(|| {
            let names: Vec<&str> = self.layers.iter().map(Layer::name).collect();
            let expected = format!("l'un des noms {}", names.join(", "));
            Error::parameter("nom de couche", format!("« {name} »"), expected)
        })
    }

    /// The parameters that training moves, for an optimiser of candle's.
    pub fn vars(&self) -> Vec<Var> {
        self.layers.iter().flat_map(|l| l.params().iter().map(|p| p.var.clone())).collect()
    }

    /// Number of values that training moves.
    pub fn trainable_count(&self) -> usize {
        self.layers.iter().map(Layer::trainable_count).sum()
    }

    /// Number of classes: length of the last axis of the output, along which a
    /// softmax is taken.
    pub fn classes(&self) -> usize {
        self.last().output_shape().last().copied().unwrap_or(1)
    }

    /// Output for a batch `x`: `[n, input_shape…]`, at inference, differentiable.
    ///
    /// # Errors
    /// When `x` has another shape or is not f32 on the CPU.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        self.run(x, Pass::INFERENCE, &self.layers)
    }

    /// Output in training: dropout and batch statistics active.
    ///
    /// # Errors
    /// As [`Model::forward`].
    pub fn forward_train(&self, x: &Tensor, pass: Pass) -> Result<Tensor> {
        self.run(x, Pass { training: true, ..pass }, &self.layers)
    }

    /// Scores before the last softmax: what a cross-entropy wants.
    ///
    /// # Errors
    /// As [`Model::forward`].
    pub fn logits(&self, x: &Tensor) -> Result<Tensor> {
        self.run(x, Pass::INFERENCE, &self.logit_layers()?)
    }

    /// Output of every layer, by name.
    ///
    /// # Errors
    /// As [`Model::forward`].
    pub fn forward_all(&self, x: &Tensor) -> Result<Vec<(String, Tensor)>> {
        self.check_input(x)?;
        let mut outputs: Vec<(String, Tensor)> = Vec::with_capacity(self.layers.len());
        for layer in &self.layers {
            let input = outputs.last().map_or(x, |(_, tensor)| tensor);
            let output = layer.forward(input, Pass::INFERENCE)?;
            outputs.push((layer.name().to_owned(), output));
        }
        Ok(outputs)
    }

    /// The layers, the last one without its softmax.
    pub(crate) fn logit_layers(&self) -> Result<Vec<Layer>> {
        let mut layers = self.layers.clone();
        if self.last().activation() == Activation::Softmax
            && let Some(last) = layers.pop()
            && !matches!(last.spec(), LayerSpec::Activation { .. })
        {
            layers.push(last.logits()?);
        }
        Ok(layers)
    }

    pub(crate) fn training(&self) -> Result<&Training> {
        self.training.as_ref().ok_or_else(|| {
            let place = format!("réseau « {} »", self.name());
            Error::parameter(place, "non compilé", "`.compile(Adam::default(), Loss::…)?` d'abord")
        })
    }

    /// Checks a batch before any arithmetic: shape, type, at least one image.
    pub(crate) fn check_input(&self, x: &Tensor) -> Result<usize> {
        check_batch(|| format!("entrée du réseau « {} »", self.name()), x, self.input_shape())
    }

    fn run(&self, x: &Tensor, pass: Pass, layers: &[Layer]) -> Result<Tensor> {
        self.check_input(x)?;
        let mut y = x.clone();
        for layer in layers {
            y = layer.forward(&y, pass)?;
        }
        Ok(y)
    }

    fn last(&self) -> &Layer {
        // `Sequential::build` refuses an empty network.
        &self.layers[self.layers.len() - 1]
    }
}
