//! What reads other people's bytes, given a seeded sample of damaged ones; the
//! fuzzer itself is in `fuzz/`, whose corpus this begins with.

#[path = "../../fuzz/library.rs"]
mod library;
#[path = "../../fuzz/mutate.rs"]
mod mutate;

use image::{DynamicImage, GrayImage, ImageFormat, Luma};
use mnist_tp::data::idx::{self, Kind};
use mnist_tp::prelude::*;
use std::io::Cursor;
use std::path::Path;

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/corpus");

fn sample(target: &str, times: u32, judge: fn(&[u8])) {
    mutate::sample(&mutate::corpus(&format!("{CORPUS}/{target}")), times, judge);
}

#[test]
fn damaged_idx_files_are_read_or_refused() {
    sample("idx", 20_000, library::idx);
}

#[test]
fn damaged_pictures_are_read_or_refused() {
    sample("picture", 150, library::picture);
}

#[test]
fn damaged_models_are_read_or_refused() {
    sample("model", 1_000, library::model);
}

/// Writes the corpus of the three targets above anew.
#[test]
#[ignore = "writes into fuzz/corpus"]
fn write_the_corpus() -> mnist_tp::Result<()> {
    let write = |target: &str, name: &str, bytes: &[u8]| {
        std::fs::write(Path::new(CORPUS).join(target).join(name), bytes).unwrap();
    };
    let header = |magic: u8, sizes: &[u8]| {
        let mut bytes = vec![0, 0, 8, magic];
        sizes.iter().for_each(|size| bytes.extend([0, 0, 0, *size]));
        bytes
    };
    let mut images = header(3, &[3, 4, 5]);
    images.extend(0..60u8);
    let mut labels = header(1, &[7]);
    labels.extend(0..7u8);
    write("idx", "images", &images);
    write("idx", "labels", &labels);
    for (name, bytes, kind) in
        [("images_gz", &images, Kind::Images), ("labels_gz", &labels, Kind::Labels)]
    {
        let mut gzip = flate2::GzBuilder::new().write(Vec::new(), flate2::Compression::new(6));
        std::io::Write::write_all(&mut gzip, bytes).unwrap();
        let gzip = gzip.finish().unwrap();
        assert!(idx::parse(name, &gzip, kind).is_ok());
        write("idx", name, &gzip);
    }
    for (name, size, format) in [
        ("png", 28, ImageFormat::Png),
        ("jpeg", 28, ImageFormat::Jpeg),
        ("large", 90, ImageFormat::Png),
    ] {
        // A 7 in a frame.
        let picture = GrayImage::from_fn(size, size, |x, y| {
            let (u, v) = (x * 28 / size, y * 28 / size);
            let seven = (6..21).contains(&u) && v == 6 || u + v / 2 == 23 && (6..22).contains(&v);
            let frame = [u, v].iter().any(|p| *p == 1 || *p == 26);
            Luma([if seven || frame { 20 } else { 240 }])
        });
        let mut file = Cursor::new(Vec::new());
        DynamicImage::from(picture.clone()).write_to(&mut file, format).unwrap();
        write("picture", name, &file.into_inner());
        let mut raw = vec![(size - 8) as u8, 0, 0, 7];
        raw.extend(picture.into_raw());
        if format == ImageFormat::Png {
            write("picture", &format!("{name}_pixels"), &raw);
        }
    }
    let models = [
        ("dense", Sequential::new("dense", 6).dense("C1", 3, Activation::Relu).dropout("D", 0.5)),
        (
            "conv",
            Sequential::new("conv", (6, 6, 1))
                .conv2d("C1", 2, 3, Padding::Same, Activation::Relu)
                .max_pool2d("S2", 2)
                .flatten("plat"),
        ),
    ];
    for (name, description) in models {
        let model = description
            .dense("sortie", 2, Activation::Softmax)
            .compile(Adam::default(), Loss::CategoricalCrossentropy)?;
        let path = std::env::temp_dir().join(format!("{}_{name}.safetensors", std::process::id()));
        model.save(&path)?;
        write("model", name, &std::fs::read(&path).unwrap());
        std::fs::remove_file(&path).unwrap();
    }
    Ok(())
}
