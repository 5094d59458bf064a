//! Checks of TP4 (robustness), one function per exercise, in the order of the
//! notebook.

mod cell;
mod curve;
mod networks;
mod normalise;
mod parts;
mod three;
mod training;
mod turned;
mod turning;
mod wanted;

use super::registry::Exercise;

pub use cell::memoire;
pub use curve::courbe;
pub use networks::{profond, recurrent};
pub use normalise::normaliser;
pub use parts::par_partie;
pub use three::trois_parties;
pub use training::entrainement;
pub use turning::{interpoler, tourner};

/// The exercises of TP4, in the order of the notebook.
pub(super) static EXERCISES: &[&Exercise] = &[
    &turning::INTERPOLER,
    &turning::TOURNER,
    &three::TROIS_PARTIES,
    &parts::PAR_PARTIE,
    &normalise::NORMALISER,
    &networks::PROFOND,
    &training::ENTRAINEMENT,
    &cell::MEMOIRE,
    &networks::RECURRENT,
    &curve::COURBE,
];
