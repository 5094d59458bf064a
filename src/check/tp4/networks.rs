//! The deep network, and the one whose end is recurrent.

#[cfg(test)]
mod trials;

use super::super::hints::hints;
use super::super::{Exercise, Verdict};
use super::wanted::{COMMON, check};
use crate::nn::{LayerSpec, Model, Sequential};
use crate::ops::Padding;
use crate::ops::activation::Activation::{Relu, Softmax};

pub(super) static PROFOND: Exercise = Exercise {
    id: "tp4-profond",
    points: 3,
    title: "Construire le réseau profond",
    hints: &[
        "Le bloc : convolution, normalisation, convolution, normalisation, pooling, dropout. Le réseau : trois blocs, `flatten`, puis ce que dit l'énoncé.",
        "`profond.summary()` doit compter 1 148 394 paramètres, dont 1 146 474 entraînables.",
    ],
    mistakes: &(
        COMMON,
        hints! {
            "largeur" => "Les deux couches denses cachées ont 512 neurones.";
            "couche dense manquante" => "Il y a trois couches denses : deux cachées et la sortie.";
        },
    ),
    #[cfg(test)]
    trials: trials::PROFOND,
};

pub(super) static RECURRENT: Exercise = Exercise {
    id: "tp4-recurrent",
    points: 3,
    title: "Construire le réseau récurrent",
    hints: &[
        "Les trois mêmes blocs, puis `reshape` au lieu de `flatten`, deux couches bidirectionnelles, et la sortie.",
        "`.reshape(\"suite\", (3, 384))`, `.bidirectional(\"R1\", LayerSpec::gru(512, true))`, `.bidirectional(\"R2\", LayerSpec::gru(256, false))`, puis la sortie.",
    ],
    mistakes: &(
        COMMON,
        hints! {
            "un seul sens" => "La couche ne lit que dans un sens : enveloppez-la, `.bidirectional(nom, LayerSpec::gru(…))`.";
            "couche récurrente manquante" => "Il y a deux couches récurrentes bidirectionnelles.";
            "unités" => "La première couche récurrente a 512 unités, la seconde 256.";
            "découpage" => "La carte 3 × 3 × 128 se lit ligne par ligne : une suite de 3 pas de 3 × 128 = 384 nombres.";
            "couche dense manquante" => "Il manque la sortie : une couche dense, avec softmax.";
        },
    ),
    #[cfg(test)]
    trials: trials::RECURRENT,
};

fn conv(filters: usize, size: usize, padding: Padding) -> LayerSpec {
    let (kernel_size, stride) = ([size; 2], [1; 2]);
    LayerSpec::Conv2d { filters, kernel_size, stride, padding, activation: Relu }
}

/// The three blocks of convolutions that both networks begin with.
fn blocks(name: &str) -> Sequential {
    let mut network = Sequential::new(name, (28, 28, 1));
    for (b, filters) in [(1, 32), (2, 64), (3, 128)] {
        network = network
            .layer(format!("C{b}a"), conv(filters, 3, Padding::Same))
            .batch_norm(format!("N{b}a"))
            .layer(format!("C{b}b"), conv(filters, 3, Padding::Same))
            .batch_norm(format!("N{b}b"))
            .max_pool2d(format!("P{b}"), 2)
            .dropout(format!("D{b}"), 0.3);
    }
    network
}

/// The deep network.
fn deep() -> Sequential {
    blocks("profond")
        .flatten("plat")
        .dense("F1", 512, Relu)
        .dropout("D4", 0.25)
        .dense("F2", 512, Relu)
        .dropout("D5", 0.5)
        .batch_norm("N4")
        .dense("sortie", 10, Softmax)
}

/// The network whose end is recurrent.
fn reader() -> Sequential {
    blocks("récurrent")
        .reshape("suite", (3, 384))
        .bidirectional("R1", LayerSpec::gru(512, true))
        .bidirectional("R2", LayerSpec::gru(256, false))
        .dense("sortie", 10, Softmax)
}

/// The deep network: three blocks of convolutions, two dense layers.
pub fn profond(model: &Model) -> Verdict {
    PROFOND.judge(|| check(model, &deep()))
}

/// The network that reads the last map with two recurrent layers.
pub fn recurrent(model: &Model) -> Verdict {
    RECURRENT.judge(|| check(model, &reader()))
}
