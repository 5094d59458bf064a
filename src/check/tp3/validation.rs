//! One turn of a cross-validation.

#[cfg(test)]
mod trials;

use candle_core::{Device, Tensor};

use super::super::hints::hints;
use super::super::history::digits;
use super::super::probe::{french, try_call};
use super::super::{Exercise, Fault, Verdict};
use crate::Result;
use crate::data::one_hot;
use crate::french::plural;
use crate::nn::Sequential;
use crate::ops::activation::Activation;
use crate::ops::optimizer::{Optimizer, Sgd};
use crate::train::{Fold, asked};

/// Trains a new network on a fold's images and measures it on the others.
type Turn = fn(&Sequential, &Tensor, &Tensor, &Fold, usize) -> Result<f32>;

pub(super) static VALIDATION_CROISEE: Exercise = Exercise {
    id: "tp3-validation-croisee",
    points: 3,
    title: "Un tour de validation croisée",
    hints: &[
        "Quatre tenseurs à rassembler (`gather`) : images et cibles de `pli.train`, images et cibles de `pli.validation`. On apprend sur les deux premiers, on évalue sur les deux autres.",
        "`let mut modele = reseau.clone().compile(Sgd { learning_rate: 0.05, ..Sgd::default() }, Loss::CategoricalCrossentropy)?;`, puis `modele.fit(&gather(x, &pli.train)?, …)?` et `modele.evaluate(&gather(x, &pli.validation)?, …)?.accuracy`.",
    ],
    mistakes: &hints! {
        "fuite" => "Le réseau a appris sur les images qui devaient le juger : n'entraînez que sur `pli.train`.";
        "évalué sur l'apprentissage" => "La précision est mesurée sur les images d'apprentissage : évaluez sur `pli.validation`.";
        "rôles échangés" => "Le réseau apprend sur `pli.validation` et se fait juger sur `pli.train`.";
        "perte" => "C'est une perte : prenez le champ `accuracy` de l'évaluation.";
        "taux d'erreur" => "C'est un taux d'erreur : rendez la précision.";
        "pourcentage" => "La précision dépasse 1 : gardez un nombre entre 0 et 1.";
        "n'apprend pas" => "`fit` doit être appelé, et durer `epoques` époques : `epochs: epoques`.";
        "lignes décalées" => "Images et cibles ne se correspondent plus : rassemblez-les avec la **même** liste d'indices.";
    },
    #[cfg(test)]
    trials: trials::VALIDATION_CROISEE,
};

/// Images to validate on; a prime, to recognise what is measured on others.
const JUDGES: usize = 7;
const EPOCHS: usize = 200;

/// A data set whose answers betray mistakes, and what `turn` makes of it.
/// Column 0 decides the class; when the images to judge are `opposite`, column 1
/// marks them, so that who learns from them knows their answers.
fn measure(
    turn: Turn,
    epochs: usize,
    opposite: bool,
    rule: impl Fn(bool, bool, usize) -> u32,
) -> Result<f32, Fault> {
    let n = 60 + JUDGES;
    let (mut x, mut y) = (Vec::new(), Vec::new());
    for i in 0..n {
        let judge = i >= 60;
        let positive = if judge && opposite { true } else { i % 5 < 2 };
        x.extend([
            if positive { 1.0 } else { -1.0 },
            if judge && opposite { 3.0 } else { 0.0f32 },
            1.0,
        ]);
        y.push(rule(positive, judge, i));
    }
    let x = Tensor::from_vec(x, (n, 3), &Device::Cpu)?;
    let y = one_hot(&Tensor::from_vec(y, n, &Device::Cpu)?, 2)?;
    // Not in order: a mistake on rows must not go unseen.
    let train = (0..60).map(|i| i * 7 % 60).collect();
    let fold = Fold { number: 1, train, validation: (60..n as u32).rev().collect() };
    let net = Sequential::new("essai", 3)
        .dense("C1", 64, Activation::Relu)
        .dense("C2", 2, Activation::Softmax)
        .seed(1);
    try_call("precision_du_pli(&reseau, &x, &y, &pli, epoques)", || {
        turn(&net, &x, &y, &fold, epochs)
    })
}

/// One turn of a cross-validation.
pub fn validation_croisee(turn: Turn) -> Verdict {
    VALIDATION_CROISEE.judge(|| {
        // The same rule everywhere, but for three images in twenty to learn from.
        let rule = |positive, judge: bool, i| u32::from(positive ^ (!judge && i % 20 < 3));
        let (plain, made) = asked::during(|| measure(turn, EPOCHS, false, rule));
        let plain = plain?;
        // The images to judge, marked as such, follow the opposite rule.
        let marked =
            measure(turn, EPOCHS, true, |positive, judge, _| u32::from(positive && !judge))?;
        let found = format!(
            "précisions mesurées sur deux jeux d'essai : {} et {}.",
            french(plain),
            french(marked)
        );
        let all = [plain, marked];
        let fault = |mistake| Err(Fault::new(mistake, found.clone()));
        let shares = |n: usize| {
            all.iter().all(|a| {
                let count = a * n as f32;
                (count - count.round()).abs() < 1e-3
            })
        };
        if all.iter().any(|a| !(0.0..=100.0).contains(a)) {
            return fault("perte");
        }
        if all.iter().any(|a| *a > 1.0) && shares(JUDGES) {
            return fault("pourcentage");
        }
        if !shares(JUDGES) {
            let mistake = match () {
                () if !shares(60) => "perte",
                () if marked > 0.9 => "évalué sur l'apprentissage",
                () => "rôles échangés",
            };
            return fault(mistake);
        }
        if plain < 0.2 && marked > 0.8 {
            return fault("taux d'erreur");
        }
        let Some(training) = made.last() else {
            let found = "`fit` n'a pas été appelé.".to_owned();
            return Err(Fault::new("n'apprend pas", found));
        };
        if training.epochs != EPOCHS {
            let found = format!(
                "l'entraînement a duré {} alors que `epoques` valait {EPOCHS}.",
                plural(training.epochs, "époque")
            );
            return Err(Fault::new("n'apprend pas", found));
        }
        if marked > 0.8 && plain > 0.8 {
            return fault("fuite");
        }
        match training.optimizer {
            Some(Optimizer::Sgd(Sgd { learning_rate: 0.05, momentum: 0.0, .. })) | None => {}
            Some(Optimizer::Sgd(Sgd { learning_rate, momentum: 0.0, .. })) => {
                let found = format!("le réseau apprend au taux {}.", digits(learning_rate));
                return Err(Fault::new("taux d'apprentissage", found));
            }
            Some(other) => {
                let found = format!("le réseau apprend avec {}.", other.name());
                return Err(Fault::new("optimiseur", found));
            }
        }
        if plain < 0.99 {
            return fault("lignes décalées");
        }
        Ok(format!("un réseau neuf, qui n'a pas vu ses juges : {found}"))
    })
}
