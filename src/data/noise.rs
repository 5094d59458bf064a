//! Noise: what a bad sensor, dust or a finger does to an image.
//!
//! - Gaussian: `y = clip(x + σ·ε, 0, 1)`, `ε` normal, drawn for each pixel;
//! - salt and pepper: with probability `p` the pixel becomes 0 or 1, evenly;
//! - occlusion: a square of `s×s` pixels, placed at random, becomes 0.
//!
//! A network is judged here on images it was not trained for: how fast its
//! accuracy falls says whether it learned the shape of a digit or its pixels.
//!
//! Each function takes images f32 in `[0, 1]`, `[n, 28, 28]`, `[n, 28, 28, 1]`
//! or `[n, 784]`, and gives the same shape back. The same seed gives the same
//! noise.

use candle_core::Tensor;

use super::images::map_images;
use super::mnist::SIDE;
use crate::fast::normals::normals;
use crate::random::Rng;
use crate::{Error, Result};

/// Adds Gaussian noise of standard deviation `sigma`, then clips to `[0, 1]`.
///
/// ```
/// use mnist_tp::prelude::*;
/// let x = Tensor::zeros((2, 28, 28), DType::F32, &Device::Cpu)?;
/// let y = noise::gaussian(&x, 0.3, 42)?;
/// assert_eq!(y.dims(), x.dims());
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
/// When `sigma` is negative or not finite, or `x` is not a set of images.
pub fn gaussian(x: &Tensor, sigma: f32, seed: u64) -> Result<Tensor> {
    if !(sigma >= 0.0 && sigma.is_finite()) {
        return Err(Error::parameter("sigma", sigma, "un nombre positif, 0,3 par exemple"));
    }
    map_images("noise::gaussian", x, seed, |image, rng| add_normal(image, sigma, rng))
}

/// Adds normal noise of standard deviation `sigma` to each pixel, within `[0, 1]`.
pub(crate) fn add_normal(image: &mut [f32], sigma: f32, rng: &mut Rng) {
    let mut draws = vec![0.0; image.len()];
    normals(rng, &mut draws);
    for (pixel, draw) in image.iter_mut().zip(draws) {
        *pixel = (*pixel + sigma * draw).clamp(0.0, 1.0);
    }
}

/// Turns each pixel black or white, evenly, with probability `probability`.
///
/// # Errors
/// When `probability` is not in `[0, 1]`, or `x` is not a set of images.
pub fn salt_and_pepper(x: &Tensor, probability: f32, seed: u64) -> Result<Tensor> {
    if !(0.0..=1.0).contains(&probability) {
        return Err(Error::parameter("probability", probability, "un nombre entre 0 et 1"));
    }
    map_images("noise::salt_and_pepper", x, seed, |image, rng| {
        for pixel in image {
            let draw = rng.uniform(0.0, 1.0);
            if draw < probability {
                *pixel = if draw < probability / 2.0 { 0.0 } else { 1.0 };
            }
        }
    })
}

/// Erases (sets to 0) a square of `size`×`size` pixels, anywhere in the image.
///
/// # Errors
/// When the square is larger than an image, or `x` is not a set of images.
pub fn occlusion(x: &Tensor, size: usize, seed: u64) -> Result<Tensor> {
    if size > SIDE {
        return Err(Error::parameter("size", size, format!("au plus {SIDE} pixels")));
    }
    map_images("noise::occlusion", x, seed, |image, rng| {
        let (top, left) = (rng.below(SIDE - size + 1), rng.below(SIDE - size + 1));
        for row in image.chunks_exact_mut(SIDE).skip(top).take(size) {
            row[left..left + size].fill(0.0);
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::{DType, Device};

    fn grey(n: usize) -> Tensor {
        Tensor::full(0.5f32, (n, 28, 28, 1), &Device::Cpu).unwrap()
    }

    fn values(x: &Tensor) -> Vec<f32> {
        x.flatten_all().unwrap().to_vec1().unwrap()
    }

    #[test]
    fn one_seed_one_noise_on_any_number_of_threads() {
        type Noise = fn(&Tensor, u64) -> Tensor;
        let all: [Noise; 3] = [
            |x, seed| gaussian(x, 0.2, seed).unwrap(),
            |x, seed| salt_and_pepper(x, 0.2, seed).unwrap(),
            |x, seed| occlusion(x, 9, seed).unwrap(),
        ];
        let x = grey(37);
        for noise in all {
            let on = |threads| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                pool.install(|| values(&noise(&x, 5)))
            };
            assert_eq!(on(1), on(3));
            assert_ne!(on(1), values(&noise(&x, 6)));
            // The shape of the tensor does not change the noise.
            assert_eq!(on(1), values(&noise(&x.reshape((37, 784)).unwrap(), 5)));
            assert_eq!(noise(&x, 5).dims(), x.dims());
            // Each image has its own.
            assert_ne!(on(1)[..784], on(1)[784..1568]);
        }
    }

    #[test]
    fn the_noise_has_the_size_asked_for() {
        let x = grey(50);
        let y = values(&gaussian(&x, 0.1, 1).unwrap());
        let spread = y.iter().map(|v| (v - 0.5).powi(2)).sum::<f32>() / y.len() as f32;
        assert!((spread.sqrt() - 0.1).abs() < 0.005, "{spread}");
        let y = values(&salt_and_pepper(&x, 0.3, 1).unwrap());
        let part = |value| y.iter().filter(|&&v| v == value).count() as f32 / y.len() as f32;
        assert!((part(0.0) - 0.15).abs() < 0.01 && (part(1.0) - 0.15).abs() < 0.01);
        let y = values(&occlusion(&x, 7, 1).unwrap());
        assert!(y.chunks(784).all(|image| image.iter().filter(|&&v| v == 0.0).count() == 49));
        assert_eq!(values(&gaussian(&x, 0.0, 1).unwrap()), values(&x));
        assert_eq!(values(&occlusion(&x, 28, 1).unwrap()), vec![0.0; 50 * 784]);
    }

    #[test]
    fn mistakes_are_named() {
        let text = |result: Result<Tensor>| result.unwrap_err().to_string();
        assert!(text(gaussian(&grey(1), -1.0, 0)).contains("sigma = -1"));
        assert!(text(gaussian(&grey(1), f32::NAN, 0)).contains("sigma"));
        assert!(text(salt_and_pepper(&grey(1), 1.5, 0)).contains("1.5"));
        assert!(text(occlusion(&grey(1), 29, 0)).contains("28"));
        let bytes = Tensor::zeros((1, 28, 28), DType::U8, &Device::Cpu).unwrap();
        assert!(text(gaussian(&bytes, 0.1, 0)).contains("u8"));
        let not_scaled = Tensor::full(200f32, (1, 784), &Device::Cpu).unwrap();
        assert!(text(occlusion(&not_scaled, 3, 0)).contains("divisez par 255"));
        let one = Tensor::zeros((28, 28), DType::F32, &Device::Cpu).unwrap();
        assert!(text(gaussian(&one, 0.1, 0)).contains("n = 1"));
    }
}
