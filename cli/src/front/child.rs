//! The evcxr_jupyter process and all that it starts.
//!
//! The student's process, cargo and rustc live in one process group with
//! evcxr, of which evcxr is the leader: a training in the middle of its loop
//! ends with it. (When the front itself is killed, the reaper of `tp kernel`
//! ends the group.)

use super::signs;
use crate::{process, protocol};
use anyhow::{Context as _, Result};
use jupyter_protocol::{ConnectionInfo, Transport};
use rustix::process::{Signal, kill_process_group};
use std::collections::VecDeque;
use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::NamedTempFile;
use tokio::io::{AsyncBufReadExt as _, BufReader};

/// How many lines of evcxr's own messages are kept to explain its death.
const TAIL: usize = 12;

/// How long an ended evcxr's words are waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// A running evcxr_jupyter.
pub struct Child {
    process: tokio::process::Child,
    /// The process group, by its leader's id.
    group: Option<u32>,
    tail: Arc<Mutex<VecDeque<String>>>,
    port_taken: Arc<AtomicBool>,
    reader: Option<tokio::task::JoinHandle<()>>,
    _file: NamedTempFile,
}

impl Child {
    /// Starts `command` with a connection file of its own; returns what is in it.
    pub fn start(mut command: Command, info: &ConnectionInfo) -> Result<(Self, ConnectionInfo)> {
        let info = elsewhere(info)?;
        let mut file = tempfile::Builder::new()
            .prefix("evcxr-")
            .suffix(".json")
            .tempfile()
            .context("fichier de connexion d'evcxr")?;
        file.write_all(&serde_json::to_vec(&info)?)?;
        file.flush()?;

        command.arg("--control_file").arg(file.path()).env(protocol::FRONT, "1");
        let folder = command.get_envs().find(|(name, _)| *name == signs::FOLDER);
        if let Some(folder) = folder.and_then(|(_, folder)| folder.map(ToOwned::to_owned)) {
            command.env(protocol::SIGNS, folder);
        }
        command.env(protocol::OUTLET, crate::process::program()?);
        // Its standard output only says which configuration was loaded.
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let name = command.get_program().to_string_lossy().into_owned();
        let mut process = tokio::process::Command::from(command)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{name} ne démarre pas"))?;

        let tail = Arc::new(Mutex::new(VecDeque::with_capacity(TAIL)));
        let port_taken = Arc::new(AtomicBool::new(false));
        let reader = process.stderr.take().map(|stderr| {
            let (tail, port_taken) = (tail.clone(), port_taken.clone());
            tokio::spawn(async move {
                let mut lines = BufReader::new(stderr).lines();
                while let Ok(Some(line)) = lines.next_line().await {
                    eprintln!("{line}");
                    // A long backtrace may follow: the last words would not tell.
                    port_taken.fetch_or(line.contains("in use"), Ordering::Relaxed);
                    if let Ok(mut tail) = tail.lock() {
                        if tail.len() == TAIL {
                            tail.pop_front();
                        }
                        tail.push_back(line);
                    }
                }
            })
        });
        let group = process.id();
        Ok((Self { process, group, tail, port_taken, reader, _file: file }, info))
    }

    /// The process group of evcxr_jupyter.
    pub fn group(&self) -> Option<u32> {
        self.group
    }

    /// Waits for the end of evcxr_jupyter.
    pub async fn wait(&mut self) -> std::io::Result<ExitStatus> {
        self.process.wait().await
    }

    /// Ends evcxr_jupyter and everything that it started.
    pub async fn kill(&mut self) -> std::io::Result<ExitStatus> {
        self.end_group();
        let _ = self.process.start_kill();
        self.process.wait().await
    }

    /// Waits for the last of what an ended evcxr wrote, unless something that it
    /// started keeps the pipe open.
    pub async fn hear_out(&mut self) {
        if let Some(reader) = self.reader.take() {
            let _ = tokio::time::timeout(PATIENCE, reader).await;
        }
    }

    /// Whether evcxr complained that another program has one of its ports.
    pub fn port_was_taken(&self) -> bool {
        self.port_taken.load(Ordering::Relaxed)
    }

    /// The last lines that evcxr itself (not the student's code) wrote.
    pub fn last_words(&self) -> String {
        self.tail.lock().map(|tail| Vec::from(tail.clone()).join("\n")).unwrap_or_default()
    }

