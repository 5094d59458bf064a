//! Precision and recall of a class; accuracy under noise.

use candle_core::{DType, Device, Tensor};

use super::super::probe::{close, compare, show, try_call};
#[cfg(test)]
use super::super::registry::{right, wrong};
use super::super::{Exercise, Fault, Notebook, Verdict};
use crate::Result;
use crate::data::{noise, one_hot};
use crate::nn::{Model, Sequential};
use crate::ops::activation::Activation;
use crate::ops::optimizer::Adam;
use crate::random::Rng;
use crate::train::Loss;

pub(super) static PRECISION_RAPPEL: Exercise = Exercise {
    id: "tp2-precision-rappel",
    notebook: Notebook::Tp2,
    points: 2,
    title: "Précision et rappel d'une classe",
    hints: &[
        "Trois nombres suffisent : la case de la diagonale, la somme de la colonne `classe` (tout ce qui a été prédit ainsi), la somme de la ligne `classe` (tout ce qui l'est vraiment).",
        "La colonne : `matrice.iter().map(|ligne| ligne[classe]).sum::<u32>()`. Convertissez en `f32` avant de diviser, et rendez 0 si le diviseur est nul.",
    ],
    mistakes: &[
        (
            "échangés",
            "Les deux nombres sont échangés : la précision divise par la colonne (les prédictions), le rappel par la ligne (la réalité).",
        ),
        (
            "division entière",
            "Vos réponses sont 0 ou 1 : convertissez en `f32` **avant** de diviser.",
        ),
        (
            "taux de réussite",
            "Vous rendez le taux de réussite de toutes les classes ensemble : ici il s'agit d'une seule classe.",
        ),
        (
            "total au diviseur",
            "Vous divisez par le nombre total d'images ; divisez par une colonne, puis par une ligne.",
        ),
        (
            "diagonale oubliée",
            "Le diviseur contient aussi les réussites : la somme va sur toute la colonne (ou toute la ligne), diagonale comprise.",
        ),
        (
            "deux fois la précision",
            "Les deux nombres sont divisés par la colonne : le rappel se divise par la ligne.",
        ),
        (
            "deux fois le rappel",
            "Les deux nombres sont divisés par la ligne : la précision se divise par la colonne.",
        ),
        (
            "classe jamais vue",
            "Quand une classe n'est jamais prédite (ou jamais présente), le diviseur est nul : la convention est de rendre 0, pas `NaN`.",
        ),
    ],
    #[cfg(test)]
    trials: &[
        right("iterators", || precision_rappel(scores)),
        right("loops", || {
            precision_rappel(|m, c| {
                let (mut column, mut row) = (0, 0);
                for (i, line) in m.iter().enumerate() {
                    column += line[c];
                    row += m[c][i];
                }
                let tp = m[c][c] as f32;
                (tp / column.max(1) as f32, tp / row.max(1) as f32)
            })
        }),
        wrong("échangés", || {
            precision_rappel(|m, c| {
                let (p, r) = scores(m, c);
                (r, p)
            })
        }),
        wrong("division entière", || {
            precision_rappel(|m, c| {
                let (column, row) = sums(m, c);
                ((m[c][c] / column.max(1)) as f32, (m[c][c] / row.max(1)) as f32)
            })
        }),
        wrong("taux de réussite", || precision_rappel(overall)),
        wrong("total au diviseur", || precision_rappel(over_total)),
        wrong("diagonale oubliée", || precision_rappel(without_diagonal)),
        wrong("deux fois la précision", || {
            precision_rappel(|m, c| (scores(m, c).0, scores(m, c).0))
        }),
        wrong("deux fois le rappel", || precision_rappel(|m, c| (scores(m, c).1, scores(m, c).1))),
        wrong("classe jamais vue", || {
            precision_rappel(|m, c| {
                let (column, row) = sums(m, c);
                (m[c][c] as f32 / column as f32, m[c][c] as f32 / row as f32)
            })
        }),
        wrong("indice hors limites", || precision_rappel(|m, _| scores(m, m.len()))),
        wrong("à compléter", || precision_rappel(|_, _| todo!("à compléter"))),
    ],
};

type Matrix = Vec<Vec<u32>>;

/// Sum of the column and of the row of a class.
fn sums(m: &[Vec<u32>], c: usize) -> (u32, u32) {
    (m.iter().map(|row| row[c]).sum(), m[c].iter().sum())
}

fn ratio(a: u32, b: u32) -> f32 {
    if b == 0 { 0.0 } else { a as f32 / b as f32 }
}

fn scores(m: &[Vec<u32>], c: usize) -> (f32, f32) {
    let (column, row) = sums(m, c);
    (ratio(m[c][c], column), ratio(m[c][c], row))
}

fn overall(m: &[Vec<u32>], _: usize) -> (f32, f32) {
    let right = (0..m.len()).map(|i| m[i][i]).sum();
    let all = m.iter().flatten().sum();
    (ratio(right, all), ratio(right, all))
}

