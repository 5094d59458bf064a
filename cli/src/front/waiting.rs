//! While the set-up goes on: Jupyter finds a living kernel, the cells wait, and a
//! line under the first of them says for what and how long.
//!
//! Nothing of this is seen at an ordinary start: as long as the set-up has nothing
//! to say, what arrives is left for the [`Relay`](super::relay::Relay).

use super::doors::{Channel, Clients, Event};
use super::failure::{self, Failure};
use super::wire::{Key, Message, Parent};
use anyhow::Result;
use jupyter_protocol::Status;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::sync::{Notify, mpsc, oneshot};
use zeromq::SocketSend as _;

/// What the set-up has to say.
pub enum News {
    Line(String),
    Failed(String),
}

/// Repeats a set-up until it succeeds: after a failure, once `again` asks for it.
pub async fn set_up<T: Send + 'static>(
    make: impl Fn(&(dyn Fn(String) + Sync)) -> Result<T> + Send + Sync + 'static,
    news: mpsc::UnboundedSender<News>,
    again: Arc<Notify>,
) -> Result<T> {
    let make = Arc::new(make);
    loop {
        let (make, told) = (make.clone(), news.clone());
        let (answer, outcome) = oneshot::channel();
        tokio::task::spawn_blocking(move || {
            // Fails only if nobody listens any more.
            let say = |line| drop(told.send(News::Line(line)));
            let _ = answer.send(make(&say));
        });
        match outcome.await? {
            Ok(made) => return Ok(made),
            Err(error) => drop(news.send(News::Failed(format!("{error:#}")))),
        }
        again.notified().await;
    }
}

/// A kernel whose evcxr is not there yet.
pub struct Waiting {
    clients: Clients,
    key: Key,
    again: Arc<Notify>,
    /// What the set-up said last.
    line: Option<String>,
    /// How it failed, until a cell has said so.
    failed: Option<Failure>,
    /// Whether it is at work.
    running: bool,
    /// The cells with the line under them, the first of each client's session: a
    /// page that was loaded again shows nothing of what was sent to the former one.
    shown: Vec<(String, Parent)>,
    /// What will be for evcxr, in order.
    kept: VecDeque<Event>,
    pub ending: bool,
}

impl Waiting {
    pub fn new(clients: Clients, key: Key, again: Arc<Notify>) -> Self {
        Self {
            clients,
            key,
            again,
            line: None,
            failed: None,
            running: true,
            shown: Vec::new(),
            kept: VecDeque::new(),
            ending: false,
        }
    }

    /// Whether messages are to be handled here.
    pub fn listens(&self) -> bool {
        self.line.is_some() || self.failed.is_some()
    }

    /// The set-up has something to say.
    pub async fn tell(&mut self, news: News) -> Result<()> {
        match news {
            News::Line(line) => {
                if self.line.as_ref() == Some(&line) {
                    return Ok(());
                }
                self.line = Some(line);
                // The update reaches every display of its name.
                let Some((_, parent)) = self.shown.first() else { return Ok(()) };
                self.show("update_display_data", &parent.clone()).await
            }
            News::Failed(why) => {
                eprintln!("tp : {why}");
                self.running = false;
                let failure = Failure::new(failure::SET_UP, &why, None);
                // Without a cell that waits, the next one says it.
                if !self.fail(&failure).await? {
                    self.failed = Some(failure);
                }
                Ok(())
            }
        }
    }

    /// Reacts to one message; what cannot be read is dropped with a note.
    pub async fn handle(&mut self, event: Event) -> Result<()> {
        let Event::Client(channel, frames) = event else {
            self.kept.push_back(event);
            return Ok(());
        };
        let message = match Message::from_client(frames, &self.key) {
            Ok(message) => message,
            Err(error) => {
                eprintln!("message ignoré ({channel:?}) : {error:#}");
                return Ok(());
            }
        };
        let nothing = match message.kind() {
            "kernel_info_request" => kernel_info(),
            "history_request" => json!({"status": "ok", "history": []}),
            "comm_info_request" => json!({"status": "ok", "comms": {}}),
            "is_complete_request" => json!({"status": "complete"}),
            "complete_request" => {
                let at = &message.content()["cursor_pos"];
                json!({"status": "ok", "matches": [], "cursor_start": at, "cursor_end": at, "metadata": {}})
            }
            "inspect_request" => {
                json!({"status": "ok", "found": false, "data": {}, "metadata": {}})
            }
            "interrupt_request" => return self.interrupt(Some(message)).await,
            "shutdown_request" => {
                self.ending = true;
                let restart = &message.content()["restart"];
                return self
                    .answer(channel, &message, &json!({"status": "ok", "restart": restart}))
                    .await;
            }
            "execute_request" => return self.execute(message).await,
            _ => {
                self.kept.push_back(Event::Client(channel, message.into_frames()));
                return Ok(());
            }
        };
        self.answer(channel, &message, &nothing).await
    }

