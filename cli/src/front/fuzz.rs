//! Messages and lines of any bytes, for the fuzzer (`fuzz/` of the project) and
//! for a seeded sample in `cargo test`.

use super::outlet::Sieve;
use super::stream;
use super::wire::{Key, Message};
use bytes::Bytes;
use serde_json::json;
use zeromq::ZmqMessage;

/// A message whose frames are the lines of `data`: what is accepted is passed
/// on as it came, and can be answered.
pub fn wire(data: &[u8]) {
    let frames: Vec<Bytes> =
        data.split(|&byte| byte == b'\n').map(Bytes::copy_from_slice).collect();
    let Ok(frames) = ZmqMessage::try_from(frames) else { return };
    let (Ok(open), Ok(signed)) = (Key::new("", ""), Key::new("clef", "hmac-sha256")) else {
        unreachable!("both keys are of known kinds")
    };
    let _ = Message::from_kernel(frames.clone());
    let _ = Message::from_client(frames.clone(), &signed);
    let Ok(message) = Message::from_client(frames.clone(), &open) else { return };
    assert!(message.content().is_object());
    let (parent, _) = (message.as_parent(), message.parent_id());
    assert_eq!(message.clone().into_frames().into_vec(), frames.into_vec());
    let rewritten = message.rewritten(Some("status"), &json!({}), &signed);
    let rewritten = rewritten.map(|message| message.into_frames());
    assert!(rewritten.is_ok_and(|frames| Message::from_client(frames, &signed).is_ok()));
    assert!(Message::of("status", &json!({}), &parent, &open).is_ok());
}

/// What a student's process writes, in pieces: what leaves is read line by line.
pub fn lines(data: &[u8]) {
    let (length, data) = data.split_first().map_or((1, data), |(first, rest)| (*first, rest));
    let mut sieve = Sieve::default();
    for (i, piece) in data.chunks(usize::from(length).max(1)).enumerate() {
        match i % 5 {
            4 => sieve.stderr(piece),
            _ => sieve.stdout(piece),
        }
        if i % 7 == 6 {
            sieve.emit(false);
        }
    }
    sieve.drain();
    sieve.emit(true);
    sieve.end();
    let text = String::from_utf8(std::mem::take(&mut sieve.out)).expect("evcxr reads UTF-8");
    for line in text.split_inclusive('\n') {
        let _ = stream::read(line);
    }
}

#[cfg(test)]
#[path = "../../../fuzz/mutate.rs"]
#[allow(clippy::duplicate_mod, reason = "each target stands alone, for the fuzzer too")]
mod mutate;

#[cfg(test)]
mod tests {
    use super::*;

    const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/corpus");

    #[test]
    fn damaged_messages_are_read_or_refused() {
        mutate::sample(&mutate::corpus(&format!("{CORPUS}/wire")), 20_000, wire);
    }

    #[test]
    fn any_bytes_leave_as_lines() {
        mutate::sample(&mutate::corpus(&format!("{CORPUS}/lines")), 20_000, lines);
    }
}
