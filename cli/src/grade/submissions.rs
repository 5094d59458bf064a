//! Whose notebooks a folder holds.
//!
//! Either one folder a student, its notebooks anywhere below (as nbgrader and
//! Moodle write them), or one file a student and notebook: `DUPONT_TP1_….ipynb`.

use crate::check::{reference::Reference, submission};
use crate::notebook;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use unicode_normalization::UnicodeNormalization;

/// One student's answer to one notebook.
#[derive(Debug)]
pub struct Submission {
    pub student: String,
    /// The notebook's name.
    pub assignment: String,
    /// The file's content, or why there is none.
    pub content: Result<String, String>,
    /// What the teacher should know of it.
    pub remarks: Vec<String>,
}

/// What a folder holds.
#[derive(Debug, Default)]
pub struct Found {
    /// By student, then by notebook.
    pub submissions: Vec<Submission>,
    /// Notebooks that belong to no solution.
    pub ignored: Vec<PathBuf>,
}

/// Reads a folder of submissions. A student who lacks a notebook that another
/// one handed in gets a submission without content.
pub fn find(folder: &Path, references: &[Reference]) -> Result<Found> {
    if references.is_empty() {
        bail!("aucune solution : rien ne dit ce que valent les exercices");
    }
    let mut found = Found::default();
    let (mut students, mut files) = (Students::default(), Files::new());
    for path in entries(folder)? {
        if path.is_dir() {
            let student = students.key(&match has_notebook_name(&path) {
                true => owner(&path, references),
                false => name(&path),
            });
            for file in notebooks(&path, 4)? {
                note(&mut files, &mut found, references, &student, file);
            }
        } else if is_notebook(&path) {
            let student = students.key(&owner(&path, references));
            note(&mut files, &mut found, references, &student, path);
        }
    }
    let students: BTreeSet<_> = students.0.into_values().collect();
    let known = |name: &str| files.keys().any(|(_, assignment)| assignment == name);
    let mut assignments: Vec<_> =
        references.iter().map(|r| r.name.clone()).filter(|name| known(name)).collect();
    if assignments.is_empty() && references.len() == 1 {
        assignments.push(references[0].name.clone());
    }
    if students.is_empty() || assignments.is_empty() {
        bail!("« {} » ne contient aucune copie d'un notebook connu", folder.display());
    }
    for student in &students {
        for assignment in &assignments {
            let handed_in = files.get(&(student.clone(), assignment.clone()));
            let (content, remarks) = match handed_in.and_then(|paths| Some((latest(paths)?, paths)))
            {
                None => (Err("notebook absent".to_owned()), Vec::new()),
                Some((path, paths)) => {
                    let reference =
                        references.iter().find(|reference| reference.name == *assignment);
                    let (content, mut remarks) = recognised(path, reference);
                    remarks.extend(left_aside(folder, path, paths));
                    (content, remarks)
                }
            };
            let (student, assignment) = (student.clone(), assignment.clone());
            found.submissions.push(Submission { student, assignment, content, remarks });
        }
    }
    Ok(found)
}

/// The files of each student and notebook, in the folder's order.
type Files = BTreeMap<(String, String), Vec<PathBuf>>;

/// The students' keys, by their names as the folder spells them.
#[derive(Default)]
struct Students(BTreeMap<String, String>);

impl Students {
    /// One key a name, whichever way its accents are encoded (macOS's archives
    /// have them apart from their letters); two names never share one.
    fn key(&mut self, name: &str) -> String {
        let name: String = name.nfc().collect();
        if let Some(key) = self.0.get(&name) {
            return key.clone();
        }
        let first = identifier(&name);
        let (mut key, mut number) = (first.clone(), 1);
        while self.0.values().any(|other| *other == key) {
            number += 1;
            key = format!("{first}-{number}");
        }
        self.0.insert(name, key.clone());
        key
    }
}

/// Of several files, the one written last.
fn latest(paths: &[PathBuf]) -> Option<&PathBuf> {
    let time = |path: &Path| fs::metadata(path).and_then(|data| data.modified()).ok();
    paths.iter().reduce(|best, path| if time(best) < time(path) { path } else { best })
}

/// Tells of a student's files that are not graded.
fn left_aside(folder: &Path, graded: &Path, paths: &[PathBuf]) -> Vec<String> {
    let name = |path: &Path| format!("« {} »", path.strip_prefix(folder).unwrap_or(path).display());
    let others: Vec<_> =
        paths.iter().filter(|path| *path != graded).map(|path| name(path)).collect();
    if others.is_empty() {
        return Vec::new();
    }
    let plural = if others.len() > 1 { "s" } else { "" };
    let (count, graded, others) = (paths.len(), name(graded), others.join(", "));
    vec![format!("{count} fichiers : {graded} noté, {others} ignoré{plural}")]
}

/// Notes a file as one of its student's answers.
fn note(
    files: &mut Files,
    found: &mut Found,
    references: &[Reference],
    student: &str,
    path: PathBuf,
) {
    match Reference::of(references, &path, &read(&path).unwrap_or_default()) {
        None => found.ignored.push(path),
        Some(reference) => {
            files.entry((student.to_owned(), reference.name.clone())).or_default().push(path);
        }
    }
}

/// The text of a submission whose exercises are known to nbgrader and whose test cells
/// are the solution's, or what is wrong with it; and what was done for that.
fn recognised(path: &Path, reference: Option<&Reference>) -> (Result<String, String>, Vec<String>) {
    let taken_up = read(path).and_then(|content| {
        submission::Submission::of(content, reference).map_err(|reason| format!("{reason:#}"))
    });
    match taken_up {
        Ok(submission) => {
            let mut remarks = submission.remarks;
            let restored = submission.restored.iter().map(|(id, how)| format!("{how} : {id}"));
            remarks.extend(restored);
            (Ok(submission.content.to_string()), remarks)
        }
        Err(reason) => (Err(reason), Vec::new()),
    }
}

