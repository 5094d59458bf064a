//! Inside a network: the pixels that decide.

use candle_core::{IndexOp, Tensor, Var};

use super::super::hints::hints;
use super::super::probe::{close, french, numbers, try_call};
use super::super::{Exercise, Fault, Verdict};
use super::maps::network;
use crate::Result;
use crate::nn::Model;

/// A saliency map.
type Saliency = fn(&Model, &Tensor) -> Result<Tensor>;

pub(super) static SAILLANCE: Exercise = Exercise {
    id: "tp2-saillance",
    points: 3,
    title: "La carte de saillance",
    hints: &[
        "Dans l'ordre : une variable à partir de l'image, les scores, le plus grand, `backward()`, le gradient par rapport à la variable, sa valeur absolue, et la forme `[28, 28]`.",
        "Le plus grand score : `modele.logits(&x)?.max_all()?`. Le gradient : `gradients.get(&x)`, un `Option` ; puis `.abs()?`, et `squeeze` enlève une dimension de taille 1.",
    ],
    mistakes: &hints! {
        "signe gardé" => "Votre carte a des valeurs négatives : c'est l'importance du pixel qui compte, donc la valeur absolue du gradient.";
        "toutes les classes" => "Vous dérivez la somme des scores : gardez seulement le plus grand, celui de la classe gagnante.";
        "carte nulle" => "Le gradient est nul : la somme des probabilités vaut toujours 1, elle ne dépend pas de l'image. Prenez le score de la classe gagnante.";
        "mauvaise classe" => "Vous dérivez le score d'une autre classe : il faut celui de la plus probable.";
        "après softmax" => "Vous dérivez la probabilité de la classe gagnante ; l'énoncé demande son score avant softmax : `modele.logits(&x)?`, pas `forward`.";
        "expect" => "`gradients.get(&x)` n'a rien trouvé : le score ne dépend pas de la variable `x`. A-t-il été calculé à partir de `x` (`modele.logits(&x)?`), et non de `image` ?";
        "image" => "Vous rendez l'image elle-même, pas le gradient du score.";
        "lignes et colonnes" => "Lignes et colonnes de la carte sont échangées.";
        "ramenée à 1" => "Vous divisez la carte par son maximum : l'énoncé demande la valeur absolue du gradient, telle quelle.";
        "carré" => "Vous prenez le carré du gradient : l'énoncé demande sa valeur absolue, `.abs()?`.";
        "gradient fois image" => "Vous multipliez le gradient par l'image (c'est une autre méthode) : ici, la valeur absolue du gradient seule.";
        "forme" => "La carte a la hauteur et la largeur de l'image, sans les dimensions de taille 1 : `squeeze`.";
    },
    #[cfg(test)]
    trials: trials::SAILLANCE,
};

/// The image's axes without those of the batch and of the channel.
trait AsMap {
    fn map(&self) -> Result<Tensor>;
    fn abs_map(&self) -> Result<Tensor>;
}

impl AsMap for Tensor {
    fn map(&self) -> Result<Tensor> {
        Ok(self.squeeze(3)?.squeeze(0)?)
    }

    fn abs_map(&self) -> Result<Tensor> {
        self.abs()?.map()
    }
}

/// The gradient, with respect to the image, of a number made from logits and
/// probabilities.
fn gradient(
    model: &Model,
    image: &Tensor,
    score: fn(&Tensor, &Tensor) -> Result<Tensor>,
) -> Result<Tensor> {
    let x = Var::from_tensor(image)?;
    let score = score(&model.logits(&x)?, &model.forward(&x)?)?;
    let gradients = score.backward()?;
    Ok(gradients.get(&x).cloned().unwrap_or(image.zeros_like()?))
}

/// The map divided by its largest value.
fn scaled_to_one(gradient: &Tensor) -> Result<Tensor> {
    let map = gradient.abs_map()?;
    let top = f64::from(map.max_all()?.to_scalar::<f32>()?);
    Ok((map / top)?)
}

fn best(logits: &Tensor, _: &Tensor) -> Result<Tensor> {
    Ok(logits.max_all()?)
}

fn saliency(model: &Model, image: &Tensor) -> Result<Tensor> {
    gradient(model, image, best)?.abs_map()
}

