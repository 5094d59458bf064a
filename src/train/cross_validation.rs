//! Cross-validation: every image is validated once, by a network that never
//! learned from it.
//!
//! The images are cut into `k` folds; `k` networks are trained, each on all
//! folds but one, and measured on that one. The mean of the `k` scores depends
//! less on the luck of one split than a single validation does, and their spread
//! tells how much luck there is.
//!
//! The folds are **stratified**: each holds the classes in the proportions of
//! the whole, to within one image a class (Kohavi, *A study of cross-validation
//! and bootstrap*, 1995). The images of a class are shuffled by the seed and
//! dealt out to the folds in turn; the next class goes on with the fold at which
//! the former stopped, so that the folds' sizes differ by one at most.

use std::collections::BTreeMap;

use candle_core::Tensor;

use crate::eval::classes;
use crate::random::Rng;
use crate::{Error, Result};

/// One turn of a cross-validation: row numbers, for [`gather`](crate::data::gather).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fold {
    /// Number of the fold, from 1.
    pub number: usize,
    /// The images to learn from, in random order.
    pub train: Vec<u32>,
    /// The images to validate on, in random order.
    pub validation: Vec<u32>,
}

/// Cuts the images whose classes are `labels` (`[n]`, whole numbers) into `k`
/// stratified folds.
///
/// # Errors
/// When `k` is below 2, or larger than the number of images of some class.
///
/// ```
/// use mnist_tp::prelude::*;
/// let labels = Tensor::new(&[0u32, 1, 0, 1, 0, 1], &Device::Cpu)?;
/// for fold in stratified_k_fold(&labels, 3, 42)? {
///     assert_eq!((fold.train.len(), fold.validation.len()), (4, 2));
/// }
/// # Ok::<(), Error>(())
/// ```
pub fn stratified_k_fold(labels: &Tensor, k: usize, seed: u64) -> Result<Vec<Fold>> {
    let labels = classes("labels", labels)?;
    if k < 2 {
        return Err(Error::parameter("k", k, "au moins 2 plis"));
    }
    let mut by_class: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (i, class) in labels.iter().enumerate() {
        by_class.entry(*class).or_default().push(i as u32);
    }
    if let Some((class, rows)) = by_class.iter().min_by_key(|(_, rows)| rows.len())
        && rows.len() < k
    {
        let expected = format!("au plus {} : la classe {class} n'a pas plus d'images", rows.len());
        return Err(Error::parameter("k", k, expected));
    }
    let mut fold_of = vec![0; labels.len()];
    let mut next = 0;
    for (class, rows) in &by_class {
        for i in Rng::stream(seed, u64::from(*class)).permutation(rows.len()) {
            fold_of[rows[i as usize] as usize] = next;
            next = (next + 1) % k;
        }
    }
    let order = Rng::stream(seed, u64::MAX).permutation(labels.len());
    let fold = |number: usize| {
        let (validation, train) = order.iter().partition(|i| fold_of[**i as usize] == number);
        Fold { number: number + 1, train, validation }
    };
    Ok((0..k).map(fold).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::Device;
    use proptest::prelude::*;

    fn labels(n: usize, classes: u32, seed: u64) -> Vec<u32> {
        let mut rng = crate::random::Rng::new(seed);
        // Class 0 twice as frequent; each class at least five times.
        let draw = |i: usize| {
            if i < 5 * classes as usize {
                i as u32 % classes
            } else {
                (rng.below(classes as usize + 1) as u32).saturating_sub(1)
            }
        };
        (0..n).map(draw).collect()
    }

    proptest! {
        #[test]
        fn folds_share_out_every_class(n in 60usize..200, classes in 2u32..10, k in 2usize..6, seed: u64) {
            let labels = labels(n, classes, seed);
            let tensor = Tensor::new(&labels[..], &Device::Cpu).unwrap();
            let folds = stratified_k_fold(&tensor, k, seed).unwrap();
            prop_assert_eq!(&folds, &stratified_k_fold(&tensor, k, seed).unwrap());
            let mut seen = vec![0; n];
            for fold in &folds {
                prop_assert_eq!(fold.train.len() + fold.validation.len(), n);
                prop_assert!(fold.validation.len().abs_diff(n / k) <= 1);
                let mut all = [&fold.train[..], &fold.validation].concat();
                all.sort_unstable();
                prop_assert!(all.into_iter().eq(0..n as u32));
                fold.validation.iter().for_each(|i| seen[*i as usize] += 1);
                for class in 0..classes {
                    let count = |rows: &[u32]| rows.iter().filter(|i| labels[**i as usize] == class).count();
                    let whole = labels.iter().filter(|l| **l == class).count();
                    prop_assert!(count(&fold.validation).abs_diff(whole / k) <= 1);
                }
            }
            prop_assert!(seen.iter().all(|times| *times == 1));
        }
    }

    #[test]
    fn a_seed_gives_its_own_folds() {
        let tensor = Tensor::new(&labels(100, 3, 1)[..], &Device::Cpu).unwrap();
        let folds = |seed| stratified_k_fold(&tensor, 4, seed).unwrap();
        assert_ne!(folds(1), folds(2));
    }

    #[test]
    fn mistakes_get_sentences() {
        let tensor = Tensor::new(&[0u32, 0, 0, 3, 3], &Device::Cpu).unwrap();
        let say = |k| stratified_k_fold(&tensor, k, 0).unwrap_err().to_string();
        assert!(say(1).contains("au moins 2 plis"));
        assert!(say(3).contains("la classe 3"), "{}", say(3));
        let floats = Tensor::new(&[0f32, 1.0], &Device::Cpu).unwrap();
        assert!(stratified_k_fold(&floats, 2, 0).is_err());
    }
}
