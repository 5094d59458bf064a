//! The convolution by hand.

#[cfg(test)]
mod trials;

use super::super::task::{Task, cases, mistakes};
use super::super::{Exercise, Fault, Verdict};
use super::rows::{Rows, convolve, framed, map, random_rows, rows, size, transpose};
use crate::random::Rng;

pub(super) static CONVOLUTION: Exercise = Exercise {
    id: "tp2-convolution",
    points: 3,
    title: "La convolution à la main",
    hints: &[
        "Quatre boucles : deux pour la place de la fenêtre (i, j), deux pour la place dans le noyau (a, b). La somme repart de 0 à chaque fenêtre.",
        "Le terme à additionner est `image[i + a][j + b] * noyau[a][b]` ; la sortie a `image.len() - noyau.len() + 1` lignes.",
    ],
    mistakes: &(SQUARE, WIDE),
    #[cfg(test)]
    trials: trials::CONVOLUTION,
};

/// Image and kernel.
type Input = (Rows, Rows);

/// A convolution or a pooling without frame.
type Convolution = fn(&[Vec<f32>], &[Vec<f32>]) -> Rows;

fn flip(k: &[Vec<f32>]) -> Rows {
    k.iter().rev().map(|row| row.iter().rev().copied().collect()).collect()
}

fn scaled(k: &[Vec<f32>], factor: f32) -> Rows {
    map(k.to_vec(), |v| v * factor)
}

fn overwritten(x: &[Vec<f32>], k: &[Vec<f32>]) -> Rows {
    let ((h, w), (kh, kw)) = (size(x), size(k));
    rows(h + 1 - kh, w + 1 - kw, |i, j| x[i + kh - 1][j + kw - 1] * k[kh - 1][kw - 1])
}

fn never_reset(x: &[Vec<f32>], k: &[Vec<f32>]) -> Rows {
    let mut sum = 0.0;
    convolve(x, k)
        .into_iter()
        .map(|row| {
            row.into_iter()
                .map(|v| {
                    sum += v;
                    sum
                })
                .collect()
        })
        .collect()
}

/// The first columns of a kernel, as many as it has rows.
fn square(k: &[Vec<f32>]) -> Rows {
    k.iter().map(|row| row[..k.len().min(row.len())].to_vec()).collect()
}

fn strided(x: &[Vec<f32>], k: &[Vec<f32>]) -> Rows {
    let (kh, kw) = size(k);
    let kept = convolve(x, k).into_iter().step_by(kh);
    kept.map(|row| row.into_iter().step_by(kw).collect()).collect()
}

