//! Who says what to whom: the state of the front and its reaction to each message.

use super::cell::Cell;
use super::cursor;
use super::doors::{Channel, Clients, Event, Kernel};
use super::history::History;
use super::impls::Impls;
use super::library;
use super::named::Unnamed;
use super::refuse;
use super::signs::Signs;
use super::stream::{Gathered, Seq};
use super::wire::{Key, Message, Parent};
use anyhow::Result;
use serde_json::json;
use std::collections::VecDeque;
use std::path::PathBuf;
use tokio::time::Instant;
use zeromq::SocketSend as _;

/// The front between Jupyter and evcxr_jupyter.
pub struct Relay {
    pub(super) clients: Clients,
    pub(super) kernel: Kernel,
    pub(super) key: Key,
    /// Where evcxr writes the code it compiles (`EVCXR_TMPDIR`).
    pub(super) sources: Option<PathBuf>,
    /// Where the library is, for notebooks that were moved away from it.
    library: Option<PathBuf>,
    /// Requests on shell that wait for the cell that runs.
    pub(super) waiting: VecDeque<Message>,
    pub(super) cell: Option<Cell>,
    /// The last cell, to which late lines belong.
    pub(super) last: Option<Parent>,
    pub(super) gathered: Gathered,
    /// The last marked line that has come.
    pub(super) seen: Option<Seq>,
    pub(super) history: History,
    /// What is said to the library.
    pub(super) signs: Signs,
    /// The score, as long as no cell has told its notebook.
    pub(super) unnamed: Option<Unnamed>,
    pub(super) impls: Impls,
    /// A question of the cell that no client has answered yet.
    pub(super) question: Option<Message>,
    /// The last completion asked for, by its request: its code.
    asked: Option<(String, String)>,
    /// The `shutdown_request` under way.
    pub(super) shutdown: Option<Message>,
}

impl Relay {
    pub fn new(
        clients: Clients,
        kernel: Kernel,
        key: Key,
        signs: Signs,
        sources: Option<PathBuf>,
        library: Option<PathBuf>,
    ) -> Self {
        Self {
            clients,
            kernel,
            key,
            signs,
            unnamed: None,
            sources,
            library,
            waiting: VecDeque::new(),
            cell: None,
            last: None,
            gathered: Gathered::default(),
            seen: None,
            history: History::default(),
            impls: Impls::default(),
            question: None,
            asked: None,
            shutdown: None,
        }
    }

    /// Reacts to one message; what cannot be read is dropped with a note.
    pub async fn handle(&mut self, event: Event) -> Result<()> {
        let (channel, message) = match event {
            Event::Client(channel, frames) => {
                (channel, Message::from_client(frames, &self.key).map(Ok))
            }
            Event::Kernel(channel, frames) => (channel, Message::from_kernel(frames).map(Err)),
        };
        match (channel, message) {
            (_, Err(error)) => eprintln!("message ignoré ({channel:?}) : {error:#}"),
            (Channel::Shell, Ok(Ok(message))) => {
                self.waiting.push_back(message);
                self.pump().await?;
            }
            (Channel::Control, Ok(Ok(message))) => self.control(message).await?,
            (Channel::Stdin, Ok(Ok(message))) => {
                self.question = None;
                self.kernel.stdin.send(message.into_frames()).await?;
            }
            (Channel::Iopub, Ok(Ok(_))) => {}
            (Channel::Shell, Ok(Err(message))) => self.reply(message).await?,
            (Channel::Control, Ok(Err(message))) => self.control_reply(message).await?,
            (Channel::Stdin, Ok(Err(message))) => self.ask(message).await?,
            (Channel::Iopub, Ok(Err(message))) => self.output(message).await?,
        }
        Ok(())
    }

    /// When [`Relay::tick`] has something to do.
    pub fn due(&self) -> Option<Instant> {
        let cell = self.cell.as_ref();
        let killed = cell.and_then(|cell| cell.killed_at);
        [self.gathered.due(), cell.and_then(Cell::hold_due), cell.and_then(Cell::over_at), killed]
            .into_iter()
            .flatten()
            .min()
    }

    /// Does what is due.
    pub async fn tick(&mut self) -> Result<()> {
        let now = Instant::now();
        let past = |due: Option<Instant>| due.is_some_and(|due| due <= now);
        if past(self.cell.as_ref().and_then(Cell::hold_due)) {
            self.release().await?;
        }
        if past(self.gathered.due()) {
            self.flush().await?;
        }
        if past(self.cell.as_ref().and_then(|cell| cell.killed_at)) {
            self.lose_patience(now).await?;
        }
        if self.cell.as_ref().and_then(Cell::over_at).is_some_and(|due| due <= now) {
            self.finish().await?;
        }
        Ok(())
    }

