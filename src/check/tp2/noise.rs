//! Accuracy under noise.

use candle_core::{DType, Device, Tensor};

use super::super::hints::hints;
use super::super::probe::{close, show, try_call};
use super::super::sample::answered;
use super::super::{Exercise, Fault, Verdict};
use crate::Result;
use crate::data::{noise, one_hot};
use crate::nn::Loss;
use crate::nn::{Model, Sequential};
use crate::ops::Padding;
use crate::ops::activation::Activation;
use crate::ops::optimizer::Adam;

/// The accuracies of a network, one per level of noise.
type Curve = fn(&Model, &Tensor, &Tensor, &[f32]) -> Result<Vec<f32>>;

pub(super) static SOUS_BRUIT: Exercise = Exercise {
    id: "tp2-sous-bruit",
    points: 2,
    title: "La précision sous le bruit",
    hints: &[
        "Une boucle sur `niveaux` : pour chacun, bruiter `x`, évaluer, garder la précision.",
        "Dans la boucle : `let bruite = noise::gaussian(x, sigma, 42)?;` puis `modele.evaluate(&bruite, y)?.accuracy`.",
    ],
    mistakes: &hints! {
        "bruit ignoré" => "La précision ne dépend pas du niveau : est-ce bien l'image bruitée que vous évaluez ?";
        "bruit cumulé" => "Le bruit s'ajoute à une image déjà bruitée : repartez de `x` à chaque tour de boucle.";
        "ordre inverse" => "Les précisions sont dans l'ordre inverse des niveaux.";
        "un seul niveau" => "Le même niveau de bruit sert à tous les tours : c'est celui de la boucle qu'il faut donner.";
        "autre bruit" => "Les précisions ne sont pas celles d'un bruit gaussien de ces écarts types : `noise::gaussian(x, sigma, graine)?`, avec `sigma` pris tel quel dans `niveaux`.";
        "rang au lieu du niveau" => "Le bruit grandit avec le rang du tour, pas avec `niveaux` : donnez au bruit la valeur du niveau elle-même.";
        "net altéré" => "Au niveau 0 il n'y a pas de bruit : la précision doit être celle des images nettes.";
        "longueur" => "Il faut une précision par niveau : la liste rendue a la longueur de `niveaux`.";
    },
    #[cfg(test)]
    trials: trials::SOUS_BRUIT,
};

fn curve(m: &Model, x: &Tensor, y: &Tensor, levels: &[f32], seed: u64) -> Result<Vec<f32>> {
    levels.iter().map(|s| Ok(m.evaluate(&noise::gaussian(x, *s, seed)?, y)?.accuracy)).collect()
}

/// A network that answers 1 when some pixels are nearly white, grey images, and
/// targets that say that none is.
fn white_counter() -> Result<(Model, Tensor, Tensor)> {
    let model = Sequential::new("compteur", (28, 28, 1))
        .conv2d("A", 1, 1, Padding::Valid, Activation::Relu)
        .flatten("F")
        .dense("S", 2, Activation::Softmax)
        .compile(Adam::default(), Loss::CategoricalCrossentropy)?;
    let to_one: Vec<f32> = (0..2 * 784).map(|i| (i % 2) as f32).collect();
    let weights = [vec![1.0], vec![-0.95], to_one, vec![0.5, 0.0]];
    for (var, values) in model.vars().iter().zip(weights) {
        var.set(&Tensor::from_vec(values, var.dims(), &Device::Cpu)?)?;
    }
    let grey = Tensor::full(0.5f32, (20, 28, 28, 1), &Device::Cpu)?;
    Ok((model, grey, one_hot(&Tensor::zeros(20, DType::U8, &Device::Cpu)?, 2)?))
}

