//! The page of a network against the library: the same probabilities, the same images.

mod chromium;
#[path = "../common/mod.rs"]
mod common;
mod measure;
mod networks;

use std::fs;
use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use mnist_tp::data::digits::{DigitReader, Polarity};
use mnist_tp::prelude::*;
use serde_json::{Value, json};

/// What node answers, and what it wrote into `folder`; `None` where there is no node.
fn node(folder: &Path) -> Option<Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/web/check.mjs");
    let output = match Command::new("node").arg(script).arg(folder).output() {
        Ok(output) => output,
        Err(error) => {
            println!("SKIPPED: no node ({error}); the page's modules were not run");
            return None;
        }
    };
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// The shape of each digit in a square of side 1, as a hand draws it without lifting.
const SHAPES: [&[(f32, f32)]; 10] = [
    &[(0.5, 0.0), (0.1, 0.3), (0.1, 0.7), (0.5, 1.0), (0.8, 0.7), (0.8, 0.3), (0.5, 0.0)],
    &[(0.5, 0.0), (0.45, 1.0)],
    &[(0.1, 0.2), (0.5, 0.0), (0.8, 0.25), (0.1, 1.0), (0.9, 0.95)],
    &[(0.1, 0.1), (0.7, 0.1), (0.4, 0.45), (0.8, 0.7), (0.5, 1.0), (0.1, 0.9)],
    &[(0.3, 0.0), (0.1, 0.55), (0.9, 0.55), (0.7, 0.1), (0.7, 1.0)],
    &[(0.8, 0.0), (0.2, 0.0), (0.2, 0.45), (0.7, 0.5), (0.7, 0.9), (0.1, 1.0)],
    &[(0.7, 0.0), (0.2, 0.5), (0.2, 0.9), (0.6, 1.0), (0.8, 0.7), (0.3, 0.6)],
    &[(0.1, 0.0), (0.9, 0.05), (0.4, 1.0)],
    &[
        (0.5, 0.5),
        (0.1, 0.2),
        (0.5, 0.0),
        (0.8, 0.2),
        (0.2, 0.8),
        (0.5, 1.0),
        (0.8, 0.8),
        (0.5, 0.5),
    ],
    &[(0.8, 0.3), (0.4, 0.5), (0.2, 0.2), (0.5, 0.0), (0.8, 0.2), (0.7, 1.0)],
];

/// Drawings of all digits, small and large, everywhere on the paper.
fn drawings(count: usize) -> Vec<(Value, usize)> {
    let mut rng = Rng::new(7);
    let mut between = |least: f32, most: f32| rng.uniform(least, most);
    let mut drawing = |i: usize| {
        // Wider, the library would take it for two digits.
        let height = between(50.0, 240.0);
        let size = (between(0.2, 0.7) * height, height);
        let corner = (between(0.0, 280.0 - size.0), between(0.0, 280.0 - size.1));
        let points = SHAPES[i % 10].iter().map(|(x, y)| {
            json!([
                corner.0 + size.0 * x + between(-4.0, 4.0),
                corner.1 + size.1 * y + between(-4.0, 4.0)
            ])
        });
        (json!([points.collect::<Vec<_>>()]), i % 10)
    };
    (0..count).map(&mut drawing).collect()
}

#[test]
fn the_page_computes_what_the_library_computes() {
    let folder = tempfile::tempdir().unwrap();
    let images = networks::images(12);
    for model in networks::every_layer().iter().chain(&networks::of_the_course()) {
        networks::store(model, &images, folder.path());
    }
    let drawings = drawings(60);
    let strokes: Vec<Value> = drawings
        .iter()
        .map(|(strokes, label)| json!({ "strokes": strokes, "label": label }))
        .collect();
    fs::write(folder.path().join("strokes.json"), json!(strokes).to_string()).unwrap();
    let Some(differences) = node(folder.path()) else { return };

    let differences = differences.as_object().unwrap();
    assert_eq!(differences.len(), networks::every_layer().len() + networks::of_the_course().len());
    for (name, difference) in differences {
        assert!(difference.as_f64().unwrap() < 1e-5, "{name}: {difference}");
    }

    same_images(folder.path());
    sheet_comes_back(folder.path());
}

