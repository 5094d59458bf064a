//! Checks of the exercises, and their hints.
//!
//! After each blank the notebook calls one function of [`tp1`] to [`tp4`]
//! on what the student wrote. A check verifies properties (shape, type, range,
//! behaviour on inputs the student has not seen, gradients), never a text and
//! never our own way of writing. Its [`Verdict`] says what was verified, or what
//! was found with the hint that fits that mistake; the same mistake again draws
//! the next hint, and the solution is never shown.
//!
//! An exercise is declared once, as an [`Exercise`] beside its check: title,
//! points, hints, and the right and wrong answers that the tests try. The
//! notebooks' metadata, [`bilan`] and the tests read these declarations.
//!
//! Within: `hints`, `registry` (what an exercise declares) → `probe` (calling a
//! student's function) → `task` (a function, and the mistakes in it), `network`,
//! `history` → `session`, `verdict` → `tp1` … `tp4` → `exercises` (the list of all) →
//! `judge`. This storey imports all the others; only the prelude imports it.

#[cfg(test)]
mod absurd_tests;
#[cfg(test)]
mod astray;
mod common;
mod exercises;
mod hints;
mod history;
mod judge;
mod likeness;
mod network;
mod numbers;
mod probe;
mod prose;
mod registry;
mod sample;
mod score;
mod session;
#[cfg(test)]
mod spoiled;
mod standing;
mod task;
pub mod tp1;
pub mod tp2;
pub mod tp3;
pub mod tp4;
mod verdict;

pub use exercises::{EXERCISES, bilan, recommencer};
pub use registry::{Exercise, Notebook};
pub use session::Bilan;
pub use standing::Standing;
pub use verdict::{Outcome, Verdict};

/// What went wrong: the key of a mistake in the exercise's declaration, and what
/// was found, as a sentence.
#[derive(Debug)]
pub(crate) struct Fault {
    mistake: &'static str,
    found: String,
    /// The same mistake on the student's own numbers, for who meets it again.
    deeper: Option<String>,
    /// Other mistakes that explain the answer as well.
    others: Vec<&'static str>,
    /// Share of the points earned all the same, in `[0, 1]`.
    earned: f32,
}

impl Fault {
    pub(crate) fn new(mistake: &'static str, found: impl Into<String>) -> Self {
        Self { mistake, found: found.into(), deeper: None, others: Vec::new(), earned: 0.0 }
    }

    /// Whether no mistake of the exercise explains the answer.
    pub(crate) fn unnamed(&self) -> bool {
        self.mistake == "inconnue" || common::LIKENESSES.iter().any(|(key, _)| *key == self.mistake)
    }

    /// What the answer does, with its own numbers.
    pub(crate) fn deeper(self, deeper: impl Into<String>) -> Self {
        Self { deeper: Some(deeper.into()), ..self }
    }

    /// The same fault under the key that an exercise declares for it.
    pub(crate) fn under(self, keys: &[(&'static str, &'static str)]) -> Self {
        match keys.iter().find(|(key, _)| *key == self.mistake) {
            Some((_, mistake)) => Self { mistake, ..self },
            None => self,
        }
    }

    /// The answer is worth a share of the points.
    pub(crate) fn worth(self, earned: f32) -> Self {
        Self { earned, ..self }
    }
}

impl From<candle_core::Error> for Fault {
    fn from(error: candle_core::Error) -> Self {
        Self::new("erreur", format!("une opération sur les tenseurs a échoué : `{error}`"))
    }
}

impl From<crate::Error> for Fault {
    fn from(error: crate::Error) -> Self {
        Self::new("erreur", format!("une opération a échoué : `{error}`"))
    }
}

/// What a check returns that refuses an answer.
pub(crate) fn fault<T>(mistake: &'static str, found: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::new(mistake, found))
}

/// What a check concludes: the sentence that says what was verified, or a fault.
pub(crate) type Finding = Result<String, Fault>;
