//! What checks are made of: calling a student's function safely, comparing
//! numbers, recognising a mistake by the answers it gives.

use std::any::Any;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex, PoisonError};

use candle_core::{DType, Tensor};

use super::Fault;
use crate::random::Rng;
use crate::train::{History, Params};

/// The mistake of a blank that still holds its `todo!`.
pub(crate) const TODO: &str = "à compléter";

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Runs `f`; a panic is returned, and prints nothing (nbgrader gives no point to
/// a cell that writes on the error stream).
pub(crate) fn quietly<T>(f: impl FnOnce() -> T) -> std::thread::Result<T> {
    if QUIET.get() {
        return panic::catch_unwind(AssertUnwindSafe(f));
    }
    static HOOK: Mutex<()> = Mutex::new(());
    let _guard = HOOK.lock().unwrap_or_else(PoisonError::into_inner);
    let before = Arc::new(panic::take_hook());
    let outer = Arc::clone(&before);
    panic::set_hook(Box::new(move |info| {
        if !QUIET.get() {
            outer(info);
        }
    }));
    QUIET.set(true);
    let result = panic::catch_unwind(AssertUnwindSafe(f));
    QUIET.set(false);
    drop(panic::take_hook());
    if let Ok(before) = Arc::try_unwrap(before) {
        panic::set_hook(before);
    }
    result
}

/// Calls a student's function; `what` shows the call, as in `neurone([1, 2], …)`.
pub(crate) fn call<T>(what: &str, f: impl FnOnce() -> T) -> Result<T, Fault> {
    quietly(f).map_err(|panic| explain_panic(what, panic))
}

/// Refuses a training whose batches came in the same order at each epoch.
pub(crate) fn shuffled(history: &History) -> Result<(), Fault> {
    match history.params {
        Some(Params { shuffle: false, .. }) => {
            Err(Fault::new("sans mélange", "L'entraînement a été fait avec `shuffle: false`."))
        }
        _ => Ok(()),
    }
}

/// Calls a student's function that may fail.
pub(crate) fn try_call<T>(what: &str, f: impl FnOnce() -> crate::Result<T>) -> Result<T, Fault> {
    call(what, f)?.map_err(|error| {
        let message = error.to_string();
        let first = message.lines().next().unwrap_or_default();
        let shapes = message.contains("shape mismatch in add");
        let mistake = if shapes { "addition de formes différentes" } else { "erreur" };
        Fault::new(mistake, format!("`{what}` renvoie une erreur : `{first}`"))
    })
}

/// The fault of a function that panicked.
pub(crate) fn explain_panic(what: &str, panic: Box<dyn Any + Send>) -> Fault {
    let message = match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(other) => other.downcast_ref::<&str>().copied().unwrap_or("sans message").to_owned(),
    };
    if message.starts_with("not yet implemented") {
        return Fault::new(TODO, "");
    }
    let out = message.contains("out of bounds") || message.contains("out of range");
    let mistake = if out { "indice hors limites" } else { "panique" };
    Fault::new(mistake, format!("`{what}` s'est interrompu (panique) : `{message}`"))
}

/// Whether two answers agree: same length, each number equal to 1e-4 (relative
/// above 1); `NaN` and infinities agree with themselves.
pub(crate) fn close(got: &[f32], want: &[f32]) -> bool {
    got.len() == want.len()
        && got.iter().zip(want).all(|(g, w)| {
            g == w || (g.is_nan() && w.is_nan()) || (g - w).abs() <= 1e-4 * (1.0 + w.abs())
        })
}

/// Answers as Rust prints them, shortened.
pub(crate) fn show(values: &[f32]) -> String {
    let shown: Vec<String> = values.iter().take(6).map(|v| short(*v)).collect();
    let more = if values.len() > 6 { ", …" } else { "" };
    match values {
        [one] => short(*one),
        _ => format!("[{}{more}]", shown.join(", ")),
    }
}

/// A number with at most four decimals.
pub(crate) fn short(value: f32) -> String {
    if value != 0.0 && value.abs() < 1e-3 || value.abs() >= 1e7 {
        return format!("{value:e}");
    }
    let text = format!("{value:.4}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// A known mistake and what it answers.
pub(crate) type Suspect<'a, I> = (&'static str, &'a dyn Fn(&I) -> Vec<f32>);

/// Compares a function with what it must compute, on inputs unknown to the
/// student, and names the mistake when one of the `suspects` explains all answers.
pub(crate) fn compare<I>(
    inputs: Vec<I>,
    what: impl Fn(&I) -> String,
    student: impl Fn(&I) -> Vec<f32>,
    truth: impl Fn(&I) -> Vec<f32>,
    suspects: &[Suspect<'_, I>],
) -> Result<(), Fault> {
    let mut got = Vec::with_capacity(inputs.len());
    for input in &inputs {
        got.push(call(&what(input), || student(input))?);
    }
    let Some(at) = (0..inputs.len()).find(|&i| !close(&got[i], &truth(&inputs[i]))) else {
        return Ok(());
    };
    let (answer, expected) = (&got[at], truth(&inputs[at]).len());
    let mut found = format!("`{}` donne `{}`", what(&inputs[at]), show(answer));
    if answer.len() != expected {
        found += &format!(", soit {} nombre(s) au lieu de {expected}", answer.len());
    }
    let explains = |(_, wrong): &&Suspect<'_, I>| {
        inputs.iter().zip(&got).all(|(input, answer)| close(answer, &wrong(input)))
    };
    let mistake = match suspects.iter().find(explains) {
        Some((mistake, _)) => mistake,
        None if answer.len() != expected => "longueur",
        None if got.iter().flatten().any(|v| v.is_nan()) => "nan",
        None => "inconnue",
    };
    Err(Fault::new(mistake, format!("{found}.")))
}

/// Numbers uniform in `[-1, 1)`, rounded to two decimals so that messages stay short.
pub(crate) fn draw(rng: &mut Rng, n: usize) -> Vec<f32> {
    (0..n).map(|_| (rng.uniform(-1.0, 1.0) * 100.0).round() / 100.0).collect()
}

/// All numbers of a tensor as `f32`, in row order.
pub(crate) fn numbers(tensor: &Tensor) -> Result<Vec<f32>, Fault> {
    Ok(tensor.to_dtype(DType::F32)?.flatten_all()?.to_vec1()?)
}
