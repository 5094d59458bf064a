use std::sync::{Arc, Mutex};

use candle_core::Var;

use crate::ops::batch_norm::{BatchNorm, Running};
use crate::ops::candle::FORCED;
use crate::ops::conv_relu_pool::ConvReluPool;
use crate::ops::conv2d::Conv2d;
use crate::ops::cross_entropy;
use crate::ops::dense::Dense;
use crate::ops::dropout::Dropout;
use crate::ops::pool::{AvgPool2d, MaxPool2d};
use crate::ops::testing::{TRAINING, assert_close, draw};
use crate::ops::{Op, Pass, apply};
use crate::prelude::*;
use crate::random::Rng;

/// Calls `work` as if its tensors were on another device.
fn elsewhere<R>(work: impl FnOnce() -> R) -> R {
    FORCED.set(true);
    let result = work();
    FORCED.set(false);
    result
}

fn flat(tensor: &Tensor) -> Vec<f32> {
    tensor.flatten_all().unwrap().to_vec1().unwrap()
}

/// Output, and gradients of input and parameters for random gradients of it.
fn run(op: &Arc<dyn Op>, pass: Pass, n: usize) -> Vec<Vec<f32>> {
    let mut rng = Rng::new(7);
    let mut var = |shape: &[usize]| {
        let values = draw(&mut rng, shape.iter().product());
        Var::from_tensor(&Tensor::from_vec(values, shape, &Device::Cpu).unwrap()).unwrap()
    };
    let x = var(&[n, op.input_len()]);
    let params: Vec<Var> = op.param_lens().into_iter().map(|len| var(&[len])).collect();
    let dy = var(&[n, op.output_len()]);
    let tensors: Vec<&Tensor> = params.iter().map(|p| p.as_tensor()).collect();
    let y = apply(op.clone(), pass, x.as_tensor(), &tensors, &[op.output_len()]).unwrap();
    let gradients = (&y * dy.as_tensor()).unwrap().sum_all().unwrap().backward().unwrap();
    let gradients = std::iter::once(&x).chain(&params).map(|v| flat(gradients.get(v).unwrap()));
    std::iter::once(flat(&y)).chain(gradients).collect()
}

fn operations() -> Vec<Arc<dyn Op>> {
    use Activation::{Linear, Relu, Sigmoid, Softmax, Tanh};
    let dense = |activation| Dense { inputs: 7, outputs: 5, activation };
    let conv = |input, filters, size, stride, padding, activation| {
        Conv2d::new(input, filters, size, stride, padding, activation).unwrap()
    };
    let norm = |pixels, features| {
        let running = Arc::new(Mutex::new(Running::new(features)));
        BatchNorm::new(pixels, features, running).unwrap()
    };
    vec![
        Arc::new(dense(Linear)),
        Arc::new(dense(Relu)),
        Arc::new(dense(Sigmoid)),
        Arc::new(dense(Tanh)),
        Arc::new(dense(Softmax)),
        Arc::new(conv([6, 5, 2], 3, [3, 3], [1, 1], Padding::Valid, Relu)),
        Arc::new(conv([5, 7, 3], 4, [2, 3], [2, 1], Padding::Same, Tanh)),
        Arc::new(conv([7, 7, 1], 2, [5, 5], [3, 2], Padding::Same, Softmax)),
        Arc::new(conv([8, 5, 2], 2, [2, 2], [3, 3], Padding::Valid, Linear)),
        Arc::new(ConvReluPool::new([7, 8, 2], 3, [3, 3], Padding::Same).unwrap()),
        Arc::new(MaxPool2d::new([5, 7, 3], [2, 2], [2, 2]).unwrap()),
        Arc::new(MaxPool2d::new([6, 6, 2], [3, 2], [1, 2]).unwrap()),
        Arc::new(AvgPool2d::new([5, 7, 3], [2, 3], [2, 2]).unwrap()),
        Arc::new(norm(6, 4)),
        Arc::new(norm(1, 3)),
        Arc::new(Dropout { len: 30, rate: 0.4, salt: 3 }),
    ]
}

#[test]
fn outputs_and_gradients_are_those_of_the_cpu() {
    for op in operations() {
        for pass in [TRAINING, Pass::INFERENCE] {
            for n in [1, 4] {
                let ours = run(&op, pass, n);
                let theirs = elsewhere(|| run(&op, pass, n));
                assert_eq!(ours.len(), theirs.len());
                for (index, (a, b)) in theirs.iter().zip(&ours).enumerate() {
                    assert_close(&format!("{op:?} {pass:?}, {n} images: {index}"), a, b, 2e-5);
                }
            }
        }
    }
}

