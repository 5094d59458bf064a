//! A folder of trainings: what is there is read, what is missing is trained.
//!
//! Each training leaves two files, `name.safetensors` (the network) and then
//! `name.json` (how it was trained, and its history): the second one says that
//! the first is whole. A comparison that was interrupted thus goes on with the
//! first network that is missing.
//!
//! Before the network's file is written the other one is there as
//! `name.json.attente`, and takes its own name afterwards: a network without
//! either is none of ours.
//!
//! A file counts only for the very training that it came from: same layers,
//! seed, optimiser, settings and images. Anything else is an error, and the
//! file is left alone: results are never silently mixed up or overwritten.

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use candle_core::Tensor;
use serde::{Deserialize, Serialize};

use super::experiment::Experiment;
use super::{Fit, History, saved};
use crate::nn::{Memory, Model};
use crate::{Error, Result};

const EXPECTED: &str = "un entraînement écrit par `Results`";
/// The extension of a history whose network is about to be written.
const ANNOUNCED: &str = "json.attente";

/// A folder of trained networks and their histories.
///
/// ```no_run
/// # use mnist_tp::prelude::*;
/// # let (x, y) = (Tensor::zeros((1, 4), DType::F32, &Device::Cpu)?, Tensor::zeros(1, DType::U8, &Device::Cpu)?);
/// # let mut model = Sequential::new("petit", 4).dense("C", 2, Activation::Softmax).build()?;
/// let results = Results::open("resultats/tp3")?;
/// let history = results.fit(&mut model, &x, &y, Fit::default())?; // trained, or read
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Results {
    folder: PathBuf,
}

/// What `name.json` holds.
#[derive(Debug, Serialize, Deserialize)]
struct Record {
    experiment: Experiment,
    history: History,
}

impl Results {
    /// Opens the folder, making it where needed.
    ///
    /// # Errors
    /// When it cannot be made, or is a file.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self> {
        Self::open_folder(folder.as_ref().to_owned())
    }

    fn open_folder(folder: PathBuf) -> Result<Self> {
        std::fs::create_dir_all(&folder)
            .map_err(|source| Error::Io { path: folder.display().to_string(), source })?;
        Ok(Self { folder })
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Trains `model` as [`Model::fit`] would and keeps network and history, or
    /// reads them when this very training is there already. The files are
    /// named after the network.
    ///
    /// Trained or read, the optimiser starts afresh afterwards: the files hold
    /// the network alone.
    ///
    /// # Errors
    /// As [`Model::fit`]; without any epoch; and when the files are those of
    /// another training, truncated, or not ours. They are left alone.
    pub fn fit(
        &self,
        model: &mut Model,
        x: &Tensor,
        y: &Tensor,
        settings: Fit<'_>,
    ) -> Result<History> {
        if settings.epochs == 0 {
            return Err(Error::parameter("epochs", 0, "au moins une époque à conserver"));
        }
        let experiment = Experiment::new(model, x, y, &settings)?;
        let (json, weights) =
            (self.path(model.name(), "json"), self.path(model.name(), "safetensors"));
        let announced = self.path(model.name(), ANNOUNCED);
        if let Some(Record { experiment: found, history }) = saved::read(&json, EXPECTED)? {
            if let Some(what) = found.difference(&experiment) {
                return Err(saved::bad(&json, what, "cet entraînement-ci"));
            }
            if history.epochs() == 0 {
                return Err(saved::bad(&json, "un historique vide", EXPECTED));
            }
            model.load_weights(&weights)?;
            return Ok(history);
        }
        // Ours without its history, after an interruption between the two, is
        // announced: it is made again.
        if weights.exists() && !announced.exists() {
            return Err(saved::bad(&weights, "un fichier sans son historique (.json)", EXPECTED));
        }
        let history = model.fit(x, y, settings)?;
        saved::write(&announced, &Record { experiment, history: history.clone() })?;
        model.save(&weights)?;
        std::fs::rename(&announced, &json)
            .map_err(|source| Error::Io { path: json.display().to_string(), source })?;
        *model.training()?.memory() = Memory::default();
        Ok(history)
    }

    /// The network and the history kept under `name`.
    ///
    /// # Errors
    /// When they are not there, truncated, or not ours.
    pub fn load(&self, name: &str) -> Result<(Model, History)> {
        let json = self.path(name, "json");
        let Some(Record { experiment, history }) = saved::read(&json, EXPECTED)? else {
            let expected = format!("l'un des noms {}", self.names()?.join(", "));
            return Err(Error::parameter("résultat", format!("« {name} »"), expected));
        };
        let mut model = Model::load(self.path(name, "safetensors"))?;
        model.compile(experiment.optimizer, experiment.loss)?;
        Ok((model, history))
    }

    /// The names of the trainings kept here, in alphabetical order.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn names(&self) -> Result<Vec<String>> {
        let failed = |source| Error::Io { path: self.folder.display().to_string(), source };
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&self.folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if path.extension().is_some_and(|e| e == "json")
                && path.with_extension("safetensors").exists()
                && let Some(name) = path.file_stem()
            {
                names.push(name.to_string_lossy().into_owned());
            }
        }
        names.sort();
        Ok(names)
    }

    /// Removes the training kept under `name`, if there is one.
    ///
    /// # Errors
    /// When its files cannot be removed.
    pub fn remove(&self, name: &str) -> Result<()> {
        for extension in ["json", "safetensors", ANNOUNCED] {
            let path = self.path(name, extension);
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(Error::Io { path: path.display().to_string(), source: error });
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// A file for something else of the same comparison: the trials of a search.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The file of `name`, whose unusual letters become `_`.
    fn path(&self, name: &str, extension: &str) -> PathBuf {
        let plain = |c: char| if c.is_alphanumeric() || "-_ .,".contains(c) { c } else { '_' };
        let name: String = name.chars().map(plain).collect();
        self.folder.join(format!("{name}.{extension}"))
    }
}
