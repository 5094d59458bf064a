//! What the tests of the operations share.

use super::{Backward, Forward, Op, Pass, Saved};
pub(crate) use crate::fast::testing::{assert_close, draw};
use crate::fast::threads::together;
use crate::random::Rng;

/// A training pass.
pub(crate) const TRAINING: Pass = Pass { training: true, seed: 1, step: 0 };

/// Everything that one step of an operation gives.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Step {
    pub(crate) y: Vec<f32>,
    pub(crate) dx: Vec<f32>,
    pub(crate) dparams: Vec<Vec<f32>>,
}

/// One forward and one backward pass, into buffers full of rubbish.
pub(crate) fn step(op: &dyn Op, pass: Pass, x: &[f32], params: &[Vec<f32>], dy: &[f32]) -> Step {
    let mut dx = vec![f32::NAN; x.len()];
    let step = step_into(op, pass, x, params, dy, Some(&mut dx));
    Step { dx, ..step }
}

/// [`step`] with the gradient of the input in `dx`, or without it.
pub(crate) fn step_into(
    op: &dyn Op,
    pass: Pass,
    x: &[f32],
    params: &[Vec<f32>],
    dy: &[f32],
    dx: Option<&mut [f32]>,
) -> Step {
    let n = x.len() / op.input_len();
    let params: Vec<&[f32]> = params.iter().map(Vec::as_slice).collect();
    let mut saved = Saved { floats: vec![7.0; 3], bytes: vec![9; 3], ..Saved::default() };
    let mut y = vec![f32::NAN; n * op.output_len()];
    op.forward(Forward { pass, x, params: &params, y: &mut y, saved: &mut saved });
    let mut dparams: Vec<Vec<f32>> = params.iter().map(|p| vec![f32::NAN; p.len()]).collect();
    op.backward(Backward {
        pass,
        x,
        params: &params,
        y: &y,
        dy: &mut dy.to_vec(),
        saved: &mut saved,
        dx,
        dparams: &mut dparams,
    });
    Step { y, dx: Vec::new(), dparams }
}

/// Asserts that one step gives the same bits on 1, 2 and 4 threads.
pub(crate) fn assert_same_on_any_threads(op: &dyn Op, x: &[f32], params: &[Vec<f32>], dy: &[f32]) {
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let step = || step(op, TRAINING, x, params, dy);
        pool.install(|| (step(), together(step)))
    };
    let (one, alone) = on(1);
    assert!(one == alone, "{} in a team of one", op.name());
    for threads in [2, 4] {
        let (pool, team) = on(threads);
        assert!(one == pool && one == team, "{} on {threads} threads", op.name());
    }
}

/// Compares the gradients with central differences of `Σ y · dy`, for a few
/// values of the input and of each parameter.
pub(crate) fn assert_finite_differences(
    op: &dyn Op,
    pass: Pass,
    x: &[f32],
    params: &[Vec<f32>],
    dy: &[f32],
    tolerance: f32,
) {
    const H: f32 = 1.0 / 128.0;
    let loss = |x: &[f32], params: &[Vec<f32>]| -> f64 {
        let y = step(op, pass, x, params, dy).y;
        y.iter().zip(dy).map(|(y, dy)| f64::from(*y) * f64::from(*dy)).sum()
    };
    let exact = step(op, pass, x, params, dy);
    let mut rng = Rng::new(99);
    let mut check = |what: &str, len: usize, gradient: &[f32], at: &dyn Fn(usize, f32) -> f64| {
        for _ in 0..len.min(12) {
            let k = rng.below(len);
            let slope = ((at(k, H) - at(k, -H)) / f64::from(2.0 * H)) as f32;
            let error = (slope - gradient[k]).abs() / slope.abs().max(1.0);
            assert!(error <= tolerance, "{what}[{k}]: {} but slope {slope}", gradient[k]);
        }
    };
    check("dx", x.len(), &exact.dx, &|k, h| {
        let mut x = x.to_vec();
        x[k] += h;
        loss(&x, params)
    });
    for (p, gradient) in exact.dparams.iter().enumerate() {
        check(&format!("dparams[{p}]"), gradient.len(), gradient, &|k, h| {
            let mut params = params.to_vec();
            params[p][k] += h;
            loss(x, &params)
        });
    }
}
