//! The LeNet-like network.

#[cfg(test)]
use super::super::registry::{right, wrong};
use super::super::{Exercise, Notebook, Verdict};
use super::layers::{COMMON, Want, check};
#[cfg(test)]
use super::layers::{add, compiled, first, overlapping, replaced, striding, with, without};
use crate::nn::Model;
#[cfg(test)]
use crate::nn::Sequential;
use crate::ops::Padding;
#[cfg(test)]
use crate::ops::activation::Activation;

const LENET_LAYERS: [Want; 8] = [
    Want::Conv(6, 5, Padding::Same),
    Want::Pool,
    Want::Conv(16, 5, Padding::Valid),
    Want::Pool,
    Want::Flatten,
    Want::Dense(200),
    Want::Dense(84),
    Want::Dense(10),
];

pub(super) static LENET: Exercise = Exercise {
    id: "tp2-lenet",
    notebook: Notebook::Tp2,
    points: 3,
    title: "Construire le réseau de type LeNet",
    hints: &[
        "Une méthode par couche, dans l'ordre du tableau : `.conv2d(nom, filtres, taille, bordure, activation)`, `.max_pool2d(nom, 2)`, `.flatten(nom)`, `.dense(nom, neurones, activation)`.",
        "`lenet.summary()` montre ce que vous avez construit : huit lignes, et 100 506 paramètres.",
    ],
    mistakes: &COMMON,
    #[cfg(test)]
    trials: &[
        right("in one chain", || lenet(&compiled(first(LENET_LAYERS)))),
        right("activations apart", || {
            let mut network = Sequential::new("b", (28, 28, 1));
            for (i, want) in LENET_LAYERS.into_iter().enumerate() {
                let last = i == LENET_LAYERS.len() - 1;
                let activation = if last { Activation::Softmax } else { Activation::Relu };
                network = add(network, i, want, Activation::Linear);
                if matches!(want, Want::Conv(..) | Want::Dense(_)) {
                    network = network.activation(format!("a{i}"), activation);
                }
            }
            lenet(&compiled(network))
        }),
        wrong("entrée", || {
            let network = Sequential::new("a", (32, 32, 1));
            let last = LENET_LAYERS.len() - 1;
            let network =
                LENET_LAYERS.into_iter().enumerate().fold(network, |network, (i, want)| {
                    let softmax = if i == last { Activation::Softmax } else { Activation::Relu };
                    add(network, i, want, softmax)
                });
            lenet(&compiled(network))
        }),
        wrong("convolution manquante", || lenet(&compiled(without(LENET_LAYERS, 2)))),
        wrong("pooling manquant", || lenet(&compiled(without(LENET_LAYERS, 3)))),
        wrong("pooling moyen", || {
            lenet(&compiled(replaced(LENET_LAYERS, 1, |n| n.avg_pool2d("moyenne", 2))))
        }),
        wrong("taille du pooling", || {
            lenet(&compiled(replaced(LENET_LAYERS, 1, |n| n.max_pool2d("S", 3))))
        }),
        wrong("couche dense manquante", || lenet(&compiled(without(LENET_LAYERS, 6)))),
        wrong("couche en trop", || {
            lenet(&compiled(replaced(LENET_LAYERS, 4, |n| n.flatten("f").dropout("d", 0.5))))
        }),
        wrong("ordre", || {
            let mut layers = LENET_LAYERS;
            layers.swap(1, 2);
            lenet(&compiled(first(layers)))
        }),
        wrong("filtres", || {
            lenet(&compiled(with(LENET_LAYERS, 2, Want::Conv(6, 5, Padding::Valid))))
        }),
        wrong("taille du noyau", || {
            lenet(&compiled(with(LENET_LAYERS, 0, Want::Conv(6, 3, Padding::Same))))
        }),
        wrong("bordure", || {
            lenet(&compiled(with(LENET_LAYERS, 0, Want::Conv(6, 5, Padding::Valid))))
        }),
        wrong("bordure", || {
            lenet(&compiled(with(LENET_LAYERS, 2, Want::Conv(16, 5, Padding::Same))))
        }),
        wrong("pas", || {
            let conv = |n: Sequential| n.layer("c", striding(6, 5, Padding::Same));
            lenet(&compiled(replaced(LENET_LAYERS, 0, conv)))
        }),
        wrong("pas", || {
            lenet(&compiled(replaced(LENET_LAYERS, 3, |n| n.layer("p", overlapping()))))
        }),
        wrong("largeur", || lenet(&compiled(with(LENET_LAYERS, 5, Want::Dense(120))))),
        wrong("largeur de sortie", || lenet(&compiled(with(LENET_LAYERS, 7, Want::Dense(1))))),
        wrong("relu oubliée", || {
            let conv = |n: Sequential| n.conv2d("c", 6, 5, Padding::Same, Activation::Linear);
            lenet(&compiled(replaced(LENET_LAYERS, 0, conv)))
        }),
        wrong("softmax oublié", || {
            let dense = |n: Sequential| n.dense("s", 10, Activation::Linear);
            lenet(&compiled(replaced(LENET_LAYERS, 7, dense)))
        }),
        wrong("activation cachée", || {
            let dense = |n: Sequential| n.dense("s", 84, Activation::Softmax);
            lenet(&compiled(replaced(LENET_LAYERS, 6, dense)))
        }),
        wrong("pas compilé", || lenet(&first(LENET_LAYERS).build().unwrap())),
    ],
};

/// The LeNet-like network.
pub fn lenet(model: &Model) -> Verdict {
    LENET.judge(|| check(model, &LENET_LAYERS))
}
