//! The loss of a batch by hand.

use candle_core::{D, Device, Tensor, Var};

use super::super::hints::hints;
use super::super::probe::{alike, call, close, draw, numbers, show, try_call};
use super::super::{Exercise, Fault, Verdict};
use crate::Result;
use crate::random::Rng;

pub(super) static PERTE: Exercise = Exercise {
    id: "tp1-perte",
    points: 2,
    title: "La perte d'un lot",
    hints: &[
        "Quatre temps : `log_softmax` des scores, produit par `y` (qui ne garde que la vraie classe), somme sur chaque ligne, opposé de la moyenne sur les images.",
        "`(a * b)?` multiplie terme à terme, `sum(1)?` additionne sur chaque ligne, `mean_all()?` donne un seul nombre, `neg()?` change le signe.",
    ],
    mistakes: &hints! {
        "somme au lieu de moyenne" => "La perte grandit avec la taille du lot : prenez la moyenne sur les images, pas la somme.";
        "moyenne sur les cases" => "Vous divisez par le nombre de cases (images × classes) ; il faut diviser par le nombre d'images : additionnez d'abord chaque ligne.";
        "signe oublié" => "La perte est négative : il manque un signe.";
        "mauvais axe" => "Le softmax est pris sur les images (axe 0) ; chaque image a ses probabilités, sur l'axe 1 (`D::Minus1`).";
        "sans logarithme" => "Il manque le logarithme : c'est `log_softmax` qu'il faut, pas `softmax`.";
        "sans softmax" => "Les scores ne sont pas encore des probabilités : `log_softmax` d'abord.";
        "erreur quadratique" => "C'est l'erreur quadratique ; pour choisir entre des classes on prend l'entropie croisée.";
        "instable" => "La formule est juste, mais pour de grands scores une probabilité s'arrondit à 0 et son logarithme à `-inf`. `log_softmax` fait les deux d'un coup, sans ce défaut.";
        "nan" => "Le résultat n'est pas un nombre. Si vous prenez le logarithme des scores eux-mêmes : certains sont négatifs, il faut d'abord un softmax (`log_softmax` fait les deux).";
        "pas un nombre seul" => "La perte d'un lot est un seul nombre : il reste une moyenne à prendre.";
        "gradient perdu" => "Le nombre est juste, mais il ne tient plus aux scores : sans gradient, pas d'apprentissage. N'utilisez que des opérations sur les tenseurs.";
    },
    #[cfg(test)]
    trials: trials::PERTE,
};

fn log_softmax(z: &Tensor) -> Result<Tensor> {
    Ok(candle_nn::ops::log_softmax(z, D::Minus1)?)
}

fn loss(z: &Tensor, y: &Tensor) -> Result<Tensor> {
    Ok((y * log_softmax(z)?)?.sum(1)?.mean_all()?.neg()?)
}

/// What becomes of one image of two classes with equal scores, if not their loss, ln 2.
fn one_image(
    student: fn(&Tensor, &Tensor) -> Result<Tensor>,
) -> std::result::Result<Option<String>, Fault> {
    let (z, y) =
        (Tensor::new(&[[0f32, 0.0]], &Device::Cpu)?, Tensor::new(&[[1f32, 0.0]], &Device::Cpu)?);
    let value = numbers(&try_call("perte(scores, y)", || student(&z, &y))?)?;
    if close(&value, &[2f32.ln()]) {
        return Ok(None);
    }
    let found = "pour une image de deux classes aux scores égaux, la perte donne";
    Ok(Some(format!("{found} `{}` (attendu : ln 2, soit `0.6931`) ; ", show(&value))))
}

