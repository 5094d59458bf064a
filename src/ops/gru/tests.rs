use proptest::prelude::*;

use super::*;
use crate::ops::bidirectional::Bidirectional;
use crate::ops::testing::*;
use crate::random::Rng;

fn gru(steps: usize, inputs: usize, units: usize) -> Gru {
    Gru::new(&[steps, inputs], units, true).unwrap()
}

fn params(op: &dyn Op, rng: &mut Rng) -> Vec<Vec<f32>> {
    op.param_lens().into_iter().map(|len| draw(rng, len)).collect()
}

/// Both readings by the reference, side by side.
fn both(layer: &Gru, x: &[f32], params: &[Vec<f32>]) -> Vec<f32> {
    let ahead = reference::forward(layer, x, &params[..3]);
    let back = reference::forward(&Gru { reverse: true, ..*layer }, x, &params[3..]);
    let rows = ahead.chunks(layer.units).zip(back.chunks(layer.units));
    rows.flat_map(|(a, b)| [a, b].concat()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn equals_reference(
        (n, steps, inputs, units) in (1usize..7, 1usize..6, 1usize..20, 1usize..40),
        return_sequences: bool,
        reverse: bool,
        seed: u64,
    ) {
        let mut rng = Rng::new(seed);
        let op = Gru { return_sequences, reverse, ..gru(steps, inputs, units) };
        let (x, dy) = (draw(&mut rng, n * steps * inputs), draw(&mut rng, n * op.output_len()));
        let params = params(&op, &mut rng);
        let found = step(&op, TRAINING, &x, &params, &dy);
        assert_close("y", &found.y, &reference::forward(&op, &x, &params), 1e-5);
        let (dx, dparams) = reference::backward(&op, &x, &params, &dy);
        assert_close("dx", &found.dx, &dx, 2e-5);
        for (found, expected) in found.dparams.iter().zip(&dparams) {
            assert_close("dparams", found, expected, 2e-5);
        }
    }

    #[test]
    fn two_directions_are_the_reference_twice(seed: u64, return_sequences: bool) {
        let mut rng = Rng::new(seed);
        let layer = Gru { return_sequences, ..gru(4, 5, 6) };
        let op = Bidirectional::new(layer);
        let (x, params) = (draw(&mut rng, 3 * 20), params(&op, &mut rng));
        let dy = draw(&mut rng, 3 * op.output_len());
        let found = step(&op, TRAINING, &x, &params, &dy);
        assert_close("y", &found.y, &both(&layer, &x, &params), 1e-5);
        let half = |from: usize| -> Vec<f32> {
            dy.chunks(12).flat_map(|row| row[from..from + 6].to_vec()).collect()
        };
        let (dx, ahead) = reference::backward(&layer, &x, &params[..3], &half(0));
        let mirror = Gru { reverse: true, ..layer };
        let (other, back) = reference::backward(&mirror, &x, &params[3..], &half(6));
        let sum: Vec<f32> = dx.iter().zip(&other).map(|(a, b)| a + b).collect();
        assert_close("dx", &found.dx, &sum, 2e-5);
        for (found, expected) in found.dparams.iter().zip(ahead.iter().chain(&back)) {
            assert_close("dparams", found, expected, 2e-5);
        }
    }
}

#[test]
fn gradients_equal_finite_differences() {
    let mut rng = Rng::new(2);
    for return_sequences in [true, false] {
        let layer = Gru { return_sequences, ..gru(4, 3, 5) };
        let ops: [&dyn Op; 3] =
            [&layer, &Gru { reverse: true, ..layer }, &Bidirectional::new(layer)];
        for op in ops {
            let (x, dy) = (draw(&mut rng, 2 * 12), draw(&mut rng, 2 * op.output_len()));
            let params = params(op, &mut rng);
            assert_finite_differences(op, TRAINING, &x, &params, &dy, 5e-3);
        }
    }
}

#[test]
fn same_bits_on_any_number_of_threads() {
    let mut rng = Rng::new(3);
    let op = Bidirectional::new(gru(4, 48, 96));
    let (x, dy) = (draw(&mut rng, 33 * 4 * 48), draw(&mut rng, 33 * op.output_len()));
    assert_same_on_any_threads(&op, &x, &params(&op, &mut rng), &dy);
}

/// With all weights at zero but `c_n`: `z = r = 1/2`, `n = tanh(c/2)`, and the
/// memory goes half the way to `n` at each step.
#[test]
fn a_memory_by_hand() {
    let op = gru(3, 1, 1);
    let params = [vec![0.0; 3], vec![0.0; 3], vec![0.0, 0.0, 0.0, 0.0, 0.0, 2.0]];
    let y = step(&op, TRAINING, &[1.0, 2.0, 3.0], &params, &[0.0; 3]).y;
    let n = 1f32.tanh();
    assert_close("y", &y, &[0.5 * n, 0.75 * n, 0.875 * n], 1e-6);
}

#[test]
fn mistakes_are_explained() {
    let text = Gru::new(&[7, 7, 3], 4, true).unwrap_err().to_string();
    assert!(text.contains("[7, 7, 3]") && text.contains("reshape"), "{text}");
    assert!(Gru::new(&[7, 3], 0, true).unwrap_err().to_string().contains("au moins une unité"));
}
