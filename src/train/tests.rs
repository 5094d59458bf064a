//! The engine against finite differences, against candle's graph, against
//! itself on other numbers of threads.

use candle_core::{DType, Device, Tensor};

use crate::ops::cross_entropy;
use crate::prelude::*;

/// A small convolutional network with every kind of layer.
fn convolutional() -> Sequential {
    Sequential::new("cnn", (9, 8, 2))
        .conv2d("C1", 3, 3, Padding::Same, Activation::Relu)
        .max_pool2d("P1", 2)
        .batch_norm("N1")
        .conv2d("C2", 4, 2, Padding::Valid, Activation::Tanh)
        .avg_pool2d("P2", 2)
        .layer("R", LayerSpec::Reshape { shape: vec![1, 4] })
        .flatten("F")
        .dropout("D", 0.1)
        .dense("C3", 3, Activation::Softmax)
}

#[test]
fn convolutional_networks_learn_and_are_saved_with_their_averages() {
    let (x, y) = (draw(&[48, 9, 8, 2], 1), labels(48, 3));
    let compile = || {
        let loss = Loss::SparseCategoricalCrossentropy;
        convolutional().compile(Adam { learning_rate: 0.01, ..Adam::default() }, loss).unwrap()
    };
    let mut model = compile();
    let state = model.initial_state().unwrap();
    let history = model.fit(&x, &y, quiet(20)).unwrap();
    assert!(history.loss[19] < 0.8 * history.loss[0], "{:?}", history.loss);
    assert_eq!(model.layer("N1").unwrap().non_trainable_count(), 6);

    answers_the_same_saved_and_by_its_graph(&model, &x);
    model.set_state(&state).unwrap();
    assert_eq!(model.fit(&x, &y, quiet(20)).unwrap().loss, history.loss);
}

pub(super) fn answers_the_same_saved_and_by_its_graph(model: &Model, x: &Tensor) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("réseau.safetensors");
    model.save(&path).unwrap();
    let answer = |m: &Model| m.predict(x).unwrap().to_vec2::<f32>().unwrap();
    assert_eq!(answer(&Model::load(&path).unwrap()), answer(model));
    let graph = model.forward(x).unwrap().to_vec2::<f32>().unwrap();
    for (a, b) in graph.iter().flatten().zip(answer(model).iter().flatten()) {
        assert!((a - b).abs() < 1e-5);
    }
}

pub(super) fn draw(shape: &[usize], seed: u64) -> Tensor {
    let mut rng = Rng::new(seed);
    let values: Vec<f32> = (0..shape.iter().product()).map(|_| rng.uniform(-1.0, 1.0)).collect();
    Tensor::from_vec(values, shape, &Device::Cpu).unwrap()
}

pub(super) fn labels(n: usize, classes: usize) -> Tensor {
    let values: Vec<u32> = (0..n).map(|i| (i * 7 % classes) as u32).collect();
    Tensor::from_vec(values, n, &Device::Cpu).unwrap()
}

pub(super) fn hot(n: usize, classes: usize) -> Tensor {
    one_hot(&labels(n, classes), classes).unwrap()
}

/// A network with every kind of layer whose gradient is smooth.
fn network() -> Sequential {
    Sequential::new("lisse", (2, 3))
        .flatten("F")
        .dense("C1", 5, Activation::Tanh)
        .dense("C2", 4, Activation::Sigmoid)
        .dense("C3", 4, Activation::Softmax)
        .dense("C4", 3, Activation::Softmax)
        .seed(3)
}

fn loss(model: &Model, x: &Tensor, y: &Tensor) -> f64 {
    cross_entropy(&model.logits(x).unwrap(), y).unwrap().to_scalar::<f32>().unwrap().into()
}

