//! A folder of pictures with the list of what they show.
//!
//! The list, `etiquettes.csv`, has one line per picture: its file name, a
//! comma, and its digits in reading order (`photo_3.jpg,1789`). A first line
//! `fichier,…` is a title, what follows a second comma a remark.

use std::path::Path;

use candle_core::{Device, Tensor};
use rayon::prelude::*;

use super::DigitReader;
use crate::data::Dataset;
use crate::{Error, Result};

/// Name of the list in the folder.
const LIST: &str = "etiquettes.csv";

/// The digits of every picture listed in `folder`, with their labels.
///
/// # Errors
/// When the list or a picture cannot be read, or when a picture does not
/// show as many digits as the list says.
pub fn read_folder(folder: impl AsRef<Path>) -> Result<Dataset> {
    listed(folder.as_ref())
}

/// What [`read_folder`] reads.
fn listed(folder: &Path) -> Result<Dataset> {
    let list = folder.join(LIST);
    let name = list.display().to_string();
    let text = std::fs::read_to_string(&list)
        .map_err(|source| Error::Io { path: name.clone(), source })?;
    let mut listed: Vec<(&str, &str, Vec<u8>)> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.trim().is_empty() || number == 0 && line.starts_with("fichier") {
            continue;
        }
        let mut fields = line.split(',').map(str::trim);
        let (file, digits) = (fields.next().unwrap_or_default(), fields.next().unwrap_or_default());
        let values: Option<Vec<u8>> =
            digits.chars().map(|c| c.to_digit(10).map(|digit| digit as u8)).collect();
        let Some(values) = values.filter(|values| !values.is_empty()) else {
            let found = format!("«\u{a0}{line}\u{a0}» à la ligne {}", number + 1);
            return Err(Error::bad_file(&name, found, "«\u{a0}fichier,chiffres\u{a0}»"));
        };
        listed.push((file, digits, values));
    }
    let read = |(file, digits, values): &(&str, &str, Vec<u8>)| {
        let path = folder.join(file);
        let reading = DigitReader::default().read(&path)?;
        if reading.len() != values.len() {
            let found = format!("{} chiffre(s)", reading.len());
            let expected = format!("{}, selon {LIST} («\u{a0}{digits}\u{a0}»)", values.len());
            return Err(Error::bad_file(path, found, expected));
        }
        Ok(reading.images)
    };
    // Of several pictures that cannot be read, the first is told of.
    let read: Vec<Result<Tensor>> = listed.par_iter().map(read).collect();
    let images = read.into_iter().collect::<Result<Vec<Tensor>>>()?;
    let labels: Vec<u8> = listed.into_iter().flat_map(|(_, _, values)| values).collect();
    if images.is_empty() {
        return Err(Error::bad_file(
            &name,
            "une liste vide",
            "une ligne «\u{a0}fichier,chiffres\u{a0}» par image",
        ));
    }
    let title = folder.file_name().unwrap_or(folder.as_os_str()).to_string_lossy();
    Dataset::new(title, Tensor::cat(&images, 0)?, Tensor::new(labels, &Device::Cpu)?)
}

/// The sample pictures that come with the project, in `data/chiffres`.
///
/// # Errors
/// As [`read_folder`]: when the checkout has not its pictures.
pub fn sample_digits() -> Result<Dataset> {
    read_folder(crate::file::of_checkout("data/chiffres"))
}
