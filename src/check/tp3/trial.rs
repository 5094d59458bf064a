//! A network built from the values of a trial.

use super::super::hints::hints;
use super::super::history::digits;
use super::super::network::{compare, not_compiled};
use super::super::probe::try_call;
use super::super::{Exercise, Fault, Verdict};
use super::networks::LAYERS;
use crate::Result;
use crate::nn::{Loss, Model, Sequential};
use crate::ops::Padding;
use crate::ops::activation::Activation::{Relu, Softmax};
use crate::train::Trial;
use crate::train::search::Value;

/// Builds and compiles a trial's network.
type Build = fn(&Trial) -> Result<Model>;

pub(super) static ESSAI: Exercise = Exercise {
    id: "tp3-essai",
    points: 3,
    title: "Du tirage au réseau",
    hints: &[
        "Chaque nombre du tableau qui porte un nom se lit dans l'essai : `essai.int(\"filtres\")?`, `essai.float(\"dropout\")?`, `essai.choice(\"optimiseur\")?`…",
        "L'optimiseur : `Optimizer::named(essai.choice(\"optimiseur\")?, essai.float(\"taux\")?)?`.",
    ],
    // Those of the trial come first: they explain better what the networks share.
    mistakes: &(
        hints! {
            "filtres" => "Le nombre de filtres ne suit pas l'essai : `essai.int(\"filtres\")?`, pour les deux convolutions.";
            "largeur" => "La couche dense ne suit pas l'essai : `essai.int(\"neurones\")?`.";
            "dropout manquant" => "Il manque le dropout : `.dropout(\"D\", essai.float(\"dropout\")?)`.";
            "taux du dropout" => "Le dropout ne suit pas l'essai : `essai.float(\"dropout\")?`.";
            "optimiseur" => "L'optimiseur n'est pas celui de l'essai : `Optimizer::named(…)` prend son nom.";
            "taux d'apprentissage" => "Le taux d'apprentissage n'est pas celui de l'essai : `essai.float(\"taux\")?`.";
            "pas compilé" => "Il reste à compiler : `.compile(optimiseur, Loss::CategoricalCrossentropy)`.";
        },
        LAYERS,
    ),
    #[cfg(test)]
    trials: trials::ESSAI,
};

/// A trial as a search would draw it.
fn drawn(filters: usize, units: usize, dropout: f64, rate: f64, optimizer: &str) -> Trial {
    let values = vec![
        ("filtres".into(), Value::Int(filters)),
        ("neurones".into(), Value::Int(units)),
        ("dropout".into(), Value::Float(dropout)),
        ("taux".into(), Value::Float(rate)),
        ("optimiseur".into(), Value::Choice(optimizer.into())),
    ];
    Trial { number: 1, values, scores: Vec::new(), stopped: false, seconds: 0.0 }
}

/// The network that a trial asks for.
fn wanted(trial: &Trial) -> Sequential {
    let int = |name| trial.int(name).unwrap_or(0);
    Sequential::new("essai", (28, 28, 1))
        .conv2d("C1", int("filtres"), 5, Padding::Valid, Relu)
        .max_pool2d("P1", 2)
        .conv2d("C2", int("filtres"), 3, Padding::Valid, Relu)
        .max_pool2d("P2", 2)
        .flatten("F")
        .dropout("O", trial.float("dropout").unwrap_or(0.0))
        .dense("D1", int("neurones"), Relu)
        .dense("D2", 10, Softmax)
}

/// The network of a trial, compiled.
pub fn essai(build: Build) -> Verdict {
    essai_of(build)
}

