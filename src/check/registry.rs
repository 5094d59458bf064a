//! What an exercise declares, beside its check, and how a hint is drawn.

use std::fmt;

use super::Fault;
#[cfg(test)]
use super::Verdict;
use super::common::{COMMON, LIKENESSES};
use super::hints::Hint;

/// A notebook with exercises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notebook {
    /// Dense network on MNIST.
    Tp1,
    /// Convolutional network on MNIST.
    Tp2,
    /// Comparing architectures.
    Tp3,
    /// Robustness.
    Tp4,
}

impl Notebook {
    /// How many questions it asks in words, and their points: the teacher's to mark.
    pub(super) fn questions(self) -> (usize, u32) {
        match self {
            Self::Tp1 | Self::Tp4 => (4, 8),
            Self::Tp2 | Self::Tp3 => (5, 10),
        }
    }
}

/// The mistakes that an exercise knows; two lists make one, `(SHARED, OWN)`.
pub(crate) trait Mistakes: Sync {
    /// Each with its hint.
    fn hints(&self) -> Vec<Hint>;

    /// Trials of those that say what they answer, against the check of `exercise`.
    #[cfg(test)]
    fn trials(&'static self, _: &'static Exercise) -> Vec<Tried> {
        Vec::new()
    }
}

impl Mistakes for &'static [Hint] {
    fn hints(&self) -> Vec<Hint> {
        self.to_vec()
    }
}

impl<A: Mistakes, B: Mistakes> Mistakes for (A, B) {
    fn hints(&self) -> Vec<Hint> {
        [self.0.hints(), self.1.hints()].concat()
    }

    #[cfg(test)]
    fn trials(&'static self, exercise: &'static Exercise) -> Vec<Tried> {
        self.0.trials(exercise).into_iter().chain(self.1.trials(exercise)).collect()
    }
}

/// One exercise of a notebook.
pub struct Exercise {
    /// Its name in the notebook's metadata (nbgrader's `grade_id`): notebook, then task.
    pub id: &'static str,
    /// Points of a right answer.
    pub points: u32,
    /// Its title, in French.
    pub title: &'static str,
    /// Hints from vague to precise, drawn one after the other.
    pub hints: &'static [&'static str],
    /// Mistakes that the check recognises.
    pub(crate) mistakes: &'static dyn Mistakes,
    /// Answers that the tests try.
    #[cfg(test)]
    pub(crate) trials: &'static [Trial],
}

impl fmt::Debug for Exercise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

impl Exercise {
    /// The notebook it belongs to.
    pub fn notebook(&self) -> Notebook {
        match self.id.split_once('-') {
            Some(("tp2", _)) => Notebook::Tp2,
            Some(("tp3", _)) => Notebook::Tp3,
            Some(("tp4", _)) => Notebook::Tp4,
            _ => Notebook::Tp1,
        }
    }

    /// All that the tests try.
    #[cfg(test)]
    pub(super) fn tried(&'static self) -> Vec<Tried> {
        let own = self.trials.iter().flat_map(Trial::each);
        own.chain(self.mistakes.trials(self)).collect()
    }

    /// Whether `mistake` has a hint of its own, or is known to have none.
    #[cfg(test)]
    pub(super) fn knows(&self, mistake: &str) -> bool {
        mistake == "inconnue" || self.named(mistake).is_some()
    }

    /// The hint for the `failures`-th time (from 0) that this fault is met, its rank
    /// and how many there are: the mistake by its name, then on the student's own
    /// numbers, then the method, last what is nearly the code.
    pub(super) fn hint(&self, fault: &Fault, failures: usize) -> (String, usize, usize) {
        let own = self.named(fault.mistake).map(|own| match self.also(fault) {
            Some(also) => {
                format!("Plusieurs erreurs donnent cette réponse. {own} Ou bien : {also}")
            }
            None => own.to_owned(),
        });
        let deeper = fault.deeper.clone().filter(|_| own.is_some());
        let method = self.hints.iter().map(|hint| (*hint).to_owned());
        let all: Vec<String> = own.into_iter().chain(deeper).chain(method).collect();
        let rank = failures.min(all.len().saturating_sub(1));
        (all.get(rank).cloned().unwrap_or_default(), rank + 1, all.len())
    }

    /// The hint of a mistake, the exercise's own or one of all.
    fn named(&self, mistake: &str) -> Option<&'static str> {
        let all_know = COMMON.iter().chain(LIKENESSES).copied();
        let mut all = self.mistakes.hints().into_iter().chain(all_know);
        all.find(|(key, _)| *key == mistake).map(|(_, hint)| hint)
    }

    /// The hints of what else explains the answer.
    fn also(&self, fault: &Fault) -> Option<String> {
        let others: Vec<&str> = fault.others.iter().filter_map(|key| self.named(key)).collect();
        (!others.is_empty()).then(|| others.join(" Ou bien : "))
    }
}

/// Answers that the tests give to a check, and what they must draw.
#[cfg(test)]
#[derive(Clone, Copy)]
pub(crate) enum Trial {
    One(&'static str, Option<&'static str>, fn() -> Verdict),
    Rights(&'static [&'static str], fn(&'static str) -> Verdict),
    Wrongs(&'static [&'static str], fn(&'static str) -> Verdict),
}

/// One answer: its name, the mistake to be recognised, `None` for a right one.
#[cfg(test)]
pub(crate) struct Tried {
    pub name: &'static str,
    pub mistake: Option<&'static str>,
    pub run: Box<dyn Fn() -> Verdict>,
}

#[cfg(test)]
impl Tried {
    pub(crate) fn wrong(mistake: &'static str, run: impl Fn() -> Verdict + 'static) -> Self {
        Self { name: mistake, mistake: Some(mistake), run: Box::new(run) }
    }
}

#[cfg(test)]
impl Trial {
    fn each(&self) -> Vec<Tried> {
        match *self {
            Self::One(name, mistake, run) => vec![Tried { name, mistake, run: Box::new(run) }],
            Self::Rights(names, run) => {
                let one = |name| Tried { name, mistake: None, run: Box::new(move || run(name)) };
                names.iter().copied().map(one).collect()
            }
            Self::Wrongs(mistakes, run) => {
                mistakes.iter().map(|mistake| Tried::wrong(mistake, move || run(mistake))).collect()
            }
        }
    }
}

/// A right answer.
#[cfg(test)]
pub(crate) const fn right(name: &'static str, run: fn() -> Verdict) -> Trial {
    Trial::One(name, None, run)
}

/// A wrong answer, named after the mistake that the check must recognise.
#[cfg(test)]
pub(crate) const fn wrong(mistake: &'static str, run: fn() -> Verdict) -> Trial {
    Trial::One(mistake, Some(mistake), run)
}

/// Right answers that are made in the same way, one for each of `names`.
#[cfg(test)]
pub(crate) const fn right_each(
    names: &'static [&'static str],
    run: fn(&'static str) -> Verdict,
) -> Trial {
    Trial::Rights(names, run)
}

/// Wrong answers that are made in the same way, one for each of `mistakes`.
#[cfg(test)]
pub(crate) const fn wrong_each(
    mistakes: &'static [&'static str],
    run: fn(&'static str) -> Verdict,
) -> Trial {
    Trial::Wrongs(mistakes, run)
}
