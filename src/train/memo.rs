//! Trainings handed on: the same seed gives the same bits, so a training that was
//! made before with the same code may be read in place of being made again.
//!
//! Off unless `MNIST_TP_MEMO` names a folder: `tp grade` has the solutions fill one
//! and the submissions read it. The key is a hash of all that a training depends on:
//! this very code (the file it was loaded from), structure, weights, the optimiser and
//! its memory, every image and target, the settings. Names
//! are not in it: they change no number. The durations of the epochs are those of the
//! training that was made, some nanoseconds longer where a process has it again: by its
//! durations a training that was made anew is told from a copied history. A file that is
//! missing, cut short or changed counts for nothing.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use candle_core::{DType, Tensor};
use serde::{Deserialize, Serialize};

use super::callback::Callback;
use super::history::History;
use super::settings::{Fit, Validation};
use crate::nn::{Model, State};
use crate::{Error, Result, protocol};

/// The folder that the environment names.
pub(super) fn folder() -> Option<PathBuf> {
    protocol::path(protocol::MEMO)
}

/// The place of one training in the folder.
pub(super) struct Memo {
    path: PathBuf,
}

/// What the file holds beside the state of network and optimiser.
#[derive(Serialize, Deserialize)]
struct Note {
    history: History,
    sentence: String,
    /// Of all the rest, durations excepted.
    sum: String,
}

impl Memo {
    /// None for a training that leaves files behind, which is not in its result, and
    /// where the system does not tell which code this is.
    pub(super) fn new(
        folder: Option<&Path>,
        model: &Model,
        x: &Tensor,
        y: &Tensor,
        settings: &Fit<'_>,
    ) -> Result<Option<Self>> {
        let checkpoint = |callback: &Callback| matches!(callback, Callback::ModelCheckpoint(_));
        let Some(folder) = folder else { return Ok(None) };
        if settings.resume.is_some() || settings.callbacks.iter().any(checkpoint) {
            return Ok(None);
        }
        let Some(code) = code() else { return Ok(None) };
        let training = model.training()?;
        let mut hash = Hash::default();
        hash.text(&format!("{} {code:032x}", env!("CARGO_PKG_VERSION")));
        hash.text(&format!("{:?} {:?}", training.optimizer, training.loss));
        // The tensors are hashed whole, and a panel changes nothing.
        let Fit { epochs, batch_size, validation, shuffle, seed, augment, callbacks, .. } =
            settings;
        hash.text(&format!("{epochs} {batch_size} {shuffle} {seed} {augment:?} {callbacks:?}"));
        hash.tensor(x)?;
        hash.tensor(y)?;
        match validation {
            Validation::None => hash.text("none"),
            Validation::Split(share) => hash.text(&format!("split {share:?}")),
            Validation::Data(x, y) => {
                hash.text("data");
                hash.tensor(x)?;
                hash.tensor(y)?;
            }
        }
        hash.model(model)?;
        Ok(Some(Self { path: folder.join(format!("{:032x}", hash.0)) }))
    }

    /// Puts `model` where the training left it; its history, and what was said at
    /// its end. Without a whole file the model stays as it is.
    pub(super) fn recall(&self, model: &mut Model) -> Option<(History, String)> {
        let (state, note) = State::load(&self.path).ok()??;
        let Note { mut history, sentence, sum } = serde_json::from_str(&note).ok()?;
        let before = model.state().ok()?;
        model.set_state(&state).ok()?;
        if self::sum(model, &history, &sentence).ok().as_ref() == Some(&sum) {
            history.name = model.name().to_owned();
            if let Some(last) = history.seconds.last_mut() {
                *last += 1e-9 * f64::from(self.times_had());
            }
            return Some((history, sentence));
        }
        model.set_state(&before).ok()?;
        None
    }

    /// How often this process has had this training before, made or read.
    fn times_had(&self) -> u32 {
        static HAD: Mutex<Option<HashMap<PathBuf, u32>>> = Mutex::new(None);
        let mut had = HAD.lock().unwrap_or_else(PoisonError::into_inner);
        let times = had.get_or_insert_default().entry(self.path.clone()).or_default();
        *times += 1;
        *times - 1
    }

