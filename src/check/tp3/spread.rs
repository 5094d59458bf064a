//! Mean and standard deviation of repeated measures.

use super::super::probe::{Suspect, compare, draw, show};
use super::super::simple::simplest;
use super::super::{Exercise, Notebook, Verdict};
use crate::random::Rng;

pub(super) static DISPERSION: Exercise = Exercise {
    id: "tp3-dispersion",
    notebook: Notebook::Tp3,
    points: 2,
    title: "Moyenne et écart type",
    hints: &[
        "D'abord la moyenne ; puis la somme des carrés des écarts à cette moyenne, divisée par n − 1 ; enfin la racine.",
        "`let carres: f32 = valeurs.iter().map(|x| (x - moyenne).powi(2)).sum();` puis `(carres / (n - 1.0)).sqrt()`.",
    ],
    mistakes: &[
        (
            "division par n",
            "L'écart type est un peu trop petit : la moyenne vient des mêmes mesures, on divise donc par n − 1.",
        ),
        ("variance", "C'est la variance : il reste à en prendre la racine."),
        (
            "écarts absolus",
            "Ce sont les écarts absolus : élevez-les au carré avant de les additionner.",
        ),
        ("ordre", "La moyenne d'abord, l'écart type ensuite."),
        ("somme", "La première valeur est la somme : divisez-la par le nombre de mesures."),
        (
            "erreur type",
            "C'est l'erreur type de la moyenne (divisée par √n) ; on demande l'écart type des mesures.",
        ),
        (
            "moyenne oubliée",
            "Les carrés sont ceux des mesures elles-mêmes : soustrayez d'abord la moyenne.",
        ),
    ],
    #[cfg(test)]
    trials: trials::DISPERSION,
};

/// The mean, and `rule` of the sum of squares and the number of measures.
fn pair(x: &[f32], rule: impl Fn(f32, f32) -> f32) -> (f32, f32) {
    let n = x.len() as f32;
    let mean = x.iter().sum::<f32>() / n;
    (mean, rule(x.iter().map(|x| (x - mean).powi(2)).sum(), n))
}

/// Mean and standard deviation (over n − 1).
pub fn dispersion(spread: fn(&[f32]) -> (f32, f32)) -> Verdict {
    let list = |(a, b): (f32, f32)| vec![a, b];
    let deviation = |v: f32, n: f32| (v / (n - 1.0)).sqrt();
    let suspects: &[Suspect<'_, Vec<f32>>] = &[
        ("division par n", &|x| list(pair(x, |v, n| (v / n).sqrt()))),
        ("variance", &|x| list(pair(x, |v, n| v / (n - 1.0)))),
        ("variance", &|x| list(pair(x, |v, n| v / n))),
        ("écarts absolus", &|x| {
            let (mean, n) = pair(x, |_, n| n);
            vec![mean, x.iter().map(|x| (x - mean).abs()).sum::<f32>() / (n - 1.0)]
        }),
        ("écarts absolus", &|x| {
            let (mean, n) = pair(x, |_, n| n);
            vec![mean, x.iter().map(|x| (x - mean).abs()).sum::<f32>() / n]
        }),
        ("ordre", &|x| {
            let (mean, deviation) = pair(x, deviation);
            vec![deviation, mean]
        }),
        ("somme", &|x| vec![x.iter().sum(), pair(x, deviation).1]),
        ("erreur type", &|x| list(pair(x, |v, n| deviation(v, n) / n.sqrt()))),
        ("moyenne oubliée", &|x| {
            let squares: f32 = x.iter().map(|x| x * x).sum();
            vec![pair(x, deviation).0, (squares / (x.len() - 1) as f32).sqrt()]
        }),
        ("moyenne oubliée", &|x| {
            let squares: f32 = x.iter().map(|x| x * x).sum();
            vec![pair(x, deviation).0, (squares / x.len() as f32).sqrt()]
        }),
    ];
    DISPERSION.judge(|| {
        let mut rng = Rng::new(5);
        let inputs: Vec<Vec<f32>> = [2, 5, 9].into_iter().map(|n| draw(&mut rng, n)).collect();
        let what = |x: &Vec<f32>| format!("moyenne_ecart_type(&{})", show(x));
        let answer = |x: &Vec<f32>| list(spread(x));
        let truth = |x: &Vec<f32>| list(pair(x, deviation));
        compare(inputs, what, answer, truth, suspects).map_err(|fault| {
            let cases = [
                (vec![2.0, 2.0], "Deux mesures égales : leur moyenne est l'une d'elles, leur écart type 0."),
                (vec![-1.0, 0.0, 1.0], "La moyenne est 0 ; la somme des carrés, 2, divisée par n − 1 = 2, donne un écart type de 1."),
                (vec![1.0, 3.0], "La moyenne est 2 ; la somme des carrés des écarts, 2, se divise par n − 1 = 1."),
            ];
            simplest(fault, what, answer, truth, &cases)
        })?;
        Ok("moyenne et écart type sont justes, pour 2, 5 et 9 mesures.".into())
    })
}

