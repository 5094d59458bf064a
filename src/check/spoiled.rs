//! Right networks, and networks with one mistake put into them, for the trials.

use super::network::kind;
use crate::nn::{Initializer, Layer, LayerSpec, Loss, Model, NamedSpec, Sequential};
use crate::ops::Padding;
use crate::ops::activation::Activation;
use crate::ops::optimizer::{Adam, AdamW, Optimizer, Sgd};

/// Networks that are as right as the one asked for, by what is changed in them.
pub(super) const RIGHT: &[&str] =
    &["as asked", "another seed", "an activation apart", "compiled anew for the last epochs"];

/// Mistakes that fit any network of dense layers.
pub(super) const DENSE: &[&str] = &[
    "entrée",
    "couche en trop",
    "couche inattendue",
    "couches échangées",
    "largeur de sortie",
    "relu oubliée",
    "softmax oublié",
    "softmax partout",
    "activation cachée",
    "activation de sortie",
    "poids nuls",
];

/// Mistakes of a network that is described as asked.
pub(super) const COMPILED: &[&str] =
    &["pas compilé", "optimiseur", "taux d'apprentissage", "fonction de perte"];

/// Mistakes that fit any network of convolutions.
pub(super) const LAYERS: &[&str] = &[
    "entrée",
    "convolution manquante",
    "pooling manquant",
    "pooling moyen",
    "taille du pooling",
    "pas",
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

/// Those of one with dropout.
pub(super) const DROPOUT: &[&str] =
    &["dropout manquant", "dropout mal placé", "dropout sur la sortie", "taux du dropout"];

/// `network`, compiled as TP1 and TP2 ask for, in one of the [`RIGHT`] ways or with a mistake.
pub(super) fn made(network: Sequential, how: &str) -> Model {
    made_by(|learning_rate| Adam { learning_rate, ..Adam::default() }.into(), network, how)
}

/// The same by another optimiser, which takes its rate.
pub(super) fn made_by(optimizer: fn(f64) -> Optimizer, network: Sequential, how: &str) -> Model {
    let (usual, loss) = (optimizer(1e-3), Loss::CategoricalCrossentropy);
    match how {
        "" | "as asked" => network.compile(usual, loss),
        "another seed" => network.seed(5).compile(usual, loss),
        "an activation apart" => {
            let acts = |layer: &NamedSpec| layer.spec.activation() != Activation::Linear;
            let at = network.layers.iter().position(acts).unwrap();
            activation_apart(network, at).compile(usual, loss)
        }
        "compiled anew for the last epochs" => network.compile(optimizer(1e-4), loss).map(learnt),
        "pas compilé" => network.build(),
        "optimiseur" => network.compile(Sgd::default(), loss),
        "taux d'apprentissage" => network.compile(optimizer(1e-2), loss),
        "fonction de perte" => network.compile(usual, Loss::SparseCategoricalCrossentropy),
        "nom du réseau" => Sequential { name: "essai".into(), ..network }.compile(usual, loss),
        // It would not be compiled.
        "activation de sortie" => spoiled(network, how).build(),
        mistake => spoiled(network, mistake).compile(usual, loss),
    }
    .unwrap()
}

/// The network with other biases than it was built with.
fn learnt(model: Model) -> Model {
    for param in model.layers().iter().flat_map(Layer::params).filter(|param| param.name == "bias")
    {
        param.var.set(&param.var.ones_like().unwrap()).unwrap();
    }
    model
}

/// AdamW, as TP4 asks for it.
pub(super) fn adamw(learning_rate: f64) -> Optimizer {
    AdamW { learning_rate, weight_decay: 1e-4, ..AdamW::default() }.into()
}

/// `network` with `mistake`. It can still be built.
pub(super) fn spoiled(network: Sequential, mistake: &str) -> Sequential {
    let is = |letter| move |layer: &NamedSpec| kind(&layer.spec) == letter;
    let first = |letter| network.layers.iter().position(is(letter));
    let last = |letter| network.layers.iter().rposition(is(letter));
    let at = match mistake {
        "convolution manquante" | "taille du noyau" | "convolution" => last('C'),
        "filtres" | "bordure" => first('C'),
        "normalisation manquante" => first('N'),
        "pooling manquant" => last('P'),
        "pooling moyen" | "taille du pooling" | "pas" | "ordre" => first('P'),
        "découpage" => first('R'),
        "un seul sens" => last('B'),
        "couche récurrente manquante" | "unités" => first('B'),
        "largeur de sortie"
        | "softmax oublié"
        | "activation de sortie"
        | "couche en trop"
        | "couche inattendue" => last('D'),
        mistake if mistake.contains("dropout") => first('O'),
        "entrée" | "poids nuls" => Some(0),
        _ => first('D'),
    };
    spoiled_at(network, at.unwrap_or_else(|| panic!("no place for {mistake}")), mistake)
}

/// The same with the mistake in layer `at`.
pub(super) fn spoiled_at(mut network: Sequential, at: usize, mistake: &str) -> Sequential {
    let layers = &mut network.layers;
    let last = layers.len() - 1;
    let other = |spec| NamedSpec { name: "autre".into(), spec };
    let spec = &mut layers[at].spec;
    match mistake {
        "entrée" => network.input_shape[0] += 2,
        "poids nuls" => network.initializer = Initializer::Zeros,
        missing if missing.contains("manquant") => drop(layers.remove(at)),
        "couche en trop" => layers.insert(at, other(layers[at].spec.clone())),
        "couche inattendue" => {
            layers.insert(at, other(LayerSpec::BatchNorm { momentum: 0.9, epsilon: 1e-3 }));
        }
        "ordre" => layers.swap(at - 1, at),
        "dropout mal placé" => match kind(&layers[at - 1].spec) {
            'F' => layers.swap(at, at + 1),
            _ => layers.swap(at - 1, at),
        },
        "dropout sur la sortie" => layers[at..].rotate_left(1),
        "couches échangées" => {
            let (hidden, output) = (spec.clone(), layers[last].spec.clone());
            layers[at].spec = output.with_activation(hidden.activation());
            layers[last].spec = hidden.with_activation(output.activation());
        }
        "pooling moyen" => *spec = LayerSpec::AvgPool2d { size: [2; 2], stride: [2; 2] },
        "taille du pooling" => *spec = LayerSpec::MaxPool2d { size: [3; 2], stride: [2; 2] },
        "taux du dropout" => *spec = LayerSpec::Dropout { rate: 0.8 },
        "découpage" => *spec = LayerSpec::Reshape { shape: vec![9, 128] },
        "unités" => *spec = LayerSpec::Bidirectional { layer: LayerSpec::gru(256, true).into() },
        "un seul sens" => {
            if let LayerSpec::Bidirectional { layer } = spec.clone() {
                *spec = *layer;
            }
        }
        "relu oubliée" | "softmax oublié" => *spec = spec.with_activation(Activation::Linear),
        "softmax partout" => *spec = spec.with_activation(Activation::Softmax),
        "activation cachée" | "activation" | "activation de sortie" => {
            *spec = spec.with_activation(Activation::Sigmoid);
        }
        _ => resized(spec, mistake),
    }
    network
}

/// Another number in a layer.
fn resized(spec: &mut LayerSpec, mistake: &str) {
    match (mistake, spec) {
        ("filtres", LayerSpec::Conv2d { filters, .. }) => *filters += 2,
        ("taille du noyau" | "convolution", LayerSpec::Conv2d { kernel_size, .. }) => {
            *kernel_size = [8 - kernel_size[0]; 2];
        }
        ("bordure", LayerSpec::Conv2d { padding, .. }) => {
            *padding = if *padding == Padding::Same { Padding::Valid } else { Padding::Same };
        }
        ("pas", LayerSpec::Conv2d { stride, .. }) => *stride = [2; 2],
        ("pas", LayerSpec::MaxPool2d { stride, .. }) => *stride = [1; 2],
        ("largeur de sortie", LayerSpec::Dense { units, .. }) => *units -= 1,
        ("largeur" | "largeur cachée", LayerSpec::Dense { units, .. }) => *units += 1,
        (mistake, spec) => panic!("{mistake} in {spec:?}"),
    }
}

/// The activation of layer `i` as a layer of its own.
pub(super) fn activation_apart(mut network: Sequential, i: usize) -> Sequential {
    let spec = LayerSpec::Activation { activation: network.layers[i].spec.activation() };
    network.layers[i].spec = network.layers[i].spec.with_activation(Activation::Linear);
    network.layers.insert(i + 1, NamedSpec { name: format!("activation {i}"), spec });
    network
}
