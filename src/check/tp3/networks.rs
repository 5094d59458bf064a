//! The medium and the large network of the comparison.

use super::super::registry::Mistake;
#[cfg(test)]
use super::super::registry::{right, wrong};
use super::super::tp2::layers::{STRIDE, Want, check_layers};
use super::super::{Exercise, Fault, Finding, Notebook, Verdict};
#[cfg(test)]
use super::super::{
    probe,
    tp2::layers::{built, kind, overlapping},
};
#[cfg(test)]
use crate::nn::LayerSpec;
use crate::nn::Sequential;
use crate::ops::Padding;
#[cfg(test)]
use crate::ops::activation::Activation;

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

const MEDIUM: [Want; 6] = [
    Want::Conv(32, 5, Padding::Valid),
    Want::Pool,
    Want::Dropout(0.2),
    Want::Flatten,
    Want::Dense(128),
    Want::Dense(10),
];

const LARGE: [Want; 9] = [
    Want::Conv(30, 5, Padding::Valid),
    Want::Pool,
    Want::Conv(15, 3, Padding::Valid),
    Want::Pool,
    Want::Dropout(0.2),
    Want::Flatten,
    Want::Dense(128),
    Want::Dense(50),
    Want::Dense(10),
];

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
    trials: &[
        right("in one chain", || moyen(|| made(&MEDIUM))),
        right("dropout after flatten", || {
            moyen(|| {
                let mut layers = MEDIUM;
                layers.swap(2, 3);
                made(&layers)
            })
        }),
        right("activation apart", || {
            moyen(|| {
                replaced(&MEDIUM, 0, |n| {
                    n.conv2d("c", 32, 5, Padding::Valid, Activation::Linear)
                        .activation("r", Activation::Relu)
                })
            })
        }),
        wrong("convolution manquante", || moyen(|| replaced(&MEDIUM, 0, |n| n))),
        wrong("pooling manquant", || moyen(|| replaced(&MEDIUM, 1, |n| n))),
        wrong("dropout manquant", || moyen(|| replaced(&MEDIUM, 2, |n| n))),
        wrong("dropout mal placé", || {
            moyen(|| {
                let mut layers = MEDIUM;
                layers.swap(1, 2);
                made(&layers)
            })
        }),
        wrong("taux du dropout", || moyen(|| with(&MEDIUM, 2, Want::Dropout(0.5)))),
        wrong("couche dense manquante", || moyen(|| replaced(&MEDIUM, 4, |n| n))),
        wrong("couche en trop", || {
            moyen(|| replaced(&MEDIUM, 3, |n| n.batch_norm("b").flatten("f")))
        }),
        wrong("filtres", || moyen(|| with(&MEDIUM, 0, Want::Conv(64, 5, Padding::Valid)))),
        wrong("taille du noyau", || moyen(|| with(&MEDIUM, 0, Want::Conv(32, 3, Padding::Valid)))),
        wrong("bordure", || moyen(|| with(&MEDIUM, 0, Want::Conv(32, 5, Padding::Same)))),
        wrong("largeur", || moyen(|| with(&MEDIUM, 4, Want::Dense(64)))),
        wrong("relu oubliée", || {
            moyen(|| replaced(&MEDIUM, 4, |n| n.dense("d", 128, Activation::Linear)))
        }),
        wrong("entrée", || moyen(|| spoiled(made(&MEDIUM), "entrée"))),
        wrong("pooling moyen", || moyen(|| spoiled(made(&MEDIUM), "pooling moyen"))),
        wrong("taille du pooling", || moyen(|| spoiled(made(&MEDIUM), "taille du pooling"))),
        wrong("pas", || moyen(|| spoiled(made(&MEDIUM), "pas"))),
        wrong("dropout sur la sortie", || {
            moyen(|| spoiled(made(&MEDIUM), "dropout sur la sortie"))
        }),
        wrong("ordre", || moyen(|| spoiled(made(&MEDIUM), "ordre"))),
        wrong("largeur de sortie", || moyen(|| spoiled(made(&MEDIUM), "largeur de sortie"))),
        wrong("softmax oublié", || moyen(|| spoiled(made(&MEDIUM), "softmax oublié"))),
        wrong("activation cachée", || moyen(|| spoiled(made(&MEDIUM), "activation cachée"))),
        wrong(probe::TODO, || moyen(|| todo!("à compléter"))),
    ],
};