fn over_total(m: &[Vec<u32>], c: usize) -> (f32, f32) {
    let all = m.iter().flatten().sum();
    (ratio(m[c][c], all), ratio(m[c][c], all))
}

fn without_diagonal(m: &[Vec<u32>], c: usize) -> (f32, f32) {
    let (column, row) = sums(m, c);
    (ratio(m[c][c], column - m[c][c]), ratio(m[c][c], row - m[c][c]))
}

/// `precision_rappel(matrice, classe)`.
pub fn precision_rappel(student: fn(&[Vec<u32>], usize) -> (f32, f32)) -> Verdict {
    type Input = (Matrix, usize);
    PRECISION_RAPPEL.judge(|| {
        let matrix = vec![vec![50, 3, 7], vec![1, 40, 4], vec![0, 12, 33]];
        let mut inputs: Vec<Input> = (0..3).map(|c| (matrix.clone(), c)).collect();
        let pair = |(a, b): (f32, f32)| vec![a, b];
        let what = |(m, c): &Input| format!("precision_rappel(&{m:?}, {c})");
        compare(
            inputs.clone(),
            what,
            |(m, c)| pair(student(m, *c)),
            |(m, c)| pair(scores(m, *c)),
            &[
                ("échangés", &|(m, c): &Input| vec![scores(m, *c).1, scores(m, *c).0]),
                ("division entière", &|(m, c): &Input| {
                    let (column, row) = sums(m, *c);
                    vec![(m[*c][*c] / column) as f32, (m[*c][*c] / row) as f32]
                }),
                ("taux de réussite", &|(m, c): &Input| pair(overall(m, *c))),
                ("total au diviseur", &|(m, c): &Input| pair(over_total(m, *c))),
                ("diagonale oubliée", &|(m, c): &Input| pair(without_diagonal(m, *c))),
                ("deux fois la précision", &|(m, c): &Input| vec![scores(m, *c).0; 2]),
                ("deux fois le rappel", &|(m, c): &Input| vec![scores(m, *c).1; 2]),
            ],
        )?;
        inputs = vec![(vec![vec![5, 0], vec![3, 0]], 1), (vec![vec![0, 0], vec![2, 6]], 0)];
        compare(inputs, what, |(m, c)| pair(student(m, *c)), |(m, c)| pair(scores(m, *c)), &[])
            .map_err(|fault| match fault.mistake {
                "nan" | "inconnue" => Fault { mistake: "classe jamais vue", ..fault }.worth(0.75),
                _ => fault,
            })?;
        Ok("justes pour chaque classe, y compris une classe jamais prédite ou jamais présente."
            .into())
    })
}

/// The accuracies of a network, one per level of noise.
type Curve = fn(&Model, &Tensor, &Tensor, &[f32]) -> Result<Vec<f32>>;

pub(super) static SOUS_BRUIT: Exercise = Exercise {
    id: "tp2-sous-bruit",
    notebook: Notebook::Tp2,
    points: 2,
    title: "La précision sous le bruit",
    hints: &[
        "Une boucle sur `niveaux` : pour chacun, bruiter `x`, évaluer, garder la précision.",
        "Dans la boucle : `let bruite = noise::gaussian(x, sigma, 42)?;` puis `modele.evaluate(&bruite, y)?.accuracy`.",
    ],
    mistakes: &[
        (
            "bruit ignoré",
            "La précision ne dépend pas du niveau : est-ce bien l'image bruitée que vous évaluez ?",
        ),
        (
            "bruit cumulé",
            "Le bruit s'ajoute à une image déjà bruitée : repartez de `x` à chaque tour de boucle.",
        ),
        ("perte", "Ce sont des pertes : prenez le champ `accuracy` de l'évaluation."),
        (
            "taux d'erreur",
            "Ce sont des taux d'erreur : la précision est la part de réponses justes.",
        ),
        ("pourcentages", "Vos précisions dépassent 1 : gardez des nombres entre 0 et 1."),
        ("ordre inverse", "Les précisions sont dans l'ordre inverse des niveaux."),
        (
            "un seul niveau",
            "Le même niveau de bruit sert à tous les tours : c'est celui de la boucle qu'il faut donner.",
        ),
        (
            "longueur",
            "Il faut une précision par niveau : la liste rendue a la longueur de `niveaux`.",
        ),
    ],
    #[cfg(test)]
    trials: &[
        right("loop", || sous_bruit(|m, x, y, levels| curve(m, x, y, levels, 42))),
        right("collect", || {
            sous_bruit(|m, x, y, levels| {
                levels
                    .iter()
                    .map(|s| Ok(m.evaluate(&noise::gaussian(x, *s, 7)?, y)?.accuracy))
                    .collect()
            })
        }),
        wrong("bruit ignoré", || {
            sous_bruit(|m, x, y, levels| Ok(vec![m.evaluate(x, y)?.accuracy; levels.len()]))
        }),
        wrong("bruit cumulé", || {
            sous_bruit(|m, x, y, levels| {
                let mut x = x.clone();
                let mut out = Vec::new();
                for (i, s) in levels.iter().enumerate() {
                    x = noise::gaussian(&x, *s, i as u64)?;
                    out.push(m.evaluate(&x, y)?.accuracy);
                }
                Ok(out)
            })
        }),
        wrong("perte", || {
            sous_bruit(|m, x, y, levels| {
                let one = |s: &f32| Ok(m.evaluate(&noise::gaussian(x, *s, 42)?, y)?.loss);
                levels.iter().map(one).collect()
            })
        }),
        wrong("taux d'erreur", || {
            sous_bruit(|m, x, y, l| Ok(curve(m, x, y, l, 1)?.iter().map(|a| 1.0 - a).collect()))
        }),
        wrong("pourcentages", || {
            sous_bruit(|m, x, y, l| Ok(curve(m, x, y, l, 1)?.iter().map(|a| 100.0 * a).collect()))
        }),
        wrong("ordre inverse", || {
            sous_bruit(|m, x, y, l| Ok(curve(m, x, y, l, 1)?.into_iter().rev().collect()))
        }),
        wrong("un seul niveau", || {
            sous_bruit(|m, x, y, levels| curve(m, x, y, &vec![0.3; levels.len()], 42))
        }),
        wrong("longueur", || sous_bruit(|m, x, y, levels| curve(m, x, y, &levels[1..], 42))),
        wrong("longueur", || sous_bruit(|_, _, _, _| Ok(Vec::new()))),
        wrong("nan", || sous_bruit(|_, _, _, levels| Ok(vec![f32::NAN; levels.len()]))),
        wrong("à compléter", || sous_bruit(|_, _, _, _| todo!("à compléter"))),
    ],
};

