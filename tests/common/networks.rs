//! The networks of the practical sessions, as their notebooks build them.

#![allow(dead_code, reason = "each test file uses its own part")]

use mnist_tp::prelude::*;

const RELU: Activation = Activation::Relu;

fn image(name: &str) -> Sequential {
    Sequential::new(name, (28, 28, 1))
}

fn ten_classes(network: Sequential) -> Sequential {
    network.dense("sortie", 10, Activation::Softmax)
}

/// TP1's dense network of 784 hidden neurons, on flat images.
pub fn dense(name: &str) -> Sequential {
    ten_classes(Sequential::new(name, 784).dense("C1", 784, RELU))
}

/// TP2's LeNet.
pub fn lenet(name: &str) -> Sequential {
    let convolutions = image(name)
        .conv2d("C1", 6, 5, Padding::Same, RELU)
        .max_pool2d("S2", 2)
        .conv2d("C3", 16, 5, Padding::Valid, RELU)
        .max_pool2d("S4", 2);
    ten_classes(convolutions.flatten("plat").dense("F5", 200, RELU).dense("F6", 84, RELU))
}

/// TP2's CNN.
pub fn cnn(name: &str) -> Sequential {
    let convolutions = image(name)
        .conv2d("C1", 32, 3, Padding::Valid, RELU)
        .max_pool2d("S2", 2)
        .conv2d("C3", 64, 3, Padding::Valid, RELU)
        .max_pool2d("S4", 2);
    ten_classes(convolutions.flatten("plat").dense("F5", 128, RELU).dropout("D6", 0.5))
}

/// The three blocks of two convolutions with which TP4's networks begin.
fn blocks(name: &str) -> Sequential {
    [32, 64, 128].into_iter().zip(1..).fold(image(name), |network, (filters, b)| {
        network
            .conv2d(format!("C{b}a"), filters, 3, Padding::Same, RELU)
            .batch_norm(format!("N{b}a"))
            .conv2d(format!("C{b}b"), filters, 3, Padding::Same, RELU)
            .batch_norm(format!("N{b}b"))
            .max_pool2d(format!("P{b}"), 2)
            .dropout(format!("D{b}"), 0.3)
    })
}

/// TP4's deep network.
pub fn deep(name: &str) -> Sequential {
    let first = blocks(name).flatten("plat").dense("F1", 512, RELU).dropout("D4", 0.25);
    ten_classes(first.dense("F2", 512, RELU).dropout("D5", 0.5).batch_norm("N4"))
}

/// TP4's recurrent network; its memories hold `units` numbers in each direction
/// (512 and 256 in the notebook).
pub fn recurrent(name: &str, units: [usize; 2]) -> Sequential {
    let sequence = blocks(name).reshape("suite", (3, 384));
    ten_classes(
        sequence
            .bidirectional("R1", LayerSpec::gru(units[0], true))
            .bidirectional("R2", LayerSpec::gru(units[1], false)),
    )
}