    /// Whether a client has asked the kernel to end.
    pub fn ending(&self) -> bool {
        self.shutdown.is_some()
    }

    /// Sends on what may be sent: everything up to the first cell.
    pub(super) async fn pump(&mut self) -> Result<()> {
        while self.cell.is_none()
            && let Some(message) = self.waiting.pop_front()
        {
            match message.kind() {
                "execute_request" if self.refuse(&message).await? => {}
                "execute_request" => {
                    let message = refuse::put_right(message, &self.key)?;
                    let message = library::found(message, self.library.as_deref(), &self.key)?;
                    let cell = Cell::new(&message);
                    self.unnamed
                        .take_if(|score| cell.id.as_deref().is_some_and(|id| score.found(id)));
                    self.signs.lower();
                    self.signs.tell_answer(&self.history, &cell.code);
                    self.last = Some(cell.request.clone());
                    self.cell = Some(cell);
                    let message = self.impls.marked(message, &self.key)?;
                    self.kernel.shell.send(message.into_frames()).await?;
                }
                "complete_request" | "inspect_request" => {
                    let mut content = message.content();
                    cursor::to_evcxr(&mut content);
                    let code = content["code"].as_str().unwrap_or_default().to_owned();
                    self.asked = Some((message.header.msg_id.clone(), code));
                    let message = message.rewritten(None, &content, &self.key)?;
                    self.kernel.shell.send(message.into_frames()).await?;
                }
                // evcxr leaves these two without an answer.
                "history_request" => {
                    self.answer(&message, json!({"status": "ok", "history": []})).await?
                }
                "comm_info_request" => {
                    self.answer(&message, json!({"status": "ok", "comms": {}})).await?
                }
                _ => self.kernel.shell.send(message.into_frames()).await?,
            }
        }
        Ok(())
    }

    async fn control(&mut self, message: Message) -> Result<()> {
        match message.kind() {
            "interrupt_request" => return self.interrupt(Some(message)).await,
            "shutdown_request" => self.shutdown = Some(message.clone()),
            _ => {}
        }
        Ok(self.kernel.control.send(message.into_frames()).await?)
    }

    async fn control_reply(&mut self, message: Message) -> Result<()> {
        match message.kind() {
            "shutdown_reply" => self.shutdown = None,
            // The process is killed; evcxr itself may still wait for an answer.
            "interrupt_reply" => self.answer_question().await?,
            _ => {}
        }
        if !message.identities.is_empty() {
            // Fails only if the client is gone.
            let _ = self.clients.control.send(message.into_frames()).await;
        }
        Ok(())
    }

    /// A reply of evcxr on shell.
    async fn reply(&mut self, message: Message) -> Result<()> {
        if let Some(cell) = self.cell_of(&message)
            && message.kind() == "execute_reply"
        {
            cell.touch();
            cell.execution_count = message.content()["execution_count"].clone();
            cell.reply = Some(message);
            // It has ended: there is nothing left to kill.
            cell.killed_at = None;
        } else if message.kind() == "complete_reply"
            && let Some((_, code)) =
                self.asked.take_if(|(id, _)| message.parent_id().as_ref() == Some(id))
        {
            let mut content = message.content();
            cursor::from_evcxr(&mut content, &code);
            let message = message.rewritten(None, &content, &self.key)?;
            let _ = self.clients.shell.send(message.into_frames()).await;
        } else {
            let _ = self.clients.shell.send(message.into_frames()).await;
        }
        Ok(())
    }

    /// A question of the cell for the client that runs it.
    async fn ask(&mut self, message: Message) -> Result<()> {
        self.flush().await?;
        self.question = Some(message.clone());
        if self.clients.stdin.send(message.into_frames()).await.is_err() {
            self.answer_question().await?;
        }
        Ok(())
    }

    /// Answers a question with nothing, for evcxr not to wait for ever.
    async fn answer_question(&mut self) -> Result<()> {
        let Some(question) = self.question.take() else { return Ok(()) };
        let answer = question.rewritten(Some("input_reply"), &json!({"value": ""}), &self.key)?;
        Ok(self.kernel.stdin.send(answer.into_frames()).await?)
    }

    /// The cell that runs, if the message belongs to it.
    pub(super) fn cell_of(&mut self, message: &Message) -> Option<&mut Cell> {
        let parent = message.parent_id()?;
        self.cell.as_mut().filter(|cell| cell.request.id == parent)
    }
}
