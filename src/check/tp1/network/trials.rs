//! Answers that the tests try: the network 784-784-10.

use super::*;
use crate::check::registry::{Trial, right, wrong};
use crate::{
    nn::Loss,
    nn::{Initializer, Sequential},
    ops::optimizer::{Adam, Sgd},
};

pub(super) const RESEAU: &[Trial] = &[
    right("relu and softmax", || {
        reseau(&compiled(two(784, Activation::Relu, 10, Activation::Softmax)))
    }),
    right("activations apart", || {
        let plain = Sequential::new("a", 784).dense("cachée", 784, Activation::Linear);
        let plain = plain.activation("relu", Activation::Relu).dense("s", 10, Activation::Softmax);
        reseau(&compiled(plain))
    }),
    right("flattened first", || {
        let model = Sequential::new("a", (28, 28)).flatten("f").dense("C1", 784, Activation::Relu);
        reseau(&compiled(model.dense("C2", 10, Activation::Softmax)))
    }),
    right("another seed", || {
        reseau(&compiled(two(784, Activation::Relu, 10, Activation::Softmax).seed(9)))
    }),
    wrong("optimiseur", || {
        let model = two(784, Activation::Relu, 10, Activation::Softmax);
        reseau(&model.compile(Sgd::default(), Loss::CategoricalCrossentropy).unwrap())
    }),
    wrong("taux d'apprentissage", || {
        let model = two(784, Activation::Relu, 10, Activation::Softmax);
        let slow = Adam { learning_rate: 1e-5, ..Adam::default() };
        reseau(&model.compile(slow, Loss::CategoricalCrossentropy).unwrap())
    }),
    wrong("fonction de perte", || {
        let model = two(784, Activation::Relu, 10, Activation::Softmax);
        reseau(&model.compile(Adam::default(), Loss::SparseCategoricalCrossentropy).unwrap())
    }),
    wrong("entrée", || {
        let model = Sequential::new("a", 28).dense("C1", 784, Activation::Relu);
        reseau(&compiled(model.dense("C2", 10, Activation::Softmax)))
    }),
    wrong("couche manquante", || {
        reseau(&compiled(Sequential::new("a", 784).dense("C1", 10, Activation::Softmax)))
    }),
    wrong("couche en trop", || {
        let model = Sequential::new("a", 784).dense("C0", 784, Activation::Relu);
        let model = model.dense("C1", 784, Activation::Relu);
        reseau(&compiled(model.dense("C2", 10, Activation::Softmax)))
    }),
    wrong("largeur cachée", || {
        reseau(&compiled(two(128, Activation::Relu, 10, Activation::Softmax)))
    }),
    wrong("largeur de sortie", || {
        reseau(&compiled(two(784, Activation::Relu, 1, Activation::Softmax)))
    }),
    wrong("couches échangées", || {
        reseau(&compiled(two(10, Activation::Relu, 784, Activation::Softmax)))
    }),
    wrong("softmax oublié", || {
        reseau(&compiled(two(784, Activation::Relu, 10, Activation::Linear)))
    }),
    wrong("relu oubliée", || {
        reseau(&compiled(two(784, Activation::Linear, 10, Activation::Softmax)))
    }),
    wrong("softmax partout", || {
        reseau(&compiled(two(784, Activation::Softmax, 10, Activation::Softmax)))
    }),
    wrong("activation cachée", || {
        reseau(&compiled(two(784, Activation::Sigmoid, 10, Activation::Softmax)))
    }),
    wrong("activation de sortie", || {
        reseau(&two(784, Activation::Relu, 10, Activation::Sigmoid).build().unwrap())
    }),
    wrong("couche inattendue", || {
        let model = Sequential::new("a", 784).dense("C1", 784, Activation::Relu).dropout("d", 0.5);
        reseau(&compiled(model.dense("C2", 10, Activation::Softmax)))
    }),
    wrong("poids nuls", || {
        let model = two(784, Activation::Relu, 10, Activation::Softmax);
        reseau(&compiled(model.initializer(Initializer::Zeros)))
    }),
    wrong("pas compilé", || {
        reseau(&two(784, Activation::Relu, 10, Activation::Softmax).build().unwrap())
    }),
];

fn two(hidden: usize, first: Activation, output: usize, last: Activation) -> Sequential {
    Sequential::new("essai", 784).dense("C1", hidden, first).dense("C2", output, last)
}

fn compiled(network: Sequential) -> Model {
    network.compile(Adam::default(), Loss::CategoricalCrossentropy).unwrap()
}
