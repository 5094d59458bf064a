//! The fast form: matrix products of our own gemm, and the gates as loops over
//! whole rows that the compiler vectorises.

use super::Gru;
use super::gates::{Step, StepBack};
use crate::fast::gemm::{Matrix, matmul};
use crate::fast::simd::{level, run_at};
use crate::fast::wide::wide;

/// Working memory of one pass over `n` sequences; `[rows, columns]` each.
#[derive(Debug)]
pub(crate) struct Buffers<'a> {
    n: usize,
    /// Gates `z`, `r`, `n` of sequence `i` at step `t`: row `i·steps + t`.
    gates: &'a mut [f32],
    /// `h·U_n + c_n`, rows as in `gates`.
    inner: &'a mut [f32],
    /// Memory before each step and after the last, in the order of reading:
    /// row `position·n + i`.
    memory: &'a mut [f32],
    /// Gradients of `x·W + b`, rows as in `gates`.
    d_outer: &'a mut [f32],
    /// Gradients of `h·U + c`, row `position·n + i`.
    d_inner: &'a mut [f32],
    /// `h·U` of one step: row `i`.
    product: &'a mut [f32],
    /// Gradient of the memory: row `i`.
    dh: &'a mut [f32],
}

impl<'a> Buffers<'a> {
    /// Cuts `floats`, [`Gru::room`] values, into the buffers.
    pub(crate) fn of(gru: &Gru, n: usize, floats: &'a mut [f32]) -> Self {
        let mut rest = floats;
        let mut take = |len: usize| {
            let (first, others) = std::mem::take(&mut rest).split_at_mut(len);
            rest = others;
            first
        };
        let (row, all) = (n * gru.units, n * gru.steps * gru.units);
        Self {
            n,
            gates: take(3 * all),
            inner: take(all),
            memory: take(all + row),
            d_outer: take(3 * all),
            d_inner: take(3 * all),
            product: take(3 * row),
            dh: take(row),
        }
    }
}

impl Gru {
    /// Number of values of the [`Buffers`] for `n` sequences.
    pub(crate) fn room(&self, n: usize) -> usize {
        n * self.units * (11 * self.steps + 5)
    }

    /// Reads the sequences `x`; the memories stay in the buffers.
    pub(crate) fn run(&self, x: &[f32], params: &[&[f32]], buffers: &mut Buffers<'_>) {
        let (n, units, three) = (buffers.n, self.units, 3 * self.units);
        let (kernel, recurrent) = (params[0], params[1]);
        let (bias, inner_bias) = params[2].split_at(three);
        for row in buffers.gates.chunks_exact_mut(three) {
            row.copy_from_slice(bias);
            // The gates z and r only see the sum of the two biases.
            row[..2 * units].iter_mut().zip(inner_bias).for_each(|(b, c)| *b += c);
        }
        let x = Matrix::new(x, n * self.steps, self.inputs);
        matmul(x, Matrix::new(kernel, self.inputs, three), buffers.gates, true);
        buffers.memory[..n * units].fill(0.0);
        for position in 0..self.steps {
            let (before, after) = buffers.memory[position * n * units..].split_at_mut(n * units);
            // The first memory is zero, and so is its product.
            if position > 0 {
                let before = Matrix::new(before, n, units);
                let recurrent = Matrix::new(recurrent, units, three);
                matmul(before, recurrent, buffers.product, false);
            } else {
                buffers.product.fill(0.0);
            }
            for i in 0..n {
                let row = i * self.steps + self.at(position);
                let step = Step {
                    gates: &mut buffers.gates[row * three..][..three],
                    inner: &mut buffers.inner[row * units..][..units],
                    product: &buffers.product[i * three..][..three],
                    bias: &inner_bias[2 * units..],
                    before: &before[i * units..][..units],
                    after: &mut after[i * units..][..units],
                };
                run_at(level(), step);
            }
        }
    }

