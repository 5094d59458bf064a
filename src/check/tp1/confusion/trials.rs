//! Answers that the tests try: which classes are taken for which, and the images in question.

use super::*;
use crate::check::registry::{Trial, right, wrong};

pub(super) const CONFUSION: &[Trial] = &[
    right("loop", || confusion(matrix)),
    right("by cells", || {
        confusion(|t, p, classes| {
            let count = |i: usize, j: usize| {
                t.iter().zip(p).filter(|(t, p)| usize::from(**t) == i && **p as usize == j).count()
            };
            (0..classes).map(|i| (0..classes).map(|j| count(i, j) as u32).collect()).collect()
        })
    }),
    wrong("transposée", || confusion(|t, p, classes| transposed(&matrix(t, p, classes)))),
    wrong("sans compter", || {
        confusion(|t, p, classes| map(&matrix(t, p, classes), |_, _, count| count.min(1)))
    }),
    wrong("diagonale seulement", || {
        confusion(|t, p, classes| {
            map(&matrix(t, p, classes), |i, j, count| if i == j { count } else { 0 })
        })
    }),
    wrong("erreurs seulement", || {
        confusion(|t, p, classes| {
            map(&matrix(t, p, classes), |i, j, count| if i == j { 0 } else { count })
        })
    }),
    wrong("taille", || confusion(|_, _, _| Vec::new())),
    wrong("taille", || confusion(|t, p, classes| matrix(t, p, classes + 1))),
    wrong("taille", || confusion(|t, p, classes| vec![matrix(t, p, classes).concat()])),
    wrong("zéros", || confusion(|_, _, classes| vec![vec![0; classes]; classes])),
    wrong("lignes liées", || {
        confusion(|_, p, classes| {
            let counts = |j: usize| p.iter().filter(|p| **p as usize == j).count() as u32;
            vec![(0..classes).map(counts).collect(); classes]
        })
    }),
    wrong("indice hors limites", || confusion(|t, p, classes| matrix(t, p, classes - 1))),
    wrong("à compléter", || confusion(|_, _, _| todo!("à compléter"))),
];

pub(super) const ERREURS: &[Trial] = &[
    right("filter", || erreurs(missed)),
    right("loop", || {
        erreurs(|t, p| {
            let mut out = vec![];
            for i in 0..t.len() {
                if t[i] as u32 != p[i] {
                    out.push(i as u32);
                }
            }
            out
        })
    }),
    wrong("réussites", || {
        erreurs(|t, p| {
            let missed = missed(t, p);
            (0..t.len() as u32).filter(|i| !missed.contains(i)).collect()
        })
    }),
    wrong("classes au lieu des rangs", || {
        erreurs(|t, p| missed(t, p).iter().map(|&i| u32::from(t[i as usize])).collect())
    }),
    wrong("classes au lieu des rangs", || {
        erreurs(|t, p| missed(t, p).iter().map(|&i| p[i as usize]).collect())
    }),
    wrong("rangs décalés", || erreurs(|t, p| missed(t, p).iter().map(|i| i + 1).collect())),
    wrong("première seulement", || erreurs(|t, p| missed(t, p)[..1].to_vec())),
    wrong("aucune", || erreurs(|_, _| Vec::new())),
    wrong("marques au lieu des rangs", || {
        erreurs(|t, p| t.iter().zip(p).map(|(t, p)| u32::from(u32::from(*t) != *p)).collect())
    }),
    wrong("toutes les images", || erreurs(|t, _| (0..t.len() as u32).collect())),
    wrong("à compléter", || erreurs(|_, _| todo!("à compléter"))),
];
