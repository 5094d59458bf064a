//! Recurrent networks, images changed at every step, trainings that go on.

use candle_core::Tensor;

use super::tests::{answers_the_same_saved_and_by_its_graph, draw, hot, labels, quiet, weights};
use crate::ops::cross_entropy;
use crate::prelude::*;

/// A recurrent network: rows of an image read as a sequence.
fn recurrent() -> Sequential {
    Sequential::new("récurrent", (6, 5, 2))
        .conv2d("C1", 3, 3, Padding::Same, Activation::Relu)
        .reshape("suite", (6, 15))
        .bidirectional("R1", LayerSpec::gru(8, true))
        .gru("R2", 7, false)
        .dense("C2", 3, Activation::Softmax)
}

#[test]
fn recurrent_networks_learn_and_are_saved() {
    let (x, y) = (draw(&[48, 6, 5, 2], 1), labels(48, 3));
    let optimizer = AdamW { learning_rate: 0.01, weight_decay: 1e-4, ..AdamW::default() };
    let loss = Loss::SparseCategoricalCrossentropy;
    let mut model = recurrent().compile(optimizer, loss).unwrap();
    // 3·units·(inputs + units + 2), as Keras counts; twice when read from both ends.
    assert_eq!(model.layer("R1").unwrap().trainable_count(), 2 * 3 * 8 * (15 + 8 + 2));
    assert_eq!(model.layer("R2").unwrap().trainable_count(), 3 * 7 * (16 + 7 + 2));
    let summary = model.summary().to_string();
    for part in ["Bidirectional", "(n, 6, 16)", "GRU", "Reshape", "(n, 6, 15)"] {
        assert!(summary.contains(part), "{part} dans\n{summary}");
    }
    assert!(model.drawing().unwrap().alt().contains("R1 (Bidirectional, 6 × 16)"));
    let history = model.fit(&x, &y, quiet(20)).unwrap();
    assert!(history.loss[19] < 0.8 * history.loss[0], "{:?}", history.loss);

    answers_the_same_saved_and_by_its_graph(&model, &x);
    let grads = cross_entropy(&model.logits(&x).unwrap(), &hot(48, 3)).unwrap();
    let grads = grads.backward().unwrap();
    assert!(model.vars().iter().all(|var| grads.get(var).is_some()));

    let image = Sequential::new("r", (6, 5, 2)).gru("R", 4, false).build().unwrap_err().to_string();
    assert!(image.contains("«\u{a0}R\u{a0}»") && image.contains("reshape"), "{image}");
    let dense = LayerSpec::Dense { units: 2, activation: Activation::Relu };
    let wrong = Sequential::new("r", (6, 5)).bidirectional("R", dense).build().unwrap_err();
    assert!(wrong.to_string().contains("LayerSpec::gru"), "{wrong}");
}

/// A small network on images, for augmentation and resumption.
fn reader() -> Model {
    Sequential::new("lecteur", (28, 28, 1))
        .flatten("F")
        .dense("C1", 16, Activation::Relu)
        .batch_norm("N")
        .dropout("D", 0.2)
        .dense("C2", 3, Activation::Softmax)
        .compile(AdamW::default(), Loss::SparseCategoricalCrossentropy)
        .unwrap()
}

fn images(n: usize) -> Tensor {
    draw(&[n, 28, 28, 1], 4).affine(0.4, 0.5).unwrap()
}

#[test]
fn changes_are_drawn_anew_at_each_step_the_same_on_any_threads() {
    let (x, y) = (images(40), labels(40, 3));
    let changed = |seed: u64| Fit {
        augment: vec![Change::None, Imperfect::default().into(), Augment::default().into()],
        seed,
        ..quiet(2)
    };
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let mut model = reader();
            model.fit(&x, &y, changed(1)).unwrap();
            weights(&model)
        })
    };
    assert!(on(1) == on(3));
    let run = |settings: Fit<'_>| {
        let mut model = reader();
        model.fit(&x, &y, settings).unwrap();
        weights(&model)
    };
    let plain = run(quiet(2));
    assert!(on(1) != run(changed(2)) && on(1) != plain);
    assert!(run(Fit { augment: vec![Change::None], ..quiet(2) }) == plain);
    // The same image in the same place of two steps is changed in two ways.
    let mut steps = [0, 1].map(|_| vec![0.5; 784]);
    for (step, image) in steps.iter_mut().enumerate() {
        Change::vary(&[Augment { noise: 0.1, ..Augment::none() }.into()], image, 1, step as u64);
    }
    assert!(steps[0] != steps[1]);
    let wrong = Fit { augment: vec![Augment { zoom: 2.0, ..Augment::none() }.into()], ..quiet(1) };
    assert!(reader().fit(&x, &y, wrong).unwrap_err().to_string().contains("zoom"));
    let bytes = x.affine(255.0, 0.0).unwrap();
    let error = reader().fit(&bytes, &y, changed(1)).unwrap_err().to_string();
    assert!(error.contains("255"), "{error}");
}

