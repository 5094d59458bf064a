//! The table of a network's layers, in the manner of Keras.

use std::fmt;

use super::table::Table;
use crate::display::display;
use crate::french;
use crate::nn::{Model, Summary};

impl Summary {
    /// Layers, output shapes, parameters, and the totals.
    pub fn table(&self) -> Table {
        let title = format!("Réseau « {} »", self.name);
        let headers = ["Couche", "Type", "Forme de sortie", "Paramètres"];
        let mut table = Table::new(&title, &headers);
        for row in &self.rows {
            let axes: Vec<String> = row.output_shape.iter().map(usize::to_string).collect();
            let shape = format!("(n, {})", axes.join(", "));
            table.push(&[&row.name, &row.kind, &shape, &french::count(row.params)]);
        }
        let totals = [
            ("Paramètres", self.trainable + self.non_trainable),
            ("entraînables", self.trainable),
            ("non entraînables", self.non_trainable),
        ];
        for (name, count) in totals {
            table.push(&[name, "", "", &french::count(count)]);
        }
        table.totals(totals.len())
    }

    /// Shows the table below the cell (evcxr calls it on the last expression).
    pub fn evcxr_display(&self) {
        display(&self.table().bundle());
    }
}

impl fmt::Debug for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.table(), f)
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// The weights are too many to print: a network shows its summary.
impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.summary(), f)
    }
}

impl Model {
    /// Shows the summary below the cell (evcxr calls it on the last expression).
    pub fn evcxr_display(&self) {
        self.summary().evcxr_display();
    }
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    #[test]
    fn the_summary_counts_parameters_as_keras_does() {
        let model = Sequential::new("cnn", (28, 28, 1))
            .conv2d("C1", 6, 5, Padding::Same, Activation::Relu)
            .batch_norm("N1")
            .max_pool2d("P1", 2)
            .flatten("F")
            .dense("C2", 10, Activation::Softmax)
            .build()
            .unwrap();
        let text = model.summary().to_string();
        for part in ["(n, 28, 28, 6)", "156", "24", "11\u{202f}770", "11\u{202f}938"] {
            assert!(text.contains(part), "{part} dans\n{text}");
        }
    }
}
