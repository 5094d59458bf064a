//! Figures of networks: structure, filters, feature maps, saliency.

use candle_core::{DType, Device, Tensor};

use super::tests::{check_svg, set};
use super::*;
use crate::nn::{LayerSpec, Model, Sequential};
use crate::ops::Padding;
use crate::ops::activation::Activation;

fn cnn() -> Model {
    Sequential::new("cnn", (28, 28, 1))
        .conv2d("C1", 4, 3, Padding::Same, Activation::Relu)
        .max_pool2d("P1", 2)
        .conv2d("C2", 20, 3, Padding::Valid, Activation::Tanh)
        .flatten("F")
        .dense("D1", 30, Activation::Relu)
        .dense("D2", 10, Activation::Softmax)
        .build()
        .unwrap()
}

fn dense() -> Model {
    Sequential::new("dense", 784)
        .dense("D1", 20, Activation::Relu)
        .dense("D2", 10, Activation::Softmax)
        .build()
        .unwrap()
}

#[test]
fn figures_of_a_network_are_well_formed() {
    let (model, set) = (cnn(), set(30));
    let x = set.to_f32().unwrap().narrow(0, 0, 1).unwrap();
    for figure in [
        model.drawing().unwrap(),
        model.plot_filters("C1").unwrap(),
        model.plot_filters("C2").unwrap(),
        model.plot_feature_maps(&x).unwrap(),
        model.plot_best_inputs("C2", &set, 5).unwrap(),
        model.plot_best_inputs("D2", &set, 5).unwrap(),
        model.plot_saliency(&x).unwrap(),
        model.plot_saliency(&set.to_f32().unwrap().narrow(0, 0, 3).unwrap()).unwrap(),
        dense().drawing().unwrap(),
        dense().plot_saliency(&x.flatten_from(1).unwrap()).unwrap(),
        show_errors_with_bars(&set, &model.predict(&set.to_f32().unwrap()).unwrap(), 6).unwrap(),
        plot_probabilities("p", &model.predict(&x).unwrap()).unwrap(),
        plot_bars("b", &[("a<", -1.0), ("b", 2.5)], 1).unwrap(),
    ] {
        assert_eq!(check_svg(&figure.svg()).len(), 2);
        assert!(figure.alt().len() > 20, "{figure:?}");
    }
}

#[test]
fn saliency_is_the_gradient_of_the_winner() {
    // A network of one dense layer: the gradient is the winner's weights.
    let model = Sequential::new("un", 784).dense("D", 10, Activation::Softmax).build().unwrap();
    let x = set(1).to_f32().unwrap().flatten_from(1).unwrap();
    let (saliency, winner) = model.saliency(&x).unwrap();
    let weights = model.layers()[0].kernel().unwrap();
    let column = weights.narrow(1, winner as usize, 1).unwrap().abs().unwrap();
    let gap = (saliency.flatten_all().unwrap() - column.flatten_all().unwrap()).unwrap();
    assert!(gap.abs().unwrap().max(0).unwrap().to_scalar::<f32>().unwrap() < 1e-6);
}

#[test]
fn best_inputs_are_the_largest_responses() {
    let (model, set) = (cnn(), set(30));
    let figure = model.plot_best_inputs("C1", &set, 1).unwrap();
    let outputs = model.forward_all(&set.to_f32().unwrap()).unwrap();
    let best = outputs[0].1.max(1).unwrap().max(1).unwrap().narrow(1, 0, 1).unwrap();
    let best = best.flatten_all().unwrap().argmax(0).unwrap().to_scalar::<u32>().unwrap();
    assert!(figure.alt().contains(&format!("filtre 0\u{a0}: {}", best % 10)), "{figure:?}");
}

#[test]
fn a_sequence_is_one_map() {
    let model = Sequential::new("lecteur", (28, 28, 1))
        .max_pool2d("P", 2)
        .reshape("suite", (14, 14))
        .bidirectional("R", LayerSpec::gru(300, true))
        .flatten("F")
        .dense("D", 10, Activation::Softmax)
        .build()
        .unwrap();
    let x = set(1).to_f32().unwrap();
    let figure = model.plot_feature_maps(&x).unwrap();
    check_svg(&figure.svg());
    assert!(figure.alt().contains("suite\u{a0}: 14\u{a0}pas de 14\u{a0}valeurs"), "{figure:?}");
    assert!(figure.alt().contains("R\u{a0}: 14\u{a0}pas de 600\u{a0}valeurs"), "{figure:?}");
    let empty = Tensor::zeros((1, 0, 3), DType::F32, &Device::Cpu).unwrap();
    assert!(plot_feature_maps(&[("vide".into(), empty)]).is_err());
}

#[test]
fn what_cannot_be_drawn_is_an_error() {
    let (model, set) = (cnn(), set(3));
    let x = set.to_f32().unwrap();
    assert!(model.plot_filters("D1").is_err());
    assert!(model.plot_filters("absente").is_err());
    assert!(model.plot_feature_maps(&x).is_err());
    assert!(model.plot_saliency(&x.narrow(0, 0, 0).unwrap()).is_err());
    assert!(model.plot_best_inputs("C1", &set, 0).is_err());
    assert!(plot_feature_maps(&[]).is_err());
    assert!(structure::plot_structure("rien", &[]).is_err());
    assert!(plot_bars("rien", &[], 2).is_err());
    assert!(plot_bars("NaN", &[("a", f64::NAN)], 2).is_err());
    assert!(show_errors_with_bars(&set, &x, 4).is_err());
    let flat = Tensor::zeros((3, 3), DType::F32, &Device::Cpu).unwrap();
    assert!(plot_filters("deux axes", &flat).is_err());
    assert!(plot_probabilities("deux images", &flat).is_err());
}
