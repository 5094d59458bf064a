//! A function that builds networks from their widths.

#[cfg(test)]
mod trials;

use super::super::probe::try_call;
use super::super::{Exercise, Fault, Notebook, Verdict};
use super::network::{check_dense, dense_layers, describe, widths};
use crate::Result;
use crate::nn::Model;

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
    trials: trials::CONSTRUIRE,
};

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
