//! Same seed, same bits: a few steps of each kind of network, with every form of the
//! arithmetic that this processor has and on any number of threads, give the weights
//! whose hashes stand here; so does the first epoch of TP1 and of TP2.
//!
//! Where sums take another order on purpose, these numbers change, and with them the
//! figures that the notebooks quote: `cargo test --test bits` prints the new ones.

#[path = "common/networks.rs"]
mod networks;

use std::process::Command;

use mnist_tp::fast::simd::level;
use mnist_tp::prelude::*;

/// Each network and the hash of its weights after [`train`].
const NETWORKS: [(&str, u64); 6] = [
    ("dense", 0x9bd2_46e3_f1c5_7015),
    ("lenet", 0x4b5f_ef8b_5cca_2d06),
    ("cnn", 0xbf53_2914_ab7b_192c),
    ("profond", 0xa60d_dcfc_0dcc_1fc7),
    ("récurrent", 0x2b17_5bfc_c682_7aac),
    ("autres", 0x76ce_8ffa_befb_97d3),
];
/// TP1's dense network and TP2's LeNet after one epoch on MNIST, in batches of 128.
const FIRST_EPOCHS: [(&str, u64); 2] =
    [("TP1", 0x843d_dd82_6b36_47f2), ("TP2", 0x9473_5eef_bb16_1d75)];

const THREADS: [usize; 5] = [1, 2, 3, 4, 8];
/// Asks this very test, run again in another form, to print its hashes.
const ASKED: &str = "MNIST_TP_HASHES";

/// FNV-1a over whole words.
struct Hash(u64);

