//! Inside a trained network: feature maps and saliency.

use candle_core::{D, Device, IndexOp, Tensor, Var};

use super::super::probe::{close, numbers, short, try_call};
#[cfg(test)]
use super::super::registry::{right, wrong};
use super::super::{Exercise, Fault, Notebook, Verdict};
use crate::Result;
use crate::nn::{Model, Sequential};
use crate::ops::Padding;
use crate::ops::activation::Activation;
use crate::random::Rng;

/// A small network and an image, for functions that look inside.
fn network(seed: u64) -> Result<(Model, Tensor)> {
    let model = Sequential::new("essai", (12, 10, 1))
        .conv2d("A", 4, 3, Padding::Same, Activation::Relu)
        .max_pool2d("B", 2)
        .conv2d("C", 5, 3, Padding::Valid, Activation::Relu)
        .flatten("D")
        .dense("E", 6, Activation::Softmax)
        .seed(seed)
        .build()?;
    let mut rng = Rng::new(seed + 1);
    let pixels = (0..120).map(|_| rng.uniform(0.0, 1.0)).collect();
    Ok((model, Tensor::from_vec(pixels, (1, 12, 10, 1), &Device::Cpu)?))
}

/// A feature map of a layer.
type Map = fn(&Model, &Tensor, &str, usize) -> Result<Tensor>;

pub(super) static CARTE: Exercise = Exercise {
    id: "tp2-carte",
    notebook: Notebook::Tp2,
    points: 2,
    title: "Extraire une carte d'activation",
    hints: &[
        "`forward_all` rend une liste de couples (nom, sortie) : cherchez celui dont le nom est `couche`, puis prenez l'image 0 et le canal `filtre`.",
        "La sortie a la forme `[1, h, l, filtres]` ; `.i((0, .., .., filtre))?` en garde une carte `[h, l]`.",
    ],
    mistakes: &[
        (
            "filtre pris comme ligne",
            "Vous avez pris la ligne n° `filtre` de toutes les cartes : le filtre est la **dernière** dimension, `.i((0, .., .., filtre))`.",
        ),
        (
            "toutes les cartes",
            "Vous rendez toutes les cartes de la couche : il en faut une, celle de `filtre`.",
        ),
        (
            "mauvaise couche",
            "La carte ne vient pas de la couche demandée : comparez les noms avec `couche`.",
        ),
        (
            "filtre décalé",
            "C'est la carte d'un autre filtre : les filtres se comptent à partir de 0.",
        ),
        (
            "moyenne des cartes",
            "Vous avez fondu toutes les cartes en une : gardez celle de `filtre`.",
        ),
        (
            "dimension de trop",
            "La carte doit avoir deux dimensions, `[h, l]` : indiquez aussi l'image, 0.",
        ),
        ("forme", "La carte doit avoir la hauteur et la largeur de la sortie de la couche."),
    ],
    #[cfg(test)]
    trials: &[
        right("loop", || carte(map)),
        right("find and narrow", || {
            carte(|model, image, layer, filter| {
                let outputs = model.forward_all(image)?;
                let found = outputs.iter().find(|(name, _)| name == layer);
                let Some((_, output)) = found else { return map(model, image, "A", 0) };
                Ok(output.squeeze(0)?.narrow(2, filter, 1)?.squeeze(2)?)
            })
        }),
        wrong("filtre pris comme ligne", || {
            carte(|m, x, layer, f| Ok(output(m, x, layer)?.i((0, f))?))
        }),
        wrong("toutes les cartes", || carte(|m, x, layer, _| Ok(output(m, x, layer)?.i(0)?))),
        wrong("mauvaise couche", || carte(|m, x, _, f| map(m, x, "A", f))),
        wrong("mauvaise couche", || carte(|m, x, _, f| map(m, x, "C", f))),
        wrong("filtre décalé", || carte(|m, x, layer, f| map(m, x, layer, f.saturating_sub(1)))),
        wrong("filtre décalé", || carte(|m, x, layer, _| map(m, x, layer, 0))),
        wrong("moyenne des cartes", || {
            carte(|m, x, layer, _| Ok(output(m, x, layer)?.mean(D::Minus1)?.squeeze(0)?))
        }),
        wrong("dimension de trop", || {
            carte(|m, x, layer, f| Ok(map(m, x, layer, f)?.unsqueeze(0)?))
        }),
        wrong("forme", || carte(|m, x, layer, f| Ok(map(m, x, layer, f)?.flatten_all()?))),
        wrong("nan", || carte(|m, x, layer, f| Ok((map(m, x, layer, f)? * f64::NAN)?))),
        wrong("erreur", || carte(|m, x, layer, _| map(m, x, layer, 99))),
        wrong("à compléter", || carte(|_, _, _, _| todo!("à compléter"))),
    ],
};

fn output(model: &Model, image: &Tensor, layer: &str) -> Result<Tensor> {
    let mut found = image.clone();
    for (name, output) in model.forward_all(image)? {
        if name == layer {
            found = output;
        }
    }
    Ok(found)
}

fn map(model: &Model, image: &Tensor, layer: &str, filter: usize) -> Result<Tensor> {
    Ok(output(model, image, layer)?.i((0, .., .., filter))?)
}

