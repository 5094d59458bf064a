//! What cleans up after a kernel outlives the SIGTERM by which Slurm and systemd end all
//! that a server has started.

#![cfg(target_os = "linux")]

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Whether a process has a handler of its own for SIGTERM.
fn listens(process: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap();
    u64::from_str_radix(caught.trim(), 16).unwrap() & (1 << 14) != 0
}

#[test]
fn a_kernel_s_folder_is_removed_whoever_was_told_to_end() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("57");
    fs::create_dir_all(folder.join("ctx")).unwrap();
    let mut reaper = Command::new(env!("CARGO_BIN_EXE_tp"));
    let mut reaper = reaper.arg("reap").arg(&folder).stdin(Stdio::piped()).spawn().unwrap();
    let start = Instant::now();
    while !listens(reaper.id()) {
        assert!(start.elapsed() < Duration::from_secs(20), "the reaper listens");
        std::thread::sleep(Duration::from_millis(10));
    }
    let told = Command::new("kill").arg(reaper.id().to_string()).status().unwrap();
    assert!(told.success());
    std::thread::sleep(Duration::from_millis(200));
    assert!(reaper.try_wait().unwrap().is_none() && folder.is_dir(), "its kernel still lives");
    // The kernel ends.
    drop(reaper.stdin.take());
    assert!(reaper.wait().unwrap().success());
    assert!(!folder.exists());
}
