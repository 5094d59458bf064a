//! Checks of TP2 (convolutional network), one function per exercise, in the
//! order of the notebook.

mod challenge;
mod cnn;
mod convolution;
mod filter;
mod framing;
pub(super) mod layers;
mod layout;
mod lenet;
mod maps;
mod noise;
mod pooling;
mod rows;
mod saliency;
mod scores;
mod sizes;
mod training;

use super::registry::Exercise;

pub use challenge::defi;
pub use cnn::cnn;
pub use convolution::convolution;
pub use filter::filtre;
pub use framing::entourer;
pub use layout::{noyaux, preparer};
pub use lenet::lenet;
pub use maps::carte;
pub use noise::sous_bruit;
pub use pooling::max_pooling;
pub use saliency::saillance;
pub use scores::precision_rappel;
pub use sizes::{parametres, taille};
pub use training::{entrainement_cnn, entrainement_lenet};

/// The exercises of TP2, in the order of the notebook.
pub(super) static EXERCISES: &[&Exercise] = &[
    &convolution::CONVOLUTION,
    &filter::FILTRE,
    &layout::NOYAUX,
    &framing::ENTOURER,
    &sizes::TAILLE,
    &pooling::MAX_POOLING,
    &layout::PREPARER,
    &sizes::PARAMETRES,
    &lenet::LENET,
    &training::ENTRAINEMENT_LENET,
    &scores::PRECISION_RAPPEL,
    &maps::CARTE,
    &saliency::SAILLANCE,
    &cnn::CNN,
    &training::ENTRAINEMENT_CNN,
    &noise::SOUS_BRUIT,
    &challenge::DEFI,
];
