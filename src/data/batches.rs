//! Batches: the data set in a random order, cut into pieces of `batch_size`.
//!
//! `batch b = rows { order[i] : b·s ≤ i < (b+1)·s }`, the last one may be shorter.
//!
//! The order is a seeded permutation, so that a training can be repeated bit
//! for bit. Only the rows of one batch are copied at a time; without shuffling
//! nothing is copied at all.

use candle_core::{Device, Tensor};

use crate::random::Rng;
use crate::{Error, Result, signs};

/// The order in which an epoch visits `n` examples, cut into batches of indices.
///
/// ```
/// use mnist_tp::data::BatchOrder;
/// let order = BatchOrder::new(5, 2, None)?;
/// assert!(order.iter().eq([&[0, 1][..], &[2, 3], &[4]]));
/// # Ok::<(), mnist_tp::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchOrder {
    order: Vec<u32>,
    batch_size: usize,
    shuffled: bool,
}

impl BatchOrder {
    /// The order `0..n`, or a random one drawn from `shuffle`.
    ///
    /// # Errors
    /// When `batch_size` is zero, or `n` is above `u32::MAX`.
    pub fn new(n: usize, batch_size: usize, shuffle: Option<&mut Rng>) -> Result<Self> {
        if batch_size == 0 {
            return Err(Error::parameter("batch_size", 0, "au moins 1 exemple par lot"));
        }
        let limit = u32::MAX as usize;
        if n > limit {
            return Err(Error::parameter("nombre d’exemples", n, format!("au plus {limit}")));
        }
        let shuffled = shuffle.is_some();
        let order = match shuffle {
            Some(rng) => rng.permutation(n),
            None => (0..n as u32).collect(),
        };
        Ok(Self { order, batch_size, shuffled })
    }

    /// The number of batches.
    pub fn len(&self) -> usize {
        self.order.len().div_ceil(self.batch_size)
    }

    /// Whether there is no example at all.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// The indices of the `b`-th batch; empty past the last one.
    pub fn batch(&self, b: usize) -> &[u32] {
        let start = b.saturating_mul(self.batch_size).min(self.order.len());
        let end = start.saturating_add(self.batch_size).min(self.order.len());
        &self.order[start..end]
    }

    /// The batches of indices, one after the other.
    pub fn iter(&self) -> std::slice::Chunks<'_, u32> {
        self.order.chunks(self.batch_size)
    }

    /// The rows of `x` that make the `b`-th batch (a view when not shuffled).
    ///
    /// # Errors
    /// When `x` has fewer rows than the order has examples.
    pub fn rows(&self, x: &Tensor, b: usize) -> Result<Tensor> {
        let indices = self.batch(b);
        if self.shuffled {
            return gather(x, indices);
        }
        Ok(x.narrow(0, indices.first().map_or(0, |&first| first as usize), indices.len())?)
    }
}

impl<'a> IntoIterator for &'a BatchOrder {
    type Item = &'a [u32];
    type IntoIter = std::slice::Chunks<'a, u32>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The rows `indices` of `x` (any rank from 1, any dtype), copied in that order.
///
/// # Errors
/// When an index is not below the number of rows, or `x` has no axis.
pub fn gather(x: &Tensor, indices: &[u32]) -> Result<Tensor> {
    signs::go_on()?;
    let n = rows_of("gather", x)?;
    if let Some(&wrong) = indices.iter().find(|&&index| index as usize >= n) {
        return Err(Error::parameter("indice", wrong, format!("un indice inférieur à {n}")));
    }
    let indices = Tensor::new(indices, &Device::Cpu)?;
    Ok(x.contiguous()?.index_select(&indices, 0)?)
}

/// The batches of one epoch, for a loop written by hand.
///
/// Each item is a pair `(x, y)` of tensors with the same number of rows.
#[derive(Clone, Debug)]
pub struct Batches {
    x: Tensor,
    y: Tensor,
    order: BatchOrder,
    next: usize,
}

/// Cuts `x` `[n, …]` and `y` `[n, …]` into batches, shuffled when a seed is given.
///
/// The same seed gives the same order: use another one for each epoch.
///
/// ```
/// use mnist_tp::prelude::*;
/// let x = Tensor::arange(0f32, 10., &Device::Cpu)?.reshape((5, 2))?;
/// let y = Tensor::arange(0u32, 5, &Device::Cpu)?;
/// for batch in batches(&x, &y, 2, Some(42))? {
///     let (xb, yb) = batch?;
///     assert_eq!(xb.dims()[0], yb.dims()[0]);
/// }
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
/// When `x` and `y` have not the same number of rows, or `batch_size` is zero.
pub fn batches(x: &Tensor, y: &Tensor, batch_size: usize, seed: Option<u64>) -> Result<Batches> {
    let n = same_rows("batches", x, y)?;
    let mut rng = seed.map(Rng::new);
    let order = BatchOrder::new(n, batch_size, rng.as_mut())?;
    Ok(Batches { x: x.contiguous()?, y: y.contiguous()?, order, next: 0 })
}

impl Iterator for Batches {
    type Item = Result<(Tensor, Tensor)>;

