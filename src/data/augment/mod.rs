//! Augmentation: every image changed a little, differently each time it is seen.
//!
//! `y[p] = x[ R(θ)·H(φ)·Z(a, b)·(p − c) + c + t + d(p) ] + σ·ε`, clipped to `[0, 1]`
//!
//! `R` turns, `H` shears, `Z` zooms, `t` shifts, `d` is a smooth random field
//! (elastic distortion), `ε` noise; `c` is the middle of the image, values
//! between pixels are interpolated, what lies outside is background. Each
//! parameter is a range, as in Keras's `ImageDataGenerator`: `rotation: 10.0`
//! draws `θ` in ±10 degrees for each image.
//!
//! A slightly turned 7 is still a 7. Whoever shows it to the network says so,
//! and gets by with fewer examples, or goes further with the same. [`Imperfect`]
//! makes the digits of a badly framed photo; a list of [`Change`]s given to `fit`
//! alters the images of each batch, just before the step that learns from them.

mod change;
mod fixed;
mod imperfect;
mod warp;

use candle_core::Tensor;

use super::images::map_images;
use super::mnist::SIDE;
use super::noise::add_normal;
use crate::elementary::sin_cos;
use crate::french::comma;
use crate::random::Rng;
use crate::{Error, Result};
pub use change::Change;
pub use fixed::{rotate, shift};
pub use imperfect::Imperfect;
use warp::{Field, warp};

/// How far images are changed at most; 0 leaves them as they are.
///
/// ```
/// use mnist_tp::prelude::*;
/// let x = Tensor::zeros((32, 28, 28, 1), DType::F32, &Device::Cpu)?;
/// let augment = Augment { rotation: 15.0, shift: 0.1, ..Augment::none() };
/// let y = augment.apply(&x, 42)?; // another seed for each epoch and batch
/// assert_eq!(y.dims(), x.dims());
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Augment {
    /// Turns by up to so many degrees, either way.
    pub rotation: f32,
    /// Shifts by up to this part of the side, along each axis.
    pub shift: f32,
    /// Stretches each axis by a factor from `1 − zoom` to `1 + zoom`.
    pub zoom: f32,
    /// Leans by up to so many degrees, either way.
    pub shear: f32,
    /// Moves pixels about by so many pixels (standard deviation), neighbours alike.
    pub elastic: f32,
    /// Adds Gaussian noise of this standard deviation.
    pub noise: f32,
}

impl Default for Augment {
    /// What a reader of the digit would hardly notice.
    fn default() -> Self {
        Self { rotation: 10.0, shift: 0.08, zoom: 0.1, shear: 5.0, elastic: 0.5, noise: 0.0 }
    }
}

impl Augment {
    /// No change at all, to name only what is wanted:
    /// `Augment { rotation: 30.0, ..Augment::none() }`.
    pub fn none() -> Self {
        Self { rotation: 0.0, shift: 0.0, zoom: 0.0, shear: 0.0, elastic: 0.0, noise: 0.0 }
    }

    /// Every image of `x` (f32 in `[0, 1]`; `[n, 28, 28, 1]`, `[n, 28, 28]` or
    /// `[n, 784]`) changed at random; the same `seed` gives the same images, on
    /// any number of threads.
    ///
    /// # Errors
    /// When a parameter makes no sense or `x` is not a set of images.
    pub fn apply(&self, x: &Tensor, seed: u64) -> Result<Tensor> {
        self.check()?;
        map_images("augment", x, seed, |image, rng| self.change(image, rng))
    }

    fn check(&self) -> Result<()> {
        for (name, value, limit, unit) in [
            ("rotation", self.rotation, 180.0, "degrés"),
            ("shift", self.shift, 1.0, "(part du côté)"),
            ("zoom", self.zoom, 0.9, "(part de la taille)"),
            ("shear", self.shear, 60.0, "degrés"),
            ("elastic", self.elastic, 10.0, "pixels"),
            ("noise", self.noise, 10.0, "(écart-type)"),
        ] {
            if !(0.0..=limit).contains(&value) {
                let expected = format!("un nombre de 0 à {} {unit}", comma(limit));
                return Err(Error::parameter(name, value, expected));
            }
        }
        Ok(())
    }

    /// Draws the change of one image and makes it. Every number is drawn
    /// whatever the parameters: changing one leaves the others' draws alone.
    fn change(&self, image: &mut [f32], rng: &mut Rng) {
        let mut draw = |range: f32| range * rng.uniform(-1.0, 1.0);
        let (turn, lean) = (draw(self.rotation), draw(self.shear));
        let (zoom_x, zoom_y) = (1.0 + draw(self.zoom), 1.0 + draw(self.zoom));
        let shift = [draw(self.shift * SIDE as f32), draw(self.shift * SIDE as f32)];
        let field = (self.elastic > 0.0).then(|| Field::new(self.elastic, rng));
        let ((sin, cos), (up, along)) = (sin_cos(turn), sin_cos(lean));
        let slant = up / along;
        // From output to input, hence the inverse of the zooms.
        let (a, b) = (1.0 / zoom_x, 1.0 / zoom_y);
        let matrix = [[cos * a, (cos * slant - sin) * b], [sin * a, (sin * slant + cos) * b]];
        if matrix != [[1.0, 0.0], [0.0, 1.0]] || shift != [0.0, 0.0] || field.is_some() {
            warp(image, matrix, shift, field.as_ref());
        }
        if self.noise > 0.0 {
            add_normal(image, self.noise, rng);
        }
    }
}

#[cfg(test)]
mod tests;
