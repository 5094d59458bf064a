//! One step of Adam, written by hand.

#[cfg(test)]
mod trials;

use super::super::probe::show;
use super::super::task::{Task, mistakes};
use super::super::{Exercise, Verdict};
use super::momentum::Start;

/// A step of Adam: weights, both moments, gradient, number of the step, `η`.
type AdamStep = fn(&mut [f32], &mut [f32], &mut [f32], &[f32], i32, f32);

pub(super) static ADAM: Exercise = Exercise {
    id: "tp3-adam",
    points: 3,
    title: "Un pas d'Adam",
    hints: &[
        "Dans l'ordre, pour chaque `i` : `m[i]`, `v[i]`, les deux valeurs corrigées, puis `w[i]`.",
        "`let m_corrige = m[i] / (1.0 - 0.9f32.powi(t));`, de même pour `v` avec 0,999, puis `w[i] -= eta * m_corrige / (v_corrige.sqrt() + 1e-7);`.",
    ],
    mistakes: &TASK,
    #[cfg(test)]
    trials: trials::ADAM,
};

fn moments(m: f32, v: f32, g: f32) -> (f32, f32) {
    (0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g)
}

impl Start {
    /// Weights and moments after a step of Adam: `rule` gives the moments, then
    /// `step` the move.
    fn adam(
        &self,
        rule: impl Fn(f32, f32, f32) -> (f32, f32),
        step: impl Fn(f32, f32, f32) -> f32,
    ) -> Vec<f32> {
        let (mut w, mut ms, mut vs) = (self.w.clone(), Vec::new(), Vec::new());
        for (i, w) in w.iter_mut().enumerate() {
            let (m, v) = rule(self.m[i], self.v[i], self.g[i]);
            *w -= self.eta * step(m, v, self.g[i]);
            ms.push(m);
            vs.push(v);
        }
        [w, ms, vs].concat()
    }

    /// Both corrections for the start at zero.
    fn corrections(&self) -> (f32, f32) {
        (1.0 - 0.9f32.powi(self.t), 1.0 - 0.999f32.powi(self.t))
    }

    /// The move, but for its rate, once both moments are corrected.
    fn full(&self, m: f32, v: f32) -> f32 {
        let (a, b) = self.corrections();
        (m / a) / ((v / b).sqrt() + 1e-7)
    }
}

static TASK: Task<Start, Vec<f32>> = Task {
    inputs: || Start::draws().into_iter().chain([Start::still()]).collect(),
    call: |s| {
        let (w, m, v, g) = (show(&s.w), show(&s.m), show(&s.v), show(&s.g));
        format!("pas_adam(w = {w}, m = {m}, v = {v}, g = {g}, t = {}, eta = {})", s.t, s.eta)
    },
    truth: |s| s.adam(moments, |m, v, _| s.full(m, v)),
    mistakes: mistakes! {
        "epsilon oublié" => "Un poids dont le gradient a toujours été nul donne 0 / 0 : il manque ε au diviseur, `+ 1e-7`.",
            |s| {
                let (a, b) = s.corrections();
                s.adam(moments, |m, v, _| (m / a) / (v / b).sqrt())
            };
        "epsilon sous la racine" => "ε s'ajoute à la racine, il n'est pas dessous : `v_corrige.sqrt() + 1e-7`. Pour un très petit gradient, la différence est grande.",
            |s| {
                let (a, b) = s.corrections();
                s.adam(moments, |m, v, _| (m / a) / (v / b + 1e-7).sqrt())
            };
        "correction oubliée" => "Il manque la correction du départ à zéro : `m` et `v` se divisent par 1 − βᵗ avant de servir.",
            |s| s.adam(moments, |m, v, _| m / (v.sqrt() + 1e-7));
        "une seule correction" => "Une seule des deux moyennes est corrigée : `m` se divise par 1 − 0,9ᵗ **et** `v` par 1 − 0,999ᵗ.",
            |s| s.adam(moments, |m, v, _| m / s.corrections().0 / (v.sqrt() + 1e-7)),
            |s| s.adam(moments, |m, v, _| m / ((v / s.corrections().1).sqrt() + 1e-7));
        "taux oublié" => "Le taux d'apprentissage `eta` ne multiplie pas le pas.",
            |s| s.adam(moments, |m, v, _| s.full(m, v) / s.eta);
        "carré oublié" => "`v` est la moyenne des **carrés** des gradients : `g[i] * g[i]`.",
            |s| {
                let rule = |m, v, g: f32| (0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g);
                s.adam(rule, |m, v, _| s.full(m, v))
            };
        "racine oubliée" => "Le pas se divise par la **racine** de `v` corrigé.",
            |s| {
                let (a, b) = s.corrections();
                s.adam(moments, |m, v, _| (m / a) / (v / b + 1e-7))
            };
        "moyenne oubliée" => "Le pas suit le gradient du lot : c'est `m`, sa moyenne, qui doit donner la direction.",
            |s| s.adam(moments, |_, v, g| g / ((v / s.corrections().1).sqrt() + 1e-7));
        "bêtas échangés" => "β₁ = 0,9 est pour `m`, et β₂ = 0,999 pour `v`.",
            |s| {
                let rule = |m, v, g: f32| (0.999 * m + 0.001 * g, 0.9 * v + 0.1 * g * g);
                let (b, a) = s.corrections();
                s.adam(rule, |m, v, _| (m / a) / ((v / b).sqrt() + 1e-7))
            };
        "signe" => "Le poids monte la pente : il faut soustraire.",
            |s| s.adam(moments, |m, v, _| -s.full(m, v));
        "moments perdus" => "Le poids est juste, mais `m` et `v` ne sont pas gardés pour le pas suivant.",
            |s| {
                let mut after = s.adam(moments, |m, v, _| s.full(m, v));
                after.truncate(s.w.len());
                [after, s.m.clone(), s.v.clone()].concat()
            };
        "moments corrigés gardés" => "Les valeurs corrigées ne servent qu'au pas : ce sont les valeurs **non corrigées** qui restent dans `m` et `v`.",
            |s| {
                let (a, b) = s.corrections();
                let rule = |m, v, g| (moments(m, v, g).0 / a, moments(m, v, g).1 / b);
                s.adam(rule, |m, v, _| m / (v.sqrt() + 1e-7))
            };
        "poids de la moyenne" => "L'ancienne moyenne compte pour β et le nouveau gradient pour 1 − β, pas l'inverse.",
            |s| {
                let rule = |m, v, g: f32| (0.1 * m + 0.9 * g, 0.001 * v + 0.999 * g * g);
                s.adam(rule, |m, v, _| s.full(m, v))
            };
    },
    cases: Vec::new,
};

/// A step of Adam with its usual memories 0.9 and 0.999.
pub fn adam(step: AdamStep) -> Verdict {
    ADAM.judge(|| {
        TASK.check(|s| {
            let (mut w, mut m, mut v) = (s.w.clone(), s.m.clone(), s.v.clone());
            step(&mut w, &mut m, &mut v, &s.g, s.t, s.eta);
            [w, m, v].concat()
        })?;
        Ok("moyennes, corrections et pas sont ceux d'Adam.".into())
    })
}
