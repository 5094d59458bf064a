//! The gates of one step of one sequence, forwards and backwards.
//!
//! (Kernels, which are always inlined: a closure as long as these loops, given to
//! [`crate::fast::wide::wide`], is compiled for every processor's vectors of four.)

use crate::elementary::{sigmoid, tanh};
use crate::fast::simd::{Kernel, Vector};

/// One step: `[units]` each, `[3 · units]` where it is said.
pub(super) struct Step<'a> {
    /// `[3 · units]`: `x·W + b`, to be replaced by `z`, `r`, `n`.
    pub(super) gates: &'a mut [f32],
    /// To fill: `h·U_n + c_n`.
    pub(super) inner: &'a mut [f32],
    /// `[3 · units]`: `h·U`.
    pub(super) product: &'a [f32],
    /// `c_n`.
    pub(super) bias: &'a [f32],
    /// The memory before.
    pub(super) before: &'a [f32],
    /// To fill: the memory after.
    pub(super) after: &'a mut [f32],
}

impl Kernel for Step<'_> {
    #[inline(always)]
    unsafe fn compute<V: Vector>(self) {
        let units = self.after.len();
        let (z, rest) = self.gates.split_at_mut(units);
        let (r, n) = rest.split_at_mut(units);
        let (inner, bias) = (&mut self.inner[..units], &self.bias[..units]);
        let (before, after) = (&self.before[..units], self.after);
        let (pz, rest) = self.product.split_at(units);
        let (pr, pn) = rest.split_at(units);
        let (r, n, pr, pn) = (&mut r[..units], &mut n[..units], &pr[..units], &pn[..units]);
        for k in 0..units {
            z[k] = sigmoid(z[k] + pz[k]);
            r[k] = sigmoid(r[k] + pr[k]);
            inner[k] = pn[k] + bias[k];
            n[k] = tanh(n[k] + r[k] * inner[k]);
            after[k] = z[k] * before[k] + (1.0 - z[k]) * n[k];
        }
    }
}

/// The way back through a [`Step`].
pub(super) struct StepBack<'a> {
    /// `[3 · units]`: `z`, `r`, `n`.
    pub(super) gates: &'a [f32],
    /// `h·U_n + c_n`.
    pub(super) inner: &'a [f32],
    /// The memory before.
    pub(super) before: &'a [f32],
    /// The gradient of the memory after; becomes `dh·z`, the part of it that reaches the
    /// memory before directly.
    pub(super) dh: &'a mut [f32],
    /// To fill, `[3 · units]`: the gradients of `x·W + b`.
    pub(super) d_outer: &'a mut [f32],
    /// To fill, `[3 · units]`: the gradients of `h·U + c`.
    pub(super) d_inner: &'a mut [f32],
}

impl Kernel for StepBack<'_> {
    #[inline(always)]
    unsafe fn compute<V: Vector>(self) {
        let (units, dh) = (self.dh.len(), self.dh);
        let (z, rest) = self.gates.split_at(units);
        let (r, n) = rest.split_at(units);
        let (oz, rest) = self.d_outer.split_at_mut(units);
        let (or, on) = rest.split_at_mut(units);
        let (iz, rest) = self.d_inner.split_at_mut(units);
        let (ir, in_) = rest.split_at_mut(units);
        let (r, n) = (&r[..units], &n[..units]);
        let (inner, before) = (&self.inner[..units], &self.before[..units]);
        let (or, on) = (&mut or[..units], &mut on[..units]);
        let (ir, in_) = (&mut ir[..units], &mut in_[..units]);
        for k in 0..units {
            let dn = dh[k] * (1.0 - z[k]) * (1.0 - n[k] * n[k]);
            let dz = dh[k] * (before[k] - n[k]) * z[k] * (1.0 - z[k]);
            let dr = dn * inner[k] * r[k] * (1.0 - r[k]);
            (oz[k], or[k], on[k]) = (dz, dr, dn);
            (iz[k], ir[k], in_[k]) = (dz, dr, dn * r[k]);
            dh[k] *= z[k];
        }
    }
}
