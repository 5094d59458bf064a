//! The first trainings, and what their histories tell.

#[cfg(test)]
mod trials;

use super::super::hints::{Hint, hints};
use super::super::history::{Asked, Judges};
use super::super::probe::french;
use super::super::{Exercise, Fault, Verdict, fault};
use crate::train::History;

/// Number of epochs that the notebook asks for.
const EPOCHS: usize = 15;

/// Checks that hold for any training from the initial state.
fn check_run(name: &str, history: &History, asked: &Asked) -> Result<(), Fault> {
    check_named(name, history, &Asked { lasts: Some(EPOCHS), ..*asked })?;
    let (first, last) = (history.loss[0], history.loss[EPOCHS - 1]);
    if last >= first {
        let found = format!("`{name}` a une perte qui va de {} à {}.", french(first), french(last));
        return fault("perte qui monte", found);
    }
    Ok(())
}

/// The same of a history that the statement names.
pub(super) fn check_named(name: &str, history: &History, asked: &Asked) -> Result<(), Fault> {
    asked.check(history).map_err(|fault| {
        let found = format!("`{name}` : {}", fault.found);
        Fault { found, ..fault.under(&[("déjà entraîné", "état non remis")]) }
    })
}

/// A history as training writes it: exponential descent, validation apart.
#[cfg(test)]
pub(super) fn made(epochs: usize, first: f32, validation: Option<f32>) -> History {
    let loss: Vec<f32> = (0..epochs).map(|e| first * (-0.3 * e as f32).exp()).collect();
    let accuracy: Vec<f32> = loss.iter().map(|l| 1.0 - 0.3 * l).collect();
    let (val_loss, val_accuracy) = match validation {
        Some(best) => (
            (0..epochs).map(|e| best + 0.02 * (e as f32 - 4.0).abs()).collect(),
            (0..epochs).map(|e| 0.98 - 0.002 * (e as f32 - 6.0).abs()).collect(),
        ),
        None => Default::default(),
    };
    let seconds = (0..epochs).map(|e| 0.5 + 0.01 * e as f64 + f64::from(first)).collect();
    History { name: "essai".into(), loss, accuracy, val_loss, val_accuracy, seconds, params: None }
}

const RUN_MISTAKES: &[Hint] = hints! {
    "nan" => "La perte n'est plus un nombre : le taux d'apprentissage est trop grand, ou les données contiennent des `NaN`.";
    "état non remis" => "Le réseau avait déjà appris : remettez-le d'abord dans son état initial avec `set_state`.";
    "n'apprend pas" => "Le réseau n'apprend presque pas : vérifiez que `x` et `y` sont bien ceux de l'apprentissage, dans le même ordre.";
    "perte qui monte" => "La perte ne descend pas : le taux d'apprentissage est-il trop grand ?";
};

pub(super) static ENTRAINEMENT: Exercise = Exercise {
    id: "tp1-entrainement",
    points: 2,
    title: "Le premier entraînement",
    hints: &[
        "`modele.fit(&x_train, &y_train, Fit { epochs: …, batch_size: …, ..Fit::default() })?` rend l'historique.",
        "Regardez la ligne de chaque époque : la perte doit descendre, la précision monter au-dessus de 99 %.",
    ],
    mistakes: &(
        RUN_MISTAKES,
        hints! {
            "trop lent" => "Le réseau apprend, mais trop peu : taille de lot, optimiseur et taux sont-ils ceux demandés ?";
        },
    ),
    #[cfg(test)]
    trials: trials::ENTRAINEMENT,
};

/// The first training: 15 epochs.
pub fn entrainement(history: &History) -> Verdict {
    ENTRAINEMENT.judge(|| {
        let asked = Asked { judges: Judges::Nobody, ..Asked::MNIST };
        check_run("historique", history, &asked)?;
        let accuracy = history.accuracy.last().copied().unwrap_or(0.0);
        if accuracy < 0.98 {
            let found = format!("la précision d'apprentissage finit à {}.", french(accuracy));
            return Err(Fault::new("trop lent", found));
        }
        Ok(format!(
            "15 époques, la perte descend de {} à {}.",
            french(history.loss[0]),
            french(history.loss[EPOCHS - 1])
        ))
    })
}

pub(super) static VALIDATION: Exercise = Exercise {
    id: "tp1-validation",
    points: 2,
    title: "Mettre des images de côté",
    hints: &[
        "Remettez l'état initial, puis le même `fit` avec un champ de plus : `validation: Validation::Split(0.2)`.",
        "Avec 20 % de côté, il reste 48 000 images pour apprendre et 12 000 pour valider ; l'ensemble de test ne sert pas ici.",
    ],
    mistakes: &(
        RUN_MISTAKES,
        hints! {
            "époques" => "Gardez 15 époques, pour voir le surapprentissage s'installer.";
            "sans validation" => "L'historique n'a pas de mesures de validation : c'est le champ `validation` de `Fit`.";
            "validation sur l'apprentissage" => "La perte de validation suit celle d'apprentissage jusqu'au bout : vous validez sur les images mêmes qui servent à apprendre. Mettez-en d'autres de côté.";
        },
    ),
    #[cfg(test)]
    trials: trials::VALIDATION,
};

/// The training with a validation split: 15 epochs from the initial state.
pub fn validation(history: &History) -> Verdict {
    VALIDATION.judge(|| {
        check_run("historique_val", history, &Asked::MNIST)?;
        let (loss, val) = (history.loss[EPOCHS - 1], history.val_loss[EPOCHS - 1]);
        if val < 1.5 * loss {
            let found = format!("à la dernière époque : perte {}, perte de validation {}.", french(loss), french(val));
            return Err(Fault::new("validation sur l'apprentissage", found));
        }
        Ok(format!(
            "à la fin, perte d'apprentissage {}, de validation {} : l'écart est le surapprentissage.",
            french(loss),
            french(val)
        ))
    })
}
