//! Answers that the tests try: a function that builds networks from their widths.

use super::*;
use crate::check::registry::{Trial, right, wrong, wrong_each};
use crate::check::spoiled::{COMPILED, made, spoiled};
use crate::{
    nn::{Loss, Sequential},
    ops::activation::Activation,
    ops::optimizer::Adam,
};

pub(super) const CONSTRUIRE: &[Trial] = &[
    right("a network described apart", || construire(built)),
    right("fold", || {
        construire(|w| {
            let last = w.len() - 1;
            let network = (1..w.len()).fold(Sequential::new("b", w[0]), |network, i| {
                let activation = if i == last { Activation::Softmax } else { Activation::Relu };
                network.dense(format!("couche {i}"), w[i], activation)
            });
            network.compile(Adam::default(), Loss::CategoricalCrossentropy)
        })
    }),
    right("pairs of widths", || {
        construire(|w| {
            let mut network = Sequential::new("paires", w[0]);
            for (i, pair) in w.windows(2).enumerate() {
                let last = i + 2 == w.len();
                let activation = if last { Activation::Softmax } else { Activation::Relu };
                network = network.dense(format!("C{}", i + 1), pair[1], activation);
            }
            network.compile(Adam::default(), Loss::CategoricalCrossentropy)
        })
    }),
    right("activations apart", || {
        construire(|w| {
            let mut network = Sequential::new("à part", w[0]);
            for (i, units) in w[1..].iter().enumerate() {
                let last = i + 2 == w.len();
                let activation = if last { Activation::Softmax } else { Activation::Relu };
                network = network
                    .dense(format!("C{i}"), *units, Activation::Linear)
                    .activation(format!("A{i}"), activation);
            }
            network.compile(Adam::default(), Loss::CategoricalCrossentropy)
        })
    }),
    wrong("noms en double", || {
        construire(|w| {
            let mut network = Sequential::new("doublons", w[0]);
            for (i, units) in w[1..].iter().enumerate() {
                let last = i + 2 == w.len();
                let activation = if last { Activation::Softmax } else { Activation::Relu };
                network = network.dense("C", *units, activation);
            }
            network.compile(Adam::default(), Loss::CategoricalCrossentropy)
        })
    }),
    wrong("entrée comptée comme une couche", || construire(|w| built(&[&w[..1], w].concat()))),
    wrong("sortie manquante", || construire(|w| built(&w[..w.len() - 1]))),
    wrong("couches cachées manquantes", || construire(|w| built(&[w[0], w[1], w[w.len() - 1]]))),
    wrong("ordre inverse", || {
        construire(|w| {
            let mut back = w.to_vec();
            back[1..].reverse();
            built(&back)
        })
    }),
    wrong("largeurs ignorées", || construire(|_| built(&[784, 784, 10]))),
    wrong("largeurs décalées", || {
        construire(|w| built(&[&w[..1], &w[..w.len() - 2], &w[w.len() - 1..]].concat()))
    }),
    wrong("entrée", || construire(|w| built(&[&[784], &w[1..]].concat()))),
    wrong("activation de sortie", || {
        construire(|w| {
            let mut network = Sequential::new("a", w[0]);
            for (i, units) in w[1..].iter().enumerate() {
                network = network.dense(format!("C{i}"), *units, Activation::Relu);
            }
            network.build()
        })
    }),
    wrong("activation de sortie", || {
        construire(|w| compiled(spoiled(classifier(w), "activation de sortie")))
    }),
    wrong_each(
        &["softmax oublié", "relu oubliée", "softmax partout", "activation cachée"],
        as_made,
    ),
    wrong_each(&["couche inattendue", "poids nuls"], as_made),
    wrong_each(COMPILED, as_made),
    wrong("indice hors limites", || construire(|w| built(&[w[0], w[w.len()]]))),
    wrong("à compléter", || construire(|_| todo!("à compléter"))),
];

fn as_made(mistake: &'static str) -> Verdict {
    construire_of(|w| Ok(made(classifier(w), mistake)))
}

fn built(widths: &[usize]) -> Result<Model> {
    compiled(classifier(widths))
}

fn compiled(network: Sequential) -> Result<Model> {
    network.compile(Adam::default(), Loss::CategoricalCrossentropy)
}
