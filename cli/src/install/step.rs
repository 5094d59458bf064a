//! What is known of one step of the set-up.

use crate::layout::Layout;
use anyhow::Result;

/// One step.
pub struct Step {
    /// What it installs, in the user's words.
    pub name: &'static str,
    /// How long it takes, on two cores beside the other chains, by measure.
    pub seconds: fn(&Layout) -> u64,
    /// The logs in which cargo names a crate a line, and how many it names in all; none
    /// where it names next to none, and only the time tells.
    pub logs: fn(&Layout) -> &'static [(&'static str, u32)],
    /// The free space of the disk that it needs at its peak.
    pub megabytes: fn(&Layout) -> u64,
    /// Whether it computes all the time: others, which mostly wait for the network
    /// and which the user waits for, go first.
    pub is_patient: bool,
    pub is_done: fn(&Layout) -> bool,
    pub install: fn(&Layout) -> Result<()>,
}

impl Step {
    /// The free space of the disk that it needs at its peak.
    pub fn bytes(&self, layout: &Layout) -> u64 {
        1_000_000 * (self.megabytes)(layout)
    }
}
