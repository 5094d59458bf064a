//! What a vector can do, and what is computed with vectors.

/// A few f32 side by side.
///
/// Addresses are computed by the callers with `wrapping_add`: `add` would be
/// checked at each turn in a build with debug assertions, such as a notebook's.
///
/// # Safety
/// Each function may be called only where the processor has the instructions of
/// the type, and with addresses valid for `LANES` values.
pub(crate) trait Vector: Copy {
    /// Number of values.
    const LANES: usize;
    /// Whether there are registers enough for tiles two vectors wide.
    const WIDE: bool;
    unsafe fn splat(value: f32) -> Self;
    /// The value at an address, everywhere. (Reading through `*from` would be
    /// checked at each turn in a build with debug assertions.)
    unsafe fn broadcast(from: *const f32) -> Self;
    unsafe fn load(from: *const f32) -> Self;
    unsafe fn store(self, to: *mut f32);
    unsafe fn plus(self, other: Self) -> Self;
    unsafe fn minus(self, other: Self) -> Self;
    /// `self + a · b`, rounded once.
    unsafe fn plus_product(self, a: Self, b: Self) -> Self;
    /// `sum + a · b`, rounded once, of single values: for what is left beside whole
    /// vectors.
    unsafe fn fused(sum: f32, a: f32, b: f32) -> f32;
    /// The larger of `self` and `other`, NaN if one is; where `other` is taken,
    /// `place` becomes `other_place`.
    unsafe fn larger(self, place: Self, other: Self, other_place: Self) -> (Self, Self);
    /// `max(0, ·)`, except that NaN stays NaN.
    unsafe fn relu(self) -> Self;
    /// The values as bytes (whole numbers from 0 to 127).
    unsafe fn store_bytes(self, to: *mut u8);
    /// The values where `y` is above zero or NaN, 0 elsewhere: a gradient through
    /// a ReLU whose output was `y`.
    unsafe fn through_relu(self, y: Self) -> Self;
    /// The values where `bytes` (below 128) equals `byte`, 0 elsewhere.
    unsafe fn where_byte(self, bytes: *const u8, byte: u8) -> Self;
    /// Copies `LANES` rows of `LANES` values turned over: the value `c` of the row
    /// that begins at `from + r · from_step` becomes the value `r` of the row `c` of `to`.
    #[inline(always)]
    unsafe fn transpose(from: *const f32, from_step: usize, to: *mut f32, to_step: usize) {
        for r in 0..Self::LANES {
            for c in 0..Self::LANES {
                // SAFETY: the caller's promise, that the rows are there.
                unsafe {
                    let value = from.wrapping_add(r * from_step + c).read();
                    to.wrapping_add(c * to_step + r).write(value);
                }
            }
        }
    }
}

/// A computation that can be done with any vector type.
pub(crate) trait Kernel {
    /// The computation; must be `#[inline(always)]`, like all that it calls with
    /// vectors, so that it is compiled for the instructions of `V`.
    ///
    /// # Safety
    /// The processor has the instructions of `V`.
    unsafe fn compute<V: Vector>(self);
}
