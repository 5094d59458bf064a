//! Who watches a training: a panel, a line per epoch, or nobody.
//!
//! The storey that draws panels is above this one. It offers its own by
//! [`offer`]; a training asks for it where displays can change, and writes
//! plain lines where they cannot.

use std::fmt;
use std::sync::OnceLock;

use super::history::History;
use super::settings::{Fit, Verbose};
use crate::display::{Live, duration, line, seconds};
use crate::french;

/// What is told to whoever watches a training.
pub trait Watch: fmt::Debug {
    /// Batch `i` (from 0) of epoch `epoch` (from 0) is done; `loss` and
    /// `accuracy` are the means over this epoch so far.
    fn batch(&mut self, epoch: usize, i: usize, loss: f32, accuracy: f32);
    /// An epoch is done: `history` ends with it.
    fn epoch(&mut self, history: &History);
    /// The training is over; `sentence` (why it ended early, say) may be empty.
    fn finish(self: Box<Self>, history: &History, sentence: &str);
}

/// The size of a training that is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Course {
    /// Epochs in all.
    pub epochs: usize,
    /// Batches of an epoch.
    pub batches: usize,
    /// Epochs made before, in a training that goes on.
    pub before: usize,
}

/// Makes the panel of a training.
pub type Panel = fn(Course) -> Box<dyn Watch>;

static PANEL: OnceLock<Panel> = OnceLock::new();

/// Offers the panel of the trainings to come; the first one offered stays.
pub fn offer(panel: Panel) {
    PANEL.get_or_init(|| panel);
}

/// Who watches a training with these settings.
pub(super) fn begin(settings: &Fit<'_>, batches: usize, before: usize) -> Option<Box<dyn Watch>> {
    let course = Course { epochs: settings.epochs, batches, before };
    match settings.verbose {
        Verbose::Silent => None,
        Verbose::Panel => Some(watcher(course)),
    }
}

/// Shows a training that was made before as it would have been seen.
pub(super) fn replay(settings: &Fit<'_>, batches: usize, history: &History, sentence: &str) {
    let Some(mut watch) = begin(settings, batches, 0) else { return };
    for epoch in 1..=history.epochs() {
        watch.epoch(&history.until(epoch));
    }
    watch.finish(history, sentence);
}

/// The panel where displays can change, [`Lines`] elsewhere.
pub(crate) fn watcher(course: Course) -> Box<dyn Watch> {
    match PANEL.get() {
        Some(panel) if Live::is_live() => panel(course),
        _ => Box::new(Lines(course)),
    }
}

/// One line per epoch: what a log can bear.
#[derive(Debug)]
struct Lines(Course);

impl Watch for Lines {
    fn batch(&mut self, _: usize, _: usize, _: f32, _: f32) {}

    fn epoch(&mut self, history: &History) {
        let remaining = self.0.epochs.saturating_sub(history.epochs());
        let mean = history.total_seconds() / history.epochs().max(1) as f64;
        let rest = match remaining {
            0 => String::new(),
            _ => format!(" — reste {}", duration(seconds(mean * remaining as f64))),
        };
        line::write(&format!("{}{rest}\n", self.0.line(history)));
    }

    fn finish(self: Box<Self>, _: &History, sentence: &str) {
        if !sentence.is_empty() {
            line::write(&format!("{sentence}\n"));
        }
    }
}

impl Course {
    /// The last epoch of `history` in one line, in the manner of Keras.
    pub(crate) fn line(&self, history: &History) -> String {
        let last =
            |values: &[f32]| french::number(values.last().map_or(f64::NAN, |v| f64::from(*v)), 4);
        let seconds = history.seconds.last().copied().unwrap_or(0.0);
        let mut text = format!(
            "Époque {}/{} — {}\u{a0}s, {}\u{a0}ms/lot — perte {} — précision {}",
            history.epochs(),
            self.epochs,
            french::number(seconds, 1),
            french::number(1e3 * seconds / self.batches.max(1) as f64, 2),
            last(&history.loss),
            last(&history.accuracy),
        );
        if !history.val_loss.is_empty() {
            text += &format!(
                " — perte val. {} — précision val. {}",
                last(&history.val_loss),
                last(&history.val_accuracy)
            );
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history() -> History {
        History {
            name: "dense".into(),
            loss: vec![0.25, 0.0712],
            accuracy: vec![0.92, 0.9785],
            val_loss: vec![0.15, 0.09],
            val_accuracy: vec![0.95, 0.97],
            seconds: vec![1.3, 1.2],
            params: None,
        }
    }

    #[test]
    fn an_epoch_is_one_line() {
        let course = Course { epochs: 15, batches: 469, before: 0 };
        assert_eq!(
            course.line(&history()),
            "Époque 2/15 — 1,2\u{a0}s, 2,56\u{a0}ms/lot — perte 0,0712 — précision 0,9785 \
             — perte val. 0,0900 — précision val. 0,9700"
        );
        assert!(course.line(&History::default()).contains("perte NaN"));
    }
}
