//! PyTorch's names and shapes: `conv1.weight`, `gru.weight_ih_l0_reverse`.

use candle_core::{DType, Device, Tensor};

use super::source::Source;
use crate::Result;
use crate::nn::{Layer, LayerSpec};

/// Whether a tensor is one of PyTorch's that no layer needs.
pub(super) fn is_a_counter(name: &str) -> bool {
    name == "num_batches_tracked" || name.ends_with(".num_batches_tracked")
}

/// The values of all layers, in the order of a state.
pub(super) fn values(source: &mut Source<'_>, layers: &[Layer]) -> Result<Vec<Tensor>> {
    let mut values = Vec::new();
    // Where each value of the present vector stands in PyTorch's.
    let mut order: Option<Tensor> = None;
    for layer in layers {
        let name = |end: &str| {
            let module = source.module(layer);
            if module.is_empty() { end.to_owned() } else { format!("{module}.{end}") }
        };
        let (weight, bias) = (name("weight"), name("bias"));
        let (input, output) = (layer.input_shape(), layer.output_shape());
        match layer.spec() {
            LayerSpec::Dense { units, .. } => {
                let kernel = source.take(layer, &weight, &[*units, input[0]])?.t()?;
                values.push(in_order(&kernel.contiguous()?, order.as_ref())?);
                values.push(bias_or_zeros(source, layer, &bias, *units)?);
                order = None;
            }
            LayerSpec::Conv2d { filters, kernel_size: [height, width], .. } => {
                let shape = [*filters, input[2], *height, *width];
                let kernel = source.take(layer, &weight, &shape)?;
                values.push(kernel.permute((2, 3, 1, 0))?.contiguous()?);
                values.push(bias_or_zeros(source, layer, &bias, *filters)?);
            }
            LayerSpec::BatchNorm { .. } => {
                let features = output[output.len() - 1];
                for name in [weight, bias, name("running_mean"), name("running_var")] {
                    let value = source.take(layer, &name, &[features])?;
                    values.push(in_order(&value, order.as_ref())?);
                }
            }
            LayerSpec::Gru { units, .. } => {
                values.extend(gru(source, layer, *units, input[1], "")?);
            }
            LayerSpec::Bidirectional { layer: inner } => {
                if let LayerSpec::Gru { units, .. } = **inner {
                    for side in ["", "_reverse"] {
                        values.extend(gru(source, layer, units, input[1], side)?);
                    }
                }
            }
            LayerSpec::Flatten | LayerSpec::Reshape { .. } => {
                order = match (input, output) {
                    (&[height, width, channels], [_]) => Some(of_image(height, width, channels)?),
                    _ => order.filter(|_| output.len() == 1),
                };
            }
            _ => {}
        }
    }
    Ok(values)
}

/// Where PyTorch, which flattens channel by channel, has the values that stand here
/// row by row: `[h·w·c]`.
fn of_image(height: usize, width: usize, channels: usize) -> Result<Tensor> {
    let len = (height * width * channels) as u32;
    let places = Tensor::arange(0, len, &Device::Cpu)?.reshape((channels, height, width))?;
    Ok(places.permute((1, 2, 0))?.flatten_all()?)
}

fn in_order(values: &Tensor, order: Option<&Tensor>) -> Result<Tensor> {
    match order {
        Some(order) => Ok(values.index_select(order, 0)?),
        None => Ok(values.clone()),
    }
}

/// The bias, which a module of `bias=False` does not have.
fn bias_or_zeros(source: &mut Source<'_>, layer: &Layer, name: &str, len: usize) -> Result<Tensor> {
    if source.has(name) {
        return source.take(layer, name, &[len]);
    }
    Ok(Tensor::zeros(len, DType::F32, &Device::Cpu)?)
}

/// Kernel, recurrent kernel and bias of one direction.
fn gru(
    source: &mut Source<'_>,
    layer: &Layer,
    units: usize,
    inputs: usize,
    side: &str,
) -> Result<Vec<Tensor>> {
    let name = |word: &str| format!("{}.{word}_l0{side}", source.module(layer));
    let names = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"].map(name);
    let three = 3 * units;
    let mut take = |i: usize, shape: &[usize]| -> Result<Tensor> {
        let value = source.take(layer, &names[i], shape)?;
        // Gates r, z, n there.
        let gate = |first: usize| value.narrow(0, first, units);
        Ok(Tensor::cat(&[gate(units)?, gate(0)?, gate(2 * units)?], 0)?)
    };
    let (kernel, recurrent) = (take(0, &[three, inputs])?, take(1, &[three, units])?);
    let bias = Tensor::stack(&[take(2, &[three])?, take(3, &[three])?], 0)?;
    Ok(vec![kernel.t()?.contiguous()?, recurrent.t()?.contiguous()?, bias])
}
