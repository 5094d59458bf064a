//! The network 784-784-10.

use super::super::hints::hints;
use super::super::network::{compare, compiled_as_asked};
use super::super::{Exercise, Verdict};
use crate::nn::{Model, Sequential};
use crate::ops::activation::Activation::{Relu, Softmax};

pub(super) static RESEAU: Exercise = Exercise {
    id: "tp1-reseau",
    points: 3,
    title: "Le réseau 784-784-10",
    hints: &[
        "Deux appels à `.dense(nom, largeur, activation)` : la couche cachée avec `Activation::Relu`, la sortie avec `Activation::Softmax`, puis `.compile(…)?`.",
        "`modele.summary()` montre ce que vous avez construit : deux lignes, 623 290 paramètres.",
    ],
    mistakes: &hints! {
        "entrée" => "Une image aplatie a 28 × 28 nombres : c'est le deuxième argument de `Sequential::new`.";
        "couche manquante" => "Il y a une seule couche : il en faut deux, la cachée puis la sortie.";
        "couche en trop" => "L'entrée n'est pas une couche : après `Sequential::new(…, 784)`, il ne reste que la couche cachée et la sortie.";
        "largeur cachée" => "La couche cachée doit avoir 784 neurones.";
        "couches échangées" => "Les deux couches sont dans l'ordre inverse.";
        "softmax oublié" => "Sans softmax la sortie n'est pas faite de probabilités : c'est l'activation de la dernière couche.";
        "relu oubliée" => "La couche cachée n'a pas d'activation : deux couches linéaires de suite n'en valent qu'une.";
        "softmax partout" => "Softmax ne convient qu'à la sortie ; la couche cachée prend ReLU.";
        "activation cachée" => "L'activation de la couche cachée doit être ReLU.";
    },
    #[cfg(test)]
    trials: trials::RESEAU,
};

/// What the statement of this exercise calls by another name.
const KEYS: &[(&str, &str)] =
    &[("couche dense manquante", "couche manquante"), ("largeur", "largeur cachée")];

/// The dense classifier of those widths, the first that of its input.
pub(super) fn classifier(widths: &[usize]) -> Sequential {
    let mut network = Sequential::new("dense", widths[0]);
    for (i, units) in widths.iter().enumerate().skip(1) {
        let activation = if i + 1 == widths.len() { Softmax } else { Relu };
        network = network.dense(format!("C{i}"), *units, activation);
    }
    network
}

/// The network 784-784-10, compiled.
pub fn reseau(model: &Model) -> Verdict {
    RESEAU.judge(|| {
        compare(model, &classifier(&[784, 784, 10])).map_err(|fault| fault.under(KEYS))?;
        compiled_as_asked(model)?;
        Ok(format!("784 → 784 ReLU → 10 softmax, compilé, {} paramètres.", model.trainable_count()))
    })
}

#[cfg(test)]
mod trials {
    use super::*;
    use crate::check::registry::{Trial, right, right_each, wrong, wrong_each};
    use crate::check::spoiled::{COMPILED, DENSE, RIGHT, made};

    pub(super) const RESEAU: &[Trial] = &[
        right_each(RIGHT, |how| reseau(&made(wanted(), how))),
        right("flattened first", || {
            let first = Sequential::new("a", (28, 28)).flatten("f").dense("C1", 784, Relu);
            reseau(&made(first.dense("C2", 10, Softmax), ""))
        }),
        wrong("largeur cachée", || reseau(&made(classifier(&[784, 128, 10]), ""))),
        wrong("entrée", || reseau(&made(classifier(&[28, 784, 10]), ""))),
        wrong("couche en trop", || reseau(&made(classifier(&[784, 784, 784, 10]), ""))),
        wrong("largeur de sortie", || reseau(&made(classifier(&[784, 784, 1]), ""))),
        wrong_each(&["couche manquante", "largeur cachée"], |key| reseau(&made(wanted(), key))),
        wrong_each(DENSE, |mistake| reseau(&made(wanted(), mistake))),
        wrong_each(COMPILED, |mistake| reseau(&made(wanted(), mistake))),
    ];

    fn wanted() -> Sequential {
        classifier(&[784, 784, 10])
    }
}
