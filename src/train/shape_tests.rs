//! Networks of unusual ends: an image of probabilities, nothing but a softmax.

use super::tests::{draw, labels, quiet};
use crate::ops::cross_entropy;
use crate::prelude::*;

fn close(a: &Tensor, b: &Tensor) {
    assert_eq!(a.dims(), b.dims());
    let gap = (a - b).unwrap().abs().unwrap().flatten_all().unwrap().max(0).unwrap();
    assert!(gap.to_scalar::<f32>().unwrap() < 1e-6, "{gap}");
}

#[test]
fn a_softmax_runs_along_the_last_axis_of_an_image_too() {
    let network = Sequential::new("a", (28, 28, 1));
    let network = network.conv2d("C", 10, 3, Padding::Same, Activation::Softmax).build().unwrap();
    let x = draw(&[3, 28, 28, 1], 1);
    let answer = network.predict(&x).unwrap();
    close(&answer, &network.forward(&x).unwrap());
    close(&answer.sum(3).unwrap(), &Tensor::ones((3, 28, 28), DType::F32, &Device::Cpu).unwrap());
    assert_eq!(network.classes(), 10);
    assert_eq!(network.predict_classes(&x).unwrap().dims(), [3, 28, 28]);
}

#[test]
fn a_network_of_one_softmax_answers_and_is_evaluated() {
    let network = Sequential::new("s", 10).activation("S", Activation::Softmax);
    let loss = Loss::SparseCategoricalCrossentropy;
    let mut model = network.compile(Adam::default(), loss).unwrap();
    let (x, y) = (draw(&[300, 10], 1), labels(300, 10));
    close(&model.predict(&x).unwrap(), &model.forward(&x).unwrap());
    let evaluation = model.evaluate(&x, &y).unwrap();
    let hot = one_hot(&y, 10).unwrap();
    let expected = cross_entropy(&x, &hot).unwrap().to_scalar::<f32>().unwrap();
    assert!((evaluation.loss - expected).abs() < 1e-5, "{evaluation:?} {expected}");
    // Without a weight there is nothing to learn, and the loss is still the loss.
    let history = model.fit(&x, &y, quiet(2)).unwrap();
    assert!((history.loss[1] - expected).abs() < 1e-5 && history.loss[1] > 0.0);
}
