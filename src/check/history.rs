//! What a history tells of how it came about: the network, the images, the settings
//! of a training against those that were asked for.
//!
//! A history without [`Params`] (an older version's) is judged on its numbers alone.

use super::Fault;
use crate::french::{number, plural};
use crate::ops::optimizer::{Adam, Optimizer};
use crate::train::{History, Params, Seen, Validated};

/// Images of MNIST's training set.
const IMAGES: usize = 60_000;

/// [`Seen`] of MNIST's training set and of its test set, pixels in `[0, 1]`.
const TRAIN: (u64, u64) = (0xc456_2bfd_f2a4_f4dd, 0xe3a3_5dee_6624_74a5);
const TEST: u64 = 0xa5e7_446f_09e4_21ff;

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
    /// Images of a batch.
    pub batch_size: Option<usize>,
    /// Validation.
    pub judges: Judges,
    /// Whether the optimiser must be Adam with its usual settings.
    pub adam: bool,
    /// Whether callbacks may look on.
    pub callbacks: bool,
    /// Whether the images must be changed on their way.
    pub augmented: bool,
}

impl Asked {
    /// The trainings of TP1 and TP2: all images in batches of 128, by Adam.
    pub(super) const MNIST: Self = Self {
        name: None,
        images: Some(IMAGES),
        epochs: None,
        batch_size: Some(128),
        judges: Judges::Split(0.2),
        adam: true,
        callbacks: true,
        augmented: false,
    };

