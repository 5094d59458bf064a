//! What can be chosen about a training.

use std::path::PathBuf;

use candle_core::Tensor;

use super::callback::Callback;
use super::history::Params;
use super::seen::{self, Seen, Validated};
use crate::data::Change;
use crate::ops::optimizer::Optimizer;
use crate::{Error, Result};

/// Data that the network is measured on after each epoch, without learning from it.
#[derive(Clone, Copy, Debug, Default)]
pub enum Validation<'a> {
    /// None.
    #[default]
    None,
    /// The last share of the training data, in `]0, 1[`, which is then not trained on:
    /// `⌊(1 - share)·n⌋` images are, as in Keras.
    Split(f64),
    /// Images and targets of their own.
    Data(&'a Tensor, &'a Tensor),
}

/// What a training shows while it runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verbose {
    /// Nothing.
    Silent,
    /// A live panel, or a line per epoch where nothing can move.
    #[default]
    Panel,
}

/// Settings of a training.
#[derive(Clone, Debug)]
pub struct Fit<'a> {
    /// Number of times the network sees each image.
    pub epochs: usize,
    /// Number of images per step.
    pub batch_size: usize,
    /// Validation data.
    pub validation: Validation<'a>,
    /// Whether the images come in another order at each epoch.
    pub shuffle: bool,
    /// Seed of the order and of dropout. Several calls with the same seed show
    /// the images in the same order, each from its first epoch on: give every
    /// call its own (`seed: call as u64`).
    pub seed: u64,
    /// Changes of which each image undergoes one, drawn anew at every step; none
    /// leaves the images as they are.
    pub augment: Vec<Change>,
    /// A file where the training is kept after each epoch; an interrupted one goes
    /// on from it, bit for bit, and one that is over is read from it. Not together
    /// with callbacks, whose memory it does not hold.
    pub resume: Option<PathBuf>,
    /// What happens at the end of each epoch.
    pub callbacks: Vec<Callback>,
    /// What is shown.
    pub verbose: Verbose,
}

impl Default for Fit<'_> {
    fn default() -> Self {
        Self {
            epochs: 1,
            batch_size: 32,
            validation: Validation::None,
            shuffle: true,
            seed: 0,
            augment: Vec::new(),
            resume: None,
            callbacks: Vec::new(),
            verbose: Verbose::Panel,
        }
    }
}

impl Fit<'_> {
    /// What the history keeps of a training of `trained` values with these settings.
    pub(super) fn params(
        &self,
        optimizer: Optimizer,
        trained: usize,
        x: &Tensor,
        y: &Tensor,
    ) -> Result<Params> {
        let validated = match self.validation {
            Validation::None => Validated::Nothing,
            Validation::Split(share) => Validated::Split(share),
            Validation::Data(judges, answers) => Validated::Data {
                seen: Seen::new(judges, answers)?,
                shared: seen::shared(x, judges)?,
            },
        };
        Ok(Params {
            epochs: self.epochs,
            batch_size: self.batch_size,
            shuffle: self.shuffle,
            seed: self.seed,
            augmented: !self.augment.is_empty(),
            callbacks: !self.callbacks.is_empty(),
            optimizer: Some(optimizer),
            data: Some(Seen::new(x, y)?),
            validated: Some(validated),
            stopping: self.callbacks.iter().find_map(Callback::stopping),
            trained: Some(trained),
        })
    }

    pub(super) fn check(&self) -> Result<()> {
        if self.batch_size == 0 {
            return Err(Error::parameter("batch_size", 0, "au moins une image par lot"));
        }
        if let Validation::Split(share) = self.validation
            && !(share > 0.0 && share < 1.0)
        {
            return Err(Error::parameter("Validation::Split", share, "une part de ]0, 1["));
        }
        self.augment.iter().try_for_each(Change::check)?;
        if self.resume.is_some() && !self.callbacks.is_empty() {
            let expected =
                "l'un ou l'autre : la reprise ne sait pas ce que retenaient les callbacks";
            return Err(Error::parameter("resume", "donné avec `callbacks`", expected));
        }
        let validated = !matches!(self.validation, Validation::None);
        match self.callbacks.iter().find(|c| c.monitor().needs_validation() && !validated) {
            Some(callback) => Err(Error::parameter(
                "monitor",
                format!("{:?} sans données de validation", callback.monitor()),
                "`validation: Validation::Split(0.2)`, ou un monitor Loss ou Accuracy",
            )),
            None => Ok(()),
        }
    }
}
