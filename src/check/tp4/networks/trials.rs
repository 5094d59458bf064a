//! Answers that the tests try: the deep network, and the one whose end is recurrent.

use super::*;
use crate::check::registry::{Trial, right, wrong};
use crate::ops::activation::Activation;
use crate::{nn::Loss, nn::NamedSpec, ops::optimizer::Adam, ops::optimizer::AdamW};

pub(super) const PROFOND: &[Trial] = &[
    right("another seed", || profond(&compiled(deep().seed(4)))),
    right("as asked", || profond(&compiled(deep()))),
    right("compiled anew for the last epochs", || {
        profond(&deep().compile(adamw(1e-4), Loss::CategoricalCrossentropy).unwrap())
    }),
    right("activation apart", || {
        let conv = LayerSpec::Activation { activation: Relu };
        let linear = deep_with(0, |s| s.with_activation(Activation::Linear));
        profond(&compiled(inserted(linear, 1, conv)))
    }),
    wrong("entrée", || {
        let network = Sequential { input_shape: vec![32, 32, 1], ..deep() };
        profond(&compiled(network))
    }),
    wrong("convolution manquante", || profond(&compiled(without(deep(), 2)))),
    wrong("normalisation manquante", || profond(&compiled(without(deep(), 1)))),
    wrong("pooling manquant", || profond(&compiled(without(deep(), 16)))),
    wrong("dropout manquant", || profond(&compiled(without(deep(), 5)))),
    wrong("couche dense manquante", || profond(&compiled(without(deep(), 21)))),
    wrong("couche en trop", || {
        profond(&compiled(inserted(deep(), 20, LayerSpec::Dropout { rate: 0.1 })))
    }),
    wrong("ordre", || {
        let mut network = deep();
        network.layers.swap(3, 4);
        profond(&compiled(network))
    }),
    wrong("filtres", || profond(&compiled(deep_with(6, |_| conv(32, 3, Padding::Same))))),
    wrong("convolution", || profond(&compiled(deep_with(2, |_| conv(32, 5, Padding::Same))))),
    wrong("convolution", || profond(&compiled(deep_with(0, |_| conv(32, 3, Padding::Valid))))),
    wrong("pas", || profond(&compiled(deep_with(0, |_| striding(32))))),
    wrong("taille du pooling", || profond(&compiled(deep_with(4, |_| pool(3, 3))))),
    wrong("pas", || profond(&compiled(deep_with(4, |_| pool(2, 1))))),
    wrong("taux du dropout", || {
        profond(&compiled(deep_with(5, |_| LayerSpec::Dropout { rate: 0.5 })))
    }),
    wrong("largeur", || profond(&compiled(deep_with(19, |_| dense(128, Relu))))),
    wrong("largeur de sortie", || profond(&compiled(deep_with(24, |_| dense(9, Softmax))))),
    wrong("activation", || profond(&compiled(deep_with(19, |_| dense(512, Softmax))))),
    wrong("optimiseur", || {
        profond(&deep().compile(Adam::default(), Loss::CategoricalCrossentropy).unwrap())
    }),
    wrong("taux d'apprentissage", || {
        profond(&deep().compile(adamw(1e-2), Loss::CategoricalCrossentropy).unwrap())
    }),
    wrong("nom du réseau", || profond(&compiled(Sequential { name: "essai".into(), ..deep() }))),
    wrong("pas compilé", || profond(&deep().build().unwrap())),
];

