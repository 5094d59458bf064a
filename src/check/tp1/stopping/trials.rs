//! Answers that the tests try: early stopping: the rule.

use super::*;
use crate::check::registry::{Trial, right, wrong};

pub(super) const ARRET_PRECOCE: &[Trial] = &[
    wrong("petits progrès ignorés", || {
        arret_precoce(|l, patience| by_a_margin(l, patience, 1e-3))
    }),
    wrong("petits progrès ignorés", || {
        arret_precoce(|losses, patience| {
            let cut: Vec<f32> = losses.iter().map(|l| (l * 100.0).trunc()).collect();
            stop(&cut, patience)
        })
    }),
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
    right("best epoch", || {
        arret_precoce(|losses, patience| {
            let mut best = 0;
            for epoch in 0..losses.len() {
                if losses[epoch] < losses[best] {
                    best = epoch;
                }
                if epoch - best >= patience {
                    return epoch + 1;
                }
            }
            losses.len()
        })
    }),
    wrong("patience ignorée", || arret_precoce(|losses, _| stop(losses, 1))),
    wrong("compteur jamais remis à zéro", || arret_precoce(never_reset)),
    wrong("comparé à la précédente", || arret_precoce(against_previous)),
    wrong("indice au lieu du nombre", || {
        arret_precoce(|losses, patience| fired(losses, patience).map_or(losses.len(), |n| n - 1))
    }),
    wrong("indice au lieu du nombre", || arret_precoce(|l, patience| stop(l, patience) - 1)),
    wrong("une époque de trop", || arret_precoce(|losses, patience| stop(losses, patience + 1))),
    wrong("meilleure époque", || arret_precoce(best_epoch)),
    wrong("meilleure époque", || {
        arret_precoce(|losses, patience| best_epoch(losses, patience) - 1)
    }),
    wrong("jamais d'arrêt", || arret_precoce(|losses, _| losses.len())),
    wrong("maximum", || {
        arret_precoce(|losses, patience| {
            stop(&losses.iter().map(|l| -l).collect::<Vec<_>>(), patience)
        })
    }),
    right("by prefixes", || {
        arret_precoce(|losses, patience| {
            let least = |l: &[f32]| l.iter().copied().fold(f32::INFINITY, f32::min);
            let over = |n: &usize| {
                *n > patience && least(&losses[..n - patience]) <= least(&losses[n - patience..*n])
            };
            (1..=losses.len()).find(over).unwrap_or(losses.len())
        })
    }),
    wrong("égalité", || arret_precoce(ties)),
    wrong("premier record à 1", || arret_precoce(from_one)),
    wrong("indice hors limites", || arret_precoce(|losses, _| losses[losses.len()] as usize)),
    wrong("à compléter", || arret_precoce(|_, _| todo!("à compléter"))),
];
