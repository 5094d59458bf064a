//! One step of the gradient with momentum, written by hand.

use super::super::probe::{draw, list};
use super::super::task::{Task, cases, mistakes};
use super::super::{Exercise, Verdict};
use crate::random::Rng;

/// A step with momentum: weights, velocity, gradient, `η`, `μ`.
type Momentum = fn(&mut [f32], &mut [f32], &[f32], f32, f32);

pub(super) static INERTIE: Exercise = Exercise {
    id: "tp3-inertie",
    points: 2,
    title: "Un pas avec inertie",
    hints: &[
        "Une boucle sur `i` : d'abord la nouvelle vitesse `v[i]`, puis le poids `w[i]`, qui avance de cette vitesse.",
        "`v[i] = mu * v[i] - eta * g[i];` puis `w[i] += v[i];`.",
    ],
    mistakes: &TASK,
    #[cfg(test)]
    trials: trials::INERTIE,
};

/// What a step starts from, with momentum or with Adam.
pub(super) struct Start {
    pub w: Vec<f32>,
    pub m: Vec<f32>,
    pub v: Vec<f32>,
    pub g: Vec<f32>,
    pub t: i32,
    pub eta: f32,
    pub mu: f32,
}

impl Start {
    /// Starts that no student has seen.
    pub fn draws() -> Vec<Self> {
        let mut rng = Rng::new(31);
        let mut vector = |n| draw(&mut rng, n);
        let mut start = |t, eta, mu| {
            let v = vector(4).iter().map(|v| v.abs() + 0.1).collect();
            Self { w: vector(4), m: vector(4), v, g: vector(4), t, eta, mu }
        };
        vec![start(1, 0.1, 0.9), start(3, 0.5, 0.8), start(7, 0.2, 0.5)]
    }

    /// Two weights that have hardly ever moved: no gradient ever, and tiny ones.
    pub fn still() -> Self {
        let (m, v) = (vec![0.0, 2e-5], vec![0.0, 4e-9]);
        Self { w: vec![0.5, -0.25], m, v, g: vec![0.0, 5e-5], t: 2, eta: 0.1, mu: 0.9 }
    }

    /// A single weight.
    fn one(v: f32, g: f32, eta: f32, mu: f32) -> Self {
        Self { w: vec![1.0], m: vec![], v: vec![v], g: vec![g], t: 1, eta, mu }
    }

    /// Weights and velocities after `rule` gave the new velocity and the move.
    fn momentum(&self, rule: impl Fn(f32, f32) -> (f32, f32)) -> Vec<f32> {
        let steps = self.v.iter().zip(&self.g).map(|(v, g)| rule(*v, *g));
        let (v, moves): (Vec<f32>, Vec<f32>) = steps.unzip();
        self.w.iter().zip(moves).map(|(w, d)| w + d).chain(v).collect()
    }
}

static TASK: Task<Start, Vec<f32>> = Task {
    inputs: Start::draws,
    call: |s| {
        let (w, v, g) = (list(&s.w), list(&s.v), list(&s.g));
        format!("pas_inertie(w = {w}, v = {v}, g = {g}, eta = {}, mu = {})", s.eta, s.mu)
    },
    truth: |s| s.momentum(|v, g| (s.mu * v - s.eta * g, s.mu * v - s.eta * g)),
    mistakes: mistakes! {
        "inertie oubliée" => "C'est un pas de SGD ordinaire : la vitesse d'avant, multipliée par μ, ne compte pas.",
            |s| s.momentum(|_, g| (-s.eta * g, -s.eta * g)),
            |s| s.momentum(|v, g| (v, -s.eta * g));
        "signe" => "Le poids monte la pente : la vitesse contient **moins** η fois le gradient.",
            |s| s.momentum(|v, g| (s.mu * v + s.eta * g, s.mu * v + s.eta * g));
        "vitesse perdue" => "Le poids est juste, mais la vitesse n'est pas gardée dans `v` pour le pas suivant.",
            |s| s.momentum(|v, g| (v, s.mu * v - s.eta * g));
        "taux oublié" => "Le taux d'apprentissage η ne multiplie pas le gradient.",
            |s| s.momentum(|v, g| (s.mu * v - g, s.mu * v - g));
        "vieille vitesse" => "Le poids avance de la vitesse d'**avant** : calculez la nouvelle en premier.",
            |s| s.momentum(|v, g| (s.mu * v - s.eta * g, v));
        "moyenne" => "La vitesse est une somme, pas une moyenne : le gradient n'est pas multiplié par 1 − μ.",
            |s| {
                let new = |v, g| s.mu * v - (1.0 - s.mu) * s.eta * g;
                s.momentum(|v, g| (new(v, g), new(v, g)))
            };
        "autre convention" => "C'est la convention de PyTorch, où η multiplie la vitesse et non le gradient ; suivez ici la formule de l'énoncé.",
            |s| s.momentum(|v, g| (s.mu * v + g, -s.eta * (s.mu * v + g)));
        "poids à rebours" => "Le poids recule de la vitesse : dans l'énoncé le signe moins est déjà dans la vitesse, `mu * v[i] - eta * g[i]`, et le poids avance d'elle, `+=`.",
            |s| s.momentum(|v, g| (s.mu * v - s.eta * g, s.eta * g - s.mu * v)),
            |s| s.momentum(|v, g| (s.mu * v + s.eta * g, -s.eta * g - s.mu * v));
        "poids remplacés" => "Le poids est remplacé par la vitesse : il doit **avancer** d'elle, `+=`.",
            |s| {
                let mut after = s.momentum(|v, g| (s.mu * v - s.eta * g, 0.0));
                let n = s.w.len();
                let v = after[n..].to_vec();
                after[..n].copy_from_slice(&v);
                after
            };
        "poids inchangés" => "La vitesse est juste, mais les poids n'ont pas bougé : `w[i] += v[i]`.",
            |s| s.momentum(|v, g| (s.mu * v - s.eta * g, 0.0));
    },
    cases: cases! {
        Start::one(0.0, 0.0, 0.5, 0.5) => "Sans vitesse ni gradient, rien ne bouge (le poids, puis la vitesse).";
        Start::one(2.0, 0.0, 0.5, 0.5) => "Sans gradient, la vitesse devient μ · v, et le poids avance d'elle.";
        Start::one(0.0, 2.0, 0.5, 0.5) => "Sans vitesse, la nouvelle est −η · g, et le poids avance d'elle.";
        Start::one(2.0, 4.0, 0.25, 0.5) => "v devient μ · v − η · g, puis w avance de v.";
    },
};

