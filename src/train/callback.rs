//! What may happen at the end of an epoch: stop early, keep the best weights.

use std::fmt;
use std::path::PathBuf;

use super::history::History;
use super::monitor::{Monitor, Stopping};
use crate::Result;
use crate::french::{comma, plural};
use crate::nn::{Model, State};

/// Stops when the measure has not improved for `patience` epochs.
#[derive(Clone, PartialEq)]
pub struct EarlyStopping {
    /// The measure.
    pub monitor: Monitor,
    /// Number of epochs without improvement that are borne.
    pub patience: usize,
    /// Smallest change that counts as an improvement.
    pub min_delta: f32,
    /// Whether the weights of the best epoch are put back at the end.
    pub restore_best_weights: bool,
    /// What the measure must be better than: an epoch that improves it, but not as
    /// far as that, uses up the patience all the same. None by default.
    pub baseline: Option<f32>,
    /// Number of epochs at the start that are not looked at, 0 by default.
    pub start_from_epoch: usize,
}

impl Default for EarlyStopping {
    fn default() -> Self {
        Self {
            monitor: Monitor::ValLoss,
            patience: 3,
            min_delta: 0.0,
            restore_best_weights: true,
            baseline: None,
            start_from_epoch: 0,
        }
    }
}

/// As derived, without the settings that are off: files of trainings are known by
/// this text, and older ones must not become unknown.
impl fmt::Debug for EarlyStopping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct("EarlyStopping");
        text.field("monitor", &self.monitor)
            .field("patience", &self.patience)
            .field("min_delta", &self.min_delta)
            .field("restore_best_weights", &self.restore_best_weights);
        if let Some(baseline) = self.baseline {
            text.field("baseline", &baseline);
        }
        if self.start_from_epoch > 0 {
            text.field("start_from_epoch", &self.start_from_epoch);
        }
        text.finish()
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

    /// What it stops a training by, if it does.
    pub(super) fn stopping(&self) -> Option<Stopping> {
        match self {
            Self::EarlyStopping(c) => Some(Stopping { monitor: c.monitor, patience: c.patience }),
            Self::ModelCheckpoint(_) => None,
        }
    }
}

/// A callback at work during one `fit`.
#[derive(Debug)]
pub(super) struct Watcher<'a> {
    callback: &'a Callback,
    best: Option<(f32, usize)>,
    /// Epochs since the measure improved, or beat the baseline where there is one.
    waited: usize,
    state: Option<State>,
}

impl<'a> Watcher<'a> {
    pub(super) fn new(callback: &'a Callback) -> Self {
        Self { callback, best: None, waited: 0, state: None }
    }

    /// Looks at the epoch that ended; a sentence when training should stop.
    pub(super) fn epoch(&mut self, model: &Model, history: &History) -> Result<Option<String>> {
        let monitor = self.callback.monitor();
        let epoch = history.epochs();
        let Some(value) = history.last(monitor) else { return Ok(None) };
        let (min_delta, start) = match self.callback {
            Callback::EarlyStopping(stop) => (stop.min_delta, stop.start_from_epoch),
            Callback::ModelCheckpoint(_) => (0.0, 0),
        };
        if epoch <= start {
            return Ok(None);
        }
        let better = self.best.is_none_or(|(best, _)| monitor.gain(value, best) > min_delta);
        if better {
            self.best = Some((value, epoch));
        }
        match self.callback {
            Callback::ModelCheckpoint(c) if better => model.save(&c.path)?,
            Callback::EarlyStopping(c) => {
                if better && c.restore_best_weights {
                    self.state = Some(model.state()?);
                }
                let beaten = |baseline| monitor.gain(value, baseline) > min_delta;
                self.waited += 1;
                if better && c.baseline.is_none_or(beaten) {
                    self.waited = 0;
                }
                if !better && self.waited >= c.patience.max(1) {
                    return Ok(Some(self.reason(c, history)));
                }
            }
            Callback::ModelCheckpoint(_) => {}
        }
        Ok(None)
    }

