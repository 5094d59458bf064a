//! `tp outlet`: what the student's process writes, on its way to evcxr.
//!
//! ```text
//! student's process ── stdout, stderr ── outlet ── stdout ── evcxr_jupyter
//! ```
//!
//! evcxr reads lines of UTF-8 and its own words between them, and keeps all that
//! it cannot send on fast enough. Bytes that are no text, an unfinished line or an
//! endless loop that prints would cost it the order of its answers, or all memory.
//! So the library, when it is loaded, starts this process between the two, which
//! outlives a crash by the last thing that was written. ([`sieve`] says what
//! passes, [`cut`] how much, [`figures`] how many figures.)
//!
//! When the cell is over it asks the library, by a third pipe, to empty the buffer
//! of standard output: what `print!` left there belongs to this cell.

mod cut;
mod figures;
mod sieve;

use anyhow::Result;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
#[cfg(not(any(test, fuzzing)))]
use sieve::Sieve;
#[cfg(any(test, fuzzing))]
pub use sieve::Sieve;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::fd::{FromRawFd as _, RawFd};
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// How long text waits for more of it.
const QUIET: Duration = Duration::from_millis(2);
const LONGEST: Duration = Duration::from_millis(10);
/// How long the library may take to empty its buffer: another thread may hold it.
const FLUSH: Duration = Duration::from_millis(200);
/// How often it is looked whether the student's process still lives; what that
/// started may hold the pipes open.
const LOOK: Duration = Duration::from_secs(1);

#[derive(clap::Args)]
pub struct Args {
    /// Descripteur du tube de la sortie d’erreur.
    stderr: RawFd,
    /// Descripteur du tube par lequel la bibliothèque est priée de vider son tampon.
    flush: RawFd,
}

/// Reads until the student's process is gone.
pub fn run(args: Args) -> Result<ExitCode> {
    // SAFETY: the library made the three for this process, where nothing else owns
    // them (standard input is not used otherwise).
    let [stdout, stderr, flush] =
        [0, args.stderr, args.flush].map(|fd| unsafe { File::from_raw_fd(fd) });
    let mut outlet = Outlet {
        pipes: [Some(stdout), Some(stderr)],
        flush,
        sieve: Sieve::default(),
        buffer: vec![0; 64 * 1024],
    };
    // evcxr may end first.
    let _ = outlet.run();
    Ok(ExitCode::SUCCESS)
}

struct Outlet {
    /// Standard output and error, until they are closed.
    pipes: [Option<File>; 2],
    flush: File,
    sieve: Sieve,
    buffer: Vec<u8>,
}

impl Outlet {
    fn run(&mut self) -> std::io::Result<()> {
        let parent = std::os::unix::process::parent_id();
        let mut since = None;
        while self.pipes.iter().any(Option::is_some) {
            let waiting = self.sieve.has_text();
            let read = self.read(if waiting { QUIET } else { LOOK })?;
            let first = *since.get_or_insert_with(Instant::now);
            if !read && !waiting && std::os::unix::process::parent_id() != parent {
                break;
            }
            if self.sieve.over {
                self.end_cell()?;
            } else if !read || first.elapsed() > LONGEST {
                self.sieve.emit(false);
            }
            if !self.sieve.has_text() {
                since = None;
            }
            self.write()?;
        }
        self.sieve.drain();
        self.write()
    }

    /// The cell is over: what is still on its way belongs to it.
    fn end_cell(&mut self) -> std::io::Result<()> {
        let asked = self.flush.write_all(b"\n").is_ok();
        let late = Instant::now() + FLUSH;
        while asked && !self.sieve.flushed && Instant::now() < late {
            self.read(FLUSH)?;
            if self.pipes[0].is_none() {
                break;
            }
            self.write()?;
        }
        while self.read(Duration::ZERO)? && Instant::now() < late {}
        self.sieve.end();
        Ok(())
    }

    /// Reads what has come within `wait`, standard error first: its text was there
    /// before what standard output says of it. False if nothing has come.
    fn read(&mut self, wait: Duration) -> std::io::Result<bool> {
        let open = [1, 0].into_iter().filter(|at| self.pipes[*at].is_some()).collect::<Vec<_>>();
        let mut polled = open
            .iter()
            .filter_map(|at| Some(PollFd::new(self.pipes[*at].as_ref()?, PollFlags::IN)))
            .collect::<Vec<_>>();
        let ready = match poll(&mut polled, Some(&wait.try_into().map_err(io::Error::other)?)) {
            Err(Errno::INTR) => return Ok(true),
            ready => ready?,
        };
        let spoke = polled.iter().map(|polled| !polled.revents().is_empty()).collect::<Vec<_>>();
        for (at, _) in open.into_iter().zip(spoke).filter(|(_, spoke)| *spoke) {
            let Some(pipe) = &mut self.pipes[at] else { continue };
            match pipe.read(&mut self.buffer) {
                Ok(0) | Err(_) => self.pipes[at] = None,
                Ok(count) if at == 0 => self.sieve.stdout(&self.buffer[..count]),
                Ok(count) => self.sieve.stderr(&self.buffer[..count]),
            }
        }
        Ok(ready > 0)
    }

    fn write(&mut self) -> std::io::Result<()> {
        let mut out = std::io::stdout().lock();
        out.write_all(&std::mem::take(&mut self.sieve.out))?;
        out.flush()
    }
}
