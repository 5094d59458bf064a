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
    let (dense, dense_history) = train(
        Sequential::new("dense", 784).dense("C1", 128, Activation::Relu).dense(
            "C2",
            10,
            Activation::Softmax,
        ),
        &mnist,
    )?;
    let (cnn, cnn_history) = train(
        Sequential::new("LeNet", (28, 28, 1))
            .conv2d("C1", 6, 5, Padding::Same, Activation::Relu)
            .max_pool2d("S2", 2)
            .conv2d("C3", 16, 5, Padding::Valid, Activation::Relu)
            .max_pool2d("S4", 2)
            .flatten("F5")
            .dense("C6", 84, Activation::Relu)
            .dense("C7", 10, Activation::Softmax),
        &mnist,
    )?;
    let x = mnist.test.to_f32()?;
    let predictions = cnn.predict_classes(&x)?;
    let matrix = ConfusionMatrix::new(&mnist.test.labels, &predictions)?;
    let one = x.narrow(0, 18, 1)?;
    let probabilities = cnn.predict(&x)?;
    let figures = vec![
        ("chiffre", show_digit(&mnist.train, 600)?),
        ("chiffres", show_digits(&mnist.train, 600..624)?),
        ("classes", show_digits_by_class(&mnist.train, 12)?),
        ("activations", activations()?),
        ("bruit", noise()?),
        ("confusion", matrix.plot()?),
        ("erreurs", show_errors(&mnist.test, &predictions, 16)?),
        ("erreurs-barres", show_errors_with_bars(&mnist.test, &probabilities, 8)?),
        ("probabilites", plot_probabilities("Image n° 18 du test", &cnn.predict(&one)?)?),
        ("histoire", cnn_history.plot()?),
        ("histoires", plot_histories(&[&dense_history, &cnn_history])?),
        ("structure-dense", dense.drawing()?),
        ("structure-cnn", cnn.drawing()?),
        ("filtres-C1", cnn.plot_filters("C1")?),
        ("filtres-C3", cnn.plot_filters("C3")?),
        ("cartes", cnn.plot_feature_maps(&one)?),
        ("excitation", cnn.plot_best_inputs("C3", &mnist.test, 12)?),
        ("saillance", cnn.plot_saliency(&one)?),
    ];
    for (theme, background) in [("clair", "#ffffff"), ("sombre", "#111111")] {
        let mut page = format!(
            "<!doctype html><html lang=\"fr\"><meta charset=\"utf-8\"><title>{theme}</title>\
             <body style=\"background:{background};width:960px\">"
        );
        for (_, figure) in &figures {
            page.push_str(&figure.html());
        }
        let report = ClassificationReport::new(&mnist.test.labels, &predictions)?;
        let text = if theme == "sombre" { "#eeeeee" } else { "#111111" };
        for table in [report.table(), cnn_history.table(), cnn.summary().table()] {
            page.push_str(&format!("<div style=\"color:{text}\">{}</div>", table.html()));
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

/// A network trained for three epochs on a tenth of the images.
fn train(network: Sequential, mnist: &Mnist) -> mnist_tp::Result<(Model, History)> {
    let mut model = network.compile(Adam::default(), Loss::SparseCategoricalCrossentropy)?;
    let mut shape = vec![6000];
    shape.extend(model.input_shape());
    let part = mnist.train.slice(..6000)?;
    let x = part.to_f32()?.reshape(shape)?;
    let settings =
        Fit { epochs: 3, batch_size: 64, validation: Validation::Split(0.2), ..Fit::default() };
    let history = model.fit(&x, &part.labels, settings)?;
    Ok((model, history))
}
