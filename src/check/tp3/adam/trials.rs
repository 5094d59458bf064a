//! Answers that the tests try: one step of Adam, written by hand.

use super::*;
use crate::check::registry::{Trial, right, wrong};

pub(super) const ADAM: &[Trial] = &[
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
    wrong("correction oubliée", || {
        adam(|w, m, v, g, _, eta| {
            for i in 0..w.len() {
                m[i] = 0.9 * m[i] + 0.1 * g[i];
                v[i] = 0.999 * v[i] + 0.001 * g[i] * g[i];
                w[i] -= eta * m[i] / (v[i].sqrt() + 1e-7);
            }
        })
    }),
    wrong("moments perdus", || {
        adam(|w, m, v, g, t, eta| {
            for i in 0..w.len() {
                let (m, v) = (0.9 * m[i] + 0.1 * g[i], 0.999 * v[i] + 0.001 * g[i] * g[i]);
                w[i] -= eta * corrected(m, v, t);
            }
        })
    }),
];

fn corrected(m: f32, v: f32, t: i32) -> f32 {
    (m / (1.0 - 0.9f32.powi(t))) / ((v / (1.0 - 0.999f32.powi(t))).sqrt() + 1e-7)
}
