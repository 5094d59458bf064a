//! The LeNet-like network.

use super::super::network::compare_compiled;
use super::super::{Exercise, Notebook, Verdict};
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
    notebook: Notebook::Tp2,
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
    use crate::check::registry::{Trial, right, with_trials, wrong, wrong_each};
    use crate::check::spoiled::{activation_apart, change, spoiled};
    use crate::check::tp2::layers::compiled;

    pub(super) const LENET: &[Trial] = &with_trials::<_, _, 28>(
        [
            right("in one chain", || lenet(&compiled(wanted()))),
            right("activations apart", || {
                let apart = [7, 6, 5, 2, 0].into_iter().fold(wanted(), activation_apart);
                lenet(&compiled(apart))
            }),
            wrong("entrée", || {
                lenet(&compiled(Sequential { input_shape: vec![32, 32, 1], ..wanted() }))
            }),
            wrong("couche dense manquante", || {
                let mut network = wanted();
                network.layers.remove(6);
                lenet(&compiled(network))
            }),
            wrong("bordure", || {
                let mut network = wanted();
                change(&mut network.layers[2], |_, _, _, padding| *padding = Padding::Same);
                lenet(&compiled(network))
            }),
            wrong("pas", || {
                let mut network = wanted();
                change(&mut network.layers[0], |_, _, stride, _| *stride = [2; 2]);
                lenet(&compiled(network))
            }),
            wrong("relu oubliée", || {
                let mut network = wanted();
                network.layers[0].spec = network.layers[0].spec.with_activation(LINEAR);
                lenet(&compiled(network))
            }),
            wrong("nom du réseau", || {
                lenet(&compiled(Sequential { name: "essai".into(), ..wanted() }))
            }),
            wrong("optimiseur", || {
                let sgd = crate::ops::optimizer::Sgd::default();
                lenet(&wanted().compile(sgd, crate::nn::Loss::CategoricalCrossentropy).unwrap())
            }),
            right("another seed", || lenet(&compiled(wanted().seed(5)))),
            right("compiled anew to train on", || {
                let slow =
                    crate::ops::optimizer::Adam { learning_rate: 1e-4, ..Default::default() };
                lenet(&wanted().compile(slow, crate::nn::Loss::CategoricalCrossentropy).unwrap())
            }),
            wrong("pas compilé", || lenet(&wanted().build().unwrap())),
        ],
        wrong_each(
            [
                "convolution manquante",
                "pooling manquant",
                "pooling moyen",
                "taille du pooling",
                "pas",
                "couche dense manquante",
                "couche en trop",
                "ordre",
                "filtres",
                "taille du noyau",
                "bordure",
                "largeur",
                "largeur de sortie",
                "relu oubliée",
                "softmax oublié",
                "activation cachée",
            ],
            |mistake| lenet(&compiled(spoiled(wanted(), mistake))),
        ),
    );

    const LINEAR: crate::ops::activation::Activation = crate::ops::activation::Activation::Linear;
}
