//! The medium and the large network of the comparison.

use super::super::network::{STRIDE, all_there, compare, named};
use super::super::probe;
use super::super::registry::Mistake;
use super::super::{Exercise, Finding, Notebook, Verdict};
use crate::nn::Sequential;
use crate::ops::Padding;
use crate::ops::activation::Activation::{Relu, Softmax};

/// A network, described.
type Network = fn() -> Sequential;

/// Mistakes that a network can hold.
pub(super) const LAYERS: [Mistake; 21] = [
    ("entrée", "L'entrée est une image avec son canal : `Sequential::new(\"…\", (28, 28, 1))`."),
    ("convolution manquante", "Il manque une convolution : comptez-les dans l'énoncé."),
    ("pooling manquant", "Il manque un max-pooling : il y en a un après chaque convolution."),
    ("pooling moyen", "C'est un pooling moyen ; l'énoncé demande le maximum, `max_pool2d`."),
    ("taille du pooling", "Les fenêtres du pooling font 2 × 2 : `.max_pool2d(nom, 2)`."),
    STRIDE,
    ("dropout manquant", "Il manque le dropout : `.dropout(nom, 0.2)`."),
    ("dropout mal placé", "Le dropout n'est pas à sa place : relisez l'ordre des couches."),
    (
        "dropout sur la sortie",
        "Le dropout est après la sortie : il éteindrait des probabilités. Relisez l'ordre des couches.",
    ),
    ("taux du dropout", "Le taux du dropout n'est pas celui de l'énoncé."),
    ("couche dense manquante", "Il manque une couche dense : comptez-les dans l'énoncé."),
    ("couche en trop", "Il y a une couche de trop par rapport à l'énoncé."),
    ("ordre", "Les couches y sont, mais pas dans l'ordre de l'énoncé."),
    ("filtres", "Le nombre de filtres d'une convolution n'est pas celui de l'énoncé."),
    ("taille du noyau", "La taille du noyau d'une convolution n'est pas celle de l'énoncé."),
    ("bordure", "Ces convolutions n'ont pas de bordure : `Padding::Valid`."),
    ("largeur", "Une couche dense n'a pas le nombre de neurones demandé."),
    ("largeur de sortie", "La sortie a un neurone par classe : combien y a-t-il de chiffres ?"),
    (
        "relu oubliée",
        "Une couche n'a pas d'activation : convolutions et couches cachées prennent ReLU.",
    ),
    (
        "softmax oublié",
        "La dernière couche prend `Activation::Softmax` : on veut des probabilités.",
    ),
    (
        "activation cachée",
        "Les couches cachées prennent ReLU, et elles seules : softmax est pour la sortie.",
    ),
];

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
    notebook: Notebook::Tp3,
    points: 2,
    title: "Le réseau moyen",
    hints: HINTS,
    mistakes: &LAYERS,
    #[cfg(test)]
    trials: trials::MOYEN,
};

pub(super) static GRAND: Exercise = Exercise {
    id: "tp3-grand",
    notebook: Notebook::Tp3,
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
    use crate::check::registry::{Trial, right, with_trials, wrong, wrong_each};
    use crate::check::spoiled::{SPOILED, activation_apart, change, spoiled};

    pub(super) const MOYEN: &[Trial] = &with_trials::<_, _, 27>(
        [
            right("in one chain", || moyen(medium)),
            right("dropout after flatten", || {
                moyen(|| {
                    let mut network = medium();
                    let at = network.layers.iter().position(|layer| layer.name == "F").unwrap();
                    network.layers.swap(at - 1, at);
                    network
                })
            }),
            right("activation apart", || moyen(|| activation_apart(medium(), 0))),
            wrong("nom du réseau", || moyen(|| Sequential { name: "petit".into(), ..medium() })),
            right("another seed", || moyen(|| medium().seed(8))),
            wrong(probe::TODO, || moyen(|| todo!("à compléter"))),
        ],
        wrong_each(SPOILED, |mistake| moyen_of(|| spoiled(medium(), mistake))),
    );

    pub(super) const GRAND: &[Trial] = &with_trials::<_, _, 29>(
        [
            right("in one chain", || grand(large)),
            right("dropout after flatten", || {
                grand(|| {
                    let mut network = large();
                    let at = network.layers.iter().position(|layer| layer.name == "F").unwrap();
                    network.layers.swap(at - 1, at);
                    network
                })
            }),
            right("activation apart", || grand(|| activation_apart(large(), 0))),
            wrong("convolution manquante", || grand(medium)),
            wrong("bordure", || {
                grand(|| {
                    let mut network = large();
                    change(&mut network.layers[2], |_, _, _, padding| *padding = Padding::Same);
                    network
                })
            }),
            wrong("nom du réseau", || grand(|| Sequential { name: "moyen".into(), ..large() })),
            right("another seed", || grand(|| large().seed(8))),
            wrong(probe::TODO, || grand(|| todo!("à compléter"))),
        ],
        wrong_each(SPOILED, |mistake| grand_of(|| spoiled(large(), mistake))),
    );
}