/// A notebook, or what is wrong with the file.
fn read(path: &Path) -> Result<Value, String> {
    if path.is_dir() {
        return Err("pas un notebook : c'est un dossier".to_owned());
    }
    let bytes = fs::read(path).map_err(|error| format!("fichier illisible : {error}"))?;
    notebook::parse(&bytes).map_err(|reason| format!("pas un notebook : {reason:#}"))
}

/// The student of a single file: its name without the notebook's.
fn owner(path: &Path, references: &[Reference]) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let named = references.iter().find(|reference| stem.contains(&reference.name));
    let rest = named.map_or(stem.to_string(), |reference| stem.replace(&reference.name, ""));
    let rest = rest.trim_matches(['_', '-', ' ', '.']);
    if rest.is_empty() { stem.to_string() } else { rest.to_owned() }
}

/// A name that nbgrader and every file system accept.
pub fn identifier(name: &str) -> String {
    let keep = |c: char| c.is_alphanumeric() || "-_. @".contains(c);
    let name: String = name.chars().map(|c| if keep(c) { c } else { '-' }).collect();
    // Whatever stands around them, dots alone are a way up.
    let name = name.trim_start_matches(|c: char| c == '.' || c.is_whitespace()).trim_end();
    if name.is_empty() { "copie".to_owned() } else { name.to_owned() }
}

/// The notebooks of a folder and of those below it. A folder that bears a
/// notebook's name and holds none stands for itself: its student is told.
fn notebooks(folder: &Path, depth: usize) -> Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for path in entries(folder)? {
        if path.is_dir() && depth > 0 {
            paths.extend(notebooks(&path, depth - 1)?);
        } else if is_notebook(&path) {
            paths.push(path);
        }
    }
    if paths.is_empty() && has_notebook_name(folder) {
        paths.push(folder.to_owned());
    }
    Ok(paths)
}

/// The visible entries of a folder, in order. Links are left aside: they could
/// lead to another student's work.
fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)
        .with_context(|| format!("impossible de lire le dossier « {} »", folder.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.retain(|path| !path.is_symlink() && !name(path).starts_with('.'));
    paths.sort();
    Ok(paths)
}

fn is_notebook(path: &Path) -> bool {
    path.is_file() && has_notebook_name(path)
}

fn has_notebook_name(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "ipynb")
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn references(folder: &Path) -> Vec<Reference> {
        let path = folder.join("Sol_TP9.ipynb");
        fs::write(&path, r#"{"cells": []}"#).unwrap();
        let layout = crate::layout::Layout { root: folder.to_owned(), tp: folder.to_owned() };
        Reference::all(&layout, Some(&path)).unwrap()
    }

    #[test]
    fn folders_and_single_files_are_found() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("copies");
        let write = |path: &str, text: &str| {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("ana/rendu/TP9.ipynb", r#"{"cells": []}"#);
        write("bob/TP9.ipynb", "{");
        write("chloé/notes.txt", "");
        write("dan_TP9.ipynb", r#"{"cells": []}"#);
        write("ana/.ipynb_checkpoints/TP9.ipynb", "{");
        write("ana/autre.ipynb", r#"{"cells": []}"#);
        let found = find(&folder, &references(root.path())).unwrap();
        let lines: Vec<_> = found
            .submissions
            .iter()
            .map(|s| (s.student.as_str(), s.content.as_ref().err().map(String::as_str)))
            .collect();
        let bad = "pas un notebook : JSON incorrect, ligne 1 (fichier incomplet)";
        assert_eq!(
            lines,
            [("ana", None), ("bob", Some(bad)), ("chloé", Some("notebook absent")), ("dan", None)]
        );
        assert_eq!(found.ignored.len(), 1);
    }

    #[test]
    fn no_student_takes_anothers_place() {
        let mut students = Students::default();
        // The accents apart from their letters.
        let keys = ["Zoe\u{301}", "Zoe\u{300}", "Zoé", "A*B", "A?B"].map(|name| students.key(name));
        assert_eq!(keys, ["Zoé", "Zoè", "Zoé", "A-B", "A-B-2"]);
        let ways_up = [" ..", ". ./x", "../../x", "..."].map(|name| students.key(name));
        assert_eq!(ways_up, ["copie", "-x", "-..-x", "copie-2"]);
    }

    #[test]
    fn of_two_files_the_one_left_aside_is_told() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("copies");
        for (path, seconds) in
            [("ana/TP9.ipynb", 2), ("ana/ancien/TP9.ipynb", 1), ("bob_TP9.ipynb", 1)]
        {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, r#"{"cells": []}"#).unwrap();
            let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
            fs::File::open(&path).unwrap().set_modified(time).unwrap();
        }
        let found = find(&folder, &references(root.path())).unwrap();
        let remarks: Vec<_> = found.submissions.iter().map(|s| s.remarks.join("")).collect();
        let told = "2 fichiers : « ana/TP9.ipynb » noté, « ana/ancien/TP9.ipynb » ignoré";
        assert_eq!(remarks, [told, ""]);
    }

    #[test]
    fn a_folder_without_submissions_is_told() {
        let root = tempfile::tempdir().unwrap();
        let references = references(root.path());
        let empty = tempfile::tempdir().unwrap();
        let error = find(empty.path(), &references).unwrap_err().to_string();
        assert!(error.contains("aucune copie"), "{error}");
    }
}
