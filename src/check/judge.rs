//! From a check to its verdict. The exercises' files call it by its name alone, on
//! their own declaration: this file stands above them, since where the student
//! stands among all exercises is part of a verdict.

use super::exercises::EXERCISES;
use super::registry::Exercise;
use super::verdict::{Outcome, Verdict};
use super::{Finding, probe, session};
use crate::signs;

#[cfg(test)]
thread_local! {
    /// How long the last check of this thread took, without what it was given.
    pub(super) static TOOK: std::cell::Cell<std::time::Duration> = const {
        std::cell::Cell::new(std::time::Duration::ZERO)
    };
}

impl Exercise {
    /// Runs a check, catches what panics in it, notes the result and draws the hint.
    pub(crate) fn judge(&'static self, check: impl FnOnce() -> Finding) -> Verdict {
        #[cfg(test)]
        let start = std::time::Instant::now();
        let finding = match probe::quietly(check) {
            Ok(finding) => finding,
            Err(panic) => Err(probe::explain_panic("la vérification", panic)),
        };
        #[cfg(test)]
        TOOK.set(start.elapsed());
        self.verdict(finding)
    }

    /// Notes what a check has found, and draws the hint.
    fn verdict(&'static self, finding: Finding) -> Verdict {
        if signs::interrupted() {
            // What the check met is not the answer's fault: nothing is noted.
            panic!("vérification interrompue\u{a0}: rien n’est noté, relancez cette cellule");
        }
        let mut session = session::lock();
        let (earned, outcome) = match finding {
            Ok(verified) => (self.points as f32, Outcome::Right { verified }),
            Err(fault) if fault.mistake == probe::TODO => (0.0, Outcome::ToDo),
            Err(fault) => {
                #[cfg(test)]
                assert!(self.knows(fault.mistake), "{}: « {} »", self.id, fault.mistake);
                let (hint, rank, of) = self.hint(&fault, session.failures(self.id, &fault));
                let earned = quarter(self.points as f32 * fault.earned);
                let (mistake, found) = (fault.mistake, fault.found);
                (earned, Outcome::Wrong { mistake, found, hint, rank, of })
            }
        };
        let progress = session.note(EXERCISES, self, earned, &outcome);
        Verdict { exercise: self, earned, outcome, progress }
    }
}

/// Points are given by quarters.
fn quarter(points: f32) -> f32 {
    (points * 4.0).round() / 4.0
}