/// `perte(scores, y)`: mean cross-entropy of logits and one-hot labels.
pub fn perte(student: fn(&Tensor, &Tensor) -> Result<Tensor>) -> Verdict {
    PERTE.judge(|| {
        let labels = [1usize, 0, 3, 3, 2];
        let (n, classes) = (labels.len(), 4);
        let mut y = vec![0f32; n * classes];
        for (row, label) in y.chunks_mut(classes).zip(labels) {
            row[label] = 1.0;
        }
        let y = Tensor::from_vec(y, (n, classes), &Device::Cpu)?;
        let scores =
            Tensor::from_vec(draw(&mut Rng::new(9), n * classes), (n, classes), &Device::Cpu)?;
        let z = Var::from_tensor(&(scores * 3.0)?)?;
        let what = "perte(scores, y)";
        let got = try_call(what, || student(&z, &y))?;
        if got.elem_count() != 1 {
            let found = format!("pour 5 images, le résultat a la forme `{:?}`.", got.dims());
            return Err(Fault::new("pas un nombre seul", found));
        }
        let value = numbers(&got)?;
        let truth = numbers(&loss(&z, &y)?)?;
        if !close(&value, &truth) {
            let times = |factor: f32| vec![truth[0] * factor];
            let softmax = candle_nn::ops::softmax(&z, D::Minus1)?;
            let axis = (&y * candle_nn::ops::log_softmax(&z, 0)?)?.sum_all()?;
            let picked = |t: &Tensor| -> Result<f32, Fault> {
                Ok((&y * t)?.sum_all()?.to_scalar::<f32>()? / n as f32)
            };
            let suspects = [
                ("somme au lieu de moyenne", times(n as f32)),
                ("moyenne sur les cases", times(1.0 / classes as f32)),
                ("signe oublié", times(-1.0)),
                ("mauvais axe", numbers(&(axis / -(n as f64))?)?),
                ("sans logarithme", vec![-picked(&softmax)?]),
                ("sans logarithme", vec![picked(&softmax)?]),
                ("sans softmax", vec![-picked(&z)?]),
                ("erreur quadratique", numbers(&(z.as_tensor() - &y)?.sqr()?.mean_all()?)?),
                ("erreur quadratique", numbers(&(&softmax - &y)?.sqr()?.mean_all()?)?),
            ];
            let nan = value[0].is_nan();
            let known = suspects.iter().find(|(_, answer)| !nan && close(&value, answer));
            let (mistake, one) = match known {
                Some((mistake, _)) => (*mistake, String::new()),
                None if nan => ("nan", String::new()),
                None => match one_image(student)? {
                    Some(one) => ("cas simple", one),
                    None => (alike(&value, &truth), String::new()),
                },
            };
            let found = format!(
                "{one}sur un lot de 5 images la perte donne `{}` au lieu de `{}`.",
                show(&value),
                show(&truth)
            );
            return Err(Fault::new(mistake, found));
        }
        let gradients = call(what, || got.sum_all()?.backward())??;
        if gradients.get(z.as_tensor()).is_none() {
            return Err(Fault::new("gradient perdu", "la perte n'a pas de gradient.").worth(0.5));
        }
        let large = Tensor::new(&[[500f32, 0.0, -500.0, 0.0]], &Device::Cpu)?;
        let first = Tensor::new(&[[0f32, 0.0, 1.0, 0.0]], &Device::Cpu)?;
        let value = numbers(&try_call(what, || student(&large, &first))?)?;
        if value.iter().any(|v| !v.is_finite()) {
            let found = format!("avec des scores de ±500 la perte donne `{}`.", show(&value));
            return Err(Fault::new("instable", found).worth(0.75));
        }
        Ok("perte juste sur un lot inconnu, stable pour de grands scores, et son gradient existe."
            .into())
    })
}

#[cfg(test)]
mod trials {
    use super::*;
    use crate::check::registry::{Trial, right, wrong};

    pub(super) const PERTE: &[Trial] = &[
        right("gather", || {
            perte(|z, y| Ok(log_softmax(z)?.gather(&y.argmax_keepdim(1)?, 1)?.mean_all()?.neg()?))
        }),
        right("log_softmax", || perte(loss)),
        right("library loss", || {
            perte(|z, y| Ok(candle_nn::loss::cross_entropy(z, &y.argmax(1)?)?))
        }),
        right("by hand", || {
            perte(|z, y| {
                let z = z.broadcast_sub(&z.max_keepdim(1)?)?;
                let log_sum = z.exp()?.sum_keepdim(1)?.log()?;
                Ok((y * z.broadcast_sub(&log_sum)?)?
                    .sum_all()?
                    .affine(-1.0 / z.dim(0)? as f64, 0.0)?)
            })
        }),
        wrong("somme au lieu de moyenne", || perte(|z, y| Ok((loss(z, y)? * z.dim(0)? as f64)?))),
        wrong("moyenne sur les cases", || {
            perte(|z, y| Ok((y * log_softmax(z)?)?.mean_all()?.neg()?))
        }),
        wrong("signe oublié", || perte(|z, y| Ok(loss(z, y)?.neg()?))),
        wrong("mauvais axe", || {
            perte(|z, y| Ok((y * candle_nn::ops::log_softmax(z, 0)?)?.sum(1)?.mean_all()?.neg()?))
        }),
        wrong("sans logarithme", || {
            perte(|z, y| Ok((y * candle_nn::ops::softmax(z, 1)?)?.sum(1)?.mean_all()?.neg()?))
        }),
        wrong("sans softmax", || perte(|z, y| Ok((y * z)?.sum(1)?.mean_all()?.neg()?))),
        wrong("nan", || perte(|z, y| Ok((y * z.log()?)?.sum(1)?.mean_all()?.neg()?))),
        wrong("erreur quadratique", || perte(|z, y| Ok((z - y)?.sqr()?.mean_all()?))),
        wrong("instable", || {
            perte(|z, y| {
                Ok((y * candle_nn::ops::softmax(z, 1)?.log()?)?.sum(1)?.mean_all()?.neg()?)
            })
        }),
        wrong("pas un nombre seul", || perte(|z, y| Ok((y * log_softmax(z)?)?.sum(1)?.neg()?))),
        wrong("gradient perdu", || perte(|z, y| loss(&z.detach(), y))),
        wrong("produit de formes différentes", || perte(|z, y| Ok(z.matmul(y)?))),
        wrong("nan", || perte(|z, y| Ok((loss(z, y)? * f64::NAN)?))),
        wrong("à compléter", || perte(|_, _| todo!("à compléter"))),
    ];
}
