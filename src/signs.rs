//! What `tp kernel` tells the student's process while a cell runs: small files in
//! the folder that [`protocol::SIGNS`] names.
//!
//! - `interruption` is there from ■ until the next cell. Every loop of this library
//!   looks for it and ends with [`Error::Interrupted`]: the cell fails, but the
//!   process, and with it every variable, lives. A loop that does not look is ended
//!   after two seconds together with its process.
//! - `reponse` names the answer that a check is about to judge: the same text as
//!   before means that nothing was changed.
//!
//! Without the variable (`cargo test`, a plain kernel) there are no signs.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::{Error, Result, protocol};

/// How often the file is looked for: a loop may ask as often as it wants.
const PAUSE: Duration = Duration::from_millis(20);

/// Ends a loop of this library when the student wants the cell to end.
///
/// # Errors
/// [`Error::Interrupted`], from ■ until the next cell.
pub(crate) fn go_on() -> Result<()> {
    if interrupted() {
        return Err(Error::Interrupted { what: "calcul interrompu".into() });
    }
    Ok(())
}

/// Whether the student wants the cell to end.
pub(crate) fn interrupted() -> bool {
    #[cfg(test)]
    if testing::asked() {
        return true;
    }
    static SIGN: OnceLock<Option<Sign>> = OnceLock::new();
    SIGN.get_or_init(|| folder().map(|folder| Sign::new(&folder)))
        .as_ref()
        .is_some_and(Sign::is_there)
}

/// What names the answer that is judged, `None` where nobody tells.
pub(crate) fn answer() -> Option<String> {
    let text = std::fs::read_to_string(folder()?.join(protocol::ANSWER)).ok()?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn folder() -> Option<PathBuf> {
    protocol::path(protocol::SIGNS)
}

/// A file whose presence is asked for more often than it is looked for.
struct Sign {
    path: PathBuf,
    start: Instant,
    /// When it is looked for again, in microseconds since `start`.
    next: AtomicU64,
}

impl Sign {
    fn new(folder: &Path) -> Self {
        let path = folder.join(protocol::INTERRUPTION);
        Self { path, start: Instant::now(), next: AtomicU64::new(0) }
    }

    fn is_there(&self) -> bool {
        let now = self.start.elapsed().as_micros() as u64;
        if now < self.next.load(Ordering::Relaxed) {
            return false;
        }
        if self.path.exists() {
            return true;
        }
        self.next.store(now + PAUSE.as_micros() as u64, Ordering::Relaxed);
        false
    }
}

#[cfg(test)]
pub(crate) mod testing {
    use std::cell::Cell;

    thread_local! {
        static LEFT: Cell<Option<usize>> = const { Cell::new(None) };
    }

    /// Runs `work`, which is interrupted when it asks for the `n`-th time (from 1)
    /// on this thread, and from then on.
    pub(crate) fn interrupted_at<T>(n: usize, work: impl FnOnce() -> T) -> T {
        LEFT.set(Some(n));
        let done = work();
        LEFT.set(None);
        done
    }

    pub(super) fn asked() -> bool {
        LEFT.get().is_some_and(|left| {
            LEFT.set(Some(left.saturating_sub(1)));
            left <= 1
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sign_holds_until_it_is_taken_away() {
        let folder = tempfile::tempdir().unwrap();
        let look = |sign: &Sign| {
            sign.next.store(0, Ordering::Relaxed);
            sign.is_there()
        };
        let sign = Sign::new(folder.path());
        assert!(!look(&sign));
        std::fs::write(&sign.path, "").unwrap();
        assert!(look(&sign) && sign.is_there() && sign.is_there());
        std::fs::remove_file(&sign.path).unwrap();
        assert!(!look(&sign));
        // Between two looks nothing is asked of the disk.
        std::fs::write(&sign.path, "").unwrap();
        sign.next.store(u64::MAX, Ordering::Relaxed);
        assert!(!sign.is_there());
    }

    #[test]
    fn a_loop_may_ask_at_each_turn() {
        let sign = Sign::new(Path::new("/nowhere"));
        let start = Instant::now();
        for _ in 0..100_000 {
            assert!(!sign.is_there());
        }
        // A training step takes 800 µs: 1 % of that is 8 µs.
        assert!(start.elapsed() / 100_000 < Duration::from_micros(8));
    }
}
