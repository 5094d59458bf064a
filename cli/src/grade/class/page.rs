//! The page: one file, no script, no request.

use super::assignment::{Assignment, Student};
use super::read::State;
use crate::files::escape;
use crate::french::number;
use crate::python::STYLE;
use std::fmt::Write as _;

const OWN: &str = include_str!("class.css");

/// Short sign, class of colour, and words of a state.
fn shown(state: State) -> (&'static str, &'static str, &'static str) {
    match state {
        State::Right => ("", "juste", "juste"),
        State::Partial => ("", "partiel", "en partie"),
        State::Wrong => ("✗", "faux", "faux"),
        State::Untried => ("–", "vide", "pas essayé"),
        State::Uncompiled => ("C", "faux", "ne compile pas"),
        State::Stopped => ("A", "faux", "arrêté ou en erreur"),
        State::ToRead => ("?", "lire", "à lire"),
        State::Missing => ("", "vide", "non noté"),
    }
}

/// A state in words.
pub fn word(state: State) -> &'static str {
    shown(state).2
}

pub fn html(assignments: &[Assignment], anonymous: bool) -> String {
    let mut body = String::new();
    for assignment in assignments {
        section(&mut body, assignment);
    }
    let hidden = if anonymous { " Les noms sont cachés." } else { "" };
    format!(
        "<!DOCTYPE html>\n<html lang=\"fr\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"data:,\">\n\
         <title>La classe</title>\n<style>\n{STYLE}\n{OWN}\n</style>\n</head>\n<body>\n<main>\n\
         <h1>La classe</h1>\n<p>Les mêmes nombres sont dans <code>classe.csv</code>.{hidden}</p>\n{body}</main>\n\
         <footer><p>Écrit par <code>cargo tp grade</code>.</p></footer>\n</body>\n</html>\n"
    )
}

fn section(body: &mut String, assignment: &Assignment) {
    let name = escape(&assignment.name);
    let _ = writeln!(body, "<h2>{name}</h2>");
    marks(body, assignment);
    heat(body, assignment);
    exercises(body, assignment);
    mistakes(body, assignment);
    odd(body, assignment);
    alike(body, assignment);
}

/// How the marks lie.
fn marks(body: &mut String, assignment: &Assignment) {
    let marked: Vec<&Student> = assignment.students.iter().filter(|s| s.max > 0.0).collect();
    let to_read: usize = marked.iter().map(|student| student.to_read).sum();
    let copies = assignment.students.len();
    let _ = writeln!(
        body,
        "<p>{copies} copie{}, dont {} notée{}. Réponses encore à lire : {to_read}, qui comptent 0 d’ici là.</p>\n\
         <h3>Les notes</h3>\n<div class=\"table\"><table><caption>Copies par part des points obtenue</caption>\
         <thead><tr><th scope=\"col\">Part</th><th scope=\"col\">Copies</th></tr></thead><tbody>",
        if copies > 1 { "s" } else { "" },
        marked.len(),
        if marked.len() > 1 { "s" } else { "" },
    );
    for tenth in 0..10_usize {
        let share =
            |student: &&&Student| ((10.0 * student.score / student.max) as usize).min(9) == tenth;
        let count = marked.iter().filter(share).count();
        let _ = writeln!(
            body,
            "<tr><th scope=\"row\">{} à {} %</th><td>{}{count}</td></tr>",
            10 * tenth,
            10 * (tenth + 1),
            bar(count as f64)
        );
    }
    body.push_str("</tbody></table></div>\n");
}

/// Students × exercises.
fn heat(body: &mut String, assignment: &Assignment) {
    body.push_str(
        "<h3>Qui a réussi quoi</h3>\n<p class=\"legende\"><span class=\"juste\">2</span> juste, \
         <span class=\"partiel\">1</span> en partie (points), <span class=\"faux\">✗</span> faux, \
         <span class=\"faux\">C</span> ne compile pas, <span class=\"faux\">A</span> arrêté ou en erreur, \
         <span class=\"vide\">–</span> pas essayé, <span class=\"lire\">?</span> à lire</p>\n\
         <div class=\"table carte\" tabindex=\"0\" role=\"region\" aria-label=\"Étudiants et exercices\"><table>\
         <thead><tr><th scope=\"col\">Étudiant</th><th scope=\"col\">Note</th>",
    );
    for (id, title) in &assignment.exercises {
        let _ = write!(
            body,
            "<th scope=\"col\" title=\"{}\"><span>{}</span></th>",
            escape(title),
            escape(short(id))
        );
    }
    body.push_str("</tr></thead><tbody>\n");
    for student in &assignment.students {
        let mark = match student.max > 0.0 {
            true => format!("{}/{}", number(student.score), number(student.max)),
            false => "—".to_owned(),
        };
        let _ = write!(body, "<tr><th scope=\"row\">{}</th><td>{mark}</td>", escape(&student.name));
        for (id, title) in &assignment.exercises {
            let answer = student.answers.iter().find(|answer| answer.id == *id);
            let state = answer.map_or(State::Missing, |answer| answer.state);
            let (sign, class, word) = shown(state);
            let points = answer.map_or(0.0, |answer| answer.points);
            let sign = match state {
                State::Right | State::Partial => number(points),
                _ => sign.to_owned(),
            };
            let mistake = answer.and_then(|answer| answer.mistake.as_ref());
            let mistake = mistake.map(|(key, _)| format!(" : {key}")).unwrap_or_default();
            let told = escape(&format!("{title} : {word}{mistake}"));
            let _ = write!(
                body,
                "<td class=\"{class}\" title=\"{told}\"><span aria-hidden=\"true\">{sign}</span><span class=\"cache\">{word}</span></td>"
            );
        }
        body.push_str("</tr>\n");
    }
    body.push_str("</tbody></table></div>\n");
}

