//! What a history tells of how it came about: the network, the images, the settings
//! of a training against those that were asked for.
//!
//! A history without [`Params`] (an older version's) is judged on its numbers alone.

use super::numbers::french;
use super::{Fault, fault};
use crate::french::{number, plural};
use crate::ops::optimizer::{Adam, Optimizer};
use crate::train::{History, Params, Seen, Stopping, Validated};

/// Images of MNIST's training set.
pub(super) const IMAGES: usize = 60_000;

/// [`Seen`] of MNIST's training set and of its test set, pixels in `[0, 1]`.
pub(super) const TRAIN: (u64, u64) = (0xc456_2bfd_f2a4_f4dd, 0xe3a3_5dee_6624_74a5);
pub(super) const TEST: u64 = 0xa5e7_446f_09e4_21ff;

/// How a training must be validated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Judges {
    /// Not at all.
    Nobody,
    /// By a share of the images, set aside.
    Split(f64),
    /// By images that it did not learn from.
    Others,
}

/// What was asked of a training; a field without value is not judged.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    /// The network's name.
    pub name: Option<&'static str>,
    /// Images given to learn from.
    pub images: Option<usize>,
    /// Epochs that it may last at most.
    pub epochs: Option<usize>,
    /// Epochs that it lasts.
    pub lasts: Option<usize>,
    /// Images of a batch.
    pub batch_size: Option<usize>,
    /// Validation.
    pub judges: Judges,
    /// Whether the optimiser must be Adam with its usual settings.
    pub adam: bool,
    /// Whether callbacks may look on.
    pub callbacks: bool,
    /// What must be ready to stop it.
    pub stopping: Option<Stopping>,
    /// Whether the images must be changed on their way.
    pub augmented: bool,
    /// The lowest and the highest loss that the first epoch from the initial state has.
    pub first_loss: Option<(f32, f32)>,
    /// The accuracy that the last epoch must reach on what it learns.
    pub accuracy: f32,
}

/// What was ready to stop a training; none where an older version did not note it.
pub(super) fn stopping(params: &Params) -> Option<Option<Stopping>> {
    let is_noted = params.stopping.is_some() || params.trained.is_some() || !params.callbacks;
    is_noted.then_some(params.stopping)
}

fn stops(asked: Stopping, found: Option<Stopping>) -> Result<(), Fault> {
    let Some(found) = found else {
        return fault("sans arrêt", "aucun `EarlyStopping` ne surveillait l'entraînement.");
    };
    if found.monitor != asked.monitor {
        let (watched, wanted) = (found.monitor.name(), asked.monitor.name());
        let found = format!("l'arrêt anticipé surveillait {watched}, et non {wanted}.");
        return fault("mesure surveillée", found);
    }
    if found.patience != asked.patience {
        let found =
            format!("la patience est de {}, au lieu de {}.", found.patience, asked.patience);
        return fault("patience", found);
    }
    Ok(())
}

impl Asked {
    /// The trainings of TP1 and TP2: all images in batches of 128, by Adam.
    pub(super) const MNIST: Self = Self {
        name: None,
        images: Some(IMAGES),
        epochs: None,
        lasts: None,
        batch_size: Some(128),
        judges: Judges::Split(0.2),
        adam: true,
        callbacks: true,
        stopping: None,
        augmented: false,
        first_loss: Some((0.1, 1.0)),
        accuracy: 0.5,
    };