pub(super) const RECURRENT: &[Trial] = &[
    right("compiled anew for the last epochs", || {
        recurrent(&reader().compile(adamw(1e-4), Loss::CategoricalCrossentropy).unwrap())
    }),
    right("activation apart", || {
        let linear = reader_with(21, |s| s.with_activation(Activation::Linear));
        let softmax = LayerSpec::Activation { activation: Softmax };
        recurrent(&compiled(inserted(linear, 22, softmax)))
    }),
    right("as asked", || recurrent(&compiled(reader()))),
    right("another seed", || recurrent(&compiled(reader().seed(4)))),
    wrong("nom du réseau", || {
        recurrent(&compiled(Sequential { name: "profond".into(), ..reader() }))
    }),
    wrong("entrée", || {
        let network = Sequential { input_shape: vec![30, 30, 1], ..reader() };
        recurrent(&compiled(network))
    }),
    wrong("convolution manquante", || recurrent(&compiled(without(reader(), 8)))),
    wrong("normalisation manquante", || recurrent(&compiled(without(reader(), 15)))),
    wrong("pooling manquant", || {
        let mut network = without(reader(), 16);
        network.layers[17].spec = LayerSpec::Reshape { shape: vec![7, 896] };
        recurrent(&compiled(network))
    }),
    wrong("dropout manquant", || recurrent(&compiled(without(reader(), 17)))),
    wrong("couche en trop", || {
        recurrent(&compiled(inserted(reader(), 21, LayerSpec::Dropout { rate: 0.5 })))
    }),
    wrong("ordre", || {
        let mut network = reader();
        network.layers.swap(4, 5);
        recurrent(&compiled(network))
    }),
    wrong("un seul sens", || recurrent(&compiled(reader_with(20, |_| LayerSpec::gru(256, false))))),
    wrong("couche récurrente manquante", || recurrent(&compiled(without(reader(), 19)))),
    wrong("unités", || recurrent(&compiled(reader_with(19, |_| both(256, true))))),
    wrong("découpage", || {
        let lines = LayerSpec::Reshape { shape: vec![9, 128] };
        recurrent(&compiled(reader_with(18, |_| lines)))
    }),
    wrong("filtres", || recurrent(&compiled(reader_with(0, |_| conv(16, 3, Padding::Same))))),
    wrong("convolution", || recurrent(&compiled(reader_with(2, |_| conv(32, 5, Padding::Same))))),
    wrong("pas", || {
        // As small in the end: the first pooling goes without its stride.
        let mut network = reader_with(0, |_| striding(32));
        network.layers[4].spec = pool(2, 1);
        recurrent(&compiled(network))
    }),
    wrong("taille du pooling", || recurrent(&compiled(reader_with(4, |_| pool(3, 2))))),
    wrong("couche dense manquante", || recurrent(&without(reader(), 21).build().unwrap())),
    wrong("taux du dropout", || {
        recurrent(&compiled(reader_with(11, |_| LayerSpec::Dropout { rate: 0.25 })))
    }),
    wrong("largeur de sortie", || recurrent(&compiled(reader_with(21, |_| dense(9, Softmax))))),
    wrong("activation", || {
        recurrent(&compiled(reader_with(21, |_| dense(10, Activation::Linear))))
    }),
    wrong("optimiseur", || {
        recurrent(&reader().compile(AdamW::default(), Loss::CategoricalCrossentropy).unwrap())
    }),
    wrong("taux d'apprentissage", || {
        recurrent(&reader().compile(adamw(1e-2), Loss::CategoricalCrossentropy).unwrap())
    }),
    wrong("pas compilé", || recurrent(&reader().build().unwrap())),
];

/// A convolution that advances by two pixels.
fn striding(filters: usize) -> LayerSpec {
    let (kernel_size, stride, padding) = ([3; 2], [2; 2], Padding::Same);
    LayerSpec::Conv2d { filters, kernel_size, stride, padding, activation: Relu }
}

fn pool(size: usize, stride: usize) -> LayerSpec {
    LayerSpec::MaxPool2d { size: [size; 2], stride: [stride; 2] }
}

fn dense(units: usize, activation: Activation) -> LayerSpec {
    LayerSpec::Dense { units, activation }
}

fn both(units: usize, return_sequences: bool) -> LayerSpec {
    LayerSpec::Bidirectional { layer: Box::new(LayerSpec::gru(units, return_sequences)) }
}

fn adamw(learning_rate: f64) -> AdamW {
    AdamW { learning_rate, weight_decay: 1e-4, ..AdamW::default() }
}

fn compiled(network: Sequential) -> Model {
    network.compile(adamw(1e-3), Loss::CategoricalCrossentropy).unwrap()
}

fn without(mut network: Sequential, i: usize) -> Sequential {
    network.layers.remove(i);
    network
}

fn named(name: &str, spec: LayerSpec) -> NamedSpec {
    NamedSpec { name: name.into(), spec }
}

fn inserted(mut network: Sequential, i: usize, spec: LayerSpec) -> Sequential {
    network.layers.insert(i, named("autre", spec));
    network
}

fn deep_with(i: usize, change: impl FnOnce(&LayerSpec) -> LayerSpec) -> Sequential {
    let mut network = deep();
    network.layers[i].spec = change(&network.layers[i].spec);
    network
}

fn reader_with(i: usize, change: impl FnOnce(&LayerSpec) -> LayerSpec) -> Sequential {
    let mut network = reader();
    network.layers[i].spec = change(&network.layers[i].spec);
    network
}
