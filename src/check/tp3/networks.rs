//! The medium and the large network of the comparison.

use super::super::hints::{Hint, hints};
use super::super::network::{all_there, compare, named};
use super::super::probe;
use super::super::{Exercise, Finding, Verdict};
use crate::nn::Sequential;
use crate::ops::Padding;
use crate::ops::activation::Activation::{Relu, Softmax};

/// A network, described.
type Network = fn() -> Sequential;

/// Mistakes that a network can hold.
pub(super) const LAYERS: &[Hint] = hints! {
    "convolution manquante" => "Il manque une convolution : comptez-les dans l'énoncé.";
    "pooling manquant" => "Il manque un max-pooling : il y en a un après chaque convolution.";
    "pooling moyen" => "C'est un pooling moyen ; l'énoncé demande le maximum, `max_pool2d`.";
    "taille du pooling" => "Les fenêtres du pooling font 2 × 2 : `.max_pool2d(nom, 2)`.";
    "dropout manquant" => "Il manque le dropout : `.dropout(nom, 0.2)`.";
    "dropout mal placé" => "Le dropout n'est pas à sa place : relisez l'ordre des couches.";
    "dropout sur la sortie" => "Le dropout est après la sortie : il éteindrait des probabilités. Relisez l'ordre des couches.";
    "taux du dropout" => "Le taux du dropout n'est pas celui de l'énoncé.";
    "bordure" => "Ces convolutions n'ont pas de bordure : `Padding::Valid`.";
    "relu oubliée" => "Une couche n'a pas d'activation : convolutions et couches cachées prennent ReLU.";
};

fn medium() -> Sequential {
    Sequential::new("moyen", (28, 28, 1))
        .conv2d("C", 32, 5, Padding::Valid, Relu)
        .max_pool2d("P", 2)
        .dropout("O", 0.2)
        .flatten("F")
        .dense("D1", 128, Relu)
        .dense("D2", 10, Softmax)
}

fn large() -> Sequential {
    Sequential::new("grand", (28, 28, 1))
        .conv2d("C1", 30, 5, Padding::Valid, Relu)
        .max_pool2d("P1", 2)
        .conv2d("C2", 15, 3, Padding::Valid, Relu)
        .max_pool2d("P2", 2)
        .dropout("O", 0.2)
        .flatten("F")
        .dense("D1", 128, Relu)
        .dense("D2", 50, Relu)
        .dense("D3", 10, Softmax)
}

/// Compares a description with the network asked for.
fn check(network: impl FnOnce() -> Sequential, wanted: &Sequential) -> Finding {
    let model = probe::try_call("la description du réseau", || network().build())?;
    compare(&model, wanted)?;
    named(&model, &wanted.name)?;
    Ok(all_there(&model, wanted))
}

fn moyen_of(network: impl FnOnce() -> Sequential) -> Verdict {
    MOYEN.judge(|| check(network, &medium()))
}

fn grand_of(network: impl FnOnce() -> Sequential) -> Verdict {
    GRAND.judge(|| check(network, &large()))
}

/// The medium network.
pub fn moyen(network: Network) -> Verdict {
    moyen_of(network)
}

/// The large network.
pub fn grand(network: Network) -> Verdict {
    grand_of(network)
}

const HINTS: &[&str] = &[
    "Une méthode par ligne du tableau, dans l'ordre, à la suite de `Sequential::new(…, (28, 28, 1))`.",
    "`.conv2d(nom, filtres, côté, Padding::Valid, Activation::Relu)`, `.max_pool2d(nom, 2)`, `.dropout(nom, 0.2)`, `.flatten(nom)`, `.dense(nom, neurones, activation)`.",
];

pub(super) static MOYEN: Exercise = Exercise {
    id: "tp3-moyen",
    points: 2,
    title: "Le réseau moyen",
    hints: HINTS,
    mistakes: &LAYERS,
    #[cfg(test)]
    trials: trials::MOYEN,
};

pub(super) static GRAND: Exercise = Exercise {
    id: "tp3-grand",
    points: 2,
    title: "Le grand réseau",
    hints: HINTS,
    mistakes: &LAYERS,
    #[cfg(test)]
    trials: trials::GRAND,
};

#[cfg(test)]
mod trials {
    use super::*;
    use crate::check::registry::{Trial, right, right_each, wrong, wrong_each};
    use crate::check::spoiled::{DROPOUT, LAYERS as ANY, activation_apart, spoiled, spoiled_at};

    const RIGHT: &[&str] = &["as asked", "another seed", "dropout after flatten"];

    pub(super) const MOYEN: &[Trial] = &[
        right_each(RIGHT, |how| moyen_of(|| described(medium(), how))),
        right("an activation apart", || moyen(|| activation_apart(medium(), 0))),
        wrong_each(ANY, |mistake| moyen_of(|| spoiled(medium(), mistake))),
        wrong_each(DROPOUT, |mistake| moyen_of(|| spoiled(medium(), mistake))),
        wrong("nom du réseau", || moyen(|| Sequential { name: "petit".into(), ..medium() })),
        wrong(probe::TODO, || moyen(|| todo!("à compléter"))),
    ];

    pub(super) const GRAND: &[Trial] = &[
        right_each(RIGHT, |how| grand_of(|| described(large(), how))),
        right("an activation apart", || grand(|| activation_apart(large(), 0))),
        wrong_each(ANY, |mistake| grand_of(|| spoiled(large(), mistake))),
        wrong_each(DROPOUT, |mistake| grand_of(|| spoiled(large(), mistake))),
        wrong("convolution manquante", || grand(medium)),
        wrong("bordure", || grand(|| spoiled_at(large(), 2, "bordure"))),
        wrong("nom du réseau", || grand(|| Sequential { name: "moyen".into(), ..large() })),
        wrong(probe::TODO, || grand(|| todo!("à compléter"))),
    ];

    fn described(mut network: Sequential, how: &str) -> Sequential {
        match how {
            "dropout after flatten" => {
                let at = network.layers.iter().position(|layer| layer.name == "F").unwrap();
                network.layers.swap(at - 1, at);
                network
            }
            "another seed" => network.seed(8),
            _ => network,
        }
    }
}
