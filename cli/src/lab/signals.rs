//! What ends `tp lab`: Ctrl-C, a request of the system, the end of the terminal.

use anyhow::Result;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Why it is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    Interrupt,
    Terminate,
    /// The terminal is gone: nothing can be said any more.
    HangUp,
}

/// The signals that ask for it.
pub struct Stop {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
}

impl Stop {
    pub fn new() -> Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    pub async fn next(&mut self) -> Cause {
        tokio::select! {
            _ = self.interrupt.recv() => Cause::Interrupt,
            _ = self.terminate.recv() => Cause::Terminate,
            _ = self.hang_up.recv() => Cause::HangUp,
        }
    }
}
