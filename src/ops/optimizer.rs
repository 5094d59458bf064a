//! Optimisers: how the parameters follow the gradient. Formulas and default
//! values are those of Keras 3; each update is done in place, in one sweep.
//!
//! With `g` the gradient, `w` a parameter, `η` the learning rate, `t` the step:
//!
//! | optimiser | update |
//! |-----------|--------|
//! | [`Sgd`]     | `w -= η·g`; with momentum `v = μ·v - η·g`, `w += v` (Nesterov: `w += μ·v - η·g`) |
//! | [`RmsProp`] | `v = ρ·v + (1-ρ)·g²`, `w -= η·g / √(v + ε)` |
//! | [`Adam`]    | `m = β₁·m + (1-β₁)·g`, `v = β₂·v + (1-β₂)·g²`, `w -= η·√(1-β₂ᵗ)/(1-β₁ᵗ) · m / (√v + ε)` |
//! | [`AdamW`]   | `w -= η·λ·w`, then as Adam |
//!
//! Sources: Tieleman and Hinton (2012); Kingma and Ba (2015); Loshchilov and
//! Hutter (2019).

use serde::{Deserialize, Serialize};

use crate::elementary::double::whole_power;
use crate::fast::wide::{pairs, quadruples, triples};
use crate::{Error, Result};

/// Stochastic gradient descent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sgd {
    /// Learning rate `η`.
    pub learning_rate: f64,
    /// Momentum `μ`, in `[0, 1)`; 0 for none.
    pub momentum: f64,
    /// Whether the gradient is that of the place where the momentum leads.
    pub nesterov: bool,
}

impl Default for Sgd {
    fn default() -> Self {
        Self { learning_rate: 0.01, momentum: 0.0, nesterov: false }
    }
}

/// Gradient divided by the root of its mean square.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RmsProp {
    /// Learning rate `η`.
    pub learning_rate: f64,
    /// Memory of the mean square `ρ`.
    pub rho: f64,
    /// Smallest divisor squared `ε`.
    pub epsilon: f64,
}

impl Default for RmsProp {
    fn default() -> Self {
        Self { learning_rate: 0.001, rho: 0.9, epsilon: 1e-7 }
    }
}

/// Adaptive moments.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Adam {
    /// Learning rate `η`.
    pub learning_rate: f64,
    /// Memory of the mean gradient `β₁`.
    pub beta_1: f64,
    /// Memory of the mean square `β₂`.
    pub beta_2: f64,
    /// Smallest divisor `ε`.
    pub epsilon: f64,
}

impl Default for Adam {
    fn default() -> Self {
        Self { learning_rate: 0.001, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-7 }
    }
}

/// Adam with decoupled weight decay.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct AdamW {
    /// Learning rate `η`.
    pub learning_rate: f64,
    /// Weight decay `λ`.
    pub weight_decay: f64,
    /// Memory of the mean gradient `β₁`.
    pub beta_1: f64,
    /// Memory of the mean square `β₂`.
    pub beta_2: f64,
    /// Smallest divisor `ε`.
    pub epsilon: f64,
}

impl Default for AdamW {
    fn default() -> Self {
        let Adam { learning_rate, beta_1, beta_2, epsilon } = Adam::default();
        Self { learning_rate, weight_decay: 0.004, beta_1, beta_2, epsilon }
    }
}

/// One of the optimisers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "lowercase")]
pub enum Optimizer {
    /// See [`Sgd`].
    Sgd(Sgd),
    /// See [`RmsProp`].
    RmsProp(RmsProp),
    /// See [`Adam`].
    Adam(Adam),
    /// See [`AdamW`].
    AdamW(AdamW),
}

macro_rules! into_optimizer {
    ($($name:ident)*) => {$(
        impl From<$name> for Optimizer {
            fn from(optimizer: $name) -> Self {
                Self::$name(optimizer)
            }
        }
    )*};
}
into_optimizer!(Sgd RmsProp Adam AdamW);

/// What an optimiser remembers of one parameter: first and second moments.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Slots {
    /// Mean gradient, or velocity.
    pub first: Vec<f32>,
    /// Mean square of the gradient.
    pub second: Vec<f32>,
}

