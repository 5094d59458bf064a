//! What the terminal shows of a set-up: finished steps, and below them one line that
//! is rewritten in place.

use std::io::{IsTerminal, Write};
use std::time::Duration;

/// The line of the running steps; nothing where there is no terminal.
pub struct Board;

impl Board {
    /// Says a line that stays.
    pub fn say(&self, line: &str) {
        self.clear();
        eprintln!("{line}");
    }

    /// Rewrites the line that does not stay.
    pub fn draw(&self, line: &str) {
        if std::io::stderr().is_terminal() {
            // What is wider than the terminal is cut: of a broken line only the last
            // part could be rewritten.
            eprint!("\r\x1b[K\x1b[?7l  … {line}\x1b[?7h");
            let _ = std::io::stderr().flush();
        }
    }

    pub fn clear(&self) {
        if std::io::stderr().is_terminal() {
            eprint!("\r\x1b[K");
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_french() {
        assert_eq!(human(Duration::from_millis(340)), "0,3 s");
        assert_eq!(human(Duration::from_secs(365)), "6 min 5 s");
    }
}
