//! Working memory that a thread keeps from call to call.
//!
//! A kernel that asked the allocator for megabytes at each step would spend its
//! time on page faults: the system takes large blocks back as soon as they are
//! freed.

use std::cell::Cell;

thread_local! {
    static SCRATCH: Cell<Vec<f32>> = const { Cell::new(Vec::new()) };
}

/// Calls `work` with `len` values of working memory, whose content is arbitrary.
pub(crate) fn with_scratch<R>(len: usize, work: impl FnOnce(&mut [f32]) -> R) -> R {
    let mut buffer = SCRATCH.take();
    if buffer.len() < len {
        buffer.resize(len, 0.0);
    }
    let result = work(&mut buffer[..len]);
    SCRATCH.set(buffer);
    result
}

/// The first `len` values of `buffer`, which grows if it must.
pub(crate) fn room(buffer: &mut Vec<f32>, len: usize) -> &mut [f32] {
    if buffer.len() < len {
        buffer.resize(len, 0.0);
    }
    &mut buffer[..len]
}
