//! Which classes are taken for which, and the images in question.

#[cfg(test)]
mod trials;

use super::super::hints::hints;
use super::super::probe::{alike, call, list, show};
use super::super::{Exercise, Fault, Verdict};
use super::accuracy::pairs;

pub(super) static CONFUSION: Exercise = Exercise {
    id: "tp1-confusion",
    points: 2,
    title: "La matrice de confusion",
    hints: &[
        "Partez d'un tableau de zéros, `classes` lignes et `classes` colonnes ; chaque image ajoute 1 dans une case.",
        "La ligne est la vraie classe, la colonne la classe prédite : une image de 4 prise pour un 9 va en ligne 4, colonne 9.",
    ],
    mistakes: &hints! {
        "transposée" => "Lignes et colonnes sont échangées : la ligne est la vraie classe, la colonne la classe prédite.";
        "sans compter" => "Les cases ne dépassent pas 1 : il faut ajouter 1 (`+= 1`), pas mettre 1 (`= 1`).";
        "diagonale seulement" => "Seules les réussites sont comptées : les erreurs aussi ont leur case.";
        "erreurs seulement" => "Seules les erreurs sont comptées : les réussites vont sur la diagonale.";
        "taille" => "On attend un tableau carré de `classes` lignes et `classes` colonnes.";
        "zéros" => "Toutes les cases sont restées à 0.";
        "lignes liées" => "Toutes les lignes sont égales : la ligne doit dépendre de la vraie classe.";
    },
    #[cfg(test)]
    trials: trials::CONFUSION,
};

fn matrix(truth: &[u8], predicted: &[u32], classes: usize) -> Vec<Vec<u32>> {
    let mut counts = vec![vec![0; classes]; classes];
    for (t, p) in truth.iter().zip(predicted) {
        counts[usize::from(*t)][*p as usize] += 1;
    }
    counts
}

fn map(counts: &[Vec<u32>], cell: impl Fn(usize, usize, u32) -> u32) -> Vec<Vec<u32>> {
    let row = |(i, row): (usize, &Vec<u32>)| {
        row.iter().enumerate().map(|(j, count)| cell(i, j, *count)).collect()
    };
    counts.iter().enumerate().map(row).collect()
}

fn transposed(counts: &[Vec<u32>]) -> Vec<Vec<u32>> {
    map(counts, |i, j, _| counts[j][i])
}

/// The counts as numbers, row after row.
fn flat(counts: &[Vec<u32>]) -> Vec<f32> {
    counts.iter().flatten().map(|count| *count as f32).collect()
}

/// A confusion matrix from true and predicted classes and their number.
type Confusion = fn(&[u8], &[u32], usize) -> Vec<Vec<u32>>;

/// `confusion(vraies, predites, classes)`: rows true, columns predicted.
pub fn confusion(student: Confusion) -> Verdict {
    CONFUSION.judge(|| {
        for (seed, n, classes) in [(1, 40, 3), (4, 90, 5)] {
            let (predicted, truth) = pairs(seed, n, classes);
            let what = format!("confusion(…{n} images…, {classes})");
            let got = call(&what, || student(&truth, &predicted, classes))?;
            let want = matrix(&truth, &predicted, classes);
            if got == want {
                continue;
            }
            let square = got.len() == classes && got.iter().all(|row| row.len() == classes);
            let mistake = if !square {
                "taille"
            } else if got == transposed(&want) {
                "transposée"
            } else if got.iter().flatten().all(|count| *count == 0) {
                "zéros"
            } else if got == map(&want, |i, j, count| if i == j { count } else { 0 }) {
                "diagonale seulement"
            } else if got == map(&want, |i, j, count| if i == j { 0 } else { count }) {
                "erreurs seulement"
            } else if got == map(&want, |_, _, count| count.min(1)) {
                "sans compter"
            } else if got.iter().all(|row| *row == got[0]) {
                "lignes liées"
            } else {
                "cas simple"
            };
            let (rows, columns) = (got.len(), got.first().map_or(0, Vec::len));
            let simple: [(&[u8], &[u32]); 4] =
                [(&[1], &[0]), (&[0], &[1]), (&[1, 1], &[0, 0]), (&[0, 1], &[0, 1])];
            let wrong = |(t, p): (&[u8], &[u32])| {
                let what = format!("confusion(&{t:?}, &{p:?}, 2)");
                let got = call(&what, || student(t, p, 2)).ok()?;
                let want = matrix(t, p, 2);
                (got != want).then(|| format!("`{what}` donne `{got:?}`, au lieu de `{want:?}` ; "))
            };
            let one = match mistake {
                "cas simple" => simple.into_iter().find_map(wrong),
                _ => None,
            };
            let mistake = match (mistake, &one) {
                ("cas simple", None) => alike(&flat(&got), &flat(&want)),
                _ => mistake,
            };
            let one = one.unwrap_or_default();
            let found = format!(
                "{one}pour {n} images de {classes} classes : {rows} × {columns} cases, de somme {}, première ligne `{}`.",
                got.iter().flatten().sum::<u32>(),
                list(&flat(&got[..got.len().min(1)]))
            );
            return Err(Fault::new(mistake, found));
        }
        Ok("chaque image est comptée une fois, en ligne sa vraie classe, en colonne la classe prédite.".into())
    })
}

