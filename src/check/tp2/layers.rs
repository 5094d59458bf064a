//! Mistakes that LeNet and the network with dropout share.

use super::super::network::STRIDE;
use super::super::registry::Mistake;
#[cfg(test)]
use crate::{
    nn::{Loss, Model, Sequential},
    ops::optimizer::Adam,
};

/// Mistakes that both networks can hold.
pub(super) const COMMON: [Mistake; 18] = [
    ("entrée", "L'entrée est une image avec son canal : `Sequential::new(\"…\", (28, 28, 1))`."),
    (
        "convolution manquante",
        "Il manque une convolution : le réseau en a deux, chacune suivie d'un pooling.",
    ),
    ("pooling manquant", "Il manque un max-pooling : il y en a un après **chaque** convolution."),
    (
        "pooling moyen",
        "Vous avez pris un pooling moyen (`avg_pool2d`) ; ici c'est le maximum, `max_pool2d`.",
    ),
    ("taille du pooling", "Les fenêtres du pooling font 2×2 : `.max_pool2d(nom, 2)`."),
    STRIDE,
    ("couche dense manquante", "Il manque une couche dense : comptez-les dans l'énoncé."),
    ("couche en trop", "Il y a une couche de trop par rapport à l'énoncé."),
    ("ordre", "Les couches y sont, mais pas dans l'ordre de l'énoncé."),
    ("filtres", "Le nombre de filtres d'une convolution n'est pas celui de l'énoncé."),
    ("taille du noyau", "La taille du noyau d'une convolution n'est pas celle de l'énoncé."),
    ("bordure", "La bordure (`Padding`) d'une convolution n'est pas celle de l'énoncé."),
    ("largeur", "Une couche dense n'a pas le nombre de neurones demandé."),
    ("largeur de sortie", "La sortie a un neurone par classe : combien y a-t-il de chiffres ?"),
    (
        "relu oubliée",
        "Une couche n'a pas d'activation : convolutions et couches denses cachées prennent `Activation::Relu`.",
    ),
    (
        "softmax oublié",
        "La dernière couche prend `Activation::Softmax` : on veut des probabilités.",
    ),
    (
        "activation cachée",
        "Les couches cachées prennent ReLU, et elles seules : softmax est pour la sortie.",
    ),
    (
        "pas compilé",
        "Il reste à choisir l'optimiseur et la perte : `.compile(…)?` au lieu de `.build()?`.",
    ),
];

#[cfg(test)]
pub(super) fn compiled(network: Sequential) -> Model {
    network.compile(Adam::default(), Loss::CategoricalCrossentropy).unwrap()
}
