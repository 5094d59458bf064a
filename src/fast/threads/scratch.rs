//! Working memory that a thread keeps from call to call.
//!
//! A kernel that asked the allocator for megabytes at each step would spend its
//! time on page faults: the system takes large blocks back as soon as they are
//! freed.

use std::cell::Cell;

thread_local! {
    static SCRATCH: Cell<Vec<f32>> = const { Cell::new(Vec::new()) };
}

/// Values in a cache line. (A vector that straddles two lines costs two accesses.)
const LINE: usize = 16;

/// Calls `work` with `len` values of working memory, whose content is arbitrary
/// and whose start is that of a cache line.
pub(crate) fn with_scratch<R>(len: usize, work: impl FnOnce(&mut [f32]) -> R) -> R {
    let mut buffer = SCRATCH.take();
    if buffer.len() < len + LINE {
        buffer.resize(len + LINE, 0.0);
    }
    let start = buffer.as_ptr().align_offset(4 * LINE).min(LINE);
    let result = work(&mut buffer[start..start + len]);
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
