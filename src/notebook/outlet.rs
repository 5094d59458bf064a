//! The way out of the student's process: everything it writes goes through a
//! process of `tp` that evcxr's lines and the cells' text leave well apart.
//!
//! evcxr reads lines of UTF-8 with its own words between them. Other bytes, an
//! unfinished line, or more text than it can send on make it give wrong answers,
//! or take all memory. A variable names the program that stands
//! between; what it reads it passes on even after a crash of this process.

#[cfg(target_os = "linux")]
mod open {
    use std::io::{self, PipeReader, Read as _, Write as _};
    use std::os::fd::{AsRawFd, FromRawFd as _, OwnedFd};
    use std::process::{Command, Stdio};
    use std::sync::atomic::{AtomicBool, Ordering};

    use crate::notebook::orders;
    use crate::protocol;

    static OPEN: AtomicBool = AtomicBool::new(false);

    /// Whether standard output goes through the outlet.
    pub fn is_open() -> bool {
        OPEN.load(Ordering::Relaxed)
    }

    /// Starts the outlet, once and if it is there; what fails leaves things as they
    /// are.
    pub fn open() {
        if let Some(program) = std::env::var_os(protocol::OUTLET)
            && !OPEN.swap(true, Ordering::Relaxed)
        {
            OPEN.store(start(&program).is_ok(), Ordering::Relaxed);
        }
    }

    fn start(program: &std::ffi::OsStr) -> io::Result<()> {
        let (stdout, out) = io::pipe()?;
        let (stderr, err) = io::pipe()?;
        let (asked, ask) = io::pipe()?;
        let (stderr, ask) = (inherited(&stderr)?, inherited(&ask)?);
        Command::new(program)
            .arg("outlet")
            .args([&stderr, &ask].map(|fd| fd.as_raw_fd().to_string()))
            .stdin(Stdio::from(stdout))
            .spawn()?;
        std::thread::Builder::new().name("outlet".into()).spawn(|| flush_when(asked))?;
        for (pipe, fd) in [(&out, libc::STDOUT_FILENO), (&err, libc::STDERR_FILENO)] {
            // SAFETY: both are open; what stood at `fd` lives on in the outlet.
            if unsafe { libc::dup2(pipe.as_raw_fd(), fd) } < 0 {
                return Err(io::Error::last_os_error());
            }
        }
        // Where this fails a cell that reads standard input waits for ■.
        let _ = orders::set_aside();
        orders::lend_input(false);
        Ok(())
    }

    /// A copy that the program started next inherits.
    fn inherited(fd: &impl AsRawFd) -> io::Result<OwnedFd> {
        // SAFETY: `fd` is open.
        let copy = unsafe { libc::dup(fd.as_raw_fd()) };
        if copy < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the copy was made for us.
        Ok(unsafe { OwnedFd::from_raw_fd(copy) })
    }

    /// Empties the buffer of standard output whenever the outlet asks, which it does
    /// at the end of each cell; the first time evcxr's runtime gets its last order.
    fn flush_when(mut asked: PipeReader) {
        while asked.read_exact(&mut [0]).is_ok() {
            orders::open_gate();
            let mut out = io::stdout().lock();
            let _ = out.write_all(b"\x1eMNIST_TP_FLUSHED\n").and_then(|()| out.flush());
        }
    }
}

#[cfg(target_os = "linux")]
pub use open::{is_open, open};

/// Standard output goes straight to evcxr on other systems.
#[cfg(not(target_os = "linux"))]
pub fn is_open() -> bool {
    false
}

/// Nothing to open.
#[cfg(not(target_os = "linux"))]
pub fn open() {}
