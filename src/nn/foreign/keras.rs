//! Keras's names: `sequential/conv2d/kernel`, `gru/gru_cell/bias`; its tensors are
//! ours.

use candle_core::Tensor;

use super::source::Source;
use crate::nn::Layer;
use crate::nn::build::AVERAGES;
use crate::{Error, Result};

/// The values of all layers, in the order of a state.
pub(super) fn values(source: &mut Source<'_>, layers: &[Layer]) -> Result<Vec<Tensor>> {
    let mut values = Vec::new();
    for layer in layers {
        for param in layer.params() {
            values.push(take(source, layer, param.name, param.var.dims())?);
        }
        if layer.running().is_some() {
            let features = layer.output_shape().last().copied().unwrap_or(0);
            for average in AVERAGES {
                values.push(take(source, layer, average, &[features])?);
            }
        }
    }
    Ok(values)
}

/// The one tensor whose path goes through the layer's module and ends with `param`;
/// those of a layer read from both ends also through `forward_…` or `backward_…`.
fn take(source: &mut Source<'_>, layer: &Layer, param: &str, shape: &[usize]) -> Result<Tensor> {
    let module = source.module(layer).to_owned();
    let both = param.split_once('_').filter(|(side, _)| matches!(*side, "forward" | "backward"));
    let (side, word) = both.map_or(("", param), |(side, word)| (side, word));
    let wanted = |name: &&str| {
        let path = name.strip_suffix(":0").unwrap_or(name);
        let Some((before, last)) = path.rsplit_once('/') else { return false };
        let through = format!("/{before}/");
        last == word
            && through.contains(&format!("/{module}/"))
            && through.contains(&format!("/{side}"))
    };
    let names: Vec<String> =
        source.file.names().into_iter().filter(wanted).map(str::to_owned).collect();
    match &names[..] {
        [name] => source.take(layer, name, shape),
        [] if param == "bias" && !layer.params().iter().any(|p| p.name == "recurrent_kernel") => {
            // `use_bias=False`.
            Ok(Tensor::zeros(shape, candle_core::DType::F32, &candle_core::Device::Cpu)?)
        }
        [] => source.take(layer, &format!("{module}/…/{param}"), shape),
        several => Err(Error::bad_file(
            source.path,
            format!("{} pour la couche « {} »", several.join(", "), layer.name()),
            "un seul : donnez plus de son chemin dans la liste",
        )),
    }
}
