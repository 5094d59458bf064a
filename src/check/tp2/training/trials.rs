//! Answers that the tests try: what the histories of the trainings tell.

use super::*;
use crate::check::astray::{ASTRAY, ASTRAY_JUDGED, astray, trained};
use crate::check::registry::{Trial, right, wrong, wrong_each};
use crate::train::Params;

pub(super) const ENTRAINEMENT_LENET: &[Trial] = &[
    right("stopped", || entrainement_lenet(&made(0.3, &[0.1, 0.08, 0.05, 0.06, 0.055, 0.07]))),
    right("to the end", || entrainement_lenet(&made(0.3, &DECREASING))),
    right("as `fit` leaves it", || lenet_of(|_| {})),
    right("another seed", || lenet_of(|p| p.seed = 4)),
    right("as an older version left it", || {
        lenet_of(|p| (p.callbacks, p.stopping, p.trained) = (true, None, None))
    }),
    wrong("sans arrêt", || lenet_of(|p| (p.callbacks, p.stopping) = (false, None))),
    wrong("sans arrêt", || lenet_of(|p| p.stopping = None)),
    wrong("mesure surveillée", || {
        lenet_of(|p| p.stopping = Some(Stopping { monitor: Monitor::ValAccuracy, patience: 3 }))
    }),
    wrong("mesure surveillée", || {
        lenet_of(|p| p.stopping = Some(Stopping { monitor: Monitor::Loss, patience: 3 }))
    }),
    wrong("patience", || {
        lenet_of(|p| p.stopping = Some(Stopping { monitor: Monitor::ValLoss, patience: 5 }))
    }),
    wrong("autre réseau", || {
        entrainement_lenet(&History { name: "CNN".into(), ..made(0.3, &DECREASING) })
    }),
    wrong("vide", || entrainement_lenet(&made(0.3, &[]))),
    wrong("nan", || entrainement_lenet(&made(f32::NAN, &DECREASING))),
    wrong("sans validation", || {
        entrainement_lenet(&History { val_loss: vec![], ..made(0.3, &DECREASING) })
    }),
    wrong("déjà entraîné", || entrainement_lenet(&made(0.01, &DECREASING))),
    wrong("pixels", || entrainement_lenet(&made(4.0, &DECREASING))),
    wrong("n'apprend pas", || {
        entrainement_lenet(&History { accuracy: vec![0.1; 15], ..made(2.3, &DECREASING) })
    }),
    wrong("époques", || {
        entrainement_lenet(&trained(made(0.3, &[0.1, 0.08, 0.09, 0.1, 0.11]), |p| p.epochs = 30))
    }),
    wrong("trop d'époques", || {
        let long: Vec<f32> = (0..18).map(|e| 0.2 - 0.01 * e as f32).collect();
        entrainement_lenet(&made(0.3, &long))
    }),
    wrong("pas d'arrêt", || {
        entrainement_lenet(&made(0.3, &[0.1, 0.05, 0.06, 0.07, 0.08, 0.04, 0.05]))
    }),
    wrong("pas d'arrêt", || entrainement_lenet(&made(0.3, &[0.1, 0.05, 0.06, 0.07, 0.08, 0.09]))),
    wrong("arrêt trop tôt", || entrainement_lenet(&made(0.3, &[0.1, 0.08, 0.06]))),
    wrong("arrêt trop tôt", || entrainement_lenet(&made(0.3, &[0.1, 0.08, 0.09]))),
    wrong_each(ASTRAY, |mistake| entrainement_lenet(&astray(made(0.3, &DECREASING), mistake))),
    wrong_each(ASTRAY_JUDGED, |mistake| {
        entrainement_lenet(&astray(made(0.3, &DECREASING), mistake))
    }),
];

pub(super) const ENTRAINEMENT_CNN: &[Trial] = &[
    right("five epochs", || cnn_of(made(0.3, &[0.07, 0.05, 0.045, 0.04, 0.039]))),
    right("overfitting", || cnn_of(made(0.2, &[0.07, 0.05, 0.045, 0.05, 0.06]))),
    right("as `fit` leaves it", || cnn_of(trained(made(0.3, &CNN_LOSSES), |_| {}))),
    right("another seed", || cnn_of(trained(made(0.3, &CNN_LOSSES), |p| p.seed = 4))),
    wrong("autre réseau", || entrainement_cnn(&made(0.3, &CNN_LOSSES))),
    wrong("rappel en trop", || cnn_of(trained(made(0.3, &CNN_LOSSES), |p| p.callbacks = true))),
    wrong("vide", || cnn_of(made(0.3, &[]))),
    wrong("nan", || cnn_of(made(f32::NAN, &[0.1; 5]))),
    wrong("sans validation", || cnn_of(History { val_loss: vec![], ..made(0.3, &[0.1; 5]) })),
    wrong("déjà entraîné", || cnn_of(made(0.03, &[0.05; 5]))),
    wrong("pixels", || cnn_of(made(3.0, &[0.1; 5]))),
    wrong("n'apprend pas", || cnn_of(History { accuracy: vec![0.11; 5], ..made(2.3, &[2.3; 5]) })),
    wrong("époques", || cnn_of(made(0.3, &[0.07, 0.05]))),
    wrong("trop lent", || {
        let slow = History { val_accuracy: vec![0.9; 5], ..made(1.2, &[0.4; 5]) };
        cnn_of(slow)
    }),
    wrong_each(ASTRAY, |mistake| cnn_of(astray(made(0.3, &CNN_LOSSES), mistake))),
    wrong_each(ASTRAY_JUDGED, |mistake| cnn_of(astray(made(0.3, &CNN_LOSSES), mistake))),
];

const DECREASING: [f32; 15] =
    [0.15, 0.14, 0.13, 0.12, 0.11, 0.1, 0.09, 0.08, 0.07, 0.06, 0.055, 0.05, 0.049, 0.048, 0.047];

const CNN_LOSSES: [f32; 5] = [0.07, 0.05, 0.045, 0.04, 0.039];

/// A training that its loss of validation may stop, changed by `change`.
fn lenet_of(change: impl FnOnce(&mut Params)) -> Verdict {
    entrainement_lenet(&trained(made(0.3, &DECREASING), |params| {
        params.stopping = Some(Stopping { monitor: Monitor::ValLoss, patience: PATIENCE });
        (params.callbacks, params.trained) = (true, Some(61_706));
        change(params);
    }))
}

fn cnn_of(history: History) -> Verdict {
    entrainement_cnn(&History { name: "CNN".into(), ..history })
}
