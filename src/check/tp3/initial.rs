//! Initial weights drawn by He's law.

use std::collections::HashSet;

use super::super::hints::hints;
use super::super::probe::{call, short};
use super::super::{Exercise, Verdict, fault};
use crate::random::Rng;

/// Draws the weights of a layer: inputs, outputs, generator.
type Draw = fn(usize, usize, &mut Rng) -> Vec<f32>;

pub(super) static POIDS_HE: Exercise = Exercise {
    id: "tp3-poids-he",
    points: 2,
    title: "Tirer des poids selon He",
    hints: &[
        "Il faut `entrees * sorties` nombres ; chacun vaut l'écart type multiplié par `rng.normal()`.",
        "`let ecart_type = (2.0 / entrees as f32).sqrt();` puis `(0..entrees * sorties).map(|_| ecart_type * rng.normal()).collect()`.",
    ],
    mistakes: &hints! {
        "longueur" => "Il faut un poids par couple (entrée, sortie) : `entrees * sorties` nombres.";
        "poids nuls" => "Tous les poids sont nuls : entre entiers, `2 / entrees` vaut 0. Écrivez `2.0 / entrees as f32`.";
        "constants" => "Tous les poids sont égaux : tirez un nombre nouveau pour chacun.";
        "même tirage" => "Deux tirages avec deux générateurs différents donnent les mêmes poids : servez-vous du `rng` reçu.";
        "tirages recopiés" => "Le même tirage sert plusieurs fois : appelez `rng.normal()` pour chacun des poids.";
        "variance" => "L'écart type est trop petit : 2 / entrées est la variance, prenez-en la racine.";
        "sorties" => "L'écart type dépend des **entrées** de la couche, pas de ses sorties.";
        "Glorot" => "C'est la loi de Glorot, qui compte entrées et sorties ; celle de He, 2 / entrées.";
        "facteur 2" => "Le 2 de la formule manque : ReLU annule la moitié des sorties, il compense.";
        "non centrés" => "La moyenne des poids n'est pas nulle : `rng.normal()` est déjà centré.";
        "loi uniforme" => "L'écart type est juste, mais la loi est uniforme : `rng.normal()`.";
        "échelle" => "L'écart type n'est pas √(2 / entrées).";
    },
    #[cfg(test)]
    trials: trials::POIDS_HE,
};

/// Inputs and outputs of the layer that is drawn.
const INPUTS: usize = 60;
const OUTPUTS: usize = 400;

/// Weights drawn from `N(0, √(2 / inputs))`.
pub fn poids_he(weights: Draw) -> Verdict {
    POIDS_HE.judge(|| {
        let what = format!("poids_he({INPUTS}, {OUTPUTS}, &mut rng)");
        let draw = |seed| call(&what, || weights(INPUTS, OUTPUTS, &mut Rng::new(seed)));
        let (one, two) = (draw(1)?, draw(2)?);
        if one.len() != INPUTS * OUTPUTS {
            return fault("longueur", format!("`{what}` donne {} nombres.", one.len()));
        }
        if one.iter().any(|w| !w.is_finite()) {
            return fault("nan", format!("`{what}` contient des `NaN` ou des infinis."));
        }
        if one.iter().all(|w| *w == 0.0) {
            return fault("poids nuls", "tous les poids valent `0`.");
        }
        if one.iter().all(|w| *w == one[0]) {
            return fault("constants", format!("tous les poids valent `{}`.", short(one[0])));
        }
        if one == two {
            return fault("même tirage", "deux générateurs, les mêmes poids.");
        }
        let distinct: HashSet<u32> = one.iter().map(|w| w.to_bits()).collect();
        if distinct.len() < one.len() - one.len() / 100 {
            let found = format!("{} nombres différents sur {}.", distinct.len(), one.len());
            return fault("tirages recopiés", found);
        }
        let n = one.len() as f32;
        let mean = one.iter().sum::<f32>() / n;
        let moment = |p| one.iter().map(|w| (w - mean).powi(p)).sum::<f32>() / n;
        let (deviation, expected) = (moment(2).sqrt(), (2.0 / INPUTS as f32).sqrt());
        let found =
            format!("écart type mesuré : `{}`, attendu : `{}`.", short(deviation), short(expected));
        let near = |value: f32| (deviation / value - 1.0).abs() < 0.04;
        if mean.abs() > 0.1 * deviation {
            return fault("non centrés", format!("moyenne mesurée : `{}`.", short(mean)));
        }
        let (inputs, outputs) = (INPUTS as f32, OUTPUTS as f32);
        let suspects = [
            ("variance", 2.0 / inputs),
            ("sorties", (2.0 / outputs).sqrt()),
            ("Glorot", (2.0 / (inputs + outputs)).sqrt()),
            ("facteur 2", (1.0 / inputs).sqrt()),
        ];
        if !near(expected) {
            let known = suspects.iter().find(|(_, value)| near(*value));
            return fault(known.map_or("échelle", |(mistake, _)| mistake), found);
        }
        // Kurtosis: 3 for a normal law, 1.8 for a uniform one.
        let kurtosis = moment(4) / moment(2).powi(2);
        if (kurtosis - 3.0).abs() > 0.4 {
            return fault("loi uniforme", found);
        }
        Ok(format!("{} poids centrés, {found}", one.len()))
    })
}

