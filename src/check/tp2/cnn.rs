//! The network with dropout.

use super::super::hints::hints;
use super::super::network::compare_compiled;
use super::super::{Exercise, Verdict};
use super::layers::COMMON;
use crate::nn::{Model, Sequential};
use crate::ops::Padding;
use crate::ops::activation::Activation::{Relu, Softmax};

/// The network asked for.
fn wanted() -> Sequential {
    Sequential::new("CNN", (28, 28, 1))
        .conv2d("C1", 32, 3, Padding::Valid, Relu)
        .max_pool2d("P1", 2)
        .conv2d("C2", 64, 3, Padding::Valid, Relu)
        .max_pool2d("P2", 2)
        .flatten("F")
        .dense("D1", 128, Relu)
        .dropout("O", 0.5)
        .dense("D2", 10, Softmax)
}

/// The network with dropout.
pub fn cnn(model: &Model) -> Verdict {
    CNN.judge(|| compare_compiled(model, &wanted()))
}

pub(super) static CNN: Exercise = Exercise {
    id: "tp2-cnn",
    points: 3,
    title: "Construire le CNN avec dropout",
    hints: &[
        "Le même patron que LeNet : deux fois convolution et pooling, puis `flatten`, une couche dense, le dropout, la sortie.",
        "`cnn.summary()` doit compter 225 034 paramètres ; le dropout n'en a aucun.",
    ],
    mistakes: &(
        COMMON,
        hints! {
            "dropout manquant" => "Il manque le dropout, entre les deux couches denses : `.dropout(nom, 0.5)`.";
            "dropout mal placé" => "Le dropout doit éteindre des neurones de la couche dense cachée : sa place est entre les deux couches denses.";
            "dropout sur la sortie" => "Le dropout est après la sortie : il éteindrait des probabilités. Sa place est juste avant la dernière couche.";
            "taux du dropout" => "Le taux du dropout est la part des neurones éteints : ici la moitié, 0,5.";
        },
    ),
    #[cfg(test)]
    trials: trials::CNN,
};

#[cfg(test)]
mod trials {
    use super::*;
    use crate::check::registry::{Trial, right_each, wrong, wrong_each};
    use crate::check::spoiled::{COMPILED, DROPOUT, LAYERS, RIGHT, made, spoiled_at};
    use crate::nn::Loss;
    use crate::ops::optimizer::Adam;

    pub(super) const CNN: &[Trial] = &[
        right_each(RIGHT, |how| cnn(&made(wanted(), how))),
        wrong_each(LAYERS, |mistake| cnn(&made(wanted(), mistake))),
        wrong_each(DROPOUT, |mistake| cnn(&made(wanted(), mistake))),
        wrong_each(COMPILED, |mistake| cnn(&made(wanted(), mistake))),
        wrong("taux d'apprentissage", || {
            let slow = Adam { learning_rate: 1e-4, ..Adam::default() };
            cnn(&wanted().compile(slow, Loss::CategoricalCrossentropy).unwrap())
        }),
        wrong("nom du réseau", || cnn(&made(wanted(), "nom du réseau"))),
        wrong("bordure", || cnn(&made(spoiled_at(wanted(), 2, "bordure"), ""))),
        wrong("pas", || cnn(&made(spoiled_at(wanted(), 0, "pas"), ""))),
    ];
}
