//! `tp grade --sur slurm` on a real Slurm of two nodes, one of which dies in the middle.
//! It needs Debian's packages `slurm-wlm` and `munge`, root, and some minutes:
//!
//! ```sh
//! cargo test -p tp --test installed slurm -- --ignored --nocapture
//! ```

use crate::common::{install, root, said, sandbox, tp_command};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const STUDENTS: usize = 60;

/// How many hand in: fewer where `TP_COPIES` says so.
fn students() -> usize {
    std::env::var("TP_COPIES").map_or(STUDENTS, |number| number.parse().unwrap())
}

/// Two nodes, as long as this lives.
struct Slurm {
    folder: tempfile::TempDir,
    settings: PathBuf,
}

impl Slurm {
    /// None, and why, where there is no Slurm to be started.
    fn start() -> Option<Self> {
        let has = |program: &str| {
            Command::new("sh")
                .args(["-c", "PATH=$PATH:/usr/sbin; command -v \"$0\"", program])
                .output()
                .is_ok_and(|output| output.status.success())
        };
        let is_root = rustix::process::geteuid().is_root();
        if !is_root || !["slurmctld", "slurmd", "munged", "sbatch"].iter().all(|name| has(name)) {
            println!("skipped: no Slurm here (as root, Debian: apt-get install slurm-wlm munge)");
            return None;
        }
        let slurm = tempfile::tempdir().unwrap();
        let settings = slurm.path().join("slurm.conf");
        let slurm = Self { folder: slurm, settings };
        assert!(slurm.script("start", None), "Slurm does not start");
        Some(slurm)
    }

    fn script(&self, order: &str, node: Option<&str>) -> bool {
        let mut script = Command::new("sh");
        script.arg(root().join("deploy/slurm/two-nodes.sh")).arg(order).arg(self.folder.path());
        // Daemons keep what they are given: no pipe of this test's.
        script.args(node).stdout(Stdio::null()).status().unwrap().success()
    }

    fn tp(&self, arguments: &[&str]) -> Command {
        let mut tp = tp_command(arguments);
        tp.env("SLURM_CONF", &self.settings);
        tp
    }

    /// Whether Slurm takes the node for alive.
    fn is_up(&self, node: &str) -> bool {
        let mut sinfo = Command::new("sinfo");
        sinfo.args(["--noheader", "--Node", "--format=%N %t"]).env("SLURM_CONF", &self.settings);
        let output = sinfo.output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let line = text.lines().find(|line| line.starts_with(node)).unwrap_or_default();
        !line.contains("down") && !line.ends_with('*')
    }
}

impl Drop for Slurm {
    fn drop(&mut self) {
        self.script("stop", None);
    }
}

/// The records of the executions that have ended.
fn ended(out: &Path) -> Vec<PathBuf> {
    let students = fs::read_dir(out.join("executions")).into_iter().flatten();
    let records = students.map(|student| student.unwrap().path().join("lot/execution.json"));
    records.filter(|record| record.is_file()).collect()
}

/// A small notebook of one exercise, its solution, and each student's copy; every third
/// answer is wrong.
fn write(folder: &Path) -> PathBuf {
    let solution = root().join("tests/notebooks/notation/Sol_notation.ipynb");
    let mut notebook: Value = serde_json::from_str(&fs::read_to_string(solution).unwrap()).unwrap();
    let kept = ["titre", "dep", "argmax", "tp1-argmax"];
    let cells = notebook["cells"].as_array_mut().unwrap();
    cells.retain(|cell| kept.iter().any(|id| cell["id"] == **id));
    assert_eq!(cells.len(), kept.len());
    let path = folder.join("Sol_lot.ipynb");
    fs::write(&path, notebook.to_string()).unwrap();
    for student in 0..students() {
        let mut copy = notebook.clone();
        if student.is_multiple_of(3) {
            let cells = copy["cells"].as_array_mut().unwrap();
            let answer = cells.iter_mut().find(|cell| cell["id"] == "argmax").unwrap();
            answer["source"] = "fn argmax(_scores: &[f32]) -> usize {\n    0\n}".into();
        }
        let to = folder.join(format!("copies/e{student:02}"));
        fs::create_dir_all(&to).unwrap();
        fs::write(to.join("lot.ipynb"), copy.to_string()).unwrap();
    }
    path
}

/// Waits for what a node's death must come in the middle of.
fn wait_until(what: &str, grading: &mut Child, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(grading.try_wait().unwrap().is_none(), "the grading ended before: {what}");
        assert!(start.elapsed() < Duration::from_secs(3600), "{what}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
#[ignore = "starts a Slurm as root: some minutes"]
fn a_node_that_dies_costs_nobody_a_mark() {
    let Some(slurm) = Slurm::start() else { return };
    install();
    let folder = tempfile::tempdir().unwrap();
    let (students, solution) = (students(), write(folder.path()));
    let (copies, out) = (folder.path().join("copies"), folder.path().join("notes"));
    let arguments = [
        "grade",
        copies.to_str().unwrap(),
        "--out",
        out.to_str().unwrap(),
        "--sur",
        "slurm",
        "--solution",
        solution.to_str().unwrap(),
    ];
    let start = Instant::now();
    let mut grading = slurm.tp(&[&arguments, sandbox()].concat()).spawn().unwrap();
    wait_until("some have ended", &mut grading, || ended(&out).len() >= students / 4);
    assert!(slurm.is_up("n2"));
    assert!(slurm.script("kill", Some("n2")));
    let before = ended(&out).len();
    println!("n2 killed after {before} of {students} submissions, {} s", start.elapsed().as_secs());
    assert!(before < students);
    assert!(grading.wait().unwrap().success());
    println!("{students} submissions in {} s", start.elapsed().as_secs());
    assert!(!slurm.is_up("n2"), "n2 has died");

    let table = fs::read_to_string(out.join("notes.csv")).unwrap();
    println!("{table}");
    let rows: Vec<_> =
        table.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>()).collect();
    let names: BTreeSet<_> = rows.iter().map(|row| row[0]).collect();
    assert_eq!((rows.len(), names.len()), (students, students));
    for row in &rows {
        let number: usize = row[0][1..].parse().unwrap();
        let points: f64 = row[2].parse().unwrap();
        assert_eq!(row[5], "noté", "{row:?}");
        assert_eq!(points < 1.0, number.is_multiple_of(3), "{row:?}");
    }
    // A second run has nothing left to execute: it submits no job.
    let arrays = |folder: &Path| fs::read_dir(folder.join("slurm")).unwrap().count();
    let submitted = arrays(&out);
    let again = slurm.tp(&[&arguments, sandbox()].concat()).output().unwrap();
    assert!(again.status.success(), "{}", said(&again));
    assert_eq!(arrays(&out), submitted);
    assert_eq!(fs::read_to_string(out.join("notes.csv")).unwrap(), table);
}
