//! Softmax and cross-entropy, by hand.

#[cfg(test)]
mod trials;

use super::super::probe::{call, close, draw, show};
use super::super::task::{Task, mistakes};
use super::super::{Exercise, Fault, Verdict};
use crate::random::Rng;

fn stable(z: &[f32]) -> Vec<f32> {
    let max = z.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    normalised(&z.iter().map(|z| (z - max).exp()).collect::<Vec<_>>())
}

fn normalised(values: &[f32]) -> Vec<f32> {
    let sum: f32 = values.iter().sum();
    values.iter().map(|v| v / sum).collect()
}

fn exponentials(z: &[f32]) -> Vec<f32> {
    z.iter().map(|z| z.exp()).collect()
}

fn largest(z: &[f32]) -> f32 {
    z.iter().copied().fold(f32::NEG_INFINITY, f32::max)
}

pub(super) static SOFTMAX: Exercise = Exercise {
    id: "tp1-softmax",
    points: 3,
    title: "La fonction softmax",
    hints: &[
        "Trois temps : le plus grand score, l'exponentielle de chaque score moins ce plus grand, puis chaque exponentielle divisée par leur somme.",
        "Quelle que soit l'entrée, la sortie a autant de nombres, tous entre 0 et 1, et leur somme vaut 1. Affichez-les sur un petit exemple.",
    ],
    mistakes: &SOFTMAX_TASK,
    #[cfg(test)]
    trials: trials::SOFTMAX,
};

static SOFTMAX_TASK: Task<Vec<f32>, Vec<f32>> = Task {
    inputs: || {
        let mut rng = Rng::new(4);
        let large = draw(&mut rng, 5).iter().map(|z| 3.0 * z).collect();
        vec![vec![1.5, -0.5, 0.25], large, draw(&mut rng, 10)]
    },
    call: |z| format!("softmax(&{})", show(z)),
    truth: |z| stable(z),
    mistakes: mistakes! {
        "non normalisé" => "La somme de vos nombres n'est pas 1 : chaque exponentielle se divise par la somme de **toutes** (ni par la plus grande, ni par leur nombre).",
            |z| exponentials(z),
            |z| z.iter().map(|v| (v - largest(z)).exp()).collect();
        "sans exponentielle" => "Vous divisez les scores eux-mêmes par leur somme ; ce sont leurs exponentielles qu'il faut prendre.",
            |z| normalised(z),
            |z| normalised(&z.iter().map(|v| v - largest(z)).collect::<Vec<_>>());
        "sigmoïde" => "C'est la sigmoïde de chaque score : prise séparément, elle ne donne pas des probabilités dont la somme vaut 1.",
            |z| z.iter().map(|z| 1.0 / (1.0 + (-z).exp())).collect();
        "logarithme" => "Vous rendez le logarithme des probabilités : il manque une exponentielle, ou il y a un `ln` de trop.",
            |z| stable(z).iter().map(|p| p.ln()).collect();
        "réponse uniforme" => "Toutes les probabilités sont égales : l'exponentielle ne dépend pas de chaque score (`z - m`, où `z` change à chaque tour).",
            |z| vec![1.0 / z.len() as f32; z.len()];
        "ordre renversé" => "Le plus grand score reçoit la plus petite probabilité : la soustraction est à l'envers, c'est `z - m`.",
            |z| stable(&z.iter().map(|z| -z).collect::<Vec<_>>());
        "autre base" => "L'exponentielle est celle de base e, `.exp()`, pas une puissance de 2.",
            |z| normalised(&z.iter().map(|z| z.exp2()).collect::<Vec<_>>());
        "divisé par le nombre" => "Vous faites une moyenne : le diviseur est la somme des exponentielles, pas leur nombre.",
            |z| exponentials(z).iter().map(|e| e / z.len() as f32).collect();
        "maximum non retranché" => "Les formules sont justes, mais `exp(1000)` vaut `inf` en `f32`. Retranchez d'abord le plus grand score à tous : le résultat ne change pas et rien ne déborde. (Deux tiers des points sont déjà là.)";
        "maximum parti de zéro" => "Avec des scores tous très négatifs, les exponentielles s'annulent : votre recherche du maximum part sans doute de 0. Partez de `f32::NEG_INFINITY`.";
        "maximum incomplet" => "Ce que vous retranchez n'est pas le plus grand de **tous** les scores : le premier ou le dernier n'est pas regardé, ou c'est une moyenne, un minimum.";
    },
    cases: Vec::new,
};

