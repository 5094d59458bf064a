use proptest::prelude::*;

use super::*;
use crate::fast::testing::{assert_close, draw};
use crate::random::Rng;

/// Numbers of which a share is zero.
fn digits(rng: &mut Rng, len: usize, zeros: f32) -> Vec<f32> {
    let mut values = draw(rng, len);
    for value in &mut values {
        *value *= f32::from(u8::from(rng.uniform(0.0, 1.0) >= zeros));
    }
    values
}

fn transposed(a: &[f32], columns: usize) -> Vec<f32> {
    (0..a.len())
        .map(|at| a[at % (a.len() / columns) * columns + at / (a.len() / columns)])
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn equals_the_definition(
        (rows, columns, vectors) in (1usize..80, 1usize..60, 1usize..8),
        zeros in 0f32..1.1,
        biased: bool,
        seed: u64,
    ) {
        let mut rng = Rng::new(seed);
        let a = digits(&mut rng, rows * columns, zeros);
        let width = vectors * UNIT;
        let (b, bias) = (draw(&mut rng, columns * width), draw(&mut rng, width));
        let bias = biased.then_some(&bias[..]);
        let expected = reference::product(&a, columns, &b, bias);
        let mut first: Option<Vec<f32>> = None;
        for level in simd::levels() {
            let (mut lists, mut c) = (Lists::default(), vec![f32::NAN; rows * width]);
            // Lists are used again from batch to batch: the second must not see the first.
            lists.of_rows(&draw(&mut rng, 9 * columns), columns);
            lists.of_rows(&a, columns);
            lists.product_at(level, &b, bias, &mut c);
            assert_close("rows", &c, &expected, 1e-5);
            assert_eq!(first.get_or_insert_with(|| c.clone()), &c, "{:?}", level);
            lists.of_columns(&transposed(&a, columns), rows);
            c.fill(f32::NAN);
            lists.product_at(level, &b, bias, &mut c);
            assert_close("columns", &c, &expected, 1e-5);
        }
    }
}

#[test]
fn digits_are_mostly_zero_and_noise_is_not() {
    let mut rng = Rng::new(1);
    assert!(mostly_zero(&digits(&mut rng, 8 * 784, 0.85), 784));
    assert!(!mostly_zero(&digits(&mut rng, 8 * 784, 0.5), 784));
    assert!(!mostly_zero(&[0.0; 3 * 784], 784));
}

#[test]
fn nan_among_the_images_stays_nan() {
    let mut a = vec![0.0; 4 * 5];
    a[7] = f32::NAN;
    let (mut lists, mut c) = (Lists::default(), vec![0.0; 4 * 16]);
    lists.of_rows(&a, 5);
    lists.product(&[1.0; 5 * 16], None, &mut c);
    assert!(c[..16].iter().chain(&c[32..]).all(|c| *c == 0.0));
    assert!(c[16..32].iter().all(|c| c.is_nan()));
}