    fn next(&mut self) -> Option<Self::Item> {
        let b = self.next;
        if b >= self.order.len() {
            return None;
        }
        if let Err(interrupted) = signs::go_on() {
            return Some(Err(interrupted));
        }
        self.next += 1;
        let rows = |tensor| self.order.rows(tensor, b);
        Some(rows(&self.x).and_then(|x| Ok((x, rows(&self.y)?))))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.order.len() - self.next;
        (left, Some(left))
    }
}

impl ExactSizeIterator for Batches {}

/// The number of rows of `x`.
pub(crate) fn rows_of(place: &str, x: &Tensor) -> Result<usize> {
    let first = x.dims().first().copied();
    first.ok_or_else(|| Error::shape(place, x.shape(), "au moins une dimension, [n, …]"))
}

/// The number of rows of `x` and `y`, which must agree.
pub(crate) fn same_rows(place: &str, x: &Tensor, y: &Tensor) -> Result<usize> {
    let n = rows_of(place, x)?;
    if rows_of(place, y)? != n {
        let expected = format!("{n} lignes, autant que d’exemples dans x {:?}", x.dims());
        return Err(Error::shape(format!("{place}\u{a0}: y"), y.shape(), expected));
    }
    Ok(n)
}

#[cfg(test)]
mod tests {
    use super::*;
    // Both globs bring a `Rng`.
    use crate::random::Rng;
    use candle_core::DType;
    use proptest::prelude::*;

    #[test]
    fn mistakes_are_named() {
        let x = Tensor::zeros((4, 3), DType::F32, &Device::Cpu).unwrap();
        let y = Tensor::zeros(5, DType::U8, &Device::Cpu).unwrap();
        let text = batches(&x, &y, 2, None).unwrap_err().to_string();
        assert!(text.contains("[5]") && text.contains("4 lignes"), "{text}");
        assert!(batches(&x, &x, 0, None).is_err());
        let scalar = Tensor::new(1f32, &Device::Cpu).unwrap();
        assert!(batches(&scalar, &scalar, 1, None).is_err());
        assert!(gather(&x, &[4]).unwrap_err().to_string().contains("inférieur à 4"));
    }

    #[test]
    fn without_a_seed_batches_are_views_in_order() {
        let x = Tensor::arange(0u32, 12, &Device::Cpu).unwrap().reshape((6, 2)).unwrap();
        let seen: Vec<Vec<u32>> = batches(&x, &x, 4, None)
            .unwrap()
            .map(|batch| batch.unwrap().0.flatten_all().unwrap().to_vec1().unwrap())
            .collect();
        assert_eq!(seen, [(0..8).collect::<Vec<u32>>(), (8..12).collect()]);
    }

    #[test]
    fn a_transposed_source_is_gathered_by_rows() {
        let x = Tensor::arange(0u32, 6, &Device::Cpu).unwrap().reshape((2, 3)).unwrap();
        let rows = gather(&x.t().unwrap(), &[2, 0]).unwrap();
        assert_eq!(rows.to_vec2::<u32>().unwrap(), [[2, 5], [0, 3]]);
    }

    proptest! {
        #[test]
        fn every_row_once_and_x_stays_with_y(n in 0usize..60, size in 1usize..20, seed: Option<u64>) {
            let y = Tensor::arange(0u32, n as u32, &Device::Cpu).unwrap();
            for (dtype, dims) in [(DType::F32, vec![n, 1, 1, 1]), (DType::U8, vec![n, 1]), (DType::I64, vec![n])] {
                let x = y.reshape(dims).unwrap().to_dtype(dtype).unwrap();
                let all = batches(&x, &y, size, seed).unwrap();
                prop_assert_eq!(all.len(), n.div_ceil(size));
                let mut seen = Vec::new();
                for batch in all {
                    let (xb, yb) = batch.unwrap();
                    prop_assert_eq!(xb.dtype(), dtype);
                    prop_assert!(yb.dims1().unwrap() <= size);
                    let xb = xb.flatten_all().unwrap().to_dtype(DType::U32).unwrap();
                    prop_assert_eq!(xb.to_vec1::<u32>().unwrap(), yb.to_vec1::<u32>().unwrap());
                    seen.extend(yb.to_vec1::<u32>().unwrap());
                }
                seen.sort_unstable();
                prop_assert!(seen.into_iter().eq(0..n as u32));
            }
        }

        #[test]
        fn a_seed_gives_one_order(seed: u64) {
            let order = |seed| BatchOrder::new(40, 7, Some(&mut Rng::new(seed))).unwrap();
            prop_assert_eq!(order(seed), order(seed));
            prop_assert_ne!(order(seed), order(seed.wrapping_add(1)));
        }
    }
}
