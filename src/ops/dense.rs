//! Fully connected layer: every output sees every input.
//!
//! `y[n, j] = f(b[j] + Σ_i x[n, i]·w[i, j])`, with `w`: `[inputs, outputs]` as
//! in Keras. Backwards, with `dz = dy · f'(z)`:
//! `dw = xᵀ·dz`, `db[j] = Σ_n dz[n, j]`, `dx = dz·wᵀ`.

use candle_core::Tensor;

use super::activation::{self, Activation};
use super::{Backward, Forward, Op, Pass};
use crate::fast::gemm::{Matrix, matmul};
use crate::fast::wide::wide;
use crate::fast::zeros::sparse;

/// The operation of a dense layer; parameters: kernel, bias.
#[derive(Clone, Copy, Debug)]
pub struct Dense {
    /// Number of inputs of a sample.
    pub inputs: usize,
    /// Number of neurons.
    pub outputs: usize,
    /// Applied to the sums.
    pub activation: Activation,
}

impl Dense {
    /// Whether the products with `x` go by lists of what is not zero.
    fn by_lists(&self, x: &[f32]) -> bool {
        sparse::fits(self.outputs) && sparse::mostly_zero(x, self.inputs)
    }

    fn activate(&self, y: &mut [f32]) {
        self.activation.forward(y, self.outputs);
    }
}

impl Op for Dense {
    fn name(&self) -> &'static str {
        "dense"
    }

    fn input_len(&self) -> usize {
        self.inputs
    }

    fn output_len(&self) -> usize {
        self.outputs
    }

    fn param_lens(&self) -> Vec<usize> {
        vec![self.inputs * self.outputs, self.outputs]
    }

    fn forward(&self, io: Forward<'_>) {
        let n = io.x.len() / self.inputs;
        if self.by_lists(io.x) {
            let (lists, bias) = (&mut io.saved.lists, Some(io.params[1]));
            lists.of_rows(io.x, self.inputs);
            lists.product(io.params[0], bias, io.y);
            return self.activate(io.y);
        }
        io.y.chunks_exact_mut(self.outputs).for_each(|row| row.copy_from_slice(io.params[1]));
        let x = Matrix::new(io.x, n, self.inputs);
        matmul(x, Matrix::new(io.params[0], self.inputs, self.outputs), io.y, true);
        self.activate(io.y);
    }

    fn backward(&self, io: Backward<'_>) {
        let n = io.x.len() / self.inputs;
        self.activation.backward(io.y, io.dy, self.outputs);
        let dz = Matrix::new(io.dy, n, self.outputs);
        let [dw, db] = io.dparams else { return };
        if self.by_lists(io.x) {
            io.saved.lists.of_columns(io.x, self.inputs);
            io.saved.lists.product(io.dy, None, dw);
        } else {
            matmul(Matrix::new(io.x, n, self.inputs).t(), dz, dw, false);
        }
        wide(|| {
            db.fill(0.0);
            for row in io.dy.chunks_exact(self.outputs) {
                db.iter_mut().zip(row).for_each(|(b, d)| *b += d);
            }
        });
        let Some(dx) = io.dx else { return };
        matmul(dz, Matrix::new(io.params[0], self.inputs, self.outputs).t(), dx, false);
    }

    fn portable(&self, _: Pass, x: &Tensor, params: &[Tensor]) -> candle_core::Result<Tensor> {
        let kernel = params[0].reshape((self.inputs, self.outputs))?;
        activation::portable(self.activation, &x.matmul(&kernel)?.broadcast_add(&params[1])?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::*;
    use crate::random::Rng;

    #[test]
    fn gradients_are_right_on_any_threads_narrow_or_wide() {
        for (n, inputs, outputs) in
            [(1, 5, 3), (7, 130, 65), (33, 20, 70), (32, 70, 10), (33, 75, 64)]
        {
            let dense = Dense { inputs, outputs, activation: Activation::Tanh };
            let mut rng = Rng::new(4);
            let mut x = draw(&mut rng, n * inputs);
            if outputs == 64 {
                // A batch of digits: mostly black.
                x.iter_mut().enumerate().for_each(|(i, x)| *x *= f32::from(u8::from(i % 5 == 0)));
            }
            let scale = 1.0 / (inputs as f32).sqrt();
            let w = draw(&mut rng, inputs * outputs).iter().map(|w| w * scale).collect();
            let params = [w, draw(&mut rng, outputs)];
            let dy = draw(&mut rng, n * outputs);
            assert_finite_differences(&dense, TRAINING, &x, &params, &dy, 5e-3);
            assert_same_on_any_threads(&dense, &x, &params, &dy);
        }
    }
}
