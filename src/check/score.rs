//! What was achieved, beyond the life of the student's process.
//!
//! An interruption or a crash ends that process, and "restart" the kernel with it.
//! The score belongs to the notebook: after each check it is written to the file
//! that [`protocol::SCORE`] names, and the next process goes on from there. Without the
//! variable (grading, `cargo test`) nothing is read or written. Two kernels of one
//! notebook share the file: each adds to what it finds there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::{file, protocol};

/// A longer pause between two processes is not counted as work.
const BREAK: Duration = Duration::from_secs(30 * 60);
/// The largest file that is read: a score takes some kilobytes.
const LARGEST: u64 = 1 << 20;

/// What is known of one exercise.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Record {
    /// Answers tried, up to the first right one.
    pub attempts: usize,
    /// The best result, in points.
    pub earned: f32,
    /// The time that the first right answer took.
    pub solved_after: Option<Duration>,
    /// How often each mistake was met.
    pub failures: BTreeMap<String, usize>,
    /// The mistake and the words of the last check.
    pub met: Option<String>,
    /// The answer judged last, and what was said of it.
    pub answer: Option<String>,
    pub told: Option<String>,
    /// Whether the last answer is worth less than the best one.
    pub broken: bool,
}

/// What is known of one notebook.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Score {
    /// Time since the first check.
    pub elapsed: Duration,
    /// When it was written, in seconds since 1970.
    saved: u64,
    /// The exercise judged last.
    pub last: String,
    pub records: BTreeMap<String, Record>,
}

impl Score {
    /// The file of this process, `None` where no score is kept. A link leads to the
    /// file of a notebook that became known after the kernel's start.
    pub fn file() -> Option<PathBuf> {
        let path = std::env::var_os(protocol::SCORE).filter(|path| !path.is_empty())?;
        Some(std::fs::read_link(&path).unwrap_or(path.into()))
    }

    /// What the file holds; nothing where there is none. A file that is no score is
    /// put aside under another name.
    pub fn read(path: &Path) -> Self {
        let Ok(described) = std::fs::metadata(path) else { return Self::default() };
        if !described.is_file() {
            return Self::default();
        }
        let small = described.len() <= LARGEST;
        let text = small.then(|| std::fs::read(path).ok()).flatten();
        match text.and_then(|text| serde_json::from_slice::<Self>(&text).ok()) {
            Some(score) => score.in_bounds(),
            None => {
                let mut aside = path.as_os_str().to_owned();
                aside.push(".illisible");
                // Where even that fails, the next writing does too.
                let _ = std::fs::rename(path, aside);
                Self::default()
            }
        }
    }

    /// Numbers that no check ever gave are not believed.
    fn in_bounds(mut self) -> Self {
        for record in self.records.values_mut() {
            if !record.earned.is_finite() || record.earned < 0.0 {
                record.earned = 0.0;
            }
        }
        self
    }

    /// The time that a process goes on from, which starts at `now`: a short gap
    /// since the last writing was work too (a training, say).
    pub fn resumed(&self, now: SystemTime) -> Duration {
        let now = seconds(now);
        let gap = Duration::from_secs(now.saturating_sub(self.saved));
        let counted = self.saved > 0 && self.elapsed > Duration::ZERO && gap <= BREAK;
        self.elapsed.saturating_add(if counted { gap } else { Duration::ZERO })
    }

    /// Adds to the file, as of `now`. Where it cannot be written, the score lives as
    /// long as the process.
    pub fn write(&self, path: &Path, now: SystemTime) {
        let mut all = self.clone();
        all.add(Self::read(path));
        all.saved = seconds(now);
        if let Ok(text) = serde_json::to_vec(&all) {
            let _ = file::write(path, &text);
        }
    }

    /// Adds what another process knows of the same notebook.
    fn add(&mut self, other: Self) {
        self.elapsed = self.elapsed.max(other.elapsed);
        for (id, theirs) in other.records {
            let ours = self.records.entry(id).or_default();
            ours.attempts = ours.attempts.max(theirs.attempts);
            ours.earned = ours.earned.max(theirs.earned);
            ours.solved_after = match (ours.solved_after, theirs.solved_after) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
            for (mistake, count) in theirs.failures {
                let known = ours.failures.entry(mistake).or_default();
                *known = count.max(*known);
            }
            if ours.told.is_none() {
                (ours.answer, ours.told) = (theirs.answer, theirs.told);
                ours.broken = theirs.broken;
            }
        }
    }
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn score(id: &str, attempts: usize, earned: f32) -> Score {
        let record = Record { attempts, earned, ..Record::default() };
        let records = [(id.to_owned(), record)].into();
        Score { elapsed: Duration::from_secs(60), records, ..Score::default() }
    }

    #[test]
    fn a_score_comes_back_from_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("scores/a.json");
        assert_eq!(Score::read(&path), Score::default());
        let written = score("neurone", 3, 1.5);
        written.write(&path, at(1000));
        let read = Score::read(&path);
        assert_eq!((read.saved, &read.records), (1000, &written.records));
        assert_eq!(read.resumed(at(1100)), Duration::from_secs(160));
        // A night, and a clock that was put back.
        assert_eq!(read.resumed(at(1000 + 8 * 3600)), Duration::from_secs(60));
        assert_eq!(read.resumed(at(10)), Duration::from_secs(60));
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn two_kernels_of_a_notebook_lose_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        score("neurone", 3, 2.0).write(&path, at(1));
        score("couche", 1, 1.0).write(&path, at(2));
        score("neurone", 1, 0.5).write(&path, at(3));
        let read = Score::read(&path);
        let neurone = &read.records["neurone"];
        assert_eq!((neurone.attempts, neurone.earned), (3, 2.0));
        assert_eq!(read.records["couche"].earned, 1.0);
    }

    #[test]
    fn what_is_no_score_is_put_aside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        let nested = "[".repeat(100_000);
        for text in ["", "pas du JSON", "[1]", "{\"records\": 3}", "\u{0}", &nested] {
            std::fs::write(&path, text).unwrap();
            assert_eq!(Score::read(&path), Score::default(), "{text:.20}");
            assert_eq!(
                std::fs::read_to_string(folder.path().join("a.json.illisible")).unwrap(),
                text
            );
            assert!(!path.exists());
        }
        // A half of a file, as a full disk leaves it.
        let whole = serde_json::to_vec(&score("neurone", 3, 2.0)).unwrap();
        for end in 0..whole.len() {
            std::fs::write(&path, &whole[..end]).unwrap();
            assert_eq!(Score::read(&path), Score::default());
        }
        // Numbers beyond all measure.
        let odd = r#"{"elapsed": {"secs": 18446744073709551615, "nanos": 0}, "saved": 1,
            "records": {"a": {"earned": -1e30, "attempts": 18446744073709551615, "inconnu": 1}}}"#;
        std::fs::write(&path, odd).unwrap();
        let read = Score::read(&path);
        assert_eq!(read.records["a"].earned, 0.0);
        assert!(read.resumed(at(5)) >= read.elapsed);
    }

    #[test]
    fn where_nothing_can_be_written_nothing_breaks() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pris");
        std::fs::write(&path, "").unwrap();
        score("neurone", 1, 1.0).write(&path.join("dedans.json"), at(1));
        assert_eq!(Score::read(&path.join("dedans.json")), Score::default());
        // A folder of that name is no score, and stays.
        let taken = folder.path().join("dossier");
        std::fs::create_dir(&taken).unwrap();
        assert_eq!(Score::read(&taken), Score::default());
        assert!(taken.is_dir());
    }
}
