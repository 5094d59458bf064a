//! The two convolutional networks of the notebook.

use super::super::probe::numbers;
#[cfg(test)]
use super::super::registry::{right, wrong};
use super::super::{Exercise, Fault, Finding, Notebook, Verdict};
use crate::nn::{LayerSpec, Model};
use crate::ops::Padding;
use crate::ops::activation::Activation;
#[cfg(test)]
use crate::{nn::Sequential, ops::optimizer::Adam, train::Loss};

/// What is expected of one layer.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Want {
    Conv(usize, usize, Padding),
    Pool,
    Flatten,
    Dense(usize),
    Dropout(f64),
}

const LENET_LAYERS: [Want; 8] = [
    Want::Conv(6, 5, Padding::Same),
    Want::Pool,
    Want::Conv(16, 5, Padding::Valid),
    Want::Pool,
    Want::Flatten,
    Want::Dense(200),
    Want::Dense(84),
    Want::Dense(10),
];

const CNN_LAYERS: [Want; 8] = [
    Want::Conv(32, 3, Padding::Valid),
    Want::Pool,
    Want::Conv(64, 3, Padding::Valid),
    Want::Pool,
    Want::Flatten,
    Want::Dense(128),
    Want::Dropout(0.5),
    Want::Dense(10),
];

