//! Gated recurrent unit: reads a sequence step by step with a memory `h`.
//!
//! With `a·b` the product value by value and `σ` the sigmoid, at step `t`:
//!
//! ```text
//! z = σ(x_t·W_z + b_z + h·U_z + c_z)          what is kept of the memory
//! r = σ(x_t·W_r + b_r + h·U_r + c_r)          what the candidate sees of it
//! n = tanh(x_t·W_n + b_n + r·(h·U_n + c_n))   the candidate
//! h ← z·h + (1 − z)·n
//! ```
//!
//! This is PyTorch's formula, which is Keras's default (`reset_after=True`). The
//! parameters are Keras's: kernel `W`: `[inputs, 3·units]`, recurrent kernel
//! `U`: `[units, 3·units]`, bias: `[2, 3·units]` (`b`, then `c`), the gates in
//! the order `z`, `r`, `n`; that is `3·units·(inputs + units + 2)` numbers.
//!
//! Backwards, the gradient of `h` goes through the steps in the reverse order.
//! The products that do not depend on `h` are made for all steps at once.

mod cell;
mod gates;
pub mod reference;
#[cfg(test)]
mod tests;

use super::{Backward, Forward, Op};
use crate::{Error, Result};
pub(crate) use cell::Buffers;

/// A gated recurrent unit; parameters: kernel, recurrent kernel, bias.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gru {
    /// Number of steps of a sequence.
    pub steps: usize,
    /// Number of values of a step.
    pub inputs: usize,
    /// Number of values of the memory.
    pub units: usize,
    /// Whether the memory after each step is given, or that after the last alone.
    pub return_sequences: bool,
    /// Whether the sequence is read from its end.
    pub reverse: bool,
}

impl Gru {
    /// Reads sequences of shape `input`: `[steps, values]`, from the start.
    ///
    /// # Errors
    /// When the input is no sequence or there is no unit.
    pub fn new(input: &[usize], units: usize, return_sequences: bool) -> Result<Self> {
        let &[steps, inputs] = input else {
            let expected = "une suite [pas, valeurs] (ajoutez `.reshape(\"…\", (pas, valeurs))` avant cette couche, ou `return_sequences: true` à la couche récurrente d'avant)";
            return Err(Error::shape("entrée", input, expected));
        };
        if units == 0 {
            return Err(Error::parameter("units", 0, "au moins une unité"));
        }
        Ok(Self { steps, inputs, units, return_sequences, reverse: false })
    }

    /// Shape of one output: `[steps, units]`, or `[units]`.
    pub fn output_shape(&self) -> Vec<usize> {
        if self.return_sequences { vec![self.steps, self.units] } else { vec![self.units] }
    }

    /// The step that is read in `position`-th place.
    fn at(&self, position: usize) -> usize {
        if self.reverse { self.steps - 1 - position } else { position }
    }
}

impl Op for Gru {
    fn name(&self) -> &'static str {
        "gru"
    }

    fn input_len(&self) -> usize {
        self.steps * self.inputs
    }

    fn output_len(&self) -> usize {
        self.output_shape().iter().product()
    }

    fn param_lens(&self) -> Vec<usize> {
        let three = 3 * self.units;
        vec![self.inputs * three, self.units * three, 2 * three]
    }

    fn forward(&self, io: Forward<'_>) {
        let n = io.x.len() / self.input_len();
        let mut buffers =
            Buffers::of(self, n, crate::fast::threads::room(&mut io.saved.floats, self.room(n)));
        self.run(io.x, io.params, &mut buffers);
        self.emit(&buffers, io.y, self.units, 0);
    }

    fn backward(&self, io: Backward<'_>) {
        let n = io.x.len() / self.input_len();
        let mut buffers = Buffers::of(self, n, &mut io.saved.floats[..self.room(n)]);
        self.run_back(io.x, io.params, &mut buffers, io.dy, self.units, 0, io.dparams);
        if let Some(dx) = io.dx {
            self.input_gradient(io.params, &buffers, dx, false);
        }
    }
}
