//! Convolution and pooling by hand, and a filter to invent.

use super::super::probe::short;
#[cfg(test)]
use super::super::registry::{right, wrong};
use super::super::{Exercise, Fault, Notebook, Verdict};
use super::{Rows, compare_rows, random_rows, rows, size};
use crate::random::Rng;

pub(super) static CONVOLUTION: Exercise = Exercise {
    id: "tp2-convolution",
    notebook: Notebook::Tp2,
    points: 3,
    title: "La convolution à la main",
    hints: &[
        "Quatre boucles : deux pour la place de la fenêtre (i, j), deux pour la place dans le noyau (a, b). La somme repart de 0 à chaque fenêtre.",
        "Le terme à additionner est `image[i + a][j + b] * noyau[a][b]` ; la sortie a `image.len() - noyau.len() + 1` lignes.",
    ],
    mistakes: &[
        (
            "noyau retourné",
            "Vous parcourez le noyau à l'envers. C'est la convolution des mathématiciens ; les réseaux de neurones gardent le noyau à l'endroit : `noyau[a][b]` avec `image[i + a][j + b]`.",
        ),
        (
            "noyau transposé",
            "Lignes et colonnes du noyau sont échangées : `noyau[a][b]`, pas `noyau[b][a]`.",
        ),
        (
            "sortie transposée",
            "La sortie est couchée : sa première dimension est celle des lignes.",
        ),
        (
            "dernière fenêtre oubliée",
            "Il manque la dernière ligne et la dernière colonne de fenêtres : de la place 0 à la place h − k, cela fait h − k **+ 1** places.",
        ),
        (
            "bordure ajoutée",
            "Votre sortie est aussi grande que l'image : vous l'avez entourée de zéros. Ici la fenêtre doit rester dans l'image.",
        ),
        (
            "moyenne",
            "Vous divisez par le nombre de cases : la convolution est une somme, pas une moyenne.",
        ),
        (
            "somme écrasée",
            "Seul le dernier produit reste : dans la boucle, il faut ajouter (`+=`), pas remplacer (`=`).",
        ),
        (
            "somme jamais remise à zéro",
            "Chaque fenêtre reprend la somme de la précédente : déclarez `somme` à l'intérieur des deux premières boucles.",
        ),
        (
            "relu déjà appliquée",
            "Les sommes négatives sont devenues 0 : l'activation vient plus tard.",
        ),
        (
            "fenêtres disjointes",
            "La fenêtre saute de k cases : elle doit avancer d'une case à la fois.",
        ),
        (
            "forme",
            "Comptez les places de la fenêtre : verticalement, de 0 à `h - k`, soit `h - k + 1`.",
        ),
    ],
    #[cfg(test)]
    trials: &[
        right("loops", || {
            convolution(|x, k| {
                let mut out = Vec::new();
                for i in 0..=x.len() - k.len() {
                    let mut line = Vec::new();
                    for j in 0..=x[0].len() - k[0].len() {
                        let mut sum = 0.0;
                        for (a, row) in k.iter().enumerate() {
                            for (b, w) in row.iter().enumerate() {
                                sum += x[i + a][j + b] * w;
                            }
                        }
                        line.push(sum);
                    }
                    out.push(line);
                }
                out
            })
        }),
        right("windows", || {
            convolution(|x, k| {
                x.windows(k.len())
                    .map(|band| {
                        (0..band[0].len() + 1 - k[0].len())
                            .map(|j| {
                                let dot = |(row, w): (&Vec<f32>, &Vec<f32>)| -> f32 {
                                    row[j..].iter().zip(w).map(|(x, w)| x * w).sum()
                                };
                                band.iter().zip(k).map(dot).sum()
                            })
                            .collect()
                    })
                    .collect()
            })
        }),
        wrong("noyau retourné", || convolution(|x, k| convolve(x, &flip(k)))),
        wrong("noyau transposé", || convolution(|x, k| convolve(x, &transpose(k)))),
        wrong("sortie transposée", || convolution(|x, k| transpose(&convolve(x, k)))),
        wrong("dernière fenêtre oubliée", || {
            convolution(|x, k| {
                let (h, w) = (x.len() - k.len(), x[0].len() - k[0].len());
                convolve(x, k)[..h].iter().map(|row| row[..w].to_vec()).collect()
            })
        }),
        wrong("bordure ajoutée", || convolution(|x, k| convolve(&framed(x, k.len() / 2), k))),
        wrong("moyenne", || convolution(|x, k| convolve(x, &scaled(k, 1.0 / 9.0)))),
        wrong("somme écrasée", || convolution(overwritten)),
        wrong("somme jamais remise à zéro", || convolution(never_reset)),
        wrong("relu déjà appliquée", || convolution(|x, k| map(convolve(x, k), |v| v.max(0.0)))),
        wrong("fenêtres disjointes", || convolution(strided)),
        wrong("forme", || convolution(|x, _| x[1..].to_vec())),
        wrong("nan", || convolution(|x, k| map(convolve(x, k), |_| f32::NAN))),
        wrong("indice hors limites", || {
            convolution(|x, k| rows(x.len(), x[0].len(), |i, j| x[i + k.len() - 1][j] * k[0][0]))
        }),
        wrong("à compléter", || convolution(|_, _| todo!("à compléter"))),
    ],
};

