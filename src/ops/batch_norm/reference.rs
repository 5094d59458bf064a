//! The formulas as loops in double precision, to read and to test against.

/// `y` in training, for `x`: `[m, features]`.
pub fn forward(x: &[f32], gamma: &[f32], beta: &[f32], epsilon: f32) -> Vec<f32> {
    let mut y = vec![0.0; x.len()];
    for k in 0..gamma.len() {
        let (mean, deviation) = statistics(x, gamma.len(), k, epsilon);
        for at in (k..x.len()).step_by(gamma.len()) {
            let normalised = (f64::from(x[at]) - mean) / deviation;
            y[at] = (f64::from(gamma[k]) * normalised + f64::from(beta[k])) as f32;
        }
    }
    y
}

/// `(dx, dgamma, dbeta)` in training.
pub fn backward(
    x: &[f32],
    gamma: &[f32],
    dy: &[f32],
    epsilon: f32,
) -> (Vec<f32>, Vec<f32>, Vec<f32>) {
    let features = gamma.len();
    let m = (x.len() / features) as f64;
    let (mut dx, mut dgamma, mut dbeta) =
        (vec![0.0; x.len()], vec![0.0; features], vec![0.0; features]);
    for k in 0..features {
        let (mean, deviation) = statistics(x, features, k, epsilon);
        let normalised = |at: usize| (f64::from(x[at]) - mean) / deviation;
        let feature = || (k..x.len()).step_by(features);
        let sum: f64 = feature().map(|at| f64::from(dy[at])).sum();
        let product: f64 = feature().map(|at| f64::from(dy[at]) * normalised(at)).sum();
        for at in feature() {
            let centred = f64::from(dy[at]) - sum / m - normalised(at) * product / m;
            dx[at] = (f64::from(gamma[k]) / deviation * centred) as f32;
        }
        (dgamma[k], dbeta[k]) = (product as f32, sum as f32);
    }
    (dx, dgamma, dbeta)
}

/// Mean of feature `k` and `√(variance + ε)`.
fn statistics(x: &[f32], features: usize, k: usize, epsilon: f32) -> (f64, f64) {
    let values = || x[k..].iter().step_by(features).map(|x| f64::from(*x));
    let m = (x.len() / features) as f64;
    let mean = values().sum::<f64>() / m;
    let variance = values().map(|x| (x - mean).powi(2)).sum::<f64>() / m;
    (mean, (variance + f64::from(epsilon)).sqrt())
}
