//! Exercises in a notebook that another tool saved without nbgrader's metadata.
//!
//! Editors, online services and converters drop what they do not know; the cells
//! then earn nothing, whatever they hold. The texts remain: a test names its
//! exercise (`check::tp1::neurone(neurone)`), a question is asked in the words of
//! the solution, an answer declares the same functions and variables.

use super::reference::{Reference, grade_id, place};
use crate::notebook;
use anyhow::{Result, bail};
use serde_json::{Value, json};

impl Reference {
    /// Gives a notebook's exercises their metadata back, and tests that other
    /// cells swallowed cells of their own; what was done, for the teacher. An
    /// error, with the reason, where nothing of the solution is found.
    pub fn recognise(&self, content: &mut Value) -> Result<Vec<String>> {
        let wanted: Vec<&Value> =
            notebook::cells(&self.content).iter().filter(|cell| grade_id(cell).is_some()).collect();
        let Some(cells) = content["cells"].as_array_mut() else { return Ok(Vec::new()) };
        cells.iter_mut().for_each(|cell| sane(cell, &wanted));
        let (known, lost): (Vec<&Value>, Vec<&Value>) =
            wanted.iter().partition(|cell| place(cells, id(cell)).is_some());
        let nothing_known = known.is_empty() && !wanted.is_empty();
        let mut found = 0;
        // From the end: of several cells that fit, the last is the student's last word.
        for cell in lost.iter().rev().filter(|cell| is_test(cell)) {
            found += usize::from(claim_test(cells, cell) || cut_out(cells, cell));
        }
        let (mut questions, mut missing) = (0, Vec::new());
        for cell in lost.iter().filter(|cell| !is_test(cell)) {
            match cell["cell_type"] == "code" {
                true => claim_answer(cells, cell),
                false if claim_question(cells, cell) => questions += 1,
                false => missing.push(id(cell)),
            }
        }
        let mut remarks = Vec::new();
        for (cell, answer) in with_answers(&wanted) {
            if !is_test(cell) || place(cells, id(cell)).is_some() {
                continue;
            }
            let answer = answer.filter(|answer| lost.contains(answer));
            let after = mention(cells, cell).or_else(|| place(cells, id(answer?)));
            if let Some(after) = after {
                cells.insert(after + 1, (*cell).clone());
                found += 1;
            } else if nothing_known {
                cells.push((*cell).clone());
                missing.push(id(cell));
            }
        }
        if nothing_known && found + questions == 0 {
            bail!(
                "aucun exercice reconnu : les métadonnées de nbgrader manquent, et ni les vérifications ni les questions n'y sont"
            );
        }
        match found + questions {
            0 => {}
            1 => remarks.push("métadonnées perdues : 1 exercice reconnu à son texte".to_owned()),
            count => remarks
                .push(format!("métadonnées perdues : {count} exercices reconnus à leur texte")),
        }
        if nothing_known && !missing.is_empty() {
            remarks
                .push(format!("non retrouvé, à vérifier dans la copie : {}", missing.join(", ")));
        }
        notebook::identify(content);
        Ok(remarks)
    }

    /// How many of the solution's tests a notebook names.
    pub fn named_in(&self, content: &Value) -> usize {
        let cells = notebook::cells(content);
        let tests = notebook::cells(&self.content).iter().filter(|cell| is_test(cell));
        tests.filter(|test| mention_anywhere(cells, test)).count()
    }
}

/// Metadata that nbgrader would stumble over become the solution's; those of no
/// exercise of the solution go.
fn sane(cell: &mut Value, wanted: &[&Value]) {
    let grading = &cell["metadata"]["nbgrader"];
    let own = wanted.iter().find(|wanted| grade_id(wanted) == grade_id(cell));
    let flags = ["grade", "solution", "locked"];
    let whole = own.is_some()
        && grading["schema_version"].is_u64()
        && flags.iter().all(|flag| grading[flag].is_boolean());
    if grading.is_null() || whole || *grading == json!({}) {
        return;
    }
    cell["metadata"]["nbgrader"] = own.map_or(json!({}), |own| own["metadata"]["nbgrader"].clone());
}

/// The identifier of a cell that has one.
fn id(cell: &Value) -> &str {
    grade_id(cell).unwrap_or_default()
}

fn is_test(cell: &Value) -> bool {
    let grading = &cell["metadata"]["nbgrader"];
    cell["cell_type"] == "code" && grading["grade"] == true && grading["solution"] != true
}

/// Each cell of a solution with the answer that stands before it.
fn with_answers<'a>(wanted: &[&'a Value]) -> Vec<(&'a Value, Option<&'a Value>)> {
    let mut answer = None;
    let pair = |cell: &&'a Value| {
        if !is_test(cell) {
            answer = Some(*cell);
        }
        (*cell, answer)
    };
    wanted.iter().map(pair).collect()
}

/// A cell becomes that of an exercise.
fn claim(cells: &mut [Value], place: usize, cell: &Value) {
    cells[place]["metadata"]["nbgrader"] = cell["metadata"]["nbgrader"].clone();
}

/// The cells that no exercise has, in order.
fn free(cells: &[Value]) -> impl DoubleEndedIterator<Item = (usize, &Value)> {
    cells.iter().enumerate().filter(|(_, cell)| grade_id(cell).is_none())
}

/// The lines of a source that say something, without the spaces around them.
fn lines(source: &str) -> Vec<&str> {
    source.lines().map(str::trim).filter(|line| !line.is_empty()).collect()
}

