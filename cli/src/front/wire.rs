//! One Jupyter message as it travels: identities, signature, four JSON parts.
//!
//! ```text
//! identity… | <IDS|MSG> | HMAC-SHA256 | header | parent header | metadata | content | buffer…
//! ```
//!
//! Both sides of the front share one key, so a message that is not rewritten
//! keeps its bytes and its signature. (The typed messages of jupyter-protocol
//! are used for what the front says itself; sending everything through them
//! would lose the fields that they do not know.)

use anyhow::{Context as _, Result, bail};
use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jupyter_protocol::{Header, JupyterMessage, JupyterMessageContent, Status};
use serde_json::Value;
use sha2::Sha256;
use zeromq::ZmqMessage;

const DELIMITER: &[u8] = b"<IDS|MSG>";

/// The key that signs every message of a connection; empty means unsigned.
#[derive(Clone)]
pub struct Key(Option<Hmac<Sha256>>);

impl Key {
    /// The key of a connection file; only Jupyter's default scheme is known.
    pub fn new(key: &str, scheme: &str) -> Result<Self> {
        if key.is_empty() {
            return Ok(Self(None));
        }
        if scheme != "hmac-sha256" {
            bail!("signature « {scheme} » inconnue ; il faut « hmac-sha256 »");
        }
        Ok(Self(Some(Hmac::new_from_slice(key.as_bytes())?)))
    }

    fn mac(&self, parts: &[Bytes]) -> Option<Hmac<Sha256>> {
        self.0.clone().map(|mut mac| {
            // Buffers, from the fifth part on, are not signed.
            parts.iter().take(4).for_each(|part| mac.update(part));
            mac
        })
    }

    fn sign(&self, parts: &[Bytes]) -> Bytes {
        self.mac(parts)
            .map_or_else(String::new, |mac| hex::encode(mac.finalize().into_bytes()))
            .into()
    }

    fn verify(&self, parts: &[Bytes], signature: &[u8]) -> Result<()> {
        let Some(mac) = self.mac(parts) else { return Ok(()) };
        let signature = hex::decode(signature).context("signature illisible")?;
        mac.verify_slice(&signature).context("signature fausse")
    }
}

/// A message with its header read and the rest kept as it came.
#[derive(Clone)]
pub struct Message {
    pub identities: Vec<Bytes>,
    pub header: Header,
    signature: Bytes,
    parts: Vec<Bytes>,
}

impl Message {
    /// Reads a message from another process of ours: framing and header only.
    pub fn from_kernel(frames: ZmqMessage) -> Result<Self> {
        let mut frames = frames.into_vec();
        let Some(at) = frames.iter().position(|frame| frame[..] == *DELIMITER) else {
            bail!("pas de délimiteur <IDS|MSG>");
        };
        if frames.len() < at + 6 {
            bail!("{} parties après le délimiteur ; il en faut au moins 5", frames.len() - at - 1);
        }
        let parts = frames.split_off(at + 2);
        let signature = frames.swap_remove(at + 1);
        frames.truncate(at);
        let header = serde_json::from_slice(&parts[0]).context("en-tête illisible")?;
        Ok(Self { identities: frames, header, signature, parts })
    }

    /// Reads a message from outside: everything is checked, since evcxr ends
    /// its whole shell or control loop at the first message it cannot read.
    pub fn from_client(frames: ZmqMessage, key: &Key) -> Result<Self> {
        let message = Self::from_kernel(frames)?;
        key.verify(&message.parts, &message.signature)?;
        for (part, name) in message.parts[1..4].iter().zip(["parent", "métadonnées", "contenu"]) {
            let value: Value =
                serde_json::from_slice(part).with_context(|| format!("{name} illisible"))?;
            if !value.is_object() {
                bail!("{name} : il faut un objet JSON");
            }
        }
        Ok(message)
    }

    /// A new message of the front, child of the message whose header is given.
    pub fn new(
        content: impl Into<JupyterMessageContent>,
        parent: &Parent,
        key: &Key,
    ) -> Result<Self> {
        let message = JupyterMessage::new(content, None);
        let content = serde_json::to_vec(&message.content)?;
        let header =
            Header { username: "kernel".into(), session: parent.session.clone(), ..message.header };
        let parts = vec![
            serde_json::to_vec(&header)?.into(),
            parent.header.clone(),
            Bytes::from_static(b"{}"),
            content.into(),
        ];
        Ok(Self { identities: Vec::new(), header, signature: key.sign(&parts), parts })
    }

