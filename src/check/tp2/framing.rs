//! The frame of zeros around an image.

use super::super::task::{Task, mistakes};
use super::super::{Exercise, Verdict};
use super::rows::{Rows, framed, random_rows, rows, size};
use crate::random::Rng;

pub(super) static ENTOURER: Exercise = Exercise {
    id: "tp2-entourer",
    points: 2,
    title: "Entourer l'image de zéros",
    hints: &[
        "Partez d'un tableau de zéros plus grand que l'image, puis recopiez l'image au bon endroit.",
        "Le tableau a `h + 2 * p` lignes et `l + 2 * p` colonnes ; le pixel (i, j) de l'image va en (i + p, j + p).",
    ],
    mistakes: &TASK,
    #[cfg(test)]
    trials: trials::ENTOURER,
};

fn bottom_right(x: &[Vec<f32>], p: usize) -> Rows {
    let (h, w) = size(x);
    rows(h + p, w + p, |i, j| if i < h && j < w { x[i][j] } else { 0.0 })
}

fn top_left(x: &[Vec<f32>], p: usize) -> Rows {
    let (h, w) = size(x);
    rows(h + p, w + p, |i, j| if i >= p && j >= p { x[i - p][j - p] } else { 0.0 })
}

fn replicated(x: &[Vec<f32>], p: usize) -> Rows {
    let (h, w) = size(x);
    let inside = |k: usize, n: usize| k.saturating_sub(p).min(n - 1);
    rows(h + 2 * p, w + 2 * p, |i, j| x[inside(i, h)][inside(j, w)])
}

fn unshifted(x: &[Vec<f32>], p: usize) -> Rows {
    let (h, w) = size(x);
    rows(h + 2 * p, w + 2 * p, |i, j| if i < h && j < w { x[i][j] } else { 0.0 })
}

fn erased(x: &[Vec<f32>], p: usize) -> Rows {
    let (h, w) = size(x);
    let kept = |k: usize, n: usize| k >= p && k + p < n;
    rows(h, w, |i, j| if kept(i, h) && kept(j, w) { x[i][j] } else { 0.0 })
}

static TASK: Task<(Rows, usize), Rows> = Task {
    inputs: || {
        let mut rng = Rng::new(23);
        [(4, 5, 1), (5, 3, 2), (4, 4, 0)].map(|(h, w, p)| (random_rows(&mut rng, h, w), p)).to_vec()
    },
    call: |(x, p)| format!("entourer(image {}×{}, {p})", size(x).0, size(x).1),
    truth: |(x, p)| framed(x, *p),
    mistakes: mistakes! {
        "un seul côté" => "Il n'y a de zéros que d'un côté : la bordure fait le tour, donc p lignes en haut **et** p en bas.",
            |(x, p)| bottom_right(x, *p),
            |(x, p)| top_left(x, *p);
        "colonnes seulement" => "Il manque les lignes de zéros, en haut et en bas.",
            |(x, p)| framed(x, *p)[*p..x.len() + p].to_vec();
        "lignes seulement" => "Il manque les colonnes de zéros, à gauche et à droite.",
            |(x, p)| framed(x, *p).iter().map(|row| row[*p..row.len() - p].to_vec()).collect();
        "bords recopiés" => "Vous recopiez les pixels du bord : la bordure est faite de zéros.",
            |(x, p)| replicated(x, *p);
        "image décalée" => "La taille est juste, mais l'image est restée en haut à gauche : décalez-la de p lignes et de p colonnes.",
            |(x, p)| unshifted(x, *p);
        "bords effacés" => "Vous avez effacé le bord de l'image au lieu de l'agrandir.",
            |(x, p)| erased(x, *p);
        "p ignoré" => "La bordure fait toujours 1 pixel : servez-vous de `p`.",
            |(x, _)| framed(x, 1);
        "forme" => "La sortie a `h + 2p` lignes et `l + 2p` colonnes.";
    },
    cases: Vec::new,
};

/// `entourer(image, p)`: `p` rows or columns of zeros on each side.
pub fn entourer(student: fn(&[Vec<f32>], usize) -> Rows) -> Verdict {
    ENTOURER.judge(|| {
        TASK.check(|(x, p)| student(x, *p))?;
        Ok("la bordure a la bonne largeur (0, 1 ou 2) et l'image est intacte au milieu.".into())
    })
}

#[cfg(test)]
mod trials {
    use super::*;
    use crate::check::registry::{Trial, right, wrong};

    pub(super) const ENTOURER: &[Trial] = &[
        right("place by place", || {
            entourer(|x, p| {
                let (h, w) = (x.len(), x[0].len());
                let inside = |k: usize, n: usize| k >= p && k < n + p;
                let mut out = Vec::new();
                for i in 0..h + 2 * p {
                    let mut line = Vec::new();
                    for j in 0..w + 2 * p {
                        line.push(if inside(i, h) && inside(j, w) { x[i - p][j - p] } else { 0.0 });
                    }
                    out.push(line);
                }
                out
            })
        }),
        right("one frame after the other", || {
            entourer(|x, p| {
                let mut out = x.to_vec();
                for _ in 0..p {
                    for row in &mut out {
                        row.insert(0, 0.0);
                        row.push(0.0);
                    }
                    out.insert(0, vec![0.0; out[0].len()]);
                    out.push(vec![0.0; out[0].len()]);
                }
                out
            })
        }),
        right("copy into zeros", || {
            entourer(|x, p| {
                let mut out = vec![vec![0.0; x[0].len() + 2 * p]; x.len() + 2 * p];
                for (i, row) in x.iter().enumerate() {
                    out[i + p][p..p + row.len()].copy_from_slice(row);
                }
                out
            })
        }),
        right("concatenation", || {
            entourer(|x, p| {
                let zeros = vec![vec![0.0; x[0].len() + 2 * p]; p];
                let side = vec![0.0; p];
                let middle = x.iter().map(|row| [&side[..], row, &side].concat());
                zeros.clone().into_iter().chain(middle).chain(zeros).collect()
            })
        }),
        wrong("colonnes seulement", || {
            entourer(|x, p| {
                let side = vec![0.0; p];
                x.iter().map(|row| [&side[..], row, &side].concat()).collect()
            })
        }),
        wrong("lignes seulement", || {
            entourer(|x, p| {
                let zeros = vec![vec![0.0; x[0].len()]; p];
                [&zeros[..], x, &zeros].concat()
            })
        }),
        wrong("forme", || entourer(|x, p| framed(x, p * 2))),
        wrong("indice hors limites", || entourer(|x, p| rows(x.len() + 2 * p, 3, |i, j| x[i][j]))),
        wrong("nan", || {
            entourer(|x, p| rows(x.len() + 2 * p, x[0].len() + 2 * p, |_, _| f32::NAN))
        }),
        wrong("à compléter", || entourer(|_, _| todo!("à compléter"))),
    ];
}
