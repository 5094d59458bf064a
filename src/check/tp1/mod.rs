//! Checks of TP1 (dense network), one function per exercise, in the order of
//! the notebook.

mod data;
mod evaluation;
mod loss;
mod network;
mod neuron;
mod step;
mod training;

use super::registry::Exercise;

pub use data::{image_600, poids_initiaux, preparer, un_parmi_n};
pub use evaluation::{argmax, confusion, erreurs, taux_reussite};
pub use loss::{entropie_croisee, softmax};
pub use network::{construire, parametres, perte_attendue, reseau};
pub use neuron::{activations, couche, neurone};
pub use step::{avant, perte, un_pas};
pub use training::{arret_precoce, arrets, entrainement, relance, sauvegarde, validation};

/// The exercises of TP1, in the order of the notebook.
pub(super) static EXERCISES: &[&Exercise] = &[
    &neuron::NEURONE,
    &neuron::ACTIVATIONS,
    &neuron::COUCHE,
    &loss::SOFTMAX,
    &loss::ENTROPIE_CROISEE,
    &data::POIDS_INITIAUX,
    &data::IMAGE_600,
    &data::PREPARER,
    &data::UN_PARMI_N,
    &network::PARAMETRES,
    &network::RESEAU,
    &network::PERTE_ATTENDUE,
    &step::AVANT,
    &step::PERTE,
    &step::UN_PAS,
    &training::ENTRAINEMENT,
    &training::RELANCE,
    &training::VALIDATION,
    &training::ARRET_PRECOCE,
    &training::ARRETS,
    &training::SAUVEGARDE,
    &evaluation::ARGMAX,
    &evaluation::TAUX_REUSSITE,
    &evaluation::CONFUSION,
    &evaluation::ERREURS,
    &network::CONSTRUIRE,
];
