//! What the terminal shows of a grading: a line for each submission that has its
//! marks, and below them a bar with the time that is left.

use crate::french::about;
use indicatif::{ProgressBar, ProgressStyle};
use std::time::{Duration, Instant};

pub struct Board {
    bar: ProgressBar,
    /// When the first execution began, and when the last one ended.
    start: Instant,
    last: Option<Instant>,
    done: u32,
    total: u32,
}

impl Board {
    /// Of so many submissions that are to be executed.
    pub fn new(total: usize) -> Self {
        let bar = match total {
            0 => ProgressBar::hidden(),
            _ => ProgressBar::new(total as u64),
        };
        // Constant, and tried by the test below.
        if let Ok(style) = ProgressStyle::with_template("  {wide_bar} {pos}/{len} {msg}") {
            bar.set_style(style);
        }
        let total = u32::try_from(total).unwrap_or(u32::MAX);
        let board = Self { bar, start: Instant::now(), last: None, done: 0, total };
        board.draw();
        board
    }

    /// Says a line that stays.
    pub fn say(&self, line: &str) {
        self.bar.suspend(|| println!("{line}"));
    }

    /// One execution has ended.
    pub fn advance(&mut self) {
        self.done = self.done.saturating_add(1);
        self.last = Some(Instant::now());
        self.bar.set_position(u64::from(self.done));
        self.draw();
    }

    /// Writes anew how long it will take.
    pub fn draw(&self) {
        self.bar.set_message(match self.last {
            None => String::new(),
            Some(last) => {
                let left = left(last - self.start, self.done, self.total);
                format!("reste environ {}", about(left.saturating_sub(last.elapsed())))
            }
        });
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// The time of those to come, if they take as long as those before.
fn left(spent: Duration, done: u32, total: u32) -> Duration {
    spent.checked_div(done).unwrap_or_default().saturating_mul(total.saturating_sub(done))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_goes_by_what_was() {
        let minute = Duration::from_secs(60);
        assert_eq!(left(minute, 2, 10), 4 * minute);
        assert_eq!(left(minute, 10, 10), Duration::ZERO);
        assert_eq!(left(minute, 0, 10), Duration::ZERO);
        assert!(ProgressStyle::with_template("  {wide_bar} {pos}/{len} {msg}").is_ok());
    }
}
