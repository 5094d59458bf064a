//! Each operation alone, forwards and backwards, at the sizes of the models
//! and batch 32. Throughput counts multiplications and additions as one each.
//!
//! `cargo bench --bench ops`; one thread with `RAYON_NUM_THREADS=1`, narrower
//! vectors with `MNIST_TP_SIMD=avx2`.

use std::sync::{Arc, Mutex};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use mnist_tp::ops::activation::Activation;
use mnist_tp::ops::batch_norm::{BatchNorm, Running};
use mnist_tp::ops::conv_relu_pool::ConvReluPool;
use mnist_tp::ops::conv2d::Conv2d;
use mnist_tp::ops::dense::Dense;
use mnist_tp::ops::dropout::Dropout;
use mnist_tp::ops::pool::MaxPool2d;
use mnist_tp::ops::{Backward, Forward, Op, Padding, Pass, Saved};
use mnist_tp::random::Rng;

const BATCH: usize = 32;
const PASS: Pass = Pass { training: true, seed: 1, step: 1 };

/// `products`: multiplications of one image, forwards.
fn measure(criterion: &mut Criterion, name: &str, op: &dyn Op, products: usize) {
    let mut rng = Rng::new(1);
    let mut draw = |len: usize| -> Vec<f32> { (0..len).map(|_| rng.uniform(-1.0, 1.0)).collect() };
    let x = draw(BATCH * op.input_len());
    let params: Vec<Vec<f32>> = op.param_lens().into_iter().map(&mut draw).collect();
    let dy = draw(BATCH * op.output_len());
    let params: Vec<&[f32]> = params.iter().map(Vec::as_slice).collect();
    let mut dparams: Vec<Vec<f32>> = params.iter().map(|p| vec![0.0; p.len()]).collect();
    let (mut y, mut dx, mut gradient) = (dy.clone(), x.clone(), dy.clone());
    let mut saved = Saved::default();
    let mut group = criterion.benchmark_group(name);
    group.sample_size(20);
    let count = |times: usize| Throughput::Elements((2 * times * BATCH * products) as u64);
    if products > 0 {
        group.throughput(count(1));
    }
    group.bench_function("forward", |bench| {
        bench.iter(|| {
            let (x, params, y, saved) = (&x, &params, &mut y, &mut saved);
            op.forward(Forward { pass: PASS, x, params, y, saved });
        });
    });
    if products > 0 {
        group.throughput(count(2));
    }
    group.bench_function("backward", |bench| {
        bench.iter(|| {
            gradient.copy_from_slice(&dy);
            op.backward(Backward {
                pass: PASS,
                x: &x,
                params: &params,
                y: &y,
                dy: &mut gradient,
                saved: &mut saved,
                dx: Some(&mut dx),
                dparams: &mut dparams,
            });
        });
    });
    group.finish();
}

fn all(criterion: &mut Criterion) {
    let relu = Activation::Relu;
    for (inputs, outputs) in [(784, 784), (784, 128), (1600, 128), (1152, 512)] {
        let dense = Dense { inputs, outputs, activation: relu };
        measure(criterion, &format!("dense {inputs}-{outputs}"), &dense, inputs * outputs);
    }
    for (side, channels, filters, k) in
        [(28, 1, 32, 3), (28, 32, 32, 3), (14, 64, 64, 3), (7, 128, 128, 3)]
    {
        let input = [side, side, channels];
        let conv = Conv2d::new(input, filters, [k; 2], [1; 2], Padding::Same, relu);
        let conv = conv.expect("sizes that fit");
        let name = format!("conv {side}×{side}×{channels}-{filters}");
        measure(criterion, &name, &conv, conv.output_len() * k * k * channels);
    }
    for (side, channels, filters, k) in [(28, 1, 32, 3), (13, 32, 64, 3), (14, 6, 16, 5)] {
        let input = [side, side, channels];
        let fused = ConvReluPool::new(input, filters, [k; 2], Padding::Valid);
        let fused = fused.expect("sizes that fit");
        let name = format!("conv+relu+pool {side}×{side}×{channels}-{filters}");
        measure(criterion, &name, &fused, 4 * fused.output_len() * k * k * channels);
    }
    let running = Arc::new(Mutex::new(Running::new(32)));
    let norm = BatchNorm::new(28 * 28, 32, running).expect("sizes that fit");
    measure(criterion, "batch_norm 28×28×32", &norm, 0);
    let pool = MaxPool2d::new([28, 28, 32], [2, 2], [2, 2]).expect("sizes that fit");
    measure(criterion, "max_pool 28×28×32", &pool, 0);
    measure(criterion, "dropout 14×14×32", &Dropout { len: 14 * 14 * 32, rate: 0.3, salt: 1 }, 0);
}

criterion_group!(benches, all);
criterion_main!(benches);