    /// Refuses a training that was not made as asked.
    pub(super) fn check(&self, history: &History) -> Result<(), Fault> {
        let fault = |mistake, found: String| Err(Fault::new(mistake, found));
        if let Some(name) = self.name
            && history.name != name
        {
            let found =
                format!("l'historique est celui de « {} », pas de « {name} ».", history.name);
            return fault("autre réseau", found);
        }
        if self.judges == Judges::Nobody && !history.val_loss.is_empty() {
            return fault("validation en trop", "l'historique a des mesures de validation.".into());
        }
        let Some(params) = &history.params else { return Ok(()) };
        if let Some(data) = &params.data {
            self.data(data)?;
        }
        if !params.shuffle {
            let found = "l'entraînement a été fait avec `shuffle: false`.".into();
            return fault("sans mélange", found);
        }
        if let Some(asked) = self.batch_size
            && params.batch_size != asked
        {
            let found = format!(
                "les lots comptaient {} au lieu de {asked}.",
                plural(params.batch_size, "image")
            );
            return fault("taille de lot", found);
        }
        self.validation(params)?;
        if self.augmented && !params.augmented {
            let found = "le réseau a vu chaque image telle quelle à chaque époque.".into();
            return fault("sans altérations", found);
        }
        if !self.callbacks && params.callbacks {
            let found = "un rappel (`callbacks`) surveillait l'entraînement.".into();
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
        Ok(())
    }

    fn data(&self, data: &Seen) -> Result<(), Fault> {
        let fault = |mistake, found: String| Err(Fault::new(mistake, found));
        if data.pixels == TEST {
            let found = "le réseau a appris sur les 10 000 images de test.".into();
            return fault("appris sur le test", found);
        }
        if let Some(asked) = self.images
            && data.images != asked
        {
            let found = format!(
                "`fit` a reçu {} au lieu de {}.",
                plural(data.images, "image"),
                number(asked as f64, 0)
            );
            return fault("nombre d'images", found);
        }
        if data.highest > 2.0 {
            let found = format!("les pixels vont jusqu'à {}.", number(data.highest.into(), 0));
            return fault("pixels non divisés", found);
        }
        if data.pixels == TRAIN.0 && data.answers != TRAIN.1 {
            let found = "les étiquettes données à `fit` ne sont pas celles de ces images.".into();
            return fault("étiquettes d'ailleurs", found);
        }
        Ok(())
    }

    fn validation(&self, params: &Params) -> Result<(), Fault> {
        let fault = |mistake, found: String| Err(Fault::new(mistake, found));
        match (params.validated, self.judges) {
            (Some(Validated::Data { seen, .. }), _) if seen.pixels == TEST => {
                fault("validé sur le test", "les images de validation sont celles du test.".into())
            }
            (Some(Validated::Data { seen, shared }), _) if 10 * shared > seen.images => {
                let found = format!(
                    "sur {} de validation, {} ont servi à apprendre.",
                    plural(seen.images, "image"),
                    number(shared as f64, 0)
                );
                fault("validation sur l'apprentissage", found)
            }
            (Some(Validated::Split(found)), Judges::Split(asked))
                if (found - asked).abs() > 1e-6 =>
            {
                let percent = |share: f64| number(100.0 * share, 0);
                let found = format!(
                    "{} % des images sont mises de côté, au lieu de {} %.",
                    percent(found),
                    percent(asked)
                );
                fault("part de validation", found)
            }
            (Some(Validated::Data { seen, .. }), Judges::Split(_)) => {
                let found = format!(
                    "la validation se fait sur {} données à part.",
                    plural(seen.images, "image")
                );
                fault("part de validation", found)
            }
            (Some(Validated::Split(share)), Judges::Others) if self.augmented => {
                let percent = number(100.0 * share, 0);
                let found =
                    format!("la validation se fait sur {percent} % des images d'apprentissage.");
                fault("part de validation", found)
            }
            (Some(Validated::Nothing), Judges::Split(_) | Judges::Others) => {
                fault("sans validation", "l'entraînement n'a pas eu de validation.".into())
            }
            _ => Ok(()),
        }
    }
}

/// Refuses another optimiser than Adam with its usual settings and one of `rates`.
pub(super) fn is_adam(optimizer: Option<&Optimizer>, rates: &[f64]) -> Result<(), Fault> {
    let usual =
        |adam: &Adam| Adam { learning_rate: adam.learning_rate, ..Adam::default() } == *adam;
    match optimizer {
        Some(Optimizer::Adam(adam)) if usual(adam) => {
            if rates.contains(&adam.learning_rate) {
                return Ok(());
            }
            let found = format!("le réseau apprend au taux {}.", digits(adam.learning_rate));
            Err(Fault::new("taux d'apprentissage", found))
        }
        Some(other) => {
            let found = format!(
                "le réseau apprend avec {}, au taux {}.",
                other.name(),
                digits(other.learning_rate())
            );
            Err(Fault::new("optimiseur", found))
        }
        None => Ok(()),
    }
}

/// A learning rate as French writes it.
pub(super) fn digits(rate: f64) -> String {
    crate::french::comma(rate)
}

/// A history as a training on MNIST leaves it, its parameters changed by `change`.
#[cfg(test)]
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
#[cfg(test)]
pub(super) fn seen(images: usize, pixels: u64) -> Seen {
    Seen { images, pixels, answers: TRAIN.1, highest: 1.0 }
}

/// The test set.
#[cfg(test)]
pub(super) fn test_set() -> Seen {
    seen(10_000, TEST)
}

/// Ways of training on MNIST that are not the one asked for, by their mistake.
#[cfg(test)]
pub(super) fn astray(history: History, mistake: &str) -> History {
    use crate::ops::optimizer::Sgd;
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
#[cfg(test)]
pub(super) const ASTRAY: [&str; 8] = [
    "taille de lot",
    "nombre d'images",
    "appris sur le test",
    "étiquettes d'ailleurs",
    "pixels non divisés",
    "sans mélange",
    "optimiseur",
    "taux d'apprentissage",
];

/// Those of a training with a validation.
#[cfg(test)]
pub(super) const ASTRAY_JUDGED: [&str; 11] = [
    "taille de lot",
    "nombre d'images",
    "appris sur le test",
    "étiquettes d'ailleurs",
    "pixels non divisés",
    "sans mélange",
    "optimiseur",
    "taux d'apprentissage",
    "validé sur le test",
    "validation sur l'apprentissage",
    "part de validation",
];

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
