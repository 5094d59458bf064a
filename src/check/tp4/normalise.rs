//! Batch normalisation of one feature by hand.

use super::super::probe::{draw, show};
use super::super::task::{Task, cases, mistakes};
use super::super::{Exercise, Verdict};
use crate::random::Rng;

/// `normaliser(lot, gamma, beta)`.
type Normalise = fn(&[f32], f32, f32) -> Vec<f32>;

type Input = (Vec<f32>, f32, f32);

pub(super) static NORMALISER: Exercise = Exercise {
    id: "tp4-normaliser",
    points: 2,
    title: "La normalisation par lot",
    hints: &[
        "Trois étapes : la moyenne du lot, la variance du lot (la moyenne des carrés des écarts), puis la formule pour chaque valeur.",
        "`let moyenne = lot.iter().sum::<f32>() / lot.len() as f32;` ; de même pour la variance, avec `(x - moyenne).powi(2)` ; puis `gamma * (x - moyenne) / (variance + 0.001).sqrt() + beta`.",
    ],
    mistakes: &TASK,
    #[cfg(test)]
    trials: trials::NORMALISER,
};

/// The formula, and the ways to get it wrong.
#[derive(Clone, Copy)]
struct Way {
    centred: bool,
    root: bool,
    epsilon: f32,
    outside: bool,
    less: usize,
}

const RIGHT: Way = Way { centred: true, root: true, epsilon: 0.001, outside: false, less: 0 };

fn with(lot: &[f32], gamma: f32, beta: f32, way: Way) -> Vec<f32> {
    let mean = lot.iter().sum::<f32>() / lot.len() as f32;
    let squares: f32 = lot.iter().map(|x| (x - mean).powi(2)).sum();
    let variance = squares / (lot.len() - way.less) as f32;
    let divisor = match way {
        Way { outside: true, .. } => variance.sqrt() + way.epsilon,
        Way { root: false, .. } => variance + way.epsilon,
        _ => (variance + way.epsilon).sqrt(),
    };
    let centre = if way.centred { mean } else { 0.0 };
    lot.iter().map(|x| gamma * (x - centre) / divisor + beta).collect()
}

static TASK: Task<Input, Vec<f32>> = Task {
    inputs: || {
        let mut rng = Rng::new(43);
        let mut input = |n: usize, scale: f32, gamma: f32, beta: f32| -> Input {
            (draw(&mut rng, n).iter().map(|x| 0.7 + scale * x).collect(), gamma, beta)
        };
        vec![
            input(4, 1.0, 1.0, 0.0),
            input(5, 1.0, 2.0, 0.5),
            input(6, 0.06, 1.5, -1.0),
            (vec![0.5; 3], 2.0, 0.25),
        ]
    },
    call: |(x, g, b)| format!("normaliser({}, {g}, {b})", show(x)),
    truth: |(x, g, b)| with(x, *g, *b, RIGHT),
    mistakes: mistakes! {
        "racine oubliée" => "Vous divisez par la variance : c'est par sa **racine carrée** (l'écart type) qu'il faut diviser.",
            |(x, g, b)| with(x, *g, *b, Way { root: false, ..RIGHT });
        "moyenne oubliée" => "La moyenne du lot n'est pas retranchée.",
            |(x, g, b)| with(x, *g, *b, Way { centred: false, ..RIGHT });
        "gamma oublié" => "Le facteur `gamma` manque : il multiplie la valeur normalisée.",
            |(x, _, b)| with(x, 1.0, *b, RIGHT);
        "beta oublié" => "Le terme `beta` manque : il s'ajoute à la fin.",
            |(x, g, _)| with(x, *g, 0.0, RIGHT);
        "gamma et beta échangés" => "`gamma` multiplie et `beta` s'ajoute : vous avez fait l'inverse.",
            |(x, g, b)| with(x, *b, *g, RIGHT);
        "epsilon mal placé" => "Le terme 0,001 s'ajoute à la variance, **sous** la racine.",
            |(x, g, b)| with(x, *g, *b, Way { outside: true, ..RIGHT });
        "epsilon oublié" => "Il manque le 0,001 sous la racine : sans lui, un lot de valeurs toutes égales donne `0 / 0`.",
            |(x, g, b)| with(x, *g, *b, Way { epsilon: 0.0, ..RIGHT });
        "division par n - 1" => "La variance est ici la moyenne des carrés des écarts : on divise par le nombre de valeurs, `n`, et non par `n - 1`.",
            |(x, g, b)| with(x, *g, *b, Way { less: 1, ..RIGHT });
    },
    cases: cases! {
        (vec![3.0, 3.0], 1.0, 0.0) => "Des valeurs égales sont toutes à la moyenne : il ne reste que β, ici 0.";
        (vec![3.0, 3.0], 1.0, 2.0) => "Des valeurs égales sont toutes à la moyenne : il ne reste que β.";
        (vec![-1.0, 1.0], 1.0, 0.0) => "La moyenne est 0 et la variance 1 : la racine de 1 + ε est presque 1.";
        (vec![-3.0, 3.0], 1.0, 0.0) => "La moyenne est 0 et la variance 9 : on divise par 3, ou presque.";
        (vec![-1.0, 1.0], 5.0, 2.0) => "γ multiplie, puis β s'ajoute.";
    },
};

