//! What an executed notebook says of each exercise: the library's verdicts, and what
//! kept a cell from one.

use crate::check::panel::Panel;
use crate::check::reference::{Reference, grade_id, place};
use crate::front::COMPILATION;
use crate::notebook;
use crate::protocol::{BLANK, TO_COMPLETE};
use serde_json::Value;

/// How an answer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Right,
    Partial,
    Wrong,
    /// The blank is as it was.
    Untried,
    Uncompiled,
    /// Stopped by a limit, a panic, or the end of its process.
    Stopped,
    /// To be read by the teacher.
    ToRead,
    /// No marks at all.
    Missing,
}

/// What is known of one answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub id: String,
    pub state: State,
    pub points: f64,
    pub max: f64,
    /// The key of the mistake, and the hint that it drew.
    pub mistake: Option<(String, String)>,
    /// From the first check to this success, in the student's own session, in seconds.
    pub after: Option<u64>,
    /// How many tries the student's own table tells of.
    pub tries: Option<u32>,
}

impl Answer {
    /// Reads the test `id` in the executed copy, and in the notebook as handed in.
    pub fn read(id: &str, points: (f64, f64), executed: &[Value], handed_in: &[Value]) -> Self {
        let (points, max) = points;
        let test = place(executed, id).map(|place| &executed[place]);
        let names: Vec<&str> = test.into_iter().flat_map(notebook::errors).collect();
        let panel = test.and_then(Panel::of);
        let key = panel.as_ref().and_then(Panel::mistake);
        let state = if names.contains(&COMPILATION) {
            State::Uncompiled
        } else if names.contains(&BLANK) || key.as_deref() == Some(TO_COMPLETE) {
            State::Untried
        } else if !names.is_empty() {
            State::Stopped
        } else if points >= max {
            State::Right
        } else if points > 0.0 {
            State::Partial
        } else {
            State::Wrong
        };
        let hint = || panel.as_ref().and_then(Panel::hint).unwrap_or_default();
        let mistake = key.filter(|key| key != TO_COMPLETE).map(|key| (key, hint()));
        let own = place(handed_in, id).and_then(|place| Panel::of(&handed_in[place]));
        let solved = own.filter(|panel| panel.mistake().is_none());
        let title = panel.as_ref().and_then(Panel::title);
        Self {
            id: id.to_owned(),
            state,
            points,
            max,
            mistake,
            after: solved.as_ref().and_then(elapsed),
            tries: title.and_then(|title| tries(handed_in, &title)),
        }
    }
}

/// The text of each answer's cell, by the identifier of the exercise that it is for.
pub fn answers(reference: &Reference, cells: &[Value]) -> Vec<(String, String)> {
    let wanted = reference.answers();
    let source = |id: &str| place(cells, id).map(|place| notebook::source(&cells[place]));
    wanted.into_iter().filter_map(|id| Some((id.clone(), source(&id)?))).collect()
}

/// The title of each exercise whose verdict the executed cells show.
pub fn titles(cells: &[Value]) -> Vec<(String, String)> {
    let titled = |cell: &Value| Some((grade_id(cell)?.to_owned(), Panel::of(cell)?.title()?));
    cells.iter().filter_map(titled).collect()
}

/// The last words of a panel: `3 exercices sur 26 · 6 points sur 52 · 12 min`.
fn elapsed(panel: &Panel) -> Option<u64> {
    let line = panel.text();
    let line = line.split(" · ").find(|part| seconds(part).is_some())?;
    seconds(line)
}

/// `40 s`, `12 min`, `1 h 05`.
fn seconds(text: &str) -> Option<u64> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let number = |word: &str| word.parse::<u64>().ok();
    match words[..] {
        [count, "s"] => number(count),
        [count, "min"] => Some(number(count)?.saturating_mul(60)),
        [hours, "h", minutes] => Some(
            number(hours)?.saturating_mul(3600).saturating_add(number(minutes)?.saturating_mul(60)),
        ),
        _ => None,
    }
}

