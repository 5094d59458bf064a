//! What a training shows while it runs: curves that grow with the epochs, and below
//! them a bar for the batches. Both have their place, and their height, from the first
//! moment on: a notebook that keeps its place does not lose them. (Where nothing can
//! move, [`crate::train::watch`] writes lines.)

use std::time::Instant;

use crate::display::{Bar, Bundle, HEIGHT, Live, PAUSE, duration, escape, seconds};
use crate::french;
use crate::train::History;
use crate::train::watch::{Course, Watch};

/// The panel of one training.
#[derive(Debug)]
pub struct FitPanel {
    course: Course,
    start: Instant,
    /// When the bar, and when the curves, may be drawn again.
    next: Instant,
    next_curves: Instant,
    bar: Live,
    curves: Live,
}

impl FitPanel {
    /// The panel of a training, which is shown at once.
    pub fn new(course: Course) -> Self {
        let now = Instant::now();
        let (mut curves, mut bar) = (Live::new(), Live::new());
        if let Ok(frame) = History::frame("Les courbes paraîtront après la première époque.") {
            curves.show(&frame.bundle());
        }
        let share = course.before as f64 / course.epochs.max(1) as f64;
        let title = format!("Époque {}/{}", course.before.saturating_add(1), course.epochs);
        bar.show(&Bar { share, title: &title, status: "préparation" }.bundle());
        Self { course, start: now, next: now, next_curves: now, bar, curves }
    }

    /// The bar in the middle of an epoch.
    fn progress(&self, now: Instant, epoch: usize, i: usize, loss: f32, accuracy: f32) -> Bundle {
        // Numbers of epochs are the student's: their products may be beyond usize.
        let batches = self.course.batches as f64;
        let done = epoch as f64 * batches + (i + 1) as f64;
        let total = self.course.epochs as f64 * batches;
        let share = done / total.max(1.0);
        let here = done - self.course.before as f64 * batches;
        let spent = (now - self.start).as_secs_f64();
        let left = seconds(spent * (total - done) / here.max(1.0));
        let status = format!(
            "lot {}/{} — perte {} — précision {} — reste {}",
            i + 1,
            self.course.batches,
            french::number(f64::from(loss), 4),
            french::number(f64::from(accuracy), 4),
            duration(left),
        );
        let title = format!("Époque {}/{}", epoch + 1, self.course.epochs);
        Bar { share, title: &title, status: &status }.bundle()
    }
}

impl Watch for FitPanel {
    /// Draws at most ten times a second; in between it only reads the clock.
    fn batch(&mut self, epoch: usize, i: usize, loss: f32, accuracy: f32) {
        if let Some(now) = due(&mut self.next) {
            self.bar.show(&self.progress(now, epoch, i, loss, accuracy));
        }
    }

    /// Where epochs are short, not each of them is drawn; the end draws them all.
    fn epoch(&mut self, history: &History) {
        if due(&mut self.next).is_some() {
            let share = history.epochs() as f64 / self.course.epochs.max(1) as f64;
            let text = self.course.line(history);
            let (title, status) = text.split_once(" — ").unwrap_or((&text, ""));
            self.bar.show(&Bar { share, title, status }.bundle());
        }
        if due(&mut self.next_curves).is_some()
            && let Ok(figure) = history.plot()
        {
            self.curves.show(&figure.bundle());
        }
    }

    /// The bar gives way to the table of the epochs, and the curves stay as they
    /// ended.
    fn finish(self: Box<Self>, history: &History, sentence: &str) {
        let table = history.table();
        let text = format!(
            "{} en {}. {sentence}",
            french::plural(history.epochs(), "époque"),
            duration(self.start.elapsed())
        );
        let html = format!(
            "<details style=\"min-height:{HEIGHT}\"><summary>{}</summary>{}</details>",
            escape(&text),
            table.html()
        );
        let Self { bar, curves, .. } = *self;
        bar.finish(&Bundle::html(html, format!("{text}\n{table}")));
        let none = "Aucune époque n'est allée à son terme : il n'y a pas de courbe.";
        if let Ok(figure) = history.plot().or_else(|_| History::frame(none)) {
            curves.finish(&figure.bundle());
        }
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

    /// One epoch or many, validated or not, and none at all: nothing below moves.
    #[test]
    fn the_curves_are_as_high_as_the_place_that_waits_for_them() {
        let frame = History::frame("").unwrap().size();
        let bare = History { val_loss: Vec::new(), val_accuracy: Vec::new(), ..history() };
        let long = History { loss: vec![1e-9; 2000], accuracy: vec![0.5; 2000], ..bare.clone() };
        for history in [history(), bare, long] {
            assert_eq!(history.plot().unwrap().size(), frame);
        }
    }

    #[test]
    fn the_time_left_follows_the_share_done() {
        let panel = FitPanel::new(Course { epochs: 2, batches: 10, before: 0 });
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
        let mut panel = FitPanel::new(Course { epochs: usize::MAX, batches: 10, before: 0 });
        let bundle = panel.progress(panel.start + Duration::from_secs(5), 3, 4, 0.5, 0.8);
        assert!(bundle.get("text/plain").unwrap().ends_with("reste plus de 1000\u{a0}h"));
        panel.epoch(&history());
    }
}
