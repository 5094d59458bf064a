//! Answers that the tests try: which classes are taken for which, and the images in question.

use super::*;
use crate::check::registry::{Trial, right, wrong};

pub(super) const CONFUSION: &[Trial] = &[
    wrong("cas simple", || confusion(|t, p, classes| matrix(&t[..1], &p[..1], classes))),
    wrong("cas simple", || {
        confusion(|t, p, classes| map(&matrix(t, p, classes), |i, j, n| if i < j { 0 } else { n }))
    }),
    right("one list, cut into rows", || {
        confusion(|t, p, classes| {
            let mut counts = vec![0; classes * classes];
            for i in 0..t.len() {
                counts[t[i] as usize * classes + p[i] as usize] += 1;
            }
            counts.chunks(classes).map(<[u32]>::to_vec).collect()
        })
    }),
    right("row by row", || {
        confusion(|t, p, classes| {
            let row = |class: usize| {
                let mut row = vec![0u32; classes];
                let mine = t.iter().zip(p).filter(|(t, _)| **t as usize == class);
                mine.for_each(|(_, p)| row[usize::try_from(*p).unwrap()] += 1);
                row
            };
            (0..classes).map(row).collect()
        })
    }),
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
    wrong("à l'envers", || erreurs(|t, p| missed(t, p).into_iter().rev().collect())),
    wrong("rangs tronqués", || {
        erreurs(|t, p| missed(t, p).iter().map(|i| u32::from(*i as u8)).collect())
    }),
    wrong("une erreur oubliée", || erreurs(|t, p| missed(t, p)[1..].to_vec())),
    right("filter_map", || {
        erreurs(|t, p| {
            let rank = |(i, (t, p)): (usize, (&u8, &u32))| (*t as u32 != *p).then_some(i as u32);
            t.iter().zip(p).enumerate().filter_map(rank).collect()
        })
    }),
    right("a counter of one's own", || {
        erreurs(|t, p| {
            let (mut rank, mut out) = (0, Vec::new());
            for (t, p) in t.iter().zip(p) {
                if *p as u8 != *t {
                    out.push(rank);
                }
                rank += 1;
            }
            out
        })
    }),
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
