//! Right networks with one mistake put into them, for the trials.

use super::network::kind;
use crate::nn::{LayerSpec, NamedSpec, Sequential};
use crate::ops::Padding;
use crate::ops::activation::Activation;

/// Mistakes that fit any network of convolutions with dropout.
pub(super) const SPOILED: [&str; 21] = [
    "entrée",
    "convolution manquante",
    "pooling manquant",
    "pooling moyen",
    "taille du pooling",
    "pas",
    "dropout manquant",
    "dropout mal placé",
    "dropout sur la sortie",
    "taux du dropout",
    "couche dense manquante",
    "couche en trop",
    "ordre",
    "filtres",
    "taille du noyau",
    "bordure",
    "largeur",
    "largeur de sortie",
    "relu oubliée",
    "softmax oublié",
    "activation cachée",
];

/// `network` with `mistake`. It can still be built.
pub(super) fn spoiled(mut network: Sequential, mistake: &str) -> Sequential {
    let layers = &mut network.layers;
    let last = layers.len() - 1;
    let first = |letter| layers.iter().position(|layer| kind(&layer.spec) == letter);
    let first = |letter: char| first(letter).unwrap_or_else(|| panic!("no {letter}: {mistake}"));
    let second = |letter| layers.iter().rposition(|layer| kind(&layer.spec) == letter);
    match mistake {
        "entrée" => network.input_shape = vec![30, 30, 1],
        "convolution manquante" => drop(layers.remove(second('C').unwrap())),
        "normalisation manquante" => drop(layers.remove(first('N'))),
        "pooling manquant" => drop(layers.remove(second('P').unwrap())),
        "pooling moyen" => {
            let at = first('P');
            layers[at].spec = LayerSpec::AvgPool2d { size: [2; 2], stride: [2; 2] };
        }
        "taille du pooling" => {
            let at = first('P');
            layers[at].spec = LayerSpec::MaxPool2d { size: [3; 2], stride: [2; 2] };
        }
        "pas" => {
            let at = first('P');
            layers[at].spec = LayerSpec::MaxPool2d { size: [2; 2], stride: [1; 2] };
        }
        "dropout manquant" => drop(layers.remove(first('O'))),
        "dropout mal placé" => {
            let at = first('O');
            match kind(&layers[at - 1].spec) {
                'F' => layers.swap(at, at + 1),
                _ => layers.swap(at - 1, at),
            }
        }
        "dropout sur la sortie" => {
            let at = first('O');
            layers[at..].rotate_left(1);
        }
        "taux du dropout" => {
            let at = first('O');
            layers[at].spec = LayerSpec::Dropout { rate: 0.8 };
        }
        "couche dense manquante" => drop(layers.remove(first('D'))),
        "couche en trop" => {
            let spec = LayerSpec::BatchNorm { momentum: 0.9, epsilon: 1e-3 };
            layers.insert(last, NamedSpec { name: "autre".into(), spec });
        }
        "ordre" => {
            let at = first('P');
            layers.swap(at - 1, at);
        }
        "filtres" => {
            let at = first('C');
            change(&mut layers[at], |filters, _, _, _| *filters += 2);
        }
        "taille du noyau" | "convolution" => {
            let at = second('C').unwrap();
            change(&mut layers[at], |_, size, _, _| *size = [8 - size[0]; 2]);
        }
        "bordure" => {
            let at = first('C');
            change(&mut layers[at], |_, _, _, padding| {
                *padding = match padding {
                    Padding::Same => Padding::Valid,
                    Padding::Valid => Padding::Same,
                }
            });
        }
        "largeur" => {
            let at = first('D');
            if let LayerSpec::Dense { units, .. } = &mut layers[at].spec {
                *units += 1;
            }
        }
        "largeur de sortie" => {
            layers[last].spec = LayerSpec::Dense { units: 9, activation: Activation::Softmax };
        }
        "softmax oublié" => {
            layers[last].spec = layers[last].spec.with_activation(Activation::Linear);
        }
        "relu oubliée" => {
            let at = first('D');
            layers[at].spec = layers[at].spec.with_activation(Activation::Linear);
        }
        "activation cachée" | "activation" => {
            let at = first('D');
            layers[at].spec = layers[at].spec.with_activation(Activation::Sigmoid);
        }
        other => panic!("{other}"),
    }
    network
}

/// Changes filters, kernel, stride and padding of a convolution.
pub(super) fn change(
    layer: &mut NamedSpec,
    by: impl FnOnce(&mut usize, &mut [usize; 2], &mut [usize; 2], &mut Padding),
) {
    let LayerSpec::Conv2d { filters, kernel_size, stride, padding, .. } = &mut layer.spec else {
        panic!("{layer:?} is no convolution");
    };
    by(filters, kernel_size, stride, padding);
}

/// The activation of layer `i` as a layer of its own.
pub(super) fn activation_apart(mut network: Sequential, i: usize) -> Sequential {
    let spec = LayerSpec::Activation { activation: network.layers[i].spec.activation() };
    network.layers[i].spec = network.layers[i].spec.with_activation(Activation::Linear);
    network.layers.insert(i + 1, NamedSpec { name: format!("activation {i}"), spec });
    network
}
