//! Accuracy on each part of the test set.

use candle_core::{Device, Tensor};

use super::super::hints::hints;
use super::super::probe::{close, show, try_call};
use super::super::sample::answered;
use super::super::{Exercise, Fault, Verdict};
use crate::Result;
use crate::data::one_hot;
use crate::nn::Model;

/// `par_partie(modele, x, y)`.
type PerPart = fn(&Model, &Tensor, &Tensor) -> Result<Vec<f32>>;

pub(super) static PAR_PARTIE: Exercise = Exercise {
    id: "tp4-par-partie",
    points: 2,
    title: "La précision, partie par partie",
    hints: &[
        "Une partie compte `n = x.dim(0)? / 3` images ; la partie `k` commence à l'image `k * n`.",
        "`x.narrow(0, k * n, n)?` prend `n` images à partir de `k * n` ; de même pour `y`. Puis `modele.evaluate(&…, &…)?.accuracy`.",
    ],
    mistakes: &hints! {
        "découpage" => "Ce ne sont pas les trois parties : chacune compte `n = x.dim(0)? / 3` images et commence à `k * n`, dans `x` comme dans `y`.";
        "précision globale" => "C'est la précision sur les trois parties ensemble : il en faut une par partie.";
        "toujours la même partie" => "Les trois précisions sont celles de la même partie : le début de la tranche doit dépendre de `k`.";
        "parties cumulées" => "Chaque tranche part du début : `narrow(0, début, longueur)`, où la longueur reste `n`.";
        "ordre inverse" => "Les précisions sont dans l'ordre inverse des parties.";
        "longueur" => "Il faut trois précisions, une par partie.";
    },
    #[cfg(test)]
    trials: trials::PAR_PARTIE,
};

fn per_part(model: &Model, x: &Tensor, y: &Tensor) -> Result<Vec<f32>> {
    let n = x.dim(0)? / 3;
    let part = |k: usize| {
        let (x, y) = (x.narrow(0, k * n, n)?, y.narrow(0, k * n, n)?);
        Ok(model.evaluate(&x, &y)?.accuracy)
    };
    (0..3).map(part).collect()
}

/// A network, images, and labels that are its own answers in the first part, half of
/// them in the second, a quarter in the third.
fn trial() -> Result<(Model, Tensor, Tensor)> {
    const N: usize = 20;
    let (model, x, y) = answered(35, 3 * N, 0.0, 1.0)?;
    let answers: Vec<u32> = y.argmax(1)?.to_vec1()?;
    let right = |i: usize| [true, i.is_multiple_of(2), i.is_multiple_of(4)][i / N];
    let label = |(i, c): (usize, &u32)| (if right(i) { *c } else { (*c + 1) % 10 }) as u8;
    let labels: Vec<u8> = answers.iter().enumerate().map(label).collect();
    Ok((model, x, one_hot(&Tensor::from_vec(labels, 3 * N, &Device::Cpu)?, 10)?))
}

/// `par_partie(modele, x, y)`.
pub fn par_partie(student: PerPart) -> Verdict {
    PAR_PARTIE.judge(|| {
        let (model, x, y) = trial()?;
        let what = "par_partie(modele, x, y)";
        let got = try_call(what, || student(&model, &x, &y))?;
        let want = per_part(&model, &x, &y)?;
        if close(&got, &want) {
            return Ok("une précision pour chaque partie, dans l'ordre.".into());
        }
        let all = model.evaluate(&x, &y)?;
        let first_two = (want[0] + want[1]) / 2.0;
        let backwards: Vec<f32> = want.iter().rev().copied().collect();
        let percent: Vec<f32> = want.iter().map(|a| 100.0 * a).collect();
        let mistake = match () {
            () if got.len() != 3 => "longueur",
            () if close(&got, &[all.accuracy; 3]) => "précision globale",
            () if close(&got, &[got[0]; 3]) && want.iter().any(|w| close(&[*w], &got[..1])) => {
                "toujours la même partie"
            }
            () if close(&got, &[want[0], first_two, all.accuracy]) => "parties cumulées",
            () if close(&got, &backwards) => "ordre inverse",
            () if close(&got, &percent) => "pourcentages",
            () if got.iter().any(|v| *v > 1.0) => "perte",
            () => "découpage",
        };
        Err(Fault::new(
            mistake,
            format!("`{what}` donne `{}`, au lieu de `{}`.", show(&got), show(&want)),
        ))
    })
}

