//! Who says what to whom: the state of the front and its reaction to each message.

use super::cell::Cell;
use super::doors::{Channel, Clients, Event, Kernel};
use super::failure::{self, Failure};
use super::stream::{self, Gathered, Line};
use super::wire::{Key, Message, Parent};
use anyhow::Result;
use jupyter_protocol::{InterruptRequest, JupyterMessageContent, Status};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::path::PathBuf;
use tokio::time::Instant;
use zeromq::SocketSend as _;

/// The front between Jupyter and evcxr_jupyter.
pub struct Relay {
    pub clients: Clients,
    pub kernel: Kernel,
    pub key: Key,
    /// Where evcxr writes the code it compiles (`EVCXR_TMPDIR`).
    pub sources: Option<PathBuf>,
    /// Requests on shell that wait for the cell that runs.
    waiting: VecDeque<Message>,
    cell: Option<Cell>,
    /// The last cell, to which late lines belong.
    last: Option<Parent>,
    gathered: Gathered,
    /// A question of the cell that no client has answered yet.
    question: Option<Message>,
    /// The `shutdown_request` under way.
    shutdown: Option<Message>,
}

impl Relay {
    pub fn new(clients: Clients, kernel: Kernel, key: Key, sources: Option<PathBuf>) -> Self {
        Self {
            clients,
            kernel,
            key,
            sources,
            waiting: VecDeque::new(),
            cell: None,
            last: None,
            gathered: Gathered::default(),
            question: None,
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
            (Channel::Control, Ok(Err(message))) => self.control_reply(message).await,
            (Channel::Stdin, Ok(Err(message))) => self.ask(message).await?,
            (Channel::Iopub, Ok(Err(message))) => self.output(message).await?,
        }
        Ok(())
    }

    /// When [`Relay::tick`] has something to do.
    pub fn due(&self) -> Option<Instant> {
        let cell = self.cell.as_ref();
        [self.gathered.due(), cell.and_then(Cell::hold_due), cell.and_then(Cell::over_at)]
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
        if past(self.cell.as_ref().and_then(Cell::over_at)) {
            self.finish().await?;
        }
        Ok(())
    }

    /// Asks evcxr to interrupt the cell, as a client's request or for SIGINT.
    pub async fn interrupt(&mut self, request: Option<Message>) -> Result<()> {
        let Some(cell) = &mut self.cell else {
            // evcxr would kill the idle process, and with it every variable.
            if let Some(request) = request {
                self.answer_control(&request, &json!({"status": "ok"})).await?;
            }
            return Ok(());
        };
        cell.interrupted = true;
        let request = match request {
            Some(request) => request,
            // No identity: the reply will find nobody.
            None => Message::new(InterruptRequest {}, &cell.request, &self.key)?,
        };
        self.kernel.control.send(request.into_frames()).await?;
        self.answer_question().await
    }

    /// evcxr is dead: the cell fails, what waits is aborted.
    pub async fn bury(&mut self, why: &str, more: String) -> Result<()> {
        self.release().await?;
        self.flush().await?;
        if let Some(mut cell) = self.cell.take() {
            let failure = Failure::new(failure::DEAD, why, (!more.is_empty()).then_some(more));
            if cell.failure.is_none() {
                self.publish(Message::new(failure.output(), &cell.request, &self.key)?).await?;
            }
            let failure = cell.failure.take().unwrap_or(failure);
            let content = failure.reply(&cell.execution_count);
            self.answer_shell(&cell.request, &cell.identities, "execute_reply", &content).await?;
            self.publish(Message::new(Status::idle(), &cell.request, &self.key)?).await?;
        }
        self.abort().await
    }

    /// Says yes to a `shutdown_request` that evcxr, busy with a cell, leaves open.
    pub async fn confirm_shutdown(&mut self) -> Result<()> {
        let Some(request) = self.shutdown.take() else { return Ok(()) };
        let restart = request.content()["restart"].as_bool().unwrap_or(false);
        self.answer_control(&request, &json!({"status": "ok", "restart": restart})).await
    }