const SQUARE: Task<Input, Rows> = Task {
    inputs: || {
        let mut rng = Rng::new(21);
        let input = |(h, w)| (random_rows(&mut rng, h, w), random_rows(&mut rng, 3, 3));
        [(5, 7), (6, 6), (8, 5), (4, 3)].map(input).to_vec()
    },
    call: |(x, k)| match (size(x), size(k)) {
        ((h, w), _) if h * w <= 4 => format!("convolution(&{x:?}, &{k:?})"),
        ((h, w), (kh, kw)) => format!("convolution(image {h}×{w}, noyau {kh}×{kw})"),
    },
    truth: |(x, k)| convolve(x, k),
    mistakes: mistakes! {
        "noyau retourné" => "Vous parcourez le noyau à l'envers. C'est la convolution des mathématiciens ; les réseaux de neurones gardent le noyau à l'endroit : `noyau[a][b]` avec `image[i + a][j + b]`.",
            |(x, k)| convolve(x, &flip(k)),
            |(x, k)| convolve(x, &k.iter().rev().cloned().collect::<Rows>()),
            |(x, k)| {
                let backwards = |row: &Vec<f32>| row.iter().rev().copied().collect();
                convolve(x, &k.iter().map(backwards).collect::<Rows>())
            };
        "noyau transposé" => "Lignes et colonnes sont échangées entre l'image et le noyau : avec `image[i + a][j + b]` va `noyau[a][b]`. Lequel des deux est à l'envers ?",
            |(x, k)| convolve(x, &transpose(k));
        "sortie transposée" => "La sortie est couchée : sa première dimension est celle des lignes.",
            |(x, k)| transpose(&convolve(x, k));
        "dernière fenêtre oubliée" => "Il manque la dernière ligne et la dernière colonne de fenêtres : de la place 0 à la place h − k, cela fait h − k **+ 1** places.",
            |(x, k)| {
                let full = convolve(x, k);
                let (h, w) = size(&full);
                rows(h - 1, w - 1, |i, j| full[i][j])
            };
        "bordure ajoutée" => "Votre sortie est aussi grande que l'image : vous l'avez entourée de zéros. Ici la fenêtre doit rester dans l'image.",
            |(x, k)| convolve(&framed(x, k.len() / 2), k);
        "moyenne" => "Vous divisez par le nombre de cases : la convolution est une somme, pas une moyenne.",
            |(x, k)| {
                let (kh, kw) = size(k);
                convolve(x, &scaled(k, 1.0 / (kh * kw) as f32))
            };
        "somme écrasée" => "Seul le dernier produit reste : dans la boucle, il faut ajouter (`+=`), pas remplacer (`=`).",
            |(x, k)| overwritten(x, k);
        "somme jamais remise à zéro" => "Chaque fenêtre reprend la somme de la précédente : déclarez `somme` à l'intérieur des deux premières boucles.",
            |(x, k)| never_reset(x, k);
        "relu déjà appliquée" => "Les sommes négatives sont devenues 0 : l'activation vient plus tard.",
            |(x, k)| map(convolve(x, k), |v| v.max(0.0));
        "fenêtres disjointes" => "La fenêtre saute de k cases : elle doit avancer d'une case à la fois.",
            |(x, k)| strided(x, k);
        "forme" => "Comptez les places de la fenêtre dans chaque sens : de 0 à `h - k` pour les lignes, soit `h - k + 1`, et de même pour les colonnes.";
    },
    cases: cases! {
        (vec![vec![3.0]], vec![vec![2.0]]) => "Un pixel et un poids : ils se multiplient.";
        (vec![vec![1.0, 2.0], vec![3.0, 5.0]], vec![vec![2.0]]) => "Un noyau d'une case multiplie chaque pixel, à sa place.";
        (vec![vec![1.0, 2.0]], vec![vec![1.0, 10.0]]) => "Une seule fenêtre : chaque pixel va avec le poids de même colonne, et l'on additionne.";
        (vec![vec![1.0], vec![2.0]], vec![vec![1.0], vec![10.0]]) => "Une seule fenêtre : chaque pixel va avec le poids de même ligne, et l'on additionne.";
        (vec![vec![1.0, 2.0, 4.0]], vec![vec![1.0, 10.0]]) => "Deux fenêtres côte à côte.";
        (vec![vec![1.0], vec![2.0], vec![4.0]], vec![vec![1.0], vec![10.0]]) => "Deux fenêtres l'une sous l'autre.";
        (vec![vec![1.0, 2.0], vec![3.0, 5.0]], vec![vec![1.0, 10.0], vec![100.0, 1000.0]]) => "Une seule fenêtre de quatre pixels.";
    },
};

/// A kernel that is no square.
const WIDE: Task<Input, Rows> = Task {
    inputs: || {
        let mut rng = Rng::new(20);
        vec![(random_rows(&mut rng, 6, 6), random_rows(&mut rng, 2, 4))]
    },
    mistakes: mistakes! {
        "noyau supposé carré" => "Juste avec un noyau 3 × 3, faux avec un noyau 2 × 4 : ses colonnes se comptent par `noyau[0].len()`, pas par `noyau.len()`.",
            |(x, k)| convolve(x, &square(k)),
            |(x, k)| {
                let ((h, w), full) = (size(x), convolve(x, k));
                let (kh, inner) = (k.len(), size(&full).1);
                rows(h + 1 - kh, w + 1 - kh, |i, j| if j < inner { full[i][j] } else { 0.0 })
            };
    },
    cases: Vec::new,
    ..SQUARE
};

/// `convolution(image, noyau)`: the sums over every window, without frame.
pub fn convolution(student: Convolution) -> Verdict {
    CONVOLUTION.judge(|| {
        SQUARE.check(|(x, k)| student(x, k))?;
        WIDE.check(|(x, k)| student(x, k)).map_err(|fault| {
            // Right with square kernels: what differs is their width.
            match fault.unnamed() || ["indice hors limites", "forme"].contains(&fault.mistake) {
                true => Fault { mistake: "noyau supposé carré", ..fault },
                false => fault,
            }
        })?;
        Ok("juste sur cinq images, carrées ou non, avec des noyaux 3×3 et 2×4.".into())
    })
}
