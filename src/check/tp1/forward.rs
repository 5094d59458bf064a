//! The forward pass by hand.

use candle_core::{D, Device, Tensor, Var};

use super::super::hints::hints;
use super::super::probe::{alike, call, close, draw, numbers, show, try_call};
use super::super::{Exercise, Fault, Verdict};
use crate::Result;
use crate::random::Rng;

type Forward = fn(&Tensor, &Tensor, &Tensor, &Tensor, &Tensor) -> Result<Tensor>;

pub(super) static AVANT: Exercise = Exercise {
    id: "tp1-avant",
    points: 2,
    title: "La passe avant",
    hints: &[
        "Deux couches à la suite. Pour chacune : `matmul` avec les poids, `broadcast_add` avec les biais ; ReLU après la première seulement.",
        "Les formes se suivent comme des dominos : `[n, 784] × [784, 64]` → `[n, 64]`, puis `[n, 64] × [64, 10]` → `[n, 10]`.",
    ],
    mistakes: &hints! {
        "biais oubliés" => "Les biais `b1` et `b2` doivent tous deux être ajoutés.";
        "relu oubliée" => "Sans activation entre elles, deux couches linéaires n'en font qu'une : il manque ReLU après la première.";
        "relu en sortie" => "La sortie n'est jamais négative : pas d'activation après la deuxième couche, les scores sont libres.";
        "softmax en sortie" => "Vous rendez des probabilités. Ici on garde les scores bruts (*logits*) : la perte fera le softmax elle-même, de façon plus stable.";
        "sigmoïde" => "L'activation de la couche cachée doit être ReLU.";
        "autre activation" => "L'activation entre les deux couches n'est pas ReLU : `.relu()?`.";
        "biais combiné" => "Un biais est retranché ou multiplié : il s'ajoute, `.broadcast_add(b)?`.";
        "biais répété" => "Un biais est ajouté deux fois : chaque couche a le sien, une seule fois.";
        "relu sur les images" => "ReLU est appliquée aux images : elle vient après la première couche, sur ses sommes.";
        "biais après l'activation" => "Le biais de la première couche s'ajoute avant ReLU.";
        "gradient perdu" => "Les valeurs sont justes, mais le lien avec les poids est rompu (`detach`, ou passage par `to_vec`) : candle ne pourra pas calculer de gradient. N'utilisez que des opérations sur les tenseurs.";
        "forme" => "On attend une ligne de scores par image.";
    },
    #[cfg(test)]
    trials: trials::AVANT,
};

fn forward(x: &Tensor, w1: &Tensor, b1: &Tensor, w2: &Tensor, b2: &Tensor) -> Result<Tensor> {
    Ok(x.matmul(w1)?.broadcast_add(b1)?.relu()?.matmul(w2)?.broadcast_add(b2)?)
}

