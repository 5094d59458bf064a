//! A [`State`] in a file: weights, the optimiser's memory and a note, in the
//! safetensors format. What [`Model::save`](super::Model::save) writes is for
//! whoever uses the network; this is for a training that goes on.

use std::path::Path;

use candle_core::{Device, Tensor};
use safetensors::Dtype;

use super::file::{floats, open, read, serialized};
use super::model::Memory;
use super::{State, seal};
use crate::ops::optimizer::Slots;
use crate::{Error, Result, file};

/// All words of the metadata; files from before there was a checksum have no `seal`,
/// and before that no `optimizer`.
const WORDS: [&str; 4] = ["note", "steps", "optimizer", "seal"];
const EXPECTED: &str = "un entraînement interrompu (supprimez ce fichier pour recommencer)";

impl State {
    /// Writes the state and `note`; a former file stays as it was on failure.
    pub(crate) fn save(&self, path: &Path, note: &str) -> Result<()> {
        let mut tensors: Vec<(String, Tensor)> = Vec::new();
        for (i, value) in self.values.iter().enumerate() {
            tensors.push((format!("value.{i}"), value.clone()));
        }
        for (i, slots) in self.memory.slots.iter().enumerate() {
            for (name, values) in [("first", &slots.first), ("second", &slots.second)] {
                tensors.push((format!("{name}.{i}"), Tensor::new(&values[..], &Device::Cpu)?));
            }
        }
        let words = [
            ("note", note.to_owned()),
            ("steps", self.memory.steps.to_string()),
            ("seal", seal::room("{}")),
        ];
        let bytes = match &self.optimizer {
            None => serialized(tensors, words)?,
            Some(name) => {
                let [note, steps, seal] = words;
                serialized(tensors, [note, steps, seal, ("optimizer", name.clone())])?
            }
        };
        file::write(path, &bytes)
    }

    /// Reads what [`State::save`] wrote, with its note; `None` when there is no
    /// such file.
    pub(crate) fn load(path: &Path) -> Result<Option<(Self, String)>> {
        let bad = |found: String| Error::bad_file(path, found, EXPECTED);
        // What is found is the same; what to do about it is not.
        let ours = |error| match error {
            Error::BadFile { found, .. } => bad(found),
            other => other,
        };
        let bytes = match read(path) {
            Err(Error::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
                return Ok(None);
            }
            other => other.map_err(ours)?,
        };
        let (file, header) = open(&bytes, path).map_err(ours)?;
        let words = header.metadata().clone().unwrap_or_default();
        if let Some(word) = words.keys().find(|word| !WORDS.contains(&word.as_str())) {
            return Err(bad(format!("des métadonnées inconnues (« {word} »)")));
        }
        if let Some(seal) = words.get("seal") {
            seal::check(&bytes, seal, "{}").map_err(bad)?;
        }
        let word = |key: &str| words.get(key).cloned();
        let (Some(note), Some(steps)) = (word("note"), word("steps").and_then(|s| s.parse().ok()))
        else {
            return Err(bad("des poids sans mémoire d'optimiseur".to_owned()));
        };
        let tensor = |name: String| -> Result<Option<Tensor>> {
            let Ok(view) = file.tensor(&name) else { return Ok(None) };
            if view.dtype() != Dtype::F32 {
                return Err(bad(format!("« {name} » en {:?}", view.dtype())));
            }
            floats(&view).map(Some)
        };
        // Files from before it was noted say nothing of the optimiser's name.
        let (memory, optimizer) = (Memory { steps, slots: Vec::new() }, word("optimizer"));
        let mut state = Self { values: Vec::new(), memory, optimizer };
        while let Some(value) = tensor(format!("value.{}", state.values.len()))? {
            state.values.push(value);
        }
        let slots = &mut state.memory.slots;
        while let (Some(first), Some(second)) =
            (tensor(format!("first.{}", slots.len()))?, tensor(format!("second.{}", slots.len()))?)
        {
            slots.push(Slots { first: first.to_vec1()?, second: second.to_vec1()? });
        }
        let read = state.values.len() + 2 * state.memory.slots.len();
        if read != file.len() {
            return Err(bad(format!("{} tenseurs, dont {read} se suivent", file.len())));
        }
        Ok(Some((state, note)))
    }
}