#[test]
fn gradients_equal_finite_differences() {
    let model = network().build().unwrap();
    let (x, y) = (draw(&[4, 2, 3], 1), hot(4, 3));
    let grads = cross_entropy(&model.logits(&x).unwrap(), &y).unwrap().backward().unwrap();
    for var in model.vars() {
        let gradient = grads.get(&var).unwrap().flatten_all().unwrap().to_vec1::<f32>().unwrap();
        let values = var.as_tensor().flatten_all().unwrap().to_vec1::<f32>().unwrap();
        for (i, expected) in gradient.iter().enumerate() {
            let at = |step: f32| {
                let mut moved = values.clone();
                moved[i] += step;
                var.set(&Tensor::from_vec(moved, var.dims(), &Device::Cpu).unwrap()).unwrap();
                loss(&model, &x, &y)
            };
            let slope = (at(5e-3) - at(-5e-3)) / 1e-2;
            at(0.0);
            assert!((slope - f64::from(*expected)).abs() < 2e-4, "{slope} {expected}");
        }
    }
}

#[test]
fn the_engine_steps_where_candle_steps() {
    let (x, y) = (draw(&[8, 2, 3], 1), hot(8, 3));
    let mut ours = network().compile(Sgd::default(), Loss::CategoricalCrossentropy).unwrap();
    let theirs = network().build().unwrap();
    let grads = cross_entropy(&theirs.logits(&x).unwrap(), &y).unwrap().backward().unwrap();
    for var in theirs.vars() {
        let step = (grads.get(&var).unwrap() * 0.01).unwrap();
        var.set(&var.as_tensor().sub(&step).unwrap()).unwrap();
    }
    let settings =
        Fit { batch_size: 8, shuffle: false, verbose: Verbose::Silent, ..Fit::default() };
    ours.fit(&x, &y, settings).unwrap();
    for (a, b) in ours.vars().iter().zip(theirs.vars()) {
        let gap = a.as_tensor().sub(b.as_tensor()).unwrap().abs().unwrap().flatten_all().unwrap();
        assert!(gap.max(0).unwrap().to_scalar::<f32>().unwrap() < 1e-6);
    }
}

pub(super) fn quiet<'a>(epochs: usize) -> Fit<'a> {
    Fit { epochs, batch_size: 16, verbose: Verbose::Silent, ..Fit::default() }
}

fn learner() -> Model {
    Sequential::new("dense", 20)
        .dense("C1", 64, Activation::Relu)
        .dropout("D", 0.2)
        .dense("C2", 3, Activation::Softmax)
        .compile(Adam::default(), Loss::SparseCategoricalCrossentropy)
        .unwrap()
}

pub(super) fn weights(model: &Model) -> Vec<f32> {
    let values = |v: &Var| v.as_tensor().flatten_all().unwrap().to_vec1::<f32>().unwrap();
    model.vars().iter().flat_map(values).collect()
}

#[test]
fn the_same_seed_gives_the_same_bits_on_any_threads() {
    let (x, y) = (draw(&[100, 20], 1), labels(100, 3));
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let mut model = learner();
            model.fit(&x, &y, quiet(3)).unwrap();
            weights(&model)
        })
    };
    let one = on(1);
    assert!(one == on(2) && one == on(4));
}

#[test]
fn a_state_starts_the_same_training_again() {
    let (x, y) = (draw(&[64, 20], 1), labels(64, 3));
    let mut model = learner();
    let state = model.initial_state().unwrap();
    let first = model.fit(&x, &y, quiet(2)).unwrap();
    let further = model.fit(&x, &y, quiet(1)).unwrap();
    assert!(further.loss[0] < first.loss[0]);
    model.set_state(&state).unwrap();
    assert_eq!(model.fit(&x, &y, quiet(2)).unwrap().loss, first.loss);
    model.set_state(&state).unwrap();
    let other = model.fit(&x, &y, Fit { seed: 9, ..quiet(2) }).unwrap();
    assert_ne!(other.loss, first.loss);
}

#[test]
fn early_stopping_restores_the_best_epoch() {
    let (x, y) = (draw(&[64, 20], 1), labels(64, 3));
    let mut model = learner();
    let stop = EarlyStopping { patience: 2, ..EarlyStopping::default() };
    let settings =
        Fit { validation: Validation::Split(0.5), callbacks: vec![stop.into()], ..quiet(300) };
    let history = model.fit(&x, &y, settings).unwrap();
    assert!(history.epochs() < 300);
    let best = history.val_loss.iter().copied().fold(f32::INFINITY, f32::min);
    let (x, y) = (x.narrow(0, 32, 32).unwrap(), y.narrow(0, 32, 32).unwrap());
    assert_eq!(model.evaluate(&x, &y).unwrap().loss, best);
}

