//! A network in one file: its structure as JSON in the metadata, its weights as
//! tensors, in the safetensors format.
//!
//! Tensors are named `layer.parameter`. A file is read and checked whole before
//! the first weight changes; an interrupted writing leaves the former file as it
//! was.

use std::collections::HashMap;
use std::path::Path;

use candle_core::{DType, Device, Tensor};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

use super::{Model, Sequential, State};
use crate::{Error, Result, file};

const KEY: &str = "mnist_tp";

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
        serialized(
            values.collect::<Result<Vec<_>>>()?,
            Some(HashMap::from([(KEY.to_owned(), json)])),
        )
    }

    /// Writes the weights alone.
    ///
    /// # Errors
    /// As [`Model::save`].
    pub fn save_weights(&self, path: impl AsRef<Path>) -> Result<()> {
        file::write(path.as_ref(), &serialized(self.named_values()?, None)?)
    }

    /// Reads a network that [`Model::save`] wrote. It predicts at once; call
    /// [`Model::compile`] before training it further.
    ///
    /// # Errors
    /// When the file is missing, truncated, or not such a network.
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let bytes = read(path)?;
        let bad =
            |found: String| Error::bad_file(path, found, "un réseau écrit par `modele.save(…)`");
        let (_, header) =
            SafeTensors::read_metadata(&bytes).map_err(|e| bad(format!("illisible ({e})")))?;
        let json = header.metadata().as_ref().and_then(|m| m.get(KEY)).ok_or_else(|| {
            bad("des poids sans structure (`modele.load_weights(…)` les lirait)".to_owned())
        })?;
        let architecture: Sequential =
            serde_json::from_str(json).map_err(|e| bad(format!("structure illisible ({e})")))?;
        let mut model = architecture.build()?;
        let state = model.parse(&bytes, path)?;
        model.set_state(&state)?;
        Ok(model)
    }

    /// Reads weights that [`Model::save_weights`] or [`Model::save`] wrote into
    /// this network. The optimiser starts afresh.
    ///
    /// # Errors
    /// When the file is missing, truncated, or holds another network's weights;
    /// this network stays as it was.
    pub fn load_weights(&mut self, path: impl AsRef<Path>) -> Result<()> {
        let bytes = read(path.as_ref())?;
        let state = self.parse(&bytes, path.as_ref())?;
        self.set_state(&state)
    }

    fn parse(&self, bytes: &[u8], path: &Path) -> Result<State> {
        let file = SafeTensors::deserialize(bytes).map_err(|e| {
            Error::bad_file(path, format!("illisible ({e})"), "des poids safetensors")
        })?;
        let own = self.named_values()?;
        if file.len() != own.len() {
            let found = format!("{} tenseurs ({})", file.len(), file.names().join(", "));
            return Err(Error::bad_file(
                path,
                found,
                format!("{} tenseurs, comme ce réseau", own.len()),
            ));
        }
        let read = |(name, tensor): &(String, Tensor)| {
            let expected = format!("« {name} » en F32 de forme {:?}", tensor.dims());
            let view = file
                .tensor(name)
                .map_err(|_| Error::bad_file(path, format!("pas de « {name} »"), &expected))?;
            if view.dtype() != Dtype::F32 || view.shape() != tensor.dims() {
                let found = format!("« {name} » en {:?} de forme {:?}", view.dtype(), view.shape());
                return Err(Error::bad_file(path, found, expected));
            }
            floats(&view)
        };
        Ok(State::from_values(own.iter().map(read).collect::<Result<_>>()?))
    }
}

/// Tensors in the safetensors format.
fn serialized(
    values: Vec<(String, Tensor)>,
    metadata: Option<HashMap<String, String>>,
) -> Result<Vec<u8>> {
    let failed = |e| Error::parameter("poids", e, "des poids qui s'écrivent en safetensors");
    safetensors::serialize(values, metadata).map_err(failed)
}

pub(super) fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|source| Error::Io { path: path.display().to_string(), source })
}

/// A tensor of a file, known to be in F32.
pub(super) fn floats(view: &TensorView<'_>) -> Result<Tensor> {
    let word = |b: &[u8]| f32::from_le_bytes([b[0], b[1], b[2], b[3]]);
    let values: Vec<f32> = view.data().chunks_exact(4).map(word).collect();
    Ok(Tensor::from_vec(values, view.shape(), &Device::Cpu)?)
}
