//! One judge of "is this the network that was asked for".
//!
//! Both networks are descriptions of layers: the student's, taken from what was
//! built, and the one asked for. Kinds and order come first, then the input, then
//! each layer's settings.

use super::history::is_adam;
use super::probe::numbers;
use super::{Fault, Finding};
use crate::nn::{Layer, LayerSpec, Loss, Model, NamedSpec, Sequential};
use crate::ops::activation::Activation;

/// Compares the layers of a network with those of `wanted`.
pub(super) fn compare(model: &Model, wanted: &Sequential) -> Result<(), Fault> {
    let in_order = |wanted: &Sequential| compare_in_order(model, wanted);
    in_order(wanted).or_else(|fault| match in_other_order(wanted) {
        Some(other) => in_order(&other).map_err(|_| fault),
        None => Err(fault),
    })?;
    for layer in model.layers() {
        let Some(kernel) = layer.kernel() else { continue };
        let (weights, name) = (numbers(kernel)?, layer.name());
        if weights.iter().any(|w| !w.is_finite()) {
            return Err(Fault::new("nan", format!("la couche « {name} » contient des `NaN`.")));
        }
        if weights.iter().all(|w| *w == 0.0) {
            let found = format!("tous les poids de la couche « {name} » sont nuls.");
            return Err(Fault::new("poids nuls", found));
        }
    }
    Ok(())
}

/// Compares a compiled network with `wanted`.
pub(super) fn compare_compiled(model: &Model, wanted: &Sequential) -> Finding {
    compare(model, wanted)?;
    compiled_as_asked(model)?;
    named(model, wanted.name.as_str())?;
    Ok(all_there(model, wanted))
}

/// Refuses a network that is not compiled with Adam and the cross-entropy.
pub(super) fn compiled_as_asked(model: &Model) -> Result<(), Fault> {
    let Ok(training) = model.training() else { return Err(not_compiled()) };
    // The notebooks train on at a tenth of the usual rate.
    let rates = if has_learnt(model)? { &[1e-3, 1e-4][..] } else { &[1e-3] };
    is_adam(Some(&training.optimizer), rates)?;
    if training.loss != Loss::CategoricalCrossentropy {
        let found = format!("le réseau est compilé avec `Loss::{:?}`.", training.loss);
        return Err(Fault::new("fonction de perte", found));
    }
    Ok(())
}