/// `carte(modele, image, couche, filtre)`: one feature map, `[h, w]`.
pub fn carte(student: Map) -> Verdict {
    CARTE.judge(|| {
        let (model, image) = network(31)?;
        for (layer, filter) in [("A", 2), ("C", 1), ("B", 3), ("C", 4)] {
            let what = format!("carte(modele, image, \"{layer}\", {filter})");
            let got = try_call(&what, || student(&model, &image, layer, filter))?;
            let want = map(&model, &image, layer, filter)?;
            let dims = want.dims().to_vec();
            let (values, truth) = (numbers(&got)?, numbers(&want)?);
            if got.dims() == want.dims() && close(&values, &truth) {
                continue;
            }
            let is = |other: Result<Tensor>| -> Result<bool, Fault> {
                let Ok(other) = other else { return Ok(false) };
                Ok(other.dims() == got.dims() && close(&values, &numbers(&other)?))
            };
            let full = output(&model, &image, layer)?;
            let mut elsewhere = false;
            for name in ["A", "B", "C"].iter().filter(|name| **name != layer) {
                elsewhere |= is(map(&model, &image, name, filter))?;
            }
            let mut shifted = false;
            for other in 0..full.dim(3)? {
                shifted |= is(map(&model, &image, layer, other))?;
            }
            let mistake = match () {
                () if values.iter().any(|v| v.is_nan()) => "nan",
                () if values.len() == truth.len() && got.rank() > 2 => "dimension de trop",
                () if elsewhere => "mauvaise couche",
                () if shifted => "filtre décalé",
                () if is(Ok(full.mean(D::Minus1)?.squeeze(0)?))? => "moyenne des cartes",
                () if is(Ok(full.i((0, filter))?))? => "filtre pris comme ligne",
                () if values.len() == full.elem_count() => "toutes les cartes",
                () if got.dims() != want.dims() => "forme",
                () => "inconnue",
            };
            let found = format!("`{what}` a la forme `{:?}` (attendu : `{dims:?}`)", got.dims());
            let max = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            return Err(Fault::new(mistake, format!("{found}, maximum `{}`.", short(max))));
        }
        Ok("les bonnes cartes, dans trois couches différentes d'un réseau que vous n'avez pas vu."
            .into())
    })
}

/// A saliency map.
type Saliency = fn(&Model, &Tensor) -> Result<Tensor>;

pub(super) static SAILLANCE: Exercise = Exercise {
    id: "tp2-saillance",
    notebook: Notebook::Tp2,
    points: 3,
    title: "La carte de saillance",
    hints: &[
        "Dans l'ordre : une variable à partir de l'image, les scores, le plus grand, `backward()`, le gradient par rapport à la variable, sa valeur absolue, et la forme `[28, 28]`.",
        "Le plus grand score : `modele.logits(&x)?.max_all()?`. Le gradient : `gradients.get(&x)`, un `Option` ; puis `.abs()?`, et `squeeze` enlève une dimension de taille 1.",
    ],
    mistakes: &[
        (
            "signe gardé",
            "Votre carte a des valeurs négatives : c'est l'importance du pixel qui compte, donc la valeur absolue du gradient.",
        ),
        (
            "toutes les classes",
            "Vous dérivez la somme des scores : gardez seulement le plus grand, celui de la classe gagnante.",
        ),
        (
            "carte nulle",
            "Le gradient est nul : la somme des probabilités vaut toujours 1, elle ne dépend pas de l'image. Prenez le score de la classe gagnante.",
        ),
        (
            "mauvaise classe",
            "Vous dérivez le score d'une autre classe : il faut celui de la plus probable.",
        ),
        ("image", "Vous rendez l'image elle-même, pas le gradient du score."),
        (
            "gradient fois image",
            "Vous multipliez le gradient par l'image (c'est une autre méthode) : ici, la valeur absolue du gradient seule.",
        ),
        (
            "forme",
            "La carte a la hauteur et la largeur de l'image, sans les dimensions de taille 1 : `squeeze`.",
        ),
    ],
    #[cfg(test)]
    trials: &[
        right("logit", || saillance(saliency)),
        right("probability", || {
            saillance(|m, x| gradient(m, x, |_, p| Ok(p.max_all()?))?.abs_map())
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
        wrong("erreur", || saillance(|m, x| saliency(m, &x.squeeze(0)?))),
        wrong("à compléter", || saillance(|_, _| todo!("à compléter"))),
    ],
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
            let (model, image) = network(seed)?;
            let got = try_call("saillance(modele, image)", || student(&model, &image))?;
            let fault = |mistake, found: String| {
                Err(Fault::new(mistake, format!("`saillance(modele, image)` {found}.")))
            };
            if got.dims() != [12, 10] {
                let found = format!(
                    "a la forme `{:?}` au lieu de `[12, 10]` pour une image `[1, 12, 10, 1]`",
                    got.dims()
                );
                return fault("forme", found);
            }
            let values = numbers(&got)?;
            // Small gradients: compare in units of the largest.
            let unit = |t: &Tensor| -> Result<Vec<f32>, Fault> {
                let values = numbers(t)?;
                let max = values.iter().fold(0.0f32, |m, v| m.max(v.abs())).max(1e-12);
                Ok(values.into_iter().map(|v| v / max).collect())
            };
            let max = values.iter().fold(0.0f32, |m, v| m.max(v.abs()));
            let is = |other: Result<Tensor>| -> Result<bool, Fault> {
                Ok(close(&unit(&got)?, &unit(&other?)?))
            };
            let probability = gradient(&model, &image, |_, p| Ok(p.max_all()?))?;
            if is(saliency(&model, &image))? || is(probability.abs_map())? {
                continue;
            }
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
                () if is(image.map())? => "image",
                () if is(score.map())? || is(probability.map())? => "signe gardé",
                () if is((&score * &image)?.abs_map())? => "gradient fois image",
                () if is(all.abs_map())? => "toutes les classes",
                () if other => "mauvaise classe",
                () if values.iter().any(|v| *v < 0.0) => "signe gardé",
                () => "inconnue",
            };
            return fault(mistake, format!("a un maximum de `{}`", short(max)));
        }
        Ok("le gradient du score gagnant, en valeur absolue, sur deux réseaux que vous n'avez pas vus.".into())
    })
}