/// What each exercise cost.
fn exercises(body: &mut String, assignment: &Assignment) {
    body.push_str(
        "<h3>Les exercices</h3>\n<div class=\"table\"><table><thead><tr><th scope=\"col\">Exercice</th>\
         <th scope=\"col\">Réussi</th><th scope=\"col\">En partie</th><th scope=\"col\">Pas essayé</th>\
         <th scope=\"col\">Essais (médiane)</th><th scope=\"col\">Réussi après (médiane)</th></tr></thead><tbody>\n",
    );
    for (id, title) in &assignment.exercises {
        let count =
            |state: State| assignment.answers(id).filter(|answer| answer.state == state).count();
        let all = assignment.answers(id).count();
        if all == 0 || count(State::ToRead) > 0 {
            continue;
        }
        let tries =
            median(assignment.answers(id).filter_map(|answer| Some(u64::from(answer.tries?))));
        let after = median(assignment.answers(id).filter_map(|answer| answer.after));
        let share = 100.0 * count(State::Right) as f64 / all as f64;
        let _ = writeln!(
            body,
            "<tr><th scope=\"row\">{}</th><td>{}{share:.0} %</td>\
             <td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            escape(title),
            bar(share / 20.0),
            count(State::Partial),
            count(State::Untried),
            tries.map_or("—".to_owned(), |tries| tries.to_string()),
            after.map_or("—".to_owned(), duration),
        );
    }
    body.push_str("</tbody></table></div>\n<p class=\"legende\">Essais et durées sont ceux que montrent les sorties des notebooks rendus, depuis la première vérification.</p>\n");
}

/// The mistakes, by their key.
fn mistakes(body: &mut String, assignment: &Assignment) {
    let mut rows = String::new();
    for (id, title) in &assignment.exercises {
        for (key, hints, count) in assignment.mistakes(id) {
            let hints: Vec<_> = hints.iter().map(|hint| escape(hint)).collect();
            let _ = writeln!(
                rows,
                "<tr><th scope=\"row\">{}</th><td>{}</td><td>{count}</td><td>{}</td></tr>",
                escape(title),
                escape(&key),
                hints.join("<br>")
            );
        }
    }
    if !rows.is_empty() {
        let _ = writeln!(
            body,
            "<h3>Les erreurs</h3>\n<div class=\"table\"><table><thead><tr><th scope=\"col\">Exercice</th>\
             <th scope=\"col\">Erreur</th><th scope=\"col\">Copies</th><th scope=\"col\">Indice donné</th></tr></thead>\
             <tbody>\n{rows}</tbody></table></div>"
        );
    }
}

/// What was hostile, odd, or not marked.
fn odd(body: &mut String, assignment: &Assignment) {
    let mut items = String::new();
    for student in &assignment.students {
        let state = if student.max > 0.0 { Vec::new() } else { vec![student.state.clone()] };
        let told: Vec<_> = state.iter().chain(&student.remarks).map(|text| escape(text)).collect();
        if !told.is_empty() {
            let _ =
                writeln!(items, "<li><b>{}</b> : {}</li>", escape(&student.name), told.join(" ; "));
        }
    }
    if !items.is_empty() {
        let _ = writeln!(body, "<h3>À regarder</h3>\n<ul>\n{items}</ul>");
    }
}

/// Answers side by side.
fn alike(body: &mut String, assignment: &Assignment) {
    if assignment.alike.is_empty() {
        return;
    }
    body.push_str(
        "<h3>Réponses qui se ressemblent</h3>\n<p>Ces réponses se ressemblent plus que l'exercice ne le laisse attendre, \
         une fois mis à part les noms, la mise en page et ce que la solution ou la classe écrit aussi. C'est une raison d'y \
         jeter un œil, pas une conclusion : deux étudiants peuvent avoir travaillé ensemble ou lu la même page.</p>\n",
    );
    for pair in &assignment.alike {
        let (one, other) =
            (&assignment.students[pair.students.0], &assignment.students[pair.students.1]);
        let (first, second) = (escape(&one.name), escape(&other.name));
        let count = pair.exercises.len();
        let plural = if count > 1 { "s" } else { "" };
        let _ = writeln!(
            body,
            "<details><summary>{first} et {second} : {count} réponse{plural}</summary>"
        );
        for id in &pair.exercises {
            let code =
                |student: &Student| escape(student.sources.get(id).map_or("", String::as_str));
            let _ = writeln!(
                body,
                "<div class=\"paire\"><figure><figcaption>{first}, {0}</figcaption><pre>{1}</pre></figure>\
                 <figure><figcaption>{second}, {0}</figcaption><pre>{2}</pre></figure></div>",
                escape(id),
                code(one),
                code(other)
            );
        }
        body.push_str("</details>\n");
    }
}

/// A bar of this length, in ems; none for nothing.
fn bar(length: f64) -> String {
    match length > 0.0 {
        true => format!("<span class=\"barre\" style=\"width:{length}em\"></span>"),
        false => String::new(),
    }
}

/// The identifier without the notebook's name: `tp1-neurone` is `neurone`.
fn short(id: &str) -> &str {
    id.split_once('-').map_or(id, |(_, rest)| rest)
}

fn median(values: impl Iterator<Item = u64>) -> Option<u64> {
    let mut values: Vec<u64> = values.collect();
    values.sort_unstable();
    values.get(values.len() / 2).copied()
}

fn duration(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds}\u{a0}s"),
        60..3600 => format!("{}\u{a0}min", seconds / 60),
        _ => format!("{}\u{a0}h\u{a0}{:02}", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests;