    /// Writes the memories that the layer gives into rows of `width` values,
    /// from the column `offset` on.
    pub(crate) fn emit(&self, buffers: &Buffers<'_>, y: &mut [f32], width: usize, offset: usize) {
        let (n, units) = (buffers.n, self.units);
        let first = if self.return_sequences { 0 } else { self.steps - 1 };
        for position in first..self.steps {
            for i in 0..n {
                let from = &buffers.memory[((position + 1) * n + i) * units..][..units];
                y[self.output_row(i, position) * width + offset..][..units].copy_from_slice(from);
            }
        }
    }

    /// Row of the output that holds the memory after `position`.
    fn output_row(&self, i: usize, position: usize) -> usize {
        if self.return_sequences { i * self.steps + self.at(position) } else { i }
    }

    /// Gradients of the parameters, from `dy` laid out as by [`Gru::emit`].
    #[expect(clippy::too_many_arguments, reason = "those of Backward, and where dy lies")]
    pub(crate) fn run_back(
        &self,
        x: &[f32],
        params: &[&[f32]],
        buffers: &mut Buffers<'_>,
        dy: &[f32],
        width: usize,
        offset: usize,
        dparams: &mut [Vec<f32>],
    ) {
        let (n, units, three) = (buffers.n, self.units, 3 * self.units);
        buffers.dh.fill(0.0);
        for position in (0..self.steps).rev() {
            let given = self.return_sequences || position + 1 == self.steps;
            for i in 0..n {
                let row = i * self.steps + self.at(position);
                let dh = &mut buffers.dh[i * units..][..units];
                if given {
                    let dy = &dy[self.output_row(i, position) * width + offset..][..units];
                    dh.iter_mut().zip(dy).for_each(|(h, y)| *h += y);
                }
                let back = StepBack {
                    gates: &buffers.gates[row * three..][..three],
                    inner: &buffers.inner[row * units..][..units],
                    before: &buffers.memory[(position * n + i) * units..][..units],
                    dh,
                    d_outer: &mut buffers.d_outer[row * three..][..three],
                    d_inner: &mut buffers.d_inner[(position * n + i) * three..][..three],
                };
                run_at(level(), back);
            }
            if position > 0 {
                let d_inner = &buffers.d_inner[position * n * three..][..n * three];
                let recurrent = Matrix::new(params[1], units, three).t();
                matmul(Matrix::new(d_inner, n, three), recurrent, buffers.dh, true);
            }
        }
        let [d_kernel, d_recurrent, d_bias] = dparams else { return };
        let rows = n * self.steps;
        let d_outer = Matrix::new(buffers.d_outer, rows, three);
        matmul(Matrix::new(x, rows, self.inputs).t(), d_outer, d_kernel, false);
        // The first memory is zero: its rows add nothing.
        let (memory, d_inner) = (&buffers.memory[n * units..], &buffers.d_inner[n * three..]);
        let memory = Matrix::new(memory, rows - n, units).t();
        matmul(memory, Matrix::new(d_inner, rows - n, three), d_recurrent, false);
        let (outer, inner) = d_bias.split_at_mut(three);
        wide(|| {
            for (sum, rows) in [(outer, &*buffers.d_outer), (inner, &*buffers.d_inner)] {
                sum.fill(0.0);
                for row in rows.chunks_exact(three) {
                    sum.iter_mut().zip(row).for_each(|(s, d)| *s += d);
                }
            }
        });
    }

    /// Gradient of the sequences, after [`Gru::run_back`].
    pub(crate) fn input_gradient(
        &self,
        params: &[&[f32]],
        buffers: &Buffers<'_>,
        dx: &mut [f32],
        add: bool,
    ) {
        let (rows, three) = (buffers.n * self.steps, 3 * self.units);
        let kernel = Matrix::new(params[0], self.inputs, three).t();
        matmul(Matrix::new(buffers.d_outer, rows, three), kernel, dx, add);
    }
}
