//! Cutting `n` images into `k` folds.

use super::super::hints::hints;
use super::super::probe::call;
use super::super::{Exercise, Fault, Verdict};

/// The images of each fold: number of images, number of folds.
type Cut = fn(usize, usize) -> Vec<Vec<usize>>;

pub(super) static PLIS: Exercise = Exercise {
    id: "tp3-plis",
    points: 2,
    title: "Découper en plis",
    hints: &[
        "Le plus simple : distribuer les images comme des cartes à jouer, l'image `i` au pli `i % k`.",
        "`let mut plis = vec![Vec::new(); k];` puis, pour chaque `i` de `0..n`, `plis[i % k].push(i);`.",
    ],
    mistakes: &hints! {
        "nombre de plis" => "Il faut `k` plis : la liste rendue en a un autre nombre.";
        "images oubliées" => "Des images ne sont dans aucun pli : quand `n` n'est pas un multiple de `k`, les dernières comptent aussi.";
        "image en double" => "Une image est dans deux plis : chacune sert une fois et une seule à valider.";
        "hors bornes" => "Les images vont de 0 à n − 1.";
        "plis inégaux" => "Les tailles des plis diffèrent de plus d'une image : répartissez le reste entre les plis.";
        "plis d'apprentissage" => "Chaque liste contient toutes les images **sauf** un pli : on demande les plis eux-mêmes, ceux qui valident.";
    },
    #[cfg(test)]
    trials: trials::PLIS,
};

/// `n` images cut into `k` folds.
pub fn plis(cut: Cut) -> Verdict {
    PLIS.judge(|| {
        for (n, k) in [(12, 4), (10, 3), (23, 5), (9, 2), (5, 5), (19, 10)] {
            let what = format!("plis({n}, {k})");
            let folds = call(&what, || cut(n, k))?;
            let sizes: Vec<usize> = folds.iter().map(Vec::len).collect();
            let fault = |mistake| Err(Fault::new(mistake, format!("`{what}` donne des plis de tailles {sizes:?}.")));
            if folds.len() != k {
                return fault("nombre de plis");
            }
            let mut seen = vec![0; n];
            for i in folds.iter().flatten() {
                match seen.get_mut(*i) {
                    Some(times) => *times += 1,
                    None => return fault("hors bornes"),
                }
            }
            if k > 2 && sizes.iter().zip(0..).all(|(size, f)| *size == n - (n - f).div_ceil(k)) {
                return fault("plis d'apprentissage");
            }
            if seen.contains(&0) {
                return fault("images oubliées");
            }
            if seen.iter().any(|times| *times > 1) {
                return fault("image en double");
            }
            let (least, most) = (sizes.iter().min(), sizes.iter().max());
            if least.zip(most).is_none_or(|(least, most)| most - least > 1) {
                return fault("plis inégaux");
            }
        }
        Ok("chaque image est dans un pli et un seul, et les plis sont de même taille à une image près.".into())
    })
}

#[cfg(test)]
mod trials {
    use super::*;
    use crate::check::registry::{Trial, right, wrong};

    pub(super) const PLIS: &[Trial] = &[
        wrong("images oubliées", || {
            plis(|n, k| (0..k).map(|f| (f + 1..n).step_by(k).collect()).collect())
        }),
        wrong("image en double", || plis(|n, k| vec![(0..n).collect(); k])),
        wrong("plis inégaux", || {
            plis(|n, k| {
                let mut folds = vec![Vec::new(); k];
                folds[0] = (0..n).collect();
                folds
            })
        }),
        right("dealt", || {
            plis(|n, k| {
                let mut folds = vec![Vec::new(); k];
                for i in 0..n {
                    folds[i % k].push(i);
                }
                folds
            })
        }),
        right("the first ones one longer", || {
            plis(|n, k| {
                let (mut folds, mut next) = (Vec::new(), 0);
                for f in 0..k {
                    let size = n / k + usize::from(f < n % k);
                    folds.push((next..next + size).collect());
                    next += size;
                }
                folds
            })
        }),
        right("cards", || plis(|n, k| (0..k).map(|f| (f..n).step_by(k).collect()).collect())),
        right("slices", || {
            plis(|n, k| (0..k).map(|f| (f * n / k..(f + 1) * n / k).collect()).collect())
        }),
        wrong("nombre de plis", || {
            plis(|n, k| {
                let all: Vec<usize> = (0..n).collect();
                all.chunks(k).map(<[usize]>::to_vec).collect()
            })
        }),
        wrong("images oubliées", || {
            plis(|n, k| (0..k).map(|f| (f * (n / k)..(f + 1) * (n / k)).collect()).collect())
        }),
        wrong("image en double", || {
            plis(|n, k| {
                (0..k).map(|f| (f * n / k..=((f + 1) * n / k).min(n - 1)).collect()).collect()
            })
        }),
        wrong("hors bornes", || {
            plis(|n, k| (0..k).map(|f| (f + 1..=n).step_by(k).collect()).collect())
        }),
        wrong("plis inégaux", || {
            plis(|n, k| {
                let end = |f: usize| if f == k { n } else { f * (n / k) };
                (0..k).map(|f| (end(f)..end(f + 1)).collect()).collect()
            })
        }),
        wrong("plis d'apprentissage", || {
            plis(|n, k| (0..k).map(|f| (0..n).filter(|i| i % k != f).collect()).collect())
        }),
        wrong("indice hors limites", || {
            plis(|n, k| {
                let mut folds = vec![Vec::new(); k];
                (0..n).for_each(|i| folds[i].push(i));
                folds
            })
        }),
    ];
}
