use candle_core::{DType, Device, Var};
use proptest::prelude::*;

use super::*;
use crate::ops::testing::*;
use crate::random::Rng;

const VALID: Padding = Padding::Valid;
const SAME: Padding = Padding::Same;

/// Input, kernel and bias, and gradient of the output for `n` images.
fn problem(conv: &Conv2d, n: usize, seed: u64) -> (Vec<f32>, Vec<Vec<f32>>, Vec<f32>) {
    let mut rng = Rng::new(seed);
    let x = draw(&mut rng, n * conv.input_len());
    let params = conv.param_lens().iter().map(|len| draw(&mut rng, *len)).collect();
    let dy = draw(&mut rng, n * conv.output_len());
    (x, params, dy)
}

fn assert_equals_reference(conv: &Conv2d, n: usize, seed: u64) {
    for level in simd::levels() {
        assert_level_equals_reference(&Conv2d { level, ..conv.clone() }, n, seed);
    }
}

fn assert_level_equals_reference(conv: &Conv2d, n: usize, seed: u64) {
    let (x, params, dy) = problem(conv, n, seed);
    let found = step(conv, TRAINING, &x, &params, &dy);
    let y = reference::forward(conv, &x, &params[0], &params[1]);
    assert_close("y", &found.y, &y, 1e-5);
    // The ReLU's side is taken from our own output: near zero the two may differ.
    let (dx, dw, db) = reference::backward(conv, &x, &params[0], &found.y, &dy);
    assert_close("dx", &found.dx, &dx, 1e-5);
    assert_close("dw", &found.dparams[0], &dw, 1e-5);
    assert_close("db", &found.dparams[1], &db, 1e-5);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn equals_reference(
        n in 1usize..12,
        (h, w, c, filters) in (1usize..9, 1usize..9, 1usize..5, 1usize..9),
        (kh, kw, sh, sw) in (1usize..5, 1usize..5, 1usize..4, 1usize..4),
        same: bool,
        relu: bool,
        seed: u64,
    ) {
        let padding = if same { SAME } else { VALID };
        let activation = if relu { Activation::Relu } else { Activation::Tanh };
        let conv = Conv2d::new([h, w, c], filters, [kh, kw], [sh, sw], padding, activation);
        match conv {
            Ok(conv) => assert_equals_reference(&conv, n, seed),
            Err(error) => prop_assert!(!same && (kh > h || kw > w), "{error}"),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn equals_reference_with_many_channels(
        n in 1usize..6,
        (h, w) in (3usize..12, 3usize..12),
        (c, filters) in (1usize..4, 1usize..4),
        same: bool,
        seed: u64,
    ) {
        let padding = if same { SAME } else { VALID };
        let conv =
            Conv2d::new([h, w, 16 * c], 16 * filters, [3; 2], [1; 2], padding, Activation::Relu);
        assert_equals_reference(&conv.unwrap(), n, seed);
    }
}

#[test]
fn equals_reference_on_the_shapes_of_the_models() {
    for (input, filters, k, padding) in [
        ([28, 28, 1], 6, 5, SAME),
        ([14, 14, 6], 16, 5, VALID),
        ([28, 28, 1], 32, 3, SAME),
        ([14, 14, 32], 64, 3, SAME),
        ([7, 7, 64], 33, 3, SAME),
        ([26, 26, 32], 64, 3, VALID),
    ] {
        let conv = Conv2d::new(input, filters, [k; 2], [1; 2], padding, Activation::Relu).unwrap();
        assert_equals_reference(&conv, 3, 4);
    }
}

#[test]
fn gradients_equal_finite_differences() {
    for (n, h, w, c, filters, k, stride, padding) in
        [(2, 6, 5, 3, 4, 3, 1, VALID), (1, 7, 7, 2, 3, 2, 2, SAME), (3, 5, 9, 1, 2, 5, 3, SAME)]
    {
        let conv = Conv2d::new([h, w, c], filters, [k; 2], [stride; 2], padding, Activation::Tanh)
            .unwrap();
        let (x, params, dy) = problem(&conv, n, 5);
        assert_finite_differences(&conv, TRAINING, &x, &params, &dy, 2e-3);
    }
}

#[test]
fn same_bits_on_any_number_of_threads() {
    for (n, channels, filters, k) in [(1, 6, 5, 5), (13, 6, 16, 5), (32, 6, 7, 5), (13, 16, 32, 3)]
    {
        let conv = Conv2d::new([14, 14, channels], filters, [k; 2], [1; 2], SAME, Activation::Relu);
        let conv = conv.unwrap();
        let (x, params, dy) = problem(&conv, n, 6);
        assert_same_on_any_threads(&conv, &x, &params, &dy);
    }
}

#[test]
fn nan_stays_nan() {
    for (size, channels, filters) in [(3, 1, 20), (4, 16, 32)] {
        let input = [size, size, channels];
        let conv = Conv2d::new(input, filters, [3; 2], [1; 2], VALID, Activation::Relu).unwrap();
        let (mut x, params, dy) = problem(&conv, 1, 7);
        x[(size + 1) * channels] = f32::NAN;
        assert!(step(&conv, TRAINING, &x, &params, &dy).y.iter().all(|y| y.is_nan()));
    }
}

/// Where Winograd's form takes pixels from each other too.
#[test]
fn an_infinity_stays_where_the_formula_has_it() {
    for level in simd::levels() {
        let input = [7, 8, 16];
        let conv = Conv2d::new(input, 16, [3; 2], [1; 2], SAME, Activation::Linear).unwrap();
        let conv = Conv2d { level, ..conv };
        let (mut x, params, mut dy) = problem(&conv, 3, 9);
        // Of the second image, and of its output.
        x[7 * 8 * 16 + (3 * 8 + 2) * 16 + 5] = f32::INFINITY;
        dy[7 * 8 * 16 + (2 * 8 + 6) * 16 + 1] = f32::NEG_INFINITY;
        let found = step(&conv, TRAINING, &x, &params, &dy);
        let y = reference::forward(&conv, &x, &params[0], &params[1]);
        let (dx, ..) = reference::backward(&conv, &x, &params[0], &y, &dy);
        for (found, expected) in [(&found.y, &y), (&found.dx, &dx)] {
            assert_eq!(expected.iter().filter(|v| !v.is_finite()).count(), 9 * 16);
            for (found, expected) in found.iter().zip(expected) {
                assert!(found == expected || (found - expected).abs() < 1e-4, "{found} {expected}");
            }
        }
    }
}

#[test]
fn candle_sees_the_same_gradients_through_a_non_contiguous_input() {
    let mut rng = Rng::new(8);
    let device = Device::Cpu;
    let var = |rng: &mut Rng, shape: &[usize]| {
        let values = draw(rng, shape.iter().product());
        Var::from_tensor(&Tensor::from_vec(values, shape, &device).unwrap()).unwrap()
    };
    // Channels first, seen as channels last through a permutation.
    let x = var(&mut rng, &[2, 3, 6, 7]);
    let (kernel, bias) = (var(&mut rng, &[3, 2, 3, 4]), var(&mut rng, &[4]));
    let y = conv2d(&x.permute((0, 2, 3, 1)).unwrap(), &kernel, &bias, 1, VALID).unwrap();
    let theirs = x.conv2d(&kernel.permute((3, 2, 0, 1)).unwrap(), 0, 1, 1, 1).unwrap();
    let theirs = theirs.permute((0, 2, 3, 1)).unwrap().broadcast_add(&bias).unwrap();
    let flat = |t: &Tensor| t.flatten_all().unwrap().to_vec1::<f32>().unwrap();
    assert_close("y", &flat(&y), &flat(&theirs), 1e-5);
    let weight = Tensor::from_vec(draw(&mut rng, y.elem_count()), y.shape(), &device).unwrap();
    let ours = (&y * &weight).unwrap().sum_all().unwrap().backward().unwrap();
    let theirs = (&theirs * &weight).unwrap().sum_all().unwrap().backward().unwrap();
    for var in [&x, &kernel, &bias] {
        assert_close(
            "gradient",
            &flat(ours.get(var).unwrap()),
            &flat(theirs.get(var).unwrap()),
            1e-5,
        );
    }
}

#[test]
fn mistakes_are_explained() {
    let zeros = |shape: &[usize]| Tensor::zeros(shape, DType::F32, &Device::Cpu).unwrap();
    let bias = zeros(&[8]);
    let message = |x: &[usize], kernel: &[usize]| {
        conv2d(&zeros(x), &zeros(kernel), &bias, 1, VALID).unwrap_err().to_string()
    };
    assert!(message(&[2, 28, 28], &[3, 3, 1, 8]).contains("hauteur, largeur, canaux"));
    assert!(message(&[2, 28, 28, 1], &[3, 3, 2, 8]).contains("[3, 3, 1, 8]"));
    assert!(
        message(&[2, 4, 4, 1], &[5, 5, 1, 8])
            .contains("5\u{a0}×\u{a0}5 sur une entrée 4\u{a0}×\u{a0}4\u{a0}×\u{a0}1")
    );
    assert!(message(&[0, 28, 28, 1], &[3, 3, 1, 8]).contains("au moins une image"));
    let stride = conv2d(&zeros(&[1, 4, 4, 1]), &zeros(&[3, 3, 1, 8]), &bias, 0, VALID);
    assert!(stride.unwrap_err().to_string().contains("pas"));
}