/// A step with momentum.
pub fn inertie(step: Momentum) -> Verdict {
    INERTIE.judge(|| {
        TASK.check(|s| {
            let (mut w, mut v) = (s.w.clone(), s.v.clone());
            step(&mut w, &mut v, &s.g, s.eta, s.mu);
            [w, v].concat()
        })?;
        Ok("le poids suit la vitesse, la vitesse se souvient des gradients passés.".into())
    })
}

#[cfg(test)]
mod trials {
    use super::*;
    use crate::check::registry::{Trial, right, wrong};

    pub(super) const INERTIE: &[Trial] = &[
        wrong("poids à rebours", || {
            inertie(|w, v, g, eta, mu| {
                for i in 0..w.len() {
                    v[i] = mu * v[i] + eta * g[i];
                    w[i] -= v[i];
                }
            })
        }),
        wrong("poids remplacés", || {
            inertie(|w, v, g, eta, mu| {
                for i in 0..w.len() {
                    v[i] = mu * v[i] - eta * g[i];
                    w[i] = v[i];
                }
            })
        }),
        wrong("cas simple", || {
            inertie(|w, v, g, eta, mu| both(w, v, g, |v, g| mu * (v - eta * g)))
        }),
        wrong("cas simple", || {
            inertie(|w, v, g, eta, mu| {
                v[0] = mu * v[0] - eta * g[0];
                w[0] += v[0] * 2.0;
            })
        }),
        right("the old velocity kept apart", || {
            inertie(|w, v, g, eta, mu| {
                for (i, gradient) in g.iter().enumerate() {
                    let old = v[i];
                    v[i] = old * mu;
                    v[i] -= gradient * eta;
                    w[i] += v[i];
                }
            })
        }),
        right("by differences of weights", || {
            inertie(|w, v, g, eta, mu| {
                let next: Vec<f32> = (0..w.len()).map(|i| w[i] + mu * v[i] - eta * g[i]).collect();
                for i in 0..w.len() {
                    v[i] = mu * v[i] - eta * g[i];
                }
                w.copy_from_slice(&next);
            })
        }),
        right("loop", || {
            inertie(|w, v, g, eta, mu| {
                for i in 0..w.len() {
                    v[i] = mu * v[i] - eta * g[i];
                    w[i] += v[i];
                }
            })
        }),
        right("zip", || {
            inertie(|w, v, g, eta, mu| {
                v.iter_mut().zip(g).for_each(|(v, g)| *v = *v * mu - g * eta);
                w.iter_mut().zip(v).for_each(|(w, v)| *w += *v);
            })
        }),
        wrong("vitesse perdue", || {
            inertie(|w, v, g, eta, mu| {
                for i in 0..w.len() {
                    w[i] += mu * v[i] - eta * g[i];
                }
            })
        }),
        wrong("vieille vitesse", || {
            inertie(|w, v, g, eta, mu| {
                for i in 0..w.len() {
                    w[i] += v[i];
                    v[i] = mu * v[i] - eta * g[i];
                }
            })
        }),
        wrong("autre convention", || {
            inertie(|w, v, g, eta, mu| {
                for i in 0..w.len() {
                    v[i] = mu * v[i] + g[i];
                    w[i] -= eta * v[i];
                }
            })
        }),
        wrong("poids inchangés", || {
            inertie(|_, v, g, eta, mu| {
                v.iter_mut().zip(g).for_each(|(v, g)| *v = *v * mu - g * eta);
            })
        }),
    ];

    /// Sets each velocity by `rule` and moves the weight by it.
    fn both(w: &mut [f32], v: &mut [f32], g: &[f32], rule: impl Fn(f32, f32) -> f32) {
        for i in 0..w.len() {
            v[i] = rule(v[i], g[i]);
            w[i] += v[i];
        }
    }
}
