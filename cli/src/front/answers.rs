//! What the front answers itself, in evcxr's place.

use super::failure::{self, Failure};
use super::refuse;
use super::relay::Relay;
use super::wire::{Message, Parent};
use anyhow::Result;
use bytes::Bytes;
use jupyter_protocol::Status;
use serde_json::{Value, json};
use zeromq::SocketSend as _;

impl Relay {
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

    /// Answers a cell that evcxr is not to see; false for any other.
    pub(super) async fn refuse(&mut self, request: &Message) -> Result<bool> {
        let content = request.content();
        let code = content["code"].as_str().unwrap_or_default();
        let Some(failure) = refuse::refusal(code) else { return Ok(false) };
        let parent = request.as_parent();
        self.publish(Message::new(Status::busy(), &parent, &self.key)?).await?;
        self.publish(Message::new(failure.output(), &parent, &self.key)?).await?;
        let reply = failure.reply(&Value::from(0));
        self.answer_shell(&parent, &request.identities, "execute_reply", &reply).await?;
        self.publish(Message::new(Status::idle(), &parent, &self.key)?).await?;
        if content["stop_on_error"].as_bool().unwrap_or(true) {
            self.abort().await?;
        }
        Ok(true)
    }

    /// Says yes to a `shutdown_request` that evcxr, busy with a cell, leaves open.
    pub async fn confirm_shutdown(&mut self) -> Result<()> {
        let Some(request) = self.shutdown.take() else { return Ok(()) };
        let restart = request.content()["restart"].as_bool().unwrap_or(false);
        self.answer_control(&request, &json!({"status": "ok", "restart": restart})).await
    }

    /// Answers 'aborted' to every cell that waits, and nothing to the rest.
    pub(super) async fn abort(&mut self) -> Result<()> {
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
    pub(super) async fn answer(&mut self, request: &Message, content: Value) -> Result<()> {
        let parent = request.as_parent();
        let reply = request.kind().replace("_request", "_reply");
        self.publish(Message::new(Status::busy(), &parent, &self.key)?).await?;
        self.answer_shell(&parent, &request.identities, &reply, &content).await?;
        self.publish(Message::new(Status::idle(), &parent, &self.key)?).await
    }

    pub(super) async fn answer_shell(
        &mut self,
        parent: &Parent,
        identities: &[Bytes],
        kind: &str,
        content: &Value,
    ) -> Result<()> {
        let reply = self.message(kind, content, parent, identities)?;
        let _ = self.clients.shell.send(reply.into_frames()).await;
        Ok(())
    }

    pub(super) async fn answer_control(
        &mut self,
        request: &Message,
        content: &Value,
    ) -> Result<()> {
        let kind = request.kind().replace("_request", "_reply");
        let reply = self.message(&kind, content, &request.as_parent(), &request.identities)?;
        let _ = self.clients.control.send(reply.into_frames()).await;
        Ok(())
    }

    pub(super) fn message(
        &self,
        kind: &str,
        content: &Value,
        parent: &Parent,
        to: &[Bytes],
    ) -> Result<Message> {
        let mut message = Message::of(kind, content, parent, &self.key)?;
        message.identities = to.to_vec();
        Ok(message)
    }
}
