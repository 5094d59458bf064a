//! One-hot encoding: the class `k` among `c` becomes a row of zeros with a one.
//!
//! `y[i, k] = 1 if k = label[i], else 0`
//!
//! It is the distribution that says "certainly `k`": the target that the
//! cross-entropy compares the network's probabilities with.

use candle_core::{DType, Device, Tensor};

use crate::{Error, Result};

/// One-hot rows, f32 `[n, classes]`, of `labels` `[n]` (u8, u32, i64: whole numbers).
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
    let labels = label_numbers("one_hot", labels, Some(classes))?;
    let mut rows = vec![0f32; labels.len() * classes];
    for (row, label) in rows.chunks_exact_mut(classes).zip(&labels) {
        row[*label as usize] = 1.0;
    }
    Ok(Tensor::from_vec(rows, (labels.len(), classes), &Device::Cpu)?)
}

/// The labels of a tensor of whole numbers `[n]` (or `[n, 1]`), each below
/// `classes` where their number is known: the one way from labels to numbers.
///
/// Other types are refused, as a conversion would make classes of anything: 2
/// of 2.7, 0 of NaN, 4294967295 of −1.
pub(crate) fn label_numbers(
    place: &str,
    labels: &Tensor,
    classes: Option<usize>,
) -> Result<Vec<u32>> {
    if !matches!(labels.dims(), [_] | [_, 1]) {
        return Err(Error::shape(place, labels.shape(), "[n], un numéro de classe par exemple"));
    }
    if !labels.dtype().is_int() {
        return Err(Error::parameter(
            format!("{place}\u{a0}: type des étiquettes"),
            labels.dtype().as_str(),
            "u8, u32 ou i64 (par exemple `.to_dtype(DType::U32)?`)",
        ));
    }
    let numbers: Vec<i64> = labels.flatten_all()?.to_dtype(DType::I64)?.to_vec1()?;
    let number = |(i, label): (usize, &i64)| {
        let class = u32::try_from(*label).ok();
        class.filter(|class| classes.is_none_or(|most| (*class as usize) < most)).ok_or_else(|| {
            let expected = match classes {
                Some(most) => format!("un entier de 0 à {}, pour {most} classes", most - 1),
                None => "un numéro de classe, un entier à partir de 0".to_owned(),
            };
            Error::parameter(format!("{place}\u{a0}: étiquette n°\u{a0}{i}"), label, expected)
        })
    };
    numbers.iter().enumerate().map(number).collect()
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

    #[test]
    fn every_use_of_labels_refuses_what_is_no_class() {
        use crate::prelude::*;
        let loss = Loss::SparseCategoricalCrossentropy;
        let network = Sequential::new("r", 2).dense("C", 3, Activation::Softmax);
        let model = network.compile(Sgd::default(), loss).unwrap();
        let x = Tensor::zeros((4, 2), DType::F32, &Device::Cpu).unwrap();
        let good = Tensor::new(&[0u32, 1, 0, 1], &Device::Cpu).unwrap();
        let tries = |labels: &Tensor| {
            [
                one_hot(labels, 3).err(),
                model.evaluate(&x, labels).err(),
                ConfusionMatrix::new(labels, &good).err(),
                stratified_k_fold(labels, 2, 0).err(),
            ]
        };
        let negative = Tensor::new(&[0i64, -1, 0, -1], &Device::Cpu).unwrap();
        for error in tries(&negative) {
            let text = error.expect("-1 passed").to_string();
            assert!(text.contains("étiquette n°\u{a0}1 = -1\u{a0}; il faut un"), "{text}");
        }
        for values in [[0f32, 2.7, 1.0, 0.0], [f32::NAN; 4], [0.0, 1.0, 0.0, 1.0]] {
            let floats = Tensor::new(&values, &Device::Cpu).unwrap();
            for error in tries(&floats) {
                let text = error.expect("f32 passed").to_string();
                assert!(text.contains("f32"), "{text}");
            }
        }
        for dtype in [DType::U8, DType::U32, DType::I64, DType::I32] {
            let labels = good.to_dtype(dtype).unwrap();
            assert!(tries(&labels).iter().all(Option::is_none), "{dtype:?}");
        }
    }

    #[test]
    fn folds_of_a_class_of_any_number() {
        use crate::prelude::*;
        // Would need 100 GB, were there a place for each class below.
        let labels = Tensor::new(&[u32::MAX, 7, u32::MAX, 7], &Device::Cpu).unwrap();
        let folds = stratified_k_fold(&labels, 2, 0).unwrap();
        assert!(folds.iter().all(|fold| fold.validation.len() == 2));
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
