//! What the terminal shows while one waits: lines that stay, and below them one that is
//! rewritten in place.

use indicatif::{ProgressBar, ProgressStyle};

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_has_a_form() {
        assert!(ProgressStyle::with_template(LINE).is_ok());
    }
}
