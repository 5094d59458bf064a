//! What checks are made of: calling a student's function safely, comparing
//! numbers, recognising a mistake by the answers it gives.

use std::any::Any;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use candle_core::{DType, Tensor};

use super::Fault;
use super::likeness::likeness;
pub(crate) use super::numbers::{close, french, list, short, show};
use crate::Error;
use crate::notebook::{explain, is_indexing};
use crate::protocol;
use crate::random::Rng;

/// The mistake of a blank that still holds its `todo!`.
pub(crate) const TODO: &str = protocol::TO_COMPLETE;

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
    /// Whether the last quiet panic was that of a tensor with too many indices.
    static INDEXING: Cell<bool> = const { Cell::new(false) };
}

/// Runs `f`; a panic is returned, and prints nothing (nbgrader gives no point to
/// a cell that writes on the error stream).
pub(crate) fn quietly<T>(f: impl FnOnce() -> T) -> std::thread::Result<T> {
    let silence = Silence::begin();
    let result = panic::catch_unwind(AssertUnwindSafe(f));
    silence.end();
    result
}

type Hook = dyn Fn(&PanicHookInfo<'_>) + Sync + Send;

/// Panics of this thread print nothing between its beginning and its end; one thread at
/// a time, and nothing to begin nor to end within another silence.
struct Silence(Option<(MutexGuard<'static, ()>, Arc<Box<Hook>>)>);

impl Silence {
    fn begin() -> Self {
        if QUIET.get() {
            return Self(None);
        }
        static HOOK: Mutex<()> = Mutex::new(());
        let turn = HOOK.lock().unwrap_or_else(PoisonError::into_inner);
        let before = Arc::new(panic::take_hook());
        let outer = Arc::clone(&before);
        panic::set_hook(Box::new(move |info| {
            if QUIET.get() {
                INDEXING.set(is_indexing(info));
            } else {
                outer(info);
            }
        }));
        QUIET.set(true);
        Self(Some((turn, before)))
    }

    fn end(self) {
        let Some((_turn, before)) = self.0 else { return };
        QUIET.set(false);
        drop(panic::take_hook());
        if let Ok(before) = Arc::try_unwrap(before) {
            panic::set_hook(before);
        }
    }
}

/// Calls a student's function; `what` shows the call, as in `neurone([1, 2], …)`.
pub(crate) fn call<T>(what: &str, f: impl FnOnce() -> T) -> Result<T, Fault> {
    quietly(f).map_err(|panic| explain_panic(what, panic))
}

/// Calls a student's function that may fail.
pub(crate) fn try_call<T>(what: &str, f: impl FnOnce() -> crate::Result<T>) -> Result<T, Fault> {
    call(what, f)?.map_err(|error| explain_error(what, &error))
}

/// The fault of a function that returned an error.
fn explain_error(what: &str, error: &Error) -> Fault {
    let message = error.to_string();
    let first = message.lines().next().unwrap_or_default();
    let has = |text: &str| message.contains(text);
    let mistake = match () {
        () if has("shape mismatch in add") => "addition de formes différentes",
        () if has("différent de ceux des autres couches") => "noms en double",
        () if has("couche «") || has("réseau «") && !has("entrée du réseau") => {
            "couche refusée"
        }
        () if has("entrée du réseau") => "entrée refusée",
        () if has("cibles (y)") => "cibles refusées",
        () if has("got buffer of size") => "liste et forme",
        () if has("shape mismatch in matmul") => "produit de formes différentes",
        () if has("shape mismatch") || has("cannot broadcast") => "formes incompatibles",
        () if has("out of range") || has("unexpected rank") || has("dim") && has("squeeze") => {
            "dimension qui n'existe pas"
        }
        () if has("narrow invalid") => "au-delà du tenseur",
        () if has("dtype mismatch") || has("unexpected dtype") => "types différents",
        () if has("forme [") => "forme refusée",
        () if has("; il faut") || has("\u{202f}; il faut") || has(" ; il faut") => "réglage refusé",
        () => "erreur",
    };
    Fault::new(mistake, format!("`{what}` renvoie une erreur : {}", quoted(first)))
}

/// A message between backticks, or between « » when it holds some itself.
fn quoted(message: &str) -> String {
    if message.contains('`') { format!("« {message} »") } else { format!("`{message}`") }
}

/// The fault of a function that panicked.
pub(crate) fn explain_panic(what: &str, panic: Box<dyn Any + Send>) -> Fault {
    let message = match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(other) => other.downcast_ref::<&str>().copied().unwrap_or("sans message").to_owned(),
    };
    if protocol::blank(&message).is_some() {
        return Fault::new(TODO, "");
    }
    let indexing = INDEXING.take();
    let has = |text: &str| message.contains(text);
    let mistake = match () {
        () if indexing && has("out of bounds") => "dimension qui n'existe pas",
        () if has("out of bounds") || has("out of range") => "indice hors limites",
        () if has("subtract with overflow") => "soustraction sous zéro",
        () if has("divide by zero") || has("divisor of zero") => "division par zéro",
        () if has("called `Option::unwrap()`") || has("called `Result::unwrap()`") => "expect",
        () if EXPECTED.contains(&message.as_str()) => "expect",
        () => "panique",
    };
    // In the words that the same panic has in a cell.
    let said = explain(&message, indexing).unwrap_or_else(|| quoted(&message));
    Fault::new(mistake, format!("`{what}` s'est interrompu (panique) : {said}"))
}

/// What the statements write in `expect`.
const EXPECTED: [&str; 1] = ["un gradient"];

/// The key of the likeness between an answer and the one expected, `inconnue` without.
pub(crate) fn alike(got: &[f32], want: &[f32]) -> &'static str {
    let comparable = got.len() == want.len();
    let like = comparable.then(|| likeness(&[got.to_vec()], &[want.to_vec()])).flatten();
    like.map_or("inconnue", |(mistake, _)| mistake)
}

/// Where an answer differs from the one expected: all of it when it is short, else
/// the first number that does, with digits enough to tell them apart.
pub(crate) fn difference(got: &[f32], want: &[f32]) -> String {
    if got.len() != want.len() {
        let numbers = |n: usize| crate::french::plural(n, "nombre");
        return format!(
            "donne `{}`, soit {} au lieu de {}",
            show(got),
            numbers(got.len()),
            want.len()
        );
    }
    let at = (0..got.len()).find(|&i| !close(&got[i..=i], &want[i..=i]));
    match at {
        Some(i) if got.len() > 6 || show(got) == show(want) => {
            let (g, w) = apart(got[i], want[i]);
            let place = if got.len() > 1 { format!(" à l'indice {i}") } else { String::new() };
            format!("donne `{g}`{place}, au lieu de `{w}`")
        }
        _ => format!("donne `{}`, au lieu de `{}`", show(got), show(want)),
    }
}

/// Two numbers with as many digits as it takes to tell them apart.
fn apart(a: f32, b: f32) -> (String, String) {
    match (short(a), short(b)) {
        (x, y) if x != y => (x, y),
        _ => (format!("{a}"), format!("{b}")),
    }
}

/// Numbers uniform in `[-1, 1)`, rounded to two decimals so that messages stay short.
pub(crate) fn draw(rng: &mut Rng, n: usize) -> Vec<f32> {
    (0..n).map(|_| (rng.uniform(-1.0, 1.0) * 100.0).round() / 100.0).collect()
}

/// All numbers of a tensor as `f32`, in row order.
pub(crate) fn numbers(tensor: &Tensor) -> Result<Vec<f32>, Fault> {
    Ok(tensor.to_dtype(DType::F32)?.flatten_all()?.to_vec1()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::IndexOp;

    #[test]
    fn a_panic_has_the_words_that_it_has_in_a_cell() {
        let values = std::hint::black_box(vec![1.5_f32; 3]);
        let caught = panic::catch_unwind(|| values[values.len()]).unwrap_err();
        let fault = explain_panic("f(1)", caught);
        assert_eq!(fault.mistake, "indice hors limites");
        assert!(fault.found.contains("indice 3 dans un tableau de 3"), "{}", fault.found);
        let flat = Tensor::zeros((1, 10), DType::F32, &candle_core::Device::Cpu).unwrap();
        let fault = call("f(1)", || flat.i((0, .., .., 2))).unwrap_err();
        assert_eq!(fault.mistake, "dimension qui n'existe pas");
        assert!(fault.found.contains("il en a 2"), "{}", fault.found);
        let caught = panic::catch_unwind(|| panic!("à ma façon")).unwrap_err();
        assert!(explain_panic("f(1)", caught).found.ends_with("`à ma façon`"));
    }
}
