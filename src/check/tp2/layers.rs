//! The layers of a network against those that are asked for.

use super::super::probe::numbers;
use super::super::registry::Mistake;
use super::super::{Fault, Finding};
use crate::nn::{LayerSpec, Model};
use crate::ops::Padding;
use crate::ops::activation::Activation;
#[cfg(test)]
use crate::{nn::Loss, nn::Sequential, ops::optimizer::Adam};

/// What is expected of one layer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::check) enum Want {
    Conv(usize, usize, Padding),
    Pool,
    Flatten,
    Dense(usize),
    Dropout(f64),
}

/// A stride of one's own, which only `.layer(nom, LayerSpec::…)` can give.
pub(in crate::check) const STRIDE: Mistake = (
    "pas",
    "Un noyau de convolution avance d'un pixel à la fois, une fenêtre de pooling de sa propre taille : `.conv2d(…)` et `.max_pool2d(nom, 2)` les font avancer ainsi.",
);

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

/// The layers with their names, an activation of its own joined to the layer before it.
pub(in crate::check) fn joined(model: &Model) -> Vec<(String, LayerSpec)> {
    let mut layers: Vec<(String, LayerSpec)> = Vec::new();
    for layer in model.layers() {
        match (layer.spec(), layers.last_mut()) {
            (LayerSpec::Activation { activation }, Some((_, last)))
                if last.activation() == Activation::Linear
                    && matches!(last, LayerSpec::Conv2d { .. } | LayerSpec::Dense { .. }) =>
            {
                *last = last.with_activation(*activation);
            }
            (spec, _) => layers.push((layer.name().to_owned(), spec.clone())),
        }
    }
    layers
}

/// The kind of a layer, one letter each, so that kinds can be counted and compared.
pub(in crate::check) fn kind(spec: &LayerSpec) -> char {
    match spec {
        LayerSpec::Conv2d { .. } => 'C',
        LayerSpec::BatchNorm { .. } => 'N',
        LayerSpec::MaxPool2d { .. } => 'P',
        LayerSpec::AvgPool2d { .. } => 'A',
        LayerSpec::Flatten => 'F',
        LayerSpec::Reshape { .. } => 'R',
        LayerSpec::Gru { .. } => 'G',
        LayerSpec::Bidirectional { .. } => 'B',
        LayerSpec::Dense { .. } => 'D',
        LayerSpec::Dropout { .. } => 'O',
        LayerSpec::Activation { .. } => '?',
    }
}

fn wanted_kind(want: &Want) -> char {
    match want {
        Want::Conv(..) => 'C',
        Want::Pool => 'P',
        Want::Flatten => 'F',
        Want::Dense(_) => 'D',
        Want::Dropout(_) => 'O',
    }
}

/// Compares the kinds and the order of the layers.
fn check_kinds(model: &Model, layers: &[(String, LayerSpec)], wants: &[Want]) -> Result<(), Fault> {
    let found: String = layers.iter().map(|(_, spec)| kind(spec)).collect();
    let wanted: String = wants.iter().map(wanted_kind).collect();
    if found == wanted {
        return Ok(());
    }
    let count = |text: &str, kind| text.chars().filter(|c| *c == kind).count();
    let fewer = |kind| count(&found, kind) < count(&wanted, kind);
    let others = |text: &str| text.replace('O', "");
    let mistake = match () {
        () if fewer('C') => "convolution manquante",
        () if fewer('P') && found.contains('A') => "pooling moyen",
        () if fewer('P') => "pooling manquant",
        () if fewer('O') => "dropout manquant",
        () if fewer('D') => "couche dense manquante",
        () if found.len() > wanted.len() => "couche en trop",
        () if others(&found) == others(&wanted) && found.ends_with('O') => "dropout sur la sortie",
        () if others(&found) == others(&wanted) => "dropout mal placé",
        () => "ordre",
    };
    let names: Vec<&str> = model.layers().iter().map(|l| l.spec().kind()).collect();
    Err(Fault::new(mistake, format!("les couches de votre réseau : `{}`.", names.join(" → "))))
}

