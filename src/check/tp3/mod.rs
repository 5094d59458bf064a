//! Checks of TP3 (comparing architectures), one function per exercise, in the
//! order of the notebook.

mod folds;
mod initial;
mod networks;
mod optimizers;
mod rate;
mod smoothing;
mod spread;
mod trial;
mod validation;

use super::registry::Exercise;

pub use folds::plis;
pub use initial::poids_he;
pub use networks::{grand, moyen};
pub use optimizers::{adam, inertie};
pub use rate::taux_au_hasard;
pub use smoothing::lissage;
pub use spread::dispersion;
pub use trial::essai;
pub use validation::validation_croisee;

/// The exercises of TP3, in the order of the notebook.
pub(super) static EXERCISES: &[&Exercise] = &[
    &networks::MOYEN,
    &networks::GRAND,
    &optimizers::INERTIE,
    &optimizers::ADAM,
    &smoothing::LISSAGE,
    &initial::POIDS_HE,
    &spread::DISPERSION,
    &folds::PLIS,
    &validation::VALIDATION_CROISEE,
    &rate::TAUX_AU_HASARD,
    &trial::ESSAI,
];
