//! Figures beyond all measure are counted, not shown, but for the last one.
//!
//! A training draws its curves again and again, for as long as it lasts; a loop that
//! draws without end does so much faster. So it is the pace that is bounded.

use super::cut::grouped;
use crate::protocol::MARK;
use std::time::Instant;

/// How many bytes of figures may come at once, and go on coming each second.
const AT_ONCE: f64 = (32_u64 << 20) as f64;
const EACH_SECOND: f64 = (2_u64 << 20) as f64;
/// A figure counts for at least as much: a client makes an element of each.
const LEAST: usize = 32 * 1024;
/// A figure that is longer is not kept to be shown at the end.
const LONGEST: usize = 16 << 20;

/// The figures of one cell so far.
#[derive(Default)]
pub struct Figures {
    used: f64,
    since: Option<Instant>,
    left_out: u64,
    last: Vec<u8>,
}

impl Figures {
    /// Whether a marked line, or its beginning, is a figure: an error always passes.
    pub fn is_one(line: &[u8]) -> bool {
        let begins: [&[u8]; 3] = [b"{\"data\"", b"{\"kind\":\"display\"", b"{\"kind\":\"update\""];
        let json = line.strip_prefix(MARK.as_bytes());
        json.is_some_and(|json| begins.iter().any(|start| json.starts_with(start)))
    }

    /// Whether a figure, of which `length` bytes are there, is shown.
    pub fn pass(&mut self, length: usize, now: Instant) -> bool {
        let since = self.since.replace(now).unwrap_or(now);
        self.used = (self.used - (now - since).as_secs_f64() * EACH_SECOND).max(0.0);
        if self.used > AT_ONCE {
            self.left_out += 1;
            self.last.clear();
            return false;
        }
        self.count(length.max(LEAST));
        true
    }

    /// More of what is shown.
    pub fn count(&mut self, length: usize) {
        self.used += length as f64;
    }

    /// A piece of a figure that is left out.
    pub fn leave_out(&mut self, piece: &[u8]) {
        if self.last.len() <= LONGEST {
            self.last.extend_from_slice(piece);
        }
    }

    /// At the end of the cell: the last figure, and what is said of the others.
    pub fn end(mut self) -> (Vec<u8>, String) {
        if self.left_out == 0 {
            return (Vec::new(), String::new());
        }
        if !self.last.ends_with(b"\n") {
            self.last.clear();
        }
        let hidden = self.left_out - u64::from(!self.last.is_empty());
        let said =
            format!("[trop de figures\u{a0}: {} n’ont pas été affichées]\n", grouped(hidden));
        (self.last, if hidden == 0 { String::new() } else { said })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_training_may_draw_for_hours_and_an_endless_loop_may_not() {
        let start = Instant::now();
        let mut figures = Figures::default();
        // Ten pictures of 100 KB a second, for an hour.
        for i in 0..36_000 {
            assert!(figures.pass(100_000, start + Duration::from_millis(100 * i)));
        }
        let mut figures = Figures::default();
        let shown = (0..100_000_u32).filter(|&i| {
            let shows = figures.pass(1000, start + Duration::from_micros(10 * u64::from(i)));
            if !shows {
                figures.leave_out(format!("figure {i}\n").as_bytes());
            }
            shows
        });
        let shown = shown.count() as u64;
        assert!((1000..2000).contains(&shown), "{shown}");
        let (last, said) = figures.end();
        assert_eq!(last, b"figure 99999\n");
        assert!(said.contains(&grouped(100_000 - shown - 1)), "{said}");
    }

    #[test]
    fn only_figures_are_counted() {
        let line = |json: &str| Figures::is_one(format!("{MARK}{json}").as_bytes());
        assert!(line("{\"data\":{}"));
        assert!(!line("{\"ename\":\"Panic\"") && !line("{\"end\":true,\"ename\":"));
        assert_eq!(Figures::default().end(), (Vec::new(), String::new()));
    }
}
