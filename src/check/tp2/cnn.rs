//! The network with dropout.

use super::super::registry::with_mistakes;
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

const CNN_LAYERS: [Want; 8] = [
    Want::Conv(32, 3, Padding::Valid),
    Want::Pool,
    Want::Conv(64, 3, Padding::Valid),
    Want::Pool,
    Want::Flatten,
    Want::Dense(128),
    Want::Dropout(0.5),
    Want::Dense(10),
];

pub(super) static CNN: Exercise = Exercise {
    id: "tp2-cnn",
    notebook: Notebook::Tp2,
    points: 3,
    title: "Construire le CNN avec dropout",
    hints: &[
        "Le même patron que LeNet : deux fois convolution et pooling, puis `flatten`, une couche dense, le dropout, la sortie.",
        "`cnn.summary()` doit compter 225 034 paramètres ; le dropout n'en a aucun.",
    ],
    mistakes: &with_mistakes::<18, 4, 22>(
        COMMON,
        [
            (
                "dropout manquant",
                "Il manque le dropout, entre les deux couches denses : `.dropout(nom, 0.5)`.",
            ),
            (
                "dropout mal placé",
                "Le dropout doit éteindre des neurones de la couche dense cachée : sa place est entre les deux couches denses.",
            ),
            (
                "dropout sur la sortie",
                "Le dropout est après la sortie : il éteindrait des probabilités. Sa place est juste avant la dernière couche.",
            ),
            (
                "taux du dropout",
                "Le taux du dropout est la part des neurones éteints : ici la moitié, 0,5.",
            ),
        ],
    ),
    #[cfg(test)]
    trials: &[
        right("in one chain", || cnn(&compiled(first(CNN_LAYERS)))),
        right("activation apart", || {
            let conv = |n: Sequential| {
                n.conv2d("c", 32, 3, Padding::Valid, Activation::Linear)
                    .activation("relu", Activation::Relu)
            };
            cnn(&compiled(replaced(CNN_LAYERS, 0, conv)))
        }),
        wrong("entrée", || {
            let last = CNN_LAYERS.len() - 1;
            let start = Sequential::new("a", (30, 30, 1));
            cnn(&compiled(CNN_LAYERS.into_iter().enumerate().fold(start, |n, (i, want)| {
                add(n, i, want, if i == last { Activation::Softmax } else { Activation::Relu })
            })))
        }),
        wrong("dropout manquant", || cnn(&compiled(without(CNN_LAYERS, 6)))),
        wrong("dropout mal placé", || {
            let mut layers = CNN_LAYERS;
            layers.swap(5, 6);
            cnn(&compiled(first(layers)))
        }),
        wrong("dropout sur la sortie", || {
            let mut layers = CNN_LAYERS;
            layers.swap(6, 7);
            let mut network = Sequential::new("a", (28, 28, 1));
            for (i, want) in layers.into_iter().enumerate() {
                let activation = if i == 6 { Activation::Softmax } else { Activation::Relu };
                network = add(network, i, want, activation);
            }
            cnn(&network.build().unwrap())
        }),
        wrong("taux du dropout", || cnn(&compiled(with(CNN_LAYERS, 6, Want::Dropout(0.2))))),
        wrong("convolution manquante", || cnn(&compiled(without(CNN_LAYERS, 2)))),
        wrong("pooling manquant", || cnn(&compiled(without(CNN_LAYERS, 3)))),
        wrong("pooling moyen", || {
            cnn(&compiled(replaced(CNN_LAYERS, 1, |n| n.avg_pool2d("m", 2))))
        }),
        wrong("taille du pooling", || {
            cnn(&compiled(replaced(CNN_LAYERS, 1, |n| n.max_pool2d("m", 3))))
        }),
        wrong("couche dense manquante", || cnn(&compiled(without(CNN_LAYERS, 5)))),
        wrong("couche en trop", || {
            cnn(&compiled(replaced(CNN_LAYERS, 4, |n| n.batch_norm("b").flatten("f"))))
        }),
        wrong("ordre", || {
            let mut layers = CNN_LAYERS;
            layers.swap(1, 2);
            cnn(&compiled(first(layers)))
        }),
        wrong("filtres", || cnn(&compiled(with(CNN_LAYERS, 0, Want::Conv(64, 3, Padding::Valid))))),
        wrong("taille du noyau", || {
            cnn(&compiled(with(CNN_LAYERS, 2, Want::Conv(64, 5, Padding::Valid))))
        }),
        wrong("bordure", || cnn(&compiled(with(CNN_LAYERS, 0, Want::Conv(32, 3, Padding::Same))))),
        wrong("pas", || {
            let conv = |n: Sequential| n.layer("c", striding(32, 3, Padding::Valid));
            cnn(&compiled(replaced(CNN_LAYERS, 0, conv)))
        }),
        wrong("pas", || cnn(&compiled(replaced(CNN_LAYERS, 1, |n| n.layer("p", overlapping()))))),
        wrong("largeur", || cnn(&compiled(with(CNN_LAYERS, 5, Want::Dense(64))))),
        wrong("largeur de sortie", || cnn(&compiled(with(CNN_LAYERS, 7, Want::Dense(9))))),
        wrong("relu oubliée", || {
            cnn(&compiled(replaced(CNN_LAYERS, 5, |n| n.dense("d", 128, Activation::Linear))))
        }),
        wrong("softmax oublié", || {
            cnn(&compiled(replaced(CNN_LAYERS, 7, |n| n.dense("d", 10, Activation::Linear))))
        }),
        wrong("activation cachée", || {
            cnn(&compiled(replaced(CNN_LAYERS, 5, |n| n.dense("d", 128, Activation::Tanh))))
        }),
        wrong("pas compilé", || cnn(&first(CNN_LAYERS).build().unwrap())),
    ],
};

/// The network with dropout.
pub fn cnn(model: &Model) -> Verdict {
    CNN.judge(|| check(model, &CNN_LAYERS))
}
