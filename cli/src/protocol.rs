//! What the command line and the library have agreed on: the library's own file.

#[path = "../../src/protocol.rs"]
mod agreed;

pub(crate) use agreed::*;
