//! The processes of a kernel, as Linux tells of them.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::installed;

/// The memory of a process, what it shares counted in parts.
pub fn kilobytes(environ: &Path) -> u64 {
    let text = std::fs::read_to_string(environ.with_file_name("smaps_rollup")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or_default()
}

/// Waits until a kernel's folder and processes are gone.
pub fn wait_until_gone(pid: u32) {
    let folder = installed().join("kernels").join(pid.to_string());
    let start = Instant::now();
    while folder.exists() || folder.with_extension("lock").exists() || !processes_of(pid).is_empty()
    {
        assert!(start.elapsed() < Duration::from_secs(120), "{:?} {:?}", folder, processes_of(pid));
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// The processes that work in a kernel's folder (Linux tells; elsewhere none).
pub fn processes_of(pid: u32) -> Vec<PathBuf> {
    let folder = installed().join("kernels").join(pid.to_string()).join("ctx");
    let variable = format!("EVCXR_TMPDIR={}", folder.display()).into_bytes();
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    let environs = entries.flatten().map(|entry| entry.path().join("environ"));
    let of_kernel = |path: &PathBuf| {
        std::fs::read(path)
            .is_ok_and(|environ| environ.split(|byte| *byte == 0).any(|v| v == variable))
    };
    environs.filter(of_kernel).collect()
}
