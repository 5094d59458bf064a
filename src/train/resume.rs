//! A training that goes on where it was interrupted, bit for bit: after each
//! epoch everything that the next one depends on is written to a file.

use std::path::Path;

use candle_core::Tensor;
use serde::{Deserialize, Serialize};

use super::experiment::Experiment;
use super::{Fit, History};
use crate::nn::{Model, State};
use crate::{Error, Result};

/// What the file holds beside the state of network and optimiser.
#[derive(Serialize, Deserialize)]
struct Note {
    experiment: Experiment,
    history: History,
}

/// The file of a training, and what must be the same for it to go on.
pub(super) struct Resume<'a> {
    path: &'a Path,
    experiment: Experiment,
    /// Steps of an epoch.
    batches: usize,
}

impl<'a> Resume<'a> {
    /// For `model` on `x` and `y`, in `batches` steps an epoch; nothing when `settings` names
    /// no file.
    pub(super) fn new(
        model: &Model,
        x: &Tensor,
        y: &Tensor,
        settings: &'a Fit<'_>,
        batches: usize,
    ) -> Result<Option<Self>> {
        let Some(path) = &settings.resume else { return Ok(None) };
        Ok(Some(Self { path, experiment: Experiment::new(model, x, y, settings)?, batches }))
    }

    /// Writes what the next epoch depends on.
    pub(super) fn write(&self, model: &Model, history: &History) -> Result<()> {
        let (experiment, history) = (self.experiment.clone(), history.clone());
        let json = serde_json::to_string(&Note { experiment, history })
            .map_err(|e| Error::parameter("resume", e, "un entraînement qui s'écrit en JSON"))?;
        model.state()?.save(self.path, &json)
    }

    /// Puts the network back where the file left it; the history so far, empty
    /// without a file.
    pub(super) fn read(&self, model: &mut Model) -> Result<History> {
        let expected = "le même entraînement, interrompu (supprimez ce fichier pour recommencer, \
                        ou donnez un autre nom)";
        let bad = |found: String| Error::bad_file(self.path, found, expected);
        let Some((state, json)) = State::load(self.path)? else { return Ok(History::default()) };
        let Note { mut experiment, history } =
            serde_json::from_str(&json).map_err(|e| bad(format!("note illisible ({e})")))?;
        // The same training may go further, but not back.
        experiment.epochs = self.experiment.epochs.max(history.epochs());
        if let Some(what) = experiment.difference(&self.experiment) {
            return Err(bad(format!("{what} (« {} »)", experiment.architecture.name)));
        }
        let parts = [&history.accuracy, &history.val_loss, &history.val_accuracy];
        let lens = parts.map(Vec::len);
        let epochs = history.epochs();
        if epochs == 0
            || lens[0] != epochs
            || lens[1..].iter().any(|len| *len != 0 && *len != epochs)
        {
            return Err(bad(format!(
                "un historique de {epochs} pertes pour {lens:?} autres mesures"
            )));
        }
        let steps = (epochs as u64).saturating_mul(self.batches as u64);
        if let Some(what) = model.doubt(&state, steps)? {
            return Err(bad(what));
        }
        model.set_state(&state)?;
        Ok(history)
    }
}
