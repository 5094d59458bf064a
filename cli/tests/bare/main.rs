//! What needs no set-up: the set-up itself among stand-ins, and the stand-in for cargo.

mod answers;
mod features;
mod folder;
mod reaper;
mod setup;
mod shared;
mod shortcut;
