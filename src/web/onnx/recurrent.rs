//! A GRU, read from one end or from both, as one `GRU` node.
//!
//! ONNX wants steps first, `[steps, n, values]`, its gates in the order `z`, `r`, `n`
//! as here, each direction's weights transposed; `linear_before_reset` says that the
//! reset gate acts after the recurrent product ([`crate::ops::gru`]). It gives
//! `[steps, directions, n, units]`, or the last memories `[directions, n, units]`,
//! which are turned into `[n, steps, directions·units]` or `[n, directions·units]`.

use candle_core::Tensor;

use super::graph::Attribute::{Int, Ints, Text};
use super::translate::Translation;
use crate::Result;
use crate::nn::{Layer, LayerSpec};

impl Translation {
    /// Adds the nodes of a recurrent layer.
    pub(super) fn recurrent(&mut self, layer: &Layer) -> Result<()> {
        let name = layer.name();
        let (inner, direction) = match layer.spec() {
            LayerSpec::Bidirectional { layer } => (&**layer, "bidirectional"),
            spec => (spec, "forward"),
        };
        let &LayerSpec::Gru { units, return_sequences } = inner else { return Ok(()) };
        self.channels_last(name);
        self.part("Transpose", name, "steps_first", vec![], vec![("perm", Ints(vec![1, 0, 2]))]);
        let weights = [
            self.of_directions(layer, 0, "kernel", |w| w.t())?,
            self.of_directions(layer, 1, "recurrent_kernel", |w| w.t())?,
            self.of_directions(layer, 2, "bias", |b| b.flatten_all())?,
        ];
        let settings = vec![
            ("direction", Text(direction)),
            ("hidden_size", Int(units as i64)),
            ("linear_before_reset", Int(1)),
        ];
        let memories = self.fresh(&format!("{name}.memories"));
        self.node("GRU", name, weights.into(), memories, settings);
        let order = if return_sequences { vec![2, 0, 1, 3] } else { vec![1, 0, 2] };
        if !return_sequences {
            self.take_second_output();
        }
        self.part("Transpose", name, "images_first", vec![], vec![("perm", Ints(order))]);
        let shape = self.shape(layer, layer.output_shape());
        let reshape = self.fresh(&format!("{name}.reshape"));
        self.node("Reshape", &reshape, vec![shape], name.to_owned(), vec![]);
        Ok(())
    }

    /// Adds the layer's parameter of that `place`, one direction's after the other's.
    fn of_directions(
        &mut self,
        layer: &Layer,
        place: usize,
        name: &str,
        turn: impl Fn(&Tensor) -> candle_core::Result<Tensor>,
    ) -> Result<String> {
        let directions = layer.params().chunks(3);
        let turned = directions.map(|params| turn(params[place].var.as_tensor())?.contiguous());
        let turned = turned.collect::<candle_core::Result<Vec<_>>>()?;
        self.weights(layer, name, &Tensor::stack(&turned, 0)?)
    }
}