/// Finds a test that has its own cell still.
fn claim_test(cells: &mut [Value], test: &Value) -> bool {
    let wanted = notebook::source(test);
    let fits = |cell: &Value| {
        cell["cell_type"] == "code" && lines(&notebook::source(cell)) == lines(&wanted)
    };
    let Some((place, _)) = free(cells).rfind(|(_, cell)| fits(cell)) else { return false };
    claim(cells, place, test);
    cells[place]["source"] = wanted.into();
    true
}

/// Finds a test inside a cell that other code shares, and cuts it out: merged
/// with what follows, its value would not be the cell's, nor even compile.
fn cut_out(cells: &mut Vec<Value>, test: &Value) -> bool {
    let wanted = notebook::source(test);
    let wanted = lines(&wanted);
    if wanted.is_empty() {
        return false;
    }
    let cut = free(cells).filter(|(_, cell)| cell["cell_type"] == "code").rev().find_map(
        |(place, cell)| {
            let source = notebook::source(cell);
            let all: Vec<&str> = source.lines().collect();
            let starts = (0..all.len().saturating_sub(wanted.len() - 1)).rev();
            let mut here = starts.filter(|start| {
                let window = &all[*start..*start + wanted.len()];
                window.iter().map(|line| line.trim()).eq(wanted.iter().copied())
                    && outermost(&all[..=*start])
            });
            let start = here.next()?;
            let after = all[start + wanted.len()..].join("\n");
            Some((place, all[..start].join("\n"), after))
        },
    );
    let Some((place, before, after)) = cut else { return false };
    let code = |source: String| {
        json!({"cell_type": "code", "metadata": {}, "source": source,
            "outputs": [], "execution_count": null})
    };
    let mut parts = Vec::new();
    if !before.trim().is_empty() {
        cells[place]["source"] = before.into();
        parts.push(cells[place].clone());
    }
    parts.push(test.clone());
    if !after.trim().is_empty() {
        parts.push(code(after));
    }
    cells.splice(place..=place, parts);
    true
}

/// Whether the last of some lines belongs to no block and to no comment. A block
/// is known by its indentation: strings and characters make brackets doubtful.
fn outermost(lines: &[&str]) -> bool {
    let count = |mark: &str| lines.iter().map(|line| line.matches(mark).count()).sum::<usize>();
    let indented = lines.last().is_some_and(|line| line.starts_with(char::is_whitespace));
    !indented && count("/*") == count("*/")
}

/// The check that a test calls: `check::tp1::neurone(`.
fn call(test: &Value) -> Option<String> {
    let source = notebook::source(test);
    let start = source.find("check::")?;
    let path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let end = source[start..].find(|c| !path(c))?;
    source[start + end..].starts_with('(').then(|| source[start..=start + end].to_owned())
}

fn mentions(cell: &Value, call: &str) -> bool {
    let source = notebook::source(cell);
    cell["cell_type"] == "code"
        && source.lines().any(|line| line.contains(call) && !line.trim_start().starts_with("//"))
}

/// The last free cell that calls a test's check in other words.
fn mention(cells: &[Value], test: &Value) -> Option<usize> {
    let call = call(test)?;
    free(cells).rfind(|(_, cell)| mentions(cell, &call)).map(|(place, _)| place)
}

fn mention_anywhere(cells: &[Value], test: &Value) -> bool {
    call(test).is_some_and(|call| cells.iter().any(|cell| mentions(cell, &call)))
}

/// Finds an answer by what it declares.
fn claim_answer(cells: &mut [Value], answer: &Value) {
    let wanted = notebook::source(answer);
    let wanted = declared(&wanted);
    let common = |cell: &Value| {
        let source = notebook::source(cell);
        declared(&source).iter().filter(|name| wanted.contains(name)).count()
    };
    let best = free(cells)
        .filter(|(_, cell)| cell["cell_type"] == "code")
        .map(|(place, cell)| (common(cell), place))
        .max();
    if let Some((1.., place)) = best {
        claim(cells, place, answer);
    }
}

/// The functions, variables and types that a cell declares at its outermost level.
fn declared(source: &str) -> Vec<&str> {
    let words = ["fn", "let mut", "let", "struct", "enum", "const", "static"];
    source
        .lines()
        .filter(|line| !line.starts_with(char::is_whitespace))
        .filter_map(|line| {
            let line = line.strip_prefix("pub ").unwrap_or(line);
            let rest = words.iter().find_map(|word| line.strip_prefix(word)?.strip_prefix(' '))?;
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            Some(&rest[..end]).filter(|name| !name.is_empty())
        })
        .collect()
}

/// Finds a written answer by the words of its question.
fn claim_question(cells: &mut [Value], question: &Value) -> bool {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let asked = statement(&notebook::source(question));
    let paragraph = asked.split("\n\n").max_by_key(|text| text.len()).unwrap_or_default();
    for wanted in [words(&asked), words(paragraph)] {
        if wanted.chars().count() < 20 {
            continue;
        }
        let fits = |cell: &Value| {
            cell["cell_type"] != "code" && words(&notebook::source(cell)).contains(&wanted)
        };
        let found = free(cells).rfind(|(_, cell)| fits(cell)).map(|(place, _)| place);
        if let Some(place) = found {
            claim(cells, place, question);
            cells[place]["cell_type"] = question["cell_type"].clone();
            return true;
        }
    }
    false
}

/// What a question asks: its text without the answer.
fn statement(source: &str) -> String {
    let mut inside = false;
    let keep = |line: &&str| {
        let marker = line.contains("BEGIN SOLUTION") || line.contains("END SOLUTION");
        if marker {
            inside = line.contains("BEGIN SOLUTION");
        }
        !inside && !marker
    };
    source.lines().filter(keep).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests;