pub(super) static GRAND: Exercise = Exercise {
    id: "tp3-grand",
    notebook: Notebook::Tp3,
    points: 2,
    title: "Le grand réseau",
    hints: HINTS,
    mistakes: &LAYERS,
    #[cfg(test)]
    trials: &[
        right("in one chain", || grand(|| made(&LARGE))),
        right("dropout after flatten", || {
            grand(|| {
                let mut layers = LARGE;
                layers.swap(4, 5);
                made(&layers)
            })
        }),
        wrong("convolution manquante", || grand(|| made(&MEDIUM))),
        wrong("pooling manquant", || grand(|| replaced(&LARGE, 3, |n| n))),
        wrong("dropout manquant", || grand(|| replaced(&LARGE, 4, |n| n))),
        wrong("dropout mal placé", || {
            grand(|| {
                let mut layers = LARGE;
                layers.swap(3, 4);
                made(&layers)
            })
        }),
        wrong("taux du dropout", || grand(|| with(&LARGE, 4, Want::Dropout(0.8)))),
        wrong("couche dense manquante", || grand(|| replaced(&LARGE, 7, |n| n))),
        wrong("couche en trop", || {
            grand(|| replaced(&LARGE, 7, |n| n.dense("a", 50, Activation::Relu).dropout("b", 0.2)))
        }),
        wrong("filtres", || grand(|| with(&LARGE, 2, Want::Conv(30, 3, Padding::Valid)))),
        wrong("taille du noyau", || grand(|| with(&LARGE, 2, Want::Conv(15, 5, Padding::Valid)))),
        wrong("bordure", || grand(|| with(&LARGE, 2, Want::Conv(15, 3, Padding::Same)))),
        wrong("largeur", || grand(|| with(&LARGE, 7, Want::Dense(128)))),
        wrong("relu oubliée", || {
            grand(|| replaced(&LARGE, 7, |n| n.dense("d", 50, Activation::Linear)))
        }),
        wrong("entrée", || grand(|| spoiled(made(&LARGE), "entrée"))),
        wrong("pooling moyen", || grand(|| spoiled(made(&LARGE), "pooling moyen"))),
        wrong("taille du pooling", || grand(|| spoiled(made(&LARGE), "taille du pooling"))),
        wrong("pas", || grand(|| spoiled(made(&LARGE), "pas"))),
        wrong("dropout sur la sortie", || grand(|| spoiled(made(&LARGE), "dropout sur la sortie"))),
        wrong("ordre", || grand(|| spoiled(made(&LARGE), "ordre"))),
        wrong("largeur de sortie", || grand(|| spoiled(made(&LARGE), "largeur de sortie"))),
        wrong("softmax oublié", || grand(|| spoiled(made(&LARGE), "softmax oublié"))),
        wrong("activation cachée", || grand(|| spoiled(made(&LARGE), "activation cachée"))),
    ],
};

#[cfg(test)]
fn made(wants: &[Want]) -> Sequential {
    built(&wants.iter().copied().map(Some).collect::<Vec<_>>(), |n| n)
}

#[cfg(test)]
fn with(wants: &[Want], i: usize, want: Want) -> Sequential {
    let mut wants = wants.to_vec();
    wants[i] = want;
    made(&wants)
}

#[cfg(test)]
fn replaced(wants: &[Want], i: usize, by: fn(Sequential) -> Sequential) -> Sequential {
    let mut wants: Vec<Option<Want>> = wants.iter().copied().map(Some).collect();
    wants[i] = None;
    built(&wants, by)
}

/// A right network with a mistake that any of the three can hold.
#[cfg(test)]
pub(super) fn spoiled(mut network: Sequential, mistake: &str) -> Sequential {
    let layers = &mut network.layers;
    let last = layers.len() - 1;
    let find = |letter| layers.iter().position(|layer| kind(&layer.spec) == letter).unwrap();
    let (pool, hidden, dropout) = (find('P'), find('D'), find('O'));
    let size = |side| ([side; 2], [side; 2]);
    match mistake {
        "entrée" => network.input_shape = vec![30, 30, 1],
        "pooling moyen" => {
            let (size, stride) = size(2);
            layers[pool].spec = LayerSpec::AvgPool2d { size, stride };
        }
        "taille du pooling" => {
            let (size, stride) = size(3);
            layers[pool].spec = LayerSpec::MaxPool2d { size, stride };
        }
        "pas" => layers[pool].spec = overlapping(),
        "dropout sur la sortie" => layers[dropout..].rotate_left(1),
        "ordre" => layers.swap(pool - 1, pool),
        "largeur de sortie" => {
            layers[last].spec = LayerSpec::Dense { units: 9, activation: Activation::Softmax };
        }
        "softmax oublié" => {
            layers[last].spec = layers[last].spec.with_activation(Activation::Linear);
        }
        "activation cachée" => {
            layers[hidden].spec = layers[hidden].spec.with_activation(Activation::Sigmoid);
        }
        other => panic!("{other}"),
    }
    network
}

/// Compares a description with the layers asked for.
fn check(network: Network, wants: &[Want]) -> Finding {
    let model = probe_build(network)?;
    check_layers(&model, wants).or_else(|fault| {
        // Dropout and flatten do the same in either order.
        let mut swapped = wants.to_vec();
        let at = wants.iter().position(|want| *want == Want::Flatten).unwrap_or(0);
        swapped.swap(at.saturating_sub(1), at);
        check_layers(&model, &swapped).map_err(|_| fault)
    })?;
    Ok(format!("les {} couches y sont, avec {} paramètres.", wants.len(), model.trainable_count()))
}

fn probe_build(network: Network) -> Result<crate::nn::Model, Fault> {
    super::super::probe::try_call("la description du réseau", || network().build())
}

/// The medium network.
pub fn moyen(network: Network) -> Verdict {
    MOYEN.judge(|| check(network, &MEDIUM))
}

/// The large network.
pub fn grand(network: Network) -> Verdict {
    GRAND.judge(|| check(network, &LARGE))
}
