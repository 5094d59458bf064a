//! From probabilities to a success rate: arg-max, accuracy, confusion matrix.

use super::super::probe::{call, compare, draw, short, show};
#[cfg(test)]
use super::super::registry::{right, wrong};
use super::super::{Exercise, Fault, Notebook, Verdict};
use crate::random::Rng;

pub(super) static ARGMAX: Exercise = Exercise {
    id: "tp1-argmax",
    notebook: Notebook::Tp1,
    points: 1,
    title: "La classe la plus probable",
    hints: &[
        "On cherche la place du plus grand nombre, pas ce nombre : parcourez les indices en retenant le meilleur vu jusque-là.",
        "Essayez à la main sur `[0.1, 0.7, 0.2]` : la réponse est 1.",
    ],
    mistakes: &[
        ("minimum", "Vous rendez la place du plus petit : la comparaison est dans l'autre sens."),
        (
            "toujours zéro",
            "La réponse est toujours 0 : l'indice du meilleur est-il mis à jour dans la boucle ?",
        ),
        (
            "maximum parti de zéro",
            "Quand tous les scores sont négatifs, la réponse est fausse : partez du premier score (ou de `f32::NEG_INFINITY`), pas de 0.",
        ),
        ("décalé", "La réponse est décalée d'une place : les indices commencent à 0."),
        ("depuis la fin", "Vous comptez depuis la fin du tableau."),
        (
            "dernier indice",
            "La réponse est toujours le dernier indice : la comparaison est-elle faite ?",
        ),
    ],
    #[cfg(test)]
    trials: &[
        right("loop", || argmax(best)),
        right("max_by", || {
            argmax(|p| (0..p.len()).max_by(|&i, &j| p[i].total_cmp(&p[j])).unwrap_or(0))
        }),
        wrong("minimum", || {
            argmax(|p| (0..p.len()).min_by(|&i, &j| p[i].total_cmp(&p[j])).unwrap_or(0))
        }),
        wrong("toujours zéro", || argmax(|_| 0)),
        wrong("toujours zéro", || argmax(|p| p.iter().copied().fold(0.0, f32::max) as usize)),
        wrong("maximum parti de zéro", || {
            argmax(|p| {
                let (mut at, mut max) = (0, 0.0);
                for (i, &v) in p.iter().enumerate() {
                    if v > max {
                        (at, max) = (i, v);
                    }
                }
                at
            })
        }),
        wrong("décalé", || argmax(|p| best(p) + 1)),
        wrong("depuis la fin", || argmax(|p| p.len() - 1 - best(p))),
        wrong("dernier indice", || argmax(|p| p.len() - 1)),
        wrong("indice hors limites", || argmax(|p| p[p.len()] as usize)),
        wrong("à compléter", || argmax(|_| todo!("à compléter"))),
    ],
};

fn best(p: &[f32]) -> usize {
    (1..p.len()).fold(0, |at, i| if p[i] > p[at] { i } else { at })
}

/// `argmax(scores)`.
pub fn argmax(student: fn(&[f32]) -> usize) -> Verdict {
    ARGMAX.judge(|| {
        let what = |p: &Vec<f32>| format!("argmax(&{})", show(p));
        let run = |inputs| {
            compare(
                inputs,
                what,
                |p| vec![student(p) as f32],
                |p| vec![best(p) as f32],
                &[
                    ("toujours zéro", &|_: &Vec<f32>| vec![0.0]),
                    ("minimum", &|p: &Vec<f32>| {
                        vec![best(&p.iter().map(|v| -v).collect::<Vec<_>>()) as f32]
                    }),
                    ("décalé", &|p: &Vec<f32>| vec![best(p) as f32 + 1.0]),
                    ("décalé", &|p: &Vec<f32>| vec![best(p) as f32 - 1.0]),
                    ("dernier indice", &|p: &Vec<f32>| vec![p.len() as f32 - 1.0]),
                    ("depuis la fin", &|p: &Vec<f32>| vec![(p.len() - 1 - best(p)) as f32]),
                ],
            )
        };
        run(vec![
            vec![0.1, 0.7, 0.15, 0.05],
            vec![0.02, 0.08, 0.3, 0.6],
            vec![0.05, 0.1, 0.8, 0.02, 0.03],
            draw(&mut Rng::new(2), 10),
        ])?;
        run(vec![vec![-3.0, -1.5, -2.0], vec![-5.0, -7.0, -4.5]]).map_err(|fault| {
            let inner = if fault.mistake == "toujours zéro" {
                "maximum parti de zéro"
            } else {
                fault.mistake
            };
            Fault { mistake: inner, ..fault }.worth(0.5)
        })?;
        Ok("la place du plus grand est trouvée, même parmi des scores négatifs.".into())
    })
}

/// Predicted and true classes.
type Pairs = (Vec<u32>, Vec<u8>);

