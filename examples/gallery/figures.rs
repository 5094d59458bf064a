//! One of each figure, from the real digits, networks that have learnt nothing and
//! measures written here: the same on every machine.

use std::time::Duration;

use mnist_tp::check::Verdict;
use mnist_tp::prelude::*;

/// The figures by name.
pub fn all() -> Result<Vec<(&'static str, Figure)>> {
    let mnist = Mnist::load()?;
    let test = mnist.test.slice(..400)?;
    let x = test.to_f32()?;
    let model = lenet()?;
    let answers = answers(&test)?;
    let seven = x.narrow(0, 0, 1)?;
    let probabilities = softened(&answers, 0.9)?;
    let sure = softened(&answers, 1.0)?;
    let maps = model.forward_all(&seven)?;
    let reading = read_digits("data/chiffres/photo_bille_478.jpg")?;
    Ok(vec![
        ("chiffre", show_digit(&mnist.train, 600)?),
        ("chiffres", show_digits(&mnist.train, 600..630)?),
        ("classes", show_digits_by_class(&mnist.train.slice(..200)?, 12)?),
        ("etapes", reading.plot_steps()?),
        (
            "mes-chiffres",
            show_images("Mes chiffres", &reading.images, &["lu : 4", "lu : 7", "lu : 8"])?,
        ),
        ("ou-exclusif", show_image("Le « ou exclusif » par deux couches", &exclusive_or()?)?),
        ("activations", activations()?),
        ("bruit", under_noise()?),
        ("confondues", coinciding()?),
        ("confusion", ConfusionMatrix::new(&test.labels, &answers)?.plot()?),
        ("erreurs", show_errors(&test, &answers, 16)?),
        ("erreurs-barres", show_errors_with_bars(&test, &probabilities, 4)?),
        ("erreurs-sures", show_errors_with_bars(&test, &sure, 4)?),
        (
            "probabilites",
            plot_probabilities("Image n° 1 du test", &probabilities.narrow(0, 1, 1)?)?,
        ),
        ("barres", plot_bars("Précision (%)", &[("nettes", 98.9), ("imparfaites", 71.25)], 2)?),
        ("histoire", history("LeNet", 0.4, 8).plot()?),
        ("histoires", histories()?),
        ("moyennes", means()?),
        ("taux", rates().plot()?),
        ("structure-cnn", model.drawing()?),
        ("filtres-main", plot_filters("Bord, flou, contour", &by_hand()?)?),
        ("filtres-C1", model.plot_filters("C1")?),
        ("filtres-C3", model.plot_filters("C3")?),
        ("cartes-une", plot_feature_maps(&maps[..1])?),
        ("cartes", model.plot_feature_maps(&seven)?),
        ("excitation", model.plot_best_inputs("C3", &test.slice(..40)?, 8)?),
        ("saillance", model.plot_saliency(&seven)?),
        ("saillances", model.plot_saliency(&x.narrow(0, 0, 4)?)?),
        ("abimees", spoiled(&x.narrow(0, 0, 6)?)?),
    ])
}

/// What stands in a notebook beside figures, as HTML.
pub fn pieces() -> Vec<(&'static str, String)> {
    let right = check::tp1::neurone(|x, w, b| x.iter().zip(w).map(|(x, w)| x * w).sum::<f32>() + b);
    let wrong = check::tp1::neurone(|x, w, _| x.iter().zip(w).map(|(x, w)| x * w).sum());
    let blank = check::tp1::activations(|_| todo!("à compléter"), |_| 0.5);
    let html = |mut verdict: Verdict| {
        verdict.progress.elapsed = Duration::ZERO;
        verdict.html()
    };
    vec![
        ("tableau", history("LeNet", 0.4, 3).table().html()),
        ("verdict-juste", html(right)),
        ("verdict-faux", html(wrong)),
        ("verdict-vide", html(blank)),
    ]
}

fn lenet() -> Result<Model> {
    Sequential::new("LeNet", (28, 28, 1))
        .conv2d("C1", 6, 5, Padding::Same, Activation::Relu)
        .max_pool2d("S2", 2)
        .conv2d("C3", 16, 5, Padding::Valid, Activation::Relu)
        .max_pool2d("S4", 2)
        .flatten("F5")
        .dense("C6", 84, Activation::Tanh)
        .dense("C7", 10, Activation::Softmax)
        .seed(1)
        .build()
}

/// The right answers, but for some.
fn answers(set: &Dataset) -> Result<Tensor> {
    let labels = set.labels.to_vec1::<u8>()?;
    let answer = |(i, label): (usize, &u8)| match i % 17 {
        0 => u32::from(label / 2),
        5 => (u32::from(*label) + 4) % 10,
        _ => u32::from(*label),
    };
    let answers: Vec<u32> = labels.iter().enumerate().map(answer).collect();
    Ok(Tensor::from_vec(answers, labels.len(), &Device::Cpu)?)
}