    /// Why the training stops.
    fn reason(&self, stop: &EarlyStopping, history: &History) -> String {
        let what = stop.monitor.name();
        let (best, best_epoch) = self.best.unwrap_or_default();
        match stop.baseline.filter(|baseline| stop.monitor.gain(best, *baseline) <= stop.min_delta)
        {
            Some(baseline) => format!(
                "Arrêt anticipé\u{a0}: en {}, {what} n’a pas fait mieux que {}.",
                plural(history.epochs(), "époque"),
                comma(baseline)
            ),
            None => format!(
                "Arrêt anticipé\u{a0}: {what} n’a pas progressé depuis l’époque {best_epoch}."
            ),
        }
    }

    /// Ends the training: puts the best weights back where that was asked.
    pub(super) fn finish(self, model: &mut Model, epochs: usize) -> Result<Option<String>> {
        match (self.state, self.best) {
            (Some(state), Some((_, epoch))) if epoch < epochs => {
                model.set_state(&state)?;
                Ok(Some(format!("Poids de l’époque {epoch} remis en place.")))
            }
            _ => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prelude::*;

    const A: [f32; 11] = [0.9, 0.8, 0.7, 0.6, 0.75, 0.5, 0.4, 0.45, 0.6, 0.7, 0.8];
    const B: [f32; 10] = [0.5, 0.6, 0.7, 0.4, 0.45, 0.3, 0.35, 0.5, 0.6, 0.2];

    /// Keras 3.15: `EarlyStopping(restore_best_weights=True, …)` told these losses;
    /// number of epochs made, and the epoch whose weights it puts back.
    #[test]
    fn early_stopping_stops_where_keras_stops() {
        type Case = (&'static [f32], usize, f32, Option<f32>, usize, usize, Option<usize>);
        let cases: [Case; 12] = [
            (&A, 1, 0.0, None, 0, 5, Some(4)),
            (&A, 2, 0.0, None, 0, 9, Some(7)),
            (&A, 3, 0.0, Some(0.65), 0, 10, Some(7)),
            (&A, 2, 0.0, Some(0.5), 0, 5, Some(4)),
            (&A, 5, 0.0, Some(0.3), 0, 5, Some(4)),
            (&A, 9, 0.0, Some(0.3), 0, 9, Some(7)),
            (&A, 3, 0.15, Some(0.8), 0, 4, Some(3)),
            (&B, 1, 0.0, None, 3, 5, Some(4)),
            (&B, 2, 0.0, None, 1, 8, Some(6)),
            (&B, 2, 0.0, Some(0.32), 2, 5, Some(4)),
            (&B, 2, 0.0, None, 20, 10, None),
            (&B, 0, 0.0, Some(0.45), 4, 7, Some(6)),
        ];
        let model = Sequential::new("r", 1).dense("C", 1, Activation::Softmax).build().unwrap();
        for (losses, patience, min_delta, baseline, start_from_epoch, epochs, best) in cases {
            let stop = EarlyStopping {
                patience,
                min_delta,
                baseline,
                start_from_epoch,
                ..EarlyStopping::default()
            };
            let callback = stop.clone().into();
            let (mut watcher, mut history) = (Watcher::new(&callback), History::default());
            let mut said = None;
            for loss in losses {
                history.loss.push(*loss);
                history.val_loss.push(*loss);
                said = watcher.epoch(&model, &history).unwrap();
                if said.is_some() {
                    break;
                }
            }
            assert_eq!(history.epochs(), epochs, "{stop:?}");
            assert_eq!(watcher.state.and(watcher.best).map(|(_, epoch)| epoch), best, "{stop:?}");
            // Why it stopped: the baseline was never beaten, or nothing improved.
            let beaten = baseline.is_none_or(|b| losses[..epochs].iter().any(|loss| *loss < b));
            if let Some(said) = said.filter(|_| min_delta == 0.0) {
                assert_eq!(said.contains("mieux que"), !beaten, "{said}");
            }
        }
    }

    /// Files of trainings are known by this text.
    #[test]
    fn settings_that_are_off_leave_no_trace() {
        let text = format!("{:?}", EarlyStopping::default());
        let before = "EarlyStopping { monitor: ValLoss, patience: 3, min_delta: 0.0, \
                      restore_best_weights: true }";
        assert_eq!(text, before);
        let (baseline, start_from_epoch) = (Some(0.5), 2);
        let set = EarlyStopping { baseline, start_from_epoch, ..EarlyStopping::default() };
        assert!(format!("{set:?}").ends_with("true, baseline: 0.5, start_from_epoch: 2 }"));
    }
}
