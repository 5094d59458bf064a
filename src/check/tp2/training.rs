//! What the histories of the trainings tell.

#[cfg(test)]
mod trials;

use super::super::hints::{Hint, hints};
use super::super::history::{Asked, fired};
use super::super::probe::french;
use super::super::{Exercise, Verdict, fault};
use crate::french::feminine;
use crate::train::{History, Monitor, Stopping};

/// Most epochs of the training that stops by itself, and its patience.
const LONGEST: usize = 15;
const PATIENCE: usize = 3;

/// Epochs of the CNN.
const EPOCHS: usize = 5;

pub(super) const RUN: &[Hint] = hints! {
    "nan" => "La perte n'est plus un nombre : les pixels ont-ils été divisés par 255, le taux d'apprentissage est-il celui d'`Adam::default()` ?";
    "sans validation" => "Il n'y a pas de mesures de validation : c'est le champ `validation` de `Fit`, ici `Validation::Split(0.2)`.";
};

/// What every training of this notebook has in common.
const ASKED: Asked = Asked { first_loss: Some((0.08, 1.5)), ..Asked::MNIST };

pub(super) static ENTRAINEMENT_LENET: Exercise = Exercise {
    id: "tp2-entrainement-lenet",
    points: 2,
    title: "Entraîner LeNet avec arrêt anticipé",
    hints: &[
        "Un seul appel à `fit`, avec `epochs: 15`, `batch_size: 128`, une validation et un rappel dans `callbacks`.",
        "Le rappel : `EarlyStopping { monitor: Monitor::ValLoss, patience: 3, ..EarlyStopping::default() }.into()`.",
    ],
    mistakes: &(
        RUN,
        hints! {
            "trop d'époques" => "L'entraînement dure plus de 15 époques : c'est le champ `epochs` de `Fit`.";
            "pas d'arrêt" => "La perte de validation n'a plus diminué pendant trois époques et l'entraînement a continué : le rappel `EarlyStopping` est-il dans `callbacks`, avec une patience de 3 ?";
            "arrêt trop tôt" => "L'entraînement s'arrête avant que trois époques aient passé sans progrès : `epochs: 15`, une patience de 3, et `Monitor::ValLoss`.";
        },
    ),
    #[cfg(test)]
    trials: trials::ENTRAINEMENT_LENET,
};

/// A history as training writes it, with the given losses of validation.
#[cfg(test)]
pub(super) fn made(first: f32, val_loss: &[f32]) -> History {
    let epochs = val_loss.len();
    let loss: Vec<f32> = (0..epochs).map(|e| first * (-0.4 * e as f32).exp()).collect();
    History {
        name: "LeNet".into(),
        accuracy: (0..epochs).map(|e| 0.97 + 0.002 * e as f32).collect(),
        loss,
        val_loss: val_loss.to_vec(),
        val_accuracy: val_loss.iter().map(|l| 1.0 - l / 5.0).collect(),
        seconds: vec![1.5; epochs],
        params: None,
    }
}

/// The training of the LeNet-like network, stopped on its loss of validation.
pub fn entrainement_lenet(history: &History) -> Verdict {
    ENTRAINEMENT_LENET.judge(|| {
        let stopping = Some(Stopping { monitor: Monitor::ValLoss, patience: PATIENCE });
        Asked { name: Some("LeNet"), epochs: Some(LONGEST), stopping, ..ASKED }.check(history)?;
        let (epochs, due) = (history.epochs(), fired(&history.val_loss, PATIENCE));
        let due = due.unwrap_or(epochs);
        if epochs > LONGEST {
            return fault("trop d'époques", format!("l'historique compte {epochs} époques."));
        }
        if due < epochs {
            let found = format!(
                "{epochs} époques, alors qu'il fallait s'arrêter après la {}.",
                feminine(due)
            );
            return fault("pas d'arrêt", found);
        }
        let waited = history.val_loss.iter().rev().take_while(|l| **l > best(history)).count();
        if epochs < LONGEST && waited < PATIENCE {
            let best = feminine(epochs - waited);
            let found = format!("arrêt après {epochs} époques, la meilleure étant la {best}.");
            return fault("arrêt trop tôt", found);
        }
        Ok(format!(
            "{epochs} époques ; la meilleure perte de validation vient à la {}.",
            feminine(epochs - waited)
        ))
    })
}

fn best(history: &History) -> f32 {
    history.val_loss.iter().copied().fold(f32::INFINITY, f32::min)
}

pub(super) static ENTRAINEMENT_CNN: Exercise = Exercise {
    id: "tp2-entrainement-cnn",
    points: 2,
    title: "Entraîner le CNN",
    hints: &[
        "Comme pour LeNet, sans arrêt anticipé : `epochs: 5`, `batch_size: 128`, `validation: Validation::Split(0.2)`.",
        "`cnn.fit(&x_train, &y_train, Fit { …, ..Fit::default() })?` rend l'historique demandé.",
    ],
    mistakes: &(
        RUN,
        hints! {
            "trop lent" => "Le réseau apprend, mais trop peu pour cinq époques : taille de lot et optimiseur sont-ils ceux demandés ?";
        },
    ),
    #[cfg(test)]
    trials: trials::ENTRAINEMENT_CNN,
};

/// The training of the network with dropout: five epochs.
pub fn entrainement_cnn(history: &History) -> Verdict {
    ENTRAINEMENT_CNN.judge(|| {
        let asked = Asked { name: Some("CNN"), lasts: Some(EPOCHS), callbacks: false, ..ASKED };
        asked.check(history)?;
        let accuracy = history.val_accuracy.last().copied().unwrap_or(0.0);
        if accuracy < 0.97 {
            let found = format!("la précision de validation finit à {}.", french(accuracy));
            return fault("trop lent", found);
        }
        let percent = french(100.0 * accuracy);
        Ok(format!("{EPOCHS} époques, précision de validation {percent} %."))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_epoch_is_not_the_1e() {
        let text = |losses: &[f32]| format!("{:?}", entrainement_lenet(&made(0.3, losses)));
        let first = text(&[0.1, 0.12, 0.13, 0.14]);
        assert!(first.contains("validation vient à la 1re."), "{first}");
        let second = text(&[0.2, 0.1, 0.12, 0.13, 0.14]);
        assert!(second.contains("validation vient à la 2e."), "{second}");
        let early = text(&[0.1, 0.12]);
        assert!(early.contains("la meilleure étant la 1re."), "{early}");
    }
}
