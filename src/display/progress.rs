//! Progress of a loop: a bar that moves, or a few lines where nothing can move.

use std::time::{Duration, Instant};

use super::live::{Live, PAUSE};
use super::theme::{BLUE, CLASS, EDGE, SCHEME};
use super::{Bundle, escape, line};
use crate::french;

/// Seconds beyond which a duration is not told exactly.
const LONGEST: f64 = 3600.0 * 1000.0;

/// The progress of a loop of known length.
///
/// ```
/// use mnist_tp::prelude::*;
/// let mut progress = Progress::new("recherche du meilleur réseau", 20);
/// for i in 1..=20 {
///     // … one trial …
///     progress.set(i);
/// }
/// ```
///
/// The bar is redrawn at most ten times a second; in between, a call costs the
/// reading of a clock.
#[derive(Debug)]
pub struct Progress {
    text: String,
    total: usize,
    /// Turns that were done before the clock started.
    before: usize,
    done: usize,
    note: String,
    start: Instant,
    next: Instant,
    tenths: usize,
    live: Live,
}

impl Progress {
    /// The progress of a loop of `total` turns, described by `text`.
    pub fn new(text: &str, total: usize) -> Self {
        Self::from(text, 0, total)
    }

    /// The progress of a loop that goes on where it stopped: `done` of its
    /// `total` turns are done, and tell nothing of the time that is left.
    pub fn from(text: &str, done: usize, total: usize) -> Self {
        let now = Instant::now();
        let done = done.min(total);
        let mut progress = Self {
            text: text.to_string(),
            total,
            before: done,
            done,
            note: String::new(),
            start: now,
            next: now,
            tenths: 0,
            live: Live::new(),
        };
        progress.draw(now);
        progress
    }

    /// Says that `done` turns are done.
    pub fn set(&mut self, done: usize) {
        self.done = done.min(self.total);
        let now = Instant::now();
        if now >= self.next || self.done == self.total {
            self.draw(now);
        }
    }

    /// Says that one more turn is done.
    pub fn advance(&mut self) {
        self.set(self.done + 1);
    }

    /// A word beside the bar, shown with its next change.
    pub fn note(&mut self, note: impl Into<String>) {
        self.note = note.into();
    }

    fn draw(&mut self, now: Instant) {
        self.next = now + PAUSE;
        let status = self.status(now);
        if Live::is_live() {
            let bar = Bar { share: self.share(), title: &self.text, status: &status };
            self.live.show(&bar.bundle());
        } else {
            // One line for each tenth: what a log can bear.
            let tenths = (10.0 * self.share()) as usize;
            if tenths > self.tenths {
                self.tenths = tenths;
                line::write(&format!("{}\u{a0}: {status}\n", self.text));
            }
        }
    }

    fn share(&self) -> f64 {
        if self.total == 0 { 1.0 } else { self.done as f64 / self.total as f64 }
    }

    fn status(&self, now: Instant) -> String {
        let spent = now - self.start;
        let mut text = format!("{}/{}", french::count(self.done), french::count(self.total));
        if self.done == self.total {
            text += &format!(" en {}", duration(spent));
        } else if self.done > self.before {
            let each = spent.as_secs_f64() / (self.done - self.before) as f64;
            let left = seconds(each * (self.total - self.done) as f64);
            text += &format!(", reste {}", duration(left));
        }
        if !self.note.is_empty() {
            text += &format!(" — {}", self.note);
        }
        text
    }
}

/// An estimate in seconds as a duration; the longest one when it is beyond all.
pub(crate) fn seconds(estimate: f64) -> Duration {
    Duration::try_from_secs_f64(estimate.max(0.0)).unwrap_or(Duration::MAX)
}

/// A duration for a reader: `0,8 s`, `12 s`, `3 min 05 s`.
pub(crate) fn duration(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 9.95 {
        format!("{}\u{a0}s", french::number(seconds, 1))
    } else if seconds < 99.5 {
        format!("{}\u{a0}s", french::number(seconds, 0))
    } else if seconds > LONGEST {
        "plus de 1000\u{a0}h".into()
    } else {
        let whole = seconds.round() as u64;
        format!("{}\u{a0}min\u{a0}{:02}\u{a0}s", whole / 60, whole % 60)
    }
}

