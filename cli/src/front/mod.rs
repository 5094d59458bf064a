//! The front: a proxy of the Jupyter protocol before a stock evcxr_jupyter.
//!
//! ```text
//! Jupyter ── five ports ── front ── five other ports ── evcxr_jupyter ── the student's process
//! ```
//!
//! evcxr shows lines only, one figure a cell and only at its end, calls a panic
//! a success and leaves compile errors without a name. The front changes what
//! passes: marked lines become displays that can be updated ([`stream`]),
//! failures become Jupyter errors ([`failure`]; a blank, a calm panel: [`blank`]), those of the compiler drawn in one
//! form ([`diagnostic`]), with a line of help in French ([`advice`]), the cells behind
//! a failed one are not run ([`relay`]), and ■ stops a training without the loss of the
//! variables ([`interrupt`]).
//! Everything else goes through byte for byte ([`wire`]). What the student's
//! process writes is sorted before evcxr reads it ([`outlet`]), and some cells are
//! answered without evcxr ([`refuse`]).
//!
//! It adds 2.6 ms to a cell that shows a value, 4.6 ms to one that prints and
//! 4.8 ms to one that does neither, most of it the wait for late lines ([`cell`]);
//! evcxr's compiler takes about 200. (Medians of 300 cells in front of a stand-in
//! that answers at once: `cargo test -p tp --test installed latency -- --ignored
//! --nocapture`.)
//!
//! The library learns from a variable ([`FRONT`](crate::protocol::FRONT)) that its marked
//! lines are understood.

mod advice;
mod answers;
mod blank;
mod case;
mod cell;
mod child;
mod cursor;
mod diagnostic;
mod doors;
mod failure;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
mod history;
mod impls;
mod interrupt;
mod kept;
mod library;
mod named;
mod outlet;
mod outputs;
mod past;
mod phrases;
mod refuse;
mod relay;
mod scan;
mod signs;
mod stream;
mod waiting;
mod wire;
mod words;

use crate::protocol;
use anyhow::{Context as _, Result, bail};
use child::Child;
pub use failure::{COMPILATION, NOT_RUN, TOO_LONG, called};
use jupyter_protocol::ConnectionInfo;
pub use named::SCORES;
use named::Unnamed;
pub use outlet::{Args as OutletArgs, run as run_outlet};
use relay::Relay;
use signs::Signs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use waiting::Waiting;

/// How often evcxr is started again when another program took one of its ports.
const ATTEMPTS: usize = 5;
/// How long evcxr may take to confirm a shutdown, and then to end.
const SHUTDOWN: Duration = Duration::from_secs(1);
/// How long the last messages get to leave.
const FAREWELL: Duration = Duration::from_millis(200);

/// Gives the command that starts evcxr_jupyter, environment and folder included.
pub type Evcxr = Box<dyn Fn() -> Command + Send>;

/// Serves the kernel of `connection_file` with evcxr_jupyter until one of them
/// ends. What `set_up` and `prepare` do happens while the ports are already open:
/// Jupyter sees a kernel that is slow to start, not one that is dead. What `set_up`
/// says meanwhile stands under the first cell that waits for it; should it fail, so
/// does that cell, and the next one tries it again ([`waiting`]).
///
/// Returns how evcxr_jupyter ended: not with success unless Jupyter asked for it.
pub fn serve<T: Send + 'static>(
    connection_file: &Path,
    set_up: impl Fn(&(dyn Fn(String) + Sync)) -> Result<T> + Send + Sync + 'static,
    prepare: impl FnOnce(T) -> Result<Evcxr> + Send + 'static,
) -> Result<ExitStatus> {
    let name = connection_file.display();
    let text =
        std::fs::read_to_string(connection_file).with_context(|| format!("{name} illisible"))?;
    let info: ConnectionInfo = serde_json::from_str(&text)
        .with_context(|| format!("{name}\u{a0}: pas un fichier de connexion de Jupyter"))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let status = runtime.block_on(proxy(&info, set_up, prepare));
    // A preparation that Jupyter no longer waits for is not waited for here.
    runtime.shutdown_background();
    status
}

