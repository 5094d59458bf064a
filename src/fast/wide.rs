//! Simple loops, compiled for the processor's widest vectors.
//!
//! The compiler vectorises a loop such as `y[i] += a·x[i]` by itself, but only
//! with the instructions that every processor of the architecture has. [`wide`]
//! has the same loop compiled for AVX-512 and AVX2 too; [`crate::fast::simd`] chooses.
//! Rust never merges a product and a sum on its own, so that each choice gives
//! the same bits.

#[cfg(target_arch = "x86_64")]
use crate::fast::simd::{Level, level};
use crate::fast::threads::for_each;

/// Values that one thread handles at a time.
const CHUNK: usize = 1 << 14;

/// Runs a loop with the instructions of [`level`].
#[inline]
pub(crate) fn wide<R>(work: impl FnOnce() -> R) -> R {
    #[cfg(target_arch = "x86_64")]
    {
        #[target_feature(enable = "avx512f,avx2,fma")]
        fn avx512<R>(work: impl FnOnce() -> R) -> R {
            work()
        }
        #[target_feature(enable = "avx2,fma")]
        fn avx2<R>(work: impl FnOnce() -> R) -> R {
            work()
        }
        match level() {
            // SAFETY: `level` only gives what it found in the processor.
            Level::Avx512 => return unsafe { avx512(work) },
            // SAFETY: as above.
            Level::Avx2 => return unsafe { avx2(work) },
            _ => {}
        }
    }
    work()
}

/// `work(a chunk, b chunk)` over two arrays of the same length, in parallel.
pub(crate) fn pairs(a: &mut [f32], b: &[f32], work: impl Fn(&mut [f32], &[f32]) + Sync) {
    if a.len() <= CHUNK {
        return wide(|| work(a, b));
    }
    let chunks = a.chunks_mut(CHUNK).zip(b.chunks(CHUNK));
    for_each(chunks, |(a, b)| wide(|| work(a, b)));
}

/// [`pairs`] with a third array that changes too.
pub(crate) fn triples(
    a: &mut [f32],
    b: &[f32],
    c: &mut [f32],
    work: impl Fn(&mut [f32], &[f32], &mut [f32]) + Sync,
) {
    if a.len() <= CHUNK {
        return wide(|| work(a, b, c));
    }
    let chunks = a.chunks_mut(CHUNK).zip(b.chunks(CHUNK)).zip(c.chunks_mut(CHUNK));
    for_each(chunks, |((a, b), c)| wide(|| work(a, b, c)));
}

/// [`triples`] with a fourth array that changes too.
pub(crate) fn quadruples(
    a: &mut [f32],
    b: &[f32],
    c: &mut [f32],
    d: &mut [f32],
    work: impl Fn(&mut [f32], &[f32], &mut [f32], &mut [f32]) + Sync,
) {
    if a.len() <= CHUNK {
        return wide(|| work(a, b, c, d));
    }
    let chunks = a.chunks_mut(CHUNK).zip(b.chunks(CHUNK));
    let chunks = chunks.zip(c.chunks_mut(CHUNK)).zip(d.chunks_mut(CHUNK));
    for_each(chunks, |(((a, b), c), d)| wide(|| work(a, b, c, d)));
}
