//! The simplest case on which an answer that no mistake explains goes wrong.
//!
//! An exercise lists cases from the simplest on, each with what must come out of
//! it and why; the first that fails says where to look.

use super::Fault;
use super::probe::{call, close, difference};

/// An input, and what happens with it.
pub(crate) type Case<I> = (I, &'static str);

/// `fault`, or, when nothing explains it, the first of `cases` that goes wrong.
pub(crate) fn simplest<I>(
    fault: Fault,
    what: impl Fn(&I) -> String,
    student: impl Fn(&I) -> Vec<f32>,
    truth: impl Fn(&I) -> Vec<f32>,
    cases: &[Case<I>],
) -> Fault {
    if !fault.unnamed() {
        return fault;
    }
    for (input, why) in cases {
        let shown = what(input);
        let Ok(got) = call(&shown, || student(input)) else { return fault };
        let want = truth(input);
        if !close(&got, &want) {
            let found = format!("`{shown}` {}. {why}", difference(&got, &want));
            return Fault { mistake: "cas simple", found, ..fault };
        }
    }
    fault
}
