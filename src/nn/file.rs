//! A network in one file: its structure as JSON in the metadata, its weights as
//! tensors, in the safetensors format, with a checksum ([`super::seal`]).
//!
//! Tensors are named `layer.parameter`. A file is read and checked whole before
//! the first weight changes; an interrupted writing leaves the former file as it
//! was. The sizes that a structure announces are those of the file's tensors, or
//! nothing is built.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use candle_core::{DType, Device, Tensor};
use safetensors::tensor::{Metadata, TensorView};
use safetensors::{Dtype, SafeTensors};

use super::{Model, Sequential, State, origin, seal};
use crate::{Error, Result, file};

/// The metadata of a network, and of weights alone.
const NETWORK: &str = "mnist_tp";
const WEIGHTS: &str = "mnist_tp_weights";
/// How the structure starts in files that have no checksum.
const FORMER: &str = "{\"name\":";
/// Longest header, as the format has it.
const HEADER: u64 = 100_000_000;
/// Largest file that is read: more than the largest network with its optimiser's
/// memory has.
const FILE: u64 = 4 << 30;

impl Model {
    /// Writes structure and weights into one safetensors file, making its folder where
    /// needed.
    ///
    /// # Errors
    /// When the file cannot be written; a former one stays as it was.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        file::write(path.as_ref(), &self.to_bytes(DType::F32)?)
    }

    /// Structure and weights as [`Model::save`] writes them, the weights as `dtype`.
    pub(crate) fn to_bytes(&self, dtype: DType) -> Result<Vec<u8>> {
        let json = serde_json::to_string(self.architecture())
            .map_err(|e| Error::parameter("structure", e, "un réseau qui s'écrit en JSON"))?;
        let values = self.named_values()?.into_iter();
        let values = values.map(|(name, value)| Ok((name, value.to_dtype(dtype)?)));
        serialized(values.collect::<Result<_>>()?, [(NETWORK, seal::room(&json))])
    }

    /// Writes the weights alone.
    ///
    /// # Errors
    /// As [`Model::save`].
    pub fn save_weights(&self, path: impl AsRef<Path>) -> Result<()> {
        file::write(path.as_ref(), &self.weights_to_bytes()?)
    }

    fn weights_to_bytes(&self) -> Result<Vec<u8>> {
        serialized(self.named_values()?, [(WEIGHTS, seal::room("{}"))])
    }

    /// Reads a network that [`Model::save`] wrote. It predicts at once; call
    /// [`Model::compile`] before training it further.
    ///
    /// # Errors
    /// When the file is missing, truncated, damaged, or not such a network.
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        Self::read(path.as_ref())
    }

    fn read(path: &Path) -> Result<Self> {
        let bytes = read(path)?;
        let (file, metadata) = open(&bytes, path)?;
        let bad =
            |found: String| Error::bad_file(path, found, "un réseau écrit par `modele.save(…)`");
        let json = metadata.metadata().as_ref().and_then(|m| m.get(NETWORK)).ok_or_else(|| {
            let names = file.names();
            bad(format!(
                "des poids sans structure ; construisez d'abord le réseau : {}",
                origin::how(&names)
            ))
        })?;
        checked(&bytes, path, &metadata)?;
        let architecture: Sequential =
            serde_json::from_str(json).map_err(|e| bad(format!("structure illisible ({e})")))?;
        let tensors =
            architecture.tensors().map_err(|e| bad(format!("structure impossible ({e})")))?;
        let state = parse(&file, path, &tensors)?;
        let mut model = architecture.build()?;
        model.set_state(&state)?;
        Ok(model)
    }

    /// Reads weights that [`Model::save_weights`] or [`Model::save`] wrote into
    /// this network. The optimiser starts afresh. (For those of PyTorch or Keras:
    /// [`Model::load_pytorch`], [`Model::load_keras`].)
    ///
    /// # Errors
    /// When the file is missing, truncated, damaged, or holds another network's
    /// weights; this network stays as it was.
    pub fn load_weights(&mut self, path: impl AsRef<Path>) -> Result<()> {
        self.read_weights(path.as_ref())
    }

    fn read_weights(&mut self, path: &Path) -> Result<()> {
        let bytes = read(path)?;
        let (file, metadata) = open(&bytes, path)?;
        checked(&bytes, path, &metadata)?;
        let state = parse(&file, path, &self.architecture().tensors()?)?;
        self.set_state(&state)
    }
}

