//! What a training went through, epoch by epoch.

use serde::{Deserialize, Serialize};

use super::monitor::{Monitor, Stopping};
use super::seen::{Seen, Validated};
use crate::ops::optimizer::Optimizer;

/// What [`Fit`](super::Fit) was asked for, as Keras's `History.params`, and what it
/// was given to learn from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Params {
    /// Number of epochs asked for: callbacks may stop earlier.
    pub epochs: usize,
    /// Number of images per step.
    pub batch_size: usize,
    /// Whether the images came in another order at each epoch.
    pub shuffle: bool,
    /// Seed of the order and of dropout.
    pub seed: u64,
    /// Whether images were changed on their way to the network.
    pub augmented: bool,
    /// Whether callbacks looked on.
    pub callbacks: bool,
    /// The optimiser; none in a history of an older version, like the two below.
    pub optimizer: Option<Optimizer>,
    /// The images and answers given, those that a split sets aside included.
    pub data: Option<Seen>,
    /// What it was validated on.
    pub validated: Option<Validated>,
    /// What it was to be stopped by, if anything.
    pub stopping: Option<Stopping>,
    /// The number of values that it moved; none in a history of an older version.
    pub trained: Option<usize>,
}

/// Measures of each epoch; the validation ones are empty without validation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// Name of the network.
    pub name: String,
    /// Mean loss over the training images.
    pub loss: Vec<f32>,
    /// Share of right answers on the training images.
    pub accuracy: Vec<f32>,
    /// Mean loss over the validation images.
    pub val_loss: Vec<f32>,
    /// Share of right answers on the validation images.
    pub val_accuracy: Vec<f32>,
    /// Duration of each epoch in seconds, validation included.
    pub seconds: Vec<f64>,
    /// The settings of the training; none in a history that no training made.
    #[serde(default)]
    pub params: Option<Params>,
}

impl History {
    /// Number of epochs.
    pub fn epochs(&self) -> usize {
        self.loss.len()
    }

    /// Duration of the training in seconds.
    pub fn total_seconds(&self) -> f64 {
        self.seconds.iter().sum()
    }

    /// The measure of the last epoch, if there is one.
    pub(super) fn last(&self, monitor: Monitor) -> Option<f32> {
        let values = match monitor {
            Monitor::Loss => &self.loss,
            Monitor::Accuracy => &self.accuracy,
            Monitor::ValLoss => &self.val_loss,
            Monitor::ValAccuracy => &self.val_accuracy,
        };
        values.last().copied()
    }

    /// The first `epochs` epochs of it.
    pub(super) fn until(&self, epochs: usize) -> Self {
        let mut part = self.clone();
        for values in
            [&mut part.loss, &mut part.accuracy, &mut part.val_loss, &mut part.val_accuracy]
        {
            values.truncate(epochs);
        }
        part.seconds.truncate(epochs);
        part
    }

    /// This history followed by that of a training that went on.
    pub fn then(mut self, next: &Self) -> Self {
        self.loss.extend(&next.loss);
        self.accuracy.extend(&next.accuracy);
        self.val_loss.extend(&next.val_loss);
        self.val_accuracy.extend(&next.val_accuracy);
        self.seconds.extend(&next.seconds);
        self
    }
}
