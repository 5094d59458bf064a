//! Answers that the tests try: a function that builds networks from their widths.

use super::*;
use crate::check::registry::{Trial, right, wrong};
use crate::{
    nn::Loss,
    nn::Sequential,
    ops::activation::Activation,
    ops::optimizer::{Adam, Sgd},
};

pub(super) const CONSTRUIRE: &[Trial] = &[
    right("loop", || construire(|w| chain(&w[1..], w[0], Activation::Relu, Activation::Softmax))),
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
    wrong("optimiseur", || {
        construire(|w| {
            let model = chain(&w[1..], w[0], Activation::Relu, Activation::Softmax)?;
            model.architecture().clone().compile(Sgd::default(), Loss::CategoricalCrossentropy)
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
    wrong("entrée comptée comme une couche", || {
        construire(|w| chain(w, w[0], Activation::Relu, Activation::Softmax))
    }),
    wrong("sortie manquante", || {
        construire(|w| chain(&w[1..w.len() - 1], w[0], Activation::Relu, Activation::Softmax))
    }),
    wrong("couches cachées manquantes", || {
        construire(|w| chain(&[w[1], w[w.len() - 1]], w[0], Activation::Relu, Activation::Softmax))
    }),
    wrong("ordre inverse", || {
        construire(|w| {
            let back: Vec<usize> = w[1..].iter().rev().copied().collect();
            chain(&back, w[0], Activation::Relu, Activation::Softmax)
        })
    }),
    wrong("largeurs ignorées", || {
        construire(|_| chain(&[784, 10], 784, Activation::Relu, Activation::Softmax))
    }),
    wrong("largeurs décalées", || {
        construire(|w| {
            let mut widths: Vec<usize> = w[..w.len() - 2].to_vec();
            widths.push(w[w.len() - 1]);
            chain(&widths, w[0], Activation::Relu, Activation::Softmax)
        })
    }),
    wrong("entrée", || construire(|w| chain(&w[1..], 784, Activation::Relu, Activation::Softmax))),
    wrong("softmax oublié", || {
        construire(|w| chain(&w[1..], w[0], Activation::Relu, Activation::Linear))
    }),
    wrong("relu oubliée", || {
        construire(|w| chain(&w[1..], w[0], Activation::Linear, Activation::Softmax))
    }),
    wrong("softmax partout", || {
        construire(|w| chain(&w[1..], w[0], Activation::Softmax, Activation::Softmax))
    }),
    wrong("activation cachée", || {
        construire(|w| chain(&w[1..], w[0], Activation::Tanh, Activation::Softmax))
    }),
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
        construire(|w| chain(&w[1..], w[0], Activation::Relu, Activation::Relu))
    }),
    wrong("pas compilé", || {
        construire(|w| {
            let model = chain(&w[1..], w[0], Activation::Relu, Activation::Softmax)?;
            model.architecture().clone().build()
        })
    }),
    wrong("noms en double", || {
        construire(|w| {
            let network = Sequential::new("a", w[0]).dense("C", w[1], Activation::Relu);
            network.dense("C", 3, Activation::Softmax).build()
        })
    }),
    wrong("indice hors limites", || {
        construire(|w| chain(&[w[w.len()]], w[0], Activation::Relu, Activation::Softmax))
    }),
    wrong("à compléter", || construire(|_| todo!("à compléter"))),
];

fn chain(widths: &[usize], input: usize, hidden: Activation, last: Activation) -> Result<Model> {
    let mut network = Sequential::new("essai", input);
    for (i, units) in widths.iter().enumerate() {
        let activation = if i + 1 == widths.len() { last } else { hidden };
        network = network.dense(format!("C{i}"), *units, activation);
    }
    network.compile(Adam::default(), Loss::CategoricalCrossentropy)
}
