//! The artificial neuron: a weighted sum.

use super::super::probe::{draw, list, short};
use super::super::task::{Task, cases, mistakes};
use super::super::{Exercise, Verdict};
use crate::random::Rng;

/// One neuron: inputs, weights, bias.
type Input = (Vec<f32>, Vec<f32>, f32);
pub(super) fn dot(x: &[f32], w: &[f32]) -> f32 {
    x.iter().zip(w).map(|(x, w)| x * w).sum()
}

pub(super) static NEURONE: Exercise = Exercise {
    id: "tp1-neurone",
    points: 2,
    title: "Un neurone artificiel",
    hints: &[
        "La formule : chaque entrée est multipliée par son poids, on additionne tous ces produits, puis on ajoute le biais une seule fois.",
        "`zip` parcourt deux tableaux ensemble : `entrees.iter().zip(poids)` donne les couples (entrée, poids). Une boucle `for` sur les indices convient tout autant.",
    ],
    mistakes: &TASK,
    #[cfg(test)]
    trials: trials::NEURONE,
};

static TASK: Task<Input, f32> = Task {
    inputs: || {
        let mut rng = Rng::new(1);
        let bias = |n: usize| 0.25 * n as f32 - 1.1;
        [2, 3, 5, 4].map(|n| (draw(&mut rng, n), draw(&mut rng, n), bias(n))).to_vec()
    },
    call: |(x, w, b)| format!("neurone(&{}, &{}, {})", list(x), list(w), short(*b)),
    truth: |(x, w, b)| dot(x, w) + b,
    mistakes: mistakes! {
        "biais en facteur" => "Le biais multiplie la somme ; il s'y ajoute.",
            |(x, w, b)| dot(x, w) * b;
        "un seul tableau" => "Un seul des deux tableaux sert : chaque entrée doit être multipliée par le poids de même rang.",
            |(x, _, b)| dot(x, x) + b,
            |(_, w, b)| dot(w, w) + b,
            |(x, _, b)| x.iter().sum::<f32>() + b,
            |(_, w, b)| w.iter().sum::<f32>() + b;
        "biais oublié" => "La somme pondérée est juste, mais il lui manque un terme : que devient `biais` ?",
            |(x, w, _)| dot(x, w);
        "biais répété" => "Le biais est ajouté à chaque produit ; il ne doit l'être qu'une fois, après la somme.",
            |(x, w, b)| dot(x, w) + b * x.len() as f32;
        "biais retranché" => "Le biais s'ajoute, il ne se retranche pas : vérifiez le signe.",
            |(x, w, b)| dot(x, w) - b;
        "addition au lieu de produit" => "Entrée et poids sont additionnés ; un poids multiplie son entrée.",
            |(x, w, b)| x.iter().sum::<f32>() + w.iter().sum::<f32>() + b;
        "somme écrasée" => "Seul le dernier produit reste : dans la boucle, il faut ajouter (`+=`), pas remplacer (`=`).",
            |(x, w, b)| {
                let last = x.len() - 1;
                x[last] * w[last] + b
            };
        "moyenne" => "Vous divisez par le nombre d'entrées : le neurone fait une somme, pas une moyenne.",
            |(x, w, b)| dot(x, w) / x.len() as f32 + b,
            |(x, w, b)| (dot(x, w) + b) / x.len() as f32;
        "dernière entrée oubliée" => "La dernière entrée n'est pas comptée : jusqu'où va votre boucle ?",
            |(x, w, b)| dot(&x[..x.len() - 1], w) + b;
        "première entrée oubliée" => "La première entrée n'est pas comptée : en Rust les indices commencent à 0.",
            |(x, w, b)| dot(&x[1..], &w[1..]) + b;
        "activation déjà appliquée" => "Le résultat n'est jamais négatif : la fonction d'activation viendra plus tard, ici on ne veut que la somme.",
            |(x, w, b)| (dot(x, w) + b).max(0.0);
        "nan" => "Le résultat n'est pas un nombre. La formule ne demande que des produits et des sommes : y a-t-il une division ?";
    },
    cases: cases! {
        (vec![0.0], vec![0.0], 2.0) => "Sans entrée, il ne reste que le biais.";
        (vec![3.0], vec![2.0], 0.0) => "Sans biais, une entrée et son poids se multiplient.";
        (vec![3.0], vec![2.0], 1.0) => "Le produit, plus le biais.";
        (vec![1.0, 2.0], vec![10.0, 3.0], 0.0) => "Deux produits, chaque entrée avec le poids de même rang, et leur somme.";
    },
};

/// `neurone(entrees, poids, biais)`: weighted sum plus bias.
pub fn neurone(student: fn(&[f32], &[f32], f32) -> f32) -> Verdict {
    NEURONE.judge(|| {
        TASK.check(|(x, w, b)| student(x, w, *b))?;
        Ok("la somme pondérée est juste sur quatre neurones tirés au hasard, de 2 à 5 entrées."
            .into())
    })
}

#[cfg(test)]
mod trials {
    use super::*;
    use crate::check::registry::{Trial, right, wrong};

    pub(super) const NEURONE: &[Trial] = &[
        wrong("somme écrasée", || {
            neurone(|x, w, b| {
                let mut sum = 0.0;
                for i in 0..x.len() {
                    sum = x[i] * w[i];
                }
                sum + b
            })
        }),
        right("iterators", || neurone(|x, w, b| dot(x, w) + b)),
        right("loop", || {
            neurone(|x, w, b| {
                let mut sum = b;
                for i in 0..x.len() {
                    sum += w[i] * x[i];
                }
                sum
            })
        }),
        right("double precision", || {
            neurone(|x, w, b| {
                (f64::from(b) + x.iter().zip(w).map(|(x, w)| f64::from(x * w)).sum::<f64>()) as f32
            })
        }),
        wrong("biais répété", || {
            neurone(|x, w, b| x.iter().zip(w).map(|(x, w)| x * w + b).sum())
        }),
        wrong("addition au lieu de produit", || {
            neurone(|x, w, b| x.iter().zip(w).map(|(x, w)| x + w).sum::<f32>() + b)
        }),
        wrong("cas simple", || neurone(|x, w, b| dot(x, w) + b + b * b)),
        wrong("cas simple", || {
            neurone(|x, w, b| x.iter().zip(w).map(|(x, w)| x / w).sum::<f32>() + b)
        }),
        right("fold", || neurone(|x, w, b| x.iter().zip(w).fold(b, |sum, (x, w)| sum + x * w))),
        wrong("nan", || neurone(|_, _, _| f32::NAN)),
        wrong("indice hors limites", || neurone(|x, w, b| x[x.len()] * w[0] + b)),
        wrong("panique", || neurone(|_, _, _| panic!("oups"))),
        wrong("à compléter", || neurone(|_, _, _| todo!("à compléter"))),
    ];
}
