//! What the page must reach, measured with trained networks (some minutes):
//! `cargo test --test web -- --ignored --nocapture measure`.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use mnist_tp::prelude::*;
use mnist_tp::web::WebPage;
use serde_json::json;

use super::{chromium, networks};

const LOSS: Loss = Loss::SparseCategoricalCrossentropy;

/// The networks of the course after a short training; the first learns long enough to read.
fn trained(mnist: &Mnist, names: &[&str]) -> Vec<Model> {
    let mut models = networks::of_the_course();
    models.retain(|model| names.is_empty() || names.contains(&model.name()));
    for model in &mut models {
        let (images, epochs) = match model.name() {
            "LeNet" | "CNN" => (20_000, 3),
            _ => (1500, 1),
        };
        let part = mnist.train.slice(..images).unwrap();
        let shape = [&[images], model.input_shape()].concat();
        let x = part.to_f32().unwrap().reshape(shape).unwrap();
        model.set_state(&model.initial_state().unwrap()).unwrap();
        model.compile(Adam::default(), LOSS).unwrap();
        let fit = Fit { epochs, batch_size: 64, verbose: Verbose::Silent, ..Fit::default() };
        model.fit(&x, &part.labels, fit).unwrap();
    }
    models
}

#[test]
#[ignore = "trains networks: some minutes"]
fn measure_probabilities() {
    let (folder, mnist) = (tempfile::tempdir().unwrap(), Mnist::load().unwrap());
    let images = networks::images(1000);
    for model in trained(&mnist, &[]) {
        networks::store(&model, &images, folder.path());
        println!("{}", page(&model, folder.path()));
    }
    let Some(visits) = chromium::visit(folder.path()) else { return };
    for seen in visits {
        let (difference, time) = (seen["difference"].as_f64().unwrap(), &seen["last"]["duree"]);
        println!("{}: {difference:.1e} on {}, {time} ms a stroke", seen["page"], seen["images"]);
        assert!(difference < 1e-4);
    }
}

#[test]
#[ignore = "trains networks, then draws 400 digits: some minutes"]
fn measure_drawings() {
    let (folder, mnist) = (tempfile::tempdir().unwrap(), Mnist::load().unwrap());
    for model in trained(&mnist, &["LeNet", "CNN"]) {
        page(&model, folder.path());
        drawn(&model, &mnist.test.slice(..200).unwrap(), folder.path());
    }
}

fn page(model: &Model, folder: &Path) -> WebPage {
    model.page(folder.join(format!("{}.html", model.name()))).unwrap()
}

/// How many of `images` are read when they are drawn with the mouse over their shape.
fn drawn(model: &Model, images: &Dataset, folder: &Path) {
    let levels = images.images.reshape(((), 784)).unwrap().to_vec2::<u8>().unwrap();
    let file = folder.join("images.json");
    fs::write(&file, json!(levels).to_string()).unwrap();
    let page = folder.join(format!("{}.html", model.name()));
    let Some(seen) = chromium::draw(&page, &file) else { return };
    let labels = images.labels.to_vec1::<u8>().unwrap();
    let class = |x: Tensor| model.predict_classes(&x).unwrap().to_vec1::<u32>().unwrap();
    let originals = class(images.to_f32().unwrap());
    let (mut page, mut original, mut library, mut slowest) = (0, 0, 0, 0.0f64);
    for ((one, &label), read) in seen.iter().zip(&labels).zip(originals) {
        let label = u64::from(label);
        page += usize::from(one["read"].as_u64() == Some(label));
        original += usize::from(u64::from(read) == label);
        slowest = slowest.max(one["time"].as_f64().unwrap());
        // The same picture, read by the library from a file.
        let grey = base64::engine::general_purpose::STANDARD.decode(one["grey"].as_str().unwrap());
        let path = folder.join("drawn.png");
        image::GrayImage::from_raw(280, 280, grey.unwrap()).unwrap().save(&path).unwrap();
        let reading = read_digits(&path).and_then(|reading| reading.to_f32());
        let read = reading.map(class).unwrap_or_default();
        library += usize::from(read.len() == 1 && u64::from(read[0]) == label);
    }
    println!(
        "{}: of {} drawn with the mouse, read by the page {page}, by the library from the same \
         pictures {library}, from MNIST's own images {original}; slowest stroke {slowest} ms",
        model.name(),
        seen.len()
    );
    assert_eq!(seen.len(), images.len());
    assert!(page.abs_diff(library) <= 2);
}
