//! The filters of a convolutional layer, in signed colours.

use candle_core::Tensor;

use super::figure::{Figure, nothing_to_show};
use super::grid::ImageGrid;
use super::palette::GREY;
use super::tile::Tile;
use super::words::short;
use crate::french;
use crate::nn::Model;
use crate::{Error, Result};

/// Most filters, and most channels of each, in one figure.
const MOST: usize = 16;

/// The kernels `[kh, kw, c_in, c_out]` of a layer: blue for negative weights,
/// vermilion for positive ones, the paper for zero. Each filter has a scale of its
/// own, whose end is told: on a common one, strong filters would hide weak ones.
///
/// With one input channel, a grid of filters; with several, one row per filter
/// and one column per channel. Beyond 16 of either, the first ones are shown.
///
/// # Errors
/// When the tensor has another number of axes, or is empty.
pub fn plot_filters(title: &str, kernel: &Tensor) -> Result<Figure> {
    let (rows, columns, channels, filters) = match kernel.dims() {
        [kh, kw, c_in, c_out] => (*kh, *kw, *c_in, *c_out),
        other => return Err(Error::shape("kernel", other, "[kh, kw, c_in, c_out]")),
    };
    let values: Vec<f32> = kernel.to_dtype(candle_core::DType::F32)?.flatten_all()?.to_vec1()?;
    if values.is_empty() {
        return Err(nothing_to_show("kernel", "au moins un poids"));
    }
    let largest = |filter: usize| {
        let weights = values.iter().skip(filter).step_by(filters);
        weights.fold(0f32, |m, v| m.max(v.abs()))
    };
    let tile = |channel: usize, filter: usize| {
        let end = largest(filter).max(f32::MIN_POSITIVE);
        let weights: Vec<f32> = (0..rows * columns)
            .map(|i| values[(i * channels + channel) * filters + filter] / end)
            .collect();
        Tile::signed(&weights, columns)
    };
    let many = channels > 1;
    let shown = if many { filters.min(MOST) } else { filters.min(4 * MOST) };
    let scale = |filter: usize| match f64::from(largest(filter)) {
        end if end < 0.01 => format!("± {}", short(end)),
        end => format!("± {}", french::number(end, 2)),
    };
    let mut grid = ImageGrid::new(title).columns(if many { channels.min(MOST) } else { 8 });
    grid = grid.image_width(if many { 40.0 } else { 64.0 });
    for filter in 0..shown {
        for channel in 0..channels.min(MOST) {
            let tile = tile(channel, filter);
            grid = grid.tile(match many {
                true => tile,
                false => tile.caption(format!("n° {filter}")).colored_caption(scale(filter), GREY),
            });
        }
    }
    if many {
        let label = |filter: usize| format!("filtre {filter} ({})", scale(filter));
        grid = grid.row_labels((0..shown).map(label).collect());
    }
    let size = format!("{rows} × {columns}");
    let mut note =
        "bleu : négatif ; orangé : positif ; ± : le plus fort poids du filtre".to_owned();
    if shown < filters || channels > MOST {
        note.push_str(&format!(
            " ; ici {shown} filtres sur {filters}, {} canaux sur {channels}",
            channels.min(MOST)
        ));
    }
    let ends: Vec<String> = (0..shown).map(scale).collect();
    let alt = format!(
        "{} de {size} sur {} d'entrée, leurs plus forts poids : {}. {note}.",
        french::plural(filters, "filtre"),
        if channels > 1 { format!("{channels} canaux") } else { "un canal".to_owned() },
        ends.join(" ; "),
    );
    grid.describe(alt).note(&note).figure()
}

impl Model {
    /// The filters of the convolutional layer `name`.
    ///
    /// # Errors
    /// When there is no such layer, or it is not a convolution.
    pub fn plot_filters(&self, name: &str) -> Result<Figure> {
        let kernel = self.layer(name)?.kernel().filter(|kernel| kernel.rank() == 4);
        let kernel = kernel.ok_or_else(|| {
            Error::parameter(format!("couche « {name} »"), "sans filtres", "une couche conv2d")
        })?;
        plot_filters(&format!("Filtres de la couche « {name} »"), kernel)
    }
}
