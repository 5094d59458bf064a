//! The sheet of a reader's own digits that a network's page makes.
//!
//! A PNG picture of ten rows of 28×28 tiles: row `d` holds the drawings of the digit `d`,
//! from the left, light on black and already as MNIST's. The row is the label.

use std::path::Path;

use candle_core::{Device, Tensor};

use super::Dataset;
use super::digits::picture;
use super::mnist::SIDE;
use crate::{Error, Result};

/// A tile whose lightest pixel is darker than this is empty.
const EMPTY: u8 = 64;

/// The drawings of a sheet that the page of a network gave
/// ([`Model::page`](crate::nn::Model::page), “Télécharger mes dessins”), with their labels.
///
/// ```no_run
/// use mnist_tp::prelude::*;
/// let miens = read_sheet("mes_chiffres.png")?; // images u8 [n, 28, 28], labels u8 [n]
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
/// When the file is no picture, has not the size of such a sheet, or holds no drawing.
pub fn read_sheet(path: impl AsRef<Path>) -> Result<Dataset> {
    read(path.as_ref())
}

/// What [`read_sheet`] reads.
fn read(path: &Path) -> Result<Dataset> {
    let (width, height, values) = picture(path)?;
    if height != 10 * SIDE || width % SIDE != 0 {
        let found = format!("une image de {width}×{height} pixels");
        let expected = format!(
            "une feuille de la page d'un réseau : dix lignes de carrés de {SIDE}×{SIDE} pixels, \
             donc {} de haut (`read_digits` lit les autres images)",
            10 * SIDE
        );
        return Err(Error::bad_file(path, found, expected));
    }
    let (mut images, mut labels) = (Vec::new(), Vec::new());
    for label in 0..10 {
        for column in 0..width / SIDE {
            let row = |y: usize| {
                let start = (label * SIDE + y) * width + column * SIDE;
                &values[start..start + SIDE]
            };
            let tile: Vec<u8> = (0..SIDE).flat_map(row).copied().collect();
            if tile.iter().any(|&value| value >= EMPTY) {
                images.extend(tile);
                labels.push(label as u8);
            }
        }
    }
    if labels.is_empty() {
        let expected = "au moins un dessin avec son étiquette";
        return Err(Error::bad_file(path, "une feuille vide", expected));
    }
    let images = Tensor::from_vec(images, (labels.len(), SIDE, SIDE), &Device::Cpu)?;
    let name = path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy();
    Dataset::new(name, images, Tensor::new(labels, &Device::Cpu)?)
}
