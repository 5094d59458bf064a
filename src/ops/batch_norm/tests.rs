use proptest::prelude::*;

use super::*;
use crate::ops::Pass;
use crate::ops::testing::*;
use crate::random::Rng;

fn layer(pixels: usize, features: usize) -> (BatchNorm, Arc<Mutex<Running>>) {
    let running = Arc::new(Mutex::new(Running::new(features)));
    (BatchNorm::new(pixels, features, running.clone()).unwrap(), running)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn equals_reference((n, pixels, features) in (1usize..40, 1usize..30, 1usize..40), seed: u64) {
        let mut rng = Rng::new(seed);
        let (mut op, _) = layer(pixels, features);
        let levels = simd::levels();
        op.level = levels[seed as usize % levels.len()];
        let x: Vec<f32> = draw(&mut rng, n * pixels * features).iter().map(|x| x + 3.0).collect();
        let params = [draw(&mut rng, features), draw(&mut rng, features)];
        let dy = draw(&mut rng, x.len());
        let found = step(&op, TRAINING, &x, &params, &dy);
        let y = reference::forward(&x, &params[0], &params[1], BatchNorm::EPSILON);
        assert_close("y", &found.y, &y, 2e-5);
        let (dx, dgamma, dbeta) = reference::backward(&x, &params[0], &dy, BatchNorm::EPSILON);
        assert_close("dx", &found.dx, &dx, 2e-4);
        assert_close("dgamma", &found.dparams[0], &dgamma, 1e-4);
        assert_close("dbeta", &found.dparams[1], &dbeta, 1e-4);
    }
}

#[test]
fn gradients_equal_finite_differences() {
    let mut rng = Rng::new(2);
    for pass in [TRAINING, Pass::INFERENCE] {
        let (op, _) = layer(6, 4);
        let (x, dy) = (draw(&mut rng, 5 * 24), draw(&mut rng, 5 * 24));
        let params = [draw(&mut rng, 4), draw(&mut rng, 4)];
        assert_finite_differences(&op, pass, &x, &params, &dy, 5e-3);
    }
}

/// The output of one row is beta whatever the row: nothing below may move.
#[test]
fn a_batch_of_one_row_gives_no_gradient_at_all() {
    let mut rng = Rng::new(8);
    for (features, level) in [1, 7, 16, 33]
        .into_iter()
        .flat_map(|features| simd::levels().into_iter().map(move |level| (features, level)))
    {
        let (mut op, _) = layer(1, features);
        op.level = level;
        let x: Vec<f32> = draw(&mut rng, features).iter().map(|x| 1e3 * x).collect();
        let params = [draw(&mut rng, features), draw(&mut rng, features)];
        let dy = draw(&mut rng, features);
        let found = step(&op, TRAINING, &x, &params, &dy);
        assert_eq!(found.y, params[1]);
        assert!(found.dx.iter().chain(&found.dparams[0]).all(|d| *d == 0.0), "{:?}", found.dx);
        assert_eq!(found.dparams[1], dy);
    }
}

/// Far from zero, and close together: the terms of the formula are large, their sum
/// is not.
#[test]
fn features_far_from_zero_are_centred_first() {
    let mut rng = Rng::new(9);
    let (op, _) = layer(1, 5);
    let x: Vec<f32> = draw(&mut rng, 40).iter().map(|x| 1e4 + x).collect();
    let params = [draw(&mut rng, 5), draw(&mut rng, 5)];
    let dy = draw(&mut rng, 40);
    let found = step(&op, TRAINING, &x, &params, &dy);
    let y = reference::forward(&x, &params[0], &params[1], BatchNorm::EPSILON);
    let (dx, dgamma, _) = reference::backward(&x, &params[0], &dy, BatchNorm::EPSILON);
    assert_close("y", &found.y, &y, 5e-3);
    assert_close("dx", &found.dx, &dx, 5e-3);
    assert_close("dgamma", &found.dparams[0], &dgamma, 5e-3);
}

#[test]
fn running_averages_follow_keras_and_serve_in_inference() {
    let (op, running) = layer(1, 1);
    let params = [vec![1.0], vec![0.0]];
    step(&op, TRAINING, &[1.0, 3.0], &params, &[0.0; 2]);
    let state = running.lock().unwrap().clone();
    assert_close("mean", &state.mean, &[0.02], 1e-6);
    assert_close("variance", &state.variance, &[1.0], 1e-6);
    *running.lock().unwrap() = Running { mean: vec![2.0], variance: vec![4.0 - 1e-3] };
    let y = step(&op, Pass::INFERENCE, &[1.0, 3.0], &params, &[0.0; 2]).y;
    assert_close("y", &y, &[-0.5, 0.5], 1e-6);
    assert_eq!(running.lock().unwrap().mean, [2.0]);
}

#[test]
fn same_bits_on_any_number_of_threads() {
    let mut rng = Rng::new(3);
    let (op, _) = layer(49, 33);
    let (x, dy) = (draw(&mut rng, 32 * 49 * 33), draw(&mut rng, 32 * 49 * 33));
    assert_same_on_any_threads(&op, &x, &[draw(&mut rng, 33), draw(&mut rng, 33)], &dy);
}

#[test]
fn mistakes_are_explained() {
    let running = Arc::new(Mutex::new(Running::new(3)));
    let error = BatchNorm::new(1, 4, running.clone()).unwrap_err().to_string();
    assert!(error.contains("4 moyennes"), "{error}");
    assert!(BatchNorm::new(0, 3, running).is_err());
}
