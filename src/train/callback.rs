//! What may happen at the end of an epoch: stop early, keep the best weights.

use std::path::PathBuf;

use super::History;
use crate::Result;
use crate::nn::{Model, State};

/// The measure that a callback watches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Monitor {
    /// Loss on the training images.
    Loss,
    /// Accuracy on the training images.
    Accuracy,
    /// Loss on the validation images.
    #[default]
    ValLoss,
    /// Accuracy on the validation images.
    ValAccuracy,
}

impl Monitor {
    /// Whether the measure needs validation data.
    pub fn needs_validation(self) -> bool {
        matches!(self, Self::ValLoss | Self::ValAccuracy)
    }

    /// Its name in a sentence.
    fn name(self) -> &'static str {
        match self {
            Self::Loss => "la perte",
            Self::Accuracy => "la précision",
            Self::ValLoss => "la perte de validation",
            Self::ValAccuracy => "la précision de validation",
        }
    }

    fn last(self, history: &History) -> Option<f32> {
        let values = match self {
            Self::Loss => &history.loss,
            Self::Accuracy => &history.accuracy,
            Self::ValLoss => &history.val_loss,
            Self::ValAccuracy => &history.val_accuracy,
        };
        values.last().copied()
    }

    /// By how much `value` is better than `best`.
    fn gain(self, value: f32, best: f32) -> f32 {
        match self {
            Self::Loss | Self::ValLoss => best - value,
            Self::Accuracy | Self::ValAccuracy => value - best,
        }
    }
}

/// Stops when the measure has not improved for `patience` epochs.
#[derive(Clone, Debug, PartialEq)]
pub struct EarlyStopping {
    /// The measure.
    pub monitor: Monitor,
    /// Number of epochs without improvement that are borne.
    pub patience: usize,
    /// Smallest change that counts as an improvement.
    pub min_delta: f32,
    /// Whether the weights of the best epoch are put back at the end.
    pub restore_best_weights: bool,
}

impl Default for EarlyStopping {
    fn default() -> Self {
        let monitor = Monitor::ValLoss;
        Self { monitor, patience: 3, min_delta: 0.0, restore_best_weights: true }
    }
}

/// Saves the network at each epoch that improves the measure.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelCheckpoint {
    /// The file.
    pub path: PathBuf,
    /// The measure.
    pub monitor: Monitor,
}

/// One of the callbacks.
#[derive(Clone, Debug, PartialEq)]
pub enum Callback {
    /// See [`EarlyStopping`].
    EarlyStopping(EarlyStopping),
    /// See [`ModelCheckpoint`].
    ModelCheckpoint(ModelCheckpoint),
}

impl From<EarlyStopping> for Callback {
    fn from(callback: EarlyStopping) -> Self {
        Self::EarlyStopping(callback)
    }
}

impl From<ModelCheckpoint> for Callback {
    fn from(callback: ModelCheckpoint) -> Self {
        Self::ModelCheckpoint(callback)
    }
}

impl Callback {
    pub(super) fn monitor(&self) -> Monitor {
        match self {
            Self::EarlyStopping(c) => c.monitor,
            Self::ModelCheckpoint(c) => c.monitor,
        }
    }
}

/// A callback at work during one `fit`.
#[derive(Debug)]
pub(super) struct Watcher<'a> {
    callback: &'a Callback,
    best: Option<(f32, usize)>,
    state: Option<State>,
}

impl<'a> Watcher<'a> {
    pub(super) fn new(callback: &'a Callback) -> Self {
        Self { callback, best: None, state: None }
    }

    /// Looks at the epoch that ended; a sentence when training should stop.
    pub(super) fn epoch(&mut self, model: &Model, history: &History) -> Result<Option<String>> {
        let monitor = self.callback.monitor();
        let epoch = history.epochs();
        let Some(value) = monitor.last(history) else { return Ok(None) };
        let min_delta = match self.callback {
            Callback::EarlyStopping(stop) => stop.min_delta,
            Callback::ModelCheckpoint(_) => 0.0,
        };
        let better = self.best.is_none_or(|(best, _)| monitor.gain(value, best) > min_delta);
        if better {
            self.best = Some((value, epoch));
        }
        match self.callback {
            Callback::ModelCheckpoint(c) if better => model.save(&c.path)?,
            Callback::EarlyStopping(c) if better && c.restore_best_weights => {
                self.state = Some(model.state()?);
            }
            Callback::EarlyStopping(c) => {
                let (_, best_epoch) = self.best.unwrap_or((value, epoch));
                if epoch - best_epoch >= c.patience.max(1) {
                    let what = c.monitor.name();
                    return Ok(Some(format!(
                        "Arrêt anticipé\u{a0}: {what} n'a pas progressé depuis l'époque {best_epoch}."
                    )));
                }
            }
            Callback::ModelCheckpoint(_) => {}
        }
        Ok(None)
    }

    /// Ends the training: puts the best weights back where that was asked.
    pub(super) fn finish(self, model: &mut Model, epochs: usize) -> Result<Option<String>> {
        match (self.state, self.best) {
            (Some(state), Some((_, epoch))) if epoch < epochs => {
                model.set_state(&state)?;
                Ok(Some(format!("Poids de l'époque {epoch} remis en place.")))
            }
            _ => Ok(None),
        }
    }
}