#[cfg(test)]
mod trials {
    use super::*;
    use crate::check::registry::{Trial, right, wrong};

    pub(super) const POIDS_HE: &[Trial] = &[
        wrong("poids nuls", || poids_he(|n, m, rng| law(n * m, f32::sqrt((2 / n) as f32), rng))),
        wrong("tirages recopiés", || {
            poids_he(|n, m, rng| law(m, (2.0 / n as f32).sqrt(), rng).repeat(n))
        }),
        right("filled in place", || {
            poids_he(|n, m, rng| {
                let mut weights = vec![0.0; n * m];
                for weight in &mut weights {
                    *weight = rng.normal();
                    *weight *= (2.0 / n as f32).powf(0.5);
                }
                weights
            })
        }),
        right("in double precision", || {
            poids_he(|n, m, rng| {
                let deviation = (2.0 / n as f64).sqrt();
                std::iter::repeat_with(|| (f64::from(rng.normal()) * deviation) as f32)
                    .take(n * m)
                    .collect()
            })
        }),
        right("collect", || poids_he(|n, m, rng| law(n * m, (2.0 / n as f32).sqrt(), rng))),
        right("loop", || {
            poids_he(|n, m, rng| {
                let mut weights = Vec::new();
                for _ in 0..m {
                    for _ in 0..n {
                        weights.push(rng.normal() * f32::sqrt(2.0) / (n as f32).sqrt());
                    }
                }
                weights
            })
        }),
        wrong("longueur", || poids_he(|n, _, rng| law(n, (2.0 / n as f32).sqrt(), rng))),
        wrong("constants", || poids_he(|n, m, rng| vec![rng.normal(); n * m])),
        wrong("même tirage", || {
            poids_he(|n, m, _| law(n * m, (2.0 / n as f32).sqrt(), &mut Rng::new(1)))
        }),
        wrong("variance", || poids_he(|n, m, rng| law(n * m, 2.0 / n as f32, rng))),
        wrong("sorties", || poids_he(|n, m, rng| law(n * m, (2.0 / m as f32).sqrt(), rng))),
        wrong("Glorot", || poids_he(|n, m, rng| law(n * m, (2.0 / (n + m) as f32).sqrt(), rng))),
        wrong("facteur 2", || poids_he(|n, m, rng| law(n * m, (1.0 / n as f32).sqrt(), rng))),
        wrong("non centrés", || {
            poids_he(|n, m, rng| {
                let s = (2.0 / n as f32).sqrt();
                law(n * m, s, rng).iter().map(|w| w + s).collect()
            })
        }),
        wrong("loi uniforme", || {
            poids_he(|n, m, rng| {
                let limit = (6.0 / n as f32).sqrt();
                (0..n * m).map(|_| rng.uniform(-limit, limit)).collect()
            })
        }),
        wrong("échelle", || poids_he(|n, m, rng| law(n * m, 1.0, rng))),
        wrong("nan", || poids_he(|n, m, _| vec![f32::NAN; n * m])),
    ];

    fn law(len: usize, deviation: f32, rng: &mut Rng) -> Vec<f32> {
        (0..len).map(|_| deviation * rng.normal()).collect()
    }
}