/// The tries that a table of the student's (`bilan()`) tells for an exercise.
fn tries(cells: &[Value], title: &str) -> Option<u32> {
    let outputs =
        cells.iter().rev().flat_map(|cell| cell["outputs"].as_array().into_iter().flatten());
    outputs
        .flat_map(|output| {
            notebook::text(&output["data"]["text/plain"])
                .lines()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .find_map(|line| {
            let (_, rest) = line.split_once(title)?;
            let words: Vec<&str> = rest.split_whitespace().collect();
            let place = words.iter().position(|word| word.starts_with("essai"))?;
            words.get(place.checked_sub(1)?)?.parse().ok()
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn cell(outputs: Value) -> Vec<Value> {
        vec![json!({"cell_type": "code", "source": "", "outputs": outputs,
            "metadata": {"nbgrader": {"grade_id": "t"}}})]
    }

    fn verdict(data: &str, end: &str) -> Value {
        let html = format!(
            "<div data-exercice=\"t\" {data}><b>Un <code>neurone</code></b><br>{end}<div>\
            </span>1 exercice sur 26 · 2 points sur 52 · 1\u{a0}h\u{a0}05</div></div>"
        );
        json!({"output_type": "execute_result", "data": {"text/html": html, "text/plain": "0"}})
    }

    #[test]
    fn a_verdict_says_the_mistake_and_its_hint() {
        let wrong = verdict(
            "data-erreur=\"biais &amp; poids\"",
            "Faux.<br><i>Indice 1/3</i> — Et <b>b</b>&nbsp;?",
        );
        let forged = json!({"output_type": "display_data", "data": {"text/html": "<div data-exercice=\"t\" data-erreur=\"x\">"}});
        let answer = Answer::read("t", (0.0, 2.0), &cell(json!([forged, wrong])), &[]);
        assert_eq!(answer.state, State::Wrong);
        assert_eq!(answer.mistake, Some(("biais & poids".to_owned(), "Et b&nbsp;?".to_owned())));
    }

    #[test]
    fn what_gave_no_verdict_is_told_apart() {
        let error = |name: &str| cell(json!([{"output_type": "error", "ename": name}]));
        let state = |cells: &[Value], points| Answer::read("t", (points, 2.0), cells, &[]).state;
        assert_eq!(state(&error("Compilation"), 0.0), State::Uncompiled);
        assert_eq!(state(&error(BLANK), 0.0), State::Untried);
        assert_eq!(state(&error("Délai"), 0.0), State::Stopped);
        assert_eq!(
            state(&cell(json!([verdict("data-erreur=\"à compléter\"", "")])), 0.0),
            State::Untried
        );
        assert_eq!(state(&cell(json!([verdict("", "")])), 2.0), State::Right);
        assert_eq!(state(&cell(json!([verdict("data-erreur=\"a\"", "")])), 1.0), State::Partial);
    }

    #[test]
    fn the_students_own_session_tells_times_and_tries() {
        let mut own = cell(json!([verdict("data-points=\"2\"", "Juste.")]));
        let table = "✓ Un neurone      2/2    3 essais   5 min\n✗ Autre    0/2  1 essai  —";
        own.push(
            json!({"outputs": [{"output_type": "execute_result", "data": {"text/plain": table}}]}),
        );
        let answer = Answer::read("t", (2.0, 2.0), &cell(json!([verdict("", "")])), &own);
        assert_eq!((answer.after, answer.tries), (Some(3900), Some(3)));
        let wrong = cell(json!([verdict("data-erreur=\"a\"", "")]));
        assert_eq!(Answer::read("t", (2.0, 2.0), &wrong, &wrong).after, None);
        assert_eq!(
            [seconds("40\u{a0}s"), seconds("2 min"), seconds("bientôt")],
            [Some(40), Some(120), None]
        );
    }
}
