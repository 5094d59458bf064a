//! Answers that the tests try: early stopping: the rule.

use super::*;
use crate::check::registry::{Trial, right, wrong};

pub(super) const ARRET_PRECOCE: &[Trial] = &[
    right("counting down", || {
        arret_precoce(|losses, patience| {
            let (mut left, mut best, mut done) = (patience, losses[0], 0);
            while done < losses.len() && left > 0 {
                match losses[done] < best {
                    true => (best, left) = (losses[done], patience),
                    false if done > 0 => left -= 1,
                    false => {}
                }
                done += 1;
            }
            done
        })
    }),
    right("counter", || arret_precoce(stop)),
    right("best epoch", || arret_precoce(|l, patience| from_best(l, patience, |a, b| a < b))),
    right("by prefixes", || {
        arret_precoce(|losses, patience| {
            let least = |l: &[f32]| l.iter().copied().fold(f32::INFINITY, f32::min);
            let over = |n: &usize| {
                *n > patience && least(&losses[..n - patience]) <= least(&losses[n - patience..*n])
            };
            (1..=losses.len()).find(over).unwrap_or(losses.len())
        })
    }),
    wrong("indice hors limites", || arret_precoce(|losses, _| losses[losses.len()] as usize)),
    wrong("à compléter", || arret_precoce(|_, _| todo!("à compléter"))),
    wrong("égalité", || arret_precoce(|l, patience| from_best(l, patience, |a, b| a <= b))),
    wrong("une époque de trop", || {
        arret_precoce(|l, patience| from_best(l, patience + 1, |a, b| a < b))
    }),
];

/// By the rank of the best epoch, where `beats` says what is better.
fn from_best(losses: &[f32], patience: usize, beats: fn(f32, f32) -> bool) -> usize {
    let mut best = 0;
    for epoch in 0..losses.len() {
        if beats(losses[epoch], losses[best]) {
            best = epoch;
        }
        if epoch - best >= patience {
            return epoch + 1;
        }
    }
    losses.len()
}
