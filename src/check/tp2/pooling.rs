//! Max pooling by hand.

use super::super::task::{Task, cases, mistakes};
use super::super::{Exercise, Verdict};
use super::rows::{Rows, map, random_rows, rows, size, transpose};
use crate::random::Rng;

pub(super) static MAX_POOLING: Exercise = Exercise {
    id: "tp2-max-pooling",
    points: 2,
    title: "Le max-pooling à la main",
    hints: &[
        "La fenêtre (i, j) couvre les lignes `i * taille` à `i * taille + taille - 1`, et de même pour les colonnes.",
        "La sortie a `carte.len() / taille` lignes (division entière) ; le maximum part de `f32::NEG_INFINITY`.",
    ],
    mistakes: &TASK,
    #[cfg(test)]
    trials: trials::MAX_POOLING,
};

fn pool(x: &[Vec<f32>], s: usize, start: f32, join: fn(f32, f32) -> f32) -> Rows {
    let (h, w) = size(x);
    rows(h / s, w / s, |i, j| {
        let window = (0..s).flat_map(|a| (0..s).map(move |b| x[i * s + a][j * s + b]));
        window.fold(start, join)
    })
}

fn overlapping(x: &[Vec<f32>], s: usize) -> Rows {
    let (h, w) = size(x);
    rows(h + 1 - s, w + 1 - s, |i, j| {
        let window = (0..s).flat_map(|a| (0..s).map(move |b| x[i + a][j + b]));
        window.fold(f32::NEG_INFINITY, f32::max)
    })
}

/// The windows that leave the image are kept.
fn ragged(x: &[Vec<f32>], s: usize) -> Rows {
    let (h, w) = size(x);
    rows(h.div_ceil(s), w.div_ceil(s), |i, j| {
        let lines = x[i * s..(i * s + s).min(h)].iter();
        lines.flat_map(|row| &row[j * s..(j * s + s).min(w)]).copied().fold(f32::MIN, f32::max)
    })
}

static TASK: Task<(Rows, usize), Rows> = Task {
    inputs: || {
        let mut rng = Rng::new(22);
        let input = |(h, w, s)| (random_rows(&mut rng, h, w), s);
        let mut inputs = [(4, 6, 2), (6, 9, 3), (5, 7, 2)].map(input).to_vec();
        inputs.push((rows(4, 4, |i, j| -1.0 - (3 * i + 2 * j) as f32), 2));
        inputs
    },
    call: |(x, s)| match size(x) {
        (h, w) if h * w <= 8 => format!("max_pooling(&{x:?}, {s})"),
        (h, w) => format!("max_pooling(carte {h}×{w}, {s})"),
    },
    truth: |(x, s)| pool(x, *s, f32::NEG_INFINITY, f32::max),
    mistakes: mistakes! {
        "moyenne" => "Vous prenez la moyenne de chaque fenêtre (c'est l'*average pooling*) ; ici, le maximum.",
            |(x, s)| map(pool(x, *s, 0.0, |a, b| a + b), |v| v / (s * s) as f32);
        "minimum" => "Vous gardez le plus petit nombre de chaque fenêtre : il faut le plus grand.",
            |(x, s)| pool(x, *s, f32::INFINITY, f32::min);
        "somme" => "Vous additionnez les nombres de la fenêtre : il faut en garder un seul, le plus grand.",
            |(x, s)| pool(x, *s, 0.0, |a, b| a + b);
        "fenêtres qui se chevauchent" => "La fenêtre avance d'une case à la fois : elle doit sauter de `taille` cases, pour que les fenêtres ne se chevauchent pas.",
            |(x, s)| overlapping(x, *s);
        "premier nombre" => "Vous gardez le premier nombre de chaque fenêtre, pas le plus grand.",
            |(x, s)| rows(x.len() / s, x[0].len() / s, |i, j| x[i * s][j * s]);
        "départ à zéro" => "Quand tous les nombres d'une fenêtre sont négatifs, vous rendez 0 : le maximum doit partir de `f32::NEG_INFINITY`.",
            |(x, s)| pool(x, *s, 0.0, f32::max);
        "fenêtre incomplète" => "Quand la taille de la carte n'est pas un multiple de `taille`, la dernière fenêtre, incomplète, s'abandonne : division entière.",
            |(x, s)| ragged(x, *s);
        "sortie transposée" => "La sortie est couchée : sa première dimension est celle des lignes.",
            |(x, s)| transpose(&pool(x, *s, f32::NEG_INFINITY, f32::max));
        "forme" => "La sortie a `carte.len() / taille` lignes et autant de colonnes que `carte[0].len() / taille`.";
    },
    cases: cases! {
        (vec![vec![3.0]], 1) => "Une fenêtre d'une case : son nombre.";
        (vec![vec![1.0, 2.0], vec![5.0, 3.0]], 1) => "Des fenêtres d'une case : rien ne change.";
        (vec![vec![1.0, 2.0], vec![5.0, 3.0]], 2) => "Une seule fenêtre : le plus grand des quatre.";
        (vec![vec![1.0, 2.0, 7.0, 0.0], vec![5.0, 3.0, 4.0, 6.0]], 2) => "Deux fenêtres côte à côte, un maximum chacune.";
        (vec![vec![1.0, 2.0], vec![5.0, 3.0], vec![0.0, 8.0], vec![4.0, 6.0]], 2) => "Deux fenêtres l'une sous l'autre, un maximum chacune.";
    },
};