/// Tensors in the safetensors format; the metadata have room for the checksum.
pub(super) fn serialized<const N: usize>(
    tensors: Vec<(String, Tensor)>,
    metadata: [(&str, String); N],
) -> Result<Vec<u8>> {
    let metadata = metadata.map(|(key, value)| (key.to_owned(), value));
    let mut bytes = safetensors::serialize(tensors, Some(HashMap::from(metadata)))
        .map_err(|e| Error::parameter("poids", e, "des poids qui s'écrivent en safetensors"))?;
    seal::seal(&mut bytes);
    Ok(bytes)
}

/// The bytes of a file that starts as a safetensors file does: one of another kind,
/// or without end, is not read further.
pub(super) fn read(path: &Path) -> Result<Vec<u8>> {
    let refused = |source| Error::Io { path: path.display().to_string(), source };
    let mut file = File::open(path).map_err(refused)?;
    let mut bytes = Vec::new();
    file.by_ref().take(9).read_to_end(&mut bytes).map_err(refused)?;
    let header = bytes.first_chunk().map(|length| u64::from_le_bytes(*length));
    if header.is_none_or(|length| length > HEADER) || bytes.get(8).is_none_or(|sign| *sign != b'{')
    {
        let kind = file::foreign(&bytes);
        let found =
            kind.map_or_else(|| "illisible (ce n'est pas du safetensors)".into(), str::to_owned);
        let expected = "des poids au format safetensors (`docs/keras.md` dit comment Keras et \
                        PyTorch les écrivent)";
        return Err(Error::bad_file(path, found, expected));
    }
    file.take(FILE).read_to_end(&mut bytes).map_err(refused)?;
    Ok(bytes)
}

/// Tensors and metadata of a whole file.
pub(super) fn open<'a>(bytes: &'a [u8], path: &Path) -> Result<(SafeTensors<'a>, Metadata)> {
    let unreadable = |e: safetensors::SafeTensorError| {
        let found = format!("illisible ({e})");
        Error::bad_file(path, found, "des poids safetensors, entiers (copiez-les de nouveau)")
    };
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(unreadable)?;
    Ok((SafeTensors::deserialize(bytes).map_err(unreadable)?, metadata))
}

/// Checks the sum of a network or of weights, where the file has one.
fn checked(bytes: &[u8], path: &Path, metadata: &Metadata) -> Result<()> {
    let told = metadata.metadata().as_ref();
    let get = |key: &str| told.and_then(|told| told.get(key));
    let verdict = match (get(NETWORK), get(WEIGHTS)) {
        (Some(json), _) => seal::check(bytes, json, FORMER),
        (None, Some(json)) => seal::check(bytes, json, "{}"),
        // As files of weights were before they had a sum, or as Python writes them.
        (None, None) => match told.and_then(|told| told.keys().find(|key| *key != "format")) {
            Some(key) => Err(format!("des métadonnées inconnues (« {key} »)")),
            None => Ok(()),
        },
    };
    verdict.map_err(|found| {
        Error::bad_file(path, found, "une copie intacte (copiez-la ou enregistrez-la de nouveau)")
    })
}

/// The values of a file that holds exactly these `tensors`.
fn parse(file: &SafeTensors<'_>, path: &Path, tensors: &[(String, Vec<usize>)]) -> Result<State> {
    let missing = tensors.iter().find(|(name, _)| file.tensor(name).is_err());
    if file.len() != tensors.len() || missing.is_some() {
        let names = file.names();
        let found = format!("{} tenseurs ({})", names.len(), origin::list(&names));
        let wanted: Vec<&str> = tensors.iter().map(|(name, _)| name.as_str()).collect();
        let mut expected =
            format!("{} tenseurs, comme ce réseau ({})", wanted.len(), origin::list(&wanted));
        if let Some(reader) = origin::reader(&names) {
            expected += &format!(" ; ces poids viennent d'ailleurs : {reader}");
        }
        return Err(Error::bad_file(path, found, expected));
    }
    let read = |(name, shape): &(String, Vec<usize>)| {
        let expected = format!("« {name} » en F32 de forme {shape:?}");
        let view = file.tensor(name).map_err(|e| Error::bad_file(path, e, &expected))?;
        if view.dtype() != Dtype::F32 || view.shape() != shape {
            let found = format!("« {name} » en {:?} de forme {:?}", view.dtype(), view.shape());
            return Err(Error::bad_file(path, found, expected));
        }
        floats(&view)
    };
    Ok(State::from_values(tensors.iter().map(read).collect::<Result<_>>()?))
}

/// A tensor of a file, known to be in F32.
pub(super) fn floats(view: &TensorView<'_>) -> Result<Tensor> {
    let word = |b: &[u8]| f32::from_le_bytes([b[0], b[1], b[2], b[3]]);
    let values: Vec<f32> = view.data().chunks_exact(4).map(word).collect();
    Ok(Tensor::from_vec(values, view.shape(), &Device::Cpu)?)
}
