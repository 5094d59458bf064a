//! One epoch of `fit` on 1,280 images for each of the six models: shuffling,
//! batches, metrics and optimiser included. Throughput counts images.
//!
//! `cargo bench --bench step`; for the comparison with Keras and PyTorch, in a
//! notebook's kernel: `cargo tp bench`.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use mnist_tp::Result;
use mnist_tp::prelude::*;

include!("models.rs");

const IMAGES: usize = 1280;

fn train(criterion: &mut Criterion) {
    let mnist = Mnist::load().expect("the files of data/mnist");
    let set = mnist.train.slice(0..IMAGES).expect("enough images");
    let pixels = set.images.to_dtype(DType::F32).and_then(|x| x.affine(1.0 / 255.0, 0.0));
    let pixels = pixels.expect("an image is numbers");
    for name in ["dense-784", "dense-128-64", "cnn", "lenet", "deep", "gru"] {
        let mut group = criterion.benchmark_group(name);
        group.sample_size(10).throughput(Throughput::Elements(IMAGES as u64));
        for batch_size in [32, 128] {
            let mut model = build(name, 0).expect("a network that fits");
            let shape = [&[IMAGES], model.input_shape()].concat();
            let x = pixels.reshape(shape).expect("as many values");
            group.bench_function(BenchmarkId::from_parameter(batch_size), |bench| {
                bench.iter(|| {
                    let verbose = Verbose::Silent;
                    let fit = Fit { batch_size, verbose, ..Fit::default() };
                    model.fit(&x, &set.labels, fit).expect("finite numbers")
                });
            });
        }
        group.finish();
    }
}

criterion_group!(benches, train);
criterion_main!(benches);
