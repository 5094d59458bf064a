//! How much of the machine the processes inside may take, where the system lets
//! this account say so: a control group of its own.

use rustix::process::{Resource, Rlimit, setrlimit};
use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The memory that all of them may hold, in bytes: a notebook takes 1.5 GB.
const MEMORY: u64 = 6 << 30;
/// How many there may be, threads included.
const PROCESSES: u64 = 2000;

/// The addresses that each of them may ask for, in bytes: evcxr's rust-analyzer asks
/// for 2 GB that it never touches.
const ADDRESSES: u64 = 16 << 30;

/// Limits what one process may ask for, which needs no right.
pub fn of_each(command: &mut Command) {
    let limit = || {
        let limit = Rlimit { current: Some(ADDRESSES), maximum: Some(ADDRESSES) };
        Ok(setrlimit(Resource::As, limit)?)
    };
    // SAFETY: between fork and exec, one call of the system and no allocation.
    unsafe { command.pre_exec(limit) };
}

/// Where control groups are, each with its files of limits: version 2's single
/// tree, or version 1's tree a resource.
const GROUPS: [(&str, &[(&str, u64)]); 3] = [
    ("/sys/fs/cgroup", &[("memory.max", MEMORY), ("memory.swap.max", 0), ("pids.max", PROCESSES)]),
    ("/sys/fs/cgroup/memory", &[("memory.limit_in_bytes", MEMORY)]),
    ("/sys/fs/cgroup/pids", &[("pids.max", PROCESSES)]),
];

/// The control groups of one sandbox; they go with it.
#[derive(Default)]
pub struct Limits {
    groups: Vec<PathBuf>,
}

impl Limits {
    /// Puts a process, and all that it will start, under the limits. What the system
    /// does not allow is left out: the end of the sandbox ends its processes anyway.
    pub fn on(process: u32) -> Self {
        let mut limits = Self::default();
        for (tree, files) in GROUPS {
            sweep(Path::new(tree));
            let (name, _) = files[0];
            let group = Path::new(tree).join(format!("tp-{process}"));
            if fs::create_dir(&group).is_err() {
                continue;
            }
            limits.groups.push(group.clone());
            if !group.join(name).exists() {
                continue;
            }
            for (name, most) in files {
                let _ = fs::write(group.join(name), most.to_string());
            }
            let _ = fs::write(group.join("cgroup.procs"), process.to_string());
        }
        limits
    }
}

/// Removes the groups of sandboxes whose program was killed, as after Ctrl-C.
fn sweep(tree: &Path) {
    for entry in fs::read_dir(tree).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let process = name.to_str().and_then(|name| name.strip_prefix("tp-"));
        let is_dead = |process: &str| {
            process.parse::<u32>().is_ok() && !Path::new("/proc").join(process).exists()
        };
        if process.is_some_and(is_dead) {
            // One that still holds processes stays.
            let _ = fs::remove_dir(entry.path());
        }
    }
}

impl Drop for Limits {
    fn drop(&mut self) {
        for group in &self.groups {
            // The last processes may still be ending.
            for _ in 0..100 {
                if fs::remove_dir(group).is_ok() || !group.exists() {
                    break;
                }
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
        }
    }
}
