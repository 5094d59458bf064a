//! One trial of a search: the values to try, and what came of it.

use serde::{Deserialize, Serialize};

use super::space::{SearchSpace, Value};
use crate::{Error, Result};

/// One trial: values of the hyper-parameters, and the scores reported.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// Number of the trial, from 1.
    pub number: usize,
    /// The values by name, in the order of the space.
    pub values: Vec<(String, Value)>,
    /// The scores reported, one per epoch (more is better).
    pub scores: Vec<f32>,
    /// Whether the trial was stopped before its end.
    pub stopped: bool,
    /// Duration in seconds.
    pub seconds: f64,
}

impl Trial {
    /// The whole number `name`.
    ///
    /// # Errors
    /// When the space has no such hyper-parameter, or one of another kind.
    pub fn int(&self, name: &str) -> Result<usize> {
        match self.value(name)? {
            Value::Int(v) => Ok(*v),
            other => Err(self.kind(name, other)),
        }
    }

    /// The number `name`.
    ///
    /// # Errors
    /// As [`Trial::int`].
    pub fn float(&self, name: &str) -> Result<f64> {
        match self.value(name)? {
            Value::Float(v) => Ok(*v),
            other => Err(self.kind(name, other)),
        }
    }

    /// The choice `name`.
    ///
    /// # Errors
    /// As [`Trial::int`].
    pub fn choice(&self, name: &str) -> Result<&str> {
        match self.value(name)? {
            Value::Choice(v) => Ok(v),
            other => Err(self.kind(name, other)),
        }
    }

    /// Notes the score reached after one more epoch (more is better); what is
    /// not a number counts as the worst of all.
    pub fn report(&mut self, score: f32) {
        self.scores.push(if score.is_finite() { score } else { f32::MIN });
    }

    /// The last score reported.
    pub fn score(&self) -> Option<f32> {
        self.scores.last().copied()
    }

    /// The best score so far.
    pub fn best(&self) -> Option<f32> {
        self.scores.iter().copied().reduce(f32::max)
    }

    fn value(&self, name: &str) -> Result<&Value> {
        let found = self.values.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value).ok_or_else(|| {
            let names: Vec<&str> = self.values.iter().map(|(name, _)| name.as_str()).collect();
            let expected = format!("l'un des noms de l'espace : {}", names.join(", "));
            Error::parameter("hyperparamètre", format!("« {name} »"), expected)
        })
    }

    fn kind(&self, name: &str, value: &Value) -> Error {
        let call = match value {
            Value::Int(_) => "int",
            Value::Float(_) => "float",
            Value::Choice(_) => "choice",
        };
        let expected = format!("`.{call}(\"{name}\")`, comme il est déclaré dans l'espace");
        Error::parameter(format!("hyperparamètre « {name} »"), value, expected)
    }

    /// Whether the values are those of `space`.
    pub(super) fn belongs_to(&self, space: &SearchSpace) -> bool {
        let parameters = space.parameters();
        self.values.len() == parameters.len()
            && self.values.iter().zip(parameters).all(|((name, value), parameter)| {
                *name == parameter.name && parameter.domain.coordinate(value).is_some()
            })
    }
}
