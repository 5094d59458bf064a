//! A network built from the values of a trial.

use super::super::probe::try_call;
use super::super::registry::with_mistakes;
#[cfg(test)]
use super::super::registry::{right, wrong};
use super::super::tp2::layers::{Want, check_layers};
use super::super::{Exercise, Fault, Notebook, Verdict};
use super::networks::LAYERS;
#[cfg(test)]
use super::networks::spoiled;
use crate::Result;
use crate::nn::Model;
use crate::ops::Padding;
use crate::train::Trial;
use crate::train::search::Value;
#[cfg(test)]
use crate::{
    nn::Loss,
    nn::Sequential,
    ops::activation::Activation,
    ops::optimizer::{Adam, Optimizer},
};

/// Builds and compiles a trial's network.
type Build = fn(&Trial) -> Result<Model>;

pub(super) static ESSAI: Exercise = Exercise {
    id: "tp3-essai",
    notebook: Notebook::Tp3,
    points: 3,
    title: "Du tirage au réseau",
    hints: &[
        "Chaque nombre du tableau qui porte un nom se lit dans l'essai : `essai.int(\"filtres\")?`, `essai.float(\"dropout\")?`, `essai.choice(\"optimiseur\")?`…",
        "L'optimiseur : `Optimizer::named(essai.choice(\"optimiseur\")?, essai.float(\"taux\")?)?`.",
    ],
    // Those of the trial come first: they explain better what the networks share.
    mistakes: &with_mistakes::<7, 21, 28>(
        [
            (
                "filtres",
                "Le nombre de filtres ne suit pas l'essai : `essai.int(\"filtres\")?`, pour les deux convolutions.",
            ),
            ("largeur", "La couche dense ne suit pas l'essai : `essai.int(\"neurones\")?`."),
            (
                "dropout manquant",
                "Il manque le dropout : `.dropout(\"D\", essai.float(\"dropout\")?)`.",
            ),
            ("taux du dropout", "Le dropout ne suit pas l'essai : `essai.float(\"dropout\")?`."),
            (
                "optimiseur",
                "L'optimiseur n'est pas celui de l'essai : `Optimizer::named(…)` prend son nom.",
            ),
            (
                "taux d'apprentissage",
                "Le taux d'apprentissage n'est pas celui de l'essai : `essai.float(\"taux\")?`.",
            ),
            (
                "pas compilé",
                "Il reste à compiler : `.compile(optimiseur, Loss::CategoricalCrossentropy)`.",
            ),
        ],
        LAYERS,
    ),
    #[cfg(test)]
    trials: &[
        right("named", || essai(|t| made(t, &wants(t)).compile(named(t), LOSS))),
        right("match", || {
            essai(|t| {
                let rate = t.float("taux")?;
                let optimizer = match t.choice("optimiseur")? {
                    "Adam" => Adam { learning_rate: rate, ..Adam::default() }.into(),
                    other => Optimizer::named(other, rate)?,
                };
                made(t, &wants(t)).compile(optimizer, LOSS)
            })
        }),
        wrong("filtres", || {
            essai(|t| {
                let mut wants = wants(t);
                wants[2] = Want::Conv(16, 3, Padding::Valid);
                made(t, &wants).compile(named(t), LOSS)
            })
        }),
        wrong("largeur", || {
            essai(|t| {
                let mut wants = wants(t);
                wants[6] = Want::Dense(64);
                made(t, &wants).compile(named(t), LOSS)
            })
        }),
        wrong("taux du dropout", || {
            essai(|t| {
                let mut wants = wants(t);
                wants[5] = Want::Dropout(0.2);
                made(t, &wants).compile(named(t), LOSS)
            })
        }),
        wrong("optimiseur", || {
            essai(|t| {
                let optimizer = Adam { learning_rate: t.float("taux")?, ..Adam::default() };
                made(t, &wants(t)).compile(optimizer, LOSS)
            })
        }),
        wrong("taux d'apprentissage", || {
            essai(|t| {
                made(t, &wants(t)).compile(Optimizer::named(t.choice("optimiseur")?, 0.001)?, LOSS)
            })
        }),
        wrong("pas compilé", || essai(|t| made(t, &wants(t)).build())),
        wrong("dropout manquant", || essai(|t| without(t, 5))),
        wrong("pooling manquant", || essai(|t| without(t, 3))),
        wrong("couche dense manquante", || essai(|t| without(t, 6))),
        wrong("convolution manquante", || essai(|t| without(t, 2))),
        wrong("dropout mal placé", || {
            essai(|t| {
                let mut wants = wants(t);
                wants.swap(5, 6);
                made(t, &wants).compile(named(t), LOSS)
            })
        }),
        wrong("couche en trop", || {
            essai(|t| {
                let mut wants = wants(t);
                wants.insert(6, Want::Dense(100));
                made(t, &wants).compile(named(t), LOSS)
            })
        }),
        wrong("taille du noyau", || {
            essai(|t| {
                let mut wants = wants(t);
                wants[0] = Want::Conv(t.int("filtres")?, 3, Padding::Valid);
                made(t, &wants).compile(named(t), LOSS)
            })
        }),
        wrong("bordure", || {
            essai(|t| {
                let mut wants = wants(t);
                wants[2] = Want::Conv(t.int("filtres")?, 3, Padding::Same);
                made(t, &wants).compile(named(t), LOSS)
            })
        }),
        wrong("relu oubliée", || {
            essai(|t| {
                let mut network = made(t, &wants(t));
                network.layers[6].spec = network.layers[6].spec.with_activation(Activation::Linear);
                network.compile(named(t), LOSS)
            })
        }),
        wrong("entrée", || {
            essai(|t| spoiled(made(t, &wants(t)), "entrée").compile(named(t), LOSS))
        }),
        wrong("pooling moyen", || {
            essai(|t| spoiled(made(t, &wants(t)), "pooling moyen").compile(named(t), LOSS))
        }),
        wrong("taille du pooling", || {
            essai(|t| spoiled(made(t, &wants(t)), "taille du pooling").compile(named(t), LOSS))
        }),
        wrong("pas", || essai(|t| spoiled(made(t, &wants(t)), "pas").compile(named(t), LOSS))),
        wrong("dropout sur la sortie", || {
            essai(|t| spoiled(made(t, &wants(t)), "dropout sur la sortie").compile(named(t), LOSS))
        }),
        wrong("ordre", || essai(|t| spoiled(made(t, &wants(t)), "ordre").compile(named(t), LOSS))),
        wrong("largeur de sortie", || {
            essai(|t| spoiled(made(t, &wants(t)), "largeur de sortie").compile(named(t), LOSS))
        }),
        wrong("softmax oublié", || {
            essai(|t| spoiled(made(t, &wants(t)), "softmax oublié").compile(named(t), LOSS))
        }),
        wrong("activation cachée", || {
            essai(|t| spoiled(made(t, &wants(t)), "activation cachée").compile(named(t), LOSS))
        }),
        wrong("erreur", || {
            essai(|t| made(t, &wants(t)).compile(Optimizer::named("Adan", t.float("taux")?)?, LOSS))
        }),
    ],
};