#[test]
fn a_tie_has_one_winner() {
    let x = Var::from_tensor(&Tensor::ones((1, 4, 4, 1), DType::F32, &Device::Cpu).unwrap());
    let x = x.unwrap();
    let y = elsewhere(|| max_pool2d(x.as_tensor(), 2, 2)).unwrap();
    let gradients = y.sum_all().unwrap().backward().unwrap();
    let corner = |k: usize| f32::from(u8::from([0, 2, 8, 10].contains(&k)));
    assert_eq!(flat(gradients.get(&x).unwrap()), (0..16).map(corner).collect::<Vec<_>>());
}

#[test]
fn a_training_takes_the_same_way() {
    let (batch, steps, rate) = (8, 3, 0.05);
    let network = || {
        Sequential::new("cnn", (9, 8, 2))
            .conv2d("C1", 3, 3, Padding::Same, Activation::Relu)
            .max_pool2d("P1", 2)
            .batch_norm("N1")
            .conv2d("C2", 4, 2, Padding::Valid, Activation::Tanh)
            .avg_pool2d("P2", 2)
            .flatten("F")
            .dropout("D", 0.1)
            .dense("C3", 3, Activation::Linear)
            .compile(
                Sgd { learning_rate: rate, ..Sgd::default() },
                Loss::SparseCategoricalCrossentropy,
            )
            .unwrap()
    };
    let n = batch * steps;
    let x = draw(&mut Rng::new(3), n * 9 * 8 * 2);
    let x = Tensor::from_vec(x, (n, 9, 8, 2), &Device::Cpu).unwrap();
    let y = Tensor::from_vec((0..n as u32).map(|i| i % 3).collect(), n, &Device::Cpu).unwrap();
    let mut ours = network();
    let settings =
        Fit { batch_size: batch, shuffle: false, verbose: Verbose::Silent, ..Fit::default() };
    ours.fit(&x, &y, settings).unwrap();

    let theirs = network();
    let hot = one_hot(&y, 3).unwrap();
    for step in 0..steps {
        let (from, len) = (step * batch, batch);
        let (x, t) = (x.narrow(0, from, len).unwrap(), hot.narrow(0, from, len).unwrap());
        let pass = Pass { training: true, seed: 0, step: step as u64 };
        let gradients = elsewhere(|| {
            let logits = theirs.forward_train(&x, pass).unwrap();
            cross_entropy(&logits, &t).unwrap().backward().unwrap()
        });
        for var in theirs.vars() {
            let moved = (gradients.get(&var).unwrap() * rate).unwrap();
            var.set(&var.as_tensor().sub(&moved).unwrap()).unwrap();
        }
    }
    for (ours, theirs) in ours.vars().iter().zip(theirs.vars()) {
        assert_close("weights", &flat(theirs.as_tensor()), &flat(ours.as_tensor()), 1e-5);
    }
    let averages = |m: &Model| m.layer("N1").unwrap().running().unwrap().clone();
    assert_close("means", &averages(&theirs).mean, &averages(&ours).mean, 1e-5);
    assert_close("variances", &averages(&theirs).variance, &averages(&ours).variance, 1e-5);
}

#[test]
fn transposed_batches_are_taken_and_empty_ones_refused() {
    for op in operations() {
        let mut rng = Rng::new(9);
        let mut tensor = |shape: &[usize]| {
            let values = draw(&mut rng, shape.iter().product());
            Tensor::from_vec(values, shape, &Device::Cpu).unwrap()
        };
        let x = tensor(&[op.input_len(), 3]).t().unwrap();
        let params: Vec<Tensor> = op.param_lens().into_iter().map(|len| tensor(&[len])).collect();
        let params: Vec<&Tensor> = params.iter().collect();
        let call = |x: &Tensor| apply(op.clone(), Pass::INFERENCE, x, &params, &[op.output_len()]);
        assert_eq!(flat(&call(&x).unwrap()), flat(&call(&x.contiguous().unwrap()).unwrap()));
        let empty = Tensor::zeros((0, op.input_len()), DType::F32, &Device::Cpu).unwrap();
        let error = call(&empty).unwrap_err().to_string();
        assert!(error.contains("au moins une image"), "{error}");
    }
}
