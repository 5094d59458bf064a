//! A layer with its weights and its arithmetic.

use std::sync::{Arc, MutexGuard, PoisonError};

use candle_core::{DType, Device, Tensor, Var};

use super::initializer::orthogonal;
use super::realize::{ParamSpec, Planned, Realized, SharedRunning, Start, realize};
use super::{Initializer, LayerSpec, NamedSpec};
use crate::ops::activation::Activation;
use crate::ops::batch_norm::Running;
use crate::ops::{Op, Pass, apply};
use crate::random::Rng;
use crate::{Error, Result};

/// A parameter that training moves.
#[derive(Clone, Debug)]
pub struct Param {
    /// `kernel`, `bias`, …
    pub name: &'static str,
    /// Its values.
    pub var: Var,
}

/// A layer of a built network. Clones share their weights.
#[derive(Clone, Debug)]
pub struct Layer {
    name: String,
    spec: LayerSpec,
    input_shape: Vec<usize>,
    output_shape: Vec<usize>,
    params: Vec<Param>,
    op: Option<Arc<dyn Op>>,
    running: Option<SharedRunning>,
}

impl Layer {
    /// The layer with its weights drawn.
    pub(super) fn build(
        named: &NamedSpec,
        planned: Planned,
        initializer: Initializer,
        rng: &mut Rng,
    ) -> Result<Self> {
        let Planned { input_shape, realized } = planned;
        let Realized { op, output_shape, params, running } = realized;
        let params =
            params.into_iter().map(|p| draw(p, initializer, rng)).collect::<Result<_>>()?;
        let NamedSpec { name, spec } = named.clone();
        Ok(Self { name, spec, input_shape, output_shape, params, op, running })
    }

    /// The same layer with weights and averages of its own; `index` is its place in
    /// the network.
    pub(super) fn copied(&self, index: u64) -> Result<Self> {
        let Realized { op, running, .. } = realize(&self.spec, &self.input_shape, index)?;
        if let (Some(of_copy), Some(own)) = (&running, self.running()) {
            *of_copy.lock().unwrap_or_else(PoisonError::into_inner) = own.clone();
        }
        let copied = |param: &Param| {
            let var = Var::from_tensor(&param.var.as_tensor().copy()?)?;
            Ok(Param { name: param.name, var })
        };
        let params = self.params.iter().map(copied).collect::<Result<_>>()?;
        Ok(Self { op, running, params, ..self.clone() })
    }

    /// Name given by the student.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Kind and settings.
    pub fn spec(&self) -> &LayerSpec {
        &self.spec
    }

    /// Activation of the outputs.
    pub fn activation(&self) -> Activation {
        self.spec.activation()
    }

    /// Shape of one input sample.
    pub fn input_shape(&self) -> &[usize] {
        &self.input_shape
    }

    /// Shape of one output sample.
    pub fn output_shape(&self) -> &[usize] {
        &self.output_shape
    }

    /// The parameters that training moves.
    pub fn params(&self) -> &[Param] {
        &self.params
    }

    /// Weights: the layer's kernel, where it has one.
    pub fn kernel(&self) -> Option<&Tensor> {
        self.params.iter().find(|p| p.name == "kernel").map(|p| p.var.as_tensor())
    }

    /// Biases, where the layer has some.
    pub fn bias(&self) -> Option<&Tensor> {
        self.params.iter().find(|p| p.name == "bias").map(|p| p.var.as_tensor())
    }

    /// Number of values that training moves.
    pub fn trainable_count(&self) -> usize {
        self.params.iter().map(|p| p.var.elem_count()).sum()
    }

    /// Number of values that training does not move (running averages).
    pub fn non_trainable_count(&self) -> usize {
        self.running().map_or(0, |r| r.mean.len() + r.variance.len())
    }

