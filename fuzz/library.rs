//! The library's readers of files, given any bytes: for the fuzzer and for the
//! seeded sample of `cargo test`.

use std::io::Cursor;

use image::{DynamicImage, GrayImage, ImageFormat};
use mnist_tp::data::digits::{DigitReader, Polarity};
use mnist_tp::data::idx::{self, Kind};
use mnist_tp::nn::Model;

/// An IDX file, plain or compressed: as many values as its sizes say.
pub fn idx(data: &[u8]) {
    for kind in [Kind::Images, Kind::Labels] {
        match idx::parse("essai", data, kind) {
            Ok(read) => assert_eq!(read.shape.iter().product::<usize>(), read.data.len()),
            Err(error) => assert!(error.to_string().contains("essai"), "{error}"),
        }
    }
}

/// A picture of digits: a PNG or JPEG file, or, behind four bytes, its pixels.
pub fn picture(data: &[u8]) {
    read_picture(data, DigitReader::default());
    let Some(([width, options, level, step], pixels)) = data.split_first_chunk() else { return };
    let width = 8 + u32::from(*width) % 120;
    let height = (pixels.len() as u32 / width).clamp(8, 120);
    // Grey levels beyond the data: a slope.
    let at = |i: usize| {
        pixels.get(i).copied().unwrap_or(((i / 8) as u8 / 16).wrapping_mul(*step)) ^ level
    };
    let picture =
        GrayImage::from_fn(width, height, |x, y| image::Luma([at((y * width + x) as usize)]));
    let mut file = Cursor::new(Vec::new());
    if DynamicImage::from(picture).write_to(&mut file, ImageFormat::Png).is_err() {
        return;
    }
    let polarity = [Polarity::Auto, Polarity::DarkOnLight, Polarity::LightOnDark];
    let reader =
        DigitReader { polarity: polarity[*options as usize % 3], deskew: options & 4 != 0 };
    read_picture(&file.into_inner(), reader);
}

fn read_picture(file: &[u8], reader: DigitReader) {
    if let Ok(reading) = reader.read_bytes("essai", file) {
        assert!(!reading.is_empty() && !reading.steps.is_empty());
        assert_eq!(reading.images.dims(), [reading.len(), 28, 28]);
        let _ = (reading.to_string(), reading.is_doubtful());
    }
}

/// A model's file: what loads is saved again and loads again.
pub fn model(data: &[u8]) {
    let Ok(folder) = tempfile::tempdir() else { return };
    let (first, second) =
        (folder.path().join("a.safetensors"), folder.path().join("b.safetensors"));
    if std::fs::write(&first, data).is_err() {
        return;
    }
    if let Ok(model) = Model::load(&first) {
        model.save(&second).expect("what was loaded is saved");
        Model::load(&second).expect("what was saved is loaded");
    }
}