/// `normaliser(lot, gamma, beta)`.
pub fn normaliser(student: Normalise) -> Verdict {
    NORMALISER.judge(|| {
        TASK.check(|(x, g, b)| student(x, *g, *b))?;
        Ok("moyenne `beta` et écart type proche de `gamma`, quel que soit le lot.".into())
    })
}

#[cfg(test)]
mod trials {
    use super::*;
    use crate::check::registry::{Trial, right, wrong};

    pub(super) const NORMALISER: &[Trial] = &[
        wrong("cas simple", || {
            normaliser(|lot, g, b| with(lot, 1.0, 0.0, RIGHT).iter().map(|y| g * (y + b)).collect())
        }),
        wrong("nan", || normaliser(|lot, _, _| vec![f32::NAN; lot.len()])),
        right("loops", || {
            normaliser(|lot, gamma, beta| {
                let (mut mean, mut variance) = (0.0, 0.0);
                for x in lot {
                    mean += x / lot.len() as f32;
                }
                for x in lot {
                    variance += (x - mean) * (x - mean) / lot.len() as f32;
                }
                let mut out = Vec::new();
                for x in lot {
                    out.push(beta + (x - mean) * gamma / f32::sqrt(variance + 1e-3));
                }
                out
            })
        }),
        right("centred, then scaled", || {
            normaliser(|lot, gamma, beta| {
                let m = lot.len() as f32;
                let mean: f32 = lot.iter().sum::<f32>() / m;
                let centred: Vec<f32> = lot.iter().map(|x| x - mean).collect();
                let deviation =
                    (centred.iter().map(|d| d.powi(2)).sum::<f32>() / m + 0.001).powf(0.5);
                centred.iter().map(|d| (d / deviation).mul_add(gamma, beta)).collect()
            })
        }),
        right("formula", || normaliser(|lot, gamma, beta| with(lot, gamma, beta, RIGHT))),
        right("mean of squares", || {
            normaliser(|lot, gamma, beta| {
                let n = lot.len() as f64;
                let mean = lot.iter().map(|x| f64::from(*x)).sum::<f64>() / n;
                let squares = lot.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / n;
                let scale = f64::from(gamma) / (squares - mean * mean + 0.001).sqrt();
                lot.iter().map(|x| ((f64::from(*x) - mean) * scale) as f32 + beta).collect()
            })
        }),
        wrong("longueur", || normaliser(|_, _, _| Vec::new())),
        wrong("à compléter", || normaliser(|_, _, _| todo!("à compléter"))),
        wrong("racine oubliée", || {
            normaliser(|lot, gamma, beta| {
                let n = lot.len() as f32;
                let mean = lot.iter().sum::<f32>() / n;
                let variance = lot.iter().map(|x| x * x).sum::<f32>() / n - mean * mean;
                lot.iter().map(|x| beta + gamma * (x - mean) / (variance + 1e-3)).collect()
            })
        }),
    ];
}