#[cfg(test)]
mod trials {
    use candle_core::IndexOp as _;

    use super::*;
    use crate::check::registry::{Trial, right, wrong};

    pub(super) const PAR_PARTIE: &[Trial] = &[
        right("index", || {
            par_partie(|model, x, y| {
                let n = x.dims()[0] / 3;
                let mut out = vec![0.0; 3];
                for (k, accuracy) in out.iter_mut().enumerate() {
                    let (from, to) = (k * n, (k + 1) * n);
                    *accuracy = model.evaluate(&x.i(from..to)?, &y.i(from..to)?)?.accuracy;
                }
                Ok(out)
            })
        }),
        right("answers counted", || {
            par_partie(|model, x, y| {
                let answers: Vec<u32> = model.predict_classes(x)?.to_vec1()?;
                let truth: Vec<u32> = y.argmax(1)?.to_vec1()?;
                let n = truth.len() / 3;
                let share = |(a, t): (&[u32], &[u32])| {
                    a.iter().zip(t).filter(|(a, t)| a == t).count() as f32 / n as f32
                };
                Ok(answers.chunks(n).zip(truth.chunks(n)).map(share).collect())
            })
        }),
        wrong("découpage", || {
            par_partie(|model, x, y| {
                let n = x.dim(0)? / 4;
                let part = |k: usize| -> Result<f32> {
                    Ok(model.evaluate(&x.narrow(0, k * n, n)?, &y.narrow(0, k * n, n)?)?.accuracy)
                };
                Ok(vec![part(0)?, part(1)?, part(2)?])
            })
        }),
        right("loop", || par_partie(per_part)),
        right("chunks", || {
            par_partie(|model, x, y| {
                let parts = x.chunk(3, 0)?.into_iter().zip(y.chunk(3, 0)?);
                parts.map(|(x, y)| Ok(model.evaluate(&x, &y)?.accuracy)).collect()
            })
        }),
        wrong("précision globale", || {
            par_partie(|model, x, y| Ok(vec![model.evaluate(x, y)?.accuracy; 3]))
        }),
        wrong("toujours la même partie", || {
            par_partie(|model, x, y| Ok(vec![per_part(model, x, y)?[0]; 3]))
        }),
        wrong("parties cumulées", || {
            par_partie(|model, x, y| {
                let n = x.dim(0)? / 3;
                let part = |k: usize| -> Result<f32> {
                    let (x, y) = (x.narrow(0, 0, k * n)?, y.narrow(0, 0, k * n)?);
                    Ok(model.evaluate(&x, &y)?.accuracy)
                };
                (1..4).map(part).collect()
            })
        }),
        wrong("ordre inverse", || {
            par_partie(|model, x, y| Ok(per_part(model, x, y)?.into_iter().rev().collect()))
        }),
        wrong("perte", || {
            par_partie(|model, x, y| {
                let parts = x.chunk(3, 0)?.into_iter().zip(y.chunk(3, 0)?);
                parts.map(|(x, y)| Ok(model.evaluate(&x, &y)?.loss)).collect()
            })
        }),
        wrong("pourcentages", || {
            par_partie(|m, x, y| Ok(per_part(m, x, y)?.iter().map(|a| 100.0 * a).collect()))
        }),
        wrong("longueur", || par_partie(|model, x, y| Ok(per_part(model, x, y)?[..2].to_vec()))),
        wrong("longueur", || par_partie(|_, _, _| Ok(Vec::new()))),
        wrong("au-delà du tenseur", || {
            par_partie(|model, x, y| {
                let x = x.narrow(0, 10_000, 10_000)?;
                Ok(vec![model.evaluate(&x, y)?.accuracy])
            })
        }),
        wrong("à compléter", || par_partie(|_, _, _| todo!("à compléter"))),
    ];
}
