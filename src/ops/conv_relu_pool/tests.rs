use proptest::prelude::*;

use super::*;
use crate::ops::testing::*;
use crate::random::Rng;

type Problem = (Vec<f32>, Vec<Vec<f32>>, Vec<f32>);

fn problem(op: &ConvReluPool, n: usize, seed: u64) -> Problem {
    let mut rng = Rng::new(seed);
    let x = draw(&mut rng, n * op.input_len());
    let params = op.param_lens().iter().map(|len| draw(&mut rng, *len)).collect();
    let dy = draw(&mut rng, n * op.output_len());
    (x, params, dy)
}

/// The same in whole numbers, of which no sum is rounded: whatever the order of
/// the sums, ties are ties and fall the same way.
fn whole_problem(op: &ConvReluPool, n: usize, seed: u64) -> Problem {
    let (mut x, mut params, mut dy) = problem(op, n, seed);
    let all = params.iter_mut().chain([&mut x, &mut dy]);
    all.flatten().for_each(|value| *value = (8.0 * *value).round());
    (x, params, dy)
}

fn assert_equals_reference(
    input: [usize; 3],
    filters: usize,
    size: [usize; 2],
    padding: Padding,
    problem: impl Fn(&ConvReluPool) -> Problem,
) {
    let chain = reference::chain(input, filters, size, padding).unwrap();
    for level in simd::levels() {
        let mut op = ConvReluPool::new(input, filters, size, padding).unwrap();
        op.level = level;
        let (x, params, dy) = problem(&op);
        let (y, (dx, dw, db)) = reference::step(&chain, &x, &params[0], &params[1], &dy);
        let found = step(&op, TRAINING, &x, &params, &dy);
        assert_close("y", &found.y, &y, 1e-5);
        // Near a tie rounding may choose another winner: a wrong gradient would
        // show in most values, a tie in a few.
        let share = |found: &[f32], expected: &[f32]| {
            let scale = expected.iter().fold(1f32, |scale, e| scale.max(e.abs()));
            let far = found.iter().zip(expected).filter(|(f, e)| (*f - *e).abs() > 2e-5 * scale);
            far.count() as f32 / found.len() as f32
        };
        assert!(share(&found.dx, &dx) < 0.01, "{level:?}: dx");
        assert!(share(&found.dparams[0], &dw) < 0.05, "{level:?}: dw");
        assert!(share(&found.dparams[1], &db) < 0.05, "{level:?}: db");
        // The first layer of a network takes another way: nobody wants its `dx`.
        let alone = step_into(&op, TRAINING, &x, &params, &dy, None).dparams;
        assert_close("dw without dx", &alone[0], &found.dparams[0], 1e-5);
        assert_close("db without dx", &alone[1], &found.dparams[1], 1e-5);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn equals_reference(
        n in 1usize..10,
        (h, w, c, filters) in (2usize..12, 2usize..12, 1usize..7, 1usize..40),
        (kh, kw) in (1usize..6, 1usize..6),
        same: bool,
        seed: u64,
    ) {
        prop_assume!(same || (kh < h && kw < w));
        let padding = if same { Padding::Same } else { Padding::Valid };
        let draw = |op: &_| problem(op, n, seed);
        assert_equals_reference([h, w, c], filters, [kh, kw], padding, draw);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn equals_reference_with_many_channels(
        n in 1usize..6,
        (h, w) in (4usize..13, 4usize..13),
        (c, filters) in (1usize..3, 1usize..5),
        same: bool,
        seed: u64,
    ) {
        let padding = if same { Padding::Same } else { Padding::Valid };
        let draw = |op: &_| whole_problem(op, n, seed);
        assert_equals_reference([h, w, 16 * c], 16 * filters, [3, 3], padding, draw);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn equals_reference_on_mostly_black_images(
        n in 1usize..6,
        (h, w, c, filters) in (3usize..14, 3usize..14, 1usize..3, 1usize..36),
        (kh, kw) in (1usize..4, 1usize..4),
        lit in 0usize..5,
        same: bool,
        seed: u64,
    ) {
        prop_assume!(same || (kh < h && kw < w));
        let padding = if same { Padding::Same } else { Padding::Valid };
        let draw = |op: &ConvReluPool| {
            let (mut x, params, dy) = whole_problem(op, n, seed);
            // A lit rectangle of another size in each image; the last is white.
            for (image, x) in x.chunks_exact_mut(h * w * c).enumerate().take(n - usize::from(n > 1)) {
                let side = lit + image;
                let lit = |k: usize| (2..2 + side).contains(&(k / w)) && k % w < side;
                let black = x.chunks_exact_mut(c).enumerate().filter(|(k, _)| !lit(*k));
                black.for_each(|(_, pixel)| pixel.fill(0.0));
            }
            (x, params, dy)
        };
        assert_equals_reference([h, w, c], filters, [kh, kw], padding, draw);
    }
}

#[test]
fn equals_reference_on_the_layers_of_the_models() {
    assert_equals_reference([28, 28, 1], 32, [3, 3], Padding::Valid, |op| problem(op, 9, 1));
    assert_equals_reference([13, 13, 32], 64, [3, 3], Padding::Valid, |op| problem(op, 9, 2));
    assert_equals_reference([28, 28, 1], 6, [5, 5], Padding::Same, |op| problem(op, 3, 3));
    assert_equals_reference([14, 14, 6], 16, [5, 5], Padding::Valid, |op| problem(op, 3, 4));
}

#[test]
fn same_bits_on_any_number_of_threads() {
    for (n, channels, filters) in [(1, 3, 20), (13, 3, 20), (32, 3, 20), (13, 16, 32)] {
        let op = ConvReluPool::new([12, 13, channels], filters, [3, 3], Padding::Same).unwrap();
        let (x, params, dy) = problem(&op, n, 5);
        assert_same_on_any_threads(&op, &x, &params, &dy);
    }
}

#[test]
fn ties_go_to_the_first_and_nan_stays_nan() {
    let op = ConvReluPool::new([4, 4, 1], 18, [3, 3], Padding::Valid).unwrap();
    // Equal pixels: the four windows tie, and the gradient goes to the first.
    let params = [vec![0.5; 9 * 18], vec![0.0; 18]];
    let found = step(&op, TRAINING, &[1.0; 16], &params, &[1.0; 18]);
    assert_eq!(found.y, [4.5; 18]);
    let nine = |k: usize| if k / 4 < 3 && k % 4 < 3 { 9.0 } else { 0.0 };
    assert_eq!(found.dx, (0..16).map(nine).collect::<Vec<_>>());
    let mut x = [1.0; 16];
    x[15] = f32::NAN;
    assert!(step(&op, TRAINING, &x, &params, &[1.0; 18]).y.iter().all(|y| y.is_nan()));
}

#[test]
fn an_infinity_stays_in_its_windows_with_many_channels_too() {
    let (input, filters) = ([8, 8, 16], 16);
    let chain = reference::chain(input, filters, [3, 3], Padding::Same).unwrap();
    let mut op = ConvReluPool::new(input, filters, [3, 3], Padding::Same).unwrap();
    for level in simd::levels() {
        op.level = level;
        let (mut x, params, dy) = problem(&op, 2, 9);
        x[(3 * 8 + 3) * 16 + 2] = f32::INFINITY;
        let found = step(&op, TRAINING, &x, &params, &dy).y;
        let (y, _) = reference::step(&chain, &x, &params[0], &params[1], &dy);
        assert!(y.iter().any(|y| y.is_infinite()) && !y.iter().any(|y| y.is_nan()));
        for (found, y) in found.iter().zip(&y) {
            assert!(found == y || (found - y).abs() < 1e-4, "{found} {y}");
        }
    }
}

#[test]
fn ties_go_to_the_first_with_many_channels_too() {
    let op = ConvReluPool::new([4, 4, 16], 16, [3, 3], Padding::Valid).unwrap();
    let params = [vec![0.5; 9 * 256], vec![0.0; 16]];
    let found = step(&op, TRAINING, &[1.0; 256], &params, &[1.0; 16]);
    assert_eq!(found.y, [72.0; 16]);
    let eight = |k: usize| if k / 64 < 3 && k / 16 % 4 < 3 { 8.0 } else { 0.0 };
    assert_eq!(found.dx, (0..256).map(eight).collect::<Vec<_>>());
}

#[test]
fn mistakes_are_explained() {
    let error = ConvReluPool::new([3, 3, 1], 4, [3, 3], Padding::Valid).unwrap_err().to_string();
    assert!(
        error.contains("2\u{a0}×\u{a0}2 sur une entrée 1\u{a0}×\u{a0}1\u{a0}×\u{a0}4"),
        "{error}"
    );
}
