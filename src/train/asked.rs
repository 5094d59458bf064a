//! What the trainings that somebody else starts are asked for.

use std::cell::RefCell;

use super::history::{History, Params};

thread_local! {
    /// What the trainings of this thread were asked for, while somebody wants to know.
    static MADE: RefCell<Option<Vec<Params>>> = const { RefCell::new(None) };
}

/// Runs `f`; its result, and what the trainings made in it were asked for.
pub(crate) fn during<T>(f: impl FnOnce() -> T) -> (T, Vec<Params>) {
    MADE.set(Some(Vec::new()));
    let result = f();
    (result, MADE.take().unwrap_or_default())
}

/// Tells [`during`] of a training that has ended.
pub(super) fn note(history: &History) {
    MADE.with_borrow_mut(|made| {
        if let (Some(made), Some(params)) = (made, history.params) {
            made.push(params);
        }
    });
}
