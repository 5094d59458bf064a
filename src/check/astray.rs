//! Histories as trainings leave them, right and astray, for the trials.

use super::history::{IMAGES, TEST, TRAIN};
use crate::ops::optimizer::{Adam, Sgd};
use crate::train::{History, Params, Seen, Validated};

/// A history as a training on MNIST leaves it, its parameters changed by `change`.
pub(super) fn trained(history: History, change: impl FnOnce(&mut Params)) -> History {
    let validated =
        if history.val_loss.is_empty() { Validated::Nothing } else { Validated::Split(0.2) };
    let mut params = Params {
        epochs: history.epochs(),
        batch_size: 128,
        shuffle: true,
        optimizer: Some(Adam::default().into()),
        data: Some(seen(IMAGES, TRAIN.0)),
        validated: Some(validated),
        ..Params::default()
    };
    change(&mut params);
    History { params: Some(params), ..history }
}

/// Images with a print, and the answers of MNIST's training set.
pub(super) fn seen(images: usize, pixels: u64) -> Seen {
    Seen { images, pixels, answers: TRAIN.1, highest: 1.0 }
}

/// The test set.
pub(super) fn test_set() -> Seen {
    seen(10_000, TEST)
}

/// Ways of training on MNIST that are not the one asked for, by their mistake.
pub(super) fn astray(history: History, mistake: &str) -> History {
    trained(history, |params| match mistake {
        "taille de lot" => params.batch_size = 32,
        "nombre d'images" => params.data = Some(seen(500, 1)),
        "appris sur le test" => params.data = Some(test_set()),
        "étiquettes d'ailleurs" => {
            params.data = Some(Seen { answers: 1, ..seen(IMAGES, TRAIN.0) });
        }
        "pixels non divisés" => params.data = Some(Seen { highest: 255.0, ..seen(IMAGES, 2) }),
        "sans mélange" => params.shuffle = false,
        "optimiseur" => params.optimizer = Some(Sgd::default().into()),
        "taux d'apprentissage" => {
            params.optimizer = Some(Adam { learning_rate: 0.1, ..Adam::default() }.into());
        }
        "validé sur le test" => {
            params.validated = Some(Validated::Data { seen: test_set(), shared: 0 });
        }
        "validation sur l'apprentissage" => {
            params.validated = Some(Validated::Data { seen: seen(6_000, 3), shared: 6_000 });
        }
        "part de validation" => params.validated = Some(Validated::Split(0.8)),
        other => panic!("{other}"),
    })
}

/// The mistakes of [`astray`] that any training can hold.
pub(super) const ASTRAY: &[&str] = &[
    "taille de lot",
    "nombre d'images",
    "appris sur le test",
    "étiquettes d'ailleurs",
    "pixels non divisés",
    "sans mélange",
    "optimiseur",
    "taux d'apprentissage",
];

/// Those that only a training with a validation can hold.
pub(super) const ASTRAY_JUDGED: &[&str] =
    &["validé sur le test", "validation sur l'apprentissage", "part de validation"];
