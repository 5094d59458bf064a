//! Mistakes that LeNet and the network with dropout share.

use super::super::hints::{Hint, hints};

/// Mistakes that both networks can hold.
pub(super) const COMMON: &[Hint] = hints! {
    "convolution manquante" => "Il manque une convolution : le réseau en a deux, chacune suivie d'un pooling.";
    "pooling manquant" => "Il manque un max-pooling : il y en a un après **chaque** convolution.";
    "pooling moyen" => "Vous avez pris un pooling moyen (`avg_pool2d`) ; ici c'est le maximum, `max_pool2d`.";
    "taille du pooling" => "Les fenêtres du pooling font 2×2 : `.max_pool2d(nom, 2)`.";
    "bordure" => "La bordure (`Padding`) d'une convolution n'est pas celle de l'énoncé.";
    "relu oubliée" => "Une couche n'a pas d'activation : convolutions et couches denses cachées prennent `Activation::Relu`.";
};
