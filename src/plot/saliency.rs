//! Saliency: which pixels the network's answer hangs on.
//!
//! `s[i, j] = |∂ z_winner / ∂ x[i, j]|`, with `z` the sums before softmax: where
//! it is large, a slightly different grey would change the answer most.

use candle_core::{DType, Tensor, Var};

use super::figure::Figure;
use super::grid::ImageGrid;
use super::tile::Tile;
use crate::french;
use crate::nn::Model;
use crate::{Error, Result};

/// Most images in one figure.
const MOST: usize = 12;

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

    /// Images `x`, `[n, 28, 28, 1]` or `[n, 784]`, a row each: the image, the pixels
    /// on which the answer hangs, and the one over the other.
    ///
    /// # Errors
    /// As [`Model::saliency`], and with more than twelve images.
    pub fn plot_saliency(&self, x: &Tensor) -> Result<Figure> {
        let columns = match x.dims() {
            [1..=MOST, _, w, 1] => *w,
            [1..=MOST, 784] => 28,
            other => {
                let expected = format!("[n, h, l, 1] ou [n, 784], n de 1 à {MOST}");
                return Err(Error::shape("x", other, expected));
            }
        };
        let count = x.dims()[0];
        let values = |t: &Tensor| t.to_dtype(DType::F32)?.flatten_all()?.to_vec1::<f32>();
        let (mut grid, mut labels) = (ImageGrid::new(""), Vec::new());
        for i in 0..count {
            let one = x.narrow(0, i, 1)?;
            let (saliency, winner) = self.saliency(&one)?;
            let probability = self.predict(&one)?.flatten_all()?.to_vec1::<f32>()?[winner as usize];
            labels.push(format!("{winner} ({})", french::percent(f64::from(probability), 1)));
            let (image, saliency) = (values(&one)?, values(&saliency)?);
            let largest = saliency.iter().copied().fold(0f32, f32::max).max(f32::MIN_POSITIVE);
            let heat: Vec<f32> = saliency.iter().map(|s| s / largest).collect();
            let pale: Vec<f32> = image.iter().map(|v| 0.45 * v).collect();
            let tiles = [
                Tile::heat(&image, &[], columns),
                Tile::heat(&[], &heat, columns),
                Tile::heat(&pale, &heat, columns),
            ];
            for (tile, name) in tiles.into_iter().zip(["image", "saillance", "les deux"]) {
                grid = grid.tile(if i + 1 == count { tile.caption(name) } else { tile });
            }
        }
        let (title, rows) = match labels.as_slice() {
            [one] => (format!("Saillance de la réponse {one}"), Vec::new()),
            _ => (format!("Saillance de {count} réponses"), labels.clone()),
        };
        let alt = format!(
            "L'image, la saillance de chaque pixel et les deux superposées, pour les réponses : {}.",
            labels.join(" ; ")
        );
        grid.title(&title)
            .columns(3)
            .image_width(if count == 1 { 224.0 } else { 132.0 })
            .row_labels(rows)
            .note("plus l'orangé est vif, plus la réponse dépend de ce pixel")
            .describe(alt)
            .figure()
    }
}
