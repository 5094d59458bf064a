//! Imperfect digits: small, too thin or too thick, anywhere in the frame.
//!
//! `28×28 → thinned or thickened → shrunk → placed on a larger sheet → 28×28`
//!
//! It is what a photo gives when nobody centred the digit or chose the right
//! pen: nothing a network trained on MNIST has ever seen.

use candle_core::Tensor;

use super::warp::Source;
use crate::data::images::map_images;
use crate::data::mnist::SIDE;
use crate::random::Rng;
use crate::{Error, Result};

/// How imperfect the digits become.
///
/// ```
/// use mnist_tp::prelude::*;
/// let x = Tensor::ones((4, 784), DType::F32, &Device::Cpu)?;
/// let y = Imperfect::default().apply(&x, 1)?;
/// assert!(y.sum_all()?.to_scalar::<f32>()? < 4.0 * 784.0);
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Imperfect {
    /// The digit is shrunk by a factor from `shrink` to 1.
    pub shrink: f32,
    /// The stroke's outline moves by up to so many pixels, inwards or outwards.
    pub thickness: f32,
    /// Side of the sheet on which the digit is placed, at least 28 pixels.
    pub canvas: usize,
}

impl Default for Imperfect {
    fn default() -> Self {
        Self { shrink: 0.8, thickness: 0.8, canvas: 36 }
    }
}

impl Imperfect {
    /// Every image of `x` (f32 in `[0, 1]`; `[n, 28, 28, 1]`, `[n, 28, 28]` or
    /// `[n, 784]`) made imperfect; the same `seed` gives the same images.
    ///
    /// # Errors
    /// When a parameter makes no sense or `x` is not a set of images.
    pub fn apply(&self, x: &Tensor, seed: u64) -> Result<Tensor> {
        self.check()?;
        map_images("imperfect", x, seed, |image, rng| self.change(image, rng))
    }

    pub(super) fn check(&self) -> Result<()> {
        if !(self.shrink >= 0.2 && self.shrink <= 1.0) {
            return Err(Error::parameter("shrink", self.shrink, "un facteur de 0,2 à 1"));
        }
        if !(0.0..=3.0).contains(&self.thickness) {
            return Err(Error::parameter("thickness", self.thickness, "de 0 à 3 pixels"));
        }
        if !(SIDE..=2 * SIDE).contains(&self.canvas) {
            return Err(Error::parameter("canvas", self.canvas, "de 28 à 56 pixels"));
        }
        Ok(())
    }

    pub(super) fn change(&self, image: &mut [f32], rng: &mut Rng) {
        outline(image, self.thickness * rng.uniform(-1.0, 1.0));
        let shrink = rng.uniform(self.shrink, 1.0);
        let free = self.canvas as f32 - shrink * SIDE as f32;
        let (left, top) = (rng.uniform(0.0, 1.0) * free, rng.uniform(0.0, 1.0) * free);
        let source = Source::new(image);
        // Each new pixel covers this many pixels of the sheet.
        let cell = self.canvas as f32 / SIDE as f32;
        let back = |position: f32, corner: f32| (position * cell - corner) / shrink - 0.5;
        for (i, pixel) in image.iter_mut().enumerate() {
            let (x, y) = ((i % SIDE) as f32, (i / SIDE) as f32);
            // The mean of four points of the new pixel.
            let [x0, x1] = [0.25, 0.75].map(|part| back(x + part, left));
            let [y0, y1] = [0.25, 0.75].map(|part| back(y + part, top));
            *pixel =
                (source.at(x0, y0) + source.at(x1, y0) + source.at(x0, y1) + source.at(x1, y1))
                    / 4.0;
        }
    }
}

/// Moves the outline of the strokes outwards by `distance` pixels (inwards when
/// negative): each whole pixel takes the largest (smallest) of a pixel and its
/// four neighbours, the fraction left over mixes.
fn outline(image: &mut [f32], distance: f32) {
    let pick = if distance > 0.0 { f32::max } else { f32::min };
    let mut left = distance.abs();
    while left > 0.0 {
        let part = left.min(1.0);
        let before = Source::new(image);
        for (i, pixel) in image.iter_mut().enumerate() {
            let extreme = before.around(i).into_iter().fold(*pixel, pick);
            *pixel += part * (extreme - *pixel);
        }
        left -= part;
    }
}

#[cfg(test)]
pub(super) fn outlined(image: &[f32], distance: f32) -> Vec<f32> {
    let mut copy = image.to_vec();
    outline(&mut copy, distance);
    copy
}
