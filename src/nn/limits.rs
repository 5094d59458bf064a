//! How large a network may be: what a file announces, or a slip of the keyboard
//! asks for, is refused before any memory is asked for.
//!
//! The bounds are far above what a laptop trains, and such that no product of sizes
//! overflows.

use crate::french::count;
use crate::{Error, Result};

/// Weights of a network: 1 GiB.
pub(super) const WEIGHTS: usize = 1 << 28;
/// Values that one image has on its way: 64 MiB.
pub(super) const VALUES: usize = 1 << 24;
/// Values of a recurrent layer's memory: the first weights of more, at right angles
/// to each other, would take minutes.
pub(super) const UNITS: usize = 1 << 10;
/// Layers of a network.
pub(super) const LAYERS: usize = 1000;

/// The product of `axes`, which are those of one image.
pub(super) fn values(place: &str, axes: &[usize]) -> Result<usize> {
    product(axes, VALUES).ok_or_else(|| {
        Error::shape(place, axes, format!("au plus {} valeurs par image", count(VALUES)))
    })
}

/// The product of `axes`, which are those of a parameter.
pub(super) fn weights(place: &str, axes: &[usize]) -> Result<usize> {
    product(axes, WEIGHTS).ok_or_else(|| {
        Error::shape(place, axes, format!("au plus {} poids dans un réseau", count(WEIGHTS)))
    })
}

/// A number of things, at most `max`.
pub(super) fn at_most(name: &str, found: usize, max: usize) -> Result<()> {
    if found <= max {
        return Ok(());
    }
    Err(Error::parameter(name, count(found), format!("au plus {}", count(max))))
}

fn product(axes: &[usize], max: usize) -> Option<usize> {
    let product = axes.iter().try_fold(1usize, |product, axis| product.checked_mul(*axis))?;
    (product <= max).then_some(product)
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    fn refused(network: Sequential) -> String {
        network.build().err().unwrap().to_string()
    }

    fn image() -> Sequential {
        Sequential::new("r", (28, 28, 1))
    }

    #[test]
    fn a_layer_of_a_thousand_million_neurons_is_refused() {
        let said = refused(Sequential::new("r", 784).dense("C1", 1_000_000_000, Activation::Relu));
        assert!(said.contains("«\u{a0}C1\u{a0}»"), "{said}");
        assert!(said.contains("1\u{202f}000\u{202f}000\u{202f}000"), "{said}");
        // Each size makes sense, not their product.
        let wide = Sequential::new("r", 1 << 15).dense("C1", 1 << 15, Activation::Relu);
        let said = refused(wide);
        assert!(said.contains("268\u{202f}435\u{202f}456 poids"), "{said}");
        // Nor the sum of the layers.
        let tall = (0..5).fold(Sequential::new("r", 8000), |network, i| {
            network.dense(format!("C{i}"), 8000, Activation::Relu)
        });
        assert!(refused(tall).contains("C4"));
    }

    #[test]
    fn an_input_or_reshape_without_measure_is_refused() {
        let said = refused(Sequential::new("r", (30_000, 30_000, 1)).flatten("F"));
        assert!(said.contains("[30000, 30000, 1]") && said.contains("par image"), "{said}");
        assert!(refused(Sequential::new("r", (usize::MAX, 2)).flatten("F")).contains("par image"));
        let two_to_32 = 1usize << 32;
        let said = refused(image().reshape("R", (two_to_32, two_to_32)));
        assert!(said.contains("«\u{a0}R\u{a0}»") && said.contains("784 valeurs"), "{said}");
    }

    #[test]
    fn windows_filters_units_and_layers_are_bounded() {
        let conv = |filters, kernel_size, stride, padding| {
            let activation = Activation::Relu;
            let spec = LayerSpec::Conv2d { filters, kernel_size, stride, padding, activation };
            image().layer("C", spec)
        };
        let huge = usize::MAX;
        for network in [
            conv(1 << 20, [3; 2], [1; 2], Padding::Same),
            conv(huge, [1; 2], [1; 2], Padding::Same),
            conv(1, [huge; 2], [1; 2], Padding::Same),
            conv(1, [huge, 1], [1; 2], Padding::Same),
            conv(1, [1 << 13; 2], [1; 2], Padding::Same),
            conv(1, [huge; 2], [1; 2], Padding::Valid),
            image().layer("P", LayerSpec::MaxPool2d { size: [huge; 2], stride: [1; 2] }),
            image().layer("P", LayerSpec::AvgPool2d { size: [huge; 2], stride: [huge; 2] }),
            image().reshape("S", (28, 28)).gru("G", 1025, false),
            image().reshape("S", (28, 28)).gru("G", huge, true),
            image().reshape("S", (28, 28)).bidirectional("G", LayerSpec::gru(1 << 40, true)),
            Sequential::new("r", (1 << 20, 1)).gru("G", 100, false),
            image().dense("C", huge, Activation::Relu),
            Sequential::new("r", 1).dense("C", huge, Activation::Relu),
            (0..1001).fold(image(), |network, i| network.dropout(format!("D{i}"), 0.1)),
        ] {
            let said = refused(network);
            assert!(said.contains("il faut"), "{said}");
        }
        // A step without measure gives one window.
        let network = conv(2, [3; 2], [huge; 2], Padding::Same).build().unwrap();
        assert_eq!(network.layer("C").unwrap().output_shape(), [1, 1, 2]);
        assert!(image().reshape("S", (784, 1)).gru("G", 1024, false).plan().is_ok());
    }
}
