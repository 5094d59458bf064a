//! What a check answers: a short panel in the notebook, a number for nbgrader.

use std::fmt;

use super::Exercise;
use super::prose::{dot, number, rich, sentence};
use super::standing::Standing;
use crate::display::theme::{CLASS, GREY, INK, PAPER, SCHEME};
use crate::display::{Icon, escape};
use crate::protocol::{EXERCISE, FRAME, MISTAKE, TO_COMPLETE};

/// The result of a check.
///
/// A notebook shows it as a panel; its plain text is the number of points, which
/// nbgrader reads as partial credit. The panel's outermost element carries what a
/// program may want to count: `data-exercice` (the exercise's id), `data-points`,
/// and after a wrong answer `data-erreur` (the mistake's key, one of those that the
/// exercise or all exercises declare, or `inconnue`) and `data-indice` (the rank of
/// the hint).
#[derive(Clone)]
pub struct Verdict {
    /// The exercise.
    pub exercise: &'static Exercise,
    /// Points earned, from 0 to the exercise's.
    pub earned: f32,
    /// What was verified or found.
    pub outcome: Outcome,
    /// Where the student stands in the notebook.
    pub progress: Standing,
}

/// What a check concluded.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Right.
    Right {
        /// What was verified.
        verified: String,
    },
    /// The blank still holds its `todo!`.
    ToDo,
    /// Wrong.
    Wrong {
        /// The mistake's key in the exercise's declaration.
        mistake: &'static str,
        /// What was found.
        found: String,
        /// The hint drawn this time.
        hint: String,
        /// Its rank, from 1.
        rank: usize,
        /// How many hints there are for this mistake.
        of: usize,
    },
}

impl Verdict {
    /// Whether the answer is right.
    pub fn is_right(&self) -> bool {
        matches!(self.outcome, Outcome::Right { .. })
    }

    /// The key of the mistake recognised, if any.
    pub fn mistake(&self) -> Option<&'static str> {
        match self.outcome {
            Outcome::Right { .. } => None,
            Outcome::ToDo => Some(super::probe::TODO),
            Outcome::Wrong { mistake, .. } => Some(mistake),
        }
    }

    fn icon(&self) -> Icon {
        match self.outcome {
            Outcome::Right { .. } => Icon::Right,
            Outcome::ToDo => Icon::Blank,
            Outcome::Wrong { .. } => Icon::Wrong,
        }
    }

    /// The panel as HTML.
    pub fn html(&self) -> String {
        let title = rich(self.exercise.title);
        let points = format!("{}/{}", number(self.earned), self.exercise.points);
        let icon = self.icon();
        let body = match &self.outcome {
            Outcome::Right { verified } => rich(&sentence(verified)),
            Outcome::ToDo => rich(
                "Encore à compléter : remplacez `todo!(…)` dans la cellule ci-dessus, exécutez-la, puis revenez ici.",
            ),
            Outcome::Wrong { found, hint, rank, of, .. } => format!(
                "{}<br>{} <i>Indice {rank}/{of}</i> — {}",
                rich(&sentence(found)),
                Icon::Hint.html(),
                rich(hint)
            ),
        };
        let data = self.data();
        format!(
            "<div class=\"{CLASS}\" lang=\"fr\" {data} style=\"{FRAME};{};{};{}\">{SCHEME}\
             <span style=\"float:right;{};font-weight:600\">{points}</span>\
             {} <b>{title}</b><br>{body}<div style=\"margin-top:4px;font-size:85%;{}\">{}</div></div>",
            icon.color().css("border-color"),
            PAPER.css("background-color"),
            INK.css("color"),
            icon.color().css("color"),
            icon.html(),
            GREY.css("color"),
            self.progress.html()
        )
    }

    /// The attributes that a program reads.
    fn data(&self) -> String {
        let (id, earned) = (self.exercise.id, dot(self.earned));
        let mut data = format!("{EXERCISE}=\"{id}\" data-points=\"{earned}\"");
        if let Some(mistake) = self.mistake() {
            data += &format!(" {MISTAKE}=\"{}\"", escape(mistake));
        }
        if let Outcome::Wrong { rank, .. } = self.outcome {
            data += &format!(" data-indice=\"{rank}\"");
        }
        data
    }

    /// Shows the verdict as the result of its cell: nbgrader reads points from
    /// results only, and would give full credit to a mere display.
    pub fn evcxr_display(&self) {
        evcxr_runtime::mime_type("text/html").text(self.html());
        evcxr_runtime::mime_type("text/plain").text(dot(self.earned));
    }
}

impl fmt::Debug for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let points = format!("{}/{}", number(self.earned), self.exercise.points);
        let (mark, title) = (self.icon().plain(), self.exercise.title);
        match &self.outcome {
            Outcome::Right { verified } => write!(f, "{mark} {title} ({points}) : {verified}"),
            Outcome::ToDo => write!(f, "{mark} {title} ({points}) : {TO_COMPLETE}"),
            Outcome::Wrong { mistake, found, hint, rank, of } => write!(
                f,
                "{mark} {title} ({points}) : {found} [{mistake}]\n   Indice {rank}/{of} : {hint}"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tp1;

    /// What a program finds between the quotes of an attribute.
    fn attribute<'a>(html: &'a str, name: &str) -> Option<&'a str> {
        let (_, rest) = html.split_once(&format!("{name}=\""))?;
        rest.split_once('"').map(|(value, _)| value)
    }

    #[test]
    fn a_panel_says_the_mistake_to_programs() {
        let wrong = tp1::neurone(|x, w, _| x.iter().zip(w).map(|(x, w)| x * w).sum());
        let html = wrong.html();
        assert_eq!(attribute(&html, "data-exercice"), Some("tp1-neurone"));
        assert_eq!(attribute(&html, "data-erreur"), Some("biais oublié"));
        assert_eq!(attribute(&html, "data-points"), Some("0"));
        assert!(attribute(&html, "data-indice").is_some());
        let right = tp1::neurone(|x, w, b| x.iter().zip(w).map(|(x, w)| x * w).sum::<f32>() + b);
        let html = right.html();
        assert_eq!(attribute(&html, "data-points"), Some("2"));
        assert_eq!(attribute(&html, "data-erreur"), None);
    }
}