impl Optimizer {
    /// Name for tables and legends.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Sgd(Sgd { momentum, .. }) if *momentum > 0.0 => "SGD avec inertie",
            Self::Sgd(_) => "SGD",
            Self::RmsProp(_) => "RMSprop",
            Self::Adam(_) => "Adam",
            Self::AdamW(_) => "AdamW",
        }
    }

    /// The optimiser that [`Optimizer::name`] calls so, with its default values
    /// but for the learning rate (and a momentum of 0.9 for « SGD avec inertie »).
    ///
    /// # Errors
    /// When there is none of that name; the message lists the names.
    pub fn named(name: &str, learning_rate: f64) -> Result<Self> {
        let all: [Self; 5] = [
            Sgd::default().into(),
            Sgd { momentum: 0.9, ..Sgd::default() }.into(),
            RmsProp::default().into(),
            Adam::default().into(),
            AdamW::default().into(),
        ];
        let found = all.iter().find(|o| o.name() == name).ok_or_else(|| {
            let names = all.map(|o| format!("« {} »", o.name())).join(", ");
            Error::parameter("optimiseur", format!("« {name} »"), format!("l'un de {names}"))
        })?;
        Ok(found.with_learning_rate(learning_rate))
    }

    /// The learning rate.
    pub fn learning_rate(&self) -> f64 {
        match self {
            Self::Sgd(o) => o.learning_rate,
            Self::RmsProp(o) => o.learning_rate,
            Self::Adam(o) => o.learning_rate,
            Self::AdamW(o) => o.learning_rate,
        }
    }

    /// The same optimiser with another learning rate.
    pub fn with_learning_rate(mut self, learning_rate: f64) -> Self {
        match &mut self {
            Self::Sgd(o) => o.learning_rate = learning_rate,
            Self::RmsProp(o) => o.learning_rate = learning_rate,
            Self::Adam(o) => o.learning_rate = learning_rate,
            Self::AdamW(o) => o.learning_rate = learning_rate,
        }
        self
    }

    /// Checks the parameters once, before they are used.
    ///
    /// # Errors
    /// When one is outside the range that makes sense.
    pub fn check(&self) -> Result<()> {
        let rate = self.learning_rate();
        if !(rate > 0.0 && rate.is_finite()) {
            return Err(Error::parameter("learning_rate", rate, "un nombre positif, comme 0.001"));
        }
        let memories: &[(&str, f64)] = match self {
            Self::Sgd(o) => &[("momentum", o.momentum)],
            Self::RmsProp(o) => &[("rho", o.rho)],
            Self::Adam(o) => &[("beta_1", o.beta_1), ("beta_2", o.beta_2)],
            Self::AdamW(o) => &[("beta_1", o.beta_1), ("beta_2", o.beta_2)],
        };
        for (name, value) in memories {
            if !(0.0..1.0).contains(value) {
                return Err(Error::parameter(name, value, "un nombre de [0, 1["));
            }
        }
        let (epsilon, decay) = match self {
            Self::Sgd(_) => (None, 0.0),
            Self::RmsProp(o) => (Some(o.epsilon), 0.0),
            Self::Adam(o) => (Some(o.epsilon), 0.0),
            Self::AdamW(o) => (Some(o.epsilon), o.weight_decay),
        };
        // As f32, in which it is used: a weight that has no gradient, that of a
        // pixel always black, would be divided by it alone.
        if let Some(epsilon) = epsilon
            && !(epsilon as f32 > 0.0 && (epsilon as f32).is_finite())
        {
            return Err(Error::parameter("epsilon", epsilon, "un nombre positif, comme 1e-7"));
        }
        if !(decay >= 0.0 && decay.is_finite()) {
            let expected = "un nombre positif ou nul, comme 0.004";
            return Err(Error::parameter("weight_decay", decay, expected));
        }
        Ok(())
    }

    /// Whether it remembers first and second moments.
    pub(crate) fn remembers(&self) -> [bool; 2] {
        match self {
            Self::Sgd(o) => [o.momentum as f32 != 0.0, false],
            Self::RmsProp(_) => [false, true],
            Self::Adam(_) | Self::AdamW(_) => [true, true],
        }
    }

    /// Moves the parameter `w` along its gradient `g` at step `t` (from 1).
    pub fn update(&self, t: u64, w: &mut [f32], g: &[f32], slots: &mut Slots) {
        match *self {
            Self::Sgd(o) => o.update(w, g, slots),
            Self::RmsProp(o) => o.update(w, g, slots),
            Self::Adam(Adam { learning_rate, beta_1, beta_2, epsilon }) => {
                let o = AdamW { learning_rate, weight_decay: 0.0, beta_1, beta_2, epsilon };
                o.update(t, w, g, slots);
            }
            Self::AdamW(o) => o.update(t, w, g, slots),
        }
    }
}

impl Sgd {
    fn update(&self, w: &mut [f32], g: &[f32], slots: &mut Slots) {
        let (rate, momentum) = (self.learning_rate as f32, self.momentum as f32);
        if momentum == 0.0 {
            return pairs(w, g, |w, g| w.iter_mut().zip(g).for_each(|(w, g)| *w -= rate * g));
        }
        slots.first.resize(w.len(), 0.0);
        let ahead = if self.nesterov { 1.0 } else { 0.0 };
        triples(w, g, &mut slots.first, |w, g, v| {
            for ((w, g), v) in w.iter_mut().zip(g).zip(v) {
                *v = momentum * *v - rate * g;
                *w += *v + ahead * (momentum * *v - rate * g - *v);
            }
        });
    }
}

impl RmsProp {
    fn update(&self, w: &mut [f32], g: &[f32], slots: &mut Slots) {
        let (rate, rho) = (self.learning_rate as f32, self.rho as f32);
        let epsilon = self.epsilon as f32;
        slots.second.resize(w.len(), 0.0);
        triples(w, g, &mut slots.second, |w, g, v| {
            for ((w, g), v) in w.iter_mut().zip(g).zip(v) {
                *v = rho * *v + (1.0 - rho) * g * g;
                *w -= rate * g / (*v + epsilon).sqrt();
            }
        });
    }
}

impl AdamW {
    fn update(&self, t: u64, w: &mut [f32], g: &[f32], slots: &mut Slots) {
        let t = t.max(1);
        let correction =
            (1.0 - whole_power(self.beta_2, t)).sqrt() / (1.0 - whole_power(self.beta_1, t));
        let rate = (self.learning_rate * correction) as f32;
        let (b1, b2) = (1.0 - self.beta_1 as f32, 1.0 - self.beta_2 as f32);
        let epsilon = self.epsilon as f32;
        let keep = 1.0 - (self.learning_rate * self.weight_decay) as f32;
        slots.first.resize(w.len(), 0.0);
        slots.second.resize(w.len(), 0.0);
        quadruples(w, g, &mut slots.first, &mut slots.second, |w, g, m, v| {
            for (((w, g), m), v) in w.iter_mut().zip(g).zip(m).zip(v) {
                *m += (g - *m) * b1;
                *v += (g * g - *v) * b2;
                *w = *w * keep - rate * *m / (v.sqrt() + epsilon);
            }
        });
    }
}

#[cfg(test)]
mod tests;
