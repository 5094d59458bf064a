//! A network and images to try functions on that evaluate one.

use candle_core::{DType, Device, Tensor};

use crate::Result;
use crate::data::one_hot;
use crate::nn::{Loss, Model, Sequential};
use crate::ops::activation::Activation;
use crate::ops::optimizer::Adam;
use crate::random::Rng;

/// A linear network, `n` images with pixels in `[low, high)`, and its own answers as
/// their labels: all right, as long as nobody alters the images.
pub(super) fn answered(
    seed: u64,
    n: usize,
    low: f32,
    high: f32,
) -> Result<(Model, Tensor, Tensor)> {
    let model = Sequential::new("essai", (28, 28, 1))
        .flatten("F")
        .dense("S", 10, Activation::Softmax)
        .seed(3)
        .compile(Adam::default(), Loss::CategoricalCrossentropy)?;
    let mut rng = Rng::new(seed);
    let pixels = (0..n * 784).map(|_| rng.uniform(low, high)).collect();
    let x = Tensor::from_vec(pixels, (n, 28, 28, 1), &Device::Cpu)?;
    let y = one_hot(&model.predict_classes(&x)?.to_dtype(DType::U8)?, 10)?;
    Ok((model, x, y))
}
