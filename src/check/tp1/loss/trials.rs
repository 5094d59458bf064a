//! Answers that the tests try: softmax and cross-entropy, by hand.

use super::*;
use crate::check::registry::{Trial, right, wrong};

pub(super) const SOFTMAX: &[Trial] = &[
    wrong("ordre renversé", || {
        softmax(|z| normalised(&z.iter().map(|v| (largest(z) - v).exp()).collect::<Vec<_>>()))
    }),
    wrong("autre base", || {
        softmax(|z| normalised(&z.iter().map(|v| (v - largest(z)).exp2()).collect::<Vec<_>>()))
    }),
    wrong("maximum incomplet", || {
        softmax(|z| {
            let mean = z.iter().sum::<f32>() / z.len() as f32;
            normalised(&z.iter().map(|z| (z - mean).exp()).collect::<Vec<_>>())
        })
    }),
    right("in place", || {
        softmax(|z| {
            let mut p = z.to_vec();
            let max = p.iter().fold(p[0], |max, v| if *v > max { *v } else { max });
            p.iter_mut().for_each(|v| *v = (*v - max).exp());
            let mut sum = 0.0;
            for v in &p {
                sum += v;
            }
            p.iter_mut().for_each(|v| *v /= sum);
            p
        })
    }),
    right("stable", || softmax(stable)),
    right("log-sum-exp", || {
        softmax(|z| {
            let max = largest(z);
            let log = max + z.iter().map(|z| (z - max).exp()).sum::<f32>().ln();
            z.iter().map(|z| (z - log).exp()).collect()
        })
    }),
    right("double precision", || {
        softmax(|z| {
            let max = z.iter().copied().max_by(f32::total_cmp).unwrap_or(0.0);
            let e: Vec<f64> = z.iter().map(|z| f64::from(z - max).exp()).collect();
            let sum: f64 = e.iter().sum();
            e.iter().map(|e| (e / sum) as f32).collect()
        })
    }),
    wrong("maximum non retranché", || softmax(|z| normalised(&exponentials(z)))),
    wrong("maximum parti de zéro", || {
        softmax(|z| {
            let max = z.iter().copied().fold(0.0, f32::max);
            normalised(&z.iter().map(|z| (z - max).exp()).collect::<Vec<_>>())
        })
    }),
    wrong("non normalisé", || {
        softmax(|z| z.iter().map(|v| (v - largest(z)).exp() * 2.0).collect())
    }),
    wrong("non normalisé", || {
        softmax(|z| exponentials(z).iter().map(|e| e / largest(&exponentials(z))).collect())
    }),
    wrong("maximum incomplet", || {
        softmax(|z| {
            let max = largest(&z[1..]);
            normalised(&z.iter().map(|z| (z - max).exp()).collect::<Vec<_>>())
        })
    }),
    wrong("longueur", || softmax(|_| Vec::new())),
    wrong("nan", || softmax(|z| vec![f32::NAN; z.len()])),
    wrong("à compléter", || softmax(|_| todo!("à compléter"))),
];

pub(super) const ENTROPIE_CROISEE: &[Trial] = &[
    right("logarithm of the inverse", || {
        entropie_croisee(|p, c| match p.get(c) {
            Some(p) => p.recip().log(std::f32::consts::E),
            None => f32::INFINITY,
        })
    }),
    right("direct", || entropie_croisee(|p, c| -p[c].ln())),
    right("one-hot sum", || {
        entropie_croisee(|p, c| {
            p.iter().enumerate().map(|(i, p)| if i == c { -p.ln() } else { 0.0 }).sum()
        })
    }),
    right("clipped", || entropie_croisee(|p, c| (1.0 / p[c].max(1e-7)).ln())),
    wrong("indice hors limites", || entropie_croisee(|p, c| -p[c + 1].ln())),
    wrong("nan", || entropie_croisee(|p, c| (-p[c]).ln())),
    wrong("à compléter", || entropie_croisee(|_, _| todo!("à compléter"))),
    wrong("classe décalée", || {
        entropie_croisee(|p, c| p.iter().cycle().nth(c + 1).map_or(0.0, |p| p.recip().ln()))
    }),
    wrong("logarithme binaire", || entropie_croisee(|p, c| p[c].recip().log(2.0))),
];
