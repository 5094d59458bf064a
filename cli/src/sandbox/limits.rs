//! How much of the machine the processes inside may take: a control group of their
//! own where the system lets this account make one, and a look at how many there are.

use rustix::process::{Resource, Rlimit, setrlimit};
use std::fs;
use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

/// The memory that all of them may hold, in bytes: a notebook takes 1.5 GB.
const MEMORY: u64 = 6 << 30;
/// How many there may be, threads included.
const TASKS: u64 = 2000;
/// More of them no notebook starts: evcxr, cargo and its compilers are some twenty.
const PROCESSES: usize = 500;

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

/// Limits how many processes there are, threads included, without a control group: what
/// is started next in `command`, inside the sandbox, is run by a program that says so.
/// There the system counts those of the sandbox alone (Linux 5.14), and binds every
/// account but root, who can make groups.
pub fn of_all(command: &mut Command) {
    // Part of util-linux, which is everywhere.
    let program = Path::new("/usr/bin/prlimit");
    if program.exists() {
        command.arg(program).arg(format!("--nproc={TASKS}"));
    }
}

/// Where control groups are, each with its files of limits: version 2's single
/// tree, or version 1's tree a resource.
const GROUPS: [(&str, &[(&str, u64)]); 3] = [
    ("/sys/fs/cgroup", &[("memory.max", MEMORY), ("memory.swap.max", 0), ("pids.max", TASKS)]),
    ("/sys/fs/cgroup/memory", &[("memory.limit_in_bytes", MEMORY)]),
    ("/sys/fs/cgroup/pids", &[("pids.max", TASKS)]),
];

/// The control groups of one sandbox; they go with it.
#[derive(Default)]
pub struct Limits {
    groups: Vec<PathBuf>,
}

impl Limits {
    /// Puts the process that `command` starts, and all that it will start, under the
    /// limits, before anything runs in it. What the system does not allow is left out.
    pub fn on(command: &mut Command) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("tp-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let mut limits = Self::default();
        for (tree, files) in GROUPS {
            sweep(Path::new(tree));
            let (first, _) = files[0];
            let group = Path::new(tree).join(&name);
            if fs::create_dir(&group).is_err() {
                continue;
            }
            limits.groups.push(group.clone());
            if !group.join(first).exists() {
                continue;
            }
            for (name, most) in files {
                let _ = fs::write(group.join(name), most.to_string());
            }
            if let Ok(members) = fs::OpenOptions::new().write(true).open(group.join("cgroup.procs"))
            {
                let enter = move || {
                    // Itself. Where it is not let in, it runs all the same.
                    let _ = (&members).write(b"0");
                    Ok(())
                };
                // SAFETY: between fork and exec, one call of the system and no allocation.
                unsafe { command.pre_exec(enter) };
            }
        }
        limits
    }

    /// Whether a process could not be started because there were too many, even once.
    pub fn were_reached(&self) -> bool {
        self.groups.iter().any(|group| {
            let events = fs::read_to_string(group.join("pids.events")).unwrap_or_default();
            let mut times = events.lines().filter_map(|line| line.strip_prefix("max "));
            times.any(|times| times.trim() != "0")
        })
    }
}

/// Whether more processes come from this one than from any notebook, as when each
/// starts others without end.
pub fn too_many(process: u32) -> bool {
    let (mut waiting, mut count) = (vec![process], 0);
    while let Some(process) = waiting.pop() {
        count += 1;
        if count > PROCESSES {
            return true;
        }
        // Each thread has its own children. One that has ended by now has none.
        let threads = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten();
        for thread in threads.flatten() {
            let children = fs::read_to_string(thread.path().join("children")).unwrap_or_default();
            waiting
                .extend(children.split_whitespace().filter_map(|child| child.parse::<u32>().ok()));
        }
    }
    false
}

/// Removes the groups of sandboxes whose program was killed, as after Ctrl-C.
fn sweep(tree: &Path) {
    for entry in fs::read_dir(tree).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let process = name.to_str().and_then(|name| name.strip_prefix("tp-")?.split('-').next());
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Stdio;

    /// A shell that starts so many processes and waits; its number, and its end.
    fn with_children(count: usize) -> std::process::Child {
        let script = format!(
            "i=0; while [ $i -lt {count} ]; do sleep 1000 & i=$((i + 1)); done; echo; wait"
        );
        let mut shell = Command::new("sh");
        shell.args(["-c", &script]).stdout(Stdio::piped()).process_group(0);
        let mut shell = shell.spawn().unwrap();
        let mut line = [0];
        std::io::Read::read_exact(shell.stdout.as_mut().unwrap(), &mut line).unwrap();
        shell
    }

    fn end(mut shell: std::process::Child) {
        let group = rustix::process::Pid::from_child(&shell);
        rustix::process::kill_process_group(group, rustix::process::Signal::KILL).unwrap();
        shell.wait().unwrap();
    }

    #[test]
    fn processes_without_end_are_told_from_a_notebooks() {
        let few = with_children(20);
        assert!(!too_many(few.id()));
        end(few);
        let many = with_children(PROCESSES);
        assert!(too_many(many.id()), "itself and its children");
        end(many);
        assert!(!too_many(u32::MAX), "one that has ended");
    }

    #[test]
    fn a_limit_that_was_reached_is_known_afterwards() {
        let mut shell = Command::new("sh");
        shell.args(["-c", "read x; sleep 0.1 & sleep 0.1 & sleep 0.1 & sleep 0.1 & wait"]);
        let limits = Limits::on(&mut shell);
        let mut shell = shell.stdin(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        assert!(!limits.were_reached());
        let is_in = |group: &&PathBuf| {
            let members = fs::read_to_string(group.join("cgroup.procs")).unwrap_or_default();
            group.join("pids.max").exists() && members.contains(&shell.id().to_string())
        };
        let group = limits.groups.iter().find(is_in);
        if let Some(group) = group {
            fs::write(group.join("pids.max"), "3").unwrap();
        }
        writeln!(shell.stdin.as_ref().unwrap()).unwrap();
        shell.wait().unwrap();
        assert_eq!(limits.were_reached(), group.is_some());
    }

    #[test]
    fn the_command_is_in_its_group_before_it_runs() {
        let mut command = Command::new("cat");
        command.arg("/proc/self/cgroup");
        let limits = Limits::on(&mut command);
        let output = command.output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        for group in &limits.groups {
            let name = group.file_name().unwrap().to_str().unwrap().to_owned();
            let has_limits =
                ["pids.max", "memory.limit_in_bytes"].iter().any(|file| group.join(file).exists());
            assert!(!has_limits || said.contains(&name), "{name}: {said}");
        }
        let groups = limits.groups.clone();
        drop(limits);
        assert!(groups.iter().all(|group| !group.exists()));
    }
}
