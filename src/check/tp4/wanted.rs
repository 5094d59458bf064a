//! The deep networks against those that are asked for, trained by AdamW.

use super::super::hints::{Hint, hints};
use super::super::history::digits;
use super::super::network::{compare, named, not_compiled};
use super::super::{Fault, Finding};
use crate::nn::{Loss, Model, Sequential};
use crate::ops::optimizer::Optimizer;

/// Mistakes that both networks can hold.
pub(super) const COMMON: &[Hint] = hints! {
    "convolution manquante" => "Il manque une convolution : chaque bloc en a deux, et il y a trois blocs.";
    "normalisation manquante" => "Il manque une normalisation : `.batch_norm(nom)` suit **chaque** convolution.";
    "pooling manquant" => "Il manque un max-pooling : il y en a un à la fin de chaque bloc.";
    "dropout manquant" => "Il manque un dropout : comptez-les dans l'énoncé.";
    "filtres" => "Le nombre de filtres d'un bloc n'est pas celui de l'énoncé : 32, puis 64, puis 128.";
    "convolution" => "Les noyaux font 3×3, avancent d'un pixel, et la bordure est `Padding::Same` : la taille de la carte ne change qu'aux poolings.";
    "taille du pooling" => "Les fenêtres du pooling font 2×2 et avancent de deux pixels : `.max_pool2d(nom, 2)`.";
    "taux du dropout" => "Le taux d'un dropout n'est pas celui de l'énoncé.";
    "activation" => "Convolutions et couches denses cachées prennent `Activation::Relu`, la sortie `Activation::Softmax`.";
    "optimiseur" => "L'optimiseur est `AdamW { learning_rate: 1e-3, weight_decay: 1e-4, ..AdamW::default() }`.";
    "taux d'apprentissage" => "Le taux d'apprentissage est celui de l'énoncé, 0,001 : `learning_rate: 1e-3`.";
};

/// What is one mistake here, and several for a network of fewer layers.
const KEYS: &[(&str, &str)] = &[
    ("taille du noyau", "convolution"),
    ("bordure", "convolution"),
    ("relu oubliée", "activation"),
    ("softmax oublié", "activation"),
    ("activation cachée", "activation"),
    ("softmax partout", "activation"),
    ("activation de sortie", "activation"),
    ("dropout mal placé", "ordre"),
    ("dropout sur la sortie", "ordre"),
    ("pooling moyen", "pooling manquant"),
];

/// Compares a network with the one asked for, trained by AdamW.
pub(super) fn check(model: &Model, wanted: &Sequential) -> Finding {
    compare(model, wanted).map_err(|fault| fault.under(KEYS))?;
    let Ok(training) = model.training() else {
        return Err(not_compiled());
    };
    match training.optimizer {
        Optimizer::AdamW(adam) if adam.weight_decay == 1e-4 => {
            // The last epochs of the notebook are made at a tenth of it.
            if ![1e-3, 1e-4].contains(&adam.learning_rate) {
                let found = format!("le réseau apprend au taux {}.", digits(adam.learning_rate));
                return Err(Fault::new("taux d'apprentissage", found));
            }
        }
        other => {
            let found = match other {
                Optimizer::AdamW(adam) => {
                    format!("AdamW, avec `weight_decay: {}`", adam.weight_decay)
                }
                other => format!("{}, au taux {}", other.name(), digits(other.learning_rate())),
            };
            return Err(Fault::new("optimiseur", format!("le réseau apprend avec {found}.")));
        }
    }
    if training.loss != Loss::CategoricalCrossentropy {
        let found = format!("le réseau est compilé avec `Loss::{:?}`.", training.loss);
        return Err(Fault::new("fonction de perte", found));
    }
    named(model, &wanted.name)?;
    Ok(format!(
        "les {} couches y sont, avec {} paramètres entraînables.",
        wanted.layers.len(),
        model.trainable_count()
    ))
}
