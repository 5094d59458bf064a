//! Networks whose answers the page must give.

#[path = "../common/networks.rs"]
mod course;

use std::fs;
use std::path::Path;

use mnist_tp::prelude::*;
use serde_json::json;

use course::{cnn, deep, dense, lenet, recurrent};

/// Test images of MNIST, u8 `[n, 28, 28]`.
pub fn images(n: usize) -> Dataset {
    Mnist::load().unwrap().test.slice(..n).unwrap()
}

/// Writes the network, the images and its answers into `folder`.
pub fn store(model: &Model, images: &Dataset, folder: &Path) {
    let shape = [&[images.len()], model.input_shape()].concat();
    let x = images.to_f32().unwrap().reshape(shape).unwrap();
    let mut y = model.predict(&x).unwrap();
    let last = model.layers().last().unwrap();
    // Scores become probabilities in the page; "apres" has its softmax further up.
    if last.activation() == Activation::Linear && last.name() != "apres" {
        y = Activation::Softmax.apply(&y).unwrap();
    }
    let levels = images.images.reshape(((), 784)).unwrap().to_vec2::<u8>().unwrap();
    let stored = json!({ "x": levels, "y": y.to_vec2::<f32>().unwrap() });
    let path = folder.join(format!("{}.json", model.name()));
    fs::write(path, stored.to_string()).unwrap();
    model.save(folder.join(format!("{}.safetensors", model.name()))).unwrap();
}

/// Weights and averages as a training leaves them: none is zero or one.
fn alive(model: Model) -> Model {
    let mut rng = Rng::new(3);
    for layer in model.layers() {
        for param in layer.params().iter().filter(|param| param.name != "kernel") {
            let dims = param.var.dims().to_vec();
            let len = dims.iter().product();
            let values: Vec<f32> = (0..len).map(|_| rng.uniform(-0.2, 0.4)).collect();
            let moved = Tensor::from_vec(values, dims, &Device::Cpu).unwrap();
            param.var.set(&(param.var.as_tensor() + moved).unwrap()).unwrap();
        }
        if let Some(mut running) = layer.running() {
            running.mean.iter_mut().for_each(|mean| *mean = rng.uniform(-0.4, 0.6));
            running.variance.iter_mut().for_each(|v| *v = rng.uniform(0.2, 1.2));
        }
    }
    model
}

/// All layers, activations, strides and paddings.
pub fn every_layer() -> Vec<Model> {
    let conv = |filters, kernel_size, stride, padding, activation| LayerSpec::Conv2d {
        filters,
        kernel_size,
        stride,
        padding,
        activation,
    };
    let windows = Sequential::new("fenetres", (28, 28, 1))
        .layer("C1", conv(5, [3, 4], [2, 1], Padding::Same, Activation::Tanh))
        .layer("A1", LayerSpec::AvgPool2d { size: [2, 3], stride: [1, 2] })
        .layer("C2", conv(4, [4, 2], [1, 3], Padding::Valid, Activation::Sigmoid))
        .layer("C3", conv(3, [5, 5], [2, 2], Padding::Same, Activation::Linear))
        .batch_norm("N")
        .activation("R", Activation::Relu)
        .layer("M", LayerSpec::MaxPool2d { size: [2, 1], stride: [2, 2] })
        .flatten("plat")
        .dropout("D", 0.4)
        .dense("sortie", 10, Activation::Softmax);
    // Images that no stride divides, kernels larger than half of them.
    let odd = Sequential::new("impair", (28, 28, 1))
        .layer("C1", conv(2, [7, 6], [3, 5], Padding::Same, Activation::Softmax))
        .layer("A", LayerSpec::AvgPool2d { size: [3, 3], stride: [3, 2] })
        .flatten("plat")
        .dense("F", 7, Activation::Tanh)
        .batch_norm("N")
        .dense("sortie", 10, Activation::Linear);
    let memory = Sequential::new("memoire", (28, 28))
        .bidirectional("B1", LayerSpec::gru(6, true))
        .gru("G", 8, true)
        .bidirectional("B2", LayerSpec::gru(5, false))
        .dense("F", 10, Activation::Linear)
        .activation("S", Activation::Softmax);
    let after = Sequential::new("apres", 784)
        .reshape("carre", (7, 112))
        .gru("G", 9, false)
        .dense("F", 10, Activation::Softmax)
        .dropout("D", 0.2)
        .reshape("apres", 10);
    [windows, odd, memory, after].map(|network| alive(network.seed(5).build().unwrap())).into()
}

/// The networks of the practical sessions (the last but one with smaller memories), not trained.
pub fn of_the_course() -> Vec<Model> {
    let networks = [
        lenet("LeNet"),
        cnn("CNN"),
        deep("profond"),
        recurrent("recurrent", [64, 32]),
        dense("dense"),
    ];
    networks.map(|network| alive(network.build().unwrap())).into()
}