    /// A new message of any kind and content.
    pub fn of(kind: &str, content: &Value, parent: &Parent, key: &Key) -> Result<Self> {
        let any = JupyterMessageContent::from(Status::idle());
        Self::new(any, parent, key)?.rewritten(Some(kind), content, key)
    }

    /// The same message with other content, and another type if one is given.
    pub fn rewritten(mut self, msg_type: Option<&str>, content: &Value, key: &Key) -> Result<Self> {
        if let Some(msg_type) = msg_type {
            self.header.msg_type = msg_type.to_owned();
            self.parts[0] = serde_json::to_vec(&self.header)?.into();
        }
        self.parts[3] = serde_json::to_vec(content)?.into();
        self.signature = key.sign(&self.parts);
        Ok(self)
    }

    pub fn kind(&self) -> &str {
        &self.header.msg_type
    }

    /// The content, or `null` where it is not JSON.
    pub fn content(&self) -> Value {
        serde_json::from_slice(&self.parts[3]).unwrap_or_default()
    }

    /// The metadata, or `null` where they are not JSON.
    pub fn metadata(&self) -> Value {
        serde_json::from_slice(&self.parts[2]).unwrap_or_default()
    }

    /// The identifier of the request that this message belongs to.
    pub fn parent_id(&self) -> Option<String> {
        let parent: Value = serde_json::from_slice(&self.parts[1]).ok()?;
        Some(parent["msg_id"].as_str()?.to_owned())
    }

    /// This message as the parent of others.
    pub fn as_parent(&self) -> Parent {
        Parent {
            id: self.header.msg_id.clone(),
            session: self.header.session.clone(),
            header: self.parts[0].clone(),
        }
    }

    pub fn into_frames(self) -> ZmqMessage {
        let mut frames = self.identities;
        frames.push(Bytes::from_static(DELIMITER));
        frames.push(self.signature);
        frames.extend(self.parts);
        ZmqMessage::try_from(frames)
            .unwrap_or_else(|_| unreachable!("the delimiter is always there"))
    }
}

/// What a child message must repeat of its parent: the header, byte for byte.
#[derive(Clone)]
pub struct Parent {
    pub id: String,
    session: String,
    header: Bytes,
}

#[cfg(test)]
impl Parent {
    /// No parent at all.
    pub fn none() -> Self {
        Self { id: String::new(), session: "s".into(), header: Bytes::from_static(b"{}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jupyter_protocol::KernelInfoRequest;

    fn key() -> Key {
        Key::new("clé secrète", "hmac-sha256").unwrap()
    }

    fn request() -> Message {
        let parent =
            Parent { id: String::new(), session: "s".into(), header: Bytes::from_static(b"{}") };
        Message::new(KernelInfoRequest {}, &parent, &key()).unwrap()
    }

    #[test]
    fn a_message_survives_the_way() {
        let mut sent = request();
        sent.identities = vec![Bytes::from_static(b"client"), Bytes::from_static(b"other")];
        let got = Message::from_client(sent.clone().into_frames(), &key()).unwrap();
        assert_eq!(got.identities, sent.identities);
        assert_eq!(got.kind(), "kernel_info_request");
        let child = Message::new(Status::idle(), &got.as_parent(), &key()).unwrap();
        assert_eq!(child.parent_id().as_deref(), Some(got.header.msg_id.as_str()));
        let child = child.rewritten(Some("autre"), &serde_json::json!({"a": 1}), &key()).unwrap();
        let child = Message::from_client(child.into_frames(), &key()).unwrap();
        assert_eq!((child.kind(), &child.content()["a"]), ("autre", &1.into()));
    }

    #[test]
    fn what_is_wrong_is_refused() {
        let other = Key::new("une autre", "hmac-sha256").unwrap();
        assert!(Message::from_client(request().into_frames(), &other).is_err());
        assert!(Message::from_client(request().into_frames(), &Key(None)).is_ok());
        assert!(Key::new("k", "hmac-md5").is_err());

        let frames = request().into_frames().into_vec();
        for cut in 1..frames.len() {
            let message = ZmqMessage::try_from(frames[..cut].to_vec()).unwrap();
            assert!(Message::from_client(message, &Key(None)).is_err(), "{cut} frames");
        }
        for part in 2..frames.len() {
            for bad in [&b"pas du JSON"[..], b"[]", b"\xff"] {
                let mut frames = frames.clone();
                frames[part] = Bytes::from_static(bad);
                let message = ZmqMessage::try_from(frames).unwrap();
                assert!(Message::from_client(message, &Key(None)).is_err(), "part {part}");
            }
        }
    }
}