pub(super) static ERREURS: Exercise = Exercise {
    id: "tp1-erreurs",
    points: 1,
    title: "Les images mal classées",
    hints: &[
        "On veut les rangs des images pour lesquelles la classe prédite diffère de la vraie, dans l'ordre.",
        "`enumerate()` donne le rang de chaque couple ; un rang `usize` devient `u32` avec `as u32`.",
    ],
    mistakes: &hints! {
        "réussites" => "Ce sont les images bien classées : la comparaison est dans l'autre sens.";
        "classes au lieu des rangs" => "Vous rendez des classes ; on veut les rangs des images.";
        "marques au lieu des rangs" => "Vous rendez un 0 ou un 1 par image ; on veut la liste des rangs de celles qui sont mal classées.";
        "rangs décalés" => "Les rangs sont décalés : la première image a le rang 0.";
        "première seulement" => "Vous ne rendez que la première erreur : il faut toutes les parcourir.";
        "rangs tronqués" => "Après 255 vos rangs repartent de 0 : `as u8` ne va pas plus loin ; `as u32` convient.";
        "une erreur oubliée" => "Il manque la première ou la dernière image mal classée : où commence et où finit votre boucle ?";
        "aucune" => "Aucune erreur n'est rendue, alors qu'il y en a.";
        "toutes les images" => "Vous rendez tous les rangs : il faut filtrer.";
    },
    #[cfg(test)]
    trials: trials::ERREURS,
};

fn missed(truth: &[u8], predicted: &[u32]) -> Vec<u32> {
    let wrong = |i: &u32| u32::from(truth[*i as usize]) != predicted[*i as usize];
    (0..truth.len() as u32).filter(wrong).collect()
}

/// `erreurs(vraies, predites)`: ranks of the misclassified images.
pub fn erreurs(student: fn(&[u8], &[u32]) -> Vec<u32>) -> Verdict {
    ERREURS.judge(|| {
        for (seed, n) in [(5, 13), (6, 61), (7, 300)] {
            let (predicted, truth) = pairs(seed, n, 10);
            let got = call("erreurs(…)", || student(&truth, &predicted))?;
            let want = missed(&truth, &predicted);
            if got == want {
                continue;
            }
            let by = |f: &dyn Fn(usize) -> u32| -> Vec<u32> {
                want.iter().map(|&i| f(i as usize)).collect()
            };
            let hits = || (0..n as u32).filter(|i| !want.contains(i));
            let marks = |miss: u32| -> Vec<u32> {
                (0..n as u32).map(|i| if want.contains(&i) { miss } else { 1 - miss }).collect()
            };
            let mistake = if got.is_empty() {
                "aucune"
            } else if got == marks(1) || got == marks(0) {
                "marques au lieu des rangs"
            } else if got.len() == n {
                "toutes les images"
            } else if got.iter().copied().eq(hits()) {
                "réussites"
            } else if got == by(&|i| u32::from(truth[i])) || got == by(&|i| predicted[i]) {
                "classes au lieu des rangs"
            } else if got == by(&|i| i as u32 + 1) {
                "rangs décalés"
            } else if got == want[..1] {
                "première seulement"
            } else if got == by(&|i| i as u8 as u32) {
                "rangs tronqués"
            } else if got == want[1..] || got == want[..want.len() - 1] {
                "une erreur oubliée"
            } else {
                let listed = |ranks: &[u32]| ranks.iter().map(|i| *i as f32).collect::<Vec<_>>();
                alike(&listed(&got), &listed(&want))
            };
            let shown: Vec<f32> = got.iter().map(|i| *i as f32).collect();
            let found = format!(
                "parmi {n} images dont {} mal classées, vous en rendez {} : `{}`.",
                want.len(),
                got.len(),
                if shown.is_empty() { "[]".into() } else { show(&shown) }
            );
            return Err(Fault::new(mistake, found));
        }
        Ok("tous les rangs, et rien qu'eux (un tiers d'erreurs dans l'essai).".to_owned())
    })
}
