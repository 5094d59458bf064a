//! Changes of one known strength, the same for every image: what a curve of
//! robustness is measured with.

use candle_core::Tensor;

use super::warp::warp;
use crate::data::images::map_images;
use crate::elementary::sin_cos;
use crate::{Error, Result};

/// Every image of `x` turned by `degrees` around its middle, counterclockwise as
/// seen; what comes from outside is background.
///
/// ```
/// use mnist_tp::prelude::*;
/// let x = Tensor::zeros((4, 28, 28, 1), DType::F32, &Device::Cpu)?;
/// assert_eq!(augment::rotate(&x, 30.0)?.dims(), x.dims());
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
/// When `x` is not a set of images or the angle is not a number.
pub fn rotate(x: &Tensor, degrees: f32) -> Result<Tensor> {
    if !degrees.is_finite() {
        return Err(Error::parameter("degrees", degrees, "un angle en degrés, 30 par exemple"));
    }
    let (sin, cos) = sin_cos(degrees);
    let matrix = [[cos, -sin], [sin, cos]];
    map_images("augment::rotate", x, 0, |image, _| warp(image, matrix, [0.0; 2], None))
}

/// Every image of `x` shifted by `right` pixels to the right and `down` pixels
/// down; what comes from outside is background.
///
/// # Errors
/// When `x` is not a set of images or a shift is not a number.
pub fn shift(x: &Tensor, right: f32, down: f32) -> Result<Tensor> {
    if !(right.is_finite() && down.is_finite()) {
        let found = format!("{right}, {down}");
        return Err(Error::parameter("shift", found, "deux nombres de pixels, 3 et 0 par exemple"));
    }
    let unit = [[1.0, 0.0], [0.0, 1.0]];
    map_images("augment::shift", x, 0, |image, _| warp(image, unit, [-right, -down], None))
}

#[cfg(test)]
mod tests {
    use candle_core::{DType, Device, IndexOp};

    use super::*;

    /// One white pixel at row 3 and column 20.
    fn dot() -> Tensor {
        let mut pixels = vec![0f32; 784];
        pixels[3 * 28 + 20] = 1.0;
        Tensor::from_vec(pixels, (1, 28, 28), &Device::Cpu).unwrap()
    }

    fn at(x: &Tensor, row: usize, column: usize) -> f32 {
        x.i((0, row, column)).unwrap().to_scalar().unwrap()
    }

    #[test]
    fn a_dot_goes_where_it_should() {
        // Counterclockwise: the right of the image comes to its top.
        let turned = rotate(&dot(), 90.0).unwrap();
        assert!((at(&turned, 27 - 20, 3) - 1.0).abs() < 1e-4);
        assert_eq!(at(&shift(&dot(), 2.0, -1.0).unwrap(), 2, 22), 1.0);
        assert_eq!(at(&shift(&dot(), -0.5, 0.0).unwrap(), 3, 19), 0.5);
        let out = shift(&dot(), 28.0, 0.0).unwrap().sum_all().unwrap();
        assert_eq!(out.to_scalar::<f32>().unwrap(), 0.0);
    }

    #[test]
    fn mistakes_are_named() {
        assert!(rotate(&dot(), f32::NAN).unwrap_err().to_string().contains("degrees"));
        assert!(shift(&dot(), f32::INFINITY, 0.0).unwrap_err().to_string().contains("pixels"));
        let bytes = dot().to_dtype(DType::U8).unwrap();
        assert!(rotate(&bytes, 1.0).unwrap_err().to_string().contains("u8"));
    }
}
