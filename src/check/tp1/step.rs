//! One training step by hand: forward, loss, gradient descent.

use candle_core::{D, DType, Device, Tensor, Var};

use super::super::probe::{call, close, draw, numbers, show, try_call};
#[cfg(test)]
use super::super::registry::{right, wrong};
use super::super::{Exercise, Fault, Notebook, Verdict};
use crate::Result;
use crate::random::Rng;

type Forward = fn(&Tensor, &Tensor, &Tensor, &Tensor, &Tensor) -> Result<Tensor>;

pub(super) static AVANT: Exercise = Exercise {
    id: "tp1-avant",
    notebook: Notebook::Tp1,
    points: 2,
    title: "La passe avant",
    hints: &[
        "Deux couches à la suite. Pour chacune : `matmul` avec les poids, `broadcast_add` avec les biais ; ReLU après la première seulement.",
        "Les formes se suivent comme des dominos : `[n, 784] × [784, 64]` → `[n, 64]`, puis `[n, 64] × [64, 10]` → `[n, 10]`.",
    ],
    mistakes: &[
        ("biais oubliés", "Les biais `b1` et `b2` doivent tous deux être ajoutés."),
        (
            "relu oubliée",
            "Sans activation entre elles, deux couches linéaires n'en font qu'une : il manque ReLU après la première.",
        ),
        (
            "relu en sortie",
            "La sortie n'est jamais négative : pas d'activation après la deuxième couche, les scores sont libres.",
        ),
        (
            "softmax en sortie",
            "Vous rendez des probabilités. Ici on garde les scores bruts (*logits*) : la perte fera le softmax elle-même, de façon plus stable.",
        ),
        ("sigmoïde", "L'activation de la couche cachée doit être ReLU."),
        ("biais après l'activation", "Le biais de la première couche s'ajoute avant ReLU."),
        (
            "gradient perdu",
            "Les valeurs sont justes, mais le lien avec les poids est rompu (`detach`, ou passage par `to_vec`) : candle ne pourra pas calculer de gradient. N'utilisez que des opérations sur les tenseurs.",
        ),
        ("forme", "On attend une ligne de scores par image."),
    ],
    #[cfg(test)]
    trials: &[
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
        wrong("erreur", || avant(|x, w1, b1, w2, b2| forward(x, w2, b1, w1, b2))),
        wrong("forme", || avant(|x, w1, b1, w2, b2| Ok(forward(x, w1, b1, w2, b2)?.t()?))),
        wrong("forme", || avant(|x, _, _, _, _| Ok(x.clone()))),
        wrong("nan", || avant(|x, w1, b1, w2, b2| Ok((forward(x, w1, b1, w2, b2)? * f64::NAN)?))),
        wrong("à compléter", || avant(|_, _, _, _, _| todo!("à compléter"))),
    ],
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
                ("sigmoïde", out(&candle_nn::ops::sigmoid(&with_bias)?)?),
                ("biais après l'activation", out(&hidden.relu()?.broadcast_add(&b1)?)?),
            ];
            let nan = got.iter().any(|v| v.is_nan());
            let known = suspects.iter().find(|(_, answer)| close(&got, answer));
            let mistake = known.map_or(if nan { "nan" } else { "inconnue" }, |(m, _)| *m);
            let found =
                format!("la forme est bonne, mais la première ligne vaut `{}`.", show(&got[..3]));
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

pub(super) static PERTE: Exercise = Exercise {
    id: "tp1-perte",
    notebook: Notebook::Tp1,
    points: 2,
    title: "La perte d'un lot",
    hints: &[
        "Quatre temps : `log_softmax` des scores, produit par `y` (qui ne garde que la vraie classe), somme sur chaque ligne, opposé de la moyenne sur les images.",
        "`(a * b)?` multiplie terme à terme, `sum(1)?` additionne sur chaque ligne, `mean_all()?` donne un seul nombre, `neg()?` change le signe.",
    ],
    mistakes: &[
        (
            "somme au lieu de moyenne",
            "La perte grandit avec la taille du lot : prenez la moyenne sur les images, pas la somme.",
        ),
        (
            "moyenne sur les cases",
            "Vous divisez par le nombre de cases (images × classes) ; il faut diviser par le nombre d'images : additionnez d'abord chaque ligne.",
        ),
        ("signe oublié", "La perte est négative : il manque un signe."),
        (
            "mauvais axe",
            "Le softmax est pris sur les images (axe 0) ; chaque image a ses probabilités, sur l'axe 1 (`D::Minus1`).",
        ),
        (
            "sans logarithme",
            "Il manque le logarithme : c'est `log_softmax` qu'il faut, pas `softmax`.",
        ),
        ("sans softmax", "Les scores ne sont pas encore des probabilités : `log_softmax` d'abord."),
        (
            "erreur quadratique",
            "C'est l'erreur quadratique ; pour choisir entre des classes on prend l'entropie croisée.",
        ),
        (
            "instable",
            "La formule est juste, mais pour de grands scores une probabilité s'arrondit à 0 et son logarithme à `-inf`. `log_softmax` fait les deux d'un coup, sans ce défaut.",
        ),
        (
            "nan",
            "Le résultat n'est pas un nombre. Si vous prenez le logarithme des scores eux-mêmes : certains sont négatifs, il faut d'abord un softmax (`log_softmax` fait les deux).",
        ),
        (
            "pas un nombre seul",
            "La perte d'un lot est un seul nombre : il reste une moyenne à prendre.",
        ),
        (
            "gradient perdu",
            "Le nombre est juste, mais il ne tient plus aux scores : sans gradient, pas d'apprentissage. N'utilisez que des opérations sur les tenseurs.",
        ),
    ],
    #[cfg(test)]
    trials: &[
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
        wrong("erreur", || perte(|z, y| Ok(z.matmul(y)?))),
        wrong("nan", || perte(|z, y| Ok((loss(z, y)? * f64::NAN)?))),
        wrong("à compléter", || perte(|_, _| todo!("à compléter"))),
    ],
};

