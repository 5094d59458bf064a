//! The layers of a network against those that are asked for.

use super::super::registry::Mistake;
use super::super::tp2::layers::{joined, kind};
use super::super::{Fault, Finding};
use crate::nn::{LayerSpec, Model};
use crate::ops::optimizer::Optimizer;

/// Mistakes that both networks can hold.
pub(super) const COMMON: [Mistake; 15] = [
    ("entrée", "L'entrée est une image avec son canal : `Sequential::new(\"…\", (28, 28, 1))`."),
    (
        "convolution manquante",
        "Il manque une convolution : chaque bloc en a deux, et il y a trois blocs.",
    ),
    (
        "normalisation manquante",
        "Il manque une normalisation : `.batch_norm(nom)` suit **chaque** convolution.",
    ),
    ("pooling manquant", "Il manque un max-pooling : il y en a un à la fin de chaque bloc."),
    ("dropout manquant", "Il manque un dropout : comptez-les dans l'énoncé."),
    ("couche en trop", "Il y a une couche de trop par rapport à l'énoncé."),
    ("ordre", "Les couches y sont, mais pas dans l'ordre de l'énoncé."),
    (
        "filtres",
        "Le nombre de filtres d'un bloc n'est pas celui de l'énoncé : 32, puis 64, puis 128.",
    ),
    (
        "convolution",
        "Les noyaux font 3×3, avancent d'un pixel, et la bordure est `Padding::Same` : la taille de la carte ne change qu'aux poolings.",
    ),
    (
        "taille du pooling",
        "Les fenêtres du pooling font 2×2 et avancent de deux pixels : `.max_pool2d(nom, 2)`.",
    ),
    ("taux du dropout", "Le taux d'un dropout n'est pas celui de l'énoncé."),
    (
        "activation",
        "Convolutions et couches denses cachées prennent `Activation::Relu`, la sortie `Activation::Softmax`.",
    ),
    (
        "optimiseur",
        "L'optimiseur est `AdamW { learning_rate: 1e-3, weight_decay: 1e-4, ..AdamW::default() }`.",
    ),
    (
        "taux d'apprentissage",
        "Le taux d'apprentissage est celui de l'énoncé, 0,001 : `learning_rate: 1e-3`.",
    ),
    (
        "pas compilé",
        "Il reste à choisir l'optimiseur et la perte : `.compile(…)?` au lieu de `.build()?`.",
    ),
];

/// The mistake in the kinds or the order of the layers.
fn wrong_kinds(found: &str, wanted: &str) -> Option<&'static str> {
    let fewer = |kind| found.matches(kind).count() < wanted.matches(kind).count();
    match () {
        () if found == wanted => None,
        () if fewer('C') => Some("convolution manquante"),
        () if fewer('N') => Some("normalisation manquante"),
        () if fewer('P') => Some("pooling manquant"),
        () if fewer('O') => Some("dropout manquant"),
        () if fewer('B') && found.contains('G') => Some("un seul sens"),
        () if fewer('B') => Some("couche récurrente manquante"),
        () if fewer('D') => Some("couche dense manquante"),
        () if found.len() > wanted.len() => Some("couche en trop"),
        () => Some("ordre"),
    }
}

/// The mistake in one layer's settings.
fn wrong_settings(found: &LayerSpec, wanted: &LayerSpec, last: bool) -> Option<&'static str> {
    match (found, wanted) {
        (LayerSpec::Conv2d { filters: a, .. }, LayerSpec::Conv2d { filters: b, .. }) if a != b => {
            Some("filtres")
        }
        (LayerSpec::Dense { units: a, .. }, LayerSpec::Dense { units: b, .. }) if a != b => {
            Some(if last { "largeur de sortie" } else { "largeur" })
        }
        (LayerSpec::Dropout { rate: a }, LayerSpec::Dropout { rate: b }) => {
            ((a - b).abs() > 1e-9).then_some("taux du dropout")
        }
        (LayerSpec::Bidirectional { layer: a }, LayerSpec::Bidirectional { layer: b }) => {
            // The other setting leaves no choice: the next layer would not fit.
            (a != b).then_some("unités")
        }
        (LayerSpec::Reshape { .. }, _) if found != wanted => Some("découpage"),
        _ if found.activation() != wanted.activation() => Some("activation"),
        (LayerSpec::Conv2d { .. }, _) if found != wanted => Some("convolution"),
        (LayerSpec::MaxPool2d { .. }, _) if found != wanted => Some("taille du pooling"),
        _ => None,
    }
}

/// Compares a network with the layers asked for, trained by AdamW.
pub(super) fn check(model: &Model, wanted: &[LayerSpec]) -> Finding {
    let layers = joined(model);
    let found: String = layers.iter().map(|(_, spec)| kind(spec)).collect();
    let kinds: String = wanted.iter().map(kind).collect();
    if let Some(mistake) = wrong_kinds(&found, &kinds) {
        let names: Vec<&str> = layers.iter().map(|(_, spec)| spec.kind()).collect();
        let found = format!("les couches de votre réseau : `{}`.", names.join(" → "));
        return Err(Fault::new(mistake, found));
    }
    if model.input_shape() != [28, 28, 1] {
        let found = format!("l'entrée a la forme `{:?}`.", model.input_shape());
        return Err(Fault::new("entrée", found));
    }
    for (i, ((name, spec), want)) in layers.iter().zip(wanted).enumerate() {
        if let Some(mistake) = wrong_settings(spec, want, i + 1 == wanted.len()) {
            let found =
                format!("la couche « {name} » ({}) n'est pas celle de l'énoncé.", spec.kind());
            return Err(Fault::new(mistake, found));
        }
    }
    let Ok(training) = model.training() else {
        return Err(Fault::new("pas compilé", "le réseau n'est pas compilé."));
    };
    match training.optimizer {
        Optimizer::AdamW(adam) if adam.weight_decay == 1e-4 => {
            // The last epochs of the notebook are made at a tenth of it.
            if ![1e-3, 1e-4].contains(&adam.learning_rate) {
                let found = format!("le réseau apprend au taux `{}`.", adam.learning_rate);
                return Err(Fault::new("taux d'apprentissage", found));
            }
        }
        other => {
            return Err(Fault::new("optimiseur", format!("le réseau apprend avec `{other:?}`.")));
        }
    }
    Ok(format!(
        "les {} couches y sont, avec {} paramètres entraînables.",
        wanted.len(),
        model.trainable_count()
    ))
}
