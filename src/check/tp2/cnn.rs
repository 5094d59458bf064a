//! The network with dropout.

use super::super::network::compare_compiled;
use super::super::registry::with_mistakes;
use super::super::{Exercise, Notebook, Verdict};
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
    trials: trials::CNN,
};

#[cfg(test)]
mod trials {
    use super::*;
    use crate::check::registry::{Trial, right, with_trials, wrong, wrong_each};
    use crate::check::spoiled::{SPOILED, activation_apart, change, spoiled};
    use crate::check::tp2::layers::compiled;

    pub(super) const CNN: &[Trial] = &with_trials::<_, _, 30>(
        [
            right("in one chain", || cnn(&compiled(wanted()))),
            right("activation apart", || cnn(&compiled(activation_apart(wanted(), 0)))),
            wrong("bordure", || {
                let mut network = wanted();
                change(&mut network.layers[2], |_, _, _, padding| *padding = Padding::Same);
                cnn(&compiled(network))
            }),
            wrong("pas", || {
                let mut network = wanted();
                change(&mut network.layers[0], |_, _, stride, _| *stride = [2; 2]);
                cnn(&compiled(network))
            }),
            wrong("nom du réseau", || {
                cnn(&compiled(Sequential { name: "essai".into(), ..wanted() }))
            }),
            wrong("optimiseur", || {
                let sgd = crate::ops::optimizer::Sgd::default();
                cnn(&wanted().compile(sgd, crate::nn::Loss::CategoricalCrossentropy).unwrap())
            }),
            right("another seed", || cnn(&compiled(wanted().seed(5)))),
            right("compiled anew to train on", || {
                let slow =
                    crate::ops::optimizer::Adam { learning_rate: 1e-4, ..Default::default() };
                cnn(&wanted().compile(slow, crate::nn::Loss::CategoricalCrossentropy).unwrap())
            }),
            wrong("pas compilé", || cnn(&wanted().build().unwrap())),
        ],
        wrong_each(SPOILED, |mistake| cnn(&compiled(spoiled(wanted(), mistake)))),
    );
}
