//! The exercises of all notebooks.

use super::registry::Exercise;
use super::session::{self, Bilan};

/// Every exercise, in the order of the notebooks.
pub static EXERCISES: &[&[&Exercise]] =
    &[super::tp1::EXERCISES, super::tp2::EXERCISES, super::tp3::EXERCISES, super::tp4::EXERCISES];

/// The table of the current notebook's exercises: done, points, attempts, time.
pub fn bilan() -> Bilan {
    session::lock().bilan(EXERCISES)
}

/// Forgets points, tries and time, for a notebook that is begun anew; the table shows
/// that nothing is left.
pub fn recommencer() -> Bilan {
    let mut session = session::lock();
    session.begin_anew();
    session.bilan(EXERCISES)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::time::Duration;

    use super::super::judge::TOOK;
    use super::super::{Fault, Notebook, probe};
    use super::*;

    /// Tries every answer of every exercise and prints the counts, and how long the
    /// slowest check took.
    #[test]
    fn each_wrong_answer_draws_its_own_hint() {
        let (mut rights, mut wrongs, mut failures) = (0, 0, Vec::new());
        println!("{:<28} {:>6} {:>7} {:>9}", "exercice", "justes", "fausses", "plus lent");
        for exercise in EXERCISES.iter().copied().flatten() {
            let (mut right, mut wrong, mut slowest) = (0, 0, Duration::ZERO);
            for trial in exercise.tried() {
                let verdict = (trial.run)();
                slowest = slowest.max(TOOK.get());
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
                    && exercise.hint(&Fault::new(mistake, ""), 0).0 == exercise.hints[0]
                {
                    failures.push(format!("{} / {mistake} : no hint of its own", exercise.id));
                }
            }
            println!("{:<28} {right:>6} {wrong:>7} {:>6} ms", exercise.id, slowest.as_millis());
            assert!(right >= 4 && wrong >= 10, "{}: {right} right, {wrong} wrong", exercise.id);
            rights += right;
            wrongs += wrong;
        }
        println!("{:<28} {rights:>6} {wrongs:>7}", "total");
        assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
    }

    #[test]
    fn each_declared_mistake_is_tried() {
        for exercise in EXERCISES.iter().copied().flatten() {
            let tried: HashSet<_> = exercise.tried().iter().filter_map(|t| t.mistake).collect();
            for (mistake, _) in exercise.mistakes.hints() {
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
            let declared = EXERCISES.iter().copied().flatten().filter(|e| e.notebook() == notebook);
            let declared: Vec<_> =
                declared.map(|e| (e.id.to_owned(), u64::from(e.points))).collect();
            assert_eq!(graded, declared, "{name}");
            let by_hand = cells["cells"].as_array().unwrap().iter().filter(|cell| {
                cell["cell_type"] == "markdown" && cell["metadata"]["nbgrader"]["grade"] == true
            });
            let points = by_hand.map(|cell| cell["metadata"]["nbgrader"]["points"].as_u64());
            let points: Vec<u64> = points.map(Option::unwrap).collect();
            let sum = points.iter().sum::<u64>() as u32;
            assert_eq!(notebook.questions(), (points.len(), sum), "{name}");
        }
    }

    #[test]
    fn the_same_mistake_again_deepens_before_the_method() {
        let exercise = EXERCISES[0][0];
        let (mistake, own) = exercise.mistakes.hints()[0];
        let fault = Fault::new(mistake, "").deeper("vos nombres");
        let drawn = |failures| exercise.hint(&fault, failures).0;
        assert_eq!(drawn(0), own);
        assert_eq!(drawn(1), "vos nombres");
        assert_eq!(drawn(2), exercise.hints[0]);
        assert_eq!(drawn(99), exercise.hints[exercise.hints.len() - 1]);
        assert_eq!(exercise.hint(&Fault::new("inconnue", ""), 0).0, exercise.hints[0]);
    }

    #[test]
    fn two_mistakes_that_explain_an_answer_are_both_said() {
        let exercise = EXERCISES[0][0];
        let [(a, first), (b, second), ..] = exercise.mistakes.hints()[..] else { panic!("two") };
        let fault = Fault { others: vec![b], ..Fault::new(a, "") };
        let (hint, ..) = exercise.hint(&fault, 0);
        assert!(
            hint.contains(first) && hint.contains(second) && hint.contains("Ou bien"),
            "{hint}"
        );
    }
}