fn curve(m: &Model, x: &Tensor, y: &Tensor, levels: &[f32], seed: u64) -> Result<Vec<f32>> {
    levels.iter().map(|s| Ok(m.evaluate(&noise::gaussian(x, *s, seed)?, y)?.accuracy)).collect()
}

/// A linear network, images and its own answers as their labels: all right
/// without noise.
fn noisy_case() -> Result<(Model, Tensor, Tensor)> {
    let model = Sequential::new("essai", (28, 28, 1))
        .flatten("F")
        .dense("S", 10, Activation::Softmax)
        .seed(3)
        .compile(Adam::default(), Loss::CategoricalCrossentropy)?;
    let mut rng = Rng::new(33);
    let pixels = (0..200 * 784).map(|_| rng.uniform(0.3, 0.7)).collect();
    let x = Tensor::from_vec(pixels, (200, 28, 28, 1), &Device::Cpu)?;
    let y = one_hot(&model.predict_classes(&x)?.to_dtype(DType::U8)?, 10)?;
    Ok((model, x, y))
}

/// `precision_sous_bruit(modele, x, y, niveaux)`.
pub fn sous_bruit(student: Curve) -> Verdict {
    // The same level several times: only a noise that adds up makes it worse.
    const LEVELS: [f32; 6] = [0.0, 0.1, 0.2, 0.2, 0.2, 0.2];
    const TOLERANCE: f32 = 0.1;
    SOUS_BRUIT.judge(|| {
        let (model, x, y) = noisy_case()?;
        let what = format!("precision_sous_bruit(modele, x, y, &{LEVELS:?})");
        let got = try_call(&what, || student(&model, &x, &y, &LEVELS))?;
        let fault = |mistake| Err(Fault::new(mistake, format!("`{what}` donne `{}`.", show(&got))));
        let want = curve(&model, &x, &y, &LEVELS, 5)?;
        if got.len() != LEVELS.len() {
            return fault("longueur");
        }
        if got.iter().any(|v| v.is_nan()) {
            return fault("nan");
        }
        let near = |want: &[f32]| got.iter().zip(want).all(|(g, w)| (g - w).abs() < TOLERANCE);
        let steady = got[LEVELS.len() - 1] > got[2] - TOLERANCE;
        if near(&want) && (got[0] - want[0]).abs() < 1e-6 && steady {
            return Ok(
                "une précision par niveau, et le bruit repart chaque fois de l'image nette.".into(),
            );
        }
        let turned = |f: &dyn Fn(f32) -> f32| want.iter().map(|v| f(*v)).collect::<Vec<f32>>();
        let backwards: Vec<f32> = want.iter().rev().copied().collect();
        let mistake = match () {
            () if close(&got, &vec![want[0]; LEVELS.len()]) => "bruit ignoré",
            () if got.iter().all(|v| (v - got[0]).abs() < 1e-6) => "un seul niveau",
            () if got.iter().any(|v| *v > 1.5) && got[0] > 50.0 => "pourcentages",
            () if near(&turned(&|v| 1.0 - v)) && got[0] < 1e-6 => "taux d'erreur",
            () if near(&backwards) => "ordre inverse",
            () if (got[0] - model.evaluate(&x, &y)?.loss).abs() < 1e-4 => "perte",
            () if got[0] == want[0]
                && got[LEVELS.len() - 1] < want[LEVELS.len() - 1] - TOLERANCE / 2.0 =>
            {
                "bruit cumulé"
            }
            () => "inconnue",
        };
        fault(mistake)
    })
}
