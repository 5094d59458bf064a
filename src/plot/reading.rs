//! From the picture of a page to what a network reads, step by step.

use super::figure::Figure;
use super::grid::ImageGrid;
use super::tile::Tile;
use crate::Result;
use crate::data::digits::{Reading, Step};

/// The steps that are still a picture of the page, not ink.
const PHOTOS: [&str; 2] = ["image en gris", "fond estimé"];
/// Width of a step.
const WIDTH: f64 = 240.0;

impl Reading {
    /// The steps of the preparation side by side.
    ///
    /// # Errors
    /// Without steps, which no reading of this library is.
    pub fn plot_steps(&self) -> Result<Figure> {
        let figures: Result<Vec<Figure>> = self.steps.iter().map(drawn).collect();
        Figure::compose("De la photo au réseau", &figures?, 3)
    }
}

fn drawn(step: &Step) -> Result<Figure> {
    let bytes = step.image.flatten_all()?.to_vec1::<u8>()?;
    let columns = step.image.dim(1)?;
    let photo = PHOTOS.contains(&step.name.as_str());
    let tile = if photo { Tile::photo(&bytes, columns) } else { Tile::ink(&bytes, columns) };
    let grid = ImageGrid::new("").columns(1).image_width(WIDTH).tile(tile.caption(&step.name));
    grid.describe(format!("Étape « {} ».", step.name)).figure()
}