/// A convolution or a pooling without frame.
type Convolution = fn(&[Vec<f32>], &[Vec<f32>]) -> Rows;

pub(super) fn convolve(x: &[Vec<f32>], k: &[Vec<f32>]) -> Rows {
    let ((h, w), (kh, kw)) = (size(x), size(k));
    rows((h + 1).saturating_sub(kh), (w + 1).saturating_sub(kw), |i, j| {
        (0..kh).flat_map(|a| (0..kw).map(move |b| x[i + a][j + b] * k[a][b])).sum()
    })
}

fn flip(k: &[Vec<f32>]) -> Rows {
    k.iter().rev().map(|row| row.iter().rev().copied().collect()).collect()
}

pub(super) fn transpose(x: &[Vec<f32>]) -> Rows {
    let (h, w) = size(x);
    rows(w, h, |i, j| x[j][i])
}

pub(super) fn framed(x: &[Vec<f32>], p: usize) -> Rows {
    let (h, w) = size(x);
    rows(h + 2 * p, w + 2 * p, |i, j| {
        if (p..h + p).contains(&i) && (p..w + p).contains(&j) { x[i - p][j - p] } else { 0.0 }
    })
}

fn scaled(k: &[Vec<f32>], factor: f32) -> Rows {
    map(k.to_vec(), |v| v * factor)
}