    /// Whether a client has asked the kernel to end.
    pub fn ending(&self) -> bool {
        self.shutdown.is_some()
    }

    /// Sends on what may be sent: everything up to the first cell.
    async fn pump(&mut self) -> Result<()> {
        while self.cell.is_none()
            && let Some(message) = self.waiting.pop_front()
        {
            match message.kind() {
                "execute_request" => {
                    let cell = Cell::new(&message);
                    self.last = Some(cell.request.clone());
                    self.cell = Some(cell);
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

    async fn control_reply(&mut self, message: Message) {
        if message.kind() == "shutdown_reply" {
            self.shutdown = None;
        }
        if !message.identities.is_empty() {
            // Fails only if the client is gone.
            let _ = self.clients.control.send(message.into_frames()).await;
        }
    }

    /// A reply of evcxr on shell.
    async fn reply(&mut self, message: Message) -> Result<()> {
        if let Some(cell) = self.cell_of(&message)
            && message.kind() == "execute_reply"
        {
            cell.touch();
            cell.execution_count = message.content()["execution_count"].clone();
            cell.reply = Some(message);
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

    /// A message of evcxr on iopub.
    async fn output(&mut self, message: Message) -> Result<()> {
        if let Some(cell) = self.cell_of(&message) {
            cell.touch();
        }
        if message.kind() == "stream" {
            return self.stream(message).await;
        }
        self.flush().await?;
        let kind = message.kind().to_owned();
        let Some(cell) = self.cell_of(&message) else { return self.publish(message).await };
        match kind.as_str() {
            "status" if message.content()["execution_state"] == "idle" => {
                cell.idle = Some(message);
                Ok(())
            }
            "error" => {
                let failure = Failure::from_evcxr(&message.content(), cell.interrupted);
                cell.failure.get_or_insert_with(|| failure.clone());
                let content = json!({
                    "ename": failure.ename, "evalue": failure.evalue, "traceback": failure.traceback,
                });
                let message = message.rewritten(None, &content, &self.key)?;
                self.publish(message).await
            }
            _ => {
                cell.has_result |= kind == "execute_result";
                self.publish(message).await
            }
        }
    }

    async fn stream(&mut self, message: Message) -> Result<()> {
        let content = message.content();
        let text = content["text"].as_str().unwrap_or_default();
        if content["name"] == "stderr" {
            return match self.cell_of(&message) {
                Some(cell) => {
                    cell.hold(message, text);
                    Ok(())
                }
                None => self.gather(message, "stderr", text).await,
            };
        }
        for line in stream::read(text) {
            match line {
                Line::Text(text) => self.gather(message.clone(), "stdout", &text).await?,
                Line::Display(msg_type, content) => {
                    self.flush().await?;
                    let display = message.clone().rewritten(Some(msg_type), &content, &self.key)?;
                    self.publish(display).await?;
                }
                Line::Error(failure) => self.fail(&message, failure).await?,
            }
        }
        Ok(())
    }

    /// The library reports a failure; one a cell is enough.
    async fn fail(&mut self, message: &Message, failure: Failure) -> Result<()> {
        self.flush().await?;
        let parent = match self.cell_of(message) {
            Some(cell) if cell.failure.is_some() => return Ok(()),
            Some(cell) => {
                cell.failure = Some(failure.clone());
                cell.request.clone()
            }
            None => match &self.last {
                Some(last) => last.clone(),
                None => return Ok(()),
            },
        };
        self.publish(Message::new(failure.output(), &parent, &self.key)?).await
    }

    /// Reply and outputs of the cell are complete.
    async fn finish(&mut self) -> Result<()> {
        self.flush().await?;
        let Some(mut cell) = self.cell.take() else { return Ok(()) };
        let (Some(reply), Some(idle)) = (cell.reply.take(), cell.idle.take()) else {
            return Ok(());
        };
        if cell.failure.is_some() {
            cell.forget_panic();
        } else if let Some(failure) = cell.failure_in_stderr(self.sources.as_deref()) {
            self.publish(Message::new(failure.output(), &cell.request, &self.key)?).await?;
            cell.failure = Some(failure);
        }
        if let Some((message, text)) = cell.release() {
            let message =
                message.rewritten(None, &json!({"name": "stderr", "text": text}), &self.key)?;
            self.publish(message).await?;
        }
        let reply = match &cell.failure {
            Some(failure) => {
                reply.rewritten(None, &failure.reply(&cell.execution_count), &self.key)?
            }
            None => reply,
        };
        // Fails only if the client is gone.
        let _ = self.clients.shell.send(reply.into_frames()).await;
        self.publish(idle).await?;
        if cell.failure.is_some() && cell.stop_on_error {
            self.abort().await?;
        }
        self.pump().await
    }

    /// Answers 'aborted' to every cell that waits, and nothing to the rest.
    async fn abort(&mut self) -> Result<()> {
        let waiting = std::mem::take(&mut self.waiting);
        for message in waiting {
            if message.kind() == "execute_request" {
                self.answer(&message, json!({"status": "aborted"})).await?;
            } else {
                self.waiting.push_back(message);
            }
        }
        Ok(())
    }

    /// Answers a shell request in evcxr's place, busy before and idle after.
    async fn answer(&mut self, request: &Message, content: Value) -> Result<()> {
        let parent = request.as_parent();
        let reply = request.kind().replace("_request", "_reply");
        self.publish(Message::new(Status::busy(), &parent, &self.key)?).await?;
        self.answer_shell(&parent, &request.identities, &reply, &content).await?;
        self.publish(Message::new(Status::idle(), &parent, &self.key)?).await
    }

    async fn answer_shell(
        &mut self,
        parent: &Parent,
        identities: &[bytes::Bytes],
        kind: &str,
        content: &Value,
    ) -> Result<()> {
        let reply = self.message(kind, content, parent, identities)?;
        let _ = self.clients.shell.send(reply.into_frames()).await;
        Ok(())
    }

    async fn answer_control(&mut self, request: &Message, content: &Value) -> Result<()> {
        let kind = request.kind().replace("_request", "_reply");
        let reply = self.message(&kind, content, &request.as_parent(), &request.identities)?;
        let _ = self.clients.control.send(reply.into_frames()).await;
        Ok(())
    }

    fn message(
        &self,
        kind: &str,
        content: &Value,
        parent: &Parent,
        to: &[bytes::Bytes],
    ) -> Result<Message> {
        let any = JupyterMessageContent::from(Status::idle());
        let mut message =
            Message::new(any, parent, &self.key)?.rewritten(Some(kind), content, &self.key)?;
        message.identities = to.to_vec();
        Ok(message)
    }

    async fn gather(&mut self, message: Message, name: &'static str, text: &str) -> Result<()> {
        if let Some((message, content)) = self.gathered.add(message, name, text) {
            let message = message.rewritten(None, &content, &self.key)?;
            self.publish(message).await?;
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<()> {
        if let Some((message, content)) = self.gathered.take() {
            let message = message.rewritten(None, &content, &self.key)?;
            self.publish(message).await?;
        }
        Ok(())
    }

    /// Sends stderr that was held back after all.
    async fn release(&mut self) -> Result<()> {
        if let Some((message, text)) = self.cell.as_mut().and_then(Cell::release) {
            self.gather(message, "stderr", &text).await?;
        }
        Ok(())
    }

    async fn publish(&mut self, message: Message) -> Result<()> {
        Ok(self.clients.iopub.send(message.into_frames()).await?)
    }

    fn cell_of(&mut self, message: &Message) -> Option<&mut Cell> {
        let parent = message.parent_id()?;
        self.cell.as_mut().filter(|cell| cell.request.id == parent)
    }
}