#[test]
fn an_interrupted_training_goes_on_bit_for_bit() {
    let (x, y) = (images(40), labels(40, 3));
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("essais/lecteur.safetensors");
    let kept = |epochs: usize| Fit {
        augment: vec![Augment::default().into()],
        resume: Some(path.clone()),
        ..quiet(epochs)
    };
    let mut whole = reader();
    let history = whole.fit(&x, &y, Fit { resume: None, ..kept(5) }).unwrap();
    reader().fit(&x, &y, kept(2)).unwrap();
    let mut model = reader();
    let resumed = model.fit(&x, &y, kept(5)).unwrap();
    assert_eq!((&resumed.loss, &resumed.accuracy), (&history.loss, &history.accuracy));
    assert!(weights(&model) == weights(&whole));
    // One that is over is read, not made again.
    let mut again = reader();
    assert_eq!(again.fit(&x, &y, kept(5)).unwrap(), resumed);
    assert!(weights(&again) == weights(&whole));
    let others = [
        Fit { seed: 3, ..kept(5) },
        Fit { batch_size: 8, ..kept(5) },
        Fit { augment: Vec::new(), ..kept(5) },
    ];
    let refused = |x: &Tensor, settings| {
        let text = reader().fit(x, &y, settings).unwrap_err().to_string();
        assert!(text.contains("lecteur") && text.contains("supprimez"), "{text}");
    };
    others.into_iter().for_each(|other| refused(&x, other));
    refused(&x.affine(0.5, 0.0).unwrap(), kept(5));
    // What is learned cannot be unlearned.
    refused(&x, kept(4));
    let stop = Fit { callbacks: vec![EarlyStopping::default().into()], ..kept(5) };
    assert!(reader().fit(&x, &y, stop).unwrap_err().to_string().contains("callbacks"));
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    assert!(reader().fit(&x, &y, kept(5)).unwrap_err().to_string().contains("illisible"));
}

/// `cargo test --lib changing_images -- --ignored --nocapture`
#[test]
#[ignore = "measures time"]
fn changing_images_costs_less_than_learning_from_them() {
    let (x, y) = (images(1280), labels(1280, 10));
    let transformed = Augment { rotation: 20.0, shear: 10.0, noise: 0.1, ..Augment::default() };
    let time = |augment: Vec<Change>| {
        let mut model = Sequential::new("cnn", (28, 28, 1))
            .conv2d("C1", 32, 3, Padding::Valid, Activation::Relu)
            .max_pool2d("P1", 2)
            .conv2d("C2", 64, 3, Padding::Valid, Activation::Relu)
            .max_pool2d("P2", 2)
            .flatten("F")
            .dense("D1", 128, Activation::Relu)
            .dense("D2", 10, Activation::Softmax)
            .compile(Adam::default(), Loss::SparseCategoricalCrossentropy)
            .unwrap();
        let settings = Fit { augment, batch_size: 128, ..quiet(8) };
        let epochs = model.fit(&x, &y, settings).unwrap().seconds;
        1e3 * epochs.into_iter().fold(f64::INFINITY, f64::min) / 10.0
    };
    let step = time(Vec::new());
    println!("step of 128 images: {step:.2} ms");
    for (name, change) in [
        ("default", Augment::default().into()),
        ("transformed, with noise", transformed.into()),
        ("imperfect", Imperfect::default().into()),
    ] {
        let change = time(vec![change]) - step;
        println!("{name}: {change:.2} ms more");
        assert!(change < step, "{name}: {change} ms, more than {step}");
    }
}
