//! A file of weights while it is read.

use std::path::Path;

use candle_core::Tensor;
use safetensors::{Dtype, SafeTensors};

use crate::nn::Layer;
use crate::nn::file::floats;
use crate::nn::origin::list;
use crate::{Error, Result};

/// A file of weights, and what was taken from it.
pub(super) struct Source<'a> {
    pub(super) path: &'a Path,
    pub(super) file: SafeTensors<'a>,
    modules: &'a [(&'a str, &'a str)],
    used: Vec<String>,
}

impl<'a> Source<'a> {
    pub(super) fn new(path: &'a Path, file: SafeTensors<'a>, modules: &'a [(&str, &str)]) -> Self {
        Self { path, file, modules, used: Vec::new() }
    }

    /// The name that a layer has in the file.
    pub(super) fn module<'b>(&'b self, layer: &'b Layer) -> &'b str {
        let told = self.modules.iter().find(|(own, _)| *own == layer.name());
        told.map_or(layer.name(), |(_, module)| module)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.file.tensor(name).is_ok()
    }

    /// The tensor of that name, which must have that shape.
    pub(super) fn take(&mut self, layer: &Layer, name: &str, shape: &[usize]) -> Result<Tensor> {
        let place = format!("couche « {} »", layer.name());
        let Ok(view) = self.file.tensor(name) else {
            let found = format!("pas de « {name} » pour la {place}");
            return Err(self.bad(found, "le nom de son module dans la liste"));
        };
        if view.dtype() != Dtype::F32 || view.shape() != shape {
            let found = format!("« {name} » en {:?} de forme {:?}", view.dtype(), view.shape());
            return Err(self.bad(found, &format!("F32 de forme {shape:?} pour la {place}")));
        }
        if self.used.iter().any(|used| used == name) {
            let found = format!("« {name} » pour deux couches, dont la {place}");
            return Err(self.bad(found, "un module pour chaque couche"));
        }
        self.used.push(name.to_owned());
        floats(&view)
    }

    /// Checks that nothing is left over but what no layer needs.
    pub(super) fn finish(&self, is_needless: impl Fn(&str) -> bool) -> Result<()> {
        let left = |name: &&str| !self.used.iter().any(|used| used == name) && !is_needless(name);
        let names: Vec<&str> = self.file.names().into_iter().filter(left).collect();
        if names.is_empty() {
            return Ok(());
        }
        let found = format!("{} que ce réseau n'a pas", list(&names));
        Err(self.bad(found, "les couches du fichier, toutes"))
    }

    fn bad(&self, found: String, expected: &str) -> Error {
        let names = list(&self.file.names());
        Error::bad_file(self.path, format!("{found} (le fichier a {names})"), expected)
    }
}
