//! While the set-up goes on: Jupyter finds a living kernel, the cells wait, and a
//! line under the first of them says for what and how long.
//!
//! Nothing of this is seen at an ordinary start: as long as the set-up has nothing
//! to say, what arrives is left for the [`Relay`](super::relay::Relay).

use super::doors::{Channel, Clients, Event};
use super::failure::{self, Failure};
use super::wire::{Key, Message, Parent};
use anyhow::Result;
use bytes::Bytes;
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
    /// The cell with the line under it, and the line.
    shown: Option<(Parent, String)>,
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
            shown: None,
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
                self.line = Some(line);
                self.show().await
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
        self.kept.push_back(Event::Client(Channel::Shell, message.into_frames()));
        if let Some(failure) = self.failed.take() {
            self.fail(&failure).await?;
            return Ok(());
        }
        if !self.running {
            self.running = true;
            self.line = Some(AGAIN.to_owned());
            self.again.notify_one();
        }
        self.show().await
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

    /// Puts the line under the first cell that waits, or what it says now.
    async fn show(&mut self) -> Result<()> {
        let Some(line) = self.line.clone() else { return Ok(()) };
        let (kind, parent) = match &self.shown {
            Some((_, former)) if *former == line => return Ok(()),
            Some((parent, _)) => ("update_display_data", parent.clone()),
            None => {
                let Some(parent) = self.first_cell() else { return Ok(()) };
                self.publish(Message::new(Status::busy(), &parent, &self.key)?).await?;
                ("display_data", parent)
            }
        };
        let display = json!({
            "data": {"text/plain": line}, "metadata": {},
            "transient": {"display_id": format!("attente-{}", parent.id)},
        });
        self.shown = Some((parent.clone(), line));
        self.publish(Message::of(kind, &display, &parent, &self.key)?).await
    }

    async fn hide(&mut self) -> Result<()> {
        let Some((parent, _)) = self.shown.take() else { return Ok(()) };
        let clear = Message::of("clear_output", &json!({"wait": false}), &parent, &self.key)?;
        self.publish(clear).await
    }

    /// The first cell that waits and shows what it does.
    fn first_cell(&self) -> Option<Parent> {
        self.kept.iter().filter_map(|event| self.cell(event)).find_map(|message| {
            let silent = message.content()["silent"].as_bool().unwrap_or(false);
            (!silent).then(|| message.as_parent())
        })
    }

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
        reply.identities = request.identities.clone() as Vec<Bytes>;
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
const AGAIN: &str = "⏳ L’installation reprend…";

/// What evcxr_jupyter will say of itself.
fn kernel_info() -> Value {
    json!({
        "status": "ok",
        "protocol_version": "5.3",
        "implementation": "evcxr_jupyter",
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
