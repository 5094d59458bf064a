//! Answers that the tests try: the first trainings, and what their histories tell.

use super::*;
use crate::check::astray::{ASTRAY, ASTRAY_JUDGED, astray, trained};
use crate::check::registry::{Trial, right, wrong, wrong_each};

pub(super) const ENTRAINEMENT: &[Trial] = &[
    right("alone", || entrainement(&made(15, 0.25, None))),
    right("slower start", || entrainement(&made(15, 0.4, None))),
    right("as `fit` leaves it", || entrainement(&trained(made(15, 0.25, None), |_| {}))),
    right("another seed", || {
        entrainement(&trained(made(15, 0.25, None), |params| params.seed = 7))
    }),
    wrong("validation en trop", || entrainement(&made(15, 0.4, Some(0.07)))),
    wrong("vide", || entrainement(&History::default())),
    wrong("époques", || entrainement(&made(5, 0.25, None))),
    wrong("époques", || entrainement(&made(1, 0.25, None))),
    wrong("état non remis", || entrainement(&made(15, 0.01, None))),
    wrong("n'apprend pas", || {
        let flat = History { accuracy: vec![0.1; 15], ..made(15, 2.3, None) };
        entrainement(&flat)
    }),
    wrong("pixels", || entrainement(&made(15, 3.0, None))),
    wrong("perte qui monte", || {
        let mut up = made(15, 0.25, None);
        up.loss.reverse();
        up.loss.iter_mut().for_each(|l| *l += 0.1);
        entrainement(&up)
    }),
    wrong("trop lent", || {
        let slow = History { accuracy: vec![0.9; 15], ..made(15, 0.9, None) };
        entrainement(&slow)
    }),
    wrong("nan", || entrainement(&History { loss: vec![f32::NAN; 15], ..made(15, 0.3, None) })),
    wrong_each(ASTRAY, |mistake| entrainement(&astray(made(15, 0.25, None), mistake))),
];

pub(super) const VALIDATION: &[Trial] = &[
    right("split", || validation(&made(15, 0.25, Some(0.07)))),
    right("other split", || validation(&made(15, 0.3, Some(0.09)))),
    right("as `fit` leaves it", || validation(&trained(made(15, 0.25, Some(0.07)), |_| {}))),
    right("another seed", || {
        validation(&trained(made(15, 0.25, Some(0.07)), |params| params.seed = 7))
    }),
    wrong("sans validation", || validation(&made(15, 0.25, None))),
    wrong("époques", || validation(&made(3, 0.25, Some(0.07)))),
    wrong("état non remis", || validation(&made(15, 0.01, Some(0.07)))),
    wrong("vide", || validation(&History::default())),
    wrong("n'apprend pas", || {
        validation(&History { accuracy: vec![0.11; 15], ..made(15, 0.5, Some(2.3)) })
    }),
    wrong("pixels", || validation(&made(15, 4.0, Some(0.5)))),
    wrong("perte qui monte", || {
        validation(&History { loss: vec![0.3; 15], ..made(15, 0.3, Some(0.1)) })
    }),
    wrong("validation sur l'apprentissage", || {
        let run = made(15, 0.25, Some(0.07));
        let seen = run.loss.iter().map(|l| l * 0.9).collect();
        validation(&History { val_loss: seen, val_accuracy: run.accuracy.clone(), ..run })
    }),
    wrong("nan", || validation(&History { loss: vec![f32::INFINITY; 15], ..made(15, 0.3, None) })),
    wrong_each(ASTRAY, |mistake| validation(&astray(made(15, 0.25, Some(0.07)), mistake))),
    wrong_each(ASTRAY_JUDGED, |mistake| validation(&astray(made(15, 0.25, Some(0.07)), mistake))),
];
