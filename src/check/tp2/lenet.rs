//! The LeNet-like network.

use super::super::network::compare_compiled;
use super::super::{Exercise, Verdict};
use super::layers::COMMON;
use crate::nn::{Model, Sequential};
use crate::ops::Padding;
use crate::ops::activation::Activation::{Relu, Softmax};

/// The network asked for.
fn wanted() -> Sequential {
    Sequential::new("LeNet", (28, 28, 1))
        .conv2d("C1", 6, 5, Padding::Same, Relu)
        .max_pool2d("S2", 2)
        .conv2d("C3", 16, 5, Padding::Valid, Relu)
        .max_pool2d("S4", 2)
        .flatten("F")
        .dense("C5", 200, Relu)
        .dense("F6", 84, Relu)
        .dense("sortie", 10, Softmax)
}

/// The LeNet-like network.
pub fn lenet(model: &Model) -> Verdict {
    LENET.judge(|| compare_compiled(model, &wanted()))
}

pub(super) static LENET: Exercise = Exercise {
    id: "tp2-lenet",
    points: 3,
    title: "Construire le réseau de type LeNet",
    hints: &[
        "Une méthode par couche, dans l'ordre du tableau : `.conv2d(nom, filtres, taille, bordure, activation)`, `.max_pool2d(nom, 2)`, `.flatten(nom)`, `.dense(nom, neurones, activation)`.",
        "`lenet.summary()` montre ce que vous avez construit : huit lignes, et 100 506 paramètres.",
    ],
    mistakes: &COMMON,
    #[cfg(test)]
    trials: trials::LENET,
};

#[cfg(test)]
mod trials {
    use super::*;
    use crate::check::registry::{Trial, right, right_each, wrong, wrong_each};
    use crate::check::spoiled::{COMPILED, LAYERS, RIGHT, activation_apart, made, spoiled_at};

    pub(super) const LENET: &[Trial] = &[
        right_each(RIGHT, |how| lenet(&made(wanted(), how))),
        right("activations apart", || {
            let apart = [7, 6, 5, 2, 0].into_iter().fold(wanted(), activation_apart);
            lenet(&made(apart, ""))
        }),
        wrong_each(LAYERS, |mistake| lenet(&made(wanted(), mistake))),
        wrong_each(COMPILED, |mistake| lenet(&made(wanted(), mistake))),
        wrong("nom du réseau", || lenet(&made(wanted(), "nom du réseau"))),
        wrong("couche dense manquante", || {
            lenet(&made(spoiled_at(wanted(), 6, "couche dense manquante"), ""))
        }),
        wrong("bordure", || lenet(&made(spoiled_at(wanted(), 2, "bordure"), ""))),
        wrong("pas", || lenet(&made(spoiled_at(wanted(), 0, "pas"), ""))),
        wrong("relu oubliée", || lenet(&made(spoiled_at(wanted(), 0, "relu oubliée"), ""))),
    ];
}
