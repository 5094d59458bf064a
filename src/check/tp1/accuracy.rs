//! The most probable class, and the share of right answers.

#[cfg(test)]
mod trials;

use super::super::probe::{call, draw, show};
use super::super::task::{Task, mistakes};
use super::super::{Exercise, Fault, Verdict};
use crate::random::Rng;

pub(super) static ARGMAX: Exercise = Exercise {
    id: "tp1-argmax",
    points: 1,
    title: "La classe la plus probable",
    hints: &[
        "On cherche la place du plus grand nombre, pas ce nombre : parcourez les indices en retenant le meilleur vu jusque-là.",
        "Essayez à la main sur `[0.1, 0.7, 0.2]` : la réponse est 1.",
    ],
    mistakes: &ARGMAX_TASK,
    #[cfg(test)]
    trials: trials::ARGMAX,
};

fn truncated(p: &[f32], unit: f32) -> Vec<f32> {
    p.iter().map(|v| (v * unit).trunc()).collect()
}

/// The last of the largest, as `max_by` finds it.
fn last_best(p: &[f32]) -> usize {
    (1..p.len()).fold(0, |at, i| if p[i] >= p[at] { i } else { at })
}

fn best(p: &[f32]) -> usize {
    (1..p.len()).fold(0, |at, i| if p[i] > p[at] { i } else { at })
}

static ARGMAX_TASK: Task<Vec<f32>, f32> = Task {
    inputs: || {
        vec![
            vec![0.1, 0.7, 0.15, 0.05],
            vec![0.02, 0.08, 0.3, 0.6],
            vec![0.05, 0.1, 0.8, 0.02, 0.03],
            // Scores above 1, as they are before softmax, and a near tie.
            vec![2.5, 7.25, 3.0, 6.9, 1.0],
            vec![0.331, 0.332, 0.3335, 0.3334],
            vec![0.3, 0.700_000_1, 0.7],
            // A small top before the largest.
            vec![0.2, 0.1, 0.4, 0.25, 0.05],
            draw(&mut Rng::new(2), 10),
        ]
    },
    call: |p| format!("argmax(&{})", show(p)),
    truth: |p| best(p) as f32,
    mistakes: mistakes! {
        "toujours zéro" => "La réponse est toujours 0 : l'indice du meilleur est-il mis à jour dans la boucle ?",
            |_| 0.0;
        "minimum" => "Vous rendez la place du plus petit : la comparaison est dans l'autre sens.",
            |p| best(&p.iter().map(|v| -v).collect::<Vec<_>>()) as f32;
        "valeurs tronquées" => "Des scores proches sont pris pour égaux : une conversion en entier (`as i32`) efface leurs décimales. Comparez les `f32` eux-mêmes.",
            |p| best(&truncated(p, 1.0)) as f32,
            |p| best(&truncated(p, 100.0)) as f32,
            |p| last_best(&truncated(p, 1.0)) as f32,
            |p| last_best(&truncated(p, 100.0)) as f32;
        "valeur au lieu de la place" => "Vous rendez le plus grand score, converti en entier ; on demande sa place, son indice.",
            |p| p.iter().copied().fold(f32::NEG_INFINITY, f32::max) as usize as f32;
        "décalé" => "La réponse est décalée d'une place : les indices commencent à 0.",
            |p| best(p) as f32 + 1.0,
            |p| best(p) as f32 - 1.0;
        "dernier indice" => "La réponse est toujours le dernier indice : la comparaison est-elle faite ?",
            |p| p.len() as f32 - 1.0;
        "depuis la fin" => "Vous comptez depuis la fin du tableau.",
            |p| (p.len() - 1 - best(p)) as f32;
        "maximum parti de zéro" => "Quand tous les scores sont négatifs, la réponse est fausse : partez du premier score (ou de `f32::NEG_INFINITY`), pas de 0 ni d'un autre nombre.";
    },
    cases: Vec::new,
};

/// `argmax(scores)`.
pub fn argmax(student: fn(&[f32]) -> usize) -> Verdict {
    ARGMAX.judge(|| {
        ARGMAX_TASK.check(|p| student(p) as f32).map_err(|fault| {
            // Right when the scores are far apart: what differs is near.
            let at = |scores: &[f32]| call("argmax", || student(scores)).ok();
            let far = at(&[0.1, 0.7, 0.2]) == Some(1) && at(&[5.0, 1.0, 2.0]) == Some(0);
            match fault.unnamed() && far && at(&[0.3, 0.700_000_1, 0.7]) != Some(1) {
                true => Fault { mistake: "valeurs tronquées", ..fault },
                false => fault,
            }
        })?;
        let inputs = || vec![vec![-3.0, -1.5, -2.0], vec![-5e6, -7e6, -4.5e6, -6e6]];
        let negative = Task { inputs, ..ARGMAX_TASK };
        negative.check(|p| student(p) as f32).map_err(|fault| {
            let from_zero = fault.mistake == "toujours zéro" || fault.unnamed();
            let mistake = if from_zero { "maximum parti de zéro" } else { fault.mistake };
            Fault { mistake, ..fault }.worth(0.5)
        })?;
        Ok("la place du plus grand est trouvée, même parmi des scores négatifs.".into())
    })
}

