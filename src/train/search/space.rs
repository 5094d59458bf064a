//! The search space: which hyper-parameters may take which values.
//!
//! A number is drawn through a coordinate `u` in `[0, 1]`:
//!
//! `v = low + u·(high − low)`, or on a logarithmic scale
//! `v = low·(high / low)^u`,
//!
//! which gives each power of ten the same chance: between 0.0001 and 0.1 a
//! uniform draw would be above 0.01 nine times out of ten, and hardly ever near
//! the small learning rates. Whole numbers are rounded, the interval reaching
//! half a unit beyond both ends so that every one has the same chance.

use serde::{Deserialize, Serialize};

use crate::elementary::double::{exp, ln};
use crate::french;
use crate::random::Rng;
use crate::{Error, Result};

/// The values that one hyper-parameter may take.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Domain {
    /// Whole numbers, both ends included.
    Int {
        /// Smallest.
        low: usize,
        /// Largest.
        high: usize,
        /// Whether each factor has the same chance, rather than each number.
        log: bool,
    },
    /// Numbers.
    Float {
        /// Smallest.
        low: f64,
        /// Largest.
        high: f64,
        /// Whether each power of ten has the same chance.
        log: bool,
    },
    /// One of these.
    Choice(Vec<String>),
}

/// The value of one hyper-parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// A whole number.
    Int(usize),
    /// A number with four significant digits.
    Float(f64),
    /// One of the choices.
    Choice(String),
}

/// A named hyper-parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HyperParameter {
    /// Its name, by which a trial gives its value.
    pub name: String,
    /// Its values.
    pub domain: Domain,
}

/// The hyper-parameters of a search.
///
/// ```
/// use mnist_tp::prelude::*;
/// let space = SearchSpace::new()
///     .log_int("largeur", 16, 256)
///     .float("dropout", 0.0, 0.6)
///     .log_float("taux", 1e-4, 1e-1)
///     .choice("optimiseur", &["SGD", "Adam"]);
/// assert_eq!(space.len(), 4);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SearchSpace {
    parameters: Vec<HyperParameter>,
}

impl SearchSpace {
    /// A space without hyper-parameters.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a whole number of `low..=high`.
    #[must_use]
    pub fn int(self, name: &str, low: usize, high: usize) -> Self {
        self.with(name, Domain::Int { low, high, log: false })
    }

    /// Adds a whole number of `low..=high`, on a logarithmic scale.
    #[must_use]
    pub fn log_int(self, name: &str, low: usize, high: usize) -> Self {
        self.with(name, Domain::Int { low, high, log: true })
    }

    /// Adds a number of `[low, high]`.
    #[must_use]
    pub fn float(self, name: &str, low: f64, high: f64) -> Self {
        self.with(name, Domain::Float { low, high, log: false })
    }

    /// Adds a number of `[low, high]`, on a logarithmic scale.
    #[must_use]
    pub fn log_float(self, name: &str, low: f64, high: f64) -> Self {
        self.with(name, Domain::Float { low, high, log: true })
    }

    /// Adds a choice.
    #[must_use]
    pub fn choice<S: ToString>(self, name: &str, values: &[S]) -> Self {
        self.with(name, Domain::Choice(values.iter().map(ToString::to_string).collect()))
    }

    fn with(mut self, name: &str, domain: Domain) -> Self {
        self.parameters.push(HyperParameter { name: name.to_owned(), domain });
        self
    }

    /// The hyper-parameters in order.
    pub fn parameters(&self) -> &[HyperParameter] {
        &self.parameters
    }

    /// How many hyper-parameters there are.
    pub fn len(&self) -> usize {
        self.parameters.len()
    }

    /// Whether there is no hyper-parameter.
    pub fn is_empty(&self) -> bool {
        self.parameters.is_empty()
    }

