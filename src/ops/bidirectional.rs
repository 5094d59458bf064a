//! Two recurrent layers that read a sequence from both ends.
//!
//! `y_t = [forward_t, backward_t]`: the memory of the one that has read the steps
//! before `t`, followed by that of the one that has read those after it, both
//! with `t` itself. Without sequences, each gives its memory after the whole
//! reading. The two share nothing: the gradient of `x` is the sum of theirs.

use super::gru::{Buffers, Gru};
use super::{Backward, Forward, Op};
use crate::fast::threads::{for_each, room};

/// A [`Gru`] that reads from the start and one that reads from the end;
/// parameters: the three of the first, then the three of the second.
#[derive(Clone, Copy, Debug)]
pub struct Bidirectional {
    ahead: Gru,
    back: Gru,
}

impl Bidirectional {
    /// `layer` and its mirror image.
    pub fn new(layer: Gru) -> Self {
        Self { ahead: Gru { reverse: false, ..layer }, back: Gru { reverse: true, ..layer } }
    }

    /// Shape of one output: `[steps, 2·units]`, or `[2·units]`.
    pub fn output_shape(&self) -> Vec<usize> {
        let mut shape = self.ahead.output_shape();
        shape.last_mut().into_iter().for_each(|units| *units *= 2);
        shape
    }
}

impl Op for Bidirectional {
    fn name(&self) -> &'static str {
        "bidirectional"
    }

    fn input_len(&self) -> usize {
        self.ahead.input_len()
    }

    fn output_len(&self) -> usize {
        2 * self.ahead.output_len()
    }

    fn param_lens(&self) -> Vec<usize> {
        self.ahead.param_lens().repeat(2)
    }

    fn forward(&self, io: Forward<'_>) {
        let Self { ahead, back } = self;
        let (n, units) = (io.x.len() / self.input_len(), ahead.units);
        let floats = room(&mut io.saved.floats, 2 * ahead.room(n));
        let (first, second) = floats.split_at_mut(ahead.room(n));
        let mut first = Buffers::of(ahead, n, first);
        let mut second = Buffers::of(back, n, second);
        let (x, params) = (io.x, io.params.split_at(3));
        let tasks = [(ahead, params.0, &mut first), (back, params.1, &mut second)];
        for_each(tasks.into_iter(), |(gru, params, buffers)| gru.run(x, params, buffers));
        ahead.emit(&first, io.y, 2 * units, 0);
        back.emit(&second, io.y, 2 * units, units);
    }

    fn backward(&self, io: Backward<'_>) {
        let Self { ahead, back } = self;
        let (n, units) = (io.x.len() / self.input_len(), ahead.units);
        let floats = &mut io.saved.floats[..2 * ahead.room(n)];
        let (first, second) = floats.split_at_mut(ahead.room(n));
        let mut first = Buffers::of(ahead, n, first);
        let mut second = Buffers::of(back, n, second);
        let (x, dy, params) = (io.x, &*io.dy, io.params.split_at(3));
        let (d_first, d_second) = io.dparams.split_at_mut(3);
        let tasks = [
            (ahead, params.0, &mut first, 0, d_first),
            (back, params.1, &mut second, units, d_second),
        ];
        for_each(tasks.into_iter(), |(gru, params, buffers, from, dparams)| {
            gru.run_back(x, params, buffers, dy, 2 * units, from, dparams);
        });
        if let Some(dx) = io.dx {
            ahead.input_gradient(params.0, &first, dx, false);
            back.input_gradient(params.1, &second, dx, true);
        }
    }
}
