//! From the description of a layer to its arithmetic: the operation, the shape
//! it gives, and the parameters it wants.

use std::sync::{Arc, Mutex};

use super::LayerSpec;
use super::limits::{self, UNITS, VALUES};
use crate::ops::Op;
use crate::ops::activation::Activate;
use crate::ops::batch_norm::{BatchNorm, Running};
use crate::ops::bidirectional::Bidirectional;
use crate::ops::conv2d::Conv2d;
use crate::ops::dense::Dense;
use crate::ops::dropout::Dropout;
use crate::ops::gru::Gru;
use crate::ops::pool::{AvgPool2d, MaxPool2d};
use crate::{Error, Result};

/// Running averages of a batch normalisation, shared by layer and operation.
pub(crate) type SharedRunning = Arc<Mutex<Running>>;

/// A layer's arithmetic for one shape of input.
#[derive(Debug)]
pub(super) struct Realized {
    /// `None` when the values do not change, only their axes.
    pub op: Option<Arc<dyn Op>>,
    pub output_shape: Vec<usize>,
    pub params: Vec<ParamSpec>,
    pub running: Option<SharedRunning>,
}

/// A parameter before its values are drawn.
#[derive(Debug)]
pub(super) struct ParamSpec {
    pub name: &'static str,
    pub shape: Vec<usize>,
    pub start: Start,
}

/// How the values of a parameter start.
#[derive(Debug)]
pub(super) enum Start {
    Constant(f32),
    Random {
        fan_in: usize,
        fan_out: usize,
    },
    /// Rows of length 1, at right angles to each other.
    Orthogonal,
}

/// A layer before its weights are drawn.
pub(super) struct Planned {
    pub input_shape: Vec<usize>,
    pub realized: Realized,
}

impl Realized {
    fn of(op: impl Op + 'static, output_shape: impl Into<Vec<usize>>) -> Self {
        let output_shape = output_shape.into();
        Self { op: Some(Arc::new(op)), output_shape, params: Vec::new(), running: None }
    }

    fn param(mut self, name: &'static str, shape: &[usize], start: Start) -> Self {
        self.params.push(ParamSpec { name, shape: shape.to_vec(), start });
        self
    }

