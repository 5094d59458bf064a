//! Exponential smoothing of a noisy curve.

use super::super::probe::{draw, list};
use super::super::task::{Task, cases, mistakes};
use super::super::{Exercise, Verdict};
use crate::random::Rng;

/// Smooths losses with memory `β`.
type Smoothing = fn(&[f32], f32) -> Vec<f32>;

/// Losses and memory.
type Input = (Vec<f32>, f32);

pub(super) static LISSAGE: Exercise = Exercise {
    id: "tp3-lissage",
    points: 2,
    title: "Lisser une courbe",
    hints: &[
        "Une variable `m` qui part de 0 et change à chaque perte ; une liste qui reçoit `m` corrigé.",
        "Au tour `i` (compté à partir de 0) : `m = beta * m + (1.0 - beta) * perte;` puis on range `m / (1.0 - beta.powi(i as i32 + 1))`.",
    ],
    mistakes: &TASK,
    #[cfg(test)]
    trials: trials::LISSAGE,
};

/// `m` from `start`, divided by `correction(i)` at loss `i`, from 1.
fn smooth(losses: &[f32], start: f32, beta: f32, correction: impl Fn(i32) -> f32) -> Vec<f32> {
    let mut m = start;
    let step = |(i, loss): (i32, &f32)| {
        m = beta * m + (1.0 - beta) * loss;
        m / correction(i)
    };
    (1..).zip(losses).map(step).collect()
}

/// The corrected mean taken up again at the next loss.
fn kept(losses: &[f32], beta: f32) -> Vec<f32> {
    let mut m = 0.0;
    let step = |(i, loss): (i32, &f32)| {
        m = (beta * m + (1.0 - beta) * loss) / (1.0 - beta.powi(i));
        m
    };
    (1..).zip(losses).map(step).collect()
}

static TASK: Task<Input, Vec<f32>> = Task {
    inputs: || {
        let mut rng = Rng::new(47);
        let mut losses = |n| draw(&mut rng, n).iter().map(|v| v + 2.0).collect();
        vec![(losses(5), 0.9), (losses(8), 0.6), (losses(3), 0.95)]
    },
    call: |(x, b)| format!("lisser(&{}, {b})", list(x)),
    truth: |(x, b)| smooth(x, 0.0, *b, |i| 1.0 - b.powi(i)),
    mistakes: mistakes! {
        "correction oubliée" => "La moyenne part de zéro et reste trop basse au début : divisez par 1 − β puissance i + 1.",
            |(x, b)| smooth(x, 0.0, *b, |_| 1.0);
        "bêta inversé" => "β est la part de l'**ancienne** moyenne, 1 − β celle de la nouvelle perte.",
            |(x, b)| smooth(x, 0.0, 1.0 - b, |i| 1.0 - b.powi(i)),
            |(x, b)| smooth(x, 0.0, 1.0 - b, |i| 1.0 - (1.0 - b).powi(i));
        "exposant" => "À la première perte l'exposant vaut 1, pas 0 : sinon on divise par zéro.",
            |(x, b)| smooth(x, 0.0, *b, |i| 1.0 - b.powi(i - 1));
        "valeurs brutes" => "Ce sont les pertes telles quelles : rien n'est lissé.",
            |(x, _)| x.clone();
        "départ à la première perte" => "Votre moyenne part de la première perte ; celle de l'énoncé part de 0, et la correction fait le reste.",
            |(x, b)| smooth(x, x[0], *b, |_| 1.0);
        "moyenne de tout" => "C'est la moyenne de toutes les pertes passées : ici les plus récentes comptent plus.",
            |(x, _)| (1..=x.len()).map(|n| x[..n].iter().sum::<f32>() / n as f32).collect();
        "moyenne corrigée gardée" => "La valeur corrigée ne sert qu'à l'affichage : au tour suivant on repart de `m` **non corrigé**.",
            |(x, b)| kept(x, *b);
    },
    cases: cases! {
        (vec![2.0], 0.5) => "La première perte, corrigée, est rendue telle quelle : m = (1 − β) · perte, divisé par 1 − β.";
        (vec![2.0, 3.0], 0.0) => "Avec β = 0 rien n'est retenu : les pertes restent ce qu'elles sont.";
        (vec![2.0, 2.0], 0.5) => "Des pertes égales restent égales : à la deuxième, m = β · m + (1 − β) · perte, divisé par 1 − β².";
        (vec![1.0, 2.0], 0.5) => "À la deuxième : m vaut 0,5 · 0,5 + 0,5 · 2, divisé par 1 − 0,5².";
    },
};

/// Exponential smoothing, corrected for its start at zero.
pub fn lissage(smoothing: Smoothing) -> Verdict {
    LISSAGE.judge(|| {
        TASK.check(|(x, b)| smoothing(x, *b))?;
        Ok("le bruit est lissé, et le départ n'est pas faussé.".into())
    })
}

#[cfg(test)]
mod trials {
    use super::*;
    use crate::check::registry::{Trial, right, wrong};

    pub(super) const LISSAGE: &[Trial] = &[
        wrong("cas simple", || {
            lissage(|x, b| {
                let n = x.len() as i32;
                smooth(x, 0.0, b, |_| 1.0 - b.powi(n))
            })
        }),
        right("scan", || {
            lissage(|losses, beta| {
                let state = (0.0f32, 1.0f32);
                let step = |state: &mut (f32, f32), loss: &f32| {
                    *state = (beta * state.0 + (1.0 - beta) * loss, beta * state.1);
                    Some(state.0 / (1.0 - state.1))
                };
                losses.iter().scan(state, step).collect()
            })
        }),
        right("each from the start", || {
            lissage(|losses, beta| {
                let one = |t: usize| {
                    let weight = |i: usize| (1.0 - beta) * beta.powi((t - i) as i32);
                    let sum: f32 = (0..=t).map(|i| weight(i) * losses[i]).sum();
                    sum / (0..=t).map(weight).sum::<f32>()
                };
                (0..losses.len()).map(one).collect()
            })
        }),
        right("loop", || {
            lissage(|losses, beta| {
                let (mut m, mut out) = (0.0, Vec::new());
                for (i, loss) in losses.iter().enumerate() {
                    m = beta * m + (1.0 - beta) * loss;
                    out.push(m / (1.0 - beta.powi(i as i32 + 1)));
                }
                out
            })
        }),
        right("weights", || {
            lissage(|losses, beta| {
                let (mut sum, mut weight) = (0.0, 0.0);
                let step = |loss: &f32| {
                    (sum, weight) = (beta * sum + loss, beta * weight + 1.0);
                    sum / weight
                };
                losses.iter().map(step).collect()
            })
        }),
        wrong("longueur", || lissage(|x, b| vec![*smooth(x, 0.0, b, |_| 1.0).last().unwrap()])),
        wrong("moyenne corrigée gardée", || {
            lissage(|losses, beta| {
                let (mut m, mut out) = (0.0, Vec::new());
                for (i, loss) in losses.iter().enumerate() {
                    m = beta * m + (1.0 - beta) * loss;
                    m /= 1.0 - beta.powi(i as i32 + 1);
                    out.push(m);
                }
                out
            })
        }),
    ];
}
