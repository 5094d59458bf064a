//! The network 784-784-10.

#[cfg(test)]
mod trials;

use super::super::network::compiled_as_asked;
use super::super::probe::numbers;
use super::super::{Exercise, Fault, Notebook, Verdict};
use crate::nn::{LayerSpec, Model};
use crate::ops::activation::Activation;

/// The dense layers of a network: width and activation, whether the activation
/// is the layer's own or a layer of its own after it.
pub(super) fn dense_layers(model: &Model) -> Result<Vec<(usize, Activation)>, Fault> {
    let mut layers: Vec<(usize, Activation)> = Vec::new();
    for layer in model.layers() {
        match (layer.spec(), layers.last_mut()) {
            (LayerSpec::Dense { units, activation }, _) => layers.push((*units, *activation)),
            (LayerSpec::Activation { activation }, Some((_, last)))
                if *last == Activation::Linear =>
            {
                *last = *activation;
            }
            (LayerSpec::Flatten, _) => {}
            (other, _) => {
                let found = format!("la couche « {} » est de type {}.", layer.name(), other.kind());
                return Err(Fault::new("couche inattendue", found));
            }
        }
    }
    Ok(layers)
}

pub(super) fn widths(layers: &[(usize, Activation)]) -> Vec<usize> {
    layers.iter().map(|(units, _)| *units).collect()
}

/// The network as a student would write it: `784 → 128 relu → 10 softmax`.
pub(super) fn describe(model: &Model, layers: &[(usize, Activation)]) -> String {
    let inputs: usize = model.input_shape().iter().product();
    let mut text = format!("{inputs}");
    for (units, activation) in layers {
        text += &format!(" → {units} {activation:?}");
    }
    text
}

/// Activations and compilation, the same for any dense classifier.
pub(super) fn check_dense(model: &Model, layers: &[(usize, Activation)]) -> Result<(), Fault> {
    let fault = |mistake| {
        Err(Fault::new(mistake, format!("votre réseau : `{}`.", describe(model, layers))))
    };
    let Some(((_, output), hidden)) = layers.split_last() else {
        return fault("aucune couche");
    };
    match output {
        Activation::Softmax => {}
        Activation::Linear => return fault("softmax oublié"),
        _ => return fault("activation de sortie"),
    }
    for (_, activation) in hidden {
        match activation {
            Activation::Relu => {}
            Activation::Linear => return fault("relu oubliée"),
            Activation::Softmax => return fault("softmax partout"),
            _ => return fault("activation cachée"),
        }
    }
    for layer in model.layers() {
        if let Some(kernel) = layer.kernel()
            && numbers(kernel)?.iter().all(|w| *w == 0.0)
        {
            let found = format!("tous les poids de la couche « {} » sont nuls.", layer.name());
            return Err(Fault::new("poids nuls", found));
        }
    }
    compiled_as_asked(model)
}

pub(super) static RESEAU: Exercise = Exercise {
    id: "tp1-reseau",
    notebook: Notebook::Tp1,
    points: 3,
    title: "Le réseau 784-784-10",
    hints: &[
        "Deux appels à `.dense(nom, largeur, activation)` : la couche cachée avec `Activation::Relu`, la sortie avec `Activation::Softmax`, puis `.compile(…)?`.",
        "`modele.summary()` montre ce que vous avez construit : deux lignes, 623 290 paramètres.",
    ],
    mistakes: &[
        (
            "entrée",
            "Une image aplatie a 28 × 28 nombres : c'est le deuxième argument de `Sequential::new`.",
        ),
        (
            "couche manquante",
            "Il y a une seule couche : il en faut deux, la cachée puis la sortie.",
        ),
        (
            "couche en trop",
            "L'entrée n'est pas une couche : après `Sequential::new(…, 784)`, il ne reste que la couche cachée et la sortie.",
        ),
        ("largeur cachée", "La couche cachée doit avoir 784 neurones."),
        ("largeur de sortie", "La sortie a un neurone par classe : combien y a-t-il de chiffres ?"),
        ("couches échangées", "Les deux couches sont dans l'ordre inverse."),
        (
            "softmax oublié",
            "Sans softmax la sortie n'est pas faite de probabilités : c'est l'activation de la dernière couche.",
        ),
        (
            "relu oubliée",
            "La couche cachée n'a pas d'activation : deux couches linéaires de suite n'en valent qu'une.",
        ),
        ("softmax partout", "Softmax ne convient qu'à la sortie ; la couche cachée prend ReLU."),
        ("activation cachée", "L'activation de la couche cachée doit être ReLU."),
        (
            "activation de sortie",
            "Pour choisir une classe parmi dix, l'activation de sortie est softmax.",
        ),
        (
            "couche inattendue",
            "Ce réseau n'a que des couches denses ; les autres viendront plus tard.",
        ),
        (
            "poids nuls",
            "Partis de zéro, tous les neurones resteraient identiques : gardez l'initialisation par défaut.",
        ),
        (
            "pas compilé",
            "Il reste à choisir l'optimiseur et la perte : `.compile(…)?` au lieu de `.build()?`.",
        ),
    ],
    #[cfg(test)]
    trials: trials::RESEAU,
};

/// The network 784-784-10, compiled.
pub fn reseau(model: &Model) -> Verdict {
    RESEAU.judge(|| {
        let layers = dense_layers(model)?;
        let fault = |mistake| {
            Err(Fault::new(mistake, format!("votre réseau : `{}`.", describe(model, &layers))))
        };
        if model.input_shape().iter().product::<usize>() != 784 {
            return fault("entrée");
        }
        match widths(&layers)[..] {
            [784, 10] => {}
            [10, 784] => return fault("couches échangées"),
            [_, 10] => return fault("largeur cachée"),
            [_, _] => return fault("largeur de sortie"),
            [] | [_] => return fault("couche manquante"),
            _ => return fault("couche en trop"),
        }
        check_dense(model, &layers)?;
        Ok(format!("784 → 784 ReLU → 10 softmax, compilé, {} paramètres.", model.trainable_count()))
    })
}
