//! What is done to an image before the network sees it: one of several changes,
//! drawn anew each time.

use candle_core::Tensor;
use rayon::prelude::*;

use super::{Augment, Imperfect};
use crate::Result;
use crate::data::images::{PIXELS, map_images};
use crate::random::Rng;

/// A change of an image, or none.
///
/// A list of changes makes a mix: each image undergoes one of them, all as
/// likely. `fit` takes such a list and draws at every step.
///
/// ```
/// use mnist_tp::prelude::*;
/// let x = Tensor::zeros((32, 28, 28, 1), DType::F32, &Device::Cpu)?;
/// let mix = [Change::None, Imperfect::default().into(), Augment::default().into()];
/// assert_eq!(Change::mix(&x, &mix, 42)?.dims(), x.dims());
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change {
    /// The image as it is.
    None,
    /// See [`Augment`].
    Augment(Augment),
    /// See [`Imperfect`].
    Imperfect(Imperfect),
}

impl From<Augment> for Change {
    fn from(augment: Augment) -> Self {
        Self::Augment(augment)
    }
}

impl From<Imperfect> for Change {
    fn from(imperfect: Imperfect) -> Self {
        Self::Imperfect(imperfect)
    }
}

impl Change {
    /// Every image of `x` changed by one of `changes`, drawn for each (without
    /// changes, the images as they are).
    ///
    /// # Errors
    /// When a parameter makes no sense or `x` is not a set of images.
    pub fn mix(x: &Tensor, changes: &[Self], seed: u64) -> Result<Tensor> {
        changes.iter().try_for_each(Self::check)?;
        map_images("changes", x, seed, |image, rng| one_of(changes, image, rng))
    }

    pub(crate) fn check(&self) -> Result<()> {
        match self {
            Self::None => Ok(()),
            Self::Augment(augment) => augment.check(),
            Self::Imperfect(imperfect) => imperfect.check(),
        }
    }

    /// Changes the images of the training step `step` in place. The draws depend
    /// on seed, step and place in the batch alone.
    pub(crate) fn vary(changes: &[Self], images: &mut [f32], seed: u64, step: u64) {
        /// Keeps these draws apart from those of the order of the images.
        const APART: u64 = 0x0063_6861_6e67_6573;
        images.par_chunks_exact_mut(PIXELS).enumerate().with_min_len(4).for_each(|(i, image)| {
            let mut rng = Rng::stream(seed ^ APART, (step << 24) + i as u64);
            one_of(changes, image, &mut rng);
        });
    }
}

fn one_of(changes: &[Change], image: &mut [f32], rng: &mut Rng) {
    match changes.get(rng.below(changes.len())) {
        None | Some(Change::None) => {}
        Some(Change::Augment(augment)) => augment.change(image, rng),
        Some(Change::Imperfect(imperfect)) => imperfect.change(image, rng),
    }
}
