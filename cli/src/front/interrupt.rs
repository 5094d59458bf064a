//! ■: first the library is asked to stop the cell, which costs nothing; a cell that
//! does not listen is ended by evcxr, together with the student's process.
//!
//! The library looks for a sign (see [`signs`](super::signs)) at each step of its loops,
//! and its call then returns an error.

use super::cell::Cell;
use super::failure::{self, Failure};
use super::relay::Relay;
use super::wire::Message;
use crate::protocol;
use anyhow::Result;
use jupyter_protocol::InterruptRequest;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::Instant;
use zeromq::SocketSend as _;

/// How long the library has to stop the cell.
const PATIENCE: Duration = Duration::from_secs(2);

/// What evcxr says when the student's process has ended.
const TERMINATED: &str = "Subprocess terminated with status: ";

/// How often it is looked whether the cell still compiles.
const LOOK: Duration = Duration::from_millis(200);

impl Relay {
    /// Ends the cell, as a client's request or SIGINT wants it.
    pub async fn interrupt(&mut self, request: Option<Message>) -> Result<()> {
        let asking = self.question.is_some();
        match &mut self.cell {
            // evcxr would kill the idle process, and with it every variable.
            Some(cell) if cell.reply.is_none() => {
                let again = std::mem::replace(&mut cell.interrupted, true);
                let heard =
                    !asking && if again { cell.killed_at.is_some() } else { self.signs.raise() };
                if !heard {
                    return self.kill(request).await;
                }
                cell.killed_at.get_or_insert_with(|| Instant::now() + PATIENCE);
            }
            Some(cell) => cell.interrupted = true,
            None => {}
        }
        match request {
            Some(request) => self.answer_control(&request, &json!({"status": "ok"})).await,
            None => Ok(()),
        }
    }

    /// The library has not stopped the cell.
    pub(super) async fn lose_patience(&mut self, now: Instant) -> Result<()> {
        match &mut self.cell {
            Some(cell) if self.signs.compiling() => {
                cell.compiled = true;
                cell.killed_at = Some(now + LOOK);
                Ok(())
            }
            // What it was compiled to must have the time to listen.
            Some(cell) if cell.compiled => {
                cell.compiled = false;
                cell.killed_at = Some(now + PATIENCE);
                Ok(())
            }
            _ => self.kill(None).await,
        }
    }

    /// Lets evcxr end the student's process.
    pub(super) async fn kill(&mut self, request: Option<Message>) -> Result<()> {
        let Some(cell) = &mut self.cell else { return Ok(()) };
        cell.killed_at = None;
        let request = match request {
            Some(request) => request,
            // No identity: the reply will find nobody.
            None => Message::new(InterruptRequest {}, &cell.request, &self.key)?,
        };
        Ok(self.kernel.control.send(request.into_frames()).await?)
    }

    /// What is said of the end of the student's process, where an error of evcxr's
    /// tells of one: what is lost, what is not, and what brings it back.
    pub(super) fn lost(&mut self, error: &Value) -> Option<Failure> {
        let status = error["evalue"].as_str()?.split(TERMINATED).nth(1)?;
        let cell = self.cell.as_ref()?;
        let kept = "Les fonctions, les types et les «\u{a0}use\u{a0}» sont gardés, votre score aussi \
                    (`bilan()`)\u{a0}; seules les variables sont perdues.";
        let (name, evalue) = if cell.interrupted {
            let why = "cellule interrompue\u{a0}; elle ne s’arrêtait pas d’elle-même, et les variables sont \
                       perdues avec son programme";
            (failure::INTERRUPTED, why.to_owned())
        } else {
            let cause = cause(status);
            let why = format!(
                "le programme s’est arrêté ({status}{cause})\u{a0}; les variables sont perdues avec lui"
            );
            (failure::DEAD, why)
        };
        let more = format!("{kept}\n{}", self.history.again());
        self.history.clear();
        Some(Failure::new(name, &evalue, Some(more)))
    }
}

impl Cell {
    /// The failure under the name that an interruption has, where it comes from one.
    pub fn named(&self, failure: Failure) -> Failure {
        let ours = [failure::ERROR, protocol::PANIC].contains(&failure.ename.as_str());
        if !(self.interrupted && ours && failure.evalue.contains("interromp")) {
            return failure;
        }
        if failure.evalue.contains("Interrupted {") {
            // By `unwrap()`: what it says is meant for Rust, not for a reader.
            let evalue = "cellule interrompue\u{a0}; les variables définies par les autres cellules sont gardées";
            return Failure::new(failure::INTERRUPTED, evalue, None);
        }
        let more = failure.traceback.into_iter().skip_while(|line| !line.contains(&failure.ename));
        let more: Vec<String> = more.skip(1).collect();
        Failure::new(
            failure::INTERRUPTED,
            &failure.evalue,
            (!more.is_empty()).then(|| more.join("\n")),
        )
    }
}

/// What most often ends a program with this status, to follow it.
fn cause(status: &str) -> &'static str {
    match status {
        _ if status.contains("SIGSEGV") => {
            ", souvent une fonction qui s’appelle elle-même sans fin"
        }
        _ if ["SIGABRT", "SIGKILL"].iter().any(|name| status.contains(name)) => {
            ", souvent la mémoire qui manque"
        }
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_are_guessed_for_what_ends_programs() {
        assert!(cause("signal: 9 (SIGKILL)").contains("mémoire"));
        assert_eq!(cause("exit status: 3"), "");
    }
}