    fn end_group(&mut self) {
        if let Some(group) = self.group.take().and_then(process::pid) {
            // The group made for evcxr; it may have ended.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.end_group();
    }
}

/// The ports below those that the system gives to whoever asks for any: between our
/// look and evcxr's, a connection of another kernel may not take one.
const PORTS: std::ops::Range<u32> = 10_240..30_720;

/// The same connection on five other ports, all free a moment ago.
fn elsewhere(info: &ConnectionInfo) -> Result<ConnectionInfo> {
    // Two fronts that start together look in different places.
    let start = std::process::id().wrapping_mul(5) % (PORTS.end - PORTS.start);
    let mut places = PORTS.cycle().skip(start as usize).take(PORTS.len());
    let mut free = || -> std::io::Result<(TcpListener, u16)> {
        let listener = places
            .find_map(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, port as u16)).ok())
            .map_or_else(|| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)), Ok)?;
        let port = listener.local_addr()?.port();
        Ok((listener, port))
    };
    // All five are held until the last is known: they are distinct.
    let held = [free()?, free()?, free()?, free()?, free()?];
    let [shell_port, iopub_port, stdin_port, control_port, hb_port] =
        held.each_ref().map(|&(_, port)| port);
    Ok(ConnectionInfo {
        ip: Ipv4Addr::LOCALHOST.to_string(),
        transport: Transport::TCP,
        shell_port,
        iopub_port,
        stdin_port,
        control_port,
        hb_port,
        ..info.clone()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info() -> ConnectionInfo {
        ConnectionInfo {
            ip: "127.0.0.1".into(),
            transport: Transport::TCP,
            shell_port: 1,
            iopub_port: 2,
            stdin_port: 3,
            control_port: 4,
            hb_port: 5,
            key: "k".into(),
            signature_scheme: "hmac-sha256".into(),
            kernel_name: None,
        }
    }

    #[test]
    fn ports_are_distinct() {
        let new = elsewhere(&info()).unwrap();
        let mut ports =
            vec![new.shell_port, new.iopub_port, new.stdin_port, new.control_port, new.hb_port];
        ports.sort_unstable();
        ports.dedup();
        assert_eq!((ports.len(), new.key.as_str()), (5, "k"));
        // Where nobody gets a port who asks for any.
        assert!(ports.iter().all(|port| PORTS.contains(&u32::from(*port))), "{ports:?}");
    }

    #[test]
    fn a_taken_port_is_known_in_front_of_a_long_backtrace() {
        let _turn = crate::process::TURN.lock();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let taken = |words: &str| {
            runtime.block_on(async {
                let mut command = Command::new("sh");
                let script = format!("echo '{words}' >&2; seq 1 200 >&2; exit 1");
                command.args(["-c", &script]);
                let (mut child, _) = Child::start(command, &info()).unwrap();
                child.wait().await.unwrap();
                child.hear_out().await;
                assert!(child.last_words().ends_with("200"), "{}", child.last_words());
                child.port_was_taken()
            })
        };
        assert!(taken("Error: Address already in use (os error 98)"));
        assert!(!taken("Error: no such file"));
    }

    /// A grandchild that never looks at its input dies with the group.
    #[test]
    fn nothing_is_left_behind() {
        let _turn = crate::process::TURN.lock();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let note = folder.path().join("pid");
            let mut command = Command::new("sh");
            // Longer than anything here waits.
            command.arg("-c").arg("sleep 600 & echo $! > \"$NOTE\"; wait; :").env("NOTE", &note);
            let (mut child, _) = Child::start(command, &info()).unwrap();
            let noted = || std::fs::read_to_string(&note).unwrap_or_default().trim().parse().ok();
            let pid: u32 = comes(noted).await.expect("sh notes the pid");
            assert!(!child.kill().await.unwrap().success());
            let state = || std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            let ended = || (state().is_empty() || state().contains(") Z ")).then_some(());
            assert!(comes(ended).await.is_some(), "sleep {pid} still lives: {}", state());
        });
    }

    /// What `look` finds within two minutes.
    async fn comes<T>(look: impl Fn() -> Option<T>) -> Option<T> {
        for _ in 0..6000 {
            if let Some(found) = look() {
                return Some(found);
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        None
    }
}