async fn proxy<T: Send + 'static>(
    info: &ConnectionInfo,
    set_up: impl Fn(&(dyn Fn(String) + Sync)) -> Result<T> + Send + Sync + 'static,
    prepare: impl FnOnce(T) -> Result<Evcxr> + Send + 'static,
) -> Result<ExitStatus> {
    let key = wire::Key::new(&info.key, &info.signature_scheme)?;
    let (queue, mut events) = mpsc::channel(1024);
    let clients = doors::open(info, &queue).await?;
    let mut signals = Signals::new()?;
    let mut orphaned = std::pin::pin!(orphaned());

    let (news, mut told) = mpsc::unbounded_channel();
    let again = Arc::new(Notify::new());
    let mut waiting = Waiting::new(clients, key.clone(), again.clone());

    let mut start = std::pin::pin!(async {
        let made = waiting::set_up(set_up, news, again).await?;
        let evcxr = tokio::task::spawn_blocking(|| prepare(made)).await??;
        let command = evcxr();
        let folder = |wanted: &str| {
            let variable = command.get_envs().find(|(name, _)| *name == wanted);
            variable.and_then(|(_, folder)| folder.map(PathBuf::from))
        };
        let folders = (folder(signs::FOLDER), folder(protocol::LIBRARY), Unnamed::of(&command));
        let (child, kernel) = connect(info, &evcxr, &queue).await?;
        anyhow::Ok((evcxr, child, kernel, folders))
    });
    let (_evcxr, mut child, kernel, (sources, library, unnamed)) = loop {
        tokio::select! {
            biased;
            signal = signals.next() => match signal {
                Signal::Interrupt => waiting.interrupt(None).await?,
                Signal::End => return Ok(ExitStatus::default()),
            },
            () = &mut orphaned => bail!("Jupyter a disparu"),
            Some(news) = told.recv() => waiting.tell(news).await?,
            Some(event) = events.recv(), if waiting.listens() => {
                waiting.handle(event).await?;
                if waiting.ending {
                    sleep(FAREWELL).await;
                    return Ok(ExitStatus::default());
                }
            },
            started = &mut start => break started?,
        }
    };
    let (clients, kept) = waiting.end().await?;
    let signs = Signs::new(sources.clone(), child.group());
    let mut relay = Relay::new(clients, kernel, key, signs, sources, library);
    relay.unnamed = unnamed;
    for event in kept {
        relay.handle(event).await?;
    }
    let mut shutdown: Option<Instant> = None;

    loop {
        let due = relay.due();
        tokio::select! {
            biased;
            signal = signals.next() => match signal {
                Signal::Interrupt => relay.interrupt(None).await?,
                Signal::End => break Ok(child.kill().await?),
            },
            () = &mut orphaned => {
                eprintln!("Jupyter a disparu\u{a0}: le noyau s’arrête");
                break Ok(child.kill().await?);
            }
            event = events.recv() => if let Some(event) = event {
                relay.handle(event).await?;
                if relay.ending() && shutdown.is_none() {
                    shutdown = Some(Instant::now() + SHUTDOWN);
                }
            },
            () = until(due) => relay.tick().await?,
            () = until(shutdown) => {
                relay.confirm_shutdown().await?;
                sleep(FAREWELL).await;
                child.kill().await?;
                break Ok(ExitStatus::default());
            }
            status = child.wait() => {
                let status = status?;
                // What evcxr said last is on its way.
                while let Ok(Some(event)) = timeout(FAREWELL, events.recv()).await {
                    relay.handle(event).await?;
                }
                if shutdown.is_none() {
                    let why = format!(
                        "le noyau evcxr s’est arrêté ({status}) ; redémarrez-le, puis relancez les cellules"
                    );
                    eprintln!("{why}");
                    relay.bury(&why, child.last_words()).await?;
                }
                relay.confirm_shutdown().await?;
                sleep(FAREWELL).await;
                break Ok(status);
            }
        }
    }
}

/// Starts evcxr and connects to it.
async fn connect(
    info: &ConnectionInfo,
    evcxr: &Evcxr,
    queue: &mpsc::Sender<doors::Event>,
) -> Result<(Child, doors::Kernel)> {
    let mut attempt = 1;
    loop {
        let (mut child, inner) = Child::start(evcxr(), info)?;
        tokio::select! {
            kernel = doors::connect(&inner, queue) => return Ok((child, kernel.context("connexion à evcxr")?)),
            status = child.wait() => {
                let status = status?;
                child.hear_out().await;
                let words = child.last_words();
                if attempt == ATTEMPTS || !child.port_was_taken() {
                    bail!("evcxr_jupyter s’est arrêté au démarrage ({status})\n{words}");
                }
                attempt += 1;
            }
        }
    }
}

async fn until(due: Option<Instant>) {
    match due {
        Some(due) => sleep_until(due).await,
        None => std::future::pending().await,
    }
}

/// Ends when the Jupyter that started this kernel is gone. (It says who it is
/// in `JPY_PARENT_PID`, unless it wants the kernel to outlive it.)
async fn orphaned() {
    if std::env::var_os("JPY_PARENT_PID").is_some() {
        let parent = std::os::unix::process::parent_id();
        while std::os::unix::process::parent_id() == parent {
            sleep(Duration::from_secs(1)).await;
        }
        return;
    }
    std::future::pending().await
}

enum Signal {
    Interrupt,
    End,
}

/// SIGINT, Jupyter's other way to interrupt, and SIGTERM.
struct Signals(tokio::signal::unix::Signal, tokio::signal::unix::Signal);

impl Signals {
    fn new() -> Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self(signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?))
    }

    async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.0.recv() => Signal::Interrupt,
            _ = self.1.recv() => Signal::End,
        }
    }
}
