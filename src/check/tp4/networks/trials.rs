//! Answers that the tests try: the deep network, and the one whose end is recurrent.

use super::*;
use crate::check::registry::{Trial, right_each, wrong, wrong_each};
use crate::check::spoiled::{COMPILED, RIGHT, adamw, made, made_by, spoiled, spoiled_at};
use crate::ops::optimizer::AdamW;

/// Mistakes that both networks can hold.
const BOTH: &[&str] = &[
    "entrée",
    "convolution manquante",
    "normalisation manquante",
    "dropout manquant",
    "couche en trop",
    "ordre",
    "filtres",
    "convolution",
    "taille du pooling",
    "taux du dropout",
    "largeur de sortie",
    "nom du réseau",
];

pub(super) const PROFOND: &[Trial] = &[
    right_each(RIGHT, |how| profond(&made_by(adamw, deep(), how))),
    wrong_each(BOTH, |mistake| profond(&made_by(adamw, deep(), mistake))),
    wrong_each(COMPILED, |mistake| profond(&made_by(adamw, deep(), mistake))),
    wrong_each(
        &["pooling manquant", "couche dense manquante", "largeur", "activation"],
        |mistake| profond(&made_by(adamw, deep(), mistake)),
    ),
    wrong("pas", || profond(&made_by(adamw, deep(), "pas"))),
    wrong("pas", || profond(&made_by(adamw, spoiled_at(deep(), 0, "pas"), ""))),
    wrong("convolution", || profond(&made_by(adamw, spoiled(deep(), "bordure"), ""))),
    wrong("optimiseur", || profond(&made(deep(), ""))),
];

pub(super) const RECURRENT: &[Trial] = &[
    right_each(RIGHT, |how| recurrent(&made_by(adamw, reader(), how))),
    wrong_each(BOTH, |mistake| recurrent(&made_by(adamw, reader(), mistake))),
    wrong_each(COMPILED, |mistake| recurrent(&made_by(adamw, reader(), mistake))),
    wrong_each(
        &["un seul sens", "couche récurrente manquante", "unités", "découpage"],
        |mistake| recurrent(&made_by(adamw, reader(), mistake)),
    ),
    wrong("pooling manquant", || {
        let mut network = spoiled(reader(), "pooling manquant");
        network.layers[17].spec = LayerSpec::Reshape { shape: vec![7, 896] };
        recurrent(&made_by(adamw, network, ""))
    }),
    wrong("pas", || {
        // As small in the end: the first pooling goes without its stride.
        let network = spoiled_at(spoiled_at(reader(), 0, "pas"), 4, "pas");
        recurrent(&made_by(adamw, network, ""))
    }),
    wrong("couche dense manquante", || {
        recurrent(&spoiled(reader(), "couche dense manquante").build().unwrap())
    }),
    wrong("activation", || recurrent(&made_by(adamw, spoiled(reader(), "softmax oublié"), ""))),
    wrong("optimiseur", || {
        let usual = |learning_rate| AdamW { learning_rate, ..AdamW::default() }.into();
        recurrent(&made_by(usual, reader(), ""))
    }),
];
