//! Inside a network: one of its feature maps.

use candle_core::{D, Device, IndexOp, Tensor};

use super::super::hints::hints;
use super::super::probe::{close, numbers, short, try_call};
use super::super::{Exercise, Fault, Verdict};
use crate::Result;
use crate::nn::{Model, Sequential};
use crate::ops::Padding;
use crate::ops::activation::Activation;
use crate::random::Rng;

/// A small network and an image, for functions that look inside.
pub(super) fn network(seed: u64, h: usize, w: usize) -> Result<(Model, Tensor)> {
    let model = Sequential::new("essai", (h, w, 1))
        .conv2d("A", 4, 3, Padding::Same, Activation::Relu)
        .max_pool2d("B", 2)
        .conv2d("C", 5, 3, Padding::Valid, Activation::Relu)
        .flatten("D")
        .dense("E", 6, Activation::Softmax)
        .seed(seed)
        .build()?;
    let mut rng = Rng::new(seed + 1);
    let pixels = (0..h * w).map(|_| rng.uniform(0.0, 1.0)).collect();
    Ok((model, Tensor::from_vec(pixels, (1, h, w, 1), &Device::Cpu)?))
}

/// A feature map of a layer.
type Map = fn(&Model, &Tensor, &str, usize) -> Result<Tensor>;

pub(super) static CARTE: Exercise = Exercise {
    id: "tp2-carte",
    points: 2,
    title: "Extraire une carte d'activation",
    hints: &[
        "`forward_all` rend une liste de couples (nom, sortie) : cherchez celui dont le nom est `couche`, puis prenez l'image 0 et le canal `filtre`.",
        "La sortie a la forme `[1, h, l, filtres]` ; `.i((0, .., .., filtre))?` en garde une carte `[h, l]`.",
    ],
    mistakes: &hints! {
        "filtre pris comme ligne" => "Vous avez pris la ligne n° `filtre` de toutes les cartes : le filtre est la **dernière** dimension, `.i((0, .., .., filtre))`.";
        "toutes les cartes" => "Vous rendez toutes les cartes de la couche : il en faut une, celle de `filtre`.";
        "mauvaise couche" => "La carte ne vient pas de la couche demandée : comparez les noms avec `couche`.";
        "filtre décalé" => "C'est la carte d'un autre filtre : les filtres se comptent à partir de 0.";
        "moyenne des cartes" => "Vous avez fondu toutes les cartes en une : gardez celle de `filtre`.";
        "image rendue" => "Vous rendez l'image d'entrée : aucune couche n'a été retenue. Le nom est-il comparé à `couche`, et la sortie mise dans `trouvee` ?";
        "dimension de trop" => "La carte doit avoir deux dimensions, `[h, l]` : indiquez aussi l'image, 0.";
        "forme" => "La carte doit avoir la hauteur et la largeur de la sortie de la couche.";
    },
    #[cfg(test)]
    trials: trials::CARTE,
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
        let (model, image) = network(31, 12, 10)?;
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
                () if is(Ok(image.clone()))? || is(Ok(image.i((0, .., .., 0))?))? => "image rendue",
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

#[cfg(test)]
mod trials {
    use super::*;
    use crate::check::registry::{Trial, right, wrong};

    pub(super) const CARTE: &[Trial] = &[
        right("rank of the layer", || {
            carte(|model, image, layer, filter| {
                let outputs = model.forward_all(image)?;
                let at = outputs.iter().position(|(name, _)| name.as_str() == layer).unwrap();
                Ok(outputs[at].1.get(0)?.i((.., .., filter))?)
            })
        }),
        right("numbers picked", || {
            carte(|model, image, layer, filter| {
                let mut out = image.clone();
                for (name, output) in model.forward_all(image)? {
                    if name == layer {
                        let (_, h, w, filters) = output.dims4()?;
                        let all: Vec<f32> = output.flatten_all()?.to_vec1()?;
                        let one: Vec<f32> = all.into_iter().skip(filter).step_by(filters).collect();
                        out = Tensor::from_vec(one, (h, w), &Device::Cpu)?;
                    }
                }
                Ok(out)
            })
        }),
        right("loop", || carte(map)),
        wrong("image rendue", || carte(|_, image, _, _| Ok(image.clone()))),
        wrong("image rendue", || carte(|_, image, _, _| Ok(image.squeeze(3)?.squeeze(0)?))),
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
        wrong("au-delà du tenseur", || carte(|m, x, layer, _| map(m, x, layer, 99))),
        wrong("à compléter", || carte(|_, _, _, _| todo!("à compléter"))),
    ];
}
