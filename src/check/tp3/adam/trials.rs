//! Answers that the tests try: one step of Adam, written by hand.

use super::*;
use crate::check::registry::{Trial, right, wrong};

pub(super) const ADAM: &[Trial] = &[
    wrong("une seule correction", || {
        adam(|w, m, v, g, t, eta| {
            let a = 1.0 - 0.9f32.powi(t);
            by(w, m, v, g, moments, |m, v, _| eta * (m / a) / (v.sqrt() + 1e-7));
        })
    }),
    wrong("taux oublié", || {
        adam(|w, m, v, g, t, _| by(w, m, v, g, moments, |m, v, _| corrected(m, v, t)))
    }),
    right("as in the paper", || {
        adam(|w, m, v, g, t, eta| {
            for i in 0..w.len() {
                m[i] = 0.9 * m[i] + 0.1 * g[i];
                v[i] = 0.999 * v[i] + 0.001 * g[i] * g[i];
                let (m, v) = (m[i] / (1.0 - 0.9f32.powi(t)), v[i] / (1.0 - 0.999f32.powi(t)));
                w[i] -= eta * m / (v.sqrt() + 1e-7);
            }
        })
    }),
    right("as in Keras", || {
        adam(|w, m, v, g, t, eta| {
            let rate = eta * (1.0 - 0.999f32.powi(t)).sqrt() / (1.0 - 0.9f32.powi(t));
            for i in 0..w.len() {
                m[i] += (g[i] - m[i]) * 0.1;
                v[i] += (g[i] * g[i] - v[i]) * 0.001;
                w[i] -= rate * m[i] / (v[i].sqrt() + 1e-7);
            }
        })
    }),
    wrong("correction oubliée", || {
        adam(|w, m, v, g, _, eta| by(w, m, v, g, moments, |m, v, _| eta * m / (v.sqrt() + 1e-7)))
    }),
    wrong("carré oublié", || {
        adam(|w, m, v, g, t, eta| {
            let rule = |m, v, g: f32| (0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g);
            by(w, m, v, g, rule, |m, v, _| eta * corrected(m, v, t));
        })
    }),
    wrong("racine oubliée", || {
        adam(|w, m, v, g, t, eta| {
            let (a, b) = (1.0 - 0.9f32.powi(t), 1.0 - 0.999f32.powi(t));
            by(w, m, v, g, moments, |m, v, _| eta * (m / a) / (v / b + 1e-7));
        })
    }),
    wrong("moyenne oubliée", || {
        adam(|w, m, v, g, t, eta| {
            by(w, m, v, g, moments, |_, v, g| {
                eta * g / ((v / (1.0 - 0.999f32.powi(t))).sqrt() + 1e-7)
            })
        })
    }),
    wrong("bêtas échangés", || {
        adam(|w, m, v, g, t, eta| {
            let rule = |m, v, g: f32| (0.999 * m + 0.001 * g, 0.9 * v + 0.1 * g * g);
            let (a, b) = (1.0 - 0.999f32.powi(t), 1.0 - 0.9f32.powi(t));
            by(w, m, v, g, rule, |m, v, _| eta * (m / a) / ((v / b).sqrt() + 1e-7));
        })
    }),
    wrong("signe", || {
        adam(|w, m, v, g, t, eta| by(w, m, v, g, moments, |m, v, _| -eta * corrected(m, v, t)))
    }),
    wrong("moments perdus", || {
        adam(|w, m, v, g, t, eta| {
            let (mut m, mut v) = (m.to_vec(), v.to_vec());
            by(w, &mut m, &mut v, g, moments, |m, v, _| eta * corrected(m, v, t));
        })
    }),
    wrong("moments corrigés gardés", || {
        adam(|w, m, v, g, t, eta| {
            let (a, b) = (1.0 - 0.9f32.powi(t), 1.0 - 0.999f32.powi(t));
            let rule = |m, v, g| (moments(m, v, g).0 / a, moments(m, v, g).1 / b);
            by(w, m, v, g, rule, |m, v, _| eta * m / (v.sqrt() + 1e-7));
        })
    }),
    wrong("poids de la moyenne", || {
        adam(|w, m, v, g, t, eta| {
            let rule = |m, v, g: f32| (0.1 * m + 0.9 * g, 0.001 * v + 0.999 * g * g);
            by(w, m, v, g, rule, |m, v, _| eta * corrected(m, v, t));
        })
    }),
    wrong("epsilon oublié", || {
        adam(|w, m, v, g, t, eta| {
            let (a, b) = (1.0 - 0.9f32.powi(t), 1.0 - 0.999f32.powi(t));
            by(w, m, v, g, moments, |m, v, _| eta * (m / a) / (v / b).sqrt());
        })
    }),
    wrong("epsilon sous la racine", || {
        adam(|w, m, v, g, t, eta| {
            let (a, b) = (1.0 - 0.9f32.powi(t), 1.0 - 0.999f32.powi(t));
            by(w, m, v, g, moments, |m, v, _| eta * (m / a) / (v / b + 1e-7).sqrt());
        })
    }),
    right("in double precision", || {
        adam(|w, m, v, g, t, eta| {
            for i in 0..w.len() {
                (m[i], v[i]) = moments(m[i], v[i], g[i]);
                let a = f64::from(m[i]) / (1.0 - 0.9f64.powi(t));
                let b = f64::from(v[i]) / (1.0 - 0.999f64.powi(t));
                w[i] -= (f64::from(eta) * a / (b.sqrt() + 1e-7)) as f32;
            }
        })
    }),
    right("zipped", || {
        adam(|w, m, v, g, t, eta| {
            for (((w, m), v), g) in w.iter_mut().zip(m).zip(v).zip(g) {
                (*m, *v) = moments(*m, *v, *g);
                *w -= eta * corrected(*m, *v, t);
            }
        })
    }),
];

fn corrected(m: f32, v: f32, t: i32) -> f32 {
    (m / (1.0 - 0.9f32.powi(t))) / ((v / (1.0 - 0.999f32.powi(t))).sqrt() + 1e-7)
}

/// A step of the trials: new moments, then the move that is subtracted.
fn by(
    w: &mut [f32],
    m: &mut [f32],
    v: &mut [f32],
    g: &[f32],
    rule: impl Fn(f32, f32, f32) -> (f32, f32),
    step: impl Fn(f32, f32, f32) -> f32,
) {
    for i in 0..w.len() {
        (m[i], v[i]) = rule(m[i], v[i], g[i]);
        w[i] -= step(m[i], v[i], g[i]);
    }
}
