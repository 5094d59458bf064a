//! NEON, which every 64-bit ARM processor has.

use std::arch::aarch64::*;

use super::Vector;

/// Four f32 in one register.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Neon(float32x4_t);

// SAFETY of every function: as the trait demands, addresses are valid for four values.
#[allow(clippy::undocumented_unsafe_blocks, reason = "the comment above is for each of them")]
impl Vector for Neon {
    const LANES: usize = 4;
    const WIDE: bool = true;

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        Self(unsafe { vdupq_n_f32(value) })
    }

    #[inline(always)]
    unsafe fn broadcast(from: *const f32) -> Self {
        Self(unsafe { vld1q_dup_f32(from) })
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        Self(unsafe { vld1q_f32(from) })
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        unsafe { vst1q_f32(to, self.0) }
    }

    #[inline(always)]
    unsafe fn plus(self, other: Self) -> Self {
        Self(unsafe { vaddq_f32(self.0, other.0) })
    }

    #[inline(always)]
    unsafe fn minus(self, other: Self) -> Self {
        Self(unsafe { vsubq_f32(self.0, other.0) })
    }

    #[inline(always)]
    unsafe fn plus_product(self, a: Self, b: Self) -> Self {
        Self(unsafe { vfmaq_f32(self.0, a.0, b.0) })
    }

    #[inline(always)]
    unsafe fn fused(sum: f32, a: f32, b: f32) -> f32 {
        a.mul_add(b, sum)
    }

    #[inline(always)]
    unsafe fn larger(self, place: Self, other: Self, other_place: Self) -> (Self, Self) {
        unsafe {
            // A NaN differs from itself.
            let (ours, theirs) = (vceqq_f32(self.0, self.0), vceqq_f32(other.0, other.0));
            let fault = vbicq_u32(ours, theirs);
            let wins = vorrq_u32(vcgtq_f32(other.0, self.0), fault);
            let best = vbslq_f32(wins, other.0, self.0);
            (Self(best), Self(vbslq_f32(wins, other_place.0, place.0)))
        }
    }

    #[inline(always)]
    unsafe fn relu(self) -> Self {
        unsafe {
            let negative = vclezq_f32(self.0);
            Self(vbslq_f32(negative, vdupq_n_f32(0.0), self.0))
        }
    }

    #[inline(always)]
    unsafe fn through_relu(self, y: Self) -> Self {
        unsafe {
            let negative = vclezq_f32(y.0);
            Self(vbslq_f32(negative, vdupq_n_f32(0.0), self.0))
        }
    }

    #[inline(always)]
    unsafe fn store_bytes(self, to: *mut u8) {
        let mut values = [0f32; 4];
        unsafe {
            self.store(values.as_mut_ptr());
            to.cast::<[u8; 4]>().write(values.map(|value| value as u8));
        }
    }

    #[inline(always)]
    unsafe fn where_byte(self, bytes: *const u8, byte: u8) -> Self {
        let mut values = [0f32; 4];
        unsafe {
            self.store(values.as_mut_ptr());
            let bytes = bytes.cast::<[u8; 4]>().read();
            for (value, found) in values.iter_mut().zip(bytes) {
                *value = if found == byte { *value } else { 0.0 };
            }
            Self::load(values.as_ptr())
        }
    }
}
