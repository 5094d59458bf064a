//! What the cell shows: evcxr's iopub messages on their way to the clients.

use super::cell::Cell;
use super::failure::Failure;
use super::kept::{adds, is_repeated, is_warning};
use super::library;
use super::refuse;
use super::relay::Relay;
use super::stream::{self, End, Line, Seq};
use super::wire::Message;
use crate::protocol::LAST;
use anyhow::Result;
use serde_json::{Value, json};
use zeromq::SocketSend as _;

/// Whether a result says nothing: a cell that ends with a loop has the value
/// `()`, one that only showed figures has none.
fn is_empty(content: &Value) -> bool {
    content["data"] == json!({ "text/plain": "()" }) || content["data"] == json!({})
}

/// Takes the number of the last marked line out of a result.
fn take_last(content: &mut Value) -> Option<Seq> {
    Seq::read(&content["data"].as_object_mut()?.remove(LAST)?)
}

impl Relay {
    /// A message of evcxr on iopub.
    pub(super) async fn output(&mut self, message: Message) -> Result<()> {
        if let Some(cell) = self.cell_of(&message) {
            cell.touch();
        }
        if message.kind() == "stream" {
            return self.stream(message).await;
        }
        self.flush().await?;
        let kind = message.kind().to_owned();
        let moved = match kind.as_str() {
            "error" => self.history.moved(message.content()["evalue"].as_str().unwrap_or_default()),
            _ => None,
        };
        let of_cell = self.cell_of(&message).is_some();
        let lost = (kind == "error" && of_cell).then(|| self.lost(&message.content())).flatten();
        let parent = message.parent_id();
        let Some(cell) =
            self.cell.as_mut().filter(|cell| Some(&cell.request.id) == parent.as_ref())
        else {
            return self.publish(message).await;
        };
        match kind.as_str() {
            "status" if message.content()["execution_state"] == "idle" => {
                cell.idle = Some(message);
                Ok(())
            }
            "error" if is_warning(&message.content()) => Ok(()),
            "error" if is_repeated(&mut cell.missing, &message.content()) => Ok(()),
            "error" => {
                let mut failure = match lost {
                    Some(lost) => lost,
                    None => {
                        let content = message.content();
                        let evalue = content["evalue"].as_str().unwrap_or_default();
                        let kept = cell.errors.take(evalue, &cell.code, self.sources.as_deref());
                        let known = |name: &str| self.history.has(name);
                        Failure::from_compiler(&content, kept, &cell.code, &known)
                    }
                };
                if let Some(moved) = moved {
                    failure.advise(&moved);
                }
                if !adds(&mut cell.told, &mut failure) {
                    return Ok(());
                }
                cell.failure.get_or_insert_with(|| failure.clone());
                let content = json!({
                    "ename": failure.ename, "evalue": failure.evalue, "traceback": failure.traceback,
                });
                let message = message.rewritten(None, &content, &self.key)?;
                self.publish(message).await
            }
            "execute_result" => self.result(message),
            _ => self.publish(message).await,
        }
    }

    /// Keeps the value of the cell: lines made before it may come after it.
    fn result(&mut self, message: Message) -> Result<()> {
        let mut content = message.content();
        let last = take_last(&mut content);
        let awaited = last.filter(|last| !self.seen.is_some_and(|seen| seen.reaches(*last)));
        let has_result = content["data"] != json!({});
        let shown = message.rewritten(None, &content, &self.key)?;
        if let Some(cell) = &mut self.cell {
            cell.has_result |= has_result;
            cell.awaited = awaited;
            cell.result = (!is_empty(&content)).then_some(shown);
        }
        Ok(())
    }

    pub(super) async fn stream(&mut self, message: Message) -> Result<()> {
        let content = message.content();
        let text = content["text"].as_str().unwrap_or_default();
        if content["name"] == "stderr" {
            return self.stderr(message.clone(), text).await;
        }
        let (lines, seq) = stream::read(text);
        for line in lines {
            match line {
                Line::Text(text) => self.gather(message.clone(), "stdout", &text).await?,
                Line::Stderr(text) => self.stderr(message.clone(), &text).await?,
                Line::Panic(failure) => match self.cell_of(&message) {
                    Some(cell) => cell.panic = Some(failure),
                    None => self.fail(&message, failure).await?,
                },
                Line::End(end) => self.end(&message, end).await?,
                Line::Display(msg_type, content) => {
                    self.flush().await?;
                    let display = message.clone().rewritten(Some(msg_type), &content, &self.key)?;
                    self.publish(display).await?;
                }
                Line::Error(failure) => self.fail(&message, failure).await?,
            }
        }
        if let Some(seq) = seq {
            self.seen = Some(seq);
            if let Some(cell) = &mut self.cell {
                cell.awaited = cell.awaited.filter(|last| !seq.reaches(*last));
            }
        }
        Ok(())
    }

