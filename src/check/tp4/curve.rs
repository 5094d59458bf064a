//! Accuracy against the strength of an alteration.

use candle_core::Tensor;

use super::super::hints::hints;
use super::super::probe::{close, try_call};
use super::super::sample::answered;
use super::super::{Exercise, Fault, Verdict};
use crate::Result;
use crate::data::noise;
use crate::nn::Model;

/// An alteration of a given strength.
type Alter = fn(&Tensor, f32) -> Result<Tensor>;

/// `courbe(modele, x, y, niveaux, alterer)`.
type Curve = fn(&Model, &Tensor, &Tensor, &[f32], Alter) -> Result<Vec<(f64, f64)>>;

pub(super) static COURBE: Exercise = Exercise {
    id: "tp4-courbe",
    points: 2,
    title: "La courbe de robustesse",
    hints: &[
        "Une boucle sur `niveaux` : altérer `x`, évaluer, garder le couple (niveau, précision).",
        "Dans la boucle : `let alterees = alterer(x, *niveau)?;`, `let precision = modele.evaluate(&alterees, y)?.accuracy;`, puis `points.push((f64::from(*niveau), f64::from(precision)));`.",
    ],
    mistakes: &hints! {
        "altération ignorée" => "La précision ne dépend pas du niveau : est-ce bien l'image altérée que vous évaluez ?";
        "altérations cumulées" => "L'altération s'ajoute à une image déjà altérée : repartez de `x` à chaque tour de boucle.";
        "couples inversés" => "Le niveau est le premier nombre de chaque couple, la précision le second.";
        "un seul niveau" => "Le même niveau sert à tous les tours : c'est celui de la boucle qu'il faut donner.";
        "abscisses" => "Les abscisses ne sont pas les niveaux donnés : `f64::from(*niveau)`.";
        "ordre inverse" => "Les points sont dans l'ordre inverse des niveaux.";
        "longueur" => "Il faut un point par niveau.";
    },
    #[cfg(test)]
    trials: trials::COURBE,
};

fn points(
    model: &Model,
    x: &Tensor,
    y: &Tensor,
    levels: &[f32],
    alter: Alter,
) -> Result<Vec<(f64, f64)>> {
    let point = |level: &f32| {
        let accuracy = model.evaluate(&alter(x, *level)?, y)?.accuracy;
        Ok((f64::from(*level), f64::from(accuracy)))
    };
    levels.iter().map(point).collect()
}

fn backwards(values: &[f32]) -> Vec<f32> {
    values.iter().rev().copied().collect()
}

/// `courbe(modele, x, y, niveaux, alterer)`.
pub fn courbe(student: Curve) -> Verdict {
    // The same level again: only alterations that add up make it worse.
    const LEVELS: [f32; 5] = [0.0, 0.1, 0.2, 0.2, 0.2];
    COURBE.judge(|| {
        let (model, x, y) = answered(36, 200, 0.3, 0.7)?;
        let alter: Alter = |x, level| noise::gaussian(x, level, 9);
        let what = format!("courbe(modele, x, y, &{LEVELS:?}, bruit)");
        let got = try_call(&what, || student(&model, &x, &y, &LEVELS, alter))?;
        let single = |pairs: &[(f64, f64)], second: bool| -> Vec<f32> {
            pairs.iter().map(|(a, b)| if second { *b as f32 } else { *a as f32 }).collect()
        };
        let (levels, found) = (single(&got, false), single(&got, true));
        let want = single(&points(&model, &x, &y, &LEVELS, alter)?, true);
        let fault = |mistake| {
            let pairs: Vec<String> = got.iter().map(|(a, b)| format!("({a:.2}, {b:.3})")).collect();
            Err(Fault::new(mistake, format!("`{what}` donne `[{}]`.", pairs.join(", "))))
        };
        if got.len() != LEVELS.len() {
            return fault("longueur");
        }
        if close(&levels, &LEVELS) && close(&found, &want) {
            return Ok("un point par niveau, et chaque altération part de l'image nette.".into());
        }
        let changed = |f: fn(f32) -> f32| want.iter().map(|v| f(*v)).collect::<Vec<f32>>();
        let mistake = match () {
            () if close(&found, &LEVELS) && close(&levels, &want) => "couples inversés",
            () if close(&levels, &backwards(&LEVELS)) && close(&found, &backwards(&want)) => {
                "ordre inverse"
            }
            () if close(&found, &want) => "abscisses",
            () if close(&found, &[want[0]; 5]) => "altération ignorée",
            () if close(&found, &[found[0]; 5]) => "un seul niveau",
            () if close(&found, &changed(|v| 1.0 - v)) => "taux d'erreur",
            () if close(&found, &changed(|v| 100.0 * v)) => "pourcentages",
            () if (found[0] - model.evaluate(&x, &y)?.loss).abs() < 1e-4 => "perte",
            () if close(&found[..2], &want[..2]) && found[4] < want[4] => "altérations cumulées",
            () if found.iter().any(|v| v.is_nan()) => "nan",
            () => "inconnue",
        };
        fault(mistake)
    })
}