    /// Writes a training that has ended. A folder that cannot be written to costs
    /// time, no training.
    pub(super) fn keep(&self, model: &Model, history: &History, sentence: &str) {
        self.times_had();
        let written = || -> Result<()> {
            let sum = sum(model, history, sentence)?;
            let note = Note { history: history.clone(), sentence: sentence.to_owned(), sum };
            let note = serde_json::to_string(&note)
                .map_err(|e| Error::parameter(protocol::MEMO, e, "un historique en JSON"))?;
            model.state()?.save(&self.path, &note)
        };
        let _ = written();
    }
}

/// What a file is known by.
fn sum(model: &Model, history: &History, sentence: &str) -> Result<String> {
    let mut hash = Hash::default();
    hash.model(model)?;
    let History { name: _, loss, accuracy, val_loss, val_accuracy, params, seconds } = history;
    hash.text(&format!("{params:?} {sentence} {}", seconds.len()));
    for values in [loss, accuracy, val_loss, val_accuracy] {
        hash.numbers(values);
    }
    Ok(format!("{:032x}", hash.0))
}

/// A hash of the file that this code was loaded from.
fn code() -> Option<u128> {
    static CODE: OnceLock<Option<u128>> = OnceLock::new();
    let read = || {
        let maps = std::fs::read_to_string("/proc/self/maps").ok()?;
        let here = code as fn() -> Option<u128> as usize;
        let bytes = std::fs::read(maps.lines().find_map(|line| mapped(line, here))?).ok()?;
        let mut hash = Hash::default();
        hash.bytes(&bytes);
        Some(hash.0)
    };
    *CODE.get_or_init(read)
}

/// The file of a line of `/proc/self/maps` (`START-END rights offset device inode file`)
/// that holds the address `here`.
fn mapped(line: &str, here: usize) -> Option<&str> {
    let (range, _) = line.split_once(' ')?;
    let (start, end) = range.split_once('-')?;
    let address = |text| usize::from_str_radix(text, 16).ok();
    let is_here = (address(start)?..address(end)?).contains(&here);
    line.find('/').filter(|_| is_here).map(|place| &line[place..])
}

/// FNV-1a in its form of 128 bits, over words of 32 bits.
struct Hash(u128);

impl Default for Hash {
    fn default() -> Self {
        Self(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d)
    }
}

impl Hash {
    fn word(&mut self, word: u32) {
        self.0 = (self.0 ^ u128::from(word)).wrapping_mul(0x0100_0000_0000_0000_0000_013b);
    }

    /// The length goes first: two texts are not taken for one.
    fn text(&mut self, text: &str) {
        self.word(text.len() as u32);
        text.bytes().for_each(|byte| self.word(u32::from(byte)));
    }

    /// Four at a time.
    fn bytes(&mut self, bytes: &[u8]) {
        self.word(bytes.len() as u32);
        for four in bytes.chunks(4) {
            let mut word = [0; 4];
            word[..four.len()].copy_from_slice(four);
            self.word(u32::from_le_bytes(word));
        }
    }

    fn numbers(&mut self, values: &[f32]) {
        self.word(values.len() as u32);
        values.iter().for_each(|value| self.word(value.to_bits()));
    }

    /// Type, shape and every number (labels as f32, which holds them exactly).
    fn tensor(&mut self, tensor: &Tensor) -> Result<()> {
        self.text(&format!("{:?} {:?}", tensor.dtype(), tensor.dims()));
        self.numbers(&tensor.flatten_all()?.to_dtype(DType::F32)?.to_vec1()?);
        Ok(())
    }

    /// Structure, weights, running means, and what the optimiser remembers.
    fn model(&mut self, model: &Model) -> Result<()> {
        let structure = model.architecture();
        self.text(&format!("{:?}", structure.input_shape));
        for layer in &structure.layers {
            self.text(&format!("{:?}", layer.spec));
        }
        for layer in model.layers() {
            for param in layer.params() {
                self.tensor(param.var.as_tensor())?;
            }
            if let Some(running) = layer.running() {
                self.numbers(&running.mean);
                self.numbers(&running.variance);
            }
        }
        let memory = model.training()?.memory();
        self.text(&memory.steps.to_string());
        for slots in &memory.slots {
            self.numbers(&slots.first);
            self.numbers(&slots.second);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
