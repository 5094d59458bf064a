//! Mean and standard deviation of repeated measures.

use super::super::probe::{draw, show};
use super::super::task::{Task, cases, mistakes};
use super::super::{Exercise, Verdict};
use crate::random::Rng;

pub(super) static DISPERSION: Exercise = Exercise {
    id: "tp3-dispersion",
    points: 2,
    title: "Moyenne et écart type",
    hints: &[
        "D'abord la moyenne ; puis la somme des carrés des écarts à cette moyenne, divisée par n − 1 ; enfin la racine.",
        "`let carres: f32 = valeurs.iter().map(|x| (x - moyenne).powi(2)).sum();` puis `(carres / (n - 1.0)).sqrt()`.",
    ],
    mistakes: &TASK,
    #[cfg(test)]
    trials: trials::DISPERSION,
};

/// The mean, and `rule` of the sum of squares and the number of measures.
fn pair(x: &[f32], rule: impl Fn(f32, f32) -> f32) -> (f32, f32) {
    let n = x.len() as f32;
    let mean = x.iter().sum::<f32>() / n;
    (mean, rule(x.iter().map(|x| (x - mean).powi(2)).sum(), n))
}

/// From the sum of squares and the number of measures.
fn deviation(squares: f32, n: f32) -> f32 {
    (squares / (n - 1.0)).sqrt()
}

static TASK: Task<Vec<f32>, (f32, f32)> = Task {
    inputs: || {
        let mut rng = Rng::new(5);
        [2, 5, 9].map(|n| draw(&mut rng, n)).to_vec()
    },
    call: |x| format!("moyenne_ecart_type(&{})", show(x)),
    truth: |x| pair(x, deviation),
    mistakes: mistakes! {
        "division par n" => "L'écart type est un peu trop petit : la moyenne vient des mêmes mesures, on divise donc par n − 1.",
            |x| pair(x, |v, n| (v / n).sqrt());
        "variance" => "C'est la variance : il reste à en prendre la racine.",
            |x| pair(x, |v, n| v / (n - 1.0)),
            |x| pair(x, |v, n| v / n);
        "écarts absolus" => "Ce sont les écarts absolus : élevez-les au carré avant de les additionner.",
            |x| {
                let (mean, n) = pair(x, |_, n| n);
                (mean, x.iter().map(|x| (x - mean).abs()).sum::<f32>() / (n - 1.0))
            },
            |x| {
                let (mean, n) = pair(x, |_, n| n);
                (mean, x.iter().map(|x| (x - mean).abs()).sum::<f32>() / n)
            };
        "ordre" => "La moyenne d'abord, l'écart type ensuite.",
            |x| {
                let (mean, deviation) = pair(x, deviation);
                (deviation, mean)
            };
        "somme" => "La première valeur est la somme : divisez-la par le nombre de mesures.",
            |x| (x.iter().sum(), pair(x, deviation).1);
        "erreur type" => "C'est l'erreur type de la moyenne (divisée par √n) ; on demande l'écart type des mesures.",
            |x| pair(x, |v, n| deviation(v, n) / n.sqrt());
        "moyenne oubliée" => "Les carrés sont ceux des mesures elles-mêmes : soustrayez d'abord la moyenne.",
            |x| {
                let squares: f32 = x.iter().map(|x| x * x).sum();
                (pair(x, deviation).0, (squares / (x.len() - 1) as f32).sqrt())
            },
            |x| {
                let squares: f32 = x.iter().map(|x| x * x).sum();
                (pair(x, deviation).0, (squares / x.len() as f32).sqrt())
            };
    },
    cases: cases! {
        vec![2.0, 2.0] => "Deux mesures égales : leur moyenne est l'une d'elles, leur écart type 0.";
        vec![-1.0, 0.0, 1.0] => "La moyenne est 0 ; la somme des carrés, 2, divisée par n − 1 = 2, donne un écart type de 1.";
        vec![1.0, 3.0] => "La moyenne est 2 ; la somme des carrés des écarts, 2, se divise par n − 1 = 1.";
    },
};

/// Mean and standard deviation (over n − 1).
pub fn dispersion(spread: fn(&[f32]) -> (f32, f32)) -> Verdict {
    DISPERSION.judge(|| {
        TASK.check(|x| spread(x))?;
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
        wrong("nan", || dispersion(|x| (pair(x, |_, _| 0.0).0, f32::NAN))),
        wrong("division par n", || {
            dispersion(|x| {
                let n = x.len() as f32;
                let (sum, squares) = x.iter().fold((0.0, 0.0), |(s, q), x| (s + x, q + x * x));
                (sum / n, (squares / n - (sum / n).powi(2)).max(0.0).sqrt())
            })
        }),
    ];
}
