//! A function that builds networks from their widths.

use super::super::probe::try_call;
#[cfg(test)]
use super::super::registry::{right, wrong};
use super::super::{Exercise, Fault, Notebook, Verdict};
use super::network::{check_dense, dense_layers, describe, widths};
use crate::Result;
use crate::nn::Model;
#[cfg(test)]
use crate::{
    nn::Loss,
    nn::Sequential,
    ops::activation::Activation,
    ops::optimizer::{Adam, Sgd},
};

pub(super) static CONSTRUIRE: Exercise = Exercise {
    id: "tp1-construire",
    notebook: Notebook::Tp1,
    points: 3,
    title: "Construire un réseau à partir de ses largeurs",
    hints: &[
        "La première largeur est celle de l'entrée, la dernière celle de la sortie ; la boucle ajoute les couches entre les deux, une par tour.",
        "Chaque `.dense(…)` rend un nouveau `Sequential` : dans la boucle, écrivez `reseau = reseau.dense(…);`. Pour les noms, `format!(\"C{i}\")`.",
    ],
    mistakes: &[
        (
            "entrée comptée comme une couche",
            "La première largeur est celle de l'entrée : elle va dans `Sequential::new`, pas dans une couche dense.",
        ),
        ("sortie manquante", "La dernière largeur n'a pas donné de couche : c'est la sortie."),
        (
            "couches cachées manquantes",
            "Il manque des couches cachées : la boucle les parcourt-elle toutes ?",
        ),
        ("ordre inverse", "Les couches sont dans l'ordre inverse des largeurs."),
        ("largeurs ignorées", "Le réseau construit ne dépend pas de `largeurs`."),
        (
            "largeurs décalées",
            "Les couches n'ont pas les largeurs de la liste, dans son ordre : quel indice prend `largeurs[…]` à chaque tour ?",
        ),
        ("entrée", "La taille de l'entrée doit être la première largeur."),
        ("softmax oublié", "La dernière couche doit finir par softmax."),
        ("relu oubliée", "Les couches cachées doivent avoir ReLU pour activation."),
        (
            "softmax partout",
            "Seule la dernière couche prend softmax ; les couches cachées prennent ReLU.",
        ),
        ("activation cachée", "L'activation des couches cachées doit être ReLU."),
        (
            "activation de sortie",
            "La dernière couche prend softmax, pas l'activation des couches cachées.",
        ),
        ("pas compilé", "Il reste à compiler le réseau : `.compile(…)` au lieu de `.build()`."),
    ],
    #[cfg(test)]
    trials: &[
        right("loop", || {
            construire(|w| chain(&w[1..], w[0], Activation::Relu, Activation::Softmax))
        }),
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
            construire(|w| {
                chain(&[w[1], w[w.len() - 1]], w[0], Activation::Relu, Activation::Softmax)
            })
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
        wrong("entrée", || {
            construire(|w| chain(&w[1..], 784, Activation::Relu, Activation::Softmax))
        }),
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
    ],
};

#[cfg(test)]
fn chain(widths: &[usize], input: usize, hidden: Activation, last: Activation) -> Result<Model> {
    let mut network = Sequential::new("essai", input);
    for (i, units) in widths.iter().enumerate() {
        let activation = if i + 1 == widths.len() { last } else { hidden };
        network = network.dense(format!("C{i}"), *units, activation);
    }
    network.compile(Adam::default(), Loss::CategoricalCrossentropy)
}

/// `construire(largeurs)`: a compiled dense classifier.
pub fn construire(student: fn(&[usize]) -> Result<Model>) -> Verdict {
    CONSTRUIRE.judge(|| {
        let tried: [&[usize]; 3] = [&[20, 7, 3], &[12, 9, 8, 6, 4], &[30, 5]];
        for wanted in tried {
            let what = format!("construire(&{wanted:?})");
            let model = try_call(&what, || student(wanted)).map_err(|fault| {
                // What `compile` says of a network that does not end with softmax.
                match fault.found.contains("softmax en dernière couche") {
                    true => Fault { mistake: "activation de sortie", ..fault },
                    false => fault,
                }
            })?;
            let layers = dense_layers(&model)?;
            let got = widths(&layers);
            let fault = |mistake| {
                let found = format!("`{what}` donne `{}`.", describe(&model, &layers));
                Err(Fault::new(mistake, found))
            };
            let (input, rest) = (wanted[0], &wanted[1..]);
            let reversed: Vec<usize> = rest.iter().rev().copied().collect();
            match () {
                () if got == wanted => return fault("entrée comptée comme une couche"),
                () if got != rest && got == reversed => return fault("ordre inverse"),
                () if got == rest[..rest.len() - 1] => return fault("sortie manquante"),
                () if got.len() < rest.len() && got.last() == rest.last() => {
                    return fault("couches cachées manquantes");
                }
                () if got != rest => {
                    let other = try_call("construire(&[11, 6, 2])", || student(&[11, 6, 2]))?;
                    let same = widths(&dense_layers(&other)?) == got;
                    return fault(if same { "largeurs ignorées" } else { "largeurs décalées" });
                }
                () if model.input_shape().iter().product::<usize>() != input => {
                    return fault("entrée");
                }
                () => check_dense(&model, &layers)?,
            }
        }
        Ok("trois réseaux inconnus sont bien construits : largeurs, activations, compilation."
            .into())
    })
}
