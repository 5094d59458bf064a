//! Checks of TP3 (comparing architectures), one function per exercise, in the
//! order of the notebook.

mod adam;
mod folds;
mod initial;
mod momentum;
mod networks;
mod rate;
mod smoothing;
mod spread;
mod trial;
mod validation;

use super::registry::Exercise;

pub use adam::adam;
pub use folds::plis;
pub use initial::poids_he;
pub use momentum::inertie;
pub use networks::{grand, moyen};
pub use rate::taux_au_hasard;
pub use smoothing::lissage;
pub use spread::dispersion;
pub use trial::essai;
pub use validation::validation_croisee;

/// The exercises of TP3, in the order of the notebook.
pub(super) static EXERCISES: &[&Exercise] = &[
    &networks::MOYEN,
    &networks::GRAND,
    &momentum::INERTIE,
    &adam::ADAM,
    &smoothing::LISSAGE,
    &initial::POIDS_HE,
    &spread::DISPERSION,
    &folds::PLIS,
    &validation::VALIDATION_CROISEE,
    &rate::TAUX_AU_HASARD,
    &trial::ESSAI,
];