/// Predictions of which a share is right, never 0, 1/2 or 1.
fn pairs(seed: u64, n: usize, classes: usize) -> Pairs {
    let mut rng = Rng::new(seed);
    let truth: Vec<u8> = (0..n).map(|_| rng.below(classes) as u8).collect();
    let mut predicted: Vec<u32> = truth.iter().map(|&t| u32::from(t)).collect();
    for p in predicted.iter_mut().step_by(3) {
        *p = (*p + 1 + rng.below(classes - 1) as u32) % classes as u32;
    }
    (predicted, truth)
}

fn hits((predicted, truth): &Pairs) -> f32 {
    predicted.iter().zip(truth).filter(|(p, t)| **p == u32::from(**t)).count() as f32
}

pub(super) static TAUX_REUSSITE: Exercise = Exercise {
    id: "tp1-taux-reussite",
    notebook: Notebook::Tp1,
    points: 2,
    title: "Le taux de réussite",
    hints: &[
        "Comptez les images dont la classe prédite est la vraie, puis divisez par le nombre d'images, en `f32`.",
        "Les deux tableaux n'ont pas le même type : `u32::from(vraie)` permet la comparaison.",
    ],
    mistakes: &[
        (
            "division entière",
            "Le résultat est toujours 0 (ou 1) : la division a été faite entre entiers. Convertissez avec `as f32` avant de diviser.",
        ),
        ("taux d'erreur", "C'est le taux d'erreur : vous comptez les images manquées."),
        ("pourcentage", "C'est un pourcentage ; on attend une fraction entre 0 et 1."),
        (
            "nombre au lieu du taux",
            "C'est le nombre de réussites : il reste à diviser par le nombre d'images.",
        ),
        (
            "divisé par les erreurs",
            "Vous divisez les réussites par les erreurs : le diviseur est le nombre total d'images.",
        ),
        (
            "divisé par dix",
            "Vous divisez par 10, le nombre de classes : le diviseur est le nombre d'images.",
        ),
        ("inversé", "La fraction est à l'envers : réussites divisées par images."),
    ],
    #[cfg(test)]
    trials: &[
        right("iterators", || taux_reussite(rate)),
        right("loop", || {
            taux_reussite(|p, t| {
                let mut hits = 0.0;
                for i in 0..p.len() {
                    if p[i] as u8 == t[i] {
                        hits += 1.0;
                    }
                }
                hits / t.len() as f32
            })
        }),
        wrong("division entière", || {
            taux_reussite(|p, t| {
                let hits = p.iter().zip(t).filter(|(p, t)| **p == u32::from(**t)).count();
                (hits / t.len()) as f32
            })
        }),
        wrong("taux d'erreur", || taux_reussite(|p, t| 1.0 - rate(p, t))),
        wrong("pourcentage", || taux_reussite(|p, t| 100.0 * rate(p, t))),
        wrong("nombre au lieu du taux", || taux_reussite(|p, t| rate(p, t) * t.len() as f32)),
        wrong("divisé par les erreurs", || taux_reussite(|p, t| rate(p, t) / (1.0 - rate(p, t)))),
        wrong("divisé par dix", || taux_reussite(|p, t| rate(p, t) * t.len() as f32 / 10.0)),
        wrong("inversé", || taux_reussite(|p, t| 1.0 / rate(p, t))),
        wrong("nan", || taux_reussite(|_, _| f32::NAN)),
        wrong("à compléter", || taux_reussite(|_, _| todo!("à compléter"))),
    ],
};

#[cfg(test)]
fn rate(predicted: &[u32], truth: &[u8]) -> f32 {
    let hits = predicted.iter().zip(truth).filter(|(p, t)| **p == u32::from(**t)).count();
    hits as f32 / truth.len() as f32
}

/// `taux_reussite(predites, vraies)`: accuracy, in `[0, 1]`.
pub fn taux_reussite(student: fn(&[u32], &[u8]) -> f32) -> Verdict {
    TAUX_REUSSITE.judge(|| {
        let size = |pairs: &Pairs| pairs.1.len() as f32;
        compare(
            vec![pairs(1, 4, 3), pairs(2, 11, 10), pairs(3, 50, 10)],
            |pair| format!("taux_reussite(&{:?}…, &{:?}…)", &pair.0[..4], &pair.1[..4]),
            |(p, t)| vec![student(p, t)],
            |pair| vec![hits(pair) / size(pair)],
            &[
                ("division entière", &|_: &Pairs| vec![0.0]),
                ("taux d'erreur", &|pair: &Pairs| vec![1.0 - hits(pair) / size(pair)]),
                ("pourcentage", &|pair: &Pairs| vec![100.0 * hits(pair) / size(pair)]),
                ("nombre au lieu du taux", &|pair: &Pairs| vec![hits(pair)]),
                ("divisé par les erreurs", &|pair: &Pairs| {
                    vec![hits(pair) / (size(pair) - hits(pair))]
                }),
                ("divisé par dix", &|pair: &Pairs| vec![hits(pair) / 10.0]),
                ("inversé", &|pair: &Pairs| vec![size(pair) / hits(pair)]),
            ],
        )?;
        Ok("le taux est juste sur trois séries de prédictions.".into())
    })
}

