//! A copy of all that training changes, to start again from it.

use candle_core::{DType, Device, Tensor, Var};

use super::Model;
use super::build::AVERAGES;
use super::model::Memory;
use crate::ops::optimizer::Slots;
use crate::{Error, Result};

/// Weights of a network at one moment, and what its optimiser remembers.
#[derive(Clone)]
pub struct State {
    pub(super) values: Vec<Tensor>,
    pub(crate) memory: Memory,
    /// [`Optimizer::name`](crate::ops::optimizer::Optimizer::name) of the one that
    /// remembers, where there is one and the file tells.
    pub(super) optimizer: Option<String>,
}

impl State {
    /// Weights alone, with an optimiser that remembers nothing.
    pub(super) fn from_values(values: Vec<Tensor>) -> Self {
        Self { values, memory: Memory::default(), optimizer: None }
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
    pub(crate) fn named_values(&self) -> Result<Vec<(String, Tensor)>> {
        let mut values = Vec::new();
        for layer in self.layers() {
            for param in layer.params() {
                let name = format!("{}.{}", layer.name(), param.name);
                values.push((name, param.var.as_tensor().copy()?));
            }
            if let Some(running) = layer.running() {
                for (name, values_of) in
                    AVERAGES.into_iter().zip([&running.mean, &running.variance])
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
        let Ok(training) = self.training() else { return Ok(State::from_values(values)) };
        let optimizer = Some(training.optimizer.name().to_owned());
        Ok(State { values, memory: training.memory().clone(), optimizer })
    }

    /// A copy of the network whose weights and averages went through `dtype`.
    pub(crate) fn rounded(&self, dtype: DType) -> Result<Self> {
        let mut copy = self.clone();
        let through = |(_, value): &(String, Tensor)| -> Result<Tensor> {
            Ok(value.to_dtype(dtype)?.to_dtype(DType::F32)?)
        };
        let values = self.named_values()?.iter().map(through).collect::<Result<_>>()?;
        copy.set_state(&State::from_values(values))?;
        Ok(copy)
    }

    /// The weights that the network's seed gives, before any training.
    ///
    /// # Errors
    /// As [`Model::state`].
    pub fn initial_state(&self) -> Result<State> {
        self.architecture().clone().build()?.state()
    }

    /// Puts weights and optimiser back as they were in `state`. Where the network
    /// was compiled since then with an optimiser of another name, to which that
    /// memory would mean something else, the optimiser starts afresh.
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
        self.check_memory(&state.memory)?;
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
            let name = training.optimizer.name();
            let same = state.optimizer.as_ref().is_none_or(|kept| kept == name);
            *training.memory() = if same { state.memory.clone() } else { Memory::default() };
        }
        Ok(())
    }

    /// What is wrong with `state` as that of this network's training after `steps`
    /// steps or more.
    pub(crate) fn doubt(&self, state: &State, steps: u64) -> Result<Option<String>> {
        let optimizer = &self.training()?.optimizer;
        let (name, memory) = (optimizer.name(), &state.memory);
        if let Some(other) = state.optimizer.as_ref().filter(|other| *other != name) {
            return Ok(Some(format!("la mémoire de l'optimiseur {other}, pas de {name}")));
        }
        if memory.steps < steps {
            let found = format!("{} pas d'optimiseur au lieu de {steps} au moins", memory.steps);
            return Ok(Some(found));
        }
        let vars = self.vars();
        let fits = |(slots, var): (&Slots, &Var)| {
            let lens = [slots.first.len(), slots.second.len()];
            let wanted = optimizer.remembers().map(|kept| if kept { var.elem_count() } else { 0 });
            lens == wanted
        };
        let whole = memory.slots.len() == vars.len() && memory.slots.iter().zip(&vars).all(fits);
        Ok((!whole)
            .then(|| format!("une mémoire d'optimiseur ({name}) qui n'est pas de ce réseau")))
    }

    /// Checks that an optimiser's memory is that of as many parameters of the same
    /// lengths, or of none yet.
    fn check_memory(&self, memory: &Memory) -> Result<()> {
        let vars = self.vars();
        let fits = |(slots, var): (&Slots, &Var)| {
            let len = var.elem_count();
            [&slots.first, &slots.second].iter().all(|kept| kept.is_empty() || kept.len() == len)
        };
        let len = memory.slots.len();
        if (len != 0 && len != vars.len()) || !memory.slots.iter().zip(&vars).all(fits) {
            let place = format!("état du réseau « {} »", self.name());
            let lens: Vec<usize> = vars.iter().map(|var| var.elem_count()).collect();
            let found: Vec<[usize; 2]> =
                memory.slots.iter().map(|s| [s.first.len(), s.second.len()]).collect();
            let found = format!("mémoire d'optimiseur de longueurs {found:?}");
            return Err(Error::parameter(place, found, format!("{lens:?}, comme ce réseau")));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prelude::*;

    const LOSS: Loss = Loss::SparseCategoricalCrossentropy;

    fn data() -> (Tensor, Tensor) {
        let x: Vec<f32> = (0..40).map(|i| (i * 7 % 11) as f32 / 11.0).collect();
        let x = Tensor::from_vec(x, (20, 2), &Device::Cpu).unwrap();
        (x, Tensor::from_vec((0..20u32).map(|i| i % 2).collect(), 20, &Device::Cpu).unwrap())
    }

    fn trained() -> Model {
        let network = Sequential::new("r", 2).dense("C", 2, Activation::Softmax);
        let mut model = network.compile(Adam::default(), LOSS).unwrap();
        let (x, y) = data();
        model.fit(&x, &y, fit()).unwrap();
        model
    }

    fn fit<'a>() -> Fit<'a> {
        Fit { epochs: 3, verbose: Verbose::Silent, ..Fit::default() }
    }

    #[test]
    fn an_optimiser_never_gets_the_memory_of_another() {
        let ((x, y), mut model) = (data(), trained());
        let state = model.state().unwrap();
        let momentum = Sgd { momentum: 0.9, ..Sgd::default() };
        let mut losses = |afresh: bool| {
            model.set_state(&state).unwrap();
            model.compile(momentum, LOSS).unwrap();
            if !afresh {
                model.set_state(&state).unwrap();
            }
            model.fit(&x, &y, fit()).unwrap().loss
        };
        assert_eq!(losses(false), losses(true));
    }

    #[test]
    fn its_own_memory_comes_back_even_at_another_rate_and_from_an_older_file() {
        let mut model = trained();
        let state = model.state().unwrap();
        model.compile(Adam { learning_rate: 0.1, ..Adam::default() }, LOSS).unwrap();
        model.set_state(&state).unwrap();
        assert_eq!(model.training().unwrap().memory().slots, state.memory.slots);

        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("état");
        state.save(&path, "note").unwrap();
        let (read, _) = State::load(&path).unwrap().unwrap();
        assert_eq!(read.optimizer.as_deref(), Some("Adam"));
        // As files were before the name stood in them.
        State { optimizer: None, ..state.clone() }.save(&path, "note").unwrap();
        let (old, note) = State::load(&path).unwrap().unwrap();
        assert_eq!((old.optimizer.as_ref(), &*note), (None, "note"));
        model.compile(Adam::default(), LOSS).unwrap();
        model.set_state(&old).unwrap();
        assert_eq!(model.training().unwrap().memory().slots, state.memory.slots);
    }

    /// A clone goes its own way: weights, averages, optimiser's memory, dropout's draws.
    #[test]
    fn a_clone_is_a_copy() {
        let (x, y) = data();
        let network = Sequential::new("r", 2).dense("C", 4, Activation::Relu).batch_norm("N");
        let network = network.dropout("D", 0.5).dense("S", 2, Activation::Softmax);
        let mut model = network.compile(Adam::default(), LOSS).unwrap();
        model.fit(&x, &y, fit()).unwrap();
        let all = |model: &Model| -> Vec<Vec<f32>> {
            let values = model.state().unwrap().values;
            values.iter().map(|t| t.flatten_all().unwrap().to_vec1().unwrap()).collect()
        };
        let (before, mut copy) = (all(&model), model.clone());
        assert!(all(&copy) == before && copy.is_copy_of(&model));
        let slots = model.training().unwrap().memory().slots.clone();
        copy.fit(&x, &y, fit()).unwrap();
        assert!(all(&model) == before && all(&copy) != before);
        assert_eq!(model.training().unwrap().memory().slots, slots);
        // The original goes on as the copy did.
        model.fit(&x, &y, fit()).unwrap();
        assert_eq!(all(&model), all(&copy));
    }
}