#[cfg(test)]
const LOSS: Loss = Loss::CategoricalCrossentropy;

#[cfg(test)]
fn made(_: &Trial, wants: &[Want]) -> Sequential {
    super::super::tp2::layers::built(&wants.iter().copied().map(Some).collect::<Vec<_>>(), |n| n)
}

#[cfg(test)]
fn named(trial: &Trial) -> Optimizer {
    Optimizer::named(trial.choice("optimiseur").unwrap(), trial.float("taux").unwrap()).unwrap()
}

#[cfg(test)]
fn without(trial: &Trial, i: usize) -> Result<Model> {
    let mut wants = wants(trial);
    wants.remove(i);
    made(trial, &wants).compile(named(trial), LOSS)
}

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

/// The layers that a trial asks for.
fn wants(trial: &Trial) -> Vec<Want> {
    let int = |name| trial.int(name).unwrap_or(0);
    vec![
        Want::Conv(int("filtres"), 5, Padding::Valid),
        Want::Pool,
        Want::Conv(int("filtres"), 3, Padding::Valid),
        Want::Pool,
        Want::Flatten,
        Want::Dropout(trial.float("dropout").unwrap_or(0.0)),
        Want::Dense(int("neurones")),
        Want::Dense(10),
    ]
}

/// The network of a trial, compiled.
pub fn essai(build: Build) -> Verdict {
    ESSAI.judge(|| {
        let trials = [
            drawn(12, 40, 0.1, 0.02, "SGD avec inertie"),
            drawn(9, 70, 0.35, 0.004, "RMSprop"),
            drawn(20, 33, 0.25, 0.0007, "Adam"),
        ];
        for trial in &trials {
            let model = try_call("construire(&essai)", || build(trial))?;
            let wants = wants(trial);
            check_layers(&model, &wants).or_else(|fault| {
                let mut swapped = wants.clone();
                swapped.swap(4, 5);
                check_layers(&model, &swapped).map_err(|_| fault)
            })?;
            let Ok(training) = model.training() else {
                return Err(Fault::new("pas compilé", "le réseau n'est pas compilé."));
            };
            let (found, rate) = (training.optimizer.name(), training.optimizer.learning_rate());
            if found != trial.choice("optimiseur")? {
                let asked = trial.choice("optimiseur")?;
                return Err(Fault::new(
                    "optimiseur",
                    format!("l'essai demande {asked}, le réseau a {found}."),
                ));
            }
            let asked = trial.float("taux")?;
            if (rate / asked - 1.0).abs() > 1e-6 {
                let found = format!("l'essai demande `{asked}`, le réseau a `{rate}`.");
                return Err(Fault::new("taux d'apprentissage", found));
            }
        }
        Ok("trois essais, trois réseaux : largeurs, dropout et optimiseur suivent.".into())
    })
}
