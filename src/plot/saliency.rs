//! Saliency: which pixels the network's answer hangs on.
//!
//! `s[i, j] = |∂ z_winner / ∂ x[i, j]|`, with `z` the sums before softmax: where
//! it is large, a slightly different grey would change the answer most.

use candle_core::{DType, Tensor, Var};

use super::figure::Figure;
use super::grid::ImageGrid;
use super::palette::{Color, PAPER, VERMILION};
use super::tile::Tile;
use crate::french;
use crate::nn::Model;
use crate::{Error, Result};

/// An image beside its saliency and the one over the other. Both hold the same
/// number of values, the image `columns` a row.
fn draw(title: &str, alt: &str, image: &[f32], saliency: &[f32], columns: usize) -> Result<Figure> {
    let largest = saliency.iter().copied().fold(0f32, f32::max).max(f32::MIN_POSITIVE);
    let heat = |s: f32| f64::from(s / largest);
    let ink = |v: f32| PAPER.mix(Color(0, 0, 0), f64::from(v));
    let both: Vec<(f32, f32)> = image.iter().copied().zip(saliency.iter().copied()).collect();
    ImageGrid::new(title)
        .columns(3)
        .image_width(224.0)
        .tile(Tile::mapped(image, columns, |v| ink(*v)).caption("image"))
        .tile(
            Tile::mapped(saliency, columns, |s| PAPER.mix(VERMILION, heat(*s)))
                .caption("saillance"),
        )
        .tile(
            Tile::mapped(&both, columns, |(v, s)| ink(0.45 * v).mix(VERMILION, heat(*s)))
                .caption("les deux"),
        )
        .note("plus l'orangé est foncé, plus la réponse dépend de ce pixel")
        .describe(alt)
        .figure()
}

impl Model {
    /// The gradient of the winning class's sum with respect to each value of
    /// one image `x`, `[1, …]`, in absolute value, and that class.
    ///
    /// # Errors
    /// When `x` is not one image of the shape that the network takes.
    pub fn saliency(&self, x: &Tensor) -> Result<(Tensor, u32)> {
        if x.dims().first() != Some(&1) {
            let expected = "une seule image, [1, …] (voyez `narrow(0, i, 1)`)";
            return Err(Error::shape("x", x.dims(), expected));
        }
        let input = Var::from_tensor(&x.detach())?;
        let sums = self.logits(input.as_tensor())?;
        let winner = sums.squeeze(0)?.argmax(0)?.to_scalar::<u32>()?;
        let gradients = sums.narrow(1, winner as usize, 1)?.sum_all()?.backward()?;
        let gradient = match gradients.get(&input) {
            Some(gradient) => gradient.abs()?,
            None => x.zeros_like()?,
        };
        Ok((gradient, winner))
    }

    /// One image `x`, `[1, 28, 28, 1]` or `[1, 784]`, with the pixels on which
    /// the answer hangs.
    ///
    /// # Errors
    /// As [`Model::saliency`].
    pub fn plot_saliency(&self, x: &Tensor) -> Result<Figure> {
        let (saliency, winner) = self.saliency(x)?;
        let columns = match x.dims() {
            [_, _, w, 1] => *w,
            [_, 784] => 28,
            other => return Err(Error::shape("x", other, "[1, h, l, 1] ou [1, 784]")),
        };
        let probability = self.predict(x)?.flatten_all()?.to_vec1::<f32>()?[winner as usize];
        let share = french::percent(f64::from(probability), 1);
        let title = format!("Saillance de la réponse {winner} ({share})");
        let alt = format!(
            "L'image, la saillance de chaque pixel pour la réponse {winner}, et les deux superposées."
        );
        let values = |t: &Tensor| t.to_dtype(DType::F32)?.flatten_all()?.to_vec1::<f32>();
        draw(&title, &alt, &values(x)?, &values(&saliency)?, columns)
    }
}
