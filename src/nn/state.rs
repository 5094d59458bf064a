//! A copy of all that training changes, to start again from it.

use candle_core::{Device, Tensor};

use super::Model;
use super::model::Memory;
use crate::{Error, Result};

/// Weights of a network at one moment, and what its optimiser remembers.
#[derive(Clone)]
pub struct State {
    pub(super) values: Vec<Tensor>,
    pub(super) memory: Memory,
}

impl State {
    /// Weights alone, with an optimiser that remembers nothing.
    pub(super) fn from_values(values: Vec<Tensor>) -> Self {
        Self { values, memory: Memory::default() }
    }
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let count: usize = self.values.iter().map(Tensor::elem_count).sum();
        write!(f, "état : {} tenseurs, {count} valeurs", self.values.len())?;
        write!(f, ", {} pas d'optimiseur", self.memory.steps)
    }
}

impl Model {
    /// Copies of all weights, named `layer.parameter`.
    pub(super) fn named_values(&self) -> Result<Vec<(String, Tensor)>> {
        let mut values = Vec::new();
        for layer in self.layers() {
            for param in layer.params() {
                let name = format!("{}.{}", layer.name(), param.name);
                values.push((name, param.var.as_tensor().copy()?));
            }
            if let Some(running) = layer.running() {
                for (name, values_of) in
                    [("moving_mean", &running.mean), ("moving_variance", &running.variance)]
                {
                    let name = format!("{}.{name}", layer.name());
                    values.push((name, Tensor::new(&values_of[..], &Device::Cpu)?));
                }
            }
        }
        Ok(values)
    }

    /// A copy of the present weights and of the optimiser's memory.
    ///
    /// # Errors
    /// When the memory for the copy cannot be had.
    pub fn state(&self) -> Result<State> {
        let values = self.named_values()?.into_iter().map(|(_, tensor)| tensor).collect();
        let memory = self.training().map(|t| t.memory().clone()).unwrap_or_default();
        Ok(State { values, memory })
    }

    /// The weights that the network's seed gives, before any training.
    ///
    /// # Errors
    /// As [`Model::state`].
    pub fn initial_state(&self) -> Result<State> {
        self.architecture().clone().build()?.state()
    }

    /// Puts weights and optimiser back as they were in `state`.
    ///
    /// # Errors
    /// When `state` is that of another architecture; the network stays as it was.
    pub fn set_state(&mut self, state: &State) -> Result<()> {
        let own = self.named_values()?;
        let expected: Vec<&[usize]> = own.iter().map(|(_, t)| t.dims()).collect();
        let found: Vec<&[usize]> = state.values.iter().map(Tensor::dims).collect();
        if expected != found {
            let place = format!("état du réseau « {} »", self.name());
            return Err(Error::shape(place, found, format!("{expected:?}, comme ce réseau")));
        }
        let mut values = state.values.iter();
        for layer in self.layers() {
            for (param, value) in layer.params().iter().zip(&mut values) {
                param.var.set(value)?;
            }
            if let Some(mut running) = layer.running()
                && let (Some(mean), Some(variance)) = (values.next(), values.next())
            {
                running.mean = mean.to_vec1()?;
                running.variance = variance.to_vec1()?;
            }
        }
        if let Ok(training) = self.training() {
            *training.memory() = state.memory.clone();
        }
        Ok(())
    }
}
