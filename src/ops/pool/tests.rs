use candle_core::{Device, Var};
use proptest::prelude::*;

use super::*;
use crate::ops::testing::*;
use crate::random::Rng;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn equals_reference(
        (n, h, w, c) in (1usize..5, 1usize..12, 1usize..12, 1usize..40),
        (kh, kw, sh, sw) in (1usize..4, 1usize..4, 1usize..4, 1usize..4),
        levels in 2usize..20,
        seed: u64,
    ) {
        prop_assume!(kh <= h && kw <= w);
        let mut rng = Rng::new(seed);
        // Few levels: ties are frequent.
        let x: Vec<f32> = (0..n * h * w * c).map(|_| rng.below(levels) as f32 - 3.0).collect();
        let levels = simd::levels();
        let mut max = MaxPool2d::new([h, w, c], [kh, kw], [sh, sw]).unwrap();
        max.1 = levels[seed as usize % levels.len()];
        let dy = draw(&mut rng, n * max.output_len());
        let found = step(&max, TRAINING, &x, &[], &dy);
        let (y, winners) = reference::max(&max.0, &x);
        prop_assert_eq!(&found.y, &y);
        let mut dx = vec![0.0; x.len()];
        winners.iter().zip(&dy).for_each(|(at, dy)| dx[*at] += dy);
        assert_close("dx", &found.dx, &dx, 1e-6);

        let average = AvgPool2d::new([h, w, c], [kh, kw], [sh, sw]).unwrap();
        let found = step(&average, TRAINING, &x, &[], &dy);
        assert_close("y", &found.y, &reference::average(&average.0, &x), 1e-6);
        assert_finite_differences(&average, TRAINING, &x, &[], &dy, 1e-2);
    }
}

#[test]
fn gradient_of_a_ramp_and_of_odd_sizes() {
    // candle's own gradient is 0.25 at the maxima of the first, and misplaced in the second.
    for (side, winners) in [(4, vec![5, 7, 13, 15]), (5, vec![6, 8, 16, 18])] {
        let ramp = Tensor::arange(0f32, (side * side) as f32, &Device::Cpu).unwrap();
        let x = Var::from_tensor(&ramp.reshape((1, side, side, 1)).unwrap()).unwrap();
        let y = max_pool2d(&x, 2, 2).unwrap();
        let gradients = y.sum_all().unwrap().backward().unwrap();
        let found = gradients.get(&x).unwrap().flatten_all().unwrap().to_vec1::<f32>().unwrap();
        let expected: Vec<f32> =
            (0..side * side).map(|k| f32::from(u8::from(winners.contains(&k)))).collect();
        assert_eq!(found, expected);
    }
}

#[test]
fn the_first_of_equals_wins_and_nan_wins_over_numbers() {
    let pool = MaxPool2d::new([2, 2, 1], [2, 2], [2, 2]).unwrap();
    assert_eq!(step(&pool, TRAINING, &[1.0, 3.0, 3.0, 3.0], &[], &[2.0]).dx, [0.0, 2.0, 0.0, 0.0]);
    let found = step(&pool, TRAINING, &[1.0, 5.0, f32::NAN, 9.0], &[], &[2.0]);
    assert!(found.y[0].is_nan());
    assert_eq!(found.dx, [0.0, 0.0, 2.0, 0.0]);
}

#[test]
fn same_bits_on_any_number_of_threads() {
    let mut rng = Rng::new(1);
    let (x, dy) = (draw(&mut rng, 9 * 11 * 7 * 3), draw(&mut rng, 9 * 9 * 5 * 3));
    let (input, size, stride) = ([11, 7, 3], [3, 3], [1, 1]);
    assert_same_on_any_threads(&MaxPool2d::new(input, size, stride).unwrap(), &x, &[], &dy);
    assert_same_on_any_threads(&AvgPool2d::new(input, size, stride).unwrap(), &x, &[], &dy);
}

#[test]
fn mistakes_are_explained() {
    let error = MaxPool2d::new([1, 4, 8], [2, 2], [2, 2]).unwrap_err().to_string();
    assert!(
        error.contains("2\u{a0}×\u{a0}2 sur une entrée 1\u{a0}×\u{a0}4\u{a0}×\u{a0}8"),
        "{error}"
    );
    assert!(AvgPool2d::new([4, 4, 1], [0, 2], [2, 2]).is_err());
    assert!(MaxPool2d::new([40, 40, 1], [17, 17], [2, 2]).is_err());
}
