//! Fully connected layer: every output sees every input.
//!
//! `y[n, j] = f(b[j] + Σ_i x[n, i]·w[i, j])`, with `w`: `[inputs, outputs]` as
//! in Keras. Backwards, with `dz = dy · f'(z)`:
//! `dw = xᵀ·dz`, `db[j] = Σ_n dz[n, j]`, `dx = dz·wᵀ`.

use super::activation::Activation;
use super::gemm::{Matrix, matmul};
use super::wide::wide;
use super::{Backward, Forward, Op};

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
        io.y.chunks_exact_mut(self.outputs).for_each(|row| row.copy_from_slice(io.params[1]));
        let x = Matrix::new(io.x, n, self.inputs);
        matmul(x, Matrix::new(io.params[0], self.inputs, self.outputs), io.y, true);
        wide(|| self.activation.forward(io.y, self.outputs));
    }

    fn backward(&self, io: Backward<'_>) {
        let n = io.x.len() / self.inputs;
        wide(|| self.activation.backward(io.y, io.dy, self.outputs));
        let dz = Matrix::new(io.dy, n, self.outputs);
        let [dw, db] = io.dparams else { return };
        matmul(Matrix::new(io.x, n, self.inputs).t(), dz, dw, false);
        wide(|| {
            db.fill(0.0);
            for row in io.dy.chunks_exact(self.outputs) {
                db.iter_mut().zip(row).for_each(|(b, d)| *b += d);
            }
        });
        if let Some(dx) = io.dx {
            matmul(dz, Matrix::new(io.params[0], self.inputs, self.outputs).t(), dx, false);
        }
    }
}
