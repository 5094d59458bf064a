//! A layer with its weights and its arithmetic.

use std::sync::Arc;

use candle_core::{Device, Tensor, Var};

use super::{Initializer, LayerSpec};
use crate::Result;
use crate::ops::activation::{Activate, Activation};
use crate::ops::dense::Dense;
use crate::ops::dropout::Dropout;
use crate::ops::{Op, Pass, apply};
use crate::random::Rng;

/// A parameter that training moves.
#[derive(Clone, Debug)]
pub struct Param {
    /// `kernel`, `bias`, …
    pub name: &'static str,
    /// Its values.
    pub var: Var,
}

/// A layer of a built network.
#[derive(Clone, Debug)]
pub struct Layer {
    name: String,
    spec: LayerSpec,
    input_shape: Vec<usize>,
    output_shape: Vec<usize>,
    params: Vec<Param>,
    op: Option<Arc<dyn Op>>,
}

impl Layer {
    /// Builds the layer and draws its weights.
    pub(super) fn build(
        name: &str,
        spec: &LayerSpec,
        input_shape: &[usize],
        initializer: Initializer,
        index: u64,
        rng: &mut Rng,
    ) -> Result<Self> {
        let output_shape = spec.output_shape(name, input_shape)?;
        let params = match spec {
            LayerSpec::Dense { units, .. } => {
                let inputs = input_shape[0];
                let kernel = initializer.draw(inputs * units, inputs, *units, rng);
                vec![
                    param("kernel", kernel, &[inputs, *units])?,
                    param("bias", vec![0.0; *units], &[*units])?,
                ]
            }
            _ => Vec::new(),
        };
        let op = operation(spec, input_shape, index);
        let (name, spec, input_shape) = (name.to_owned(), spec.clone(), input_shape.to_vec());
        Ok(Self { name, spec, input_shape, output_shape, params, op })
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
        self.params.first().map(|p| p.var.as_tensor())
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
        0
    }

    /// The arithmetic; `None` when the values do not change (flatten).
    pub(crate) fn op(&self) -> Option<&Arc<dyn Op>> {
        self.op.as_ref()
    }

    /// The layer without its softmax, which the loss brings itself.
    pub(super) fn logits(&self) -> Self {
        let mut layer = self.clone();
        layer.spec = self.spec.with_activation(Activation::Linear);
        layer.op = operation(&layer.spec, &self.input_shape, 0);
        layer
    }

    /// Output for a batch `x`: `[n, input_shape…]`, differentiable.
    ///
    /// # Errors
    /// When `x` has another shape or is not f32 on the CPU.
    pub fn forward(&self, x: &Tensor, pass: Pass) -> Result<Tensor> {
        let Some(op) = &self.op else {
            let n = x.dim(0)?;
            return Ok(x.reshape([&[n], self.output_shape()].concat())?);
        };
        let params: Vec<&Tensor> = self.params.iter().map(|p| p.var.as_tensor()).collect();
        apply(op.clone(), pass, x, &params, &self.output_shape)
    }
}

fn param(name: &'static str, values: Vec<f32>, shape: &[usize]) -> Result<Param> {
    let tensor = Tensor::from_vec(values, shape, &Device::Cpu)?;
    Ok(Param { name, var: Var::from_tensor(&tensor)? })
}

fn operation(spec: &LayerSpec, input_shape: &[usize], index: u64) -> Option<Arc<dyn Op>> {
    let len = input_shape.iter().product();
    Some(match spec {
        LayerSpec::Dense { units, activation } => {
            Arc::new(Dense { inputs: len, outputs: *units, activation: *activation })
        }
        LayerSpec::Activation { activation } => {
            Arc::new(Activate { activation: *activation, width: len })
        }
        LayerSpec::Dropout { rate } => Arc::new(Dropout { len, rate: *rate as f32, salt: index }),
        LayerSpec::Flatten => return None,
    })
}
