//! One step of training: forward, loss, backward, update.
//!
//! ```text
//! x ──op₁──▶ a₁ ──op₂──▶ a₂ … ──opₖ──▶ logits ──loss──▶ number
//!    ◀─dx₁──    ◀─dx₂──            ◀── dlogits
//! ```
//!
//! This is the chain rule as it is on paper: each operation of
//! [`crate::ops`] gets the gradient of its output and gives that of its input
//! and of its parameters. candle's `backward()` does the same on any graph; a
//! network whose layers follow each other needs no graph, so the buffers are
//! made once and reused at every step, and nothing is allocated that depends
//! on the size of the data set.

use std::sync::Arc;

use candle_core::{CpuStorage, Device, InplaceOp1, Layout, Tensor, Var};

use crate::Result;
use crate::fast::threads::{for_each, room};
use crate::nn::{Layer, LayerSpec, Memory, Model};
use crate::ops::activation::Activation;
use crate::ops::conv_relu_pool::ConvReluPool;
use crate::ops::optimizer::{Optimizer, Slots};
use crate::ops::softmax_cross_entropy::{Score, Targets, softmax_cross_entropy};
use crate::ops::{Backward, Forward, Op, Pass, Saved};

/// Images that a thread copies into a batch at a time.
const GATHERED: usize = 4;

/// One operation with its parameters and the buffers of a batch.
#[derive(Debug)]
struct Step {
    op: Arc<dyn Op>,
    vars: Vec<Var>,
    output: Vec<f32>,
    gradients: Vec<Vec<f32>>,
    saved: Saved,
}

/// The network as the list of its operations, with reusable buffers.
#[derive(Debug)]
pub struct Engine {
    steps: Vec<Step>,
    classes: usize,
    dy: Vec<f32>,
    dx: Vec<f32>,
}

impl Engine {
    /// Prepares the operations of `model` up to its logits.
    ///
    /// # Errors
    /// When the last layer cannot do without its softmax (it can).
    pub fn new(model: &Model) -> Result<Self> {
        let layers = model.logit_layers()?;
        let mut steps = Vec::new();
        let mut rest = &layers[..];
        while let [layer, others @ ..] = rest {
            let fused = others.first().and_then(|next| fuse(layer, next));
            rest = if fused.is_some() { &others[1..] } else { others };
            let op = fused.map(|op| Arc::new(op) as Arc<dyn Op>).or_else(|| layer.op().cloned());
            steps.extend(op.map(|op| step(op, layer)));
        }
        Ok(Self { steps, classes: model.classes(), dy: Vec::new(), dx: Vec::new() })
    }

    /// Logits of a batch `x`: `[n, input]`; `x` itself where there is nothing to
    /// compute, as in a network of one softmax.
    ///
    /// # Errors
    /// When a parameter is not a contiguous f32 tensor of the CPU.
    pub fn forward<'a>(&'a mut self, x: &'a [f32], n: usize, pass: Pass) -> Result<&'a [f32]> {
        for i in 0..self.steps.len() {
            let (before, rest) = self.steps.split_at_mut(i);
            let Step { op, vars, output, saved, .. } = &mut rest[0];
            let input = before.last().map_or(x, |s| &s.output);
            output.resize(n * op.output_len(), 0.0);
            with_values(vars, |params| {
                op.forward(Forward { pass, x: input, params, y: output, saved });
            })?;
        }
        Ok(self.logits(x))
    }

    fn logits<'a>(&'a self, x: &'a [f32]) -> &'a [f32] {
        self.steps.last().map_or(x, |s| &s.output)
    }

    /// One step of training on a batch; loss and right answers before the update.
    ///
    /// # Errors
    /// As [`Engine::forward`].
    pub(crate) fn train(
        &mut self,
        x: &[f32],
        targets: Targets<'_>,
        n: usize,
        pass: Pass,
        optimizer: &Optimizer,
        memory: &mut Memory,
    ) -> Result<Score> {
        self.forward(x, n, pass)?;
        let classes = self.classes;
        let mut dy = std::mem::take(&mut self.dy);
        let score =
            softmax_cross_entropy(self.logits(x), classes, targets, room(&mut dy, n * classes));
        self.dy = dy;
        self.backward(x, n, pass)?;
        self.update(optimizer, memory)?;
        Ok(score)
    }

