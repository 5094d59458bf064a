//! The structure of a network as a drawing, from left to right.
//!
//! Images are drawn as stacked sheets, as many as channels (eight at most),
//! vectors as columns of discs; sizes grow with the logarithm, so that 10 and
//! 784 neurons stand side by side.

use super::figure::{Figure, nothing_to_show};
use super::palette::{BLUE, Color, GREY, PAPER, VERMILION};
use super::svg::{Canvas, Style, text_width};
use crate::Result;
use crate::french::count;
use crate::nn::Model;

/// Height of the drawn part.
const TALL: f64 = 150.0;
/// Most layers in a row.
const PER_ROW: usize = 9;

/// One stop of the drawing: a name, what it is, and the shape of what leaves it.
#[derive(Clone, Debug)]
pub(super) struct Stage {
    /// The layer's name.
    pub name: String,
    /// Its kind in a few words.
    pub kind: String,
    /// The shape of one sample after it.
    pub shape: Vec<usize>,
}

/// A drawing of the stages of a network.
///
/// # Errors
/// Without stages.
pub(super) fn plot_structure(title: &str, stages: &[Stage]) -> Result<Figure> {
    if stages.is_empty() {
        return Err(nothing_to_show("stages", "au moins une couche"));
    }
    let (mut canvas, mut words) = (Canvas::default(), Vec::new());
    let wide = stages
        .iter()
        .map(|s| text_width(&s.kind, 11.0).max(text_width(&s.name, 13.0)))
        .fold(96.0, f64::max)
        + 14.0;
    let row_height = TALL + 62.0;
    let rows = stages.len().div_ceil(PER_ROW);
    let per_row = stages.len().div_ceil(rows);
    for (i, stage) in stages.iter().enumerate() {
        let (x, y) = ((i % per_row) as f64 * wide, (i / per_row) as f64 * row_height);
        let center = (x + wide / 2.0, y + TALL / 2.0);
        let half = match stage.shape.as_slice() {
            [h, w, c] => sheets(&mut canvas, center, *h, *w, *c),
            other => discs(&mut canvas, center, other.iter().product()),
        };
        let shape: Vec<String> = stage.shape.iter().map(|n| count(*n)).collect();
        let shape = shape.join(" × ");
        canvas.text((center.0, y + TALL + 14.0), &stage.name, Style::size(13.0).bold().middle());
        canvas.text(
            (center.0, y + TALL + 30.0),
            &stage.kind,
            Style::size(11.0).color(GREY).middle(),
        );
        canvas.text((center.0, y + TALL + 46.0), &shape, Style::size(12.0).middle());
        if i + 1 < stages.len() && (i + 1) % per_row > 0 {
            arrow(&mut canvas, (center.0 + half + 4.0, center.1), x + wide + 10.0);
        }
        words.push(format!("{} ({}, {shape})", stage.name, stage.kind));
    }
    let alt = format!("De gauche à droite : {}.", words.join(", puis "));
    let width = (per_row as f64 * wide).max(text_width(title, 15.0));
    Ok(Figure::new(title, &alt, width, rows as f64 * row_height - 8.0, canvas))
}

/// An arrow of fixed length to the right of a stage.
fn arrow(canvas: &mut Canvas, (x, y): (f64, f64), end: f64) {
    let end = end.max(x + 10.0);
    canvas.line((x, y), (end - 5.0, y), GREY, 1.5, "");
    canvas.polygon(&[(end - 7.0, y - 4.0), (end - 7.0, y + 4.0), (end, y)], GREY);
}

/// Sheets for `c` maps of `h × w`; returns half their width.
fn sheets(canvas: &mut Canvas, (x, y): (f64, f64), h: usize, w: usize, c: usize) -> f64 {
    let side = |n: usize| 10.0 + 52.0 * (n.max(1) as f64 / 28.0).min(1.2);
    let (height, width) = (side(h), side(w));
    let sheets = c.clamp(1, 8);
    let shift = 4.0;
    let spread = shift * (sheets - 1) as f64;
    for i in 0..sheets {
        let k = i as f64 * shift - spread / 2.0;
        let place = (x - width / 2.0 + k, y - height / 2.0 + k, width, height);
        canvas.rect(place, PAPER.mix(BLUE, 0.25 + 0.35 * i as f64 / sheets as f64), None);
        canvas.frame(place, BLUE, 1.0);
    }
    (width + spread) / 2.0
}

/// A column of discs for `n` neurons; returns half its width.
fn discs(canvas: &mut Canvas, (x, y): (f64, f64), n: usize) -> f64 {
    let shown = match n {
        0..=10 => n,
        _ => ((n as f64).log2() * 1.4).round().clamp(6.0, 14.0) as usize,
    };
    let step = (TALL / 14.0).min(11.0);
    let cut = n > shown;
    let color: Color = if n <= 10 { VERMILION } else { BLUE };
    let top = y - step * (shown as f64 - 1.0) / 2.0;
    for i in 0..shown {
        let at = top + step * i as f64;
        // Two small dots in the middle say that some are not drawn.
        let gap = cut && (i == shown / 2 || i + 1 == shown / 2);
        let (r, fill) = if gap { (1.2, GREY) } else { (4.2, PAPER.mix(color, 0.75)) };
        canvas.disc((x, at), r, fill, false);
    }
    6.0
}

impl Model {
    /// The structure of the network as a drawing.
    ///
    /// # Errors
    /// Never for a network that was built.
    pub fn drawing(&self) -> Result<Figure> {
        let mut stages = vec![Stage {
            name: "entrée".into(),
            kind: if self.input_shape().len() == 3 { "image" } else { "vecteur" }.into(),
            shape: self.input_shape().to_vec(),
        }];
        for layer in self.layers() {
            let activation = layer.activation().to_string();
            let kind = match activation.as_str() {
                "linear" => layer.spec().kind().to_string(),
                other => format!("{}, {other}", layer.spec().kind()),
            };
            stages.push(Stage {
                name: layer.name().to_string(),
                kind,
                shape: layer.output_shape().to_vec(),
            });
        }
        plot_structure(&format!("Structure du réseau « {} »", self.name()), &stages)
    }
}
