//! A function that builds networks from their widths.

#[cfg(test)]
mod trials;

use super::super::hints::hints;
use super::super::network::{compare, compiled_as_asked, widths};
use super::super::probe::try_call;
use super::super::{Exercise, Fault, Verdict};
use super::network::classifier;
use crate::Result;
use crate::nn::Model;

pub(super) static CONSTRUIRE: Exercise = Exercise {
    id: "tp1-construire",
    points: 3,
    title: "Construire un réseau à partir de ses largeurs",
    hints: &[
        "La première largeur est celle de l'entrée, la dernière celle de la sortie ; la boucle ajoute les couches entre les deux, une par tour.",
        "Chaque `.dense(…)` rend un nouveau `Sequential` : dans la boucle, écrivez `reseau = reseau.dense(…);`. Pour les noms, `format!(\"C{i}\")`.",
    ],
    mistakes: &hints! {
        "entrée comptée comme une couche" => "La première largeur est celle de l'entrée : elle va dans `Sequential::new`, pas dans une couche dense.";
        "sortie manquante" => "La dernière largeur n'a pas donné de couche : c'est la sortie.";
        "couches cachées manquantes" => "Il manque des couches cachées : la boucle les parcourt-elle toutes ?";
        "ordre inverse" => "Les couches sont dans l'ordre inverse des largeurs.";
        "largeurs ignorées" => "Le réseau construit ne dépend pas de `largeurs`.";
        "largeurs décalées" => "Les couches n'ont pas les largeurs de la liste, dans son ordre : quel indice prend `largeurs[…]` à chaque tour ?";
        "entrée" => "La taille de l'entrée doit être la première largeur.";
        "softmax oublié" => "La dernière couche doit finir par softmax.";
        "relu oubliée" => "Les couches cachées doivent avoir ReLU pour activation.";
        "softmax partout" => "Seule la dernière couche prend softmax ; les couches cachées prennent ReLU.";
        "activation cachée" => "L'activation des couches cachées doit être ReLU.";
        "activation de sortie" => "La dernière couche prend softmax, pas l'activation des couches cachées.";
        "pas compilé" => "Il reste à compiler le réseau : `.compile(…)` au lieu de `.build()`.";
    },
    #[cfg(test)]
    trials: trials::CONSTRUIRE,
};

/// `construire(largeurs)`: a compiled dense classifier.
pub fn construire(student: fn(&[usize]) -> Result<Model>) -> Verdict {
    construire_of(student)
}

fn construire_of(student: impl Fn(&[usize]) -> Result<Model>) -> Verdict {
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
            compare(&model, &classifier(wanted)).map_err(|fault| {
                let found = format!("`{what}` : {}", fault.found);
                match widths_of(&model) == wanted[1..] {
                    true => Fault { found, ..fault },
                    false => other_widths(&student, &model, wanted),
                }
            })?;
            compiled_as_asked(&model)?;
        }
        Ok("trois réseaux inconnus sont bien construits : largeurs, activations, compilation."
            .into())
    })
}

fn widths_of(model: &Model) -> Vec<usize> {
    widths(model.layers().iter().map(|layer| layer.spec()))
}

/// What was made of the widths in place of those that were wanted.
fn other_widths(
    student: impl Fn(&[usize]) -> Result<Model>,
    model: &Model,
    wanted: &[usize],
) -> Fault {
    let (got, asked) = (widths_of(model), &wanted[1..]);
    let fixed = || student(&[11, 6, 2]).is_ok_and(|other| widths_of(&other) == got);
    let mistake = match () {
        () if got == wanted => "entrée comptée comme une couche",
        () if got.iter().rev().eq(asked) => "ordre inverse",
        () if got == asked[..asked.len() - 1] => "sortie manquante",
        () if got.len() < asked.len() && got.last() == asked.last() => "couches cachées manquantes",
        () if fixed() => "largeurs ignorées",
        () => "largeurs décalées",
    };
    let found = format!("`construire(&{wanted:?})` donne des couches de largeurs `{got:?}`.");
    Fault::new(mistake, found)
}