    async fn execute(&mut self, message: Message) -> Result<()> {
        let silent = message.content()["silent"].as_bool().unwrap_or(false);
        let (session, parent) = (message.header.session.clone(), message.as_parent());
        self.kept.push_back(Event::Client(Channel::Shell, message.into_frames()));
        if let Some(failure) = self.failed.take() {
            return self.fail(&failure).await.map(drop);
        }
        if !self.running {
            self.running = true;
            self.line = Some(AGAIN.to_owned());
            self.again.notify_one();
        }
        if !silent && self.shown.iter().all(|(shown, _)| *shown != session) {
            self.publish(Message::new(Status::busy(), &parent, &self.key)?).await?;
            self.show("display_data", &parent).await?;
            self.shown.push((session, parent));
        }
        Ok(())
    }

    /// Stops the cells that wait, as a client's request or for SIGINT.
    pub async fn interrupt(&mut self, request: Option<Message>) -> Result<()> {
        if let Some(request) = request {
            self.answer(Channel::Control, &request, &json!({"status": "ok"})).await?;
        }
        let why = "cellule interrompue avant d’avoir commencé\u{a0}; l’installation continue";
        self.fail(&Failure::new(failure::INTERRUPTED, why, None)).await.map(drop)
    }

    /// The line is taken back; what has come in the meantime is for the relay.
    pub async fn end(mut self) -> Result<(Clients, VecDeque<Event>)> {
        self.hide().await?;
        Ok((self.clients, self.kept))
    }

    /// Says the line, as a new display or as what the former ones show from now on.
    async fn show(&mut self, kind: &str, parent: &Parent) -> Result<()> {
        let first = self.shown.first().map_or(parent, |(_, first)| first);
        let display = json!({
            "data": {"text/plain": self.line}, "metadata": {},
            "transient": {"display_id": format!("attente-{}", first.id)},
        });
        self.publish(Message::of(kind, &display, parent, &self.key)?).await
    }

    /// Takes the line away.
    async fn hide(&mut self) -> Result<()> {
        for (_, parent) in std::mem::take(&mut self.shown) {
            let clear = Message::of("clear_output", &json!({"wait": false}), &parent, &self.key)?;
            self.publish(clear).await?;
        }
        Ok(())
    }

    /// The cell that an event asks to run.
    fn cell(&self, event: &Event) -> Option<Message> {
        let Event::Client(Channel::Shell, frames) = event else { return None };
        let message = Message::from_client(frames.clone(), &self.key).ok()?;
        (message.kind() == "execute_request").then_some(message)
    }

    /// The cells that wait fail: the first with this failure, those behind it as
    /// Jupyter has it. Returns whether there was one.
    async fn fail(&mut self, failure: &Failure) -> Result<bool> {
        self.hide().await?;
        let (mut found, mut stopped) = (false, false);
        for event in std::mem::take(&mut self.kept) {
            let Some(message) = self.cell(&event) else {
                self.kept.push_back(event);
                continue;
            };
            found = true;
            if stopped {
                self.answer(Channel::Shell, &message, &json!({"status": "aborted"})).await?;
                continue;
            }
            let parent = message.as_parent();
            self.publish(Message::new(failure.output(), &parent, &self.key)?).await?;
            self.answer(Channel::Shell, &message, &failure.reply(&Value::Null)).await?;
            stopped = message.content()["stop_on_error"].as_bool().unwrap_or(true);
        }
        Ok(found)
    }

    /// Answers a request, busy before and idle after.
    async fn answer(&mut self, channel: Channel, request: &Message, content: &Value) -> Result<()> {
        let parent = request.as_parent();
        let kind = request.kind().replace("_request", "_reply");
        let mut reply = Message::of(&kind, content, &parent, &self.key)?;
        reply.identities = request.identities.clone();
        self.publish(Message::new(Status::busy(), &parent, &self.key)?).await?;
        let door = match channel {
            Channel::Control => &mut self.clients.control,
            _ => &mut self.clients.shell,
        };
        // Fails only if the client is gone.
        let _ = door.send(reply.into_frames()).await;
        self.publish(Message::new(Status::idle(), &parent, &self.key)?).await
    }

    async fn publish(&mut self, message: Message) -> Result<()> {
        Ok(self.clients.iopub.send(message.into_frames()).await?)
    }
}

/// Until a new attempt says more.
const AGAIN: &str = "… L’installation reprend…";

/// What evcxr_jupyter says of its language, which JupyterLab asks for once only.
fn kernel_info() -> Value {
    json!({
        "status": "ok",
        "protocol_version": "5.3",
        "implementation": "tp",
        "implementation_version": env!("CARGO_PKG_VERSION"),
        "language_info": {
            "name": "Rust",
            "version": "",
            "mimetype": "text/rust",
            "file_extension": ".rs",
            "pygment_lexer": "rust",
            "codemirror_mode": "rust",
        },
        "banner": "Rust (TP MNIST)",
        "help_links": [{"text": "Rust std docs", "url": "https://doc.rust-lang.org/stable/std/"}],
    })
}
