//! The weights in the order in which the inner loop reads them.

use super::{padded, panels};
use crate::fast::simd::{Kernel, Level, Vector};

/// Weights as they lie in memory.
#[derive(Clone, Copy)]
pub(crate) struct Weights<'a> {
    pub(crate) values: &'a [f32],
    /// Where the weight of tap `k` for the first filter is.
    pub(crate) row: &'a (dyn Fn(usize) -> usize + Sync),
    /// From the weight for a filter to that for the next.
    pub(crate) step: usize,
    pub(crate) bias: Option<&'a [f32]>,
}

/// Puts weights in the order in which [`super::Correlate`] reads them: for each
/// panel of filters, its biases, then its weights tap after tap; zeros up to
/// whole vectors.
pub(crate) struct Pack<'a> {
    pub(crate) weights: Weights<'a>,
    pub(crate) taps: usize,
    pub(crate) filters: usize,
    /// To fill: [`packed_len`] values.
    pub(crate) packed: &'a mut [f32],
}

/// Number of values of packed weights.
pub(crate) fn packed_len(taps: usize, filters: usize, level: Level) -> usize {
    (taps + 1) * padded(filters, level)
}

impl Kernel for Pack<'_> {
    #[inline(always)]
    unsafe fn compute<V: Vector>(self) {
        let padded = self.filters.next_multiple_of(V::LANES);
        let Weights { values: weights, row: first, step, bias } = self.weights;
        let mut rest = self.packed;
        for (start, vectors) in panels::<V>(padded) {
            let width = vectors * V::LANES;
            let (panel, others) = rest.split_at_mut((self.taps + 1) * width);
            rest = others;
            let count = width.min(self.filters - start);
            for (row, values) in panel.chunks_exact_mut(width).enumerate() {
                let (values, beyond) = values.split_at_mut(count);
                beyond.fill(0.0);
                match (row.checked_sub(1), bias) {
                    (Some(k), _) => {
                        let from = &weights[first(k) + start * step..];
                        if step == 1 {
                            values.copy_from_slice(&from[..count]);
                        } else {
                            let from = from.iter().step_by(step);
                            values.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
                        }
                    }
                    (None, Some(bias)) => values.copy_from_slice(&bias[start..start + count]),
                    (None, None) => values.fill(0.0),
                }
            }
        }
    }
}