pub(super) static CONFUSION: Exercise = Exercise {
    id: "tp1-confusion",
    notebook: Notebook::Tp1,
    points: 2,
    title: "La matrice de confusion",
    hints: &[
        "Partez d'un tableau de zéros, `classes` lignes et `classes` colonnes ; chaque image ajoute 1 dans une case.",
        "La ligne est la vraie classe, la colonne la classe prédite : une image de 4 prise pour un 9 va en ligne 4, colonne 9.",
    ],
    mistakes: &[
        (
            "transposée",
            "Lignes et colonnes sont échangées : la ligne est la vraie classe, la colonne la classe prédite.",
        ),
        (
            "sans compter",
            "Les cases ne dépassent pas 1 : il faut ajouter 1 (`+= 1`), pas mettre 1 (`= 1`).",
        ),
        (
            "diagonale seulement",
            "Seules les réussites sont comptées : les erreurs aussi ont leur case.",
        ),
        (
            "erreurs seulement",
            "Seules les erreurs sont comptées : les réussites vont sur la diagonale.",
        ),
        ("taille", "On attend un tableau carré de `classes` lignes et `classes` colonnes."),
        ("zéros", "Toutes les cases sont restées à 0."),
        (
            "lignes liées",
            "Toutes les lignes sont égales : la ligne doit dépendre de la vraie classe.",
        ),
    ],
    #[cfg(test)]
    trials: &[
        right("loop", || confusion(matrix)),
        right("by cells", || {
            confusion(|t, p, classes| {
                let count = |i: usize, j: usize| {
                    t.iter()
                        .zip(p)
                        .filter(|(t, p)| usize::from(**t) == i && **p as usize == j)
                        .count()
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
    ],
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
                "inconnue"
            };
            let (rows, columns) = (got.len(), got.first().map_or(0, Vec::len));
            let found = format!(
                "pour {n} images de {classes} classes : {rows} × {columns} cases, de somme {}, première ligne `{:?}`.",
                got.iter().flatten().sum::<u32>(),
                got.first().map_or(&[][..], |row| &row[..row.len().min(6)])
            );
            return Err(Fault::new(mistake, found));
        }
        Ok("chaque image est comptée une fois, en ligne sa vraie classe, en colonne la classe prédite.".into())
    })
}

pub(super) static ERREURS: Exercise = Exercise {
    id: "tp1-erreurs",
    notebook: Notebook::Tp1,
    points: 1,
    title: "Les images mal classées",
    hints: &[
        "On veut les rangs des images pour lesquelles la classe prédite diffère de la vraie, dans l'ordre.",
        "`enumerate()` donne le rang de chaque couple ; un rang `usize` devient `u32` avec `as u32`.",
    ],
    mistakes: &[
        ("réussites", "Ce sont les images bien classées : la comparaison est dans l'autre sens."),
        ("classes au lieu des rangs", "Vous rendez des classes ; on veut les rangs des images."),
        ("rangs décalés", "Les rangs sont décalés : la première image a le rang 0."),
        (
            "première seulement",
            "Vous ne rendez que la première erreur : il faut toutes les parcourir.",
        ),
        ("aucune", "Aucune erreur n'est rendue, alors qu'il y en a."),
        ("toutes les images", "Vous rendez tous les rangs : il faut filtrer."),
    ],
    #[cfg(test)]
    trials: &[
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
        wrong("toutes les images", || erreurs(|t, _| (0..t.len() as u32).collect())),
        wrong("à compléter", || erreurs(|_, _| todo!("à compléter"))),
    ],
};

fn missed(truth: &[u8], predicted: &[u32]) -> Vec<u32> {
    let wrong = |i: &u32| u32::from(truth[*i as usize]) != predicted[*i as usize];
    (0..truth.len() as u32).filter(wrong).collect()
}

/// `erreurs(vraies, predites)`: ranks of the misclassified images.
pub fn erreurs(student: fn(&[u8], &[u32]) -> Vec<u32>) -> Verdict {
    ERREURS.judge(|| {
        for (seed, n) in [(5, 14), (6, 60)] {
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
            let mistake = if got.is_empty() {
                "aucune"
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
            } else {
                "inconnue"
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
        Ok(format!(
            "tous les rangs, et rien qu'eux (taux d'erreur de l'essai : {}).",
            short(1.0 / 3.0)
        ))
    })
}
