//! The measures that a callback may watch.

use serde::{Deserialize, Serialize};

/// The measure that a callback watches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Monitor {
    /// Loss on the training images.
    Loss,
    /// Accuracy on the training images.
    Accuracy,
    /// Loss on the validation images.
    #[default]
    ValLoss,
    /// Accuracy on the validation images.
    ValAccuracy,
}

impl Monitor {
    /// Whether the measure needs validation data.
    pub fn needs_validation(self) -> bool {
        matches!(self, Self::ValLoss | Self::ValAccuracy)
    }

    /// Its name in a sentence.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Loss => "la perte",
            Self::Accuracy => "la précision",
            Self::ValLoss => "la perte de validation",
            Self::ValAccuracy => "la précision de validation",
        }
    }

    /// By how much `value` is better than `best`.
    pub(super) fn gain(self, value: f32, best: f32) -> f32 {
        match self {
            Self::Loss | Self::ValLoss => best - value,
            Self::Accuracy | Self::ValAccuracy => value - best,
        }
    }
}

/// What a training was to be stopped by: see [`EarlyStopping`](super::EarlyStopping).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopping {
    /// The measure.
    pub monitor: Monitor,
    /// Number of epochs without improvement that are borne.
    pub patience: usize,
}