    /// The three parameters of a recurrent layer, started as in Keras.
    fn recurrent(self, gru: &Gru, [kernel, recurrent, bias]: [&'static str; 3]) -> Self {
        let (inputs, units, three) = (gru.inputs, gru.units, 3 * gru.units);
        self.param(kernel, &[inputs, three], Start::Random { fan_in: inputs, fan_out: three })
            .param(recurrent, &[units, three], Start::Orthogonal)
            .param(bias, &[2, three], Start::Constant(0.0))
    }
}

/// The arithmetic of `spec` for input samples of shape `input`; `salt` tells
/// one dropout layer from the next.
pub(super) fn realize(spec: &LayerSpec, input: &[usize], salt: u64) -> Result<Realized> {
    let len: usize = input.iter().product();
    match spec {
        LayerSpec::Dense { units: 0, .. } => {
            Err(Error::parameter("units", 0, "au moins un neurone"))
        }
        &LayerSpec::Dense { units, activation } => {
            limits::at_most("units", units, VALUES)?;
            if input.len() != 1 {
                let expected =
                    "un vecteur par image (ajoutez `.flatten(\"…\")` avant cette couche)";
                return Err(Error::shape("entrée", input, expected));
            }
            let op = Dense { inputs: len, outputs: units, activation };
            Ok(Realized::of(op, [units])
                .param("kernel", &[len, units], Start::Random { fan_in: len, fan_out: units })
                .param("bias", &[units], Start::Constant(0.0)))
        }
        &LayerSpec::Conv2d { filters, kernel_size, stride, padding, activation } => {
            let ([rows, columns, channels], [height, width]) = (image(input)?, kernel_size);
            limits::weights("noyaux", &[height, width, channels, filters])?;
            // The sheets on which the windows move, forwards and backwards.
            let sheet = [rows.saturating_add(height), columns.saturating_add(width)];
            limits::values("image avec sa bordure", &[sheet[0], sheet[1], channels.max(filters)])?;
            let op = Conv2d::new(image(input)?, filters, kernel_size, stride, padding, activation)?;
            let shape = op.output_shape();
            let area = height * width;
            let start = Start::Random { fan_in: area * channels, fan_out: area * filters };
            Ok(Realized::of(op, shape)
                .param("kernel", &[height, width, channels, filters], start)
                .param("bias", &[filters], Start::Constant(0.0)))
        }
        &LayerSpec::MaxPool2d { size, stride } => {
            let op = MaxPool2d::new(image(input)?, size, stride)?;
            let shape = op.output_shape();
            Ok(Realized::of(op, shape))
        }
        &LayerSpec::AvgPool2d { size, stride } => {
            let op = AvgPool2d::new(image(input)?, size, stride)?;
            let shape = op.output_shape();
            Ok(Realized::of(op, shape))
        }
        LayerSpec::BatchNorm { momentum, .. } if !(0.0..1.0).contains(momentum) => {
            Err(Error::parameter("momentum", momentum, "un nombre de [0, 1["))
        }
        LayerSpec::BatchNorm { epsilon, .. } if !(*epsilon > 0.0 && epsilon.is_finite()) => {
            Err(Error::parameter("epsilon", epsilon, "un nombre positif, comme 0.001"))
        }
        &LayerSpec::BatchNorm { momentum, epsilon } => {
            let features = input.last().copied().unwrap_or(0);
            let running = Arc::new(Mutex::new(Running::new(features)));
            let op = BatchNorm::new(len / features.max(1), features, running.clone())?;
            let mut realized = Realized::of(op.momentum(momentum).epsilon(epsilon), input)
                .param("gamma", &[features], Start::Constant(1.0))
                .param("beta", &[features], Start::Constant(0.0));
            realized.running = Some(running);
            Ok(realized)
        }
        LayerSpec::Dropout { rate } if !(0.0..1.0).contains(rate) => {
            Err(Error::parameter("rate", rate, "un nombre de [0, 1["))
        }
        &LayerSpec::Dropout { rate } => {
            Ok(Realized::of(Dropout { len, rate: rate as f32, salt }, input))
        }
        &LayerSpec::Activation { activation } => {
            let width = input.last().copied().unwrap_or(1);
            Ok(Realized::of(Activate { activation, len, width }, input))
        }
        &LayerSpec::Gru { units, return_sequences } => {
            let op = gru(input, units, return_sequences)?;
            let names = ["kernel", "recurrent_kernel", "bias"];
            Ok(Realized::of(op, op.output_shape()).recurrent(&op, names))
        }
        LayerSpec::Bidirectional { layer } => {
            let LayerSpec::Gru { units, return_sequences } = **layer else {
                let expected = "une couche récurrente, `LayerSpec::gru(…)`";
                return Err(Error::parameter("bidirectional", layer.kind(), expected));
            };
            let gru = gru(input, units, return_sequences)?;
            let op = Bidirectional::new(gru);
            Ok(Realized::of(op, op.output_shape())
                .recurrent(&gru, ["forward_kernel", "forward_recurrent_kernel", "forward_bias"])
                .recurrent(&gru, ["backward_kernel", "backward_recurrent_kernel", "backward_bias"]))
        }
        LayerSpec::Flatten => Ok(reshaped(vec![len])),
        LayerSpec::Reshape { shape } if limits::values("", shape).ok() != Some(len) => {
            Err(Error::shape("reshape", shape, format!("{len} valeurs, comme {input:?}")))
        }
        LayerSpec::Reshape { shape } => Ok(reshaped(shape.clone())),
    }
}

fn reshaped(output_shape: Vec<usize>) -> Realized {
    Realized { op: None, output_shape, params: Vec::new(), running: None }
}

fn gru(input: &[usize], units: usize, return_sequences: bool) -> Result<Gru> {
    limits::at_most("units", units, UNITS)?;
    let gru = Gru::new(input, units, return_sequences)?;
    // What the three gates of all steps are kept in.
    limits::values("pas × portes", &[gru.steps, 3, units])?;
    Ok(gru)
}

fn image(input: &[usize]) -> Result<[usize; 3]> {
    input.try_into().map_err(|_| {
        let expected = "une image [hauteur, largeur, canaux], comme (28, 28, 1)";
        Error::shape("entrée", input, expected)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_of_a_batch_normalisation_are_checked() {
        let build = |momentum: f32, epsilon: f32| {
            realize(&LayerSpec::BatchNorm { momentum, epsilon }, &[3], 0).map(|_| ())
        };
        for momentum in [-0.1, 1.0, f32::NAN] {
            let message = build(momentum, 1e-3).unwrap_err().to_string();
            assert!(message.starts_with("momentum = "), "{message}");
        }
        for epsilon in [0.0, -1e-3, f32::NAN, f32::INFINITY] {
            let message = build(0.99, epsilon).unwrap_err().to_string();
            assert!(message.starts_with("epsilon = "), "{message}");
        }
        assert!(build(0.0, 1e-3).is_ok() && build(0.99, 1e-3).is_ok());
    }
}
