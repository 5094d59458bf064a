//! One step of gradient descent by hand.

use candle_core::{DType, Device, Tensor, Var};

use super::super::hints::hints;
use super::super::probe::{alike, close, numbers, show, try_call};
use super::super::{Exercise, Fault, Verdict};
use crate::Result;

pub(super) static UN_PAS: Exercise = Exercise {
    id: "tp1-un-pas",
    points: 3,
    title: "Un pas de descente de gradient",
    hints: &[
        "`perte.backward()?` donne tous les gradients. Puis, pour chaque paramètre : sa nouvelle valeur est l'ancienne moins `taux` fois son gradient.",
        "`gradients.get(p)` rend `Some(g)` ; `p.set(&nouvelle_valeur)?` remplace la valeur ; le calcul s'écrit `(p.as_tensor() - (g * taux)?)?`.",
    ],
    mistakes: &hints! {
        "montée" => "Les paramètres vont dans le sens du gradient, la perte monte : il faut en retrancher une fraction, pas l'ajouter.";
        "taux oublié" => "Le pas vaut le gradient entier : multipliez-le par `taux`.";
        "autre taux" => "Le pas suit bien le gradient, mais un autre taux que `taux` le multiplie : est-il écrit en dur ?";
        "taux ajouté" => "Le taux s'ajoute au gradient ; il doit le multiplier, `(g * taux)?`.";
        "divisé par le taux" => "Le gradient est divisé par `taux` ; il doit être multiplié.";
        "rien ne change" => "Aucun paramètre n'a changé : `set` a-t-il été appelé ?";
        "premier paramètre seulement" => "Seul le premier paramètre a changé : il faut parcourir toute la liste.";
        "dernier paramètre seulement" => "Seul le dernier paramètre a changé : il faut parcourir toute la liste.";
        "remplacé par le gradient" => "Le paramètre est remplacé par son pas : il manque l'ancienne valeur.";
        "signe du gradient" => "Vous n'utilisez que le signe du gradient ; sa grandeur compte aussi.";
        "deux pas" => "Le pas est fait deux fois.";
    },
    #[cfg(test)]
    trials: trials::UN_PAS,
};

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
            ("taux ajouté", rule(&|v, g| v - (g + r))),
            ("taux ajouté", rule(&|v, g| v - g - r)),
            ("divisé par le taux", rule(&|v, g| v - g / r)),
            ("premier paramètre seulement", mixed(0)),
            ("dernier paramètre seulement", mixed(2)),
            ("remplacé par le gradient", rule(&|_, g| -r * g)),
            ("remplacé par le gradient", rule(&|_, g| r * g)),
            ("signe du gradient", rule(&|v, g| v - r * g.signum())),
            ("deux pas", rule(&|v, g| v - 2.0 * r * g)),
        ];
        let nan = got.iter().flatten().any(|v| v.is_nan());
        // The step of another rate: the first number tells which.
        let other = (starts[0][0] - got[0][0]) / rule(&|_, g| g)[0][0];
        let fixed = other > 0.0 && same(&got, &rule(&|v, g| v - other * g));
        let mistake = match suspects.iter().find(|(_, answer)| same(&got, answer)) {
            Some((mistake, _)) => mistake,
            None if nan => "nan",
            None if fixed => "autre taux",
            None => alike(&got.concat(), &truth.concat()),
        };
        let found = format!(
            "le premier paramètre valait `{}`, son gradient `{}` ; après le pas il vaut `{}`, au lieu de `{}`.",
            show(starts[0]),
            show(&rule(&|_, g| g)[0]),
            show(&got[0]),
            show(&truth[0])
        );
        Err(Fault::new(mistake, found))
    })
}

#[cfg(test)]
mod trials {
    use super::*;
    use crate::check::registry::{Trial, right, wrong};

    pub(super) const UN_PAS: &[Trial] = &[
        wrong("autre taux", || un_pas(|p, loss, _| update(p, loss, |v, g| v - (g * 0.1)?))),
        wrong("taux ajouté", || un_pas(|p, loss, rate| update(p, loss, |v, g| v - (g + rate)?))),
        right("let else", || {
            un_pas(|p, loss, rate| {
                let gradients = loss.backward()?;
                for (i, _) in p.iter().enumerate() {
                    let Some(g) = gradients.get(&p[i]) else { continue };
                    let step = g.affine(rate, 0.0)?;
                    p[i].set(&p[i].as_tensor().sub(&step)?)?;
                }
                Ok(())
            })
        }),
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
        wrong("formes incompatibles", || {
            un_pas(|p, _, _| Ok(p[0].set(&Tensor::zeros(99, DType::F32, &Device::Cpu)?)?))
        }),
        wrong("expect", || {
            un_pas(|p, loss, _| {
                let gradients = loss.backward()?;
                let missing: Option<&Tensor> = gradients.get(&p[0].detach());
                missing.unwrap();
                Ok(())
            })
        }),
        wrong("à compléter", || un_pas(|_, _, _| todo!("à compléter"))),
    ];

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
}