#[cfg(test)]
mod trials {
    use super::*;
    use crate::check::registry::{Trial, right, wrong};

    pub(super) const DISPERSION: &[Trial] = &[
        wrong("cas simple", || {
            dispersion(|x| {
                let most = x.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                let least = x.iter().copied().fold(f32::INFINITY, f32::min);
                (pair(x, |_, _| 0.0).0, most - least)
            })
        }),
        wrong("cas simple", || dispersion(|x| pair(x, |v, n| v.sqrt() / (n - 1.0)))),
        right("in double precision", || {
            dispersion(|x| {
                let n = x.len() as f64;
                let mean = x.iter().map(|x| f64::from(*x)).sum::<f64>() / n;
                let mut squares = 0.0;
                for x in x {
                    squares += (f64::from(*x) - mean) * (f64::from(*x) - mean);
                }
                (mean as f32, (squares / (n - 1.0)).sqrt() as f32)
            })
        }),
        right("in one pass", || {
            dispersion(|x| {
                let (mut n, mut mean, mut squares) = (0.0, 0.0, 0.0);
                for x in x {
                    n += 1.0;
                    let gap = x - mean;
                    mean += gap / n;
                    squares += gap * (x - mean);
                }
                (mean, f32::sqrt(squares / (n - 1.0)))
            })
        }),
        right("two passes", || {
            dispersion(|x| {
                let mean = x.iter().sum::<f32>() / x.len() as f32;
                let squares: f32 = x.iter().map(|x| (x - mean).powi(2)).sum();
                (mean, (squares / (x.len() - 1) as f32).sqrt())
            })
        }),
        right("the library's", || {
            dispersion(|x| {
                let spread = crate::eval::Spread::of(x);
                (spread.mean as f32, spread.deviation as f32)
            })
        }),
        wrong("division par n", || dispersion(|x| pair(x, |v, n| (v / n).sqrt()))),
        wrong("variance", || dispersion(|x| pair(x, |v, n| v / (n - 1.0)))),
        wrong("écarts absolus", || {
            dispersion(|x| {
                let mean = pair(x, |_, _| 0.0).0;
                (mean, x.iter().map(|x| (x - mean).abs()).sum::<f32>() / (x.len() - 1) as f32)
            })
        }),
        wrong("ordre", || {
            dispersion(|x| {
                let (mean, deviation) = pair(x, |v, n| (v / (n - 1.0)).sqrt());
                (deviation, mean)
            })
        }),
        wrong("somme", || {
            dispersion(|x| {
                let (_, deviation) = pair(x, |v, n| (v / (n - 1.0)).sqrt());
                (x.iter().sum(), deviation)
            })
        }),
        wrong("erreur type", || dispersion(|x| pair(x, |v, n| (v / (n - 1.0)).sqrt() / n.sqrt()))),
        wrong("moyenne oubliée", || {
            dispersion(|x| {
                let squares: f32 = x.iter().map(|x| x * x).sum();
                (pair(x, |_, _| 0.0).0, (squares / (x.len() - 1) as f32).sqrt())
            })
        }),
        wrong("nan", || dispersion(|x| (pair(x, |_, _| 0.0).0, f32::NAN))),
    ];
}
