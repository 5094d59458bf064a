//! Tries, points and time, over several processes.

use super::super::EXERCISES;
use super::*;

fn session() -> Session {
    Session::resumed(None, SystemTime::UNIX_EPOCH)
}

fn right() -> Outcome {
    Outcome::Right { verified: String::new() }
}

fn wrong(found: &str) -> Outcome {
    Outcome::Wrong { mistake: "", found: found.into(), hint: String::new(), rank: 1, of: 1 }
}

#[test]
fn the_best_result_counts_and_a_broken_answer_keeps_it() {
    let exercise = EXERCISES[0][0];
    let points = exercise.points as f32;
    let mut session = session();
    session.note(EXERCISES, exercise, 0.0, &Outcome::ToDo);
    let progress = session.note(EXERCISES, exercise, points, &right());
    assert_eq!((progress.done.0, progress.points.0, progress.kept), (1, points, None));
    let progress = session.note(EXERCISES, exercise, 0.0, &wrong("0"));
    assert_eq!((progress.points.0, progress.kept), (points, Some((points, exercise.points))));
    let kept = format!("acquis\u{a0}: {points}/{points}");
    assert!(progress.to_string().ends_with(&kept), "{progress}");
    let bilan = session.bilan(EXERCISES);
    assert!(bilan.html().contains(&kept) && bilan.html().contains("aria-label=\"juste\""));
    let progress = session.note(EXERCISES, exercise, points, &right());
    assert_eq!((progress.kept, session.bilan(EXERCISES).rows[0].attempts), (None, 1));
}

#[test]
fn a_try_is_an_answer_that_changed() {
    let exercise = EXERCISES[0][0];
    let mut session = session();
    let mut tries = |outcome: &Outcome, answer: Option<&str>| {
        session.note_answer(EXERCISES, exercise, 0.0, outcome, answer.map(str::to_owned));
        session.record(exercise.id).attempts
    };
    // Where the front tells what was changed.
    assert_eq!(tries(&Outcome::ToDo, Some("vide")), 0);
    assert_eq!(tries(&wrong("0"), Some("a")), 1);
    assert_eq!(tries(&wrong("0"), Some("a")), 1, "a hint");
    assert_eq!(tries(&wrong("0"), Some("b")), 2, "the same mistake in another way");
    assert_eq!(tries(&wrong("1"), Some("b")), 3, "another network of the same text");
    // And where it does not.
    assert_eq!(tries(&wrong("1"), None), 4);
    assert_eq!(tries(&wrong("1"), None), 4);
    assert_eq!(tries(&wrong("2"), None), 5);
    assert_eq!(tries(&right(), Some("c")), 6);
    assert_eq!(tries(&right(), Some("c")), 6);
    assert_eq!(tries(&wrong("3"), Some("d")), 6, "solved is solved");
}

#[test]
fn failures_are_counted_by_mistake() {
    let mut session = session();
    let (a, b) = (Fault::new("a", "1"), Fault::new("b", "1"));
    let other = Fault::new("a", "2");
    let all = [&a, &other, &b, &a].map(|fault| session.failures("x", fault));
    assert_eq!(all, [0, 1, 0, 2]);
}

#[test]
fn an_answer_that_did_not_change_counts_once() {
    let mut session = session();
    let (a, other) = (Fault::new("a", "1"), Fault::new("a", "2"));
    let all = [&a, &a, &a, &other, &other].map(|fault| session.failures("x", fault));
    assert_eq!(all, [0, 0, 0, 1, 1]);
}

#[test]
fn another_process_goes_on_from_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = Some(folder.path().join("score.json"));
    let exercise = EXERCISES[1][0];
    let mut first = Session::resumed(file.clone(), SystemTime::now());
    first.before = Duration::from_secs(600);
    first.failures(exercise.id, &Fault::new("a", ""));
    first.note(EXERCISES, exercise, 0.0, &wrong("0"));
    first.note(EXERCISES, exercise, exercise.points as f32, &right());

    let mut second = Session::resumed(file.clone(), SystemTime::now());
    let bilan = second.bilan(EXERCISES);
    assert_eq!((bilan.rows[0].title, bilan.rows[0].attempts), (exercise.title, 2));
    assert_eq!((bilan.progress.done.0, bilan.progress.points.0), (1, exercise.points as f32));
    assert!(bilan.progress.elapsed >= Duration::from_secs(600));
    assert_eq!(second.failures(exercise.id, &Fault::new("a", "autre")), 1);
    let progress = second.note(EXERCISES, exercise, 0.0, &wrong("0"));
    assert_eq!(progress.kept, Some((exercise.points as f32, exercise.points)));
    // A score of exercises that are no more, or were worth more.
    let text = format!(
        "{{\"last\": \"perdu\", \"records\": {{\"{}\": {{\"earned\": 99}}, \"perdu\": {{}}}}}}",
        EXERCISES[0][0].id
    );
    std::fs::write(file.as_ref().unwrap(), text).unwrap();
    let third = Session::resumed(file, SystemTime::now()).bilan(EXERCISES);
    assert_eq!(third.progress.points.0, EXERCISES[0][0].points as f32);
}

#[test]
fn what_is_begun_anew_is_forgotten_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let file = Some(folder.path().join("score.json"));
    let exercise = EXERCISES[1][0];
    let mut session = Session::resumed(file.clone(), SystemTime::now());
    session.note(EXERCISES, exercise, exercise.points as f32, &right());
    session.begin_anew();
    let bilan = session.bilan(EXERCISES);
    assert_eq!((bilan.rows[0].title, bilan.progress.points.0), (exercise.title, 0.0));
    assert!(format!("{bilan:?}").ends_with("à noter par votre enseignant."));
    assert_eq!(Session::resumed(file, SystemTime::now()).bilan(EXERCISES).progress.done.0, 0);
    session.note(EXERCISES, exercise, exercise.points as f32, &right());
    assert!(folder.path().join("score.json").exists());
}