    /// Text on standard error: kept while it may be what the cell failed by.
    async fn stderr(&mut self, message: Message, text: &str) -> Result<()> {
        let lines = text.split_inclusive('\n');
        let lines = lines.map(|line| self.history.lost(line).unwrap_or_else(|| line.to_owned()));
        let text = &lines.collect::<String>();
        match self.cell_of(&message) {
            Some(cell) => {
                cell.hold(message, text);
                Ok(())
            }
            None => self.gather(message, "stderr", text).await,
        }
    }

    /// A part of the cell, mostly the whole, has ended in this way.
    async fn end(&mut self, message: &Message, end: End) -> Result<()> {
        let Some(cell) = self.cell_of(message) else { return Ok(()) };
        cell.end = cell.end.max(Some(end));
        if end != End::Ok {
            return Ok(());
        }
        // Its code has caught the panic.
        if let Some(caught) = cell.panic.take() {
            let text = format!("panique rattrapée\u{a0}: {}\n", caught.evalue);
            cell.hold(message.clone(), &text);
        }
        self.release().await
    }

    /// The library reports a failure; one a cell is enough.
    pub(super) async fn fail(&mut self, message: &Message, mut failure: Failure) -> Result<()> {
        self.flush().await?;
        let (parent, stops) = match self.cell_of(message) {
            Some(cell) if cell.failure.is_some() => return Ok(()),
            Some(cell) => {
                failure = cell.named(failure.in_cell(&cell.code));
                cell.failure = Some(failure.clone());
                (cell.request.clone(), cell.stops())
            }
            None => match &self.last {
                Some(last) => (last.clone(), None),
                None => return Ok(()),
            },
        };
        self.show(&failure, &parent, stops).await
    }

    /// Reply and outputs of the cell are complete.
    pub(super) async fn finish(&mut self) -> Result<()> {
        self.flush().await?;
        let Some(mut cell) = self.cell.take() else { return Ok(()) };
        let (Some(reply), Some(idle)) = (cell.reply.take(), cell.idle.take()) else {
            return Ok(());
        };
        if let Some(result) = cell.result.take() {
            self.publish(result).await?;
        }
        if let Some(panic) = cell.panic.take() {
            let failure = cell.named(panic.in_cell(&cell.code));
            if cell.failure.is_none() {
                self.show(&failure, &cell.request, cell.stops()).await?;
                cell.failure = Some(failure);
            }
        }
        if cell.failure.is_some() {
            cell.forget_panic();
        } else if let Some(failure) = cell.failure_in_stderr(self.sources.as_deref()) {
            let failure = cell.named(failure);
            self.show(&failure, &cell.request, cell.stops()).await?;
            cell.failure = Some(failure);
        }
        if let Some((message, text)) = cell.release() {
            let message =
                message.rewritten(None, &json!({"name": "stderr", "text": text}), &self.key)?;
            self.publish(message).await?;
        }
        let ended_well = cell.failure.is_none() && reply.content()["status"] == "ok";
        let remark = || refuse::remark(&cell.code).map(str::to_owned);
        let remark = ended_well.then(|| library::loaded(&cell.code).or_else(remark)).flatten();
        if let Some(remark) = remark {
            let content = json!({ "name": "stdout", "text": remark });
            let message = self.message("stream", &content, &cell.request, &[])?;
            self.publish(message).await?;
        }
        if ended_well {
            let number = cell.execution_count.as_u64().unwrap_or_default();
            self.history.add(cell.id.take(), number, &cell.code);
            self.impls.keep();
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
        if (cell.failure.is_some() || cell.interrupted) && cell.stop_on_error {
            self.abort().await?;
        }
        self.pump().await
    }

    pub(super) async fn gather(
        &mut self,
        message: Message,
        name: &'static str,
        text: &str,
    ) -> Result<()> {
        if let Some((message, content)) = self.gathered.add(message, name, text) {
            let message = message.rewritten(None, &content, &self.key)?;
            self.publish(message).await?;
        }
        Ok(())
    }

    pub(super) async fn flush(&mut self) -> Result<()> {
        if let Some((message, content)) = self.gathered.take() {
            let message = message.rewritten(None, &content, &self.key)?;
            self.publish(message).await?;
        }
        Ok(())
    }

    /// Sends stderr that was held back after all.
    pub(super) async fn release(&mut self) -> Result<()> {
        if let Some((message, text)) = self.cell.as_mut().and_then(Cell::release) {
            self.gather(message, "stderr", &text).await?;
        }
        Ok(())
    }

    pub(super) async fn publish(&mut self, message: Message) -> Result<()> {
        Ok(self.clients.iopub.send(message.into_frames()).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_unit_and_figures_say_nothing() {
        assert!(is_empty(&json!({ "data": { "text/plain": "()" }, "metadata": {} })));
        let mut figures = json!({ "data": { LAST: "12.3\n" } });
        assert_eq!(take_last(&mut figures), Seq::read(&json!("12.3")));
        assert!(is_empty(&figures));
        assert!(!is_empty(&json!({ "data": { "text/plain": "(1, 2)" } })));
        assert!(!is_empty(&json!({ "data": { "text/plain": "()", "text/html": "<p>()</p>" } })));
    }
}
