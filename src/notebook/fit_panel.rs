//! What a training shows while it runs: a bar for the batches, curves that grow
//! with the epochs. Where nothing can move, one line per epoch.

use std::time::Instant;

use crate::display::{Bar, Bundle, Live, PAUSE, duration, escape, line, seconds};
use crate::french;
use crate::train::History;

/// The panel of one training.
///
/// `fit` calls [`FitPanel::batch`] after each batch and [`FitPanel::epoch`]
/// after each epoch, and [`FitPanel::finish`] at the end.
#[derive(Debug)]
pub struct FitPanel {
    epochs: usize,
    batches: usize,
    /// Epochs made before this panel, in a training that goes on.
    before: usize,
    start: Instant,
    /// When the bar, and when the curves, may be drawn again.
    next: Instant,
    next_curves: Instant,
    bar: Live,
    curves: Live,
}

impl FitPanel {
    /// A panel for `epochs` epochs of `batches` batches each.
    pub fn new(epochs: usize, batches: usize) -> Self {
        let now = Instant::now();
        Self {
            epochs,
            batches,
            before: 0,
            start: now,
            next: now,
            next_curves: now,
            bar: Live::new(),
            curves: Live::new(),
        }
    }

    /// The same panel for a training of which `epochs` epochs are done.
    #[must_use]
    pub fn after(self, epochs: usize) -> Self {
        Self { before: epochs, ..self }
    }

    /// Batch `i` (from 0) of epoch `epoch` (from 0) is done; `loss` and
    /// `accuracy` are the means over this epoch so far.
    ///
    /// Draws at most ten times a second; in between it only reads the clock.
    pub fn batch(&mut self, epoch: usize, i: usize, loss: f32, accuracy: f32) {
        if !Live::is_live() {
            return;
        }
        if let Some(now) = due(&mut self.next) {
            self.bar.show(&self.progress(now, epoch, i, loss, accuracy));
        }
    }

    /// The bar in the middle of an epoch.
    fn progress(&self, now: Instant, epoch: usize, i: usize, loss: f32, accuracy: f32) -> Bundle {
        // Numbers of epochs are the student's: their products may be beyond usize.
        let batches = self.batches as f64;
        let done = epoch as f64 * batches + (i + 1) as f64;
        let total = self.epochs as f64 * batches;
        let share = done / total.max(1.0);
        let here = done - self.before as f64 * batches;
        let spent = (now - self.start).as_secs_f64();
        let left = seconds(spent * (total - done) / here.max(1.0));
        let status = format!(
            "lot {}/{} — perte {} — précision {} — reste {}",
            i + 1,
            self.batches,
            french::number(f64::from(loss), 4),
            french::number(f64::from(accuracy), 4),
            duration(left),
        );
        let title = format!("Époque {}/{}", epoch + 1, self.epochs);
        Bar { share, title: &title, status: &status }.bundle()
    }

    /// An epoch is done: `history` ends with it. (Where epochs are short, not each
    /// of them is drawn; [`FitPanel::finish`] draws them all.)
    pub fn epoch(&mut self, history: &History) {
        if !Live::is_live() {
            let remaining = self.epochs.saturating_sub(history.epochs());
            let mean = history.total_seconds() / history.epochs().max(1) as f64;
            let rest = if remaining > 0 {
                format!(" — reste {}", duration(seconds(mean * remaining as f64)))
            } else {
                String::new()
            };
            line::write(&format!("{}{rest}\n", self.line(history)));
            return;
        }
        if due(&mut self.next).is_some() {
            let share = history.epochs() as f64 / self.epochs.max(1) as f64;
            let text = self.line(history);
            let (title, status) = text.split_once(" — ").unwrap_or((&text, ""));
            self.bar.show(&Bar { share, title, status }.bundle());
        }
        if due(&mut self.next_curves).is_some()
            && let Ok(figure) = history.plot()
        {
            self.curves.show(&figure.bundle());
        }
    }

    /// The training is over. The bar gives way to the table of the epochs and
    /// the curves stay as they ended; `sentence` (why it ended early, say) may
    /// be empty.
    pub fn finish(self, history: &History, sentence: &str) {
        if !Live::is_live() {
            if !sentence.is_empty() {
                line::write(&format!("{sentence}\n"));
            }
            return;
        }
        let table = history.table();
        let text = format!(
            "{} en {}. {sentence}",
            french::plural(history.epochs(), "époque"),
            duration(self.start.elapsed())
        );
        let html =
            format!("<details><summary>{}</summary>{}</details>", escape(&text), table.html());
        self.bar.finish(&Bundle::html(html, format!("{text}\n{table}")));
        if let Ok(figure) = history.plot() {
            self.curves.finish(&figure.bundle());
        }
    }

    /// The last epoch of `history` in one line, in the manner of Keras.
    pub fn line(&self, history: &History) -> String {
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

/// The time, if it is time to draw again; the next time is a [`PAUSE`] later.
fn due(next: &mut Instant) -> Option<Instant> {
    let now = Instant::now();
    (now >= *next).then(|| {
        *next = now + PAUSE;
        now
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

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
        let panel = FitPanel::new(15, 469);
        assert_eq!(
            panel.line(&history()),
            "Époque 2/15 — 1,2\u{a0}s, 2,56\u{a0}ms/lot — perte 0,0712 — précision 0,9785 \
             — perte val. 0,0900 — précision val. 0,9700"
        );
        assert!(panel.line(&History::default()).contains("perte NaN"));
    }

    #[test]
    fn the_time_left_follows_the_share_done() {
        let panel = FitPanel::new(2, 10);
        let bundle = panel.progress(panel.start + Duration::from_secs(5), 0, 4, 0.5, 0.8);
        let plain = bundle.get("text/plain").unwrap();
        assert_eq!(
            plain,
            "Époque 1/2 — lot 5/10 — perte 0,5000 — précision 0,8000 — reste 15\u{a0}s"
        );
        assert!(bundle.get("text/html").unwrap().contains(r#"aria-valuenow="25""#));
    }

    #[test]
    fn a_training_without_end_has_an_estimate_too() {
        let mut panel = FitPanel::new(usize::MAX, 10);
        let bundle = panel.progress(panel.start + Duration::from_secs(5), 3, 4, 0.5, 0.8);
        assert!(bundle.get("text/plain").unwrap().ends_with("reste plus de 1000\u{a0}h"));
        panel.epoch(&history());
    }
}