/// Whether a training has moved its biases, which are zeros at first.
fn has_learnt(model: &Model) -> Result<bool, Fault> {
    for bias in model.layers().iter().filter_map(Layer::bias) {
        if numbers(bias)?.iter().any(|value| *value != 0.0) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Refuses another name than that of the statement, for half of the points.
pub(super) fn named(model: &Model, name: &str) -> Result<(), Fault> {
    if model.name() == name {
        return Ok(());
    }
    let found = format!("le réseau se nomme « {} », au lieu de « {name} ».", model.name());
    Err(Fault::new("nom du réseau", found).worth(0.5))
}

/// What is said of a right network.
pub(super) fn all_there(model: &Model, wanted: &Sequential) -> String {
    let (layers, parameters) = (wanted.layers.len(), model.trainable_count());
    format!("les {layers} couches y sont, avec {parameters} paramètres.")
}

pub(super) fn not_compiled() -> Fault {
    Fault::new("pas compilé", "le réseau n'est pas compilé.")
}

/// Dropout and flatten side by side do the same in either order.
fn in_other_order(wanted: &Sequential) -> Option<Sequential> {
    let is_pair = |pair: &[NamedSpec]| {
        matches!((kind(&pair[0].spec), kind(&pair[1].spec)), ('O', 'F') | ('F', 'O'))
    };
    let at = wanted.layers.windows(2).position(is_pair)?;
    let mut other = wanted.clone();
    other.layers.swap(at, at + 1);
    Some(other)
}

fn compare_in_order(model: &Model, wanted: &Sequential) -> Result<(), Fault> {
    // A network that takes flat images may flatten them itself.
    let flat = wanted.input_shape.len() == 1;
    let mut layers = joined(model);
    layers.retain(|(_, spec)| !(flat && *spec == LayerSpec::Flatten));
    let found: String = layers.iter().map(|(_, spec)| kind(spec)).collect();
    let kinds: String = wanted.layers.iter().map(|layer| kind(&layer.spec)).collect();
    if let Some(mistake) = wrong_kinds(&found, &kinds) {
        let names: Vec<&str> = model.layers().iter().map(|l| l.spec().kind()).collect();
        let found = format!("les couches de votre réseau : `{}`.", names.join(" → "));
        return Err(Fault::new(mistake, found));
    }
    let pixels = |shape: &[usize]| shape.iter().product::<usize>();
    let same = match flat {
        true => pixels(model.input_shape()) == pixels(&wanted.input_shape),
        false => model.input_shape() == wanted.input_shape,
    };
    if !same {
        let found = format!("l'entrée a la forme `{:?}`.", model.input_shape());
        return Err(Fault::new("entrée", found));
    }
    let found = widths(layers.iter().map(|(_, spec)| spec));
    let mut asked = widths(wanted.layers.iter().map(|layer| &layer.spec));
    let right = found == asked;
    asked.reverse();
    if !right && found == asked {
        let found = format!("les couches denses ont {found:?} neurones.");
        return Err(Fault::new("couches échangées", found));
    }
    for (i, ((name, spec), want)) in layers.iter().zip(&wanted.layers).enumerate() {
        let last = i + 1 == layers.len();
        if let Some((mistake, found)) = wrong_settings(spec, &want.spec, last) {
            return Err(Fault::new(mistake, format!("la couche « {name} » {found}.")));
        }
    }
    Ok(())
}

/// The layers with their names, an activation of its own joined to the layer before it.
fn joined(model: &Model) -> Vec<(String, LayerSpec)> {
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

/// The widths of the dense layers.
pub(super) fn widths<'a>(specs: impl Iterator<Item = &'a LayerSpec>) -> Vec<usize> {
    let width = |spec: &LayerSpec| match spec {
        LayerSpec::Dense { units, .. } => Some(*units),
        _ => None,
    };
    specs.filter_map(width).collect()
}

/// The kind of a layer, one letter each, so that kinds can be counted and compared.
pub(super) fn kind(spec: &LayerSpec) -> char {
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

/// The mistake in the kinds or the order of the layers.
fn wrong_kinds(found: &str, wanted: &str) -> Option<&'static str> {
    let fewer = |kind| found.matches(kind).count() < wanted.matches(kind).count();
    let others = |text: &str| text.replace('O', "");
    let dense = |text: &str| text.chars().all(|kind| kind == 'D');
    Some(match () {
        () if found == wanted => return None,
        () if dense(wanted) && !dense(found) => "couche inattendue",
        () if fewer('C') => "convolution manquante",
        () if fewer('N') => "normalisation manquante",
        () if fewer('P') && found.contains('A') => "pooling moyen",
        () if fewer('P') => "pooling manquant",
        () if fewer('O') => "dropout manquant",
        () if fewer('B') && found.contains('G') => "un seul sens",
        () if fewer('B') => "couche récurrente manquante",
        () if fewer('D') => "couche dense manquante",
        () if found.len() > wanted.len() => "couche en trop",
        () if others(found) == others(wanted) && found.ends_with('O') => "dropout sur la sortie",
        () if others(found) == others(wanted) => "dropout mal placé",
        () => "ordre",
    })
}

/// The mistake in one layer's settings, and what was found; `last` is the output.
fn wrong_settings(
    found: &LayerSpec,
    wanted: &LayerSpec,
    last: bool,
) -> Option<(&'static str, String)> {
    use LayerSpec::{Bidirectional, Conv2d, Dense, Dropout, MaxPool2d, Reshape};
    let advances = |[down, right]: [usize; 2]| ("pas", format!("avance de {down}×{right}"));
    match (found, wanted) {
        (
            Conv2d { filters, kernel_size: [a, b], stride, padding, .. },
            Conv2d { filters: asked, kernel_size: [c, d], stride: step, padding: border, .. },
        ) => {
            if filters != asked {
                return Some(("filtres", format!("a {filters} filtres au lieu de {asked}")));
            }
            if (a, b) != (c, d) {
                return Some(("taille du noyau", format!("a des noyaux {a}×{b}, pas {c}×{d}")));
            }
            if padding != border {
                let found = format!("a la bordure `{padding:?}` au lieu de `{border:?}`");
                return Some(("bordure", found));
            }
            if stride != step {
                return Some(advances(*stride));
            }
        }
        (MaxPool2d { size, stride }, MaxPool2d { size: asked, stride: step }) => {
            if size != asked {
                let [a, b] = size;
                return Some(("taille du pooling", format!("a des fenêtres {a}×{b}")));
            }
            if stride != step {
                return Some(advances(*stride));
            }
        }
        (Dense { units, .. }, Dense { units: asked, .. }) if units != asked => {
            let mistake = if last { "largeur de sortie" } else { "largeur" };
            return Some((mistake, format!("a {units} neurones au lieu de {asked}")));
        }
        (Dropout { rate }, Dropout { rate: asked }) if (rate - asked).abs() > 1e-9 => {
            return Some(("taux du dropout", format!("a le taux {rate} au lieu de {asked}")));
        }
        // The other setting leaves no choice: the next layer would not fit.
        (Bidirectional { layer }, Bidirectional { layer: asked }) if layer != asked => {
            return Some(("unités", "n'est pas celle de l'énoncé".into()));
        }
        (Reshape { shape }, Reshape { shape: asked }) if shape != asked => {
            return Some(("découpage", format!("découpe en {shape:?} au lieu de {asked:?}")));
        }
        _ => {}
    }
    match found.activation() {
        activation if activation == wanted.activation() => None,
        other => {
            let mistake = match other {
                Activation::Linear if last => "softmax oublié",
                Activation::Linear => "relu oubliée",
                _ if last => "activation de sortie",
                Activation::Softmax => "softmax partout",
                _ => "activation cachée",
            };
            Some((mistake, format!("a l'activation `{other:?}`")))
        }
    }
}
