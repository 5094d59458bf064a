//! The operations against PyTorch: `tests/reference/ops.json`, written by the
//! script beside it.

use serde_json::Value;
use std::sync::{Arc, Mutex};

use super::Op;
use super::activation::Activation;
use super::batch_norm::{BatchNorm, Running};
use super::bidirectional::Bidirectional;
use super::conv_relu_pool::ConvReluPool;
use super::conv2d::Conv2d;
use super::gru::Gru;
use super::pool::{AvgPool2d, MaxPool2d};
use super::testing::{TRAINING, assert_close, step};
use crate::fast::convolve::window::Padding;

fn numbers(case: &Value, key: &str) -> Vec<f32> {
    let values = case[key].as_array().unwrap_or_else(|| panic!("{key} of {}", case["op"]));
    values.iter().map(|v| v.as_f64().unwrap() as f32).collect()
}

fn sizes<const N: usize>(case: &Value, key: &str) -> [usize; N] {
    let values: Vec<usize> = serde_json::from_value(case[key].clone()).unwrap();
    values.try_into().unwrap()
}

/// The parameters of a recurrent layer, and of its mirror image.
const RECURRENT: [&str; 6] = [
    "forward_kernel",
    "forward_recurrent_kernel",
    "forward_bias",
    "backward_kernel",
    "backward_recurrent_kernel",
    "backward_bias",
];

fn operation(case: &Value) -> (Box<dyn Op>, &'static [&'static str]) {
    if case["op"] == "gru" {
        let units = case["units"].as_u64().unwrap() as usize;
        let sequences = case["sequences"].as_bool().unwrap();
        let gru = Gru::new(&sizes::<2>(case, "input"), units, sequences).unwrap();
        return match case["both"].as_bool().unwrap() {
            true => (Box::new(Bidirectional::new(gru)), &RECURRENT),
            false => (Box::new(gru), &RECURRENT[..3]),
        };
    }
    let input = sizes(case, "input");
    let size = || sizes(case, "size");
    let stride = || sizes(case, "stride");
    let filters = || case["filters"].as_u64().unwrap() as usize;
    match case["op"].as_str().unwrap() {
        "conv2d" => {
            let padding = if case["padding"] == "Same" { Padding::Same } else { Padding::Valid };
            let relu = case["relu"].as_bool().unwrap();
            let activation = if relu { Activation::Relu } else { Activation::Linear };
            let conv = Conv2d::new(input, filters(), size(), stride(), padding, activation);
            (Box::new(conv.unwrap()), &["kernel", "bias"])
        }
        "conv_relu_pool" => {
            let op = ConvReluPool::new(input, filters(), size(), Padding::Valid);
            (Box::new(op.unwrap()), &["kernel", "bias"])
        }
        "max_pool2d" => (Box::new(MaxPool2d::new(input, size(), stride()).unwrap()), &[]),
        "avg_pool2d" => (Box::new(AvgPool2d::new(input, size(), stride()).unwrap()), &[]),
        "batch_norm" => {
            let [h, w, c] = input;
            let running = Arc::new(Mutex::new(Running::new(c)));
            (Box::new(BatchNorm::new(h * w, c, running).unwrap()), &["gamma", "beta"])
        }
        other => panic!("unknown operation {other}"),
    }
}

#[test]
fn operations_equal_pytorch() {
    let file: Value = serde_json::from_str(include_str!("../../tests/reference/ops.json")).unwrap();
    let cases = file["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 16);
    for (index, case) in cases.iter().enumerate() {
        let (op, names) = operation(case);
        let params: Vec<_> = names.iter().map(|name| numbers(case, name)).collect();
        let found = step(&*op, TRAINING, &numbers(case, "x"), &params, &numbers(case, "dy"));
        let check = |what: &str, found: &[f32]| {
            let what = format!("case {index}, {}: {what}", op.name());
            assert_close(&what, found, &numbers(case, what.rsplit(' ').next().unwrap()), 5e-6);
        };
        check("y", &found.y);
        check("dx", &found.dx);
        for (name, gradient) in names.iter().zip(&found.dparams) {
            check(&format!("d{name}"), gradient);
        }
    }
}