/// `avant(x, w1, b1, w2, b2)`: two dense layers, ReLU between, logits out.
pub fn avant(student: Forward) -> Verdict {
    AVANT.judge(|| {
        let mut rng = Rng::new(8);
        let mut tensor = |rows: usize, columns: usize| {
            Tensor::from_vec(draw(&mut rng, rows * columns), (rows, columns), &Device::Cpu)
        };
        // Sizes unlike the notebook's: 4 images of 6 pixels, 5 hidden neurons, 3 classes.
        let x = tensor(4, 6)?;
        let [w1, w2] = [Var::from_tensor(&tensor(6, 5)?)?, Var::from_tensor(&tensor(5, 3)?)?];
        let [b1, b2] = [
            Var::from_tensor(&tensor(1, 5)?.squeeze(0)?)?,
            Var::from_tensor(&tensor(1, 3)?.squeeze(0)?)?,
        ];
        let what = "avant(x, …)";
        let y = try_call(what, || student(&x, &w1, &b1, &w2, &b2))?;
        if y.dims() != [4, 3] {
            let found = format!(
                "pour 4 images et 3 classes, la sortie a la forme `{:?}` au lieu de `[4, 3]`.",
                y.dims()
            );
            return Err(Fault::new("forme", found));
        }
        let truth = forward(&x, &w1, &b1, &w2, &b2)?;
        let got = numbers(&y)?;
        if !close(&got, &numbers(&truth)?) {
            let hidden = x.matmul(&w1)?;
            let with_bias = hidden.broadcast_add(&b1)?;
            let out = |a: &Tensor| -> Result<Vec<f32>, Fault> {
                numbers(&a.matmul(&w2)?.broadcast_add(&b2)?)
            };
            let suspects = [
                ("biais oubliés", numbers(&hidden.relu()?.matmul(&w2)?)?),
                ("biais oubliés", out(&hidden.relu()?)?),
                ("biais oubliés", numbers(&with_bias.relu()?.matmul(&w2)?)?),
                ("relu oubliée", out(&with_bias)?),
                ("relu en sortie", numbers(&truth.relu()?)?),
                ("softmax en sortie", numbers(&candle_nn::ops::softmax(&truth, D::Minus1)?)?),
                ("autre activation", out(&with_bias.abs()?)?),
                ("autre activation", out(&with_bias.gelu()?)?),
                ("autre activation", out(&with_bias.tanh()?)?),
                ("autre activation", out(&with_bias.neg()?)?),
                ("biais combiné", out(&hidden.broadcast_sub(&b1)?.relu()?)?),
                ("biais combiné", out(&hidden.broadcast_mul(&b1)?.relu()?)?),
                ("biais combiné", numbers(&with_bias.relu()?.matmul(&w2)?.broadcast_sub(&b2)?)?),
                ("biais combiné", numbers(&with_bias.relu()?.matmul(&w2)?.broadcast_mul(&b2)?)?),
                ("sigmoïde", out(&candle_nn::ops::sigmoid(&with_bias)?)?),
                ("biais après l'activation", out(&hidden.relu()?.broadcast_add(&b1)?)?),
                ("biais après l'activation", out(&hidden.relu()?.broadcast_add(&b1)?.relu()?)?),
                ("biais répété", numbers(&truth.broadcast_add(&b2)?)?),
                ("biais répété", out(&with_bias.broadcast_add(&b1)?.relu()?)?),
                ("relu sur les images", out(&x.relu()?.matmul(&w1)?.broadcast_add(&b1)?)?),
            ];
            let nan = got.iter().any(|v| v.is_nan());
            let known = suspects.iter().find(|(_, answer)| close(&got, answer));
            let like = alike(&got, &numbers(&truth)?);
            let mistake = known.map_or(if nan { "nan" } else { like }, |(m, _)| *m);
            let want = numbers(&truth)?;
            let rows = got.chunks(3).zip(want.chunks(3)).enumerate();
            let (i, (row, right)) = rows
                .into_iter()
                .find(|(_, (got, want))| !close(got, want))
                .unwrap_or((0, (&got[..3], &want[..3])));
            let found = format!(
                "la forme est bonne, mais la ligne {i} vaut `{}`, au lieu de `{}`.",
                show(row),
                show(right)
            );
            return Err(Fault::new(mistake, found));
        }
        let gradients = call(what, || y.sum_all()?.backward())??;
        if [&w1, &b1, &w2, &b2].iter().any(|v| gradients.get(v.as_tensor()).is_none()) {
            let found = "les scores sont justes, mais un paramètre ne reçoit pas de gradient.";
            return Err(Fault::new("gradient perdu", found).worth(0.5));
        }
        Ok("scores justes sur un réseau 6-5-3 inconnu, et chaque paramètre reçoit son gradient."
            .into())
    })
}

#[cfg(test)]
mod trials {
    use super::*;
    use crate::check::registry::{Trial, right, wrong};