/// Compares one layer's settings; `last` is the output layer.
fn check_layer(name: &str, spec: &LayerSpec, want: Want, last: bool) -> Result<(), Fault> {
    let fault =
        |mistake, found: String| Err(Fault::new(mistake, format!("la couche « {name} » {found}.")));
    match (spec, want) {
        (
            LayerSpec::Conv2d { filters, kernel_size, stride, padding, .. },
            Want::Conv(wanted, size, border),
        ) => {
            if *filters != wanted {
                return fault("filtres", format!("a {filters} filtres au lieu de {wanted}"));
            }
            if *kernel_size != [size; 2] {
                let [a, b] = kernel_size;
                return fault(
                    "taille du noyau",
                    format!("a des noyaux {a}×{b}, pas {size}×{size}"),
                );
            }
            if *padding != border {
                let found = format!("a la bordure `{padding:?}` au lieu de `{border:?}`");
                return fault("bordure", found);
            }
            if *stride != [1; 2] {
                return fault("pas", format!("avance de {}×{}", stride[0], stride[1]));
            }
        }
        (LayerSpec::MaxPool2d { size, stride }, Want::Pool) => {
            if *size != [2; 2] {
                let [a, b] = size;
                return fault("taille du pooling", format!("a des fenêtres {a}×{b}"));
            }
            if *stride != [2; 2] {
                return fault("pas", format!("avance de {}×{}", stride[0], stride[1]));
            }
        }
        (LayerSpec::Dense { units, .. }, Want::Dense(wanted)) if *units != wanted => {
            let mistake = if last { "largeur de sortie" } else { "largeur" };
            return fault(mistake, format!("a {units} neurones au lieu de {wanted}"));
        }
        (LayerSpec::Dropout { rate }, Want::Dropout(wanted)) if (rate - wanted).abs() > 1e-9 => {
            return fault("taux du dropout", format!("a le taux {rate} au lieu de {wanted}"));
        }
        _ => {}
    }
    if !matches!(spec, LayerSpec::Conv2d { .. } | LayerSpec::Dense { .. }) {
        return Ok(());
    }
    match (spec.activation(), last) {
        (Activation::Softmax, true) | (Activation::Relu, false) => Ok(()),
        (other, true) => fault("softmax oublié", format!("a l'activation `{other:?}`")),
        (Activation::Linear, false) => fault("relu oubliée", "n'a pas d'activation".into()),
        (other, false) => fault("activation cachée", format!("a l'activation `{other:?}`")),
    }
}

/// Compares a compiled network with the layers asked for.
pub(super) fn check(model: &Model, wants: &[Want]) -> Finding {
    check_layers(model, wants)?;
    if model.training().is_err() {
        return Err(Fault::new("pas compilé", "le réseau n'est pas compilé."));
    }
    Ok(format!("les {} couches y sont, avec {} paramètres.", wants.len(), model.trainable_count()))
}

/// Compares the layers of a network with those asked for.
pub(in crate::check) fn check_layers(model: &Model, wants: &[Want]) -> Result<(), Fault> {
    let layers = joined(model);
    check_kinds(model, &layers, wants)?;
    if model.input_shape() != [28, 28, 1] {
        let found = format!("l'entrée a la forme `{:?}`.", model.input_shape());
        return Err(Fault::new("entrée", found));
    }
    for (i, ((name, spec), want)) in layers.iter().zip(wants).enumerate() {
        check_layer(name, spec, *want, i + 1 == wants.len())?;
    }
    for layer in model.layers() {
        if let Some(kernel) = layer.kernel()
            && numbers(kernel)?.iter().any(|w| !w.is_finite())
        {
            let found = format!("la couche « {} » contient des `NaN`.", layer.name());
            return Err(Fault::new("nan", found));
        }
    }
    Ok(())
}

#[cfg(test)]
pub(super) fn add(network: Sequential, i: usize, want: Want, activation: Activation) -> Sequential {
    let name = format!("c{i}");
    match want {
        Want::Conv(filters, size, padding) => {
            network.conv2d(name, filters, size, padding, activation)
        }
        Want::Pool => network.max_pool2d(name, 2),
        Want::Flatten => network.flatten(name),
        Want::Dense(units) => network.dense(name, units, activation),
        Want::Dropout(rate) => network.dropout(name, rate),
    }
}

#[cfg(test)]
pub(in crate::check) fn built(
    layers: &[Option<Want>],
    replace: impl Fn(Sequential) -> Sequential,
) -> Sequential {
    let last = layers.len() - 1;
    layers.iter().enumerate().fold(Sequential::new("a", (28, 28, 1)), |network, (i, want)| {
        let activation = if i == last { Activation::Softmax } else { Activation::Relu };
        match want {
            Some(want) => add(network, i, *want, activation),
            None => replace(network),
        }
    })
}

#[cfg(test)]
pub(super) fn first(layers: [Want; 8]) -> Sequential {
    built(&layers.map(Some), |n| n)
}

#[cfg(test)]
pub(super) fn without(layers: [Want; 8], i: usize) -> Sequential {
    replaced(layers, i, |n| n)
}

#[cfg(test)]
pub(super) fn with(mut layers: [Want; 8], i: usize, want: Want) -> Sequential {
    layers[i] = want;
    first(layers)
}

#[cfg(test)]
pub(super) fn replaced(
    layers: [Want; 8],
    i: usize,
    by: impl Fn(Sequential) -> Sequential,
) -> Sequential {
    let mut layers = layers.map(Some);
    layers[i] = None;
    built(&layers, by)
}

/// A convolution that advances by two pixels.
#[cfg(test)]
pub(super) fn striding(filters: usize, side: usize, padding: Padding) -> LayerSpec {
    let (kernel_size, stride) = ([side; 2], [2; 2]);
    LayerSpec::Conv2d { filters, kernel_size, stride, padding, activation: Activation::Relu }
}

/// A pooling whose windows overlap.
#[cfg(test)]
pub(in crate::check) fn overlapping() -> LayerSpec {
    LayerSpec::MaxPool2d { size: [2; 2], stride: [1; 2] }
}

#[cfg(test)]
pub(super) fn compiled(network: Sequential) -> Model {
    network.compile(Adam::default(), Loss::CategoricalCrossentropy).unwrap()
}