#[cfg(test)]
mod trials {
    use super::*;
    use crate::check::registry::{Trial, right, wrong};

    pub(super) const COURBE: &[Trial] = &[
        wrong("ordre inverse", || {
            courbe(|m, x, y, l, a| Ok(points(m, x, y, l, a)?.into_iter().rev().collect()))
        }),
        right("two lists zipped", || {
            courbe(|m, x, y, levels, alter| {
                let abscissae: Vec<f64> = levels.iter().map(|level| (*level).into()).collect();
                let mut accuracies = Vec::new();
                for level in levels {
                    accuracies.push(f64::from(m.evaluate(&alter(x, *level)?, y)?.accuracy));
                }
                Ok(abscissae.into_iter().zip(accuracies).collect())
            })
        }),
        right("answers counted", || {
            courbe(|m, x, y, levels, alter| {
                let truth: Vec<u32> = y.argmax(1)?.to_vec1()?;
                let mut out = vec![(0.0, 0.0); levels.len()];
                for i in 0..levels.len() {
                    let answers: Vec<u32> = m.predict_classes(&alter(x, levels[i])?)?.to_vec1()?;
                    let right = answers.iter().zip(&truth).filter(|(a, b)| a == b).count();
                    out[i] = (levels[i] as f64, right as f64 / truth.len() as f64);
                }
                Ok(out)
            })
        }),
        right("loop", || courbe(points)),
        right("push", || {
            courbe(|m, x, y, levels, alter| {
                let mut out = Vec::new();
                for level in levels {
                    let evaluation = m.evaluate(&alter(x, *level)?, y)?;
                    out.push((*level as f64, evaluation.accuracy as f64));
                }
                Ok(out)
            })
        }),
        wrong("altération ignorée", || {
            courbe(|m, x, y, levels, _| {
                let accuracy = f64::from(m.evaluate(x, y)?.accuracy);
                Ok(levels.iter().map(|l| (f64::from(*l), accuracy)).collect())
            })
        }),
        wrong("altérations cumulées", || {
            courbe(|m, x, y, levels, alter| {
                let mut x = x.clone();
                let mut point = |l: &f32| {
                    x = alter(&x, *l)?;
                    Ok((f64::from(*l), f64::from(m.evaluate(&x, y)?.accuracy)))
                };
                levels.iter().map(&mut point).collect()
            })
        }),
        wrong("perte", || {
            courbe(|m, x, y, levels, alter| {
                let point =
                    |l: &f32| Ok((f64::from(*l), f64::from(m.evaluate(&alter(x, *l)?, y)?.loss)));
                levels.iter().map(point).collect()
            })
        }),
        wrong("taux d'erreur", || {
            courbe(|m, x, y, l, a| turned(m, x, y, l, a, |(l, p)| (l, 1.0 - p)))
        }),
        wrong("pourcentages", || {
            courbe(|m, x, y, l, a| turned(m, x, y, l, a, |(l, p)| (l, 100.0 * p)))
        }),
        wrong("couples inversés", || {
            courbe(|m, x, y, l, a| turned(m, x, y, l, a, |(l, p)| (p, l)))
        }),
        wrong("abscisses", || {
            courbe(|m, x, y, levels, alter| {
                let points = points(m, x, y, levels, alter)?.into_iter().enumerate();
                Ok(points.map(|(i, (_, p))| (i as f64, p)).collect())
            })
        }),
        wrong("un seul niveau", || {
            courbe(|m, x, y, levels, alter| {
                let accuracy = f64::from(m.evaluate(&alter(x, levels[2])?, y)?.accuracy);
                Ok(levels.iter().map(|l| (f64::from(*l), accuracy)).collect())
            })
        }),
        wrong("longueur", || courbe(|m, x, y, levels, alter| points(m, x, y, &levels[1..], alter))),
        wrong("longueur", || courbe(|_, _, _, _, _| Ok(Vec::new()))),
        wrong("à compléter", || courbe(|_, _, _, _, _| todo!("à compléter"))),
    ];

    fn turned(
        model: &Model,
        x: &Tensor,
        y: &Tensor,
        levels: &[f32],
        alter: Alter,
        change: fn((f64, f64)) -> (f64, f64),
    ) -> Result<Vec<(f64, f64)>> {
        Ok(points(model, x, y, levels, alter)?.into_iter().map(change).collect())
    }
}
