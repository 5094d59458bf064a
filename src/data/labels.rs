//! One-hot encoding: the class `k` among `c` becomes a row of zeros with a one.
//!
//! `y[i, k] = 1 if k = label[i], else 0`
//!
//! It is the distribution that says "certainly `k`": the target that the
//! cross-entropy compares the network's probabilities with.

use candle_core::{DType, Device, Tensor};

use crate::{Error, Result};

/// One-hot rows, f32 `[n, classes]`, of `labels` `[n]` (u8, u32 or i64).
///
/// # Errors
/// When `labels` has another shape or type, or a label is not in `0..classes`.
///
/// ```
/// use mnist_tp::prelude::*;
/// let y = one_hot(&Tensor::new(&[2u8, 0], &Device::Cpu)?, 3)?;
/// assert_eq!(y.to_vec2::<f32>()?, [[0., 0., 1.], [1., 0., 0.]]);
/// # Ok::<(), Error>(())
/// ```
pub fn one_hot(labels: &Tensor, classes: usize) -> Result<Tensor> {
    if classes == 0 {
        return Err(Error::parameter("classes", 0, "au moins une classe"));
    }
    let labels = label_numbers("one_hot", labels)?;
    let mut rows = vec![0f32; labels.len() * classes];
    for (i, (row, &label)) in rows.chunks_exact_mut(classes).zip(&labels).enumerate() {
        let one = usize::try_from(label).ok().and_then(|label| row.get_mut(label));
        let expected = || format!("un entier de 0 à {}, pour {classes} classes", classes - 1);
        *one.ok_or_else(|| {
            Error::parameter(format!("étiquette n°\u{a0}{i}"), label, expected())
        })? = 1.0;
    }
    Ok(Tensor::from_vec(rows, (labels.len(), classes), &Device::Cpu)?)
}

/// The labels of a u8, u32 or i64 tensor `[n]` (or `[n, 1]`) as integers.
pub(crate) fn label_numbers(place: &str, labels: &Tensor) -> Result<Vec<i64>> {
    if !matches!(labels.dims(), [_] | [_, 1]) {
        return Err(Error::shape(place, labels.shape(), "[n], un numéro de classe par exemple"));
    }
    if !matches!(labels.dtype(), DType::U8 | DType::U32 | DType::I64) {
        return Err(Error::parameter(
            format!("{place}\u{a0}: type des étiquettes"),
            labels.dtype().as_str(),
            "u8, u32 ou i64 (par exemple `.to_dtype(DType::U32)?`)",
        ));
    }
    Ok(labels.flatten_all()?.to_dtype(DType::I64)?.to_vec1()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_label_out_of_range_is_named() {
        let labels = Tensor::new(&[3i64, 9, -1], &Device::Cpu).unwrap();
        let text = one_hot(&labels, 10).unwrap_err().to_string();
        assert!(text.contains("n°\u{a0}2 = -1") && text.contains("de 0 à 9"), "{text}");
        let labels = Tensor::new(&[10u8], &Device::Cpu).unwrap();
        assert!(one_hot(&labels, 10).is_err() && one_hot(&labels, 0).is_err());
    }

    #[test]
    fn floats_and_matrices_are_refused() {
        let floats = Tensor::new(&[1f32], &Device::Cpu).unwrap();
        let text = one_hot(&floats, 10).unwrap_err().to_string();
        assert!(text.contains("f32") && text.contains("u8, u32 ou i64"), "{text}");
        let matrix = Tensor::zeros((2, 10), DType::U8, &Device::Cpu).unwrap();
        assert!(one_hot(&matrix, 10).unwrap_err().to_string().contains("[2, 10]"));
    }

    proptest! {
        #[test]
        fn arg_max_gives_the_label_back(labels in prop::collection::vec(0u32..12, 1..40)) {
            for dtype in [DType::U8, DType::U32, DType::I64] {
                let tensor = Tensor::new(&labels[..], &Device::Cpu).unwrap().to_dtype(dtype).unwrap();
                let rows = one_hot(&tensor, 12).unwrap();
                prop_assert_eq!(rows.dims(), &[labels.len(), 12]);
                prop_assert_eq!(rows.argmax(1).unwrap().to_vec1::<u32>().unwrap(), labels.clone());
                prop_assert_eq!(rows.sum_all().unwrap().to_scalar::<f32>().unwrap(), labels.len() as f32);
            }
        }
    }
}