/// The pixels of each drawing, as a picture file, give the library the page's image.
fn same_images(folder: &Path) {
    let drawn = fs::read_to_string(folder.join("drawn.json")).unwrap();
    let drawn: Vec<Value> = serde_json::from_str(&drawn).unwrap();
    for (i, one) in drawn.iter().enumerate() {
        let grey = one["grey"].as_str().unwrap();
        let grey = base64::engine::general_purpose::STANDARD.decode(grey).unwrap();
        let path = folder.join(format!("{i}.png"));
        image::GrayImage::from_raw(280, 280, grey).unwrap().save(&path).unwrap();
        let reader = DigitReader { polarity: Polarity::DarkOnLight, ..DigitReader::default() };
        let reading = reader.read(&path).unwrap();
        assert_eq!(reading.len(), 1, "drawing {i}");
        let library = reading.images.flatten_all().unwrap().to_vec1::<u8>().unwrap();
        let page = one["image"].as_array().unwrap().iter().map(|v| v.as_u64().unwrap());
        let far = library.iter().zip(page).map(|(&a, b)| u64::from(a).abs_diff(b)).max();
        assert!(far.unwrap() <= 1, "drawing {i}: {far:?} grey levels apart");
    }
}

/// The sheet that the page downloads is read with its labels.
fn sheet_comes_back(folder: &Path) {
    let mine = read_sheet(folder.join("sheet.png")).unwrap();
    let labels = mine.labels.to_vec1::<u8>().unwrap();
    assert_eq!((mine.len(), mine.name.as_str()), (60, "sheet"));
    assert!(labels.is_sorted() && labels.iter().all(|&label| label < 10));
    let drawn = fs::read_to_string(folder.join("drawn.json")).unwrap();
    let drawn: Vec<Value> = serde_json::from_str(&drawn).unwrap();
    // The seventh drawing of the digit 3.
    let image = mine.image(3 * 6 + 1).unwrap().flatten_all().unwrap().to_vec1::<u8>().unwrap();
    let expected = drawn[13]["image"].as_array().unwrap();
    assert!(image.iter().zip(expected).all(|(&a, b)| u64::from(a) == b.as_u64().unwrap()));
}

/// With pen, finger and keyboard, in the light and in the dark.
#[test]
fn a_reader_draws_and_the_network_reads() {
    let folder = tempfile::tempdir().unwrap();
    let images = networks::images(20);
    let (mut written, half) = (0, Page { half: true, ..Page::default() });
    for model in networks::every_layer().iter().chain(&networks::of_the_course()) {
        networks::store(model, &images, folder.path());
        let path = folder.path().join(format!("{}.html", model.name()));
        let page = model.page(&path).unwrap();
        assert_eq!(std::fs::read_to_string(path).unwrap(), page.html);
        written += 1;
        if model.name() == "CNN" {
            assert!(page.html.len() < 1_500_000, "{}", page.html.len());
            assert!(half.html(model).unwrap().len() < 3 * page.html.len() / 5);
        }
    }
    let Some(visits) = chromium::visit(folder.path()) else { return };
    assert_eq!(visits.len(), written);
    for seen in &visits {
        let page = seen["page"].as_str().unwrap();
        let strokes = |step: &str| seen[step]["traits"].as_u64().unwrap();
        let text = |step: &str, what: &str| seen[step][what].as_str().unwrap().to_owned();
        assert!(seen["difference"].as_f64().unwrap() < 1e-4, "{page}: {}", seen["difference"]);
        assert_eq!(text("empty", "lecture"), "Le papier est vide.", "{page}");
        let counts = ["empty", "mouse", "finger", "undone", "kept", "keyboard", "second", "last"];
        assert_eq!(counts.map(strokes), [0, 1, 2, 1, 0, 1, 0, 1], "{page}");
        for step in ["mouse", "finger", "undone", "keyboard", "last"] {
            assert!(text(step, "lecture").starts_with("Le réseau lit un "), "{page}: {step}");
        }
        // What is taken back leaves no trace, and the same hand makes the same image.
        assert_eq!(seen["undone"]["image"], seen["mouse"]["image"], "{page}");
        assert_eq!(seen["last"]["image"], seen["mouse"]["image"], "{page}");
        assert!(text("kept", "garde").starts_with("Dessin gardé\u{a0}: un 7"), "{page}");
        assert!(text("second", "garde").starts_with("Dessin gardé\u{a0}: un 1"), "{page}");
        assert_eq!(seen["second"]["justes"], json!(2), "{page}");
        assert_eq!(seen["downloaded"], json!(true), "{page}");
        assert_eq!(seen["mouse"]["barres"].as_array().unwrap().len(), 10, "{page}");
        // On a phone, nothing reaches beyond the screen.
        assert_eq!(seen["phone"]["large"], json!(false), "{page}");
        for theme in ["light", "dark"] {
            for kind in ["foreign", "console", "wordless", "findings"] {
                assert_eq!(seen[theme][kind], json!([]), "{page}: {kind} ({theme})");
            }
        }
    }
    let slowest = visits.iter().map(|seen| seen["last"]["duree"].as_f64().unwrap());
    println!("slowest stroke: {} ms", slowest.fold(0.0, f64::max));
}

