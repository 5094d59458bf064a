//! Displays that change while the cell runs.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::Bundle;
use super::line::{self, display_message, is_live, send};

/// Shortest time between two updates of the same display.
pub(crate) const PAUSE: Duration = Duration::from_millis(100);

/// A display that can be replaced as long as the program runs.
///
/// Where displays cannot change (a kernel without the proxy of `tp kernel`),
/// only [`Live::finish`] shows anything.
#[derive(Debug)]
pub struct Live {
    id: String,
    shown: bool,
}

impl Default for Live {
    fn default() -> Self {
        Self::new()
    }
}

impl Live {
    /// A display that does not show anything yet.
    pub fn new() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        // The time tells displays of this kernel from those of an earlier one,
        // which the notebook may still hold.
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        Self { id: format!("tp-{:x}-{count}", now as u64), shown: false }
    }

    /// Whether [`Live::show`] shows anything here.
    pub fn is_live() -> bool {
        is_live()
    }

    /// Shows `bundle` in place of what was shown before.
    pub fn show(&mut self, bundle: &Bundle) {
        if is_live() {
            let kind = if self.shown { "update" } else { "display" };
            send(display_message(kind, &self.id, bundle));
            self.shown = true;
        }
    }

    /// Shows the final content.
    pub fn finish(mut self, bundle: &Bundle) {
        if is_live() {
            self.show(bundle);
        } else {
            line::show(bundle);
        }
    }
}
