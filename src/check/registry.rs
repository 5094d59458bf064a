//! What an exercise declares, beside its check, and how a hint is drawn.

#[cfg(test)]
use super::Verdict;

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

/// Hints for mistakes that any exercise can meet.
const COMMON: &[(&str, &str)] = &[
    (
        "panique",
        "Le message ci-dessus est celui de Rust : cherchez dans votre fonction l'instruction qui a pu le produire avec cette entrée.",
    ),
    (
        "indice hors limites",
        "Un indice dépasse la fin d'un tableau. Rappel : un tableau de `n` cases va de `0` à `n - 1`, et `0..n` s'arrête juste avant `n`.",
    ),
    (
        "erreur",
        "Une opération a renvoyé une erreur : relisez les formes des tenseurs qui y entrent, avec `.dims()`, et leur type, avec `.dtype()`.",
    ),
    (
        "addition de formes différentes",
        "`+` exige deux tenseurs de même forme. Pour ajouter un biais `[m]` à chaque ligne d'un tenseur `[n, m]`, la méthode est `broadcast_add`.",
    ),
    (
        "nan",
        "Un `NaN` naît d'un calcul impossible : `0 / 0`, `ln` d'un nombre négatif, `inf - inf`… Cherchez lequel peut se produire ici.",
    ),
    (
        "sans mélange",
        "Les images passent toujours dans le même ordre : chaque lot revient à l'identique, et le réseau apprend aussi cet ordre. Laissez `shuffle: true`, sa valeur par défaut.",
    ),
    ("longueur", "Comptez les éléments : combien en entre-t-il, combien doit-il en sortir ?"),
];

impl Exercise {
    /// Whether `mistake` has a hint of its own, or is known to have none.
    #[cfg(test)]
    pub(super) fn knows(&self, mistake: &str) -> bool {
        mistake == "inconnue" || self.mistakes.iter().chain(COMMON).any(|(key, _)| *key == mistake)
    }

    /// The hint for the `failures`-th time (from 0) that this mistake is met, its
    /// rank and how many there are.
    pub(crate) fn hint(&self, mistake: &str, failures: usize) -> (&'static str, usize, usize) {
        let own = self.mistakes.iter().chain(COMMON).find(|(key, _)| *key == mistake);
        let of = usize::from(own.is_some()) + self.hints.len();
        let rank = failures.min(of.saturating_sub(1));
        let hint = own.iter().map(|(_, hint)| *hint).chain(self.hints.iter().copied()).nth(rank);
        (hint.unwrap_or_default(), rank + 1, of)
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
