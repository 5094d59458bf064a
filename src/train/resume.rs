//! A training that goes on where it was interrupted, bit for bit: after each
//! epoch everything that the next one depends on is written to a file.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{Fit, History};
use crate::nn::{Model, Sequential, State};
use crate::ops::optimizer::Optimizer;
use crate::{Error, Result};

/// What must be the same for a training to go on, and what it has been so far.
#[derive(Serialize, Deserialize)]
struct Note {
    network: Sequential,
    optimizer: Optimizer,
    batch_size: usize,
    shuffle: bool,
    seed: u64,
    images: usize,
    augment: String,
    history: History,
}

fn note(model: &Model, settings: &Fit<'_>, images: usize, history: &History) -> Result<Note> {
    Ok(Note {
        network: model.architecture().clone(),
        optimizer: model.training()?.optimizer,
        batch_size: settings.batch_size,
        shuffle: settings.shuffle,
        seed: settings.seed,
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
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)
            .map_err(|source| Error::Io { path: folder.display().to_string(), source })?;
    }
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
        && [found.batch_size, found.images] == [own.batch_size, own.images]
        && (found.shuffle, found.seed, &found.augment) == (own.shuffle, own.seed, &own.augment);
    if !same {
        let name = &found.network.name;
        return Err(bad(format!(
            "l'entraînement d'un autre réseau ou d'autres réglages (« {name} »)"
        )));
    }
    model.set_state(&state)?;
    Ok(found.history)
}