/// `softmax(scores)`: probabilities, for large scores too.
pub fn softmax(student: fn(&[f32]) -> Vec<f32>) -> Verdict {
    SOFTMAX.judge(|| {
        SOFTMAX_TASK.check(|z| student(z)).map_err(|fault| {
            let z = [0.3, -0.8, 1.1];
            match call("softmax", || student(&z)) {
                Ok(p) if fault.unnamed() && (p.iter().sum::<f32>() - 1.0).abs() > 1e-3 => {
                    Fault { mistake: "non normalisé", ..fault }
                }
                _ => fault,
            }
        })?;
        for (z, mistake) in [
            ([1000.0, 1001.0, 1002.0], "maximum non retranché"),
            ([-1000.0, -1001.0, -1002.0], "maximum parti de zéro"),
            ([900.0, 0.0, -5.0], "maximum incomplet"),
            ([-5.0, 0.0, 900.0], "maximum incomplet"),
        ] {
            let what = format!("softmax(&{})", show(&z));
            let got = call(&what, || student(&z))?;
            if !close(&got, &stable(&z)) {
                let found = format!("`{what}` donne `{}`.", show(&got));
                return Err(Fault::new(mistake, found).worth(2.0 / 3.0));
            }
        }
        Ok("probabilités justes, de somme 1, même pour des scores de ±1000.".into())
    })
}

/// Probabilities and the true class.
type Input = (Vec<f32>, usize);

pub(super) static ENTROPIE_CROISEE: Exercise = Exercise {
    id: "tp1-entropie-croisee",
    points: 2,
    title: "L'entropie croisée",
    hints: &[
        "Une seule probabilité compte : celle que le réseau donne à la vraie classe. La perte est l'opposé de son logarithme népérien.",
        "Repères : probabilité 1 → perte 0 ; probabilité 0,5 → perte 0,693 ; probabilité 0,1 → perte 2,303.",
    ],
    mistakes: &ENTROPIE_TASK,
    #[cfg(test)]
    trials: trials::ENTROPIE_CROISEE,
};

static ENTROPIE_TASK: Task<Input, f32> = Task {
    inputs: || {
        vec![
            (vec![0.7, 0.2, 0.1], 2),
            (vec![0.05, 0.6, 0.1, 0.25], 0),
            (vec![0.15, 0.35, 0.4, 0.1], 1),
            (vec![0.5, 0.3, 0.2], 0),
        ]
    },
    call: |(p, c)| format!("entropie_croisee(&{}, {c})", show(p)),
    truth: |(p, c)| -p[*c].ln(),
    mistakes: mistakes! {
        "signe oublié" => "Le logarithme d'une probabilité est négatif, une perte est positive : il manque un signe.",
            |(p, c)| p[*c].ln();
        "logarithme décimal" => "C'est le logarithme népérien (`ln`) qu'on attend, pas `log10`.",
            |(p, c)| -p[*c].log10();
        "logarithme binaire" => "C'est le logarithme népérien (`ln`) qu'on attend, pas `log2`.",
            |(p, c)| -p[*c].log2();
        "sans logarithme" => "Le logarithme manque : c'est lui, et non la probabilité (ni 1 − p), qui mesure la surprise.",
            |(p, c)| 1.0 - p[*c],
            |(p, c)| -p[*c],
            |(p, c)| p[*c];
        "classe ignorée" => "Vous lisez toujours la première probabilité : c'est celle de la vraie classe, `probabilites[classe]`.",
            |(p, _)| -p[0].ln();
        "somme sur toutes les classes" => "Vous additionnez les logarithmes de toutes les classes ; seule la vraie compte, les autres sont multipliées par 0.",
            |(p, _)| p.iter().map(|p| -p.ln()).sum();
        "entropie" => "Vous calculez l'entropie de la prédiction, qui ignore la vraie classe : le paramètre `classe` doit servir.",
            |(p, _)| p.iter().map(|p| -p * p.ln()).sum();
        "produit par la probabilité" => "Vous multipliez le logarithme par la probabilité : la perte est −ln p, sans facteur.",
            |(p, c)| -p[*c] * p[*c].ln();
        "probabilité de l'erreur" => "C'est la surprise de 1 − p : on prend le logarithme de la probabilité de la vraie classe elle-même.",
            |(p, c)| -(1.0 - p[*c]).ln();
        "classe la plus probable" => "Vous prenez la plus grande probabilité ; c'est celle de la vraie classe, `probabilites[classe]`.",
            |(p, _)| -largest(p).ln();
        "classe décalée" => "Vous lisez la probabilité d'une classe voisine : la classe 0 est à l'indice 0.",
            |(p, c)| -p[(c + 1) % p.len()].ln(),
            |(p, c)| -p[(c + p.len() - 1) % p.len()].ln();
    },
    cases: Vec::new,
};

/// `entropie_croisee(probabilites, classe)` for one image.
pub fn entropie_croisee(student: fn(&[f32], usize) -> f32) -> Verdict {
    ENTROPIE_CROISEE.judge(|| {
        ENTROPIE_TASK.check(|(p, c)| student(p, *c))?;
        Ok("la perte est juste, et d'autant plus grande que la vraie classe est jugée improbable."
            .into())
    })
}
