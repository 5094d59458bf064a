//! What a cell really writes, seen from outside: each test runs another one of
//! this file in a process of its own and reads what comes out.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::*;
use crate::display::*;
use crate::fast::threads::{for_each, together};
use crate::protocol::{self, FRONT, MARK};
use crate::train::History;
use crate::train::watch::{self, Course};

/// The command that runs the ignored test `name` as a cell would be.
fn cell(name: &str, live: bool) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args([&format!("notebook::child_tests::{name}"), "--exact", "--ignored", "--nocapture"])
        .env(FRONT, if live { "1" } else { "0" })
        .env("RAYON_NUM_THREADS", "2")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Standard output, standard error.
fn run(name: &str, live: bool) -> (String, String) {
    let output = cell(name, live).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr))
}

/// The messages of the marked lines.
fn messages(stdout: &str) -> Vec<Value> {
    let json = |line: &str| {
        line.split_once(MARK).map(|(_, json)| serde_json::from_str(json).expect("one JSON a line"))
    };
    stdout.lines().filter_map(json).collect()
}

#[test]
#[ignore = "run by the tests below"]
fn training_cell() {
    let (epochs, batches) = (3, 40);
    watch::offer(|course| Box::new(FitPanel::new(course)));
    let mut panel = watch::watcher(Course { epochs, batches, before: 0 });
    let mut history = History { name: "essai".into(), ..History::default() };
    for epoch in 0..epochs {
        for i in 0..batches {
            panel.batch(epoch, i, 0.5, 0.8);
            std::thread::sleep(Duration::from_millis(5));
        }
        history.loss.push(0.5 / (epoch + 1) as f32);
        history.accuracy.push(0.8);
        history.seconds.push(0.2);
        panel.epoch(&history);
    }
    panel.finish(&history, "");
    if let Some(path) = std::env::var_os("MNIST_TP_TEST_FILE") {
        std::fs::write(path, "fini").unwrap();
    }
}

#[test]
fn a_training_is_two_displays_that_change() {
    let start = Instant::now();
    let (stdout, _) = run("training_cell", true);
    let tenths = start.elapsed().as_millis() as usize / 100;
    let messages = messages(&stdout);
    let ids: Vec<&str> = messages.iter().map(|m| m["id"].as_str().unwrap()).collect();
    for id in [ids[0], ids[ids.len() - 1]] {
        let of_id: Vec<&Value> = messages.iter().filter(|m| m["id"] == id).collect();
        assert_eq!(of_id[0]["kind"], "display");
        assert!(of_id.len() > 1 && of_id[1..].iter().all(|m| m["kind"] == "update"));
        assert!(of_id.iter().all(|m| m["data"]["text/plain"].is_string()));
    }
    // At most ten a second, the first two, and the ends of the three epochs and of the training.
    assert!((5..=tenths + 11).contains(&messages.len()), "{} in {tenths}", messages.len());
    let last = messages[messages.len() - 1]["data"]["text/html"].as_str().unwrap();
    assert!(last.contains("<svg") && last.contains("Perte"));
}

#[test]
fn without_the_proxy_a_training_is_a_line_per_epoch() {
    let (stdout, _) = run("training_cell", false);
    assert!(!stdout.contains('\u{1e}'));
    let lines: Vec<&str> = stdout.lines().filter(|l| l.contains("Époque")).collect();
    assert_eq!(lines.len(), 3, "{stdout}");
    assert!(lines[2].contains("Époque 3/3 — 0,2"));
}

#[test]
fn a_reader_that_leaves_does_not_stop_a_training() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("fini");
    let mut child = cell("training_cell", true).env("MNIST_TP_TEST_FILE", &file).spawn().unwrap();
    let mut reader = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains(MARK) {
        line.clear();
        assert!(reader.read_line(&mut line).unwrap() > 0);
    }
    drop(reader);
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    child.wait().unwrap();
    assert!(file.exists(), "{stderr}");
}

#[test]
#[ignore = "run by the tests below"]
fn display_cell() {
    display_html("<b>un</b>", "un");
    display_html("<b>deux</b>", "deux");
    let mut progress = Progress::new("boucle", 3);
    for i in 1..=3 {
        progress.set(i);
    }
}

#[test]
fn several_displays_of_a_cell_come_in_order() {
    let (stdout, _) = run("display_cell", true);
    let plain: Vec<Value> =
        messages(&stdout).iter().map(|m| m["data"]["text/plain"].clone()).collect();
    assert_eq!(plain[..2], ["un", "deux"]);
    assert!(plain[plain.len() - 1].as_str().unwrap().starts_with("boucle — 3/3 en"));
    let (stdout, _) = run("display_cell", false);
    assert!(stdout.contains("EVCXR_BEGIN_CONTENT text/html\n<b>deux</b>\nEVCXR_END_CONTENT"));
}

#[test]
#[ignore = "run by the tests below"]
fn many_displays_cell() {
    // More than a pipe holds, and the reader is gone by then.
    std::thread::sleep(Duration::from_millis(300));
    for _ in 0..20 {
        display_html(&"a".repeat(10_000), "a");
    }
    if let Some(path) = std::env::var_os("MNIST_TP_TEST_FILE") {
        std::fs::write(path, "fini").unwrap();
    }
}

#[test]
fn a_display_that_nobody_reads_is_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("fini");
    let mut cell = cell("many_displays_cell", false);
    let mut child = cell.env("MNIST_TP_TEST_FILE", &file).spawn().unwrap();
    // The harness names its test, then the test begins.
    let mut reader = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("many_displays_cell") && !line.contains("running 1 test") {
        line.clear();
        assert!(reader.read_line(&mut line).unwrap() > 0);
    }
    drop(reader);
    child.wait().unwrap();
    assert!(file.exists());
}

#[test]
#[ignore = "run by the tests below"]
fn panicking_cell() {
    init();
    let values = [1, 2, 3];
    let index = std::hint::black_box(10);
    println!("{}", values[index]);
}

#[test]
#[ignore = "run by the tests below"]
fn cell_whose_helper_panics() {
    init();
    let leader = std::thread::current().id();
    together(|| {
        for_each(0..2, |_| {
            // So long that neither thread takes both tasks.
            std::thread::sleep(Duration::from_millis(300));
            assert!(std::thread::current().id() == leader, "aide en panne");
        });
    });
}

#[test]
#[ignore = "run by the tests below"]
fn unfinished_cell() {
    init();
    todo!("à compléter")
}

#[test]
fn a_panic_is_an_error_with_a_name() {
    // The test harness runs tests in threads of its own, where `init` is called.
    let (stdout, stderr) = run("panicking_cell", true);
    let error = &messages(&stdout)[0];
    assert_eq!((&error["kind"], &error["ename"]), (&"error".into(), &"Panic".into()), "{stderr}");
    assert!(error["evalue"].as_str().unwrap().starts_with("indice 10 dans un tableau de 3"));
    let (stdout, stderr) = run("cell_whose_helper_panics", true);
    let errors = messages(&stdout);
    assert!(errors.len() == 1 && errors[0]["evalue"] == "aide en panne", "{stdout} {stderr}");
    let (stdout, _) = run("unfinished_cell", true);
    assert_eq!(messages(&stdout)[0]["ename"], protocol::BLANK);
    let (stdout, stderr) = run("unfinished_cell", false);
    assert!(messages(&stdout).is_empty());
    assert!(stderr.contains("à compléter\u{a0}: cette cellule contient un trou"), "{stderr}");
    assert!(!stderr.contains("backtrace"), "{stderr}");
}
