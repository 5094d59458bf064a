//! What the terminal shows of a download.

use hf_hub::progress::{DownloadEvent, ProgressEvent, ProgressHandler};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// A line that counts the megabytes of one file.
pub struct Line {
    name: String,
    total: AtomicU64,
    shown: AtomicU64,
}

impl Line {
    /// The line of a file, before its first byte.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), total: AtomicU64::new(0), shown: AtomicU64::new(0) }
    }
}

impl ProgressHandler for Line {
    fn on_progress(&self, event: &ProgressEvent) {
        let ProgressEvent::Download(event) = event else { return };
        let done = match event {
            DownloadEvent::Start { total_bytes, .. } => {
                self.total.store(*total_bytes, Relaxed);
                0
            }
            DownloadEvent::Progress { files } => {
                files.iter().map(|file| file.bytes_completed).sum()
            }
            DownloadEvent::AggregateProgress { bytes_completed, .. } => *bytes_completed,
            DownloadEvent::Complete => self.total.load(Relaxed),
        };
        let done = self.shown.fetch_max(done, Relaxed).max(done);
        let megabytes = |bytes: u64| format!("{:.1}", bytes as f64 / 1e6).replace('.', ",");
        let total = megabytes(self.total.load(Relaxed));
        eprint!("\r{}\u{a0}: {} / {total} Mo", self.name, megabytes(done));
    }
}
