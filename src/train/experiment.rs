//! What a training's result depends on, kept beside the result: a file counts only
//! for the very training that it came from.
//!
//! The weights that it starts from are not kept: they are taken to be those that
//! the architecture's seed gives, and the optimiser to remember nothing.

use candle_core::Tensor;
use serde::{Deserialize, Serialize};

use super::{Fit, Validation};
use crate::Result;
use crate::nn::{Loss, Model, Sequential};
use crate::ops::optimizer::Optimizer;

/// What a training's result depends on, when the network was just built (or put
/// back to its `initial_state()`) and compiled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Experiment {
    pub(super) architecture: Sequential,
    pub(super) optimizer: Optimizer,
    pub(super) loss: Loss,
    pub(super) epochs: usize,
    batch_size: usize,
    shuffle: bool,
    seed: u64,
    callbacks: String,
    #[serde(default = "unchanged")]
    augment: String,
    images: Vec<usize>,
    validation: String,
    /// FNV-1a of the data, of all labels and one pixel in 97.
    data: String,
}

impl Experiment {
    pub(super) fn new(model: &Model, x: &Tensor, y: &Tensor, settings: &Fit<'_>) -> Result<Self> {
        let training = model.training()?;
        let mut hash = Hash::default();
        hash.tensor(x, 97)?;
        hash.tensor(y, 1)?;
        let validation = match settings.validation {
            Validation::None => "aucune".to_owned(),
            Validation::Split(share) => format!("part {share}"),
            Validation::Data(x, y) => {
                hash.tensor(x, 97)?;
                hash.tensor(y, 1)?;
                format!("données {:?}", x.dims())
            }
        };
        Ok(Self {
            architecture: model.architecture().clone(),
            optimizer: training.optimizer,
            loss: training.loss,
            epochs: settings.epochs,
            batch_size: settings.batch_size,
            shuffle: settings.shuffle,
            seed: settings.seed,
            callbacks: format!("{:?}", settings.callbacks),
            augment: format!("{:?}", settings.augment),
            images: x.dims().to_vec(),
            validation,
            data: format!("{:016x}", hash.0),
        })
    }

    /// How this experiment differs from `wanted`, in words.
    pub(super) fn difference(&self, wanted: &Self) -> Option<String> {
        let optimizer =
            |e: &Self| format!("{} à {}", e.optimizer.name(), e.optimizer.learning_rate());
        Some(match () {
            () if self == wanted => return None,
            () if self.architecture.layers != wanted.architecture.layers => {
                "un réseau d'autres couches".into()
            }
            () if self.architecture != wanted.architecture => {
                "un réseau d'une autre graine ou d'une autre initialisation".into()
            }
            () if self.optimizer != wanted.optimizer => {
                format!("un entraînement par {}, pas par {}", optimizer(self), optimizer(wanted))
            }
            () if self.epochs != wanted.epochs => {
                format!("un entraînement de {} époques, pas de {}", self.epochs, wanted.epochs)
            }
            () if self.batch_size != wanted.batch_size => {
                format!("des lots de {}, pas de {}", self.batch_size, wanted.batch_size)
            }
            () if self.images != wanted.images || self.data != wanted.data => {
                format!("un entraînement sur d'autres images ({:?})", self.images)
            }
            () => "un entraînement avec d'autres réglages".into(),
        })
    }
}

/// What a record without changes of the images means.
fn unchanged() -> String {
    "[]".to_owned()
}

/// FNV-1a over the numbers of tensors.
struct Hash(u64);

impl Default for Hash {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hash {
    /// Every `step`-th number of `tensor`.
    fn tensor(&mut self, tensor: &Tensor, step: usize) -> Result<()> {
        let all = tensor.flatten_all()?;
        let len = all.elem_count().div_ceil(step);
        let rows = (0..len).map(|i| (i * step) as u32).collect::<Vec<_>>();
        let some = crate::data::gather(&all, &rows)?.to_dtype(candle_core::DType::F32)?;
        for value in some.to_vec1::<f32>()? {
            for byte in value.to_bits().to_le_bytes() {
                self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
            }
        }
        Ok(())
    }
}
