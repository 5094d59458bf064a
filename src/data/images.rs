//! One function over every image of a tensor, each with its own random stream.
//!
//! `out[i] = change(image[i], Rng::stream(seed, i))`
//!
//! The stream depends on the image's index, not on the thread that happens to
//! treat it: the result is the same bit for bit on any number of threads.

use candle_core::{DType, Device, Tensor};
use rayon::prelude::*;

use super::mnist::SIDE;
use crate::random::Rng;
use crate::{Error, Result};

/// Pixels of an image.
pub(crate) const PIXELS: usize = SIDE * SIDE;

/// Images of `x` (f32 in `[0, 1]`; `[n, 28, 28]`, `[n, 28, 28, 1]`,
/// `[n, 1, 28, 28]` or `[n, 784]`) changed in place in a copy of the same shape.
pub(crate) fn map_images(
    place: &str,
    x: &Tensor,
    seed: u64,
    change: impl Fn(&mut [f32], &mut Rng) + Sync,
) -> Result<Tensor> {
    let mut pixels = pixels_of(place, x)?;
    pixels
        .par_chunks_exact_mut(PIXELS)
        .enumerate()
        .with_min_len(4)
        .for_each(|(i, image)| change(image, &mut Rng::stream(seed, i as u64)));
    Ok(Tensor::from_vec(pixels, x.shape(), &Device::Cpu)?)
}

/// The values of `x`, once its shape, dtype and range are those of images.
pub(crate) fn pixels_of(place: &str, x: &Tensor) -> Result<Vec<f32>> {
    if !matches!(x.dims(), [_, 28, 28] | [_, 28, 28, 1] | [_, 1, 28, 28] | [_, 784]) {
        let expected = "[n, 28, 28], [n, 28, 28, 1] ou [n, 784] (une image seule\u{a0}: n = 1)";
        return Err(Error::shape(place, x.dims(), expected));
    }
    if x.dtype() != DType::F32 {
        let hint = "f32 dans [0, 1]\u{a0}: `.to_dtype(DType::F32)?.affine(1.0 / 255.0, 0.0)?`";
        return Err(Error::parameter(format!("{place}\u{a0}: type"), x.dtype().as_str(), hint));
    }
    let pixels: Vec<f32> = x.flatten_all()?.to_vec1()?;
    // `!contains` also catches NaN.
    match pixels.iter().find(|pixel| !(-1e-3..=1.001).contains(*pixel)) {
        Some(pixel) => {
            let hint = "des pixels entre 0 et 1\u{a0}: divisez par 255";
            Err(Error::parameter(format!("{place}\u{a0}: pixel"), pixel, hint))
        }
        None => Ok(pixels),
    }
}
