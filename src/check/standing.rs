//! Where the student stands.

use std::fmt;
use std::time::Duration;

use super::prose::{number, rich};
use crate::display::theme::{BLUE, EDGE};

/// Where the student stands in one notebook.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Standing {
    /// Exercises solved, and how many there are.
    pub done: (usize, usize),
    /// Points earned, and how many there are.
    pub points: (f32, f32),
    /// Time since the first check.
    pub elapsed: Duration,
    /// Of the exercise at hand, the points that an earlier answer earned, and its
    /// own, where the present answer is worth less.
    pub kept: Option<(f32, u32)>,
}

impl Standing {
    /// One line: a bar, exercises, points, time.
    pub fn html(&self) -> String {
        let percent = 100.0 * self.points.0 / self.points.1.max(1.0);
        format!(
            "<span aria-hidden=\"true\" style=\"display:inline-block;width:7em;height:.6em;\
             border:1px solid;{};border-radius:.3em;overflow:hidden;margin-right:.6em\">\
             <span style=\"display:block;height:100%;width:{percent:.0}%;{}\"></span></span>{}",
            EDGE.css("border-color"),
            BLUE.css("background-color"),
            rich(&self.to_string())
        )
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (done, all) = self.done;
        let (earned, max) = self.points;
        let plural = |count: f32| if count < 2.0 { "" } else { "s" };
        write!(f, "{done} exercice{} sur {all} · ", plural(done as f32))?;
        write!(f, "{} point{} sur {max}", number(earned), plural(earned))?;
        write!(f, " · {}", duration(self.elapsed))?;
        match self.kept {
            Some((earned, max)) => write!(f, " · acquis\u{a0}: {}/{max}", number(earned)),
            None => Ok(()),
        }
    }
}

/// `12 s`, `5 min`, `1 h 05`.
pub(super) fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..60 => format!("{seconds}\u{a0}s"),
        60..3600 => format!("{}\u{a0}min", seconds / 60),
        _ => format!("{}\u{a0}h\u{a0}{:02}", seconds / 3600, seconds % 3600 / 60),
    }
}
