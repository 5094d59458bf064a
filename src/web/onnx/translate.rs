//! From layers to nodes.

use std::collections::HashSet;

use candle_core::Tensor;

use super::graph::{Attribute, Constant, Data, Graph, Node, Value};
use crate::Result;
use crate::fast::convolve::window::{Padding, Windows};
use crate::french::typography;
use crate::nn::{Layer, LayerSpec, Model};
use crate::ops::activation::Activation;
use Attribute::{Float, Int, Ints};

/// The network as ONNX sees it.
pub(super) fn graph(model: &Model) -> Result<Graph> {
    let mut work = Translation::new(model);
    for layer in model.layers() {
        work.layer(layer)?;
    }
    Ok(work.finish())
}

/// A graph that grows layer after layer.
pub(super) struct Translation {
    graph: Graph,
    taken: HashSet<String>,
    /// The tensor that the next node reads: its name, and the shape of one sample
    /// as the library has it.
    current: Value,
    /// Whether its channels come first.
    turned: bool,
}

impl Translation {
    fn new(model: &Model) -> Self {
        // Tensors of other names must leave those of the layers free.
        let taken = model.layers().iter().map(|layer| layer.name().to_owned()).collect();
        let (graph, current) = (Graph::default(), Value::default());
        let mut work = Self { graph, taken, current, turned: false };
        let shape = model.input_shape().to_vec();
        work.current = Value { name: work.fresh("images"), shape };
        let axes = model.input_shape().iter().map(|axis| format!(", {axis}")).collect::<String>();
        work.graph = Graph {
            name: model.name().to_owned(),
            input: work.current.clone(),
            description: typography(&format!(
                "Réseau « {} », écrit par la bibliothèque mnist_tp. Entrée « {} » : [n{axes}], canaux \
                 en dernier, les valeurs que le réseau a apprises (des pixels de 0 à 1, si elles \
                 viennent de `to_f32`).",
                model.name(),
                work.current.name,
            )),
            ..Graph::default()
        };
        work
    }

    /// `wanted`, or a name made from it where it is taken.
    pub(super) fn fresh(&mut self, wanted: &str) -> String {
        let others = (2..).map(|i| format!("{wanted}.{i}"));
        let mut names = std::iter::once(wanted.to_owned()).chain(others);
        // There are more names than tensors.
        let name = names.find(|name| !self.taken.contains(name)).unwrap_or_default();
        self.taken.insert(name.clone());
        name
    }

    /// Adds a constant of the layer; its name.
    pub(super) fn constant(&mut self, layer: &Layer, name: &str, data: Data) -> String {
        let len = match &data {
            Data::Floats(values) => values.len(),
            Data::Ints(values) => values.len(),
        };
        self.constant_of_shape(layer, name, vec![len], data)
    }

    /// Adds weights of the layer, in the order that ONNX wants; their name.
    pub(super) fn weights(&mut self, layer: &Layer, name: &str, values: &Tensor) -> Result<String> {
        let data = Data::Floats(values.flatten_all()?.to_vec1()?);
        Ok(self.constant_of_shape(layer, name, values.dims().to_vec(), data))
    }

    fn constant_of_shape(
        &mut self,
        layer: &Layer,
        name: &str,
        shape: Vec<usize>,
        data: Data,
    ) -> String {
        let name = self.fresh(&format!("{}.{name}", layer.name()));
        self.graph.constants.push(Constant { name: name.clone(), shape, data });
        name
    }