/// `saillance(modele, image)`: how much each pixel moves the winning score.
pub fn saillance(student: Saliency) -> Verdict {
    SAILLANCE.judge(|| {
        for seed in [32, 40] {
            let (model, image) = network(seed, 28, 28)?;
            let got = try_call("saillance(modele, image)", || student(&model, &image))?;
            let fault = |mistake, found: String| {
                Err(Fault::new(mistake, format!("`saillance(modele, image)` {found}.")))
            };
            if got.dims() != [28, 28] {
                let found = format!(
                    "a la forme `{:?}` au lieu de `[28, 28]`",
                    got.dims()
                );
                return fault("forme", found);
            }
            let values = numbers(&got)?;
            let max = values.iter().fold(0.0f32, |m, v| m.max(v.abs()));
            // Small gradients: compare in units of the largest.
            let is = |other: Result<Tensor>| -> Result<bool, Fault> {
                let other = numbers(&other?)?;
                let unit = other.iter().fold(0.0f32, |m, v| m.max(v.abs())).max(1e-12);
                let scaled = |all: &[f32]| all.iter().map(|v| v / unit).collect::<Vec<_>>();
                Ok(close(&scaled(&values), &scaled(&other)))
            };
            if is(saliency(&model, &image))? {
                continue;
            }
            let probability = gradient(&model, &image, |_, p| Ok(p.max_all()?))?;
            let score = gradient(&model, &image, best)?;
            let all = gradient(&model, &image, |logits, _| Ok(logits.sum_all()?))?;
            let mut other = false;
            for class in 0..6 {
                // The class is passed through the scores: those below it are masked.
                let logits = model.logits(&image)?.flatten_all()?;
                let x = Var::from_tensor(&image)?;
                let one = model.logits(&x)?.i((0, class))?;
                let g = one.backward()?.get(&x).cloned().unwrap_or(logits);
                other |= is(g.abs_map())?;
            }
            let mistake = match () {
                () if values.iter().any(|v| v.is_nan()) => "nan",
                () if max < 1e-6 => "carte nulle",
                () if is(probability.abs_map())? => "après softmax",
                () if is(image.map())? => "image",
                () if is(score.map())? || is(probability.map())? => "signe gardé",
                () if is((&score * &image)?.abs_map())? => "gradient fois image",
                () if is(all.abs_map())? || is((&all / 6.0)?.abs_map())? => "toutes les classes",
                () if is(score.sqr()?.map())? => "carré",
                () if is(saliency(&model, &image)?.t().map_err(Into::into))? => "lignes et colonnes",
                () if is(scaled_to_one(&score))? => "ramenée à 1",
                () if other => "mauvaise classe",
                () if values.iter().any(|v| *v < 0.0) => "signe gardé",
                () => "inconnue",
            };
            return fault(mistake, format!("a un maximum de {}", french(max)));
        }
        Ok("le gradient du score gagnant, en valeur absolue, sur deux réseaux que vous n'avez pas vus.".into())
    })
}

#[cfg(test)]
mod trials {
    use super::*;
    use crate::check::registry::{Trial, right, wrong};

    pub(super) const SAILLANCE: &[Trial] = &[
        wrong("ramenée à 1", || saillance(|m, x| scaled_to_one(&gradient(m, x, best)?))),
        wrong("lignes et colonnes", || saillance(|m, x| Ok(saliency(m, x)?.t()?))),
        wrong("carré", || saillance(|m, x| gradient(m, x, best)?.sqr()?.map())),
        wrong("toutes les classes", || {
            saillance(|m, x| gradient(m, x, |logits, _| Ok(logits.mean_all()?))?.abs_map())
        }),
        right("logit", || saillance(saliency)),
        right("reshaped", || {
            saillance(|m, x| Ok(gradient(m, x, best)?.abs()?.reshape((28, 28))?))
        }),
        right("index", || saillance(|m, x| Ok(gradient(m, x, best)?.abs()?.i((0, .., .., 0))?))),
        right("flattened scores", || {
            saillance(|m, x| {
                let x = Var::from_tensor(x)?;
                let score = m.logits(&x)?.flatten_all()?.max(0)?;
                let gradients = score.backward()?;
                gradients.get(&x).cloned().unwrap_or(x.zeros_like()?).abs_map()
            })
        }),
        wrong("après softmax", || {
            saillance(|m, x| gradient(m, x, |_, p| Ok(p.max_all()?))?.abs_map())
        }),
        wrong("expect", || {
            saillance(|m, image| {
                let x = Var::from_tensor(image)?;
                let gradients = m.logits(image)?.max_all()?.backward()?;
                gradients.get(&x).expect("un gradient").abs_map()
            })
        }),
        wrong("signe gardé", || saillance(|m, x| gradient(m, x, best)?.map())),
        wrong("toutes les classes", || {
            saillance(|m, x| gradient(m, x, |logits, _| Ok(logits.sum_all()?))?.abs_map())
        }),
        wrong("carte nulle", || {
            saillance(|m, x| gradient(m, x, |_, p| Ok(p.sum_all()?))?.abs_map())
        }),
        wrong("mauvaise classe", || {
            saillance(|m, x| gradient(m, x, |logits, _| Ok(logits.min_all()?))?.abs_map())
        }),
        wrong("image", || saillance(|_, x| x.map())),
        wrong("gradient fois image", || saillance(|m, x| (gradient(m, x, best)? * x)?.abs_map())),
        wrong("forme", || saillance(|m, x| Ok(gradient(m, x, best)?.abs()?))),
        wrong("nan", || saillance(|m, x| Ok((saliency(m, x)? * f64::NAN)?))),
        wrong("entrée refusée", || saillance(|m, x| saliency(m, &x.squeeze(0)?))),
        wrong("à compléter", || saillance(|_, _| todo!("à compléter"))),
    ];
}
