//! The artificial neuron: a weighted sum.

use super::super::probe::{compare, draw, list, short};
use super::super::simple::simplest;
use super::super::{Exercise, Notebook, Verdict};
use crate::random::Rng;

/// One neuron: inputs, weights, bias.
type Input = (Vec<f32>, Vec<f32>, f32);
pub(super) fn dot(x: &[f32], w: &[f32]) -> f32 {
    x.iter().zip(w).map(|(x, w)| x * w).sum()
}

pub(super) static NEURONE: Exercise = Exercise {
    id: "tp1-neurone",
    notebook: Notebook::Tp1,
    points: 2,
    title: "Un neurone artificiel",
    hints: &[
        "La formule : chaque entrée est multipliée par son poids, on additionne tous ces produits, puis on ajoute le biais une seule fois.",
        "`zip` parcourt deux tableaux ensemble : `entrees.iter().zip(poids)` donne les couples (entrée, poids). Une boucle `for` sur les indices convient tout autant.",
    ],
    mistakes: &[
        (
            "biais oublié",
            "La somme pondérée est juste, mais il lui manque un terme : que devient `biais` ?",
        ),
        (
            "biais répété",
            "Le biais est ajouté à chaque produit ; il ne doit l'être qu'une fois, après la somme.",
        ),
        ("biais en facteur", "Le biais multiplie la somme ; il s'y ajoute."),
        (
            "un seul tableau",
            "Un seul des deux tableaux sert : chaque entrée doit être multipliée par le poids de même rang.",
        ),
        ("biais retranché", "Le biais s'ajoute, il ne se retranche pas : vérifiez le signe."),
        (
            "addition au lieu de produit",
            "Entrée et poids sont additionnés ; un poids multiplie son entrée.",
        ),
        (
            "somme écrasée",
            "Seul le dernier produit reste : dans la boucle, il faut ajouter (`+=`), pas remplacer (`=`).",
        ),
        (
            "moyenne",
            "Vous divisez par le nombre d'entrées : le neurone fait une somme, pas une moyenne.",
        ),
        (
            "dernière entrée oubliée",
            "La dernière entrée n'est pas comptée : jusqu'où va votre boucle ?",
        ),
        (
            "première entrée oubliée",
            "La première entrée n'est pas comptée : en Rust les indices commencent à 0.",
        ),
        (
            "activation déjà appliquée",
            "Le résultat n'est jamais négatif : la fonction d'activation viendra plus tard, ici on ne veut que la somme.",
        ),
        (
            "nan",
            "Le résultat n'est pas un nombre. La formule ne demande que des produits et des sommes : y a-t-il une division ?",
        ),
    ],
    #[cfg(test)]
    trials: trials::NEURONE,
};

/// `neurone(entrees, poids, biais)`: weighted sum plus bias.
pub fn neurone(student: fn(&[f32], &[f32], f32) -> f32) -> Verdict {
    NEURONE.judge(|| {
        let mut rng = Rng::new(1);
        let inputs: Vec<Input> = [2, 3, 5, 4]
            .map(|n| (draw(&mut rng, n), draw(&mut rng, n), 0.25 * n as f32 - 1.1))
            .to_vec();
        let what =
            |(x, w, b): &Input| format!("neurone(&{}, &{}, {})", list(x), list(w), short(*b));
        let answer = |(x, w, b): &Input| vec![student(x, w, *b)];
        let truth = |(x, w, b): &Input| vec![dot(x, w) + b];
        compare(
            inputs,
            what,
            answer,
            truth,
            &[
                ("biais en facteur", &|(x, w, b): &Input| vec![dot(x, w) * b]),
                ("un seul tableau", &|(x, _, b): &Input| vec![dot(x, x) + b]),
                ("un seul tableau", &|(_, w, b): &Input| vec![dot(w, w) + b]),
                ("un seul tableau", &|(x, _, b): &Input| vec![x.iter().sum::<f32>() + b]),
                ("un seul tableau", &|(_, w, b): &Input| vec![w.iter().sum::<f32>() + b]),
                ("biais oublié", &|(x, w, _): &Input| vec![dot(x, w)]),
                ("biais répété", &|(x, w, b): &Input| vec![dot(x, w) + b * x.len() as f32]),
                ("biais retranché", &|(x, w, b): &Input| vec![dot(x, w) - b]),
                ("addition au lieu de produit", &|(x, w, b): &Input| {
                    vec![x.iter().sum::<f32>() + w.iter().sum::<f32>() + b]
                }),
                ("somme écrasée", &|(x, w, b): &Input| {
                    let last = x.len() - 1;
                    vec![x[last] * w[last] + b]
                }),
                ("moyenne", &|(x, w, b): &Input| vec![dot(x, w) / x.len() as f32 + b]),
                ("moyenne", &|(x, w, b): &Input| vec![(dot(x, w) + b) / x.len() as f32]),
                ("dernière entrée oubliée", &|(x, w, b): &Input| {
                    vec![dot(&x[..x.len() - 1], w) + b]
                }),
                ("première entrée oubliée", &|(x, w, b): &Input| {
                    vec![dot(&x[1..], &w[1..]) + b]
                }),
                ("activation déjà appliquée", &|(x, w, b): &Input| {
                    vec![(dot(x, w) + b).max(0.0)]
                }),
            ],
        )
        .map_err(|fault| {
            let cases = [
                ((vec![0.0], vec![0.0], 2.0), "Sans entrée, il ne reste que le biais."),
                (
                    (vec![3.0], vec![2.0], 0.0),
                    "Sans biais, une entrée et son poids se multiplient.",
                ),
                ((vec![3.0], vec![2.0], 1.0), "Le produit, plus le biais."),
                (
                    (vec![1.0, 2.0], vec![10.0, 3.0], 0.0),
                    "Deux produits, chaque entrée avec le poids de même rang, et leur somme.",
                ),
            ];
            simplest(fault, what, answer, truth, &cases)
        })?;
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
        wrong("moyenne", || neurone(|x, w, b| dot(x, w) / x.len() as f32 + b)),
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
        wrong("biais oublié", || neurone(|x, w, _| dot(x, w))),
        wrong("biais répété", || {
            neurone(|x, w, b| x.iter().zip(w).map(|(x, w)| x * w + b).sum())
        }),
        wrong("biais retranché", || neurone(|x, w, b| dot(x, w) - b)),
        wrong("addition au lieu de produit", || {
            neurone(|x, w, b| x.iter().zip(w).map(|(x, w)| x + w).sum::<f32>() + b)
        }),
        wrong("dernière entrée oubliée", || neurone(|x, w, b| dot(&x[..x.len() - 1], w) + b)),
        wrong("première entrée oubliée", || neurone(|x, w, b| dot(&x[1..], &w[1..]) + b)),
        wrong("activation déjà appliquée", || neurone(|x, w, b| (dot(x, w) + b).max(0.0))),
        wrong("biais en facteur", || neurone(|x, w, b| dot(x, w) * b)),
        wrong("un seul tableau", || neurone(|_, w, b| dot(w, w) + b)),
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