/// Probabilities, `most` for each answer.
fn softened(answers: &Tensor, most: f32) -> Result<Tensor> {
    let answers = answers.to_vec1::<u32>()?;
    let of =
        |answer: u32| (0..10).map(move |k| if k == answer { most } else { (1.0 - most) / 9.0 });
    let values: Vec<f32> = answers.iter().copied().flat_map(of).collect();
    Ok(Tensor::from_vec(values, (answers.len(), 10), &Device::Cpu)?)
}

fn exclusive_or() -> Result<Tensor> {
    let value = |i: u32| {
        let (a, b) = ((i % 28) as f32 / 27.0, (i / 28) as f32 / 27.0);
        a + b - 2.0 * (a + b - 1.0).max(0.0)
    };
    Ok(Tensor::from_vec((0..784).map(value).collect::<Vec<_>>(), (28, 28), &Device::Cpu)?)
}

fn activations() -> Result<Figure> {
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

/// Curves with error bars, of networks that other figures show too.
fn under_noise() -> Result<Figure> {
    let points = |a: f64| (0..8).map(|i| 0.1 * f64::from(i)).map(move |x| (x, 0.985 - a * x * x));
    let bars = vec![0.01; 8];
    LineChart::new("Précision selon le bruit")
        .axes("écart type du bruit", "précision")
        .line_with_errors("LeNet", &points(0.5).collect::<Vec<_>>(), &bars)
        .line_with_errors("dense <784>", &points(0.9).collect::<Vec<_>>(), &bars)
        .mark_x(0.3, "bruit des appareils")
        .figure()
}

fn coinciding() -> Result<Figure> {
    let points: Vec<(f64, f64)> = (0..10).map(f64::from).map(|x| (x, (x / 3.0).sin())).collect();
    let parts: Vec<(f64, f64)> =
        points.iter().map(|(x, y)| (*x, if *x < 5.0 { *y } else { -y })).collect();
    LineChart::new("Trois courbes dont une se cache")
        .axes("x", "y")
        .line("a", &points)
        .line("b", &points)
        .line("c", &parts)
        .figure()
}

fn history(name: &str, start: f32, epochs: usize) -> History {
    let loss: Vec<f32> = (1..=epochs).map(|e| start / e as f32).collect();
    History {
        name: name.into(),
        accuracy: loss.iter().map(|l| 1.0 - l / 3.0).collect(),
        val_loss: loss.iter().map(|l| l + 0.02).collect(),
        val_accuracy: loss.iter().map(|l| 0.99 - l / 3.0).collect(),
        seconds: vec![0.5; epochs],
        loss,
        params: None,
    }
}

fn histories() -> Result<Figure> {
    let (a, b) = (history("dense <784>", 0.6, 5), history("LeNet", 0.4, 8));
    plot_histories(&[&a, &b, &history("CNN moderne, deux fois plus large", 0.3, 8)])
}

fn means() -> Result<Figure> {
    plot_means(
        "Trois graines",
        "précision",
        &[("dense <784>", &[0.981, 0.979, 0.983]), ("LeNet", &[0.988, 0.990, 0.987])],
    )
}

fn rates() -> RateCurve {
    let rates: Vec<f64> = (0..50).map(|i| 1e-5 * 1.3f64.powi(i)).collect();
    let smoothed: Vec<f64> = (0..50).map(|i| (f64::from(i) - 30.0).powi(2) / 300.0).collect();
    let losses = smoothed.iter().zip(0..).map(|(l, i)| l + 0.1 * f64::from(i % 3)).collect();
    RateCurve { name: "LeNet".into(), rates, losses, smoothed }
}

/// An edge, a blur far weaker, a contour far stronger.
fn by_hand() -> Result<Tensor> {
    let edge = [-1.0, -1.0, -1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0];
    let contour = [-1.0, -1.0, -1.0, -1.0, 8.0, -1.0, -1.0, -1.0, -1.0];
    let weights: Vec<f32> = (0..9).flat_map(|i| [edge[i], 1.0 / 9.0, contour[i]]).collect();
    Ok(Tensor::from_vec(weights, (3, 3, 1, 3), &Device::Cpu)?)
}

fn spoiled(x: &Tensor) -> Result<Figure> {
    Figure::compose(
        "Trois façons d'abîmer une image",
        &[
            show_images("Bruit gaussien, écart type 0,3", &noise::gaussian(x, 0.3, 1)?, &[])?,
            show_images("Occlusion, carré de 10 pixels", &noise::occlusion(x, 10, 1)?, &[])?,
        ],
        1,
    )
}
