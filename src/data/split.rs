//! Setting examples aside, to judge the network on what it did not learn from.
//!
//! `n_test = round(fraction · n)`, at least one example on each side.
//!
//! With a seed the examples are drawn at random; without, the last ones are
//! taken, as Keras's `validation_split` does.

use candle_core::Tensor;

use super::batches::{gather, same_rows};
use crate::random::Rng;
use crate::{Error, Result};

/// `(x_train, x_test, y_train, y_test)`, `fraction` of the examples being for the test.
///
/// ```
/// use mnist_tp::prelude::*;
/// let x = Tensor::arange(0f32, 10., &Device::Cpu)?;
/// let (x_train, x_test, y_train, y_test) = train_test_split(&x, &x, 0.2, Some(1))?;
/// assert_eq!((x_train.dims(), y_test.dims()), (&[8][..], &[2][..]));
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
/// When `x` and `y` have not the same number of rows or fewer than two, or
/// `fraction` is not strictly between 0 and 1.
pub fn train_test_split(
    x: &Tensor,
    y: &Tensor,
    fraction: f32,
    seed: Option<u64>,
) -> Result<(Tensor, Tensor, Tensor, Tensor)> {
    let n = same_rows("train_test_split", x, y)?;
    let train = n - held_out(n, fraction)?;
    let Some(seed) = seed else {
        let cut =
            |t: &Tensor| Ok::<_, Error>((t.narrow(0, 0, train)?, t.narrow(0, train, n - train)?));
        let ((x_train, x_test), (y_train, y_test)) = (cut(x)?, cut(y)?);
        return Ok((x_train, x_test, y_train, y_test));
    };
    let order = Rng::new(seed).permutation(n);
    let (train, test) = order.split_at(train);
    Ok((gather(x, train)?, gather(x, test)?, gather(y, train)?, gather(y, test)?))
}

/// How many of `n` examples `fraction` sets aside.
pub(crate) fn held_out(n: usize, fraction: f32) -> Result<usize> {
    if !(fraction > 0.0 && fraction < 1.0) {
        return Err(Error::parameter("fraction", fraction, "un nombre strictement entre 0 et 1"));
    }
    if n < 2 {
        return Err(Error::parameter("nombre d’exemples", n, "au moins 2 pour les répartir"));
    }
    Ok(((n as f64 * f64::from(fraction)).round() as usize).clamp(1, n - 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::Device;
    use proptest::prelude::*;

    #[test]
    fn silly_fractions_are_refused() {
        let x = Tensor::arange(0u32, 10, &Device::Cpu).unwrap();
        for fraction in [0.0, 1.0, -0.5, 20.0, f32::NAN] {
            let text = train_test_split(&x, &x, fraction, None).unwrap_err().to_string();
            assert!(text.contains("entre 0 et 1"), "{text}");
        }
        let one = x.narrow(0, 0, 1).unwrap();
        assert!(train_test_split(&one, &one, 0.5, None).is_err());
    }

    proptest! {
        #[test]
        fn the_two_parts_make_the_whole(n in 2u32..80, fraction in 0.01f32..0.99, seed: Option<u64>) {
            let y = Tensor::arange(0, n, &Device::Cpu).unwrap();
            let x = y.reshape((n as usize, 1)).unwrap();
            let (x_train, x_test, y_train, y_test) = train_test_split(&x, &y, fraction, seed).unwrap();
            let numbers = |t: &Tensor| t.flatten_all().unwrap().to_vec1::<u32>().unwrap();
            prop_assert_eq!(numbers(&x_train), numbers(&y_train));
            prop_assert_eq!(numbers(&x_test), numbers(&y_test));
            prop_assert!((y_test.dims1().unwrap() as f32 - n as f32 * fraction).abs() <= 1.0);
            let mut all = [numbers(&y_train), numbers(&y_test)].concat();
            if seed.is_some() { all.sort_unstable(); }
            prop_assert!(all.into_iter().eq(0..n));
        }
    }
}