impl Hash {
    fn note(&mut self, values: &[f32]) {
        for value in values {
            self.0 = (self.0 ^ u64::from(value.to_bits())).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

/// The weights and running averages of a network, and what its training told.
fn hash(model: &Model, history: &History) -> u64 {
    let mut hash = Hash(0xcbf2_9ce4_8422_2325);
    for layer in model.layers() {
        for param in layer.params() {
            hash.note(&param.var.flatten_all().unwrap().to_vec1().unwrap());
        }
        if let Some(running) = layer.running() {
            hash.note(&running.mean);
            hash.note(&running.variance);
        }
    }
    hash.note(&history.loss);
    hash.note(&history.val_loss);
    hash.0
}

/// A small network of each kind: whole and odd numbers of filters, 3×3 and other
/// kernels, every activation and optimiser.
fn network(name: &str) -> Result<Model> {
    let relu = Activation::Relu;
    let image = || Sequential::new(name, (28, 28, 1)).initializer(Initializer::HeNormal);
    let (network, optimizer): (Sequential, Optimizer) = match name {
        "dense" => (
            image().flatten("F").dense("C1", 96, relu).dense("C2", 50, Activation::Sigmoid),
            Adam::default().into(),
        ),
        "lenet" => (
            image()
                .conv2d("C1", 6, 5, Padding::Same, relu)
                .max_pool2d("P1", 2)
                .conv2d("C2", 16, 5, Padding::Valid, relu)
                .max_pool2d("P2", 2)
                .flatten("F")
                .dense("C3", 84, relu),
            AdamW::default().into(),
        ),
        "cnn" => (
            image()
                .conv2d("C1", 32, 3, Padding::Valid, relu)
                .max_pool2d("P1", 2)
                .conv2d("C2", 48, 3, Padding::Valid, relu)
                .max_pool2d("P2", 2)
                .flatten("F")
                .dense("C3", 64, relu),
            RmsProp::default().into(),
        ),
        "profond" => {
            let mut deep = image().conv2d("C0", 20, 3, Padding::Same, relu).batch_norm("N0");
            for (i, filters) in [16, 32].into_iter().enumerate() {
                deep = deep.max_pool2d(format!("P{i}"), 2);
                for j in 1..=2 {
                    deep = deep
                        .conv2d(format!("C{i}{j}"), filters, 3, Padding::Same, relu)
                        .batch_norm(format!("N{i}{j}"));
                }
                deep = deep.dropout(format!("D{i}"), 0.3);
            }
            (deep.flatten("F").dense("C3", 40, relu).batch_norm("N3"), Adam::default().into())
        }
        "récurrent" => (
            image()
                .conv2d("C1", 32, 5, Padding::Same, relu)
                .max_pool2d("P1", 2)
                .reshape("suite", (14, 14 * 32))
                .bidirectional("R1", LayerSpec::gru(24, true))
                .gru("R2", 11, false),
            Adam::default().into(),
        ),
        _ => (
            image()
                .conv2d("C1", 7, 4, Padding::Same, Activation::Tanh)
                .avg_pool2d("P1", 3)
                .flatten("F")
                .dense("C2", 33, Activation::Softmax),
            Sgd { momentum: 0.9, nesterov: true, ..Sgd::default() }.into(),
        ),
    };
    let loss = Loss::SparseCategoricalCrossentropy;
    network.dense("sortie", 10, Activation::Softmax).seed(3).compile(optimizer, loss)
}

/// Two short epochs on images that are mostly black as digits are, some noisy; the
/// last batch is a short one.
fn train(name: &str) -> u64 {
    let (n, mut rng) = (26, Rng::new(12));
    let mut pixels = Vec::with_capacity(n * 784);
    for image in 0..n {
        let (row, noisy) = (rng.below(16), image % 8 == 7);
        for at in 0..784 {
            let lit = noisy || (row..row + 9).contains(&(at / 28)) && (9..20).contains(&(at % 28));
            pixels.push(if lit { rng.uniform(0.0, 1.0) } else { 0.0 });
        }
    }
    let x = Tensor::from_vec(pixels, (n, 28, 28, 1), &Device::Cpu).unwrap();
    let y = Tensor::from_vec((0..n as u32).map(|i| i % 10).collect(), n, &Device::Cpu).unwrap();
    let mut model = network(name).unwrap();
    let settings = Fit {
        epochs: 2,
        batch_size: 9,
        validation: Validation::Split(0.25),
        augment: vec![Augment { rotation: 10.0, noise: 0.02, ..Augment::none() }.into()],
        verbose: Verbose::Silent,
        ..Fit::default()
    };
    let history = model.fit(&x, &y, settings).unwrap();
    let predicted = model.predict(&x).unwrap().flatten_all().unwrap().to_vec1().unwrap();
    let mut all = Hash(hash(&model, &history));
    all.note(&predicted);
    all.0
}

#[test]
fn every_form_on_any_number_of_threads_gives_these_bits() {
    if std::env::var_os(ASKED).is_some() {
        for threads in THREADS {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            for (name, _) in NETWORKS {
                let hash = pool.install(|| train(name));
                println!("\n= {:?} {threads} {name} {hash:#018x}", level());
            }
        }
        return;
    }
    let mut found = Vec::new();
    for form in ["avx512", "avx2", "plain"] {
        let output = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "every_form_on_any_number_of_threads_gives_these_bits",
                "--nocapture",
            ])
            .env(ASKED, "1")
            .env("MNIST_TP_SIMD", form)
            .env_remove("MNIST_TP_MEMO")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{form}: {said}{errors}");
        let lines = said.lines().filter_map(|line| line.strip_prefix("= ")).map(str::to_owned);
        found.extend(lines);
    }
    assert_eq!(found.len(), 3 * THREADS.len() * NETWORKS.len());
    found.sort_unstable();
    found.dedup();
    println!("{}", found.join("\n"));
    let right = |line: &&String| {
        NETWORKS.iter().any(|(name, hash)| line.ends_with(&format!(" {name} {hash:#018x}")))
    };
    let wrong: Vec<_> = found.iter().filter(|line| !right(line)).collect();
    assert!(wrong.is_empty(), "other bits: {wrong:#?}");
}

/// The notebooks' own networks, images and settings.
#[test]
fn the_first_epochs_of_tp1_and_tp2_give_these_bits() {
    let mnist = Mnist::load().unwrap();
    let scaled = mnist.train.images.to_dtype(DType::F32).unwrap().affine(1.0 / 255.0, 0.0).unwrap();
    let labels = one_hot(&mnist.train.labels, 10).unwrap();
    let (dense, lenet) = (networks::dense("dense 784-784-10"), networks::lenet("LeNet"));
    let networks = [(dense, Validation::None), (lenet, Validation::Split(0.2))];
    let mut found = Vec::new();
    for ((network, validation), (name, _)) in networks.into_iter().zip(FIRST_EPOCHS) {
        let mut model = network.compile(Adam::default(), Loss::CategoricalCrossentropy).unwrap();
        let n = scaled.dims()[0];
        let x = scaled.reshape([&[n], model.input_shape()].concat()).unwrap();
        let verbose = Verbose::Silent;
        let settings = Fit { batch_size: 128, epochs: 1, validation, verbose, ..Fit::default() };
        let history = model.fit(&x, &labels, settings).unwrap();
        println!("{name}: loss {}, accuracy {}", history.loss[0], history.accuracy[0]);
        found.push((name, hash(&model, &history)));
    }
    let hexadecimal = |all: &[(&str, u64)]| {
        all.iter().map(|(name, hash)| format!("{name} {hash:#018x}")).collect::<Vec<_>>()
    };
    assert_eq!(hexadecimal(&found), hexadecimal(&FIRST_EPOCHS));
}
