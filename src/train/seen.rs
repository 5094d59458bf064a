//! Which images and answers a training saw: enough to tell two sets apart, and to
//! see a test set, pixels that were never divided, or images that both taught and
//! judged.
//!
//! A print is FNV-1a over [`ROWS`] images spread over the set, in steps of 1/255,
//! so that two ways of dividing by 255 leave the same one.

use std::collections::HashSet;

use candle_core::{DType, Tensor};
use serde::{Deserialize, Serialize};

use crate::Result;

/// Images that a print is taken from.
const ROWS: usize = 64;
/// One pixel in so many tells an image from the others.
const STEP: usize = 3;

/// A data set as a training saw it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// Number of images.
    pub images: usize,
    /// Print of the images.
    pub pixels: u64,
    /// Print of all answers.
    pub answers: u64,
    /// The greatest pixel of the images that the print is taken from.
    pub highest: f32,
}

/// What a training was validated on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Validated {
    /// Nothing.
    #[default]
    Nothing,
    /// The last share of its own images, which it did not learn from.
    Split(f64),
    /// Images of their own, of which `shared` were learnt from as well.
    Data {
        /// The images.
        seen: Seen,
        /// How many of them were also among those to learn from.
        shared: usize,
    },
}

impl Seen {
    /// Of images `x`: `[n, …]` and answers `y`: `[n]` or one-hot `[n, classes]`.
    pub(crate) fn new(x: &Tensor, y: &Tensor) -> Result<Self> {
        let images = x.dims().first().copied().unwrap_or(0);
        let (mut pixels, mut highest) = (Hash::default(), f32::NEG_INFINITY);
        for i in 0..ROWS.min(images) {
            for value in row(x, i * images / ROWS.min(images))? {
                highest = highest.max(value);
                pixels.word((255.0 * value).round() as i64 as u64);
            }
        }
        let mut answers = Hash::default();
        let classes = if y.rank() == 2 { y.argmax(1)? } else { y.clone() };
        for class in classes.to_dtype(DType::F32)?.flatten_all()?.to_vec1::<f32>()? {
            answers.word(class as i64 as u64);
        }
        Ok(Self { images, pixels: pixels.0, answers: answers.0, highest })
    }
}

/// How many of the images `judges` are among `teachers` as well.
pub(super) fn shared(teachers: &Tensor, judges: &Tensor) -> Result<usize> {
    let known: HashSet<u64> = keys(teachers)?.into_iter().collect();
    Ok(keys(judges)?.into_iter().filter(|key| known.contains(key)).count())
}

/// A number for each image, the same for the same image.
fn keys(x: &Tensor) -> Result<Vec<u64>> {
    let n = x.dims().first().copied().unwrap_or(0);
    let pixels: usize = x.dims().iter().skip(1).product();
    let places: Vec<u32> = (0..pixels.div_ceil(STEP)).map(|i| (i * STEP) as u32).collect();
    let places = Tensor::new(&places[..], x.device())?;
    let mut keys = Vec::with_capacity(n);
    // In parts, so that a large set is never copied whole.
    for start in (0..n).step_by(1000) {
        let part = x.narrow(0, start, 1000.min(n - start))?.flatten_from(1)?;
        for image in part.index_select(&places, 1)?.to_dtype(DType::F32)?.to_vec2::<f32>()? {
            let mut hash = Hash::default();
            image.iter().for_each(|value| hash.word((255.0 * value).round() as i64 as u64));
            keys.push(hash.0);
        }
    }
    Ok(keys)
}

/// The pixels of one image.
fn row(x: &Tensor, i: usize) -> Result<Vec<f32>> {
    Ok(x.narrow(0, i, 1)?.flatten_all()?.to_dtype(DType::F32)?.to_vec1()?)
}

/// FNV-1a over words.
struct Hash(u64);

impl Default for Hash {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hash {
    fn word(&mut self, word: u64) {
        self.0 = (self.0 ^ word).wrapping_mul(0x100_0000_01b3);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::Device;

    fn images(n: usize, first: usize) -> Tensor {
        let pixels: Vec<u8> = (0..n * 12).map(|i| ((first * 12 + i) * 37 % 251) as u8).collect();
        Tensor::from_vec(pixels, (n, 12), &Device::Cpu).unwrap().to_dtype(DType::F32).unwrap()
    }

    #[test]
    fn two_ways_of_dividing_leave_the_same_print() {
        let labels = Tensor::zeros(100, DType::U8, &Device::Cpu).unwrap();
        let raw = images(100, 0);
        let seen = |x: &Tensor| Seen::new(x, &labels).unwrap();
        let (a, b) = ((&raw / 255.0).unwrap(), raw.affine(1.0 / 255.0, 0.0).unwrap());
        assert_eq!(seen(&a).pixels, seen(&b.reshape((100, 3, 4, 1)).unwrap()).pixels);
        assert_ne!(seen(&a).pixels, seen(&raw).pixels);
        assert!(seen(&raw).highest > 200.0 && seen(&a).highest <= 1.0);
        assert_ne!(seen(&a).pixels, seen(&(images(100, 1) / 255.0).unwrap()).pixels);
    }

    #[test]
    fn answers_are_the_same_one_hot_or_not() {
        let x = images(6, 0);
        let labels = Tensor::new(&[3u8, 0, 2, 1, 1, 0], &Device::Cpu).unwrap();
        let one_hot = crate::data::one_hot(&labels, 4).unwrap();
        let answers = |y: &Tensor| Seen::new(&x, y).unwrap().answers;
        assert_eq!(answers(&labels), answers(&one_hot));
        assert_ne!(answers(&labels), answers(&labels.zeros_like().unwrap()));
    }

    #[test]
    fn images_that_teach_and_judge_are_counted() {
        let all = images(40, 0);
        assert_eq!(shared(&all, &all.narrow(0, 30, 10).unwrap()).unwrap(), 10);
        assert_eq!(
            shared(&all.narrow(0, 0, 35).unwrap(), &all.narrow(0, 30, 10).unwrap()).unwrap(),
            5
        );
    }

    #[test]
    fn no_image_is_no_error() {
        let none = Tensor::zeros((0, 4), DType::F32, &Device::Cpu).unwrap();
        let labels = Tensor::zeros(0, DType::U8, &Device::Cpu).unwrap();
        assert_eq!(Seen::new(&none, &labels).unwrap().images, 0);
        assert_eq!(shared(&none, &none).unwrap(), 0);
    }
}