    pub(super) const AVANT: &[Trial] = &[
        wrong("biais répété", || {
            avant(|x, w1, b1, w2, b2| Ok(forward(x, w1, b1, w2, b2)?.broadcast_add(b2)?))
        }),
        wrong("relu sur les images", || {
            avant(|x, w1, b1, w2, b2| {
                Ok(x.relu()?.matmul(w1)?.broadcast_add(b1)?.matmul(w2)?.broadcast_add(b2)?)
            })
        }),
        right("biases as one row more of the weights", || {
            avant(|x, w1, b1, w2, b2| {
                let layer = |x: &Tensor, w: &Tensor, b: &Tensor| -> Result<Tensor> {
                    let ones = Tensor::ones((x.dim(0)?, 1), x.dtype(), &Device::Cpu)?;
                    let weights = Tensor::cat(&[w, &b.unsqueeze(0)?], 0)?;
                    Ok(Tensor::cat(&[x, &ones], 1)?.matmul(&weights)?)
                };
                layer(&layer(x, w1, b1)?.relu()?, w2, b2)
            })
        }),
        right("candle's own layers", || {
            avant(|x, w1, b1, w2, b2| {
                use candle_nn::Module as _;
                let first = candle_nn::Linear::new(w1.t()?, Some(b1.clone()));
                let second = candle_nn::Linear::new(w2.t()?, Some(b2.clone()));
                Ok(second.forward(&candle_nn::Activation::Relu.forward(&first.forward(x)?)?)?)
            })
        }),
        right("chained", || avant(forward)),
        right("maximum", || {
            avant(|x, w1, b1, w2, b2| {
                let a = x.matmul(w1)?.broadcast_add(&b1.unsqueeze(0)?)?.maximum(0f32)?;
                Ok(b2.broadcast_add(&a.matmul(w2)?)?)
            })
        }),
        wrong("biais oubliés", || {
            avant(|x, w1, _, w2, _| Ok(x.matmul(w1)?.relu()?.matmul(w2)?))
        }),
        wrong("relu oubliée", || {
            avant(|x, w1, b1, w2, b2| {
                Ok(x.matmul(w1)?.broadcast_add(b1)?.matmul(w2)?.broadcast_add(b2)?)
            })
        }),
        wrong("relu en sortie", || {
            avant(|x, w1, b1, w2, b2| Ok(forward(x, w1, b1, w2, b2)?.relu()?))
        }),
        wrong("softmax en sortie", || {
            avant(|x, w1, b1, w2, b2| {
                Ok(candle_nn::ops::softmax(&forward(x, w1, b1, w2, b2)?, D::Minus1)?)
            })
        }),
        wrong("sigmoïde", || {
            avant(|x, w1, b1, w2, b2| {
                let a = candle_nn::ops::sigmoid(&x.matmul(w1)?.broadcast_add(b1)?)?;
                Ok(a.matmul(w2)?.broadcast_add(b2)?)
            })
        }),
        wrong("biais après l'activation", || {
            avant(|x, w1, b1, w2, b2| {
                Ok(x.matmul(w1)?.relu()?.broadcast_add(b1)?.matmul(w2)?.broadcast_add(b2)?)
            })
        }),
        wrong("gradient perdu", || avant(|x, w1, b1, w2, b2| forward(x, &w1.detach(), b1, w2, b2))),
        wrong("addition de formes différentes", || {
            avant(|x, w1, b1, w2, b2| {
                Ok((x.matmul(w1)? + b1)?.relu()?.matmul(w2)?.broadcast_add(b2)?)
            })
        }),
        wrong("produit de formes différentes", || {
            avant(|x, w1, b1, w2, b2| forward(x, w2, b1, w1, b2))
        }),
        wrong("forme", || avant(|x, w1, b1, w2, b2| Ok(forward(x, w1, b1, w2, b2)?.t()?))),
        wrong("forme", || avant(|x, _, _, _, _| Ok(x.clone()))),
        wrong("autre activation", || {
            avant(|x, w1, b1, w2, b2| {
                let hidden = x.matmul(w1)?.broadcast_add(b1)?.tanh()?;
                Ok(hidden.matmul(w2)?.broadcast_add(b2)?)
            })
        }),
        wrong("biais combiné", || {
            avant(|x, w1, b1, w2, b2| {
                Ok(x.matmul(w1)?.broadcast_sub(b1)?.relu()?.matmul(w2)?.broadcast_add(b2)?)
            })
        }),
        wrong("nan", || avant(|x, w1, b1, w2, b2| Ok((forward(x, w1, b1, w2, b2)? * f64::NAN)?))),
        wrong("à compléter", || avant(|_, _, _, _, _| todo!("à compléter"))),
    ];
}
