//! Mutants compiled together by rustc itself against the library that this test is
//! linked with, those that do not compile sifted out, and the rest run one after
//! the other in a process that is watched.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// A mutant has so long to be judged.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a check said of a mutant.
#[derive(Clone, Debug)]
pub struct Judgement {
    pub accepted: bool,
    /// The mistake's key.
    pub key: String,
    /// Whether the hint was that of a mistake, and not the general method.
    pub own: bool,
    /// The verdict as it was shown.
    pub said: String,
}

/// Where this test's library stands.
fn deps() -> PathBuf {
    std::env::current_exe().unwrap().parent().unwrap().to_owned()
}

fn rustc(source: &Path, output: &Path, emit: &str) -> Command {
    let mut command = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    command
        .args(["--edition", "2024", "--crate-name", "mutants", "--crate-type", "bin"])
        .args(["--error-format", "json", "--cap-lints", "allow"])
        .args(["-C", "overflow-checks=on", "-C", "debuginfo=0", "--emit", emit])
        .arg("-L")
        .arg(format!("dependency={}", deps().display()))
        .arg("--extern")
        .arg(format!("mnist_tp={}", deps().join("libmnist_tp.rlib").display()))
        .arg("-o")
        .arg(output)
        .arg(source);
    command
}

/// Compiles and runs the modules that `module` writes for `0..n`; what each came to,
/// `None` for one that is no program.
pub fn judge(folder: &Path, n: usize, module: impl Fn(usize) -> String) -> Vec<Option<Judgement>> {
    let (source, program) = (folder.join("mutants.rs"), folder.join("mutants"));
    let mut kept: BTreeSet<usize> = (0..n).collect();
    for turn in 0.. {
        let (text, lines) = write(&kept, &module);
        std::fs::write(&source, &text).unwrap();
        let out = rustc(&source, &folder.join("mutants.rmeta"), "metadata").output().unwrap();
        if out.status.success() {
            break;
        }
        let bad = wrong(&String::from_utf8_lossy(&out.stderr), &lines);
        assert!(!bad.is_empty() && turn < 40, "{}", String::from_utf8_lossy(&out.stderr));
        kept.retain(|i| !bad.contains(i));
    }
    let out = rustc(&source, &program, "link").output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    run(folder, &program, n, &kept)
}

/// The program of the mutants `kept`, and which lines are whose.
fn write(
    kept: &BTreeSet<usize>,
    module: &impl Fn(usize) -> String,
) -> (String, Vec<(std::ops::Range<usize>, usize)>) {
    let mut text = format!("#![allow(warnings)]\n{}\n", include_str!("harness.rs"));
    let (mut lines, mut next) = (Vec::new(), text.lines().count() + 1);
    for &i in kept {
        let body = format!("mod m{i} {{ use super::*;\n{}\n}}\n", module(i));
        let count = body.lines().count();
        lines.push((next..next + count, i));
        next += count;
        text += &body;
    }
    text += "fn main() { run(&[";
    kept.iter().for_each(|i| write!(text, "({i}, m{i}::verdict as _), ").unwrap());
    text += "]) }\n";
    (text, lines)
}

/// The mutants that the compiler complains of.
fn wrong(messages: &str, lines: &[(std::ops::Range<usize>, usize)]) -> BTreeSet<usize> {
    let mut bad = BTreeSet::new();
    for message in messages.lines() {
        let Ok(message) = serde_json::from_str::<serde_json::Value>(message) else { continue };
        if message["level"] != "error" {
            continue;
        }
        for span in message["spans"].as_array().into_iter().flatten() {
            let mut span = span;
            // Inside a macro of the standard library, the place that calls it.
            while span["file_name"].as_str().is_some_and(|name| !name.ends_with("mutants.rs"))
                && span["expansion"].is_object()
            {
                span = &span["expansion"]["span"];
            }
            let Some(line) = span["line_start"].as_u64() else { continue };
            if !span["file_name"].as_str().is_some_and(|name| name.ends_with("mutants.rs")) {
                continue;
            }
            let whose = lines.iter().find(|(lines, _)| lines.contains(&(line as usize)));
            bad.extend(whose.map(|(_, i)| *i));
        }
    }
    bad
}

/// Runs the mutants from `from` on; a process that dies or stalls is begun anew
/// after the mutant that it was at.
fn run(folder: &Path, program: &Path, n: usize, kept: &BTreeSet<usize>) -> Vec<Option<Judgement>> {
    let mut all: Vec<Option<Judgement>> = vec![None; n];
    let mut from = 0;
    let sysroot = Command::new("rustc").args(["--print", "target-libdir"]).output().unwrap();
    let sysroot = String::from_utf8(sysroot.stdout).unwrap();
    while let Some(&first) = kept.range(from..).next() {
        let mut child = Command::new("sh")
            .arg("-c")
            .arg("ulimit -v 6000000; exec \"$0\" \"$1\"")
            .arg(program)
            .arg(from.to_string())
            .env("LD_LIBRARY_PATH", format!("{}:{}", deps().display(), sysroot.trim()))
            .env("RUST_BACKTRACE", "0")
            .env("MNIST_TP_DATA", concat!(env!("CARGO_MANIFEST_DIR"), "/data/mnist"))
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (send, receive) = mpsc::channel();
        let output = child.stdout.take().unwrap();
        let reader = std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    return;
                }
            }
        });
        let mut at = first;
        let stalled = loop {
            match receive.recv_timeout(PATIENCE) {
                Ok(line) => {
                    let mut parts = line.splitn(5, '\t');
                    let Some(i) = parts.next().and_then(|i| i.parse::<usize>().ok()) else {
                        continue; // what the mutant itself printed
                    };
                    let mut next = || parts.next().unwrap_or_default().to_owned();
                    let (outcome, key, own, said) = (next(), next(), next(), next());
                    let accepted = outcome == "accepted";
                    all[i] = Some(Judgement { accepted, key, own: own == "own", said });
                    at = kept.range(i + 1..).next().copied().unwrap_or(n);
                }
                Err(mpsc::RecvTimeoutError::Timeout) => break true,
                Err(mpsc::RecvTimeoutError::Disconnected) => break false,
            }
        };
        let _ = child.kill();
        let _ = child.wait();
        let _ = reader.join();
        if at < n && kept.contains(&at) && all[at].is_none() {
            // In a notebook the cell that never ends is stopped by its student.
            let key = if stalled { "sans fin" } else { "arrêt brutal" };
            all[at] = Some(Judgement {
                accepted: false,
                key: key.into(),
                own: true,
                said: String::new(),
            });
            at += 1;
        }
        from = at;
    }
    all
}