fn log_softmax(z: &Tensor) -> Result<Tensor> {
    Ok(candle_nn::ops::log_softmax(z, D::Minus1)?)
}

fn loss(z: &Tensor, y: &Tensor) -> Result<Tensor> {
    Ok((y * log_softmax(z)?)?.sum(1)?.mean_all()?.neg()?)
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
            let mistake = known.map_or(if nan { "nan" } else { "inconnue" }, |(m, _)| *m);
            let found = format!(
                "sur un lot de 5 images la perte donne `{}` au lieu de `{}`.",
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

pub(super) static UN_PAS: Exercise = Exercise {
    id: "tp1-un-pas",
    notebook: Notebook::Tp1,
    points: 3,
    title: "Un pas de descente de gradient",
    hints: &[
        "`perte.backward()?` donne tous les gradients. Puis, pour chaque paramètre : sa nouvelle valeur est l'ancienne moins `taux` fois son gradient.",
        "`gradients.get(p)` rend `Some(g)` ; `p.set(&nouvelle_valeur)?` remplace la valeur ; le calcul s'écrit `(p.as_tensor() - (g * taux)?)?`.",
    ],
    mistakes: &[
        (
            "montée",
            "Les paramètres vont dans le sens du gradient, la perte monte : il faut en retrancher une fraction, pas l'ajouter.",
        ),
        ("taux oublié", "Le pas vaut le gradient entier : multipliez-le par `taux`."),
        ("divisé par le taux", "Le gradient est divisé par `taux` ; il doit être multiplié."),
        ("rien ne change", "Aucun paramètre n'a changé : `set` a-t-il été appelé ?"),
        (
            "premier paramètre seulement",
            "Seul le premier paramètre a changé : il faut parcourir toute la liste.",
        ),
        (
            "dernier paramètre seulement",
            "Seul le dernier paramètre a changé : il faut parcourir toute la liste.",
        ),
        (
            "remplacé par le gradient",
            "Le paramètre est remplacé par son pas : il manque l'ancienne valeur.",
        ),
        (
            "signe du gradient",
            "Vous n'utilisez que le signe du gradient ; sa grandeur compte aussi.",
        ),
        ("deux pas", "Le pas est fait deux fois."),
    ],
    #[cfg(test)]
    trials: &[
        right("set", || un_pas(|p, loss, rate| update(p, loss, |v, g| v - (g * rate)?))),
        right("affine", || {
            un_pas(|p, loss, rate| update(p, loss, |v, g| v + g.affine(-rate, 0.0)?))
        }),
        right("candle-nn", || {
            un_pas(|p, loss, rate| {
                use candle_nn::Optimizer as _;
                Ok(candle_nn::SGD::new(p.to_vec(), rate)?.backward_step(loss)?)
            })
        }),
        wrong("montée", || un_pas(|p, loss, rate| update(p, loss, |v, g| v + (g * rate)?))),
        wrong("taux oublié", || un_pas(|p, loss, _| update(p, loss, |v, g| v - g))),
        wrong("divisé par le taux", || {
            un_pas(|p, loss, rate| update(p, loss, |v, g| v - (g / rate)?))
        }),
        wrong("rien ne change", || {
            un_pas(|_, loss, _| {
                loss.backward()?;
                Ok(())
            })
        }),
        wrong("premier paramètre seulement", || {
            un_pas(|p, loss, rate| update(&p[..1], loss, |v, g| v - (g * rate)?))
        }),
        wrong("dernier paramètre seulement", || {
            un_pas(|p, loss, rate| update(&p[p.len() - 1..], loss, |v, g| v - (g * rate)?))
        }),
        wrong("remplacé par le gradient", || {
            un_pas(|p, loss, rate| update(p, loss, |_, g| g.affine(-rate, 0.0)))
        }),
        wrong("signe du gradient", || {
            un_pas(|p, loss, rate| update(p, loss, |v, g| v - (g.sign()? * rate)?))
        }),
        wrong("deux pas", || {
            un_pas(|p, loss, rate| update(p, loss, |v, g| v - (g * (2.0 * rate))?))
        }),
        wrong("nan", || un_pas(|p, loss, _| update(p, loss, |_, g| g * f64::NAN))),
        wrong("erreur", || {
            un_pas(|p, _, _| Ok(p[0].set(&Tensor::zeros(99, DType::F32, &Device::Cpu)?)?))
        }),
        wrong("panique", || {
            un_pas(|p, loss, _| {
                let gradients = loss.backward()?;
                let missing: Option<&Tensor> = gradients.get(&p[0].detach());
                missing.unwrap();
                Ok(())
            })
        }),
        wrong("à compléter", || un_pas(|_, _, _| todo!("à compléter"))),
    ],
};

#[cfg(test)]
fn update(
    parameters: &[Var],
    loss: &Tensor,
    rule: impl Fn(&Tensor, &Tensor) -> candle_core::Result<Tensor>,
) -> Result<()> {
    let gradients = loss.backward()?;
    for p in parameters {
        if let Some(g) = gradients.get(p.as_tensor()) {
            p.set(&rule(p.as_tensor(), g)?)?;
        }
    }
    Ok(())
}

/// `un_pas(parametres, perte, taux)`: one step of gradient descent.
pub fn un_pas(student: fn(&[Var], &Tensor, f64) -> Result<()>) -> Verdict {
    UN_PAS.judge(|| {
        let rate = 0.3;
        let starts: [&[f32]; 3] = [&[1.0, -2.0], &[0.5, 0.25, 3.0], &[-1.5]];
        let targets: [&[f32]; 3] = [&[0.2, 0.4], &[-1.0, 2.0, 0.5], &[0.9]];
        let vars = starts
            .iter()
            .map(|start| Var::new(*start, &Device::Cpu))
            .collect::<candle_core::Result<Vec<Var>>>()?;
        let mut loss = Tensor::zeros((), DType::F32, &Device::Cpu)?;
        for (var, target) in vars.iter().zip(targets) {
            let gap = (var.as_tensor() - Tensor::new(target, &Device::Cpu)?)?;
            loss = (loss + gap.sqr()?.sum_all()?)?;
        }
        try_call("un_pas(parametres, perte, 0.3)", || student(&vars, &loss, rate))?;
        let mut got = Vec::new();
        for var in &vars {
            got.push(numbers(var.as_tensor())?);
        }
        let rule = |step: &dyn Fn(f32, f32) -> f32| -> Vec<Vec<f32>> {
            let one = |(start, target): (&&[f32], &&[f32])| {
                start.iter().zip(*target).map(|(s, t)| step(*s, 2.0 * (s - t))).collect()
            };
            starts.iter().zip(&targets).map(one).collect()
        };
        let same = |a: &[Vec<f32>], b: &[Vec<f32>]| a.iter().zip(b).all(|(a, b)| close(a, b));
        let r = rate as f32;
        let truth = rule(&|v, g| v - r * g);
        if same(&got, &truth) {
            return Ok(
                "trois paramètres ont chacun fait le bon pas, celui qui fait descendre la perte."
                    .into(),
            );
        }
        let still = rule(&|v, _| v);
        let mixed = |i: usize| -> Vec<Vec<f32>> {
            (0..3).map(|k| if k == i { truth[k].clone() } else { still[k].clone() }).collect()
        };
        let suspects = [
            ("rien ne change", still.clone()),
            ("montée", rule(&|v, g| v + r * g)),
            ("taux oublié", rule(&|v, g| v - g)),
            ("divisé par le taux", rule(&|v, g| v - g / r)),
            ("premier paramètre seulement", mixed(0)),
            ("dernier paramètre seulement", mixed(2)),
            ("remplacé par le gradient", rule(&|_, g| -r * g)),
            ("remplacé par le gradient", rule(&|_, g| r * g)),
            ("signe du gradient", rule(&|v, g| v - r * g.signum())),
            ("deux pas", rule(&|v, g| v - 2.0 * r * g)),
        ];
        let nan = got.iter().flatten().any(|v| v.is_nan());
        let mistake = suspects
            .iter()
            .find(|(_, answer)| same(&got, answer))
            .map_or(if nan { "nan" } else { "inconnue" }, |(m, _)| *m);
        let found = format!(
            "le premier paramètre valait `{}`, son gradient `{}` ; après le pas il vaut `{}`.",
            show(starts[0]),
            show(&rule(&|_, g| g)[0]),
            show(&got[0])
        );
        Err(Fault::new(mistake, found))
    })
}
