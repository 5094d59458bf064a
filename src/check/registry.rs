//! The exercises: one declaration each, beside its check.

use super::{Finding, Outcome, Verdict, probe, session};

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

/// A mistake that a check recognises: key, and the hint that fits it.
pub(crate) type Mistake = (&'static str, &'static str);

/// Mistakes that several exercises share, and those of one.
pub(crate) const fn with_mistakes<const N: usize, const M: usize, const ALL: usize>(
    shared: [Mistake; N],
    own: [Mistake; M],
) -> [Mistake; ALL] {
    assert!(N + M == ALL);
    let mut all = [("", ""); ALL];
    let mut i = 0;
    while i < ALL {
        all[i] = if i < N { shared[i] } else { own[i - N] };
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

/// Every exercise, in the order of the notebooks.
pub static EXERCISES: &[&[&Exercise]] =
    &[super::tp1::EXERCISES, super::tp2::EXERCISES, super::tp3::EXERCISES, super::tp4::EXERCISES];

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
    /// Runs a check, catches what panics in it, notes the result and draws the hint.
    pub(crate) fn judge(&'static self, check: impl FnOnce() -> Finding) -> Verdict {
        let finding = match probe::quietly(check) {
            Ok(finding) => finding,
            Err(panic) => Err(probe::explain_panic("la vérification", panic)),
        };
        let mut session = session::lock();
        let (earned, outcome) = match finding {
            Ok(verified) => (self.points as f32, Outcome::Right { verified }),
            Err(fault) if fault.mistake == probe::TODO => (0.0, Outcome::ToDo),
            Err(fault) => {
                #[cfg(test)]
                assert!(self.knows(fault.mistake), "{}: « {} »", self.id, fault.mistake);
                let (hint, rank, of) = self.hint(fault.mistake, session.failures(self.id, &fault));
                let earned = quarter(self.points as f32 * fault.earned);
                let (mistake, found) = (fault.mistake, fault.found);
                (earned, Outcome::Wrong { mistake, found, hint, rank, of })
            }
        };
        let progress = session.note(self, earned, &outcome);
        Verdict { exercise: self, earned, outcome, progress }
    }

    /// Whether `mistake` has a hint of its own, or is known to have none.
    #[cfg(test)]
    fn knows(&self, mistake: &str) -> bool {
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

/// Points are given by quarters.
fn quarter(points: f32) -> f32 {
    (points * 4.0).round() / 4.0
}

/// An answer that the tests give to a check, and what it must draw.
#[cfg(test)]
#[derive(Debug)]
pub(crate) struct Trial {
    pub name: &'static str,
    /// The mistake to be recognised, `None` for a right answer.
    pub mistake: Option<&'static str>,
    pub run: fn() -> Verdict,
}

/// A right answer.
#[cfg(test)]
pub(crate) const fn right(name: &'static str, run: fn() -> Verdict) -> Trial {
    Trial { name, mistake: None, run }
}

/// A wrong answer, named after the mistake that the check must recognise.
#[cfg(test)]
pub(crate) const fn wrong(mistake: &'static str, run: fn() -> Verdict) -> Trial {
    Trial { name: mistake, mistake: Some(mistake), run }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::time::{Duration, Instant};

    use super::*;

    /// Tries every answer of every exercise and prints the counts.
    #[test]
    fn each_wrong_answer_draws_its_own_hint() {
        let (mut rights, mut wrongs, mut failures) = (0, 0, Vec::new());
        println!("{:<28} {:>6} {:>7} {:>9}", "exercice", "justes", "fausses", "plus lent");
        for exercise in EXERCISES.iter().copied().flatten() {
            let (mut right, mut wrong, mut slowest) = (0, 0, Duration::ZERO);
            for trial in exercise.trials {
                let start = Instant::now();
                let verdict = (trial.run)();
                slowest = slowest.max(start.elapsed());
                assert_eq!(verdict.exercise.id, exercise.id, "{}", trial.name);
                match trial.mistake {
                    None => right += 1,
                    // An empty blank is no mistake that a student makes.
                    Some(probe::TODO) => {}
                    Some(_) => wrong += 1,
                }
                if verdict.mistake() != trial.mistake {
                    failures.push(format!("{} / {} : {verdict:?}", exercise.id, trial.name));
                }
                if let Some(mistake) = trial.mistake
                    && mistake != probe::TODO
                    && exercise.hint(mistake, 0).0 == exercise.hint("?", 0).0
                {
                    failures.push(format!("{} / {mistake} : no hint of its own", exercise.id));
                }
            }
            println!("{:<28} {right:>6} {wrong:>7} {:>6} ms", exercise.id, slowest.as_millis());
            assert!(right >= 2 && wrong >= 6, "{}: {right} right, {wrong} wrong", exercise.id);
            rights += right;
            wrongs += wrong;
        }
        println!("{:<28} {rights:>6} {wrongs:>7}", "total");
        assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
    }

    #[test]
    fn each_declared_mistake_is_tried() {
        for exercise in EXERCISES.iter().copied().flatten() {
            let tried: HashSet<_> = exercise.trials.iter().filter_map(|t| t.mistake).collect();
            for (mistake, _) in exercise.mistakes {
                assert!(tried.contains(mistake), "{}: « {mistake} » never tried", exercise.id);
            }
        }
    }

    #[test]
    fn identifiers_are_unique_and_hints_complete() {
        let mut ids = HashSet::new();
        for exercise in EXERCISES.iter().copied().flatten() {
            assert!(ids.insert(exercise.id), "{} twice", exercise.id);
            assert!(exercise.points > 0 && exercise.hints.len() >= 2, "{}", exercise.id);
        }
    }

    /// Each exercise is a graded cell of its solution notebook, with its points.
    #[test]
    fn notebooks_hold_the_exercises_and_their_points() {
        let notebooks = [
            (Notebook::Tp1, "Sol_TP1_MNIST_dense"),
            (Notebook::Tp2, "Sol_TP2_MNIST_convol"),
            (Notebook::Tp3, "Sol_TP3_MNIST_architectures"),
            (Notebook::Tp4, "Sol_TP4_MNIST_robustesse"),
        ];
        for (notebook, name) in notebooks {
            let path = format!("{}/solutions/{name}.ipynb", env!("CARGO_MANIFEST_DIR"));
            let Ok(text) = std::fs::read_to_string(&path) else {
                println!("{path} is not there");
                continue;
            };
            let cells: serde_json::Value = serde_json::from_str(&text).unwrap();
            let mut graded: Vec<(String, u64)> = Vec::new();
            for cell in cells["cells"].as_array().unwrap() {
                let meta = &cell["metadata"]["nbgrader"];
                if cell["cell_type"] == "code" && meta["grade"] == true {
                    let id = meta["grade_id"].as_str().unwrap().to_owned();
                    graded.push((id, meta["points"].as_u64().unwrap()));
                }
            }
            let declared = EXERCISES.iter().copied().flatten().filter(|e| e.notebook == notebook);
            let declared: Vec<_> =
                declared.map(|e| (e.id.to_owned(), u64::from(e.points))).collect();
            assert_eq!(graded, declared, "{name}");
        }
    }

    #[test]
    fn the_same_mistake_again_draws_the_next_hint() {
        let exercise = EXERCISES[0][0];
        let (mistake, own) = exercise.mistakes[0];
        assert_eq!(exercise.hint(mistake, 0).0, own);
        assert_eq!(exercise.hint(mistake, 1).0, exercise.hints[0]);
        let last = exercise.hints[exercise.hints.len() - 1];
        assert_eq!(exercise.hint(mistake, 99).0, last);
    }
}