    /// Adds a node that reads the present tensor, then `constants`, and makes the
    /// tensor `output` the present one.
    pub(super) fn node(
        &mut self,
        operator: &'static str,
        name: &str,
        constants: Vec<String>,
        output: String,
        attributes: Vec<(&'static str, Attribute)>,
    ) {
        let before = std::mem::replace(&mut self.current.name, output.clone());
        let inputs = [vec![before], constants].concat();
        let (name, outputs) = (name.to_owned(), vec![output]);
        self.graph.nodes.push(Node { operator, name, inputs, outputs, attributes });
    }

    /// The last node's output is its second one; the first is left out.
    pub(super) fn take_second_output(&mut self) {
        if let Some(node) = self.graph.nodes.last_mut() {
            node.outputs.insert(0, String::new());
        }
    }

    /// Adds a node between two layers, or a part of one, called `layer.part`.
    pub(super) fn part(
        &mut self,
        operator: &'static str,
        layer: &str,
        part: &str,
        constants: Vec<String>,
        attributes: Vec<(&'static str, Attribute)>,
    ) {
        let name = self.fresh(&format!("{layer}.{part}"));
        self.node(operator, &name, constants, name.clone(), attributes);
    }

    /// The channels of the present tensor come last from here on.
    pub(super) fn channels_last(&mut self, layer: &str) {
        let rank = self.current.shape.len() as i64;
        if std::mem::take(&mut self.turned) {
            let order = std::iter::once(0).chain(2..=rank).chain([1]).collect();
            self.part("Transpose", layer, "channels_last", vec![], vec![("perm", Ints(order))]);
        }
    }

    /// The channels of the present tensor come first from here on.
    fn channels_first(&mut self, layer: &str) {
        let rank = self.current.shape.len() as i64;
        if rank > 1 && !std::mem::replace(&mut self.turned, true) {
            let order = [0, rank].into_iter().chain(1..rank).collect();
            self.part("Transpose", layer, "channels_first", vec![], vec![("perm", Ints(order))]);
        }
    }

    fn layer(&mut self, layer: &Layer) -> Result<()> {
        let name = layer.name();
        match layer.spec() {
            LayerSpec::Dense { .. } => {
                let weights = self.params(layer)?;
                self.activated("Gemm", layer, weights, vec![]);
            }
            &LayerSpec::Conv2d { kernel_size, stride, padding, .. } => {
                self.channels_first(name);
                let mut weights = Vec::new();
                if let (Some(kernel), Some(bias)) = (layer.kernel(), layer.bias()) {
                    weights.push(self.weights(layer, "kernel", &kernel.permute((3, 2, 0, 1))?)?);
                    weights.push(self.weights(layer, "bias", bias)?);
                }
                let settings = self.windows(kernel_size, stride, padding)?;
                self.activated("Conv", layer, weights, settings);
            }
            &LayerSpec::MaxPool2d { size, stride } => {
                self.channels_first(name);
                let settings = self.windows(size, stride, Padding::Valid)?;
                self.node("MaxPool", name, vec![], name.to_owned(), settings);
            }
            &LayerSpec::AvgPool2d { size, stride } => {
                self.channels_first(name);
                let settings = self.windows(size, stride, Padding::Valid)?;
                self.node("AveragePool", name, vec![], name.to_owned(), settings);
            }
            &LayerSpec::BatchNorm { momentum, epsilon } => {
                self.channels_first(name);
                let mut weights = self.params(layer)?;
                let averages = layer.running().map(|r| (r.mean.clone(), r.variance.clone()));
                if let Some((mean, variance)) = averages {
                    weights.push(self.constant(layer, "moving_mean", Data::Floats(mean)));
                    weights.push(self.constant(layer, "moving_variance", Data::Floats(variance)));
                }
                let settings = vec![("epsilon", Float(epsilon)), ("momentum", Float(momentum))];
                self.node("BatchNormalization", name, weights, name.to_owned(), settings);
            }
            &LayerSpec::Dropout { rate } => {
                let data = Data::Floats(vec![rate as f32]);
                let rate = vec![self.constant_of_shape(layer, "rate", vec![], data)];
                self.node("Dropout", name, rate, name.to_owned(), vec![]);
            }
            LayerSpec::Activation { activation } => {
                let (operator, settings) = self.function(*activation);
                self.node(operator, name, vec![], name.to_owned(), settings);
            }
            LayerSpec::Flatten => {
                self.channels_last(name);
                self.node("Flatten", name, vec![], name.to_owned(), vec![("axis", Int(1))]);
            }
            LayerSpec::Reshape { shape } => {
                self.channels_last(name);
                let shape = self.shape(layer, shape);
                self.node("Reshape", name, vec![shape], name.to_owned(), vec![]);
            }
            LayerSpec::Gru { .. } | LayerSpec::Bidirectional { .. } => self.recurrent(layer)?,
        }
        self.current.shape = layer.output_shape().to_vec();
        self.graph.values.push(self.seen());
        Ok(())
    }

    /// A constant for `Reshape`, which keeps the number of images (0).
    pub(super) fn shape(&mut self, layer: &Layer, shape: &[usize]) -> String {
        let axes = std::iter::once(0).chain(shape.iter().map(|axis| *axis as i64));
        self.constant(layer, "shape", Data::Ints(axes.collect()))
    }

    /// Adds all parameters of the layer as they are; their names.
    fn params(&mut self, layer: &Layer) -> Result<Vec<String>> {
        layer.params().iter().map(|p| self.weights(layer, p.name, p.var.as_tensor())).collect()
    }

    /// Adds the layer's node, then that of its activation.
    fn activated(
        &mut self,
        operator: &'static str,
        layer: &Layer,
        weights: Vec<String>,
        settings: Vec<(&'static str, Attribute)>,
    ) {
        let name = layer.name();
        if layer.activation() == Activation::Linear {
            return self.node(operator, name, weights, name.to_owned(), settings);
        }
        let sums = self.fresh(&format!("{name}.linear"));
        self.node(operator, name, weights, sums, settings);
        let (operator, settings) = self.function(layer.activation());
        let function = self.fresh(&format!("{name}.{}", layer.activation()));
        self.node(operator, &function, vec![], name.to_owned(), settings);
    }

    /// The operator of an activation; a softmax is taken along the channels.
    fn function(&self, activation: Activation) -> (&'static str, Vec<(&'static str, Attribute)>) {
        match activation {
            Activation::Linear => ("Identity", vec![]),
            Activation::Relu => ("Relu", vec![]),
            Activation::Sigmoid => ("Sigmoid", vec![]),
            Activation::Tanh => ("Tanh", vec![]),
            Activation::Softmax => {
                ("Softmax", vec![("axis", Int(if self.turned { 1 } else { -1 }))])
            }
        }
    }

    /// Windows on the present images, with the zeros around them written out.
    fn windows(
        &self,
        size: [usize; 2],
        stride: [usize; 2],
        padding: Padding,
    ) -> Result<Vec<(&'static str, Attribute)>> {
        // The layer was built for such images.
        let input = std::array::from_fn(|i| self.current.shape.get(i).copied().unwrap_or(1));
        let Windows { before, output, .. } = Windows::new("onnx", input, size, stride, padding)?;
        let after = |axis: usize| match padding {
            Padding::Valid => 0,
            Padding::Same => ((output[axis] - 1) * stride[axis] + size[axis])
                .saturating_sub(input[axis] + before[axis]),
        };
        let ints = |values: &[usize]| Ints(values.iter().map(|v| *v as i64).collect());
        Ok(vec![
            ("kernel_shape", ints(&size)),
            ("strides", ints(&stride)),
            ("pads", ints(&[before[0], before[1], after(0), after(1)])),
        ])
    }

    /// The present tensor as it lies.
    fn seen(&self) -> Value {
        let mut value = self.current.clone();
        if self.turned {
            value.shape.rotate_right(1);
        }
        value
    }

    /// The whole graph; its output has its channels last.
    fn finish(mut self) -> Graph {
        self.graph.values.pop();
        if self.turned {
            // The layer's name is for what comes out.
            let name = self.current.name.clone();
            let inner = self.fresh(&format!("{name}.channels_first"));
            let last = self.graph.nodes.last_mut().and_then(|node| node.outputs.first_mut());
            last.into_iter().for_each(|output| output.clone_from(&inner));
            self.current.name = inner;
            self.channels_last(&name);
            let last = self.graph.nodes.last_mut().and_then(|node| node.outputs.first_mut());
            last.into_iter().for_each(|output| output.clone_from(&name));
            self.current.name = name;
        }
        self.graph.output = self.current;
        self.graph
    }
}
