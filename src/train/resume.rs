//! A training that goes on where it was interrupted, bit for bit: after each
//! epoch everything that the next one depends on is written to a file.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::saved::make_folder;
use super::{Fit, History, Params};
use crate::nn::{Model, Sequential, State};
use crate::ops::optimizer::Optimizer;
use crate::{Error, Result};

/// What must be the same for a training to go on, and what it has been so far.
#[derive(Serialize, Deserialize)]
struct Note {
    network: Sequential,
    optimizer: Optimizer,
    #[serde(flatten)]
    params: Params,
    images: usize,
    augment: String,
    history: History,
}

fn note(model: &Model, settings: &Fit<'_>, images: usize, history: &History) -> Result<Note> {
    Ok(Note {
        network: model.architecture().clone(),
        optimizer: model.training()?.optimizer,
        params: settings.params(),
        images,
        augment: format!("{:?}", settings.augment),
        history: history.clone(),
    })
}

/// Writes what the next epoch depends on.
pub(super) fn write(
    path: &Path,
    model: &Model,
    settings: &Fit<'_>,
    images: usize,
    history: &History,
) -> Result<()> {
    make_folder(path)?;
    let note = note(model, settings, images, history)?;
    let json = serde_json::to_string(&note)
        .map_err(|e| Error::parameter("resume", e, "un entraînement qui s'écrit en JSON"))?;
    model.state()?.save(path, &json)
}

/// Puts the network back where the file left it; the history so far, empty
/// without a file.
pub(super) fn read(
    path: &Path,
    model: &mut Model,
    settings: &Fit<'_>,
    images: usize,
) -> Result<History> {
    let bad = |found: String| Error::BadFile {
        path: path.display().to_string(),
        found,
        expected: "le même entraînement, interrompu (supprimez ce fichier pour recommencer, ou \
                   donnez un autre nom)"
            .to_owned(),
    };
    let Some((state, json)) = State::load(path)? else { return Ok(History::default()) };
    let found: Note =
        serde_json::from_str(&json).map_err(|e| bad(format!("note illisible ({e})")))?;
    let own = note(model, settings, images, &found.history)?;
    let same = found.network == own.network
        && found.optimizer == own.optimizer
        && found.params == own.params
        && (found.images, &found.augment) == (own.images, &own.augment);
    if !same {
        let name = &found.network.name;
        return Err(bad(format!(
            "l'entraînement d'un autre réseau ou d'autres réglages (« {name} »)"
        )));
    }
    model.set_state(&state)?;
    Ok(found.history)
}
