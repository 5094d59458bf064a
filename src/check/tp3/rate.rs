//! A learning rate drawn on a logarithmic scale.

use std::collections::HashSet;

use super::super::hints::hints;
use super::super::probe::call;
use super::super::{Exercise, Fault, Verdict, fault};
use crate::random::Rng;

/// Draws a number between two bounds.
type Draw = fn(f64, f64, &mut Rng) -> f64;

pub(super) static TAUX_AU_HASARD: Exercise = Exercise {
    id: "tp3-taux-au-hasard",
    points: 2,
    title: "Un taux au hasard",
    hints: &[
        "Tirez l'**exposant** uniformément entre `bas.log10()` et `haut.log10()`, puis élevez 10 à cette puissance.",
        "`let u = f64::from(rng.uniform(0.0, 1.0));` puis `bas * (haut / bas).powf(u)`.",
    ],
    mistakes: &hints! {
        "échelle linéaire" => "Le tirage est uniforme sur les taux eux-mêmes : les petits ne sortent presque jamais. C'est l'exposant qui doit être uniforme.";
        "exposant" => "C'est l'exposant que vous rendez : il reste à élever 10 à cette puissance.";
        "mélange de bases" => "L'exposant et la puissance n'ont pas la même base : `log10` va avec `10f64.powf`, `ln` avec `exp`.";
        "hors bornes" => "Un tirage sort de l'intervalle demandé.";
        "puissances entières" => "Seules des puissances de 10 exactes sortent : l'exposant n'est pas forcément entier.";
        "constant" => "Le même nombre sort à chaque fois : servez-vous du `rng` reçu.";
        "bornes fixes" => "Avec d'autres bornes, les tirages ne changent pas : servez-vous de `bas` et de `haut`.";
        "répartition" => "Les puissances de 10 n'ont pas toutes la même chance.";
    },
    #[cfg(test)]
    trials: trials::TAUX_AU_HASARD,
};

/// Draws from one interval.
const DRAWS: usize = 3000;

/// A learning rate whose powers of ten have the same chance.
pub fn taux_au_hasard(rate: Draw) -> Verdict {
    TAUX_AU_HASARD.judge(|| {
        let mut first = Vec::new();
        for (low, high) in [(1e-4, 1e-1), (1e-3, 10.0)] {
            let mut rng = Rng::new(12);
            let what = format!("taux_au_hasard({low}, {high}, &mut rng)");
            let mut rates =
                call(&what, || (0..DRAWS).map(|_| rate(low, high, &mut rng)).collect::<Vec<_>>())?;
            check(&rates, low, high, &first, &what)?;
            rates.sort_by(f64::total_cmp);
            first = rates;
        }
        Ok("chaque puissance de 10 a la même chance, et rien ne sort de l'intervalle.".into())
    })
}

fn check(rates: &[f64], low: f64, high: f64, first: &[f64], what: &str) -> Result<(), Fault> {
    let example = rates[0];
    if rates.iter().any(|r| r.is_nan()) {
        return fault("nan", format!("`{what}` donne `NaN`."));
    }
    if rates.iter().all(|r| *r == example) {
        return fault("constant", format!("`{what}` donne toujours `{example}`."));
    }
    let inside = |r: f64| r >= low * (1.0 - 1e-4) && r <= high * (1.0 + 1e-4);
    let within = |low: f64, high: f64| rates.iter().all(|r| *r >= low - 1e-4 && *r <= high + 1e-4);
    if let Some(out) = rates.iter().find(|r| !inside(**r)) {
        let mut sorted = rates.to_vec();
        sorted.sort_by(f64::total_cmp);
        let mistake = match () {
            () if sorted == first => "bornes fixes",
            () if within(low.log10(), high.log10()) || within(low.ln(), high.ln()) => "exposant",
            () if within(low.log10().exp(), high.log10().exp()) => "mélange de bases",
            () => "hors bornes",
        };
        return fault(mistake, format!("`{what}` a donné `{out:.4}`."));
    }
    let distinct: HashSet<u64> = rates.iter().map(|r| r.to_bits()).collect();
    if distinct.len() < 20 {
        let found = format!("{} valeurs différentes en {DRAWS} tirages.", distinct.len());
        return fault("puissances entières", found);
    }
    // Share of the draws below the geometric middle: one half; and the thirds.
    let below = |t: f64| {
        let limit = low * (high / low).powf(t);
        rates.iter().filter(|r| **r < limit).count() as f64 / rates.len() as f64
    };
    let found =
        format!("{:.0} % des tirages sont sous `{:.1e}`.", 100.0 * below(0.5), (low * high).sqrt());
    if below(0.5) < 0.15 {
        return fault("échelle linéaire", found);
    }
    if (1..10).any(|t| (below(f64::from(t) / 10.0) - f64::from(t) / 10.0).abs() > 0.05) {
        return fault("répartition", found);
    }
    Ok(())
}

#[cfg(test)]
mod trials {
    use super::*;
    use crate::check::registry::{Trial, right, wrong};

    pub(super) const TAUX_AU_HASARD: &[Trial] = &[
        wrong("constant", || taux_au_hasard(|a, b, _| a * (b / a).powf(u(&mut Rng::new(3))))),
        wrong("répartition", || {
            taux_au_hasard(|a, b, rng| a * (b / a).powf((u(rng) + u(rng)) / 2.0))
        }),
        right("natural logarithms", || {
            taux_au_hasard(|a, b, rng| (a.ln() + (b.ln() - a.ln()) * u(rng)).exp())
        }),
        right("from the upper bound down", || {
            taux_au_hasard(|a, b, rng| b / 10f64.powf(u(rng) * (b / a).log10()))
        }),
        right("ratio", || taux_au_hasard(|a, b, rng| a * (b / a).powf(u(rng)))),
        right("exponent", || {
            taux_au_hasard(|a, b, rng| {
                10f64.powf(f64::from(rng.uniform(a.log10() as f32, b.log10() as f32)))
            })
        }),
        wrong("échelle linéaire", || taux_au_hasard(|a, b, rng| a + (b - a) * u(rng))),
        wrong("exposant", || taux_au_hasard(|a, b, rng| a.log10() + (b / a).log10() * u(rng))),
        wrong("mélange de bases", || {
            taux_au_hasard(|a, b, rng| (a.log10() + (b / a).log10() * u(rng)).exp())
        }),
        wrong("hors bornes", || taux_au_hasard(|a, b, rng| b * (b / a).powf(u(rng)))),
        wrong("puissances entières", || {
            taux_au_hasard(|a, b, rng| a * 10f64.powi(((b / a).log10() * u(rng)) as i32))
        }),
        wrong("constant", || taux_au_hasard(|a, b, _| (a * b).sqrt())),
        wrong("bornes fixes", || taux_au_hasard(|_, _, rng| 1e-4 * 1e3f64.powf(u(rng)))),
        wrong("répartition", || taux_au_hasard(|a, b, rng| a * (b / a).powf(u(rng).powi(2)))),
        wrong("nan", || taux_au_hasard(|a, b, rng| (a - b).ln() + u(rng))),
    ];

    fn u(rng: &mut Rng) -> f64 {
        f64::from(rng.uniform(0.0, 1.0))
    }
}
