//! Draws one of each figure from the real digits into a folder, with a page
//! that shows them on a light and on a dark background:
//! `cargo run --example gallery -- FOLDER`.

use std::error::Error;
use std::path::PathBuf;

use mnist_tp::prelude::*;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("usage : gallery DOSSIER")?);
    std::fs::create_dir_all(&folder)?;
    let mnist = Mnist::load()?;
    let figures = vec![
        ("chiffre", show_digit(&mnist.train, 600)?),
        ("chiffres", show_digits(&mnist.train, 600..624)?),
        ("classes", show_digits_by_class(&mnist.train, 12)?),
        ("activations", activations()?),
        ("bruit", noise()?),
        ("confusion", fake_predictions(&mnist.test)?.0.plot()?),
        ("erreurs", show_errors(&mnist.test, &fake_predictions(&mnist.test)?.1, 16)?),
    ];
    for (theme, background) in [("clair", "#ffffff"), ("sombre", "#111111")] {
        let mut page = format!(
            "<!doctype html><html lang=\"fr\"><meta charset=\"utf-8\"><title>{theme}</title>\
             <body style=\"background:{background};width:960px\">"
        );
        for (_, figure) in &figures {
            page.push_str(&figure.html());
        }
        std::fs::write(folder.join(format!("{theme}.html")), page)?;
    }
    for (name, figure) in &figures {
        figure.save(folder.join(format!("{name}.svg")))?;
        println!("{figure:?}");
    }
    Ok(())
}

/// The activation functions of the first session.
fn activations() -> mnist_tp::Result<Figure> {
    plot_functions(
        "Fonctions d'activation",
        &[
            ("sigmoïde", |z| 1.0 / (1.0 + (-z).exp())),
            ("tanh", |z| z.tanh()),
            ("ReLU", |z| z.max(0.0)),
            ("linéaire", |z| z),
        ],
        -3.0..3.0,
    )
}

/// Curves with error bars.
fn noise() -> mnist_tp::Result<Figure> {
    let points = |a: f64| (0..8).map(|i| 0.1 * f64::from(i)).map(move |x| (x, 0.985 - a * x * x));
    let bars = vec![0.01; 8];
    LineChart::new("Précision selon le bruit")
        .axes("écart-type du bruit", "précision")
        .line_with_errors("réseau dense", &points(0.9).collect::<Vec<_>>(), &bars)
        .line_with_errors("CNN <LeNet>", &points(0.5).collect::<Vec<_>>(), &bars)
        .mark_x(0.3, "bruit des appareils")
        .figure()
}

/// Predictions wrong in a few of every hundred cases.
fn fake_predictions(set: &Dataset) -> Result<(ConfusionMatrix, Tensor), Box<dyn Error>> {
    let labels = set.labels.to_vec1::<u8>()?;
    let guess: Vec<u32> = labels
        .iter()
        .enumerate()
        .map(|(i, label)| match i % 37 {
            0 if *label == 4 => 9,
            5 if *label == 7 => 2,
            11 => (i % 10) as u32,
            _ => u32::from(*label),
        })
        .collect();
    let predictions = Tensor::new(guess, &Device::Cpu)?;
    Ok((ConfusionMatrix::new(&set.labels, &predictions)?, predictions))
}
