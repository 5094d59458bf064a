//! Checks of TP1 (dense network), one function per exercise, in the order of
//! the notebook.

mod accuracy;
mod activation;
mod batch_loss;
mod builder;
mod confusion;
mod descent;
mod forward;
mod images;
mod labels;
mod layer;
mod loss;
mod network;
mod neuron;
mod parameters;
mod relaunch;
mod saving;
mod seeds;
mod stopped;
mod stopping;
mod training;

use super::registry::Exercise;

pub use accuracy::{argmax, taux_reussite};
pub use activation::activations;
pub use batch_loss::perte;
pub use builder::construire;
pub use confusion::{confusion, erreurs};
pub use descent::un_pas;
pub use forward::avant;
pub use images::{image_600, preparer};
pub use labels::un_parmi_n;
pub use layer::couche;
pub use loss::{entropie_croisee, softmax};
pub use network::reseau;
pub use neuron::neurone;
pub use parameters::{parametres, perte_attendue};
pub use relaunch::relance;
pub use saving::sauvegarde;
pub use seeds::poids_initiaux;
pub use stopped::arrets;
pub use stopping::arret_precoce;
pub use training::{entrainement, validation};

/// The exercises of TP1, in the order of the notebook.
pub(super) static EXERCISES: &[&Exercise] = &[
    &neuron::NEURONE,
    &activation::ACTIVATIONS,
    &layer::COUCHE,
    &loss::SOFTMAX,
    &loss::ENTROPIE_CROISEE,
    &seeds::POIDS_INITIAUX,
    &images::IMAGE_600,
    &images::PREPARER,
    &labels::UN_PARMI_N,
    &parameters::PARAMETRES,
    &network::RESEAU,
    &parameters::PERTE_ATTENDUE,
    &forward::AVANT,
    &batch_loss::PERTE,
    &descent::UN_PAS,
    &training::ENTRAINEMENT,
    &relaunch::RELANCE,
    &training::VALIDATION,
    &stopping::ARRET_PRECOCE,
    &stopped::ARRETS,
    &saving::SAUVEGARDE,
    &accuracy::ARGMAX,
    &accuracy::TAUX_REUSSITE,
    &confusion::CONFUSION,
    &confusion::ERREURS,
    &builder::CONSTRUIRE,
];
