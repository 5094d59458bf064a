//! The table of a network's layers, shapes and parameters, as in Keras.

use std::fmt;

use super::{Layer, Model};

/// Summary of a network; displays as a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// Name of the network.
    pub name: String,
    /// Name, kind, output shape and number of parameters of each layer.
    pub rows: Vec<SummaryRow>,
    /// Number of values that training moves.
    pub trainable: usize,
    /// Number of values that it does not move.
    pub non_trainable: usize,
}

/// One layer of a [`Summary`].
#[derive(Clone, Debug, PartialEq)]
pub struct SummaryRow {
    /// Name given by the student.
    pub name: String,
    /// Kind, as in Keras.
    pub kind: String,
    /// Shape of one output sample.
    pub output_shape: Vec<usize>,
    /// Number of parameters, trainable or not.
    pub params: usize,
}

impl Model {
    /// The table of layers, output shapes and parameters.
    pub fn summary(&self) -> Summary {
        let row = |l: &Layer| SummaryRow {
            name: l.name().to_owned(),
            kind: l.spec().kind().to_owned(),
            output_shape: l.output_shape().to_vec(),
            params: l.trainable_count() + l.non_trainable_count(),
        };
        Summary {
            name: self.name().to_owned(),
            rows: self.layers().iter().map(row).collect(),
            trainable: self.trainable_count(),
            non_trainable: self.layers().iter().map(Layer::non_trainable_count).sum(),
        }
    }
}

impl SummaryRow {
    fn shape(&self) -> String {
        let axes: Vec<String> = self.output_shape.iter().map(usize::to_string).collect();
        format!("(n, {})", axes.join(", "))
    }
}

/// Digits in groups of three, with the narrow space of French typography.
pub(crate) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let label = |r: &SummaryRow| format!("{} ({})", r.name, r.kind);
        let width = |w: usize, text: &str| w.max(text.chars().count());
        let first = self.rows.iter().fold(17, |w, r| width(w, &label(r)));
        let second = self.rows.iter().fold(18, |w, r| width(w, &r.shape()));
        let rule = |left, middle, right| {
            let (a, b) = ("─".repeat(first + 2), "─".repeat(second + 2));
            format!("{left}{a}{middle}{b}{middle}{}{right}", "─".repeat(13))
        };
        writeln!(f, "Réseau « {} »", self.name)?;
        writeln!(f, "{}", rule("┌", "┬", "┐"))?;
        let head = ("Couche (type)", "Forme de sortie", "Paramètres");
        writeln!(f, "│ {:<first$} │ {:<second$} │ {:>11} │", head.0, head.1, head.2)?;
        writeln!(f, "{}", rule("├", "┼", "┤"))?;
        for row in &self.rows {
            let params = grouped(row.params);
            writeln!(f, "│ {:<first$} │ {:<second$} │ {params:>11} │", label(row), row.shape())?;
        }
        writeln!(f, "{}", rule("└", "┴", "┘"))?;
        let total = self.trainable + self.non_trainable;
        writeln!(f, "Paramètres : {}", grouped(total))?;
        writeln!(f, "  entraînables : {}", grouped(self.trainable))?;
        write!(f, "  non entraînables : {}", grouped(self.non_trainable))
    }
}