#[test]
fn a_network_that_cannot_become_a_page_is_told_why() {
    let refused = |network: Sequential| {
        let model = network.build().unwrap();
        Page::default().html(&model).unwrap_err().to_string()
    };
    let soft = Activation::Softmax;
    for (network, expected) in [
        (Sequential::new("r", 100).dense("C", 10, soft), "forme [100]\u{a0}; il faut [28, 28, 1]"),
        (Sequential::new("r", (28, 28, 3)).flatten("p").dense("C", 10, soft), "forme [28, 28, 3]"),
        (Sequential::new("r", 784).dense("C", 26, soft), "sortie\u{a0}: forme [26]"),
        (Sequential::new("r", 784).dense("C", 10, Activation::Relu), "relu"),
        (Sequential::new("r", 784).dense("C", 10, Activation::Relu).dropout("D", 0.1), "relu"),
    ] {
        let said = refused(network);
        assert!(said.starts_with("page du réseau «\u{a0}r\u{a0}»"), "{said}");
        assert!(said.contains(expected), "{said}");
    }
    let model = Sequential::new("r", 784).dense("C", 10, soft).build().unwrap();
    let bias = &model.layer("C").unwrap().params()[1].var;
    let set = |value: f32| bias.set(&Tensor::full(value, 10, &Device::Cpu).unwrap()).unwrap();
    let half = Page { half: true, ..Page::default() };
    set(1e5);
    assert!(Page::default().html(&model).is_ok());
    let said = half.html(&model).unwrap_err().to_string();
    assert!(said.contains("C.bias") && said.contains("65504"), "{said}");
    // A page that was there stays.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("page.html");
    set(0.0);
    model.page(&path).unwrap();
    let before = fs::read(&path).unwrap();
    set(f32::NAN);
    let said = model.page(&path).unwrap_err().to_string();
    assert!(said.contains("C.bias") && said.contains("divergé"), "{said}");
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn sixteen_bits_say_what_they_change() {
    let folder = tempfile::tempdir().unwrap();
    let network = Sequential::new("<b>\"{{script}}\"</b>", 784).dense("C", 10, Activation::Softmax);
    let model = network.build().unwrap();
    let page = Page { half: true, ..Page::default() };
    let page = page.write(&model, folder.path().join("sous/page.html")).unwrap();
    let rounding = page.rounding.unwrap();
    assert!(rounding.images == 1000 && rounding.changed < 20, "{rounding:?}");
    assert!(rounding.difference > 0.0 && rounding.difference < 0.01, "{rounding:?}");
    let said = page.to_string();
    assert!(said.contains("16 bits") && said.contains("1000"), "{said}");
    // A name is text, whatever it looks like.
    assert!(page.html.contains("&lt;b&gt;&quot;{{script}}&quot;&lt;/b&gt;"));
    let titled = Page { title: Some("À moi".into()), ..Page::default() };
    assert!(titled.html(&model).unwrap().contains("<title>Dessinez un chiffre — À moi</title>"));
}

#[test]
fn a_picture_that_is_no_sheet_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.png");
    let refused = |width, height| {
        image::GrayImage::new(width, height).save(&path).unwrap();
        read_sheet(&path).unwrap_err().to_string()
    };
    assert!(refused(28, 280).contains("une feuille vide"));
    assert!(refused(30, 280).contains("30\u{a0}×\u{a0}280 pixels"));
    assert!(refused(280, 28).contains("280 de haut"));
    fs::write(&path, "texte").unwrap();
    assert!(read_sheet(&path).unwrap_err().to_string().contains("PNG"));
    assert!(read_sheet(folder.path().join("rien.png")).is_err());
}
