//! What an exercise declares, beside its check, and how a hint is drawn.

use super::Fault;
#[cfg(test)]
use super::Verdict;
use super::common::{COMMON, LIKENESSES};

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

/// A mistake that a check recognises: key, and the hint that fits it.
pub(crate) type Mistake = (&'static str, &'static str);

/// Mistakes that several exercises share, and those of one.
pub(crate) const fn with_mistakes<const N: usize, const M: usize, const ALL: usize>(
    shared: [Mistake; N],
    own: [Mistake; M],
) -> [Mistake; ALL] {
    both(shared, own)
}

const fn both<T: Copy, const N: usize, const M: usize, const ALL: usize>(
    a: [T; N],
    b: [T; M],
) -> [T; ALL] {
    assert!(N + M == ALL && N > 0);
    let mut all = [a[0]; ALL];
    let mut i = 0;
    while i < ALL {
        all[i] = if i < N { a[i] } else { b[i - N] };
        i += 1;
    }
    all
}

/// One exercise of a notebook.
#[derive(Debug)]
pub struct Exercise {
    /// Its name in the notebook's metadata (nbgrader's `grade_id`).
    pub id: &'static str,
    /// The notebook it belongs to.
    pub notebook: Notebook,
    /// Points of a right answer.
    pub points: u32,
    /// Its title, in French.
    pub title: &'static str,
    /// Hints from vague to precise, drawn one after the other.
    pub hints: &'static [&'static str],
    /// Mistakes that the check recognises: key, and the hint that fits it.
    pub mistakes: &'static [(&'static str, &'static str)],
    /// Answers that the tests try.
    #[cfg(test)]
    pub(crate) trials: &'static [Trial],
}

impl Exercise {
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
        let all = self.mistakes.iter().chain(COMMON).chain(LIKENESSES);
        all.into_iter().find(|(key, _)| *key == mistake).map(|(_, hint)| *hint)
    }

    /// The hints of what else explains the answer.
    fn also(&self, fault: &Fault) -> Option<String> {
        let others: Vec<&str> = fault.others.iter().filter_map(|key| self.named(key)).collect();
        (!others.is_empty()).then(|| others.join(" Ou bien : "))
    }
}

/// An answer that the tests give to a check, and what it must draw.
#[cfg(test)]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Trial {
    pub name: &'static str,
    /// The mistake to be recognised, `None` for a right answer.
    pub mistake: Option<&'static str>,
    pub run: Run,
}

/// How an answer is given: as it is, or made for the mistake that is named.
#[cfg(test)]
#[derive(Clone, Copy, Debug)]
pub(crate) enum Run {
    Alone(fn() -> Verdict),
    For(fn(&'static str) -> Verdict),
}

#[cfg(test)]
impl Trial {
    pub(super) fn verdict(&self) -> Verdict {
        match self.run {
            Run::Alone(run) => run(),
            Run::For(run) => run(self.name),
        }
    }
}

/// A right answer.
#[cfg(test)]
pub(crate) const fn right(name: &'static str, run: fn() -> Verdict) -> Trial {
    Trial { name, mistake: None, run: Run::Alone(run) }
}

/// A wrong answer, named after the mistake that the check must recognise.
#[cfg(test)]
pub(crate) const fn wrong(mistake: &'static str, run: fn() -> Verdict) -> Trial {
    Trial { name: mistake, mistake: Some(mistake), run: Run::Alone(run) }
}

/// Wrong answers that are made in the same way, one for each of `mistakes`.
#[cfg(test)]
pub(crate) const fn wrong_each<const N: usize>(
    mistakes: [&'static str; N],
    run: fn(&'static str) -> Verdict,
) -> [Trial; N] {
    let mut all = [Trial { name: "", mistake: None, run: Run::For(run) }; N];
    let mut i = 0;
    while i < N {
        (all[i].name, all[i].mistake) = (mistakes[i], Some(mistakes[i]));
        i += 1;
    }
    all
}

/// The trials of two lists.
#[cfg(test)]
pub(crate) const fn with_trials<const N: usize, const M: usize, const ALL: usize>(
    own: [Trial; N],
    made: [Trial; M],
) -> [Trial; ALL] {
    both(own, made)
}