#[test]
fn a_small_gain_is_none_and_the_best_network_is_on_disk() {
    let (x, y) = (draw(&[64, 20], 1), labels(64, 3));
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("meilleur.safetensors");
    let mut model = learner();
    let checkpoint = ModelCheckpoint { path: path.clone(), monitor: Monitor::ValLoss };
    let settings =
        Fit { validation: Validation::Split(0.5), callbacks: vec![checkpoint.into()], ..quiet(60) };
    let history = model.fit(&x, &y, settings).unwrap();
    let best = history.val_loss.iter().copied().fold(f32::INFINITY, f32::min);
    // The training went on past its best epoch; the file did not.
    assert!(*history.val_loss.last().unwrap() > best);
    let mut kept = Model::load(&path).unwrap();
    kept.compile(Adam::default(), Loss::SparseCategoricalCrossentropy).unwrap();
    let judged = |t: &Tensor| t.narrow(0, 32, 32).unwrap();
    assert_eq!(kept.evaluate(&judged(&x), &judged(&y)).unwrap().loss, best);

    // No epoch gains as much as 10: the first stays the best.
    let (monitor, patience, min_delta) = (Monitor::Loss, 3, 10.0);
    let stop = EarlyStopping { monitor, patience, min_delta, ..EarlyStopping::default() };
    let settings = Fit { callbacks: vec![stop.into()], ..quiet(60) };
    assert_eq!(learner().fit(&x, &y, settings).unwrap().epochs(), 4);
}

#[test]
fn save_and_load_keep_every_bit() {
    let dir = tempfile::tempdir().unwrap();
    let (path, x) = (dir.path().join("m.safetensors"), draw(&[5, 20], 2));
    let mut model = learner();
    model.fit(&x, &labels(5, 3), quiet(1)).unwrap();
    model.save(&path).unwrap();
    let loaded = Model::load(&path).unwrap();
    assert_eq!(loaded.architecture(), model.architecture());
    assert_eq!(weights(&loaded), weights(&model));

    let before = weights(&model);
    let whole = std::fs::read(&path).unwrap();
    for len in [0, 7, 100, whole.len() - 1] {
        std::fs::write(&path, &whole[..len]).unwrap();
        assert!(Model::load(&path).is_err() && model.load_weights(&path).is_err());
    }
    let foreign = network().build().unwrap();
    foreign.save_weights(&path).unwrap();
    let message = model.load_weights(&path).unwrap_err().to_string();
    assert!(message.contains("m.safetensors") && message.contains("attendu"), "{message}");
    assert!(Model::load(&path).unwrap_err().to_string().contains("sans structure"));
    assert_eq!(weights(&model), before);
}

#[test]
fn mistakes_get_sentences() {
    let (x, y) = (draw(&[6, 20], 1), labels(6, 3));
    let mut model = learner();
    let say = |error: Error| error.to_string();
    let nan = Tensor::full(f32::NAN, (6, 20), &Device::Cpu).unwrap();
    assert!(say(model.fit(&nan, &y, quiet(1)).unwrap_err()).contains("époque 1"));
    let mut model = learner();
    let wide = draw(&[6, 5, 5], 1);
    assert!(say(model.fit(&wide, &y, quiet(1)).unwrap_err()).contains("[n, 20]"));
    let ints = x.to_dtype(DType::U8).unwrap();
    assert!(say(model.predict(&ints).unwrap_err()).contains("to_dtype"));
    assert!(say(model.fit(&x, &hot(6, 3), quiet(1)).unwrap_err()).contains("one-hot"));
    let empty = Tensor::zeros((0, 20), DType::F32, &Device::Cpu).unwrap();
    assert!(say(model.predict(&empty).unwrap_err()).contains("n ≥ 1"));
    let twice = Sequential::new("r", 4).dense("C", 2, Activation::Relu);
    let twice = twice.dense("C", 2, Activation::Softmax).build();
    assert!(say(twice.unwrap_err()).contains("«\u{a0}C\u{a0}»"));
    let square = Sequential::new("r", (28, 28)).dense("C1", 2, Activation::Softmax).build();
    assert!(say(square.unwrap_err()).contains("C1\u{a0}»\u{a0}: entrée\u{a0}: forme [28, 28]"));
    let stop = Fit { callbacks: vec![EarlyStopping::default().into()], ..quiet(1) };
    assert!(say(model.fit(&x, &y, stop).unwrap_err()).contains("validation"));
}