/// The height of a bar with its line: what takes its place moves nothing below it.
pub(crate) const HEIGHT: &str = "2.4em";

/// A bar as HTML in the colours of the page's theme.
pub(crate) struct Bar<'a> {
    pub share: f64,
    pub title: &'a str,
    pub status: &'a str,
}

impl Bar<'_> {
    pub fn html(&self) -> String {
        let percent = 100.0 * self.share.clamp(0.0, 1.0);
        format!(
            concat!(
                r#"<div class="{class}" style="font-variant-numeric:tabular-nums;min-height:{height}">{scheme}"#,
                r#"<div style="white-space:nowrap;overflow:hidden;text-overflow:ellipsis">"#,
                r#"{title} — {status}</div>"#,
                r#"<div role="progressbar" aria-label="{title}" aria-valuemin="0" "#,
                r#"aria-valuemax="100" aria-valuenow="{percent:.0}" style="max-width:40em;"#,
                r#"height:0.6em;border:1px solid;{edge};border-radius:0.3em;overflow:hidden">"#,
                r#"<div style="width:{percent:.1}%;height:100%;{fill}"></div>"#,
                "</div></div>"
            ),
            title = escape(self.title),
            status = escape(self.status),
            percent = percent,
            height = HEIGHT,
            class = CLASS,
            scheme = SCHEME,
            edge = EDGE.css("border-color"),
            fill = BLUE.css("background-color"),
        )
    }

    pub fn bundle(&self) -> Bundle {
        Bundle::html(self.html(), format!("{} — {}", self.title, self.status))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_easily() {
        let text = |ms| duration(Duration::from_millis(ms));
        assert_eq!(text(820), "0,8\u{a0}s");
        assert_eq!(text(9_960), "10\u{a0}s");
        assert_eq!(text(185_000), "3\u{a0}min\u{a0}05\u{a0}s");
        assert_eq!(duration(seconds(1e300)), "plus de 1000\u{a0}h");
        assert_eq!(seconds(-1.0), Duration::ZERO);
    }

    #[test]
    fn a_call_costs_next_to_nothing() {
        let mut progress = Progress::new("essai", usize::MAX);
        let start = Instant::now();
        for i in 0..100_000 {
            progress.set(i);
        }
        let each = start.elapsed() / 100_000;
        // A training step takes 800 µs: 1 % of that is 8 µs.
        assert!(each < Duration::from_micros(8), "{each:?}");
    }

    #[test]
    fn an_empty_loop_is_done_at_once_and_too_much_is_not_counted() {
        let progress = Progress::new("rien", 0);
        assert_eq!(progress.share(), 1.0);
        let mut progress = Progress::new("trop", 3);
        progress.set(7);
        progress.advance();
        assert_eq!(progress.done, 3);
        assert!(progress.status(Instant::now()).starts_with("3/3 en"));
    }

    #[test]
    fn turns_done_before_tell_nothing_of_the_time_left() {
        let mut progress = Progress::from("reprise", 8, 10);
        assert_eq!(progress.status(Instant::now()), "8/10");
        progress.set(9);
        let status = progress.status(progress.start + Duration::from_secs(20));
        assert_eq!(status, "9/10, reste 20\u{a0}s");
    }

    #[test]
    fn a_loop_without_end_has_an_estimate_too() {
        let mut progress = Progress::new("sans fin", usize::MAX);
        progress.done = 1;
        let status = progress.status(progress.start + Duration::from_secs(20));
        assert!(status.ends_with("reste plus de 1000\u{a0}h"), "{status}");
    }

    #[test]
    fn the_bar_is_escaped() {
        let html = Bar { share: 0.5, title: "<b>", status: "\"" }.html();
        assert!(html.contains("&lt;b&gt;") && html.contains(r#"aria-valuenow="50""#));
    }
}
