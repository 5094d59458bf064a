//! The confusion matrix as a heat map with its counts.
//!
//! The diagonal (right) is blue, the rest (wrong) vermilion, each shaded on a
//! scale of its own: on one common scale the thousand right answers would leave
//! a dozen mistakes invisible, and these are what the matrix is read for.

use super::figure::{Figure, nothing_to_show};
use super::palette::{BLUE, GREY, PAPER, RULE, VERMILION};
use super::svg::{Canvas, Style};
use crate::display::{display, display_html, escape};
use crate::eval::ConfusionMatrix;
use crate::french::{count, percent};
use crate::{Error, Result};

/// Side of a cell.
const CELL: f64 = 46.0;

impl ConfusionMatrix {
    /// The matrix as a heat map with its counts; rows: true class, columns:
    /// predicted class.
    ///
    /// # Errors
    /// With more than 40 classes, which a page cannot show.
    pub fn plot(&self) -> Result<Figure> {
        let title = format!("Matrice de confusion (précision {})", percent(self.accuracy(), 2));
        plot_confusion(&title, self.counts(), self.classes())
    }

    /// Shows the heat map below the cell (evcxr calls it on the last expression).
    pub fn evcxr_display(&self) {
        match self.plot() {
            Ok(figure) => {
                let plain = format!("{self:?}");
                display(&figure.bundle().with("text/plain", plain));
            }
            Err(_) => display_html(
                &format!("<pre>{}</pre>", escape(&format!("{self:?}"))),
                &format!("{self:?}"),
            ),
        }
    }
}

/// Draws `counts`, `classes × classes`, rows the true class and columns the
/// predicted one.
fn plot_confusion(title: &str, counts: &[usize], classes: usize) -> Result<Figure> {
    if classes == 0 || counts.is_empty() {
        return Err(nothing_to_show("counts", "au moins une classe"));
    }
    if classes > 40 || counts.len() != classes * classes {
        return Err(Error::shape("counts", counts.len(), "n × n nombres, n ≤ 40"));
    }
    let at = |row: usize, column: usize| counts[row * classes + column];
    let total: usize = counts.iter().sum();
    let right: usize = (0..classes).map(|c| at(c, c)).sum();
    let cells = || (0..classes).flat_map(|r| (0..classes).map(move |c| (r, c)));
    let worst = cells().filter(|(r, c)| r != c).map(|(r, c)| at(r, c)).max().unwrap_or(0);
    let (left, top) = (54.0, 44.0);
    let side = classes as f64 * CELL;
    let mut canvas = Canvas::default();
    for (row, column) in cells() {
        let n = at(row, column);
        let support: usize = (0..classes).map(|c| at(row, c)).sum();
        let color = if row == column {
            PAPER.mix(BLUE, 0.9 * n as f64 / support.max(1) as f64)
        } else {
            PAPER.mix(VERMILION, 0.85 * n as f64 / worst.max(1) as f64)
        };
        let (x, y) = (left + column as f64 * CELL, top + row as f64 * CELL);
        let tip = format!(
            "classe réelle {row}, classe prédite {column} : {} sur {} ({})",
            count(n),
            count(support),
            percent(n as f64 / support.max(1) as f64, 1)
        );
        canvas.rect((x, y, CELL, CELL), color, Some(&tip));
        let style = Style::size(13.0).middle();
        let style = match n {
            0 => style.color(GREY),
            _ => style.color(color.ink()),
        };
        let style = if row == column { style.bold() } else { style };
        canvas.text((x + CELL / 2.0, y + CELL / 2.0 + 5.0), &count(n), style);
    }
    for i in 0..=classes {
        let k = i as f64 * CELL;
        canvas.line((left + k, top), (left + k, top + side), RULE, 1.0, "");
        canvas.line((left, top + k), (left + side, top + k), RULE, 1.0, "");
    }
    for class in 0..classes {
        let middle = (class as f64 + 0.5) * CELL;
        let style = Style::size(13.0).bold();
        canvas.text((left + middle, top - 8.0), &class.to_string(), style.middle());
        canvas.text((left - 9.0, top + middle + 5.0), &class.to_string(), style.end());
    }
    let axis = Style::size(13.0).middle();
    canvas.text((left + side / 2.0, 14.0), "classe prédite", axis);
    canvas.text_up((16.0, top + side / 2.0), "classe réelle", axis);
    let note =
        "bleu : bien classées, selon leur part de la ligne ; orangé : erreurs, selon leur nombre";
    canvas.text((0.0, top + side + 22.0), note, Style::size(11.0).color(GREY));
    let alt = alternative(total, right, worst, &at, classes);
    Ok(Figure::new(title, &alt, left + side + 6.0, top + side + 26.0, canvas))
}

fn alternative(
    total: usize,
    right: usize,
    worst: usize,
    at: &dyn Fn(usize, usize) -> usize,
    classes: usize,
) -> String {
    let share = percent(right as f64 / total.max(1) as f64, 2);
    let mut alt = format!(
        "Matrice de {classes} classes, lignes : classe réelle, colonnes : classe prédite. \
         {} réponses justes sur {} ({share}).",
        count(right),
        count(total)
    );
    if worst > 0 {
        let pairs: Vec<String> = (0..classes)
            .flat_map(|r| (0..classes).map(move |c| (r, c)))
            .filter(|(r, c)| r != c && at(*r, *c) == worst)
            .map(|(r, c)| format!("{r} pris pour {c}"))
            .collect();
        alt.push_str(&format!(
            " Confusion la plus fréquente : {}, {worst} fois.",
            pairs.join(", ")
        ));
    }
    alt
}