    fn backward(&mut self, x: &[f32], n: usize, pass: Pass) -> Result<()> {
        for i in (0..self.steps.len()).rev() {
            let (before, rest) = self.steps.split_at_mut(i);
            let Step { op, vars, output, gradients, saved } = &mut rest[0];
            let input = before.last().map_or(x, |s| &s.output);
            let dx = (i > 0).then(|| room(&mut self.dx, n * op.input_len()));
            let (dy, dparams) = (room(&mut self.dy, n * op.output_len()), &mut gradients[..]);
            with_values(vars, |params| {
                let y = &output[..];
                op.backward(Backward { pass, x: input, params, y, dy, saved, dx, dparams });
            })?;
            std::mem::swap(&mut self.dx, &mut self.dy);
        }
        Ok(())
    }

    fn update(&self, optimizer: &Optimizer, memory: &mut Memory) -> Result<()> {
        memory.steps += 1;
        let pairs = self.steps.iter().flat_map(|s| s.vars.iter().zip(&s.gradients));
        for (i, (var, gradient)) in pairs.enumerate() {
            if memory.slots.len() <= i {
                memory.slots.push(Slots::default());
            }
            let slots = std::sync::Mutex::new(&mut memory.slots[i]);
            var.inplace_op1(&Update { optimizer, t: memory.steps, gradient, slots })?;
        }
        Ok(())
    }
}

/// Convolution, ReLU and 2×2 max pooling as the one operation that computes
/// them together, four times as fast.
fn fuse(layer: &Layer, next: &Layer) -> Option<ConvReluPool> {
    let (
        LayerSpec::Conv2d {
            filters,
            kernel_size,
            stride: [1, 1],
            padding,
            activation: Activation::Relu,
        },
        LayerSpec::MaxPool2d { size: [2, 2], stride: [2, 2] },
    ) = (layer.spec(), next.spec())
    else {
        return None;
    };
    let input = layer.input_shape().try_into().ok()?;
    ConvReluPool::new(input, *filters, *kernel_size, *padding).ok()
}

fn step(op: Arc<dyn Op>, layer: &Layer) -> Step {
    let vars: Vec<Var> = layer.params().iter().map(|p| p.var.clone()).collect();
    let gradients = op.param_lens().into_iter().map(|len| vec![0.0; len]).collect();
    Step { op, vars, output: Vec::new(), gradients, saved: Saved::default() }
}

/// Gives `work` the values of some parameters.
fn with_values<T>(vars: &[Var], work: impl FnOnce(&[&[f32]]) -> T) -> Result<T> {
    let guards: Vec<_> = vars.iter().map(|v| v.as_tensor().storage_and_layout()).collect();
    let slices: candle_core::Result<Vec<&[f32]>> =
        guards.iter().map(|(storage, layout)| crate::ops::host(storage, layout)).collect();
    Ok(work(&slices?))
}

/// The optimiser's update, in the parameter's own memory.
struct Update<'a> {
    optimizer: &'a Optimizer,
    t: u64,
    gradient: &'a [f32],
    slots: std::sync::Mutex<&'a mut Slots>,
}

impl InplaceOp1 for Update<'_> {
    fn name(&self) -> &'static str {
        "optimizer"
    }

    fn cpu_fwd(&self, storage: &mut CpuStorage, layout: &Layout) -> candle_core::Result<()> {
        let Some((start, end)) = layout.contiguous_offsets() else {
            candle_core::bail!("contiguous parameter expected");
        };
        let CpuStorage::F32(values) = storage else {
            candle_core::bail!("f32 parameter expected");
        };
        let mut slots = self.slots.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        self.optimizer.update(self.t, &mut values[start..end], self.gradient, &mut slots);
        Ok(())
    }
}

/// The values of a data set `x`: `[n, …]`, from which batches are gathered.
#[derive(Debug)]
pub(crate) struct Source {
    tensor: Tensor,
    row: usize,
}

impl Source {
    pub(crate) fn new(x: &Tensor) -> Result<Self> {
        let tensor = x.to_device(&Device::Cpu)?.contiguous()?;
        let row = tensor.dims().iter().skip(1).product();
        Ok(Self { tensor, row })
    }

    /// Copies the rows `order` into `batch`.
    pub(crate) fn gather(&self, order: &[u32], batch: &mut Vec<f32>) -> Result<()> {
        let (storage, layout) = self.tensor.storage_and_layout();
        let values = crate::ops::host(&storage, layout)?;
        batch.resize(order.len() * self.row, 0.0);
        let tasks = batch.chunks_mut(GATHERED * self.row).zip(order.chunks(GATHERED));
        for_each(tasks, |(batch, order)| {
            for (row, i) in batch.chunks_exact_mut(self.row).zip(order) {
                row.copy_from_slice(&values[*i as usize * self.row..][..self.row]);
            }
        });
        Ok(())
    }
}