    /// Running averages of a batch normalisation.
    pub fn running(&self) -> Option<MutexGuard<'_, Running>> {
        Some(self.running.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The arithmetic; `None` when the values do not change (flatten).
    pub(crate) fn op(&self) -> Option<&Arc<dyn Op>> {
        self.op.as_ref()
    }

    /// The layer without its softmax, which the loss brings itself.
    pub(super) fn logits(&self) -> Result<Self> {
        let spec = self.spec.with_activation(Activation::Linear);
        let op = realize(&spec, &self.input_shape, 0)?.op;
        Ok(Self { spec, op, ..self.clone() })
    }

    /// Output for a batch `x`: `[n, input_shape…]`, differentiable.
    ///
    /// # Errors
    /// When `x` has another shape, holds no image or is not f32.
    pub fn forward(&self, x: &Tensor, pass: Pass) -> Result<Tensor> {
        let n =
            check_batch(|| format!("couche «\u{a0}{}\u{a0}»", self.name), x, &self.input_shape)?;
        let Some(op) = &self.op else {
            return Ok(x.reshape([&[n], self.output_shape()].concat())?);
        };
        let params: Vec<&Tensor> = self.params.iter().map(|p| p.var.as_tensor()).collect();
        apply(op.clone(), pass, x, &params, &self.output_shape)
    }
}

/// Checks a batch before any arithmetic: f32, at least one image, each of `shape`.
/// Returns how many there are.
pub(super) fn check_batch(
    place: impl Fn() -> String,
    x: &Tensor,
    shape: &[usize],
) -> Result<usize> {
    if x.dtype() != DType::F32 {
        let expected = "F32 (`.to_dtype(DType::F32)?`)";
        return Err(Error::parameter(place(), format!("{:?}", x.dtype()), expected));
    }
    match x.dims().split_first() {
        Some((&n, found)) if n > 0 && found == shape => Ok(n),
        _ => {
            let len: usize = shape.iter().product();
            let per_image = x.dims().iter().skip(1).product::<usize>();
            let axes = shape.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
            let mut expected = format!("[n, {axes}] avec n ≥ 1");
            if per_image == len {
                expected += &format!(" (`.reshape(((), {axes}))?`)");
            } else if x.elem_count() == len {
                expected += " (pour une seule image : `.unsqueeze(0)?`)";
            }
            Err(Error::shape(place(), x.dims(), expected))
        }
    }
}

fn draw(spec: ParamSpec, initializer: Initializer, rng: &mut Rng) -> Result<Param> {
    let len = spec.shape.iter().product();
    let values = match spec.start {
        Start::Constant(value) => vec![value; len],
        Start::Random { fan_in, fan_out } => initializer.draw(len, fan_in, fan_out, rng),
        Start::Orthogonal if initializer == Initializer::Zeros => vec![0.0; len],
        Start::Orthogonal => orthogonal(spec.shape[0], len / spec.shape[0], rng),
    };
    let tensor = Tensor::from_vec(values, spec.shape, &Device::Cpu)?;
    Ok(Param { name: spec.name, var: Var::from_tensor(&tensor)? })
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    #[test]
    fn a_layer_takes_images_of_its_shape_alone() {
        let network = Sequential::new("r", (4, 6, 1))
            .conv2d("C", 2, 3, Padding::Same, Activation::Relu)
            .flatten("F")
            .build()
            .unwrap();
        let zeros = |shape: &[usize]| Tensor::zeros(shape, DType::F32, &Device::Cpu).unwrap();
        let say = |layer: &str, x: Tensor| {
            let output = network.layer(layer).unwrap().forward(&x, Pass::INFERENCE);
            output.unwrap_err().to_string()
        };
        // As many values, but lying down.
        let turned = say("C", zeros(&[3, 6, 4, 1]));
        let expected = "couche «\u{a0}C\u{a0}»\u{a0}: forme [3, 6, 4, 1]\u{a0}; il faut [n, 4, 6, 1] avec n ≥ 1 (`.reshape";
        assert!(turned.starts_with(expected), "{turned}");
        assert!(say("C", zeros(&[4, 6, 1])).contains("unsqueeze"));
        assert!(say("F", zeros(&[3, 4, 12])).contains("[n, 4, 6, 2]"));
        assert!(say("F", zeros(&[3, 4, 6, 2]).to_dtype(DType::U8).unwrap()).contains("F32"));
        let output = network.layer("F").unwrap().forward(&zeros(&[3, 4, 6, 2]), Pass::INFERENCE);
        assert_eq!(output.unwrap().dims(), [3, 48]);
    }
}