fn essai_of(build: impl Fn(&Trial) -> Result<Model>) -> Verdict {
    ESSAI.judge(|| {
        let trials = [
            drawn(12, 40, 0.1, 0.02, "SGD avec inertie"),
            drawn(9, 70, 0.35, 0.004, "RMSprop"),
            drawn(20, 33, 0.25, 0.0007, "Adam"),
        ];
        for trial in &trials {
            let model = try_call("construire(&essai)", || build(trial))?;
            compare(&model, &wanted(trial))?;
            let Ok(training) = model.training() else {
                return Err(not_compiled());
            };
            let (found, rate) = (training.optimizer.name(), training.optimizer.learning_rate());
            if found != trial.choice("optimiseur")? {
                let asked = trial.choice("optimiseur")?;
                return Err(Fault::new(
                    "optimiseur",
                    format!("l'essai demande {asked}, le réseau a {found}."),
                ));
            }
            if training.loss != Loss::CategoricalCrossentropy {
                let found = format!("le réseau est compilé avec `Loss::{:?}`.", training.loss);
                return Err(Fault::new("fonction de perte", found));
            }
            let asked = trial.float("taux")?;
            if (rate / asked - 1.0).abs() > 1e-6 {
                let found =
                    format!("l'essai demande {}, le réseau a {}.", digits(asked), digits(rate));
                return Err(Fault::new("taux d'apprentissage", found));
            }
        }
        Ok("trois essais, trois réseaux : largeurs, dropout et optimiseur suivent.".into())
    })
}

#[cfg(test)]
mod trials {
    use super::*;
    use crate::check::registry::{Trial as Answer, right, wrong, wrong_each};
    use crate::check::spoiled::{DROPOUT, LAYERS as ANY, spoiled, spoiled_at};
    use crate::ops::optimizer::{Adam, Optimizer, RmsProp, Sgd};

    pub(super) const ESSAI: &[Answer] = &[
        right("optimisers written out", || {
            essai(|t| {
                let (learning_rate, name) = (t.float("taux")?, t.choice("optimiseur")?);
                let optimizer: Optimizer = if name == "Adam" {
                    Adam { learning_rate, ..Adam::default() }.into()
                } else if name == "RMSprop" {
                    RmsProp { learning_rate, ..RmsProp::default() }.into()
                } else {
                    Sgd { learning_rate, momentum: 0.9, ..Sgd::default() }.into()
                };
                let mut model = wanted(t).build()?;
                model.compile(optimizer, LOSS)?;
                Ok(model)
            })
        }),
        right("named", || essai(|t| wanted(t).compile(named(t), LOSS))),
        right("match", || {
            essai(|t| {
                let rate = t.float("taux")?;
                let optimizer = match t.choice("optimiseur")? {
                    "Adam" => Adam { learning_rate: rate, ..Adam::default() }.into(),
                    other => Optimizer::named(other, rate)?,
                };
                wanted(t).compile(optimizer, LOSS)
            })
        }),
        wrong("filtres", || essai(|t| spoiled_at(wanted(t), 2, "filtres").compile(named(t), LOSS))),
        wrong("optimiseur", || {
            essai(|t| {
                let optimizer = Adam { learning_rate: t.float("taux")?, ..Adam::default() };
                wanted(t).compile(optimizer, LOSS)
            })
        }),
        wrong("taux d'apprentissage", || {
            essai(|t| wanted(t).compile(Optimizer::named(t.choice("optimiseur")?, 0.001)?, LOSS))
        }),
        wrong("pas compilé", || essai(|t| wanted(t).build())),
        wrong("couche en trop", || {
            essai(|t| wanted(t).dense("autre", 10, Softmax).compile(named(t), LOSS))
        }),
        wrong("fonction de perte", || {
            essai(|t| wanted(t).compile(named(t), Loss::SparseCategoricalCrossentropy))
        }),
        right("another seed", || essai(|t| wanted(t).seed(7).compile(named(t), LOSS))),
        wrong("réglage refusé", || {
            essai(|t| wanted(t).compile(Optimizer::named("Adan", t.float("taux")?)?, LOSS))
        }),
        wrong_each(ANY, spoiled_trial),
        wrong_each(DROPOUT, spoiled_trial),
    ];

    fn spoiled_trial(mistake: &'static str) -> Verdict {
        essai_of(|t| spoiled(wanted(t), mistake).compile(named(t), LOSS))
    }

    const LOSS: Loss = Loss::CategoricalCrossentropy;

    fn named(trial: &Trial) -> Optimizer {
        Optimizer::named(trial.choice("optimiseur").unwrap(), trial.float("taux").unwrap()).unwrap()
    }
}