fn map(x: Rows, f: impl Fn(f32) -> f32) -> Rows {
    x.into_iter().map(|row| row.into_iter().map(&f).collect()).collect()
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

fn strided(x: &[Vec<f32>], k: &[Vec<f32>]) -> Rows {
    let (kh, kw) = size(k);
    let kept = convolve(x, k).into_iter().step_by(kh);
    kept.map(|row| row.into_iter().step_by(kw).collect()).collect()
}

/// `convolution(image, noyau)`: the sums over every window, without frame.
pub fn convolution(student: Convolution) -> Verdict {
    CONVOLUTION.judge(|| {
        let mut rng = Rng::new(21);
        let inputs: Vec<(Rows, Rows)> = [(5, 7, 3), (6, 6, 3), (8, 5, 3), (4, 3, 3)]
            .map(|(h, w, k)| (random_rows(&mut rng, h, w), random_rows(&mut rng, k, k)))
            .to_vec();
        type Input = (Rows, Rows);
        let what = |(x, k): &Input| {
            let ((h, w), (kh, kw)) = (size(x), size(k));
            format!("convolution(image {h}×{w}, noyau {kh}×{kw})")
        };
        compare_rows(
            &inputs,
            what,
            |(x, k)| student(x, k),
            |(x, k)| convolve(x, k),
            &[
                ("noyau retourné", &|(x, k): &Input| convolve(x, &flip(k))),
                ("noyau transposé", &|(x, k): &Input| convolve(x, &transpose(k))),
                ("sortie transposée", &|(x, k): &Input| transpose(&convolve(x, k))),
                ("dernière fenêtre oubliée", &|(x, k): &Input| {
                    let full = convolve(x, k);
                    let (h, w) = size(&full);
                    rows(h - 1, w - 1, |i, j| full[i][j])
                }),
                ("bordure ajoutée", &|(x, k): &Input| convolve(&framed(x, k.len() / 2), k)),
                ("moyenne", &|(x, k): &Input| {
                    let (kh, kw) = size(k);
                    convolve(x, &scaled(k, 1.0 / (kh * kw) as f32))
                }),
                ("somme écrasée", &|(x, k): &Input| overwritten(x, k)),
                ("somme jamais remise à zéro", &|(x, k): &Input| never_reset(x, k)),
                ("relu déjà appliquée", &|(x, k): &Input| map(convolve(x, k), |v| v.max(0.0))),
                ("fenêtres disjointes", &|(x, k): &Input| strided(x, k)),
            ],
        )?;
        let wide = (random_rows(&mut rng, 6, 6), random_rows(&mut rng, 2, 4));
        compare_rows(&[wide], what, |(x, k)| student(x, k), |(x, k)| convolve(x, k), &[])?;
        Ok("juste sur cinq images, carrées ou non, avec des noyaux 3×3 et 2×4.".into())
    })
}

pub(super) static FILTRE: Exercise = Exercise {
    id: "tp2-filtre",
    notebook: Notebook::Tp2,
    points: 2,
    title: "Inventer un filtre",
    hints: &[
        "Le filtre doit comparer le bas et le haut de la fenêtre : des poids positifs là où l'on attend de l'encre, négatifs là où l'on attend du papier.",
        "Trois lignes de trois nombres : la première négative, la dernière positive, et la somme des neuf nombres égale à 0.",
    ],
    mistakes: &[
        ("forme", "Un noyau 3×3 a trois lignes de trois nombres."),
        ("nul", "Un noyau de zéros ne répond à rien : choisissez des poids positifs et négatifs."),
        (
            "zone uniforme",
            "Ce filtre répond aussi à une zone toute noire, sans bord : la somme de ses neuf poids doit être nulle.",
        ),
        (
            "bord vertical",
            "Ce filtre répond aux bords verticaux : il compare la gauche et la droite. Tournez-le d'un quart de tour.",
        ),
        (
            "signe",
            "Ce filtre répond au bord inférieur d'un trait (encre au-dessus, papier dessous). Changez tous les signes.",
        ),
        (
            "oblique",
            "Ce filtre répond aussi aux bords verticaux : les trois nombres d'une même ligne devraient être équilibrés entre gauche et droite.",
        ),
        (
            "deux sens",
            "Ce filtre ne distingue pas le haut du bas d'un trait : le retourner de haut en bas devrait changer son signe.",
        ),
    ],
    #[cfg(test)]
    trials: &[
        right("Prewitt", || filtre(&kernel([-1., -1., -1., 0., 0., 0., 1., 1., 1.]))),
        right("Sobel", || filtre(&kernel([-1., -2., -1., 0., 0., 0., 1., 2., 1.]))),
        right("one column", || filtre(&kernel([0., -0.5, 0., 0., 0., 0., 0., 0.5, 0.]))),
        wrong("forme", || filtre(&[vec![-1.0, 0.0, 1.0]])),
        wrong("nul", || filtre(&kernel([0.0; 9]))),
        wrong("zone uniforme", || filtre(&kernel([1.0 / 9.0; 9]))),
        wrong("zone uniforme", || filtre(&kernel([0., 0., 0., 0., 0., 0., 1., 1., 1.]))),
        wrong("bord vertical", || filtre(&kernel([-1., 0., 1., -1., 0., 1., -1., 0., 1.]))),
        wrong("signe", || filtre(&kernel([1., 1., 1., 0., 0., 0., -1., -1., -1.]))),
        wrong("oblique", || filtre(&kernel([-2., -1., 0., -1., 0., 1., 0., 1., 2.]))),
        wrong("deux sens", || filtre(&kernel([0., -1., 0., -1., 4., -1., 0., -1., 0.]))),
        wrong("nan", || filtre(&kernel([f32::NAN; 9]))),
    ],
};

#[cfg(test)]
fn kernel(values: [f32; 9]) -> Rows {
    values.chunks(3).map(<[f32]>::to_vec).collect()
}

/// A 3×3 kernel that answers to the upper edge of a horizontal stroke.
pub fn filtre(kernel: &[Vec<f32>]) -> Verdict {
    FILTRE.judge(|| {
        let fault = |mistake, found: String| Err(Fault::new(mistake, found));
        if size(kernel) != (3, 3) || kernel.iter().any(|row| row.len() != 3) {
            let (h, w) = size(kernel);
            return fault("forme", format!("le noyau a {h}×{w} nombres au lieu de 3×3."));
        }
        if kernel.iter().flatten().any(|w| !w.is_finite()) {
            return fault("nan", "un des poids n'est pas un nombre.".into());
        }
        let total: f32 = kernel.iter().flatten().map(|w| w.abs()).sum();
        if total == 0.0 {
            return fault("nul", "tous les poids sont nuls.".into());
        }
        // Both places of an edge in the window, paper above and ink below.
        let edge = |ink: &dyn Fn(usize, usize) -> bool| {
            convolve(&rows(3, 3, |i, j| f32::from(ink(i, j))), kernel)[0][0]
        };
        let flat = edge(&|_, _| true);
        let upper = edge(&|i, _| i >= 1) + edge(&|i, _| i >= 2);
        let lower = edge(&|i, _| i < 1) + edge(&|i, _| i < 2);
        let side = edge(&|_, j| j >= 1) + edge(&|_, j| j >= 2);
        let small = 1e-3 * total;
        let found = format!(
            "réponse au bord supérieur : `{}`, au bord inférieur : `{}`, à un bord vertical : `{}`, à une zone toute noire : `{}`.",
            short(upper),
            short(lower),
            short(side),
            short(flat)
        );
        match () {
            () if flat.abs() > small => fault("zone uniforme", found),
            () if side.abs() > upper.abs() + small => fault("bord vertical", found),
            () if side.abs() > small => fault("oblique", found),
            () if upper < -small => fault("signe", found),
            () if upper < small => fault("deux sens", found),
            () => Ok("le bord supérieur d'un trait l'excite, une zone unie ou un bord vertical le laisse indifférent.".into()),
        }
    })
}

pub(super) static MAX_POOLING: Exercise = Exercise {
    id: "tp2-max-pooling",
    notebook: Notebook::Tp2,
    points: 2,
    title: "Le max-pooling à la main",
    hints: &[
        "La fenêtre (i, j) couvre les lignes `i * taille` à `i * taille + taille - 1`, et de même pour les colonnes.",
        "La sortie a `carte.len() / taille` lignes (division entière) ; le maximum part de `f32::NEG_INFINITY`.",
    ],
    mistakes: &[
        (
            "moyenne",
            "Vous prenez la moyenne de chaque fenêtre (c'est l'*average pooling*) ; ici, le maximum.",
        ),
        ("minimum", "Vous gardez le plus petit nombre de chaque fenêtre : il faut le plus grand."),
        (
            "somme",
            "Vous additionnez les nombres de la fenêtre : il faut en garder un seul, le plus grand.",
        ),
        (
            "fenêtres qui se chevauchent",
            "La fenêtre avance d'une case à la fois : elle doit sauter de `taille` cases, pour que les fenêtres ne se chevauchent pas.",
        ),
        ("premier nombre", "Vous gardez le premier nombre de chaque fenêtre, pas le plus grand."),
        (
            "départ à zéro",
            "Quand tous les nombres d'une fenêtre sont négatifs, vous rendez 0 : le maximum doit partir de `f32::NEG_INFINITY`.",
        ),
        (
            "fenêtre incomplète",
            "Quand la taille de la carte n'est pas un multiple de `taille`, la dernière fenêtre, incomplète, s'abandonne : division entière.",
        ),
        (
            "sortie transposée",
            "La sortie est couchée : sa première dimension est celle des lignes.",
        ),
        (
            "forme",
            "La sortie a `carte.len() / taille` lignes et autant de colonnes que `carte[0].len() / taille`.",
        ),
    ],
    #[cfg(test)]
    trials: &[
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
        wrong("moyenne", || {
            max_pooling(|x, s| map(pool(x, s, 0.0, |a, b| a + b), |v| v / (s * s) as f32))
        }),
        wrong("minimum", || max_pooling(|x, s| pool(x, s, f32::INFINITY, f32::min))),
        wrong("somme", || max_pooling(|x, s| pool(x, s, 0.0, |a, b| a + b))),
        wrong("fenêtres qui se chevauchent", || max_pooling(overlapping)),
        wrong("premier nombre", || {
            max_pooling(|x, s| rows(x.len() / s, x[0].len() / s, |i, j| x[i * s][j * s]))
        }),
        wrong("départ à zéro", || max_pooling(|x, s| pool(x, s, 0.0, f32::max))),
        wrong("fenêtre incomplète", || max_pooling(ragged)),
        wrong("sortie transposée", || {
            max_pooling(|x, s| transpose(&pool(x, s, f32::NEG_INFINITY, f32::max)))
        }),
        wrong("forme", || max_pooling(|x, _| x.to_vec())),
        wrong("nan", || max_pooling(|x, s| pool(x, s, f32::NAN, |a, b| a + b))),
        wrong("à compléter", || max_pooling(|_, _| todo!("à compléter"))),
    ],
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

/// `max_pooling(carte, taille)`: the largest number of each window.
pub fn max_pooling(student: fn(&[Vec<f32>], usize) -> Rows) -> Verdict {
    type Input = (Rows, usize);
    MAX_POOLING.judge(|| {
        let mut rng = Rng::new(22);
        let mut inputs: Vec<Input> = [(4, 6, 2), (6, 9, 3), (5, 7, 2)]
            .map(|(h, w, s)| (random_rows(&mut rng, h, w), s))
            .to_vec();
        inputs.push((rows(4, 4, |i, j| -1.0 - (3 * i + 2 * j) as f32), 2));
        compare_rows(
            &inputs,
            |(x, s)| format!("max_pooling(carte {}×{}, {s})", size(x).0, size(x).1),
            |(x, s)| student(x, *s),
            |(x, s)| pool(x, *s, f32::NEG_INFINITY, f32::max),
            &[
                ("moyenne", &|(x, s): &Input| {
                    map(pool(x, *s, 0.0, |a, b| a + b), |v| v / (s * s) as f32)
                }),
                ("minimum", &|(x, s): &Input| pool(x, *s, f32::INFINITY, f32::min)),
                ("somme", &|(x, s): &Input| pool(x, *s, 0.0, |a, b| a + b)),
                ("fenêtres qui se chevauchent", &|(x, s): &Input| overlapping(x, *s)),
                ("premier nombre", &|(x, s): &Input| {
                    rows(x.len() / s, x[0].len() / s, |i, j| x[i * s][j * s])
                }),
                ("départ à zéro", &|(x, s): &Input| pool(x, *s, 0.0, f32::max)),
                ("fenêtre incomplète", &|(x, s): &Input| ragged(x, *s)),
                ("sortie transposée", &|(x, s): &Input| {
                    transpose(&pool(x, *s, f32::NEG_INFINITY, f32::max))
                }),
            ],
        )?;
        Ok("juste sur des cartes paires, impaires et négatives, avec des fenêtres 2×2 et 3×3."
            .into())
    })
}