    /// Refuses a training that was not made as asked, or that did not go as it should.
    pub(super) fn check(&self, history: &History) -> Result<(), Fault> {
        if let Some(name) = self.name
            && history.name != name
        {
            let found = &history.name;
            let found = format!("l'historique est celui de « {found} », pas de « {name} ».");
            return fault("autre réseau", found);
        }
        let (Some(&first), Some(&accuracy)) = (history.loss.first(), history.accuracy.last())
        else {
            return fault("vide", "l'historique ne contient aucune époque.");
        };
        let all = [&history.loss, &history.accuracy, &history.val_loss, &history.val_accuracy];
        if all.into_iter().flatten().any(|v| !v.is_finite()) {
            return fault("nan", "l'historique contient des `NaN` ou des infinis.");
        }
        match self.judges {
            Judges::Nobody if !history.val_loss.is_empty() => {
                return fault("validation en trop", "l'historique a des mesures de validation.");
            }
            Judges::Nobody => {}
            _ if all[2..].iter().any(|measures| measures.len() != history.epochs()) => {
                return fault("sans validation", "l'historique n'a pas de mesures de validation.");
            }
            _ => {}
        }
        if let Some(params) = &history.params {
            self.params(params)?;
        }
        if let Some(asked) = self.lasts
            && history.epochs() != asked
        {
            let epochs = plural(history.epochs(), "époque");
            return fault("époques", format!("l'historique compte {epochs} au lieu de {asked}."));
        }
        let loss = french(first);
        match self.first_loss {
            Some((lowest, _)) if first < lowest => {
                let found = format!("la première perte est de {loss}, celle d'un réseau entraîné.");
                fault("déjà entraîné", found)
            }
            _ if accuracy < self.accuracy => {
                let found = format!("la précision finit à {} seulement.", french(accuracy));
                fault("n'apprend pas", found)
            }
            Some((_, highest)) if first > highest => {
                fault("pixels", format!("la première perte moyenne est de {loss}."))
            }
            _ => Ok(()),
        }
    }

    /// The same of its settings.
    fn params(&self, params: &Params) -> Result<(), Fault> {
        if let Some(data) = &params.data {
            self.data(data)?;
        }
        if !params.shuffle {
            return fault("sans mélange", "l'entraînement a été fait avec `shuffle: false`.");
        }
        if let Some(asked) = self.batch_size
            && params.batch_size != asked
        {
            let images = plural(params.batch_size, "image");
            return fault(
                "taille de lot",
                format!("les lots comptaient {images} au lieu de {asked}."),
            );
        }
        self.validation(params)?;
        if self.augmented && !params.augmented {
            let found = "le réseau a vu chaque image telle quelle à chaque époque.";
            return fault("sans altérations", found);
        }
        if !self.callbacks && params.callbacks {
            let found = "un rappel (`callbacks`) surveillait l'entraînement.";
            return fault("rappel en trop", found);
        }
        if self.adam {
            is_adam(params.optimizer.as_ref(), &[Adam::default().learning_rate])?;
        }
        if let Some(asked) = self.epochs
            && params.epochs != asked
        {
            let found = format!("`epochs` vaut {}, au lieu de {asked}.", params.epochs);
            return fault("époques", found);
        }
        match (self.stopping, stopping(params)) {
            (Some(asked), Some(found)) => stops(asked, found),
            _ => Ok(()),
        }
    }

    fn data(&self, data: &Seen) -> Result<(), Fault> {
        let images = plural(data.images, "image");
        match self.images {
            _ if data.pixels == TEST => {
                fault("appris sur le test", "le réseau a appris sur les 10 000 images de test.")
            }
            Some(asked) if data.images != asked => {
                let asked = number(asked as f64, 0);
                fault("nombre d'images", format!("`fit` a reçu {images} au lieu de {asked}."))
            }
            _ if data.highest > 2.0 => {
                let highest = number(data.highest.into(), 0);
                fault("pixels non divisés", format!("les pixels vont jusqu'à {highest}."))
            }
            _ if data.pixels == TRAIN.0 && data.answers != TRAIN.1 => {
                let found = "les étiquettes données à `fit` ne sont pas celles de ces images.";
                fault("étiquettes d'ailleurs", found)
            }
            _ => Ok(()),
        }
    }

