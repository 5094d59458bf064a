//! The images to which each filter of a layer responds most: what it looks for.

use candle_core::Tensor;

use super::figure::Figure;
use super::grid::{ImageGrid, pixels};
use super::palette::GREY;
use super::tile::Tile;
use crate::data::Dataset;
use crate::french;
use crate::nn::Model;
use crate::ops::Pass;
use crate::{Error, Result};

/// Images of one forward pass.
const BATCH: usize = 500;
/// Most filters in one figure.
const MOST: usize = 16;

impl Model {
    /// For each filter of the layer `name` (each neuron, for a dense layer),
    /// the `k` images of `set` to which its response is largest, best first.
    /// The response of a filter to an image is the maximum of its map.
    ///
    /// # Errors
    /// When there is no such layer, `k` is not in 1..=20, or the images do not
    /// suit the network.
    pub fn plot_best_inputs(&self, name: &str, set: &Dataset, k: usize) -> Result<Figure> {
        if !(1..=20).contains(&k) {
            return Err(Error::parameter("k", k, "de 1 à 20 images par filtre"));
        }
        let responses = self.responses(name, set)?;
        let filters = responses.first().map_or(0, Vec::len);
        let mut grid = ImageGrid::new(&format!(
            "Images qui excitent le plus les filtres de « {name} » ({})",
            set.name
        ))
        .columns(k)
        .image_width(48.0);
        let (mut rows, mut words) = (Vec::new(), Vec::new());
        for filter in 0..filters.min(MOST) {
            let mut order: Vec<u32> = (0..responses.len() as u32).collect();
            let response = |i: &u32| responses[*i as usize][filter];
            order.sort_by(|a, b| response(b).total_cmp(&response(a)).then(a.cmp(b)));
            order.truncate(k);
            let (bytes, h, w) = pixels(&set.select(&order)?.images)?;
            for (image, i) in bytes.chunks_exact(h * w).zip(&order) {
                let value = french::number(f64::from(response(i)), 2);
                grid = grid.tile(Tile::ink(image, w).colored_caption(value, GREY));
            }
            let labels: Result<Vec<String>> =
                order.iter().map(|i| Ok(set.label(*i as usize)?.to_string())).collect();
            words.push(format!("filtre {filter} : {}", labels?.join(" ")));
            rows.push(format!("filtre {filter}"));
        }
        let mut alt = format!("Étiquettes des images, {}.", words.join(" ; "));
        if filters > MOST {
            alt.push_str(&format!(" Les {MOST} premiers filtres sur {filters}."));
        }
        grid.row_labels(rows).describe(alt).figure()
    }

    /// The response of each filter of a layer to each image: `[n][filters]`.
    fn responses(&self, name: &str, set: &Dataset) -> Result<Vec<Vec<f32>>> {
        self.layer(name)?;
        let mut responses = Vec::with_capacity(set.len());
        for start in (0..set.len()).step_by(BATCH) {
            let part = set.slice(start..(start + BATCH).min(set.len()))?.to_f32()?;
            let mut shape = vec![part.dims()[0]];
            shape.extend(self.input_shape());
            let mut x: Tensor = part.reshape(shape)?;
            for layer in self.layers() {
                x = layer.forward(&x, Pass::INFERENCE)?;
                if layer.name() == name {
                    break;
                }
            }
            let response = match x.rank() {
                4 => x.max(1)?.max(1)?,
                _ => x.flatten_from(1)?,
            };
            responses.extend(response.to_vec2::<f32>()?);
        }
        Ok(responses)
    }
}
