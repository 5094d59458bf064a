//! Files that `tests/reference/weights.py` made with PyTorch and Keras.

use std::path::PathBuf;

use serde_json::Value;

use crate::prelude::*;

const RELU: Activation = Activation::Relu;

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(name)
}

/// Inputs of a network, and what the framework's own answers.
fn answers(framework: &str, case: &str, shape: &[usize]) -> (Tensor, Vec<f32>) {
    let text = std::fs::read_to_string(file(&format!("weights_{framework}.json"))).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    let numbers = |key: &str| -> Vec<f32> {
        let values = all[case][key].as_array().unwrap();
        values.iter().map(|v| v.as_f64().unwrap() as f32).collect()
    };
    let shape = [&[4], shape].concat();
    (Tensor::from_vec(numbers("x"), shape, &Device::Cpu).unwrap(), numbers("y"))
}

fn agrees(model: &Model, (x, y): &(Tensor, Vec<f32>)) {
    let ours: Vec<f32> = model.forward(x).unwrap().flatten_all().unwrap().to_vec1().unwrap();
    assert_eq!(ours.len(), y.len());
    for (ours, theirs) in ours.iter().zip(y) {
        assert!((ours - theirs).abs() < 1e-5, "{ours} {theirs}");
    }
}

fn conv(
    filters: usize,
    kernel_size: [usize; 2],
    stride: [usize; 2],
    padding: Padding,
) -> LayerSpec {
    LayerSpec::Conv2d { filters, kernel_size, stride, padding, activation: Activation::Linear }
}

/// PyTorch's network of images: every epsilon is 1e-5.
fn pytorch_images() -> Sequential {
    let norm = LayerSpec::BatchNorm { momentum: 0.9, epsilon: 1e-5 };
    Sequential::new("r", (6, 7, 2))
        .layer("C1", conv(3, [3, 3], [1, 1], Padding::Same))
        .layer("N1", norm.clone())
        .activation("A1", RELU)
        .layer("P1", LayerSpec::MaxPool2d { size: [2, 1], stride: [2, 1] })
        .layer("C2", conv(4, [2, 3], [1, 1], Padding::Valid))
        .activation("A2", RELU)
        .layer("P2", LayerSpec::MaxPool2d { size: [1, 2], stride: [1, 2] })
        .flatten("F")
        .layer("N2", norm)
        .dropout("D", 0.5)
        .dense("C3", 5, Activation::Tanh)
        .dense("fc2", 3, Activation::Softmax)
}

const MODULES: [(&str, &str); 5] =
    [("C1", "conv1"), ("N1", "bn1"), ("C2", "conv2"), ("N2", "bn2"), ("C3", "fc1")];

fn sequences(names: [&str; 3]) -> Sequential {
    Sequential::new("r", (5, 3))
        .bidirectional(names[0], LayerSpec::gru(4, true))
        .gru(names[1], 3, false)
        .dense(names[2], 2, Activation::Softmax)
}

#[test]
fn a_network_of_pytorch_answers_as_there() {
    let mut model = pytorch_images().build().unwrap();
    model.load_pytorch(file("pytorch_images.safetensors"), &MODULES).unwrap();
    agrees(&model, &answers("pytorch", "images", &[6, 7, 2]));
    let mut model = sequences(["both", "last", "fc"]).build().unwrap();
    model.load_pytorch(file("pytorch_sequences.safetensors"), &[]).unwrap();
    agrees(&model, &answers("pytorch", "sequences", &[5, 3]));
}

#[test]
fn a_network_of_keras_answers_as_there() {
    let norm = |epsilon| LayerSpec::BatchNorm { momentum: 0.99, epsilon };
    let network = Sequential::new("r", (6, 7, 2))
        .layer("C1", conv(3, [3, 3], [1, 2], Padding::Same))
        .activation("A1", RELU)
        .layer("N1", norm(1e-3))
        .layer("C2", conv(4, [2, 3], [1, 1], Padding::Valid))
        .activation("A2", RELU)
        .layer("P2", LayerSpec::AvgPool2d { size: [2, 1], stride: [2, 1] })
        .flatten("F")
        .layer("N2", norm(1e-5))
        .dense("C3", 5, Activation::Tanh)
        .dense("S", 3, Activation::Softmax);
    let mut model = network.build().unwrap();
    let modules = [
        ("C1", "conv2d"),
        ("N1", "batch_normalization"),
        ("C2", "conv2d_1"),
        ("N2", "batch_normalization_1"),
        ("S", "dense"),
    ];
    model.load_keras(file("keras_images.safetensors"), &modules).unwrap();
    agrees(&model, &answers("keras", "images", &[6, 7, 2]));
    let mut model = sequences(["bidirectional", "gru_1", "D"]).build().unwrap();
    model.load_keras(file("keras_sequences.safetensors"), &[("D", "dense_1")]).unwrap();
    agrees(&model, &answers("keras", "sequences", &[5, 3]));
}

#[test]
fn mistakes_of_a_list_are_said_and_change_nothing() {
    let (path, network) = (file("pytorch_images.safetensors"), pytorch_images());
    let mut model = network.clone().build().unwrap();
    let before = model.vars()[0].as_tensor().flatten_all().unwrap().to_vec1::<f32>().unwrap();
    let with = |i: usize, pair: (&'static str, &'static str)| {
        let mut modules = MODULES;
        modules[i] = pair;
        modules
    };
    for (modules, words) in [
        (with(0, ("C1", "conv")), ["pas de «\u{a0}conv.weight\u{a0}»", "conv1.weight"]),
        (with(0, ("C9", "conv1")), ["C9", "C1"]),
        (with(4, ("C3", "fc2")), ["[3, 5]", "[5, 16]"]),
        (with(3, ("N2", "bn1")), ["[3]", "[16]"]),
    ] {
        let said = model.load_pytorch(&path, &modules).unwrap_err().to_string();
        assert!(words.iter().all(|word| said.contains(word)), "{said}");
    }
    let mut short = network;
    short.layers.pop();
    let mut short = short.build().unwrap();
    let said = short.load_pytorch(&path, &MODULES).unwrap_err().to_string();
    assert!(said.contains("fc2.bias, fc2.weight que ce réseau n’a pas"), "{said}");
    let said = model.load_keras(&path, &MODULES).unwrap_err().to_string();
    assert!(said.contains("conv1/…/kernel"), "{said}");
    let after = model.vars()[0].as_tensor().flatten_all().unwrap().to_vec1::<f32>().unwrap();
    assert_eq!(after, before);
}

/// What `load` and `load_weights` say of such files is what reads them.
#[test]
fn files_of_others_are_told_what_reads_them() {
    for (name, reader) in [
        ("pytorch_images.safetensors", "load_pytorch"),
        ("keras_sequences.safetensors", "load_keras"),
    ] {
        let mut model = pytorch_images().build().unwrap();
        for error in [Model::load(file(name)).err(), model.load_weights(file(name)).err()] {
            let said = error.unwrap().to_string();
            assert!(said.contains(reader) && !said.contains("load_weights"), "{said}");
        }
    }
}
