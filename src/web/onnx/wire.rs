//! The wire format of Protocol Buffers, as far as ONNX needs it.
//!
//! A message is a series of fields, each a key `8·number + kind`, then the value:
//!
//! | kind | value |
//! |------|-------|
//! | 0 | a whole number |
//! | 2 | a length, then as many bytes: text, or a message |
//! | 5 | the four bytes of an f32, lowest first |
//!
//! Keys, lengths and whole numbers are cut into groups of seven bits, the lowest
//! first; a byte's top bit says that more follow. A field that is repeated stands
//! there several times.

/// A message to which fields are added, one after the other.
#[derive(Debug, Default)]
pub(super) struct Message(Vec<u8>);

impl Message {
    /// Adds a whole number.
    pub(super) fn int(mut self, field: u32, value: i64) -> Self {
        self.key(field, 0);
        // A negative number is written as its two's complement.
        self.varint(value as u64);
        self
    }

    /// Adds the same field for each of the numbers.
    pub(super) fn ints(self, field: u32, values: &[i64]) -> Self {
        values.iter().fold(self, |message, value| message.int(field, *value))
    }

    /// Adds an f32.
    pub(super) fn float(mut self, field: u32, value: f32) -> Self {
        self.key(field, 5);
        self.0.extend(value.to_le_bytes());
        self
    }

    /// Adds a text or bytes.
    pub(super) fn bytes(mut self, field: u32, value: impl AsRef<[u8]>) -> Self {
        let value = value.as_ref();
        self.key(field, 2);
        self.varint(value.len() as u64);
        self.0.extend_from_slice(value);
        self
    }

    /// Adds a message.
    pub(super) fn message(self, field: u32, value: Self) -> Self {
        self.bytes(field, value.0)
    }

    /// Adds the same field for each of the messages.
    pub(super) fn messages(self, field: u32, values: impl Iterator<Item = Self>) -> Self {
        values.fold(self, |message, value| message.message(field, value))
    }

    /// The message's bytes.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    fn key(&mut self, field: u32, kind: u32) {
        self.varint(u64::from((field << 3) | kind));
    }

    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::Message;

    /// The examples of the format's own documentation, and the largest number.
    #[test]
    fn bytes_are_those_of_the_documentation() {
        let bytes = |message: Message| message.into_bytes();
        assert_eq!(bytes(Message::default().int(1, 150)), [0x08, 0x96, 0x01]);
        let text = bytes(Message::default().bytes(2, "testing"));
        assert_eq!(text, [&[0x12, 7][..], b"testing"].concat());
        let inner = Message::default().int(1, 150);
        assert_eq!(bytes(Message::default().message(3, inner)), [0x1a, 3, 0x08, 0x96, 0x01]);
        assert_eq!(bytes(Message::default().ints(1, &[0, 127])), [0x08, 0, 0x08, 127]);
        assert_eq!(bytes(Message::default().float(20, 1.0)), [0xa5, 0x01, 0, 0, 0x80, 0x3f]);
        let negative = [&[0x08][..], &[0xff; 9], &[1]].concat();
        assert_eq!(bytes(Message::default().int(1, -1)), negative);
    }
}