/// `max_pooling(carte, taille)`: the largest number of each window.
pub fn max_pooling(student: fn(&[Vec<f32>], usize) -> Rows) -> Verdict {
    MAX_POOLING.judge(|| {
        TASK.check(|(x, s)| student(x, *s))?;
        Ok("juste sur des cartes paires, impaires et négatives, avec des fenêtres 2×2 et 3×3."
            .into())
    })
}

#[cfg(test)]
mod trials {
    use super::*;
    use crate::check::registry::{Trial, right, wrong};

    pub(super) const MAX_POOLING: &[Trial] = &[
        wrong("cas simple", || {
            max_pooling(|x, s| {
                let first: Vec<Vec<f32>> = x.iter().map(|row| vec![row[0]; row.len()]).collect();
                pool(&first, s, f32::NEG_INFINITY, f32::max)
            })
        }),
        right("pixel by pixel", || {
            max_pooling(|x, s| {
                let (h, w) = (x.len() / s, x[0].len() / s);
                let mut out = vec![vec![f32::MIN; w]; h];
                for i in 0..h * s {
                    for j in 0..w * s {
                        if x[i][j] > out[i / s][j / s] {
                            out[i / s][j / s] = x[i][j];
                        }
                    }
                }
                out
            })
        }),
        right("rows, then columns", || {
            max_pooling(|x, s| {
                let largest =
                    |values: &[f32]| values.iter().copied().max_by(f32::total_cmp).unwrap();
                let thin: Vec<Vec<f32>> =
                    x.iter().map(|row| row.chunks_exact(s).map(largest).collect()).collect();
                let column = |band: &[Vec<f32>], j: usize| -> Vec<f32> {
                    band.iter().map(|row| row[j]).collect()
                };
                let bands = thin.chunks_exact(s);
                bands.map(|b| (0..b[0].len()).map(|j| largest(&column(b, j))).collect()).collect()
            })
        }),
        right("fold", || max_pooling(|x, s| pool(x, s, f32::NEG_INFINITY, f32::max))),
        right("chunks", || {
            max_pooling(|x, s| {
                x.chunks_exact(s)
                    .map(|band| {
                        (0..band[0].len() / s)
                            .map(|j| {
                                let mut best = band[0][j * s];
                                for row in band {
                                    for v in &row[j * s..(j + 1) * s] {
                                        if *v > best {
                                            best = *v;
                                        }
                                    }
                                }
                                best
                            })
                            .collect()
                    })
                    .collect()
            })
        }),
        wrong("forme", || max_pooling(|x, _| x.to_vec())),
        wrong("nan", || max_pooling(|x, s| pool(x, s, f32::NAN, |a, b| a + b))),
        wrong("à compléter", || max_pooling(|_, _| todo!("à compléter"))),
        wrong("départ à zéro", || {
            max_pooling(|x, s| {
                let mut out = vec![vec![0.0; x[0].len() / s]; x.len() / s];
                for (i, row) in out.iter_mut().enumerate() {
                    for (j, most) in row.iter_mut().enumerate() {
                        for line in &x[i * s..(i + 1) * s] {
                            *most = line[j * s..(j + 1) * s].iter().fold(*most, |m, v| v.max(m));
                        }
                    }
                }
                out
            })
        }),
    ];
}
