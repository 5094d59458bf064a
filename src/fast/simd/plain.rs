//! Four values in plain Rust, for processors without a form of their own.

use super::Vector;

/// Four f32.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plain([f32; 4]);

impl Plain {
    #[inline(always)]
    fn map(values: impl Fn(usize) -> f32) -> Self {
        Self([values(0), values(1), values(2), values(3)])
    }
}

// SAFETY of every function: as the trait demands, addresses are valid for four values.
#[allow(clippy::undocumented_unsafe_blocks, reason = "the comment above is for each of them")]
impl Vector for Plain {
    const LANES: usize = 4;
    const WIDE: bool = false;

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        Self([value; 4])
    }

    #[inline(always)]
    unsafe fn broadcast(from: *const f32) -> Self {
        Self(unsafe { [from.read_unaligned(); 4] })
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        Self(unsafe { from.cast::<[f32; 4]>().read_unaligned() })
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        unsafe { to.cast::<[f32; 4]>().write_unaligned(self.0) }
    }

    #[inline(always)]
    unsafe fn plus(self, other: Self) -> Self {
        Self::map(|k| self.0[k] + other.0[k])
    }

    #[inline(always)]
    unsafe fn minus(self, other: Self) -> Self {
        Self::map(|k| self.0[k] - other.0[k])
    }

    /// In two roundings: without the instruction, `mul_add` would be a function call.
    #[inline(always)]
    unsafe fn plus_product(self, a: Self, b: Self) -> Self {
        Self::map(|k| self.0[k] + a.0[k] * b.0[k])
    }

    #[inline(always)]
    unsafe fn larger(self, place: Self, other: Self, other_place: Self) -> (Self, Self) {
        let wins =
            |k: usize| other.0[k] > self.0[k] || (other.0[k].is_nan() && !self.0[k].is_nan());
        let choose = |k, a: Self, b: Self| if wins(k) { b.0[k] } else { a.0[k] };
        (Self::map(|k| choose(k, self, other)), Self::map(|k| choose(k, place, other_place)))
    }

    #[inline(always)]
    unsafe fn relu(self) -> Self {
        Self::map(|k| if self.0[k] <= 0.0 { 0.0 } else { self.0[k] })
    }

    #[inline(always)]
    unsafe fn through_relu(self, y: Self) -> Self {
        Self::map(|k| if y.0[k] <= 0.0 { 0.0 } else { self.0[k] })
    }

    #[inline(always)]
    unsafe fn store_bytes(self, to: *mut u8) {
        unsafe { to.cast::<[u8; 4]>().write(self.0.map(|value| value as u8)) }
    }

    #[inline(always)]
    unsafe fn where_byte(self, bytes: *const u8, byte: u8) -> Self {
        let bytes = unsafe { bytes.cast::<[u8; 4]>().read() };
        Self::map(|k| if bytes[k] == byte { self.0[k] } else { 0.0 })
    }
}
