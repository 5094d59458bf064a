//! Rows of features: sums down the rows and affine maps along them, the two
//! things that batch normalisation does.

use crate::fast::simd::{Kernel, Vector};

/// With `t = x · scale + shift` and `w` (or `t` itself without `w`), for each
/// feature: `sums = [Σ w…, Σ w · t…]` over the rows.
pub(crate) struct RowSums<'a> {
    /// `[rows, features]`
    pub(crate) x: &'a [f32],
    /// As `x`.
    pub(crate) w: Option<&'a [f32]>,
    /// `[features]` each.
    pub(crate) scale: &'a [f32],
    pub(crate) shift: &'a [f32],
    /// To fill: twice `[features]`.
    pub(crate) sums: &'a mut [f32],
}

impl Kernel for RowSums<'_> {
    #[inline(always)]
    unsafe fn compute<V: Vector>(self) {
        let features = self.scale.len();
        let rows = self.x.len() / features;
        let w = self.w.unwrap_or(self.x);
        assert!(w.len() == self.x.len() && self.x.len() == rows * features);
        assert!(self.shift.len() == features && self.sums.len() == 2 * features);
        let whole = features / V::LANES * V::LANES;
        for k in (0..whole).step_by(V::LANES) {
            // SAFETY: the processor has the instructions (our own promise); the
            // `LANES` features from `k` on exist in every row.
            unsafe {
                let one = V::splat(1.0);
                let scale = V::load(self.scale.as_ptr().wrapping_add(k));
                let shift = V::load(self.shift.as_ptr().wrapping_add(k));
                // Two running sums of each, so that one need not wait for itself.
                let mut first = [V::splat(0.0); 2];
                let mut second = [V::splat(0.0); 2];
                for row in 0..rows {
                    let at = row * features + k;
                    let x = V::load(self.x.as_ptr().wrapping_add(at));
                    let t = shift.plus_product(x, scale);
                    let w = match self.w {
                        Some(w) => V::load(w.as_ptr().wrapping_add(at)),
                        None => t,
                    };
                    let (a, b) = (first[1].plus_product(w, one), second[1].plus_product(w, t));
                    (first, second) = ([a, first[0]], [b, second[0]]);
                }
                let sums = self.sums.as_mut_ptr().wrapping_add(k);
                first[0].plus_product(first[1], one).store(sums);
                second[0].plus_product(second[1], one).store(sums.wrapping_add(features));
            }
        }
        for k in whole..features {
            // The same sums in the same order.
            let (mut first, mut second) = ([0.0; 2], [0.0; 2]);
            for row in 0..rows {
                // SAFETY: the processor has the instructions (our own promise).
                let fused = |sum, a, b| unsafe { V::fused(sum, a, b) };
                let t = fused(self.shift[k], self.x[row * features + k], self.scale[k]);
                let w = if self.w.is_some() { w[row * features + k] } else { t };
                first = [first[1] + w, first[0]];
                second = [fused(second[1], w, t), second[0]];
            }
            self.sums[k] = first[0] + first[1];
            self.sums[features + k] = second[0] + second[1];
        }
    }
}

/// `y = (x + p) · a + (z + q) · b + c` for each row, with `p`, `a`, `q`, `b` and `c`:
/// `[features]`. Where `x` is `−p` nothing of it is left, however large it was.
pub(crate) struct RowMap<'a> {
    pub(crate) first: Term<'a>,
    /// The second term, if any.
    pub(crate) second: Option<Term<'a>>,
    pub(crate) c: &'a [f32],
    /// To fill: as `x`.
    pub(crate) y: &'a mut [f32],
}

/// `(x + shift) · scale`.
#[derive(Clone, Copy)]
pub(crate) struct Term<'a> {
    /// `[rows, features]`
    pub(crate) x: &'a [f32],
    /// `[features]` each.
    pub(crate) shift: &'a [f32],
    pub(crate) scale: &'a [f32],
}

impl Term<'_> {
    /// The same for a range of the values: whole rows.
    pub(crate) fn part(self, range: std::ops::Range<usize>) -> Self {
        Self { x: &self.x[range], ..self }
    }
}

impl Kernel for RowMap<'_> {
    #[inline(always)]
    unsafe fn compute<V: Vector>(self) {
        let (features, len) = (self.c.len(), self.y.len());
        assert!(len.is_multiple_of(features), "whole rows of {features}");
        for term in [Some(self.first), self.second].into_iter().flatten() {
            assert!(term.x.len() == len);
            assert!(term.shift.len() == features && term.scale.len() == features);
        }
        let whole = features / V::LANES * V::LANES;
        for start in (0..len).step_by(features) {
            for k in (0..whole).step_by(V::LANES) {
                // SAFETY: the processor has the instructions (our own promise);
                // the `LANES` features from `k` on exist in every row.
                unsafe {
                    let read = |from: &[f32], at: usize| V::load(from.as_ptr().wrapping_add(at));
                    let one = V::splat(1.0);
                    let plus = |y: V, term: Term<'_>| {
                        let x = read(term.shift, k).plus_product(read(term.x, start + k), one);
                        y.plus_product(x, read(term.scale, k))
                    };
                    let mut y = read(self.c, k);
                    if let Some(second) = self.second {
                        y = plus(y, second);
                    }
                    plus(y, self.first).store(self.y.as_mut_ptr().wrapping_add(start + k));
                }
            }
            for k in whole..features {
                let plus = |y: f32, t: Term<'_>| {
                    // SAFETY: the processor has the instructions (our own promise).
                    unsafe { V::fused(y, t.shift[k] + t.x[start + k], t.scale[k]) }
                };
                let y = self.second.map_or(self.c[k], |second| plus(self.c[k], second));
                self.y[start + k] = plus(y, self.first);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fast::simd::{level, run_at};

    #[test]
    #[should_panic(expected = "whole rows of 16")]
    fn half_a_row_is_refused() {
        // Written to its end it would go beyond the slices.
        let (x, a, mut y) = ([0.0; 24], [1.0; 16], [0.0; 24]);
        let first = Term { x: &x, shift: &a, scale: &a };
        run_at(level(), RowMap { first, second: None, c: &a, y: &mut y });
    }
}