/// Predicted and true classes.
pub(super) type Pairs = (Vec<u32>, Vec<u8>);

/// Predictions of which a share is right, never 0, 1/2 or 1.
pub(super) fn pairs(seed: u64, n: usize, classes: usize) -> Pairs {
    let mut rng = Rng::new(seed);
    let truth: Vec<u8> = (0..n).map(|_| rng.below(classes) as u8).collect();
    let mut predicted: Vec<u32> = truth.iter().map(|&t| u32::from(t)).collect();
    // The first image is right in one list and wrong in another.
    for p in predicted.iter_mut().skip(seed as usize % 2).step_by(3) {
        *p = (*p + 1 + rng.below(classes - 1) as u32) % classes as u32;
    }
    (predicted, truth)
}

fn hits((predicted, truth): &Pairs) -> f32 {
    predicted.iter().zip(truth).filter(|(p, t)| **p == u32::from(**t)).count() as f32
}

pub(super) static TAUX_REUSSITE: Exercise = Exercise {
    id: "tp1-taux-reussite",
    points: 2,
    title: "Le taux de réussite",
    hints: &[
        "Comptez les images dont la classe prédite est la vraie, puis divisez par le nombre d'images, en `f32`.",
        "Les deux tableaux n'ont pas le même type : `u32::from(vraie)` permet la comparaison.",
    ],
    mistakes: &TAUX_TASK,
    #[cfg(test)]
    trials: trials::TAUX_REUSSITE,
};

fn size((_, truth): &Pairs) -> f32 {
    truth.len() as f32
}

static TAUX_TASK: Task<Pairs, f32> = Task {
    inputs: || vec![pairs(1, 4, 3), pairs(2, 11, 10), pairs(3, 50, 10)],
    call: |(p, t)| format!("taux_reussite(&{:?}…, &{:?}…)", &p[..4], &t[..4]),
    truth: |pair| hits(pair) / size(pair),
    mistakes: mistakes! {
        "division entière" => "Le résultat est toujours 0 (ou 1) : la division a été faite entre entiers. Convertissez avec `as f32` avant de diviser.",
            |_| 0.0;
        "taux d'erreur" => "C'est le taux d'erreur : vous comptez les images manquées.",
            |pair| 1.0 - hits(pair) / size(pair);
        "pourcentage" => "C'est un pourcentage ; on attend une fraction entre 0 et 1.",
            |pair| 100.0 * hits(pair) / size(pair);
        "nombre au lieu du taux" => "C'est le nombre de réussites : il reste à diviser par le nombre d'images.",
            |pair| hits(pair);
        "multiplié" => "Le nombre de réussites se divise par le nombre d'images ; vous multipliez.",
            |pair| hits(pair) * size(pair);
        "nombre d'images" => "C'est le nombre d'images : où est passé celui des réussites ?",
            |pair| size(pair);
        "classes mal appariées" => "Chaque prédiction est comparée à l'étiquette d'une autre image : les deux tableaux se parcourent ensemble, au même rang.",
            |(p, t)| hits(&(p[1..].to_vec(), t[..t.len() - 1].to_vec())) / t.len() as f32,
            |(p, t)| hits(&(p[..p.len() - 1].to_vec(), t[1..].to_vec())) / t.len() as f32,
            |(p, t)| {
                let backwards: Vec<u8> = t.iter().rev().copied().collect();
                hits(&(p.clone(), backwards)) / t.len() as f32
            };
        "divisé par les erreurs" => "Vous divisez les réussites par les erreurs : le diviseur est le nombre total d'images.",
            |pair| hits(pair) / (size(pair) - hits(pair));
        "divisé par dix" => "Vous divisez par 10, le nombre de classes : le diviseur est le nombre d'images.",
            |pair| hits(pair) / 10.0;
        "inversé" => "La fraction est à l'envers : réussites divisées par images.",
            |pair| size(pair) / hits(pair);
        "image oubliée" => "Une image n'est pas regardée, la première ou la dernière : où commence et où finit votre boucle ?",
            |(p, t)| hits(&(p[1..].to_vec(), t[1..].to_vec())) / t.len() as f32,
            |(p, t)| {
                let n = t.len() - 1;
                hits(&(p[..n].to_vec(), t[..n].to_vec())) / t.len() as f32
            };
        "divisé par n - 1" => "Vous divisez par un de moins que le nombre d'images.",
            |pair| hits(pair) / (size(pair) - 1.0);
    },
    cases: Vec::new,
};

/// `taux_reussite(predites, vraies)`: accuracy, in `[0, 1]`.
pub fn taux_reussite(student: fn(&[u32], &[u8]) -> f32) -> Verdict {
    TAUX_REUSSITE.judge(|| {
        TAUX_TASK.check(|(p, t)| student(p, t))?;
        Ok("le taux est juste sur trois séries de prédictions.".into())
    })
}