    /// Checks the space once, before it is used.
    pub(super) fn check(&self) -> Result<()> {
        if self.is_empty() {
            let expected = "au moins un hyperparamètre (`.log_float(\"taux\", 1e-4, 1e-1)`…)";
            return Err(Error::parameter("espace de recherche", "vide", expected));
        }
        for (i, HyperParameter { name, domain }) in self.parameters.iter().enumerate() {
            let place = format!("espace de recherche, « {name} »");
            if self.parameters[..i].iter().any(|p| p.name == *name) {
                return Err(Error::parameter(place, "déclaré deux fois", "un nom différent"));
            }
            let (low, high, log) = match domain {
                Domain::Choice(values) if values.is_empty() => {
                    return Err(Error::parameter(place, "aucun choix", "au moins une valeur"));
                }
                Domain::Choice(_) => continue,
                Domain::Int { low, high, log } => (*low as f64, *high as f64, *log),
                Domain::Float { low, high, log } => (*low, *high, *log),
            };
            if !(low.is_finite() && high.is_finite() && low < high) {
                let expected = "deux bornes finies, la plus petite d'abord";
                return Err(Error::parameter(place, format!("de {low} à {high}"), expected));
            }
            if log && low <= 0.0 {
                let expected = "une borne inférieure positive pour une échelle logarithmique";
                return Err(Error::parameter(place, format!("de {low} à {high}"), expected));
            }
        }
        Ok(())
    }
}

impl Domain {
    /// The ends between which a coordinate of `[0, 1]` moves, on the scale of
    /// the domain; `None` for a choice.
    fn ends(&self) -> Option<(f64, f64, bool)> {
        let (low, high, log) = match self {
            Self::Int { low, high, log } => (*low as f64 - 0.5, *high as f64 + 0.5, *log),
            Self::Float { low, high, log } => (*low, *high, *log),
            Self::Choice(_) => return None,
        };
        Some(if log { (ln(low), ln(high), log) } else { (low, high, log) })
    }

    /// A coordinate at random.
    pub(super) fn draw(&self, rng: &mut Rng) -> f64 {
        match self {
            Self::Choice(values) => rng.below(values.len()) as f64,
            _ => f64::from(rng.uniform(0.0, 1.0)),
        }
    }

    /// The value at the coordinate `u` in `[0, 1]`; for a choice, `u` is the
    /// number of the choice.
    pub(super) fn value(&self, u: f64) -> Value {
        let at = self.ends().map(|(low, high, log)| {
            let v = low + u.clamp(0.0, 1.0) * (high - low);
            if log { exp(v) } else { v }
        });
        match (self, at) {
            (Self::Int { low, high, .. }, Some(v)) => {
                Value::Int((v.round().max(0.0) as usize).clamp(*low, *high))
            }
            (Self::Float { low, high, .. }, Some(v)) => {
                Value::Float(significant(v).clamp(*low, *high))
            }
            (Self::Choice(values), _) => {
                let i = (u.max(0.0) as usize).min(values.len().saturating_sub(1));
                Value::Choice(values.get(i).cloned().unwrap_or_default())
            }
            _ => Value::Float(f64::NAN),
        }
    }

    /// The coordinate of a value; `None` when the domain does not hold it.
    pub(super) fn coordinate(&self, value: &Value) -> Option<f64> {
        let v = match (self, value) {
            (Self::Choice(values), Value::Choice(v)) => {
                return values.iter().position(|known| known == v).map(|i| i as f64);
            }
            (Self::Int { low, high, .. }, Value::Int(v)) if (low..=high).contains(&v) => *v as f64,
            (Self::Float { low, high, .. }, Value::Float(v)) if (low..=high).contains(&v) => *v,
            _ => return None,
        };
        let (low, high, log) = self.ends()?;
        Some(((if log { ln(v) } else { v }) - low) / (high - low))
    }
}

/// Four significant digits: easy to read, and the same after a file.
fn significant(v: f64) -> f64 {
    format!("{v:.3e}").parse().unwrap_or(v)
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Int(v) => write!(f, "{v}"),
            Self::Float(v) => write!(f, "{}", french::comma(v)),
            Self::Choice(v) => f.write_str(v),
        }
    }
}