    fn validation(&self, params: &Params) -> Result<(), Fault> {
        let percent = |share: f64| number(100.0 * share, 0);
        match (params.validated, self.judges) {
            (Some(Validated::Data { seen, .. }), _) if seen.pixels == TEST => {
                fault("validé sur le test", "les images de validation sont celles du test.")
            }
            (Some(Validated::Data { seen, shared }), _) if 10 * shared > seen.images => {
                let (images, shared) = (plural(seen.images, "image"), number(shared as f64, 0));
                let found = format!("sur {images} de validation, {shared} ont servi à apprendre.");
                fault("validation sur l'apprentissage", found)
            }
            (Some(Validated::Split(found)), Judges::Split(asked))
                if (found - asked).abs() > 1e-6 =>
            {
                let (found, asked) = (percent(found), percent(asked));
                let found =
                    format!("{found} % des images sont mises de côté, au lieu de {asked} %.");
                fault("part de validation", found)
            }
            (Some(Validated::Data { seen, .. }), Judges::Split(_)) => {
                let images = plural(seen.images, "image");
                let found = format!("la validation se fait sur {images} données à part.");
                fault("part de validation", found)
            }
            (Some(Validated::Split(share)), Judges::Others) if self.augmented => {
                let share = percent(share);
                let found =
                    format!("la validation se fait sur {share} % des images d'apprentissage.");
                fault("part de validation", found)
            }
            (Some(Validated::Nothing), Judges::Split(_) | Judges::Others) => {
                fault("sans validation", "l'entraînement n'a pas eu de validation.")
            }
            _ => Ok(()),
        }
    }
}

/// Refuses another optimiser than Adam with its usual settings and one of `rates`.
pub(super) fn is_adam(optimizer: Option<&Optimizer>, rates: &[f64]) -> Result<(), Fault> {
    let usual =
        |adam: &Adam| Adam { learning_rate: adam.learning_rate, ..Adam::default() } == *adam;
    let Some(optimizer) = optimizer else { return Ok(()) };
    let (name, rate) = (optimizer.name(), digits(optimizer.learning_rate()));
    match optimizer {
        Optimizer::Adam(adam) if usual(adam) && rates.contains(&adam.learning_rate) => Ok(()),
        Optimizer::Adam(adam) if usual(adam) => {
            fault("taux d'apprentissage", format!("le réseau apprend au taux {rate}."))
        }
        _ => fault("optimiseur", format!("le réseau apprend avec {name}, au taux {rate}.")),
    }
}

/// After how many epochs training stops when it bears `patience` epochs without a
/// value lower than the best; `None` when it never does.
pub(super) fn fired(values: &[f32], patience: usize) -> Option<usize> {
    fired_by(values, patience, |value, best| value < best)
}

/// The same, where `record` says whether a value beats the best one before it.
pub(super) fn fired_by(
    values: &[f32],
    patience: usize,
    record: fn(f32, f32) -> bool,
) -> Option<usize> {
    let (mut best, mut waited) = (f32::INFINITY, 0);
    let over = |value: &f32| {
        (best, waited) = if record(*value, best) { (*value, 0) } else { (best, waited + 1) };
        waited >= patience
    };
    values.iter().position(over).map(|epoch| epoch + 1)
}

/// A learning rate as French writes it.
pub(super) fn digits(rate: f64) -> String {
    crate::french::comma(rate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Mnist, one_hot};

    /// The constants are those of the files that come with the project.
    #[test]
    fn the_prints_are_those_of_mnist() {
        let mnist = Mnist::load().unwrap();
        for (set, n, print) in [(&mnist.train, 60_000, TRAIN.0), (&mnist.test, 10_000, TEST)] {
            let y = one_hot(&set.labels, 10).unwrap();
            let seen = Seen::new(&set.to_f32().unwrap(), &y).unwrap();
            assert_eq!((seen.images, seen.pixels), (n, print));
        }
        let train = Seen::new(&mnist.train.images, &mnist.train.labels).unwrap();
        assert_eq!(train.answers, TRAIN.1);
    }
}
