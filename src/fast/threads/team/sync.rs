//! What a team's threads meet by, and how long they wait with open eyes.

pub use std::hint::spin_loop;
pub use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU64, AtomicUsize};
pub use std::sync::{Condvar, Mutex, MutexGuard};
pub use std::thread::yield_now;

/// Turns of a waiting thread before it gives its core to others between turns.
pub const SPINS: u32 = 2_000;
/// Turns after which it sleeps until there is work.
pub const TURNS: u32 = 4_000;
