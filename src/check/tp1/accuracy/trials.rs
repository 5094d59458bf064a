//! Answers that the tests try: the most probable class, and the share of right answers.

use super::*;
use crate::check::registry::{Trial, right, wrong};

pub(super) const ARGMAX: &[Trial] = &[
    wrong("cas particulier", || {
        argmax(|p| (0..p.len() - 1).find(|&i| p[i] > p[i + 1]).unwrap_or(p.len() - 1))
    }),
    wrong("valeurs tronquées", || {
        argmax(|p| (0..p.len()).max_by_key(|&i| (p[i] * 1e5) as i32).unwrap_or(0))
    }),
    wrong("maximum parti de zéro", || {
        argmax(|p| {
            let (mut at, mut max) = (0, -1000.0);
            for (i, &v) in p.iter().enumerate() {
                if v > max {
                    (at, max) = (i, v);
                }
            }
            at
        })
    }),
    right("loop", || argmax(best)),
    right("max_by", || {
        argmax(|p| (0..p.len()).max_by(|&i, &j| p[i].total_cmp(&p[j])).unwrap_or(0))
    }),
    wrong("minimum", || {
        argmax(|p| (0..p.len()).min_by(|&i, &j| p[i].total_cmp(&p[j])).unwrap_or(0))
    }),
    wrong("valeur au lieu de la place", || {
        argmax(|p| p.iter().copied().fold(0.0, f32::max) as usize)
    }),
    wrong("valeurs tronquées", || {
        argmax(|p| (0..p.len()).max_by_key(|&i| p[i] as i32).unwrap_or(0))
    }),
    wrong("valeurs tronquées", || {
        argmax(|p| (0..p.len()).max_by_key(|&i| (p[i] * 100.0) as i32).unwrap_or(0))
    }),
    right("partial_cmp", || {
        argmax(|p| {
            let by = |a: &(usize, &f32), b: &(usize, &f32)| a.1.partial_cmp(b.1).unwrap();
            p.iter().enumerate().max_by(by).map_or(0, |(i, _)| i)
        })
    }),
    right("position of the maximum", || {
        argmax(|p| {
            let max = p.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            p.iter().position(|v| *v == max).unwrap_or(0)
        })
    }),
    wrong("maximum parti de zéro", || {
        argmax(|p| {
            let (mut at, mut max) = (0, 0.0);
            for (i, &v) in p.iter().enumerate() {
                if v > max {
                    (at, max) = (i, v);
                }
            }
            at
        })
    }),
    wrong("indice hors limites", || argmax(|p| p[p.len()] as usize)),
    wrong("à compléter", || argmax(|_| todo!("à compléter"))),
];

pub(super) const TAUX_REUSSITE: &[Trial] = &[
    wrong("classes mal appariées", || {
        taux_reussite(|p, t| {
            let n = t.len() as f32;
            rate(&p[1..], &t[..t.len() - 1]) * (n - 1.0) / n
        })
    }),
    wrong("image oubliée", || {
        taux_reussite(|p, t| rate(&p[1..], &t[1..]) * (t.len() - 1) as f32 / t.len() as f32)
    }),
    right("mean of marks", || {
        taux_reussite(|p, t| {
            let mark = |(p, t): (&u32, &u8)| if *p == u32::from(*t) { 1.0 } else { 0.0 };
            let marks: Vec<f32> = p.iter().zip(t).map(mark).collect();
            marks.iter().sum::<f32>() / marks.len() as f32
        })
    }),
    right("what the errors leave, in double precision", || {
        taux_reussite(|p, t| {
            let errors = (0..t.len()).filter(|&i| p[i] != u32::from(t[i])).count();
            (1.0 - errors as f64 / p.len() as f64) as f32
        })
    }),
    right("iterators", || taux_reussite(rate)),
    right("loop", || {
        taux_reussite(|p, t| {
            let mut hits = 0.0;
            for i in 0..p.len() {
                if p[i] as u8 == t[i] {
                    hits += 1.0;
                }
            }
            hits / t.len() as f32
        })
    }),
    wrong("division entière", || {
        taux_reussite(|p, t| {
            let hits = p.iter().zip(t).filter(|(p, t)| **p == u32::from(**t)).count();
            (hits / t.len()) as f32
        })
    }),
    wrong("nan", || taux_reussite(|_, _| f32::NAN)),
    wrong("à compléter", || taux_reussite(|_, _| todo!("à compléter"))),
];

fn rate(predicted: &[u32], truth: &[u8]) -> f32 {
    let hits = predicted.iter().zip(truth).filter(|(p, t)| **p == u32::from(**t)).count();
    hits as f32 / truth.len() as f32
}