/// Keras 3.15: `keras.optimizers.X(...)` on `w = [1, -2]` with the gradients
/// `[0.5, 0.1]`, then `[-0.2, 0.3]`; the formulas are worked out in double precision.
#[test]
fn optimisers_follow_their_formula() {
    let gradients = [[0.5f32, 0.1], [-0.2, 0.3]];
    let run = |optimizer: Optimizer| {
        let (mut w, mut slots) = ([1.0f32, -2.0], Default::default());
        for (t, g) in gradients.iter().enumerate() {
            optimizer.update(t as u64 + 1, &mut w, g, &mut slots);
        }
        w
    };
    let near = |found: [f32; 2], expected: [f32; 2]| {
        let gap = (found[0] - expected[0]).abs().max((found[1] - expected[1]).abs());
        assert!(gap < 2e-6, "{found:?} {expected:?}");
    };
    near(run(Sgd { learning_rate: 0.1, ..Sgd::default() }.into()), [0.97, -2.04]);
    let momentum = Sgd { learning_rate: 0.1, momentum: 0.9, nesterov: false };
    near(run(momentum.into()), [0.925, -2.049]);
    near(run(Sgd { nesterov: true, ..momentum }.into()), [0.9025, -2.0841]);
    let adam = |t: i32, m: f64, v: f64| {
        let rate = 0.1 * (1.0 - 0.999f64.powi(t)).sqrt() / (1.0 - 0.9f64.powi(t));
        rate * m / (v.sqrt() + 1e-7)
    };
    let expected = |w: f64, g: [f64; 2], decay: f64| {
        let (m, v) = (0.1 * g[0], 0.001 * g[0] * g[0]);
        let w = w * (1.0 - 0.1 * decay) - adam(1, m, v);
        let (m, v) = (0.9 * m + 0.1 * g[1], 0.999 * v + 0.001 * g[1] * g[1]);
        (w * (1.0 - 0.1 * decay) - adam(2, m, v)) as f32
    };
    let both = |decay| [expected(1.0, [0.5, -0.2], decay), expected(-2.0, [0.1, 0.3], decay)];
    near(run(Adam { learning_rate: 0.1, ..Adam::default() }.into()), both(0.0));
    near(run(AdamW { learning_rate: 0.1, ..AdamW::default() }.into()), both(0.004));
    let rms = |w: f64, g: [f64; 2]| {
        let v = 0.1 * g[0] * g[0];
        let w = w - 0.1 * g[0] / (v + 1e-7).sqrt();
        let v = 0.9 * v + 0.1 * g[1] * g[1];
        (w - 0.1 * g[1] / (v + 1e-7).sqrt()) as f32
    };
    let expected = [rms(1.0, [0.5, -0.2]), rms(-2.0, [0.1, 0.3])];
    near(run(RmsProp { learning_rate: 0.1, ..RmsProp::default() }.into()), expected);
}

#[test]
fn optimisers_are_found_by_their_name() {
    for name in ["SGD", "SGD avec inertie", "RMSprop", "Adam", "AdamW"] {
        let optimizer = Optimizer::named(name, 0.02).unwrap();
        assert_eq!((optimizer.name(), optimizer.learning_rate()), (name, 0.02));
    }
    let message = Optimizer::named("adam", 0.02).unwrap_err().to_string();
    assert!(
        message.contains("«\u{a0}adam\u{a0}»") && message.contains("«\u{a0}AdamW\u{a0}»"),
        "{message}"
    );
}