const COMMON: [(&str, &str); 17] = [
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

pub(super) static LENET: Exercise = Exercise {
    id: "tp2-lenet",
    notebook: Notebook::Tp2,
    points: 3,
    title: "Construire le réseau de type LeNet",
    hints: &[
        "Une méthode par couche, dans l'ordre du tableau : `.conv2d(nom, filtres, taille, bordure, activation)`, `.max_pool2d(nom, 2)`, `.flatten(nom)`, `.dense(nom, neurones, activation)`.",
        "`lenet.summary()` montre ce que vous avez construit : huit lignes, et 100 506 paramètres.",
    ],
    mistakes: &COMMON,
    #[cfg(test)]
    trials: &[
        right("in one chain", || lenet(&compiled(first(LENET_LAYERS)))),
        right("activations apart", || {
            let mut network = Sequential::new("b", (28, 28, 1));
            for (i, want) in LENET_LAYERS.into_iter().enumerate() {
                let last = i == LENET_LAYERS.len() - 1;
                let activation = if last { Activation::Softmax } else { Activation::Relu };
                network = add(network, i, want, Activation::Linear);
                if matches!(want, Want::Conv(..) | Want::Dense(_)) {
                    network = network.activation(format!("a{i}"), activation);
                }
            }
            lenet(&compiled(network))
        }),
        wrong("entrée", || {
            let network = Sequential::new("a", (32, 32, 1));
            let last = LENET_LAYERS.len() - 1;
            let network =
                LENET_LAYERS.into_iter().enumerate().fold(network, |network, (i, want)| {
                    let softmax = if i == last { Activation::Softmax } else { Activation::Relu };
                    add(network, i, want, softmax)
                });
            lenet(&compiled(network))
        }),
        wrong("convolution manquante", || lenet(&compiled(without(LENET_LAYERS, 2)))),
        wrong("pooling manquant", || lenet(&compiled(without(LENET_LAYERS, 3)))),
        wrong("pooling moyen", || {
            lenet(&compiled(replaced(LENET_LAYERS, 1, |n| n.avg_pool2d("moyenne", 2))))
        }),
        wrong("taille du pooling", || {
            lenet(&compiled(replaced(LENET_LAYERS, 1, |n| n.max_pool2d("S", 3))))
        }),
        wrong("couche dense manquante", || lenet(&compiled(without(LENET_LAYERS, 6)))),
        wrong("couche en trop", || {
            lenet(&compiled(replaced(LENET_LAYERS, 4, |n| n.flatten("f").dropout("d", 0.5))))
        }),
        wrong("ordre", || {
            let mut layers = LENET_LAYERS;
            layers.swap(1, 2);
            lenet(&compiled(first(layers)))
        }),
        wrong("filtres", || {
            lenet(&compiled(with(LENET_LAYERS, 2, Want::Conv(6, 5, Padding::Valid))))
        }),
        wrong("taille du noyau", || {
            lenet(&compiled(with(LENET_LAYERS, 0, Want::Conv(6, 3, Padding::Same))))
        }),
        wrong("bordure", || {
            lenet(&compiled(with(LENET_LAYERS, 0, Want::Conv(6, 5, Padding::Valid))))
        }),
        wrong("bordure", || {
            lenet(&compiled(with(LENET_LAYERS, 2, Want::Conv(16, 5, Padding::Same))))
        }),
        wrong("largeur", || lenet(&compiled(with(LENET_LAYERS, 5, Want::Dense(120))))),
        wrong("largeur de sortie", || lenet(&compiled(with(LENET_LAYERS, 7, Want::Dense(1))))),
        wrong("relu oubliée", || {
            let conv = |n: Sequential| n.conv2d("c", 6, 5, Padding::Same, Activation::Linear);
            lenet(&compiled(replaced(LENET_LAYERS, 0, conv)))
        }),
        wrong("softmax oublié", || {
            let dense = |n: Sequential| n.dense("s", 10, Activation::Linear);
            lenet(&compiled(replaced(LENET_LAYERS, 7, dense)))
        }),
        wrong("activation cachée", || {
            let dense = |n: Sequential| n.dense("s", 84, Activation::Softmax);
            lenet(&compiled(replaced(LENET_LAYERS, 6, dense)))
        }),
        wrong("pas compilé", || lenet(&first(LENET_LAYERS).build().unwrap())),
    ],
};

/// The LeNet-like network.
pub fn lenet(model: &Model) -> Verdict {
    LENET.judge(|| check(model, &LENET_LAYERS))
}

pub(super) static CNN: Exercise = Exercise {
    id: "tp2-cnn",
    notebook: Notebook::Tp2,
    points: 3,
    title: "Construire le CNN avec dropout",
    hints: &[
        "Le même patron que LeNet : deux fois convolution et pooling, puis `flatten`, une couche dense, le dropout, la sortie.",
        "`cnn.summary()` doit compter 225 034 paramètres ; le dropout n'en a aucun.",
    ],
    mistakes: &[
        COMMON[0],
        COMMON[1],
        COMMON[2],
        COMMON[3],
        COMMON[4],
        COMMON[5],
        COMMON[6],
        COMMON[7],
        COMMON[8],
        COMMON[9],
        COMMON[10],
        COMMON[11],
        COMMON[12],
        COMMON[13],
        COMMON[14],
        COMMON[15],
        COMMON[16],
        (
            "dropout manquant",
            "Il manque le dropout, entre les deux couches denses : `.dropout(nom, 0.5)`.",
        ),
        (
            "dropout mal placé",
            "Le dropout doit éteindre des neurones de la couche dense cachée : sa place est entre les deux couches denses.",
        ),
        (
            "dropout sur la sortie",
            "Le dropout est après la sortie : il éteindrait des probabilités. Sa place est juste avant la dernière couche.",
        ),
        (
            "taux du dropout",
            "Le taux du dropout est la part des neurones éteints : ici la moitié, 0,5.",
        ),
    ],
    #[cfg(test)]
    trials: &[
        right("in one chain", || cnn(&compiled(first(CNN_LAYERS)))),
        right("activation apart", || {
            let conv = |n: Sequential| {
                n.conv2d("c", 32, 3, Padding::Valid, Activation::Linear)
                    .activation("relu", Activation::Relu)
            };
            cnn(&compiled(replaced(CNN_LAYERS, 0, conv)))
        }),
        wrong("entrée", || {
            let last = CNN_LAYERS.len() - 1;
            let start = Sequential::new("a", (30, 30, 1));
            cnn(&compiled(CNN_LAYERS.into_iter().enumerate().fold(start, |n, (i, want)| {
                add(n, i, want, if i == last { Activation::Softmax } else { Activation::Relu })
            })))
        }),
        wrong("dropout manquant", || cnn(&compiled(without(CNN_LAYERS, 6)))),
        wrong("dropout mal placé", || {
            let mut layers = CNN_LAYERS;
            layers.swap(5, 6);
            cnn(&compiled(first(layers)))
        }),
        wrong("dropout sur la sortie", || {
            let mut layers = CNN_LAYERS;
            layers.swap(6, 7);
            let mut network = Sequential::new("a", (28, 28, 1));
            for (i, want) in layers.into_iter().enumerate() {
                let activation = if i == 6 { Activation::Softmax } else { Activation::Relu };
                network = add(network, i, want, activation);
            }
            cnn(&network.build().unwrap())
        }),
        wrong("taux du dropout", || cnn(&compiled(with(CNN_LAYERS, 6, Want::Dropout(0.2))))),
        wrong("convolution manquante", || cnn(&compiled(without(CNN_LAYERS, 2)))),
        wrong("pooling manquant", || cnn(&compiled(without(CNN_LAYERS, 3)))),
        wrong("pooling moyen", || {
            cnn(&compiled(replaced(CNN_LAYERS, 1, |n| n.avg_pool2d("m", 2))))
        }),
        wrong("taille du pooling", || {
            cnn(&compiled(replaced(CNN_LAYERS, 1, |n| n.max_pool2d("m", 3))))
        }),
        wrong("couche dense manquante", || cnn(&compiled(without(CNN_LAYERS, 5)))),
        wrong("couche en trop", || {
            cnn(&compiled(replaced(CNN_LAYERS, 4, |n| n.batch_norm("b").flatten("f"))))
        }),
        wrong("ordre", || {
            let mut layers = CNN_LAYERS;
            layers.swap(1, 2);
            cnn(&compiled(first(layers)))
        }),
        wrong("filtres", || cnn(&compiled(with(CNN_LAYERS, 0, Want::Conv(64, 3, Padding::Valid))))),
        wrong("taille du noyau", || {
            cnn(&compiled(with(CNN_LAYERS, 2, Want::Conv(64, 5, Padding::Valid))))
        }),
        wrong("bordure", || cnn(&compiled(with(CNN_LAYERS, 0, Want::Conv(32, 3, Padding::Same))))),
        wrong("largeur", || cnn(&compiled(with(CNN_LAYERS, 5, Want::Dense(64))))),
        wrong("largeur de sortie", || cnn(&compiled(with(CNN_LAYERS, 7, Want::Dense(9))))),
        wrong("relu oubliée", || {
            cnn(&compiled(replaced(CNN_LAYERS, 5, |n| n.dense("d", 128, Activation::Linear))))
        }),
        wrong("softmax oublié", || {
            cnn(&compiled(replaced(CNN_LAYERS, 7, |n| n.dense("d", 10, Activation::Linear))))
        }),
        wrong("activation cachée", || {
            cnn(&compiled(replaced(CNN_LAYERS, 5, |n| n.dense("d", 128, Activation::Tanh))))
        }),
        wrong("pas compilé", || cnn(&first(CNN_LAYERS).build().unwrap())),
    ],
};

/// The network with dropout.
pub fn cnn(model: &Model) -> Verdict {
    CNN.judge(|| check(model, &CNN_LAYERS))
}

/// The layers, an activation of its own joined to the layer before it.
fn joined(model: &Model) -> Vec<LayerSpec> {
    let mut layers: Vec<LayerSpec> = Vec::new();
    for layer in model.layers() {
        match (layer.spec(), layers.last_mut()) {
            (LayerSpec::Activation { activation }, Some(last))
                if last.activation() == Activation::Linear
                    && matches!(last, LayerSpec::Conv2d { .. } | LayerSpec::Dense { .. }) =>
            {
                *last = last.with_activation(*activation);
            }
            (spec, _) => layers.push(spec.clone()),
        }
    }
    layers
}

/// The kind of a layer, one letter each, so that kinds can be counted and compared.
fn kind(spec: &LayerSpec) -> char {
    match spec {
        LayerSpec::Conv2d { .. } => 'C',
        LayerSpec::MaxPool2d { .. } => 'P',
        LayerSpec::AvgPool2d { .. } => 'A',
        LayerSpec::Flatten => 'F',
        LayerSpec::Dense { .. } => 'D',
        LayerSpec::Dropout { .. } => 'O',
        _ => '?',
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
fn check_kinds(model: &Model, layers: &[LayerSpec], wants: &[Want]) -> Result<(), Fault> {
    let found: String = layers.iter().map(kind).collect();
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
            LayerSpec::Conv2d { filters, kernel_size, padding, .. },
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
        }
        (LayerSpec::MaxPool2d { size, .. }, Want::Pool) if *size != [2; 2] => {
            return fault("taille du pooling", format!("a des fenêtres {}×{}", size[0], size[1]));
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

fn check(model: &Model, wants: &[Want]) -> Finding {
    let layers = joined(model);
    check_kinds(model, &layers, wants)?;
    if model.input_shape() != [28, 28, 1] {
        let found = format!("l'entrée a la forme `{:?}`.", model.input_shape());
        return Err(Fault::new("entrée", found));
    }
    let names: Vec<&str> = model
        .layers()
        .iter()
        .filter(|l| !matches!(l.spec(), LayerSpec::Activation { .. }))
        .map(|l| l.name())
        .collect();
    for (i, (spec, want)) in layers.iter().zip(wants).enumerate() {
        let name = names.get(i).copied().unwrap_or("?");
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
    if model.training().is_err() {
        return Err(Fault::new("pas compilé", "le réseau n'est pas compilé."));
    }
    Ok(format!("les {} couches y sont, avec {} paramètres.", wants.len(), model.trainable_count()))
}

#[cfg(test)]
fn add(network: Sequential, i: usize, want: Want, activation: Activation) -> Sequential {
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
fn built(layers: &[Option<Want>], replace: impl Fn(Sequential) -> Sequential) -> Sequential {
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
fn first(layers: [Want; 8]) -> Sequential {
    built(&layers.map(Some), |n| n)
}

#[cfg(test)]
fn without(layers: [Want; 8], i: usize) -> Sequential {
    replaced(layers, i, |n| n)
}

#[cfg(test)]
fn with(mut layers: [Want; 8], i: usize, want: Want) -> Sequential {
    layers[i] = want;
    first(layers)
}

#[cfg(test)]
fn replaced(layers: [Want; 8], i: usize, by: impl Fn(Sequential) -> Sequential) -> Sequential {
    let mut layers = layers.map(Some);
    layers[i] = None;
    built(&layers, by)
}

#[cfg(test)]
fn compiled(network: Sequential) -> Model {
    network.compile(Adam::default(), Loss::CategoricalCrossentropy).unwrap()
}