/// `precision_sous_bruit(modele, x, y, niveaux)`.
pub fn sous_bruit(student: Curve) -> Verdict {
    // The same level several times: only a noise that adds up makes it worse.
    const LEVELS: [f32; 6] = [0.0, 0.1, 0.2, 0.2, 0.2, 0.2];
    const TOLERANCE: f32 = 0.1;
    SOUS_BRUIT.judge(|| {
        let (model, x, y) = answered(33, 200, 0.3, 0.7)?;
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
        // One level alone, and pixels that a gaussian noise never turns white.
        let alone = try_call("precision_sous_bruit(…)", || student(&model, &x, &y, &[0.3]))?;
        let (counter, grey, zeros) = white_counter()?;
        let white =
            try_call("precision_sous_bruit(…)", || student(&counter, &grey, &zeros, &[0.1]))?;
        let near = |want: &[f32]| got.iter().zip(want).all(|(g, w)| (g - w).abs() < TOLERANCE);
        let by_level = alone.len() == 1 && alone[0] < 1.0;
        let gaussian = white.iter().all(|share| *share > 0.5);
        let steady = got[LEVELS.len() - 1] > got[2] - TOLERANCE;
        if near(&want) && (got[0] - want[0]).abs() < 1e-6 && steady && by_level && gaussian {
            return Ok(
                "une précision par niveau, et le bruit repart chaque fois de l'image nette.".into(),
            );
        }
        let turned = |f: &dyn Fn(f32) -> f32| want.iter().map(|v| f(*v)).collect::<Vec<f32>>();
        let backwards: Vec<f32> = want.iter().rev().copied().collect();
        let mistake = match () {
            () if near(&want) && got[0] == want[0] && steady && !gaussian => "autre bruit",
            () if close(&got, &vec![want[0]; LEVELS.len()]) => "bruit ignoré",
            () if got.iter().all(|v| (v - got[0]).abs() < 1e-6) => "un seul niveau",
            () if got.iter().any(|v| *v > 1.5) && got[0] > 50.0 => "pourcentages",
            () if near(&turned(&|v| 1.0 - v)) && got[0] < 1e-6 => "taux d'erreur",
            () if near(&backwards) => "ordre inverse",
            () if (got[0] - model.evaluate(&x, &y)?.loss).abs() < 1e-4 => "perte",
            () if got[0] == want[0] && got[1] == want[0] && alone == [1.0] => "décalé d'une place",
            () if got[0] == want[0] && alone == [1.0] => "rang au lieu du niveau",
            () if got[0] == want[0]
                && got[LEVELS.len() - 1] < want[LEVELS.len() - 1] - TOLERANCE / 2.0 =>
            {
                "bruit cumulé"
            }
            () if got[0] != want[0] => "net altéré",
            () => "autre bruit",
        };
        fault(mistake)
    })
}

#[cfg(test)]
mod trials {
    use super::*;
    use crate::check::registry::{Trial, right, wrong};

    pub(super) const SOUS_BRUIT: &[Trial] = &[
        wrong("décalé d'une place", || {
            sous_bruit(|m, x, y, levels| {
                let before = [&[0.0], &levels[..levels.len() - 1]].concat();
                curve(m, x, y, &before, 42)
            })
        }),
        right("rank by rank", || {
            sous_bruit(|m, x, y, levels| {
                let mut out = vec![0.0; levels.len()];
                for i in 0..levels.len() {
                    let noisy = noise::gaussian(&x.clone(), levels[i], 2026)?;
                    let answers: Vec<u32> = m.predict_classes(&noisy)?.to_vec1()?;
                    let truth: Vec<u32> = y.argmax(1)?.to_vec1()?;
                    let right = answers.iter().zip(&truth).filter(|(a, b)| a == b).count();
                    out[i] = right as f32 / truth.len() as f32;
                }
                Ok(out)
            })
        }),
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
        wrong("autre bruit", || {
            sous_bruit(|m, x, y, levels| {
                let one =
                    |s: &f32| Ok(m.evaluate(&noise::salt_and_pepper(x, *s, 42)?, y)?.accuracy);
                levels.iter().map(one).collect()
            })
        }),
        wrong("rang au lieu du niveau", || {
            sous_bruit(|m, x, y, levels| {
                let ranks: Vec<f32> = (0..levels.len()).map(|i| i as f32 / 10.0).collect();
                curve(m, x, y, &ranks, 42)
            })
        }),
        wrong("net altéré", || {
            sous_bruit(|m, x, y, levels| {
                let more: Vec<f32> = levels.iter().map(|s| s + 0.3).collect();
                curve(m, x, y, &more, 42)
            })
        }),
        right("a seed for each level", || {
            sous_bruit(|m, x, y, levels| {
                let one = |(i, s): (usize, &f32)| {
                    Ok(m.evaluate(&noise::gaussian(x, *s, i as u64)?, y)?.accuracy)
                };
                levels.iter().enumerate().map(one).collect()
            })
        }),
        wrong("nan", || sous_bruit(|_, _, _, levels| Ok(vec![f32::NAN; levels.len()]))),
        wrong("à compléter", || sous_bruit(|_, _, _, _| todo!("à compléter"))),
    ];
}
