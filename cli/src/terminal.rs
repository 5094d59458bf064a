//! What the terminal shows while one waits: lines that stay, and below them one that is
//! rewritten in place.

use indicatif::{ProgressBar, ProgressStyle};
use std::time::Duration;

/// The form of the line.
const LINE: &str = "  … {wide_msg}";

/// The line that is rewritten; nothing where there is no terminal.
pub struct Line(ProgressBar);

impl Line {
    pub fn new() -> Self {
        let line = ProgressBar::no_length();
        // Constant, and tried by the test below.
        if let Ok(style) = ProgressStyle::with_template(LINE) {
            line.set_style(style);
        }
        Self(line)
    }

    /// Says a line that stays.
    pub fn say(&self, line: &str) {
        self.0.suspend(|| eprintln!("{line}"));
    }

    /// Rewrites the line that does not stay.
    pub fn draw(&self, line: &str) {
        self.0.set_message(line.to_owned());
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// A duration as people say it: `0,3 s`, `42 s`, `6 min 5 s`.
pub fn human(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", duration.as_secs_f64()).replace('.', ","),
        10..60 => format!("{seconds} s"),
        _ => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

/// A duration to come, rounded up: `40 s`, `3 min`, `1 h 05`.
pub fn about(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..=90 => format!("{} s", seconds.div_ceil(10).max(1) * 10),
        91..3600 => format!("{} min", seconds.div_ceil(60)),
        _ => format!("{} h {:02}", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_french() {
        assert_eq!(human(Duration::from_millis(340)), "0,3 s");
        assert_eq!(human(Duration::from_secs(365)), "6 min 5 s");
        let about = |seconds| about(Duration::from_secs(seconds));
        let to_come = [0, 7, 41, 90, 91, 600, 3900].map(about);
        let said = ["10 s", "10 s", "50 s", "90 s", "2 min", "10 min", "1 h 05"];
        assert_eq!(to_come, said);
    }

    #[test]
    fn the_line_has_a_form() {
        assert!(ProgressStyle::with_template(LINE).is_ok());
    }
}
