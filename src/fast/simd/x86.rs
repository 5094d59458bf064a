//! AVX2 with FMA, and AVX-512.

// Constant indices keep arrays of vectors in registers; iterators do not always.
#![allow(clippy::needless_range_loop)]

use std::arch::x86_64::*;

use super::{Kernel, Vector};

/// Eight f32 in one register.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Avx2(__m256);

/// Sixteen f32 in one register.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Avx512(__m512);

/// Compiles `kernel` for AVX2 and FMA.
///
/// # Safety
/// The processor has them.
#[target_feature(enable = "avx2,fma")]
pub(super) unsafe fn avx2<K: Kernel>(kernel: K) {
    // SAFETY: the caller's promise.
    unsafe { kernel.compute::<Avx2>() }
}

/// Compiles `kernel` for AVX-512.
///
/// # Safety
/// The processor has it, with AVX2 and FMA.
#[target_feature(enable = "avx512f,avx2,fma")]
pub(super) unsafe fn avx512<K: Kernel>(kernel: K) {
    // SAFETY: the caller's promise.
    unsafe { kernel.compute::<Avx512>() }
}

// SAFETY of every function: as the trait demands, the processor has AVX2 and FMA
// and addresses are valid for eight values.
#[allow(clippy::undocumented_unsafe_blocks, reason = "the comment above is for each of them")]
impl Vector for Avx2 {
    const LANES: usize = 8;
    const WIDE: bool = false;

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        Self(unsafe { _mm256_set1_ps(value) })
    }

    #[inline(always)]
    unsafe fn broadcast(from: *const f32) -> Self {
        Self(unsafe { _mm256_broadcastss_ps(_mm_load_ss(from)) })
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        Self(unsafe { _mm256_loadu_ps(from) })
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        unsafe { _mm256_storeu_ps(to, self.0) }
    }

    #[inline(always)]
    unsafe fn plus(self, other: Self) -> Self {
        Self(unsafe { _mm256_add_ps(self.0, other.0) })
    }

    #[inline(always)]
    unsafe fn minus(self, other: Self) -> Self {
        Self(unsafe { _mm256_sub_ps(self.0, other.0) })
    }

    #[inline(always)]
    unsafe fn plus_product(self, a: Self, b: Self) -> Self {
        Self(unsafe { _mm256_fmadd_ps(a.0, b.0, self.0) })
    }

    #[inline(always)]
    unsafe fn fused(sum: f32, a: f32, b: f32) -> f32 {
        a.mul_add(b, sum)
    }

    #[inline(always)]
    unsafe fn larger(self, place: Self, other: Self, other_place: Self) -> (Self, Self) {
        unsafe {
            let fault = _mm256_andnot_ps(
                _mm256_cmp_ps::<_CMP_UNORD_Q>(self.0, self.0),
                _mm256_cmp_ps::<_CMP_UNORD_Q>(other.0, other.0),
            );
            let wins = _mm256_or_ps(_mm256_cmp_ps::<_CMP_GT_OQ>(other.0, self.0), fault);
            let best = _mm256_blendv_ps(self.0, other.0, wins);
            (Self(best), Self(_mm256_blendv_ps(place.0, other_place.0, wins)))
        }
    }

    #[inline(always)]
    unsafe fn relu(self) -> Self {
        unsafe {
            let negative = _mm256_cmp_ps::<_CMP_LE_OQ>(self.0, _mm256_setzero_ps());
            Self(_mm256_andnot_ps(negative, self.0))
        }
    }

    #[inline(always)]
    unsafe fn through_relu(self, y: Self) -> Self {
        unsafe {
            let negative = _mm256_cmp_ps::<_CMP_LE_OQ>(y.0, _mm256_setzero_ps());
            Self(_mm256_andnot_ps(negative, self.0))
        }
    }

    #[inline(always)]
    unsafe fn store_bytes(self, to: *mut u8) {
        unsafe {
            let whole = _mm256_cvtps_epi32(self.0);
            let low = _mm256_castsi256_si128(whole);
            let words = _mm_packs_epi32(low, _mm256_extracti128_si256::<1>(whole));
            _mm_storel_epi64(to.cast(), _mm_packus_epi16(words, words));
        }
    }

    #[inline(always)]
    unsafe fn where_byte(self, bytes: *const u8, byte: u8) -> Self {
        unsafe {
            let found = _mm256_cvtepu8_epi32(_mm_loadl_epi64(bytes.cast()));
            let same = _mm256_cmpeq_epi32(found, _mm256_set1_epi32(i32::from(byte)));
            Self(_mm256_and_ps(_mm256_castsi256_ps(same), self.0))
        }
    }

    /// Pairs of rows are interleaved, pairs of pairs, then halves exchanged.
    #[inline(always)]
    unsafe fn transpose(from: *const f32, from_step: usize, to: *mut f32, to_step: usize) {
        unsafe {
            let mut rows = [_mm256_setzero_ps(); 8];
            for r in 0..8 {
                rows[r] = _mm256_loadu_ps(from.wrapping_add(r * from_step));
            }
            let mut pairs = rows;
            for p in 0..4 {
                let (a, b) = (rows[2 * p], rows[2 * p + 1]);
                pairs[2 * p] = _mm256_unpacklo_ps(a, b);
                pairs[2 * p + 1] = _mm256_unpackhi_ps(a, b);
            }
            let wide = |k: usize| _mm256_castps_pd(pairs[k]);
            for f in [0, 4] {
                for p in 0..2 {
                    let (a, b) = (wide(f + p), wide(f + p + 2));
                    rows[f + 2 * p] = _mm256_castpd_ps(_mm256_unpacklo_pd(a, b));
                    rows[f + 2 * p + 1] = _mm256_castpd_ps(_mm256_unpackhi_pd(a, b));
                }
            }
            for c in 0..4 {
                let (a, b) = (rows[c], rows[4 + c]);
                let (low, high) =
                    (_mm256_permute2f128_ps::<0x20>(a, b), _mm256_permute2f128_ps::<0x31>(a, b));
                _mm256_storeu_ps(to.wrapping_add(c * to_step), low);
                _mm256_storeu_ps(to.wrapping_add((4 + c) * to_step), high);
            }
        }
    }
}

// SAFETY of every function: as the trait demands, the processor has AVX-512 and
// addresses are valid for sixteen values.
#[allow(clippy::undocumented_unsafe_blocks, reason = "the comment above is for each of them")]
impl Vector for Avx512 {
    const LANES: usize = 16;
    const WIDE: bool = true;

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        Self(unsafe { _mm512_set1_ps(value) })
    }

    #[inline(always)]
    unsafe fn broadcast(from: *const f32) -> Self {
        Self(unsafe { _mm512_broadcastss_ps(_mm_load_ss(from)) })
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        Self(unsafe { _mm512_loadu_ps(from) })
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        unsafe { _mm512_storeu_ps(to, self.0) }
    }

    #[inline(always)]
    unsafe fn plus(self, other: Self) -> Self {
        Self(unsafe { _mm512_add_ps(self.0, other.0) })
    }

    #[inline(always)]
    unsafe fn minus(self, other: Self) -> Self {
        Self(unsafe { _mm512_sub_ps(self.0, other.0) })
    }

    #[inline(always)]
    unsafe fn plus_product(self, a: Self, b: Self) -> Self {
        Self(unsafe { _mm512_fmadd_ps(a.0, b.0, self.0) })
    }

    #[inline(always)]
    unsafe fn fused(sum: f32, a: f32, b: f32) -> f32 {
        a.mul_add(b, sum)
    }

    #[inline(always)]
    unsafe fn larger(self, place: Self, other: Self, other_place: Self) -> (Self, Self) {
        unsafe {
            let ours = _mm512_cmp_ps_mask::<_CMP_UNORD_Q>(self.0, self.0);
            let theirs = _mm512_cmp_ps_mask::<_CMP_UNORD_Q>(other.0, other.0);
            let wins = _mm512_cmp_ps_mask::<_CMP_GT_OQ>(other.0, self.0) | (theirs & !ours);
            let best = _mm512_mask_blend_ps(wins, self.0, other.0);
            (Self(best), Self(_mm512_mask_blend_ps(wins, place.0, other_place.0)))
        }
    }

    #[inline(always)]
    unsafe fn relu(self) -> Self {
        unsafe {
            // "Not at most zero" is true of a NaN, which therefore stays.
            let kept = _mm512_cmp_ps_mask::<_CMP_NLE_UQ>(self.0, _mm512_setzero_ps());
            Self(_mm512_maskz_mov_ps(kept, self.0))
        }
    }

    #[inline(always)]
    unsafe fn through_relu(self, y: Self) -> Self {
        unsafe {
            let kept = _mm512_cmp_ps_mask::<_CMP_NLE_UQ>(y.0, _mm512_setzero_ps());
            Self(_mm512_maskz_mov_ps(kept, self.0))
        }
    }

    #[inline(always)]
    unsafe fn store_bytes(self, to: *mut u8) {
        unsafe {
            let bytes = _mm512_cvtepi32_epi8(_mm512_cvtps_epi32(self.0));
            _mm_storeu_si128(to.cast(), bytes);
        }
    }

    #[inline(always)]
    unsafe fn where_byte(self, bytes: *const u8, byte: u8) -> Self {
        unsafe {
            let found = _mm512_cvtepu8_epi32(_mm_loadu_si128(bytes.cast()));
            let same = _mm512_cmpeq_epi32_mask(found, _mm512_set1_epi32(i32::from(byte)));
            Self(_mm512_maskz_mov_ps(same, self.0))
        }
    }

    /// As with AVX2, with one exchange more.
    #[inline(always)]
    unsafe fn transpose(from: *const f32, from_step: usize, to: *mut f32, to_step: usize) {
        unsafe {
            let mut rows = [_mm512_setzero_ps(); 16];
            for r in 0..16 {
                rows[r] = _mm512_loadu_ps(from.wrapping_add(r * from_step));
            }
            let mut pairs = rows;
            for p in 0..8 {
                let (a, b) = (rows[2 * p], rows[2 * p + 1]);
                pairs[2 * p] = _mm512_unpacklo_ps(a, b);
                pairs[2 * p + 1] = _mm512_unpackhi_ps(a, b);
            }
            let wide = |k: usize| _mm512_castps_pd(pairs[k]);
            for f in [0, 4, 8, 12] {
                for p in 0..2 {
                    let (a, b) = (wide(f + p), wide(f + p + 2));
                    rows[f + 2 * p] = _mm512_castpd_ps(_mm512_unpacklo_pd(a, b));
                    rows[f + 2 * p + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(a, b));
                }
            }
            // Now quarter `q` of row `f + c` holds column `4·q + c` of the rows from `f` on.
            for c in 0..4 {
                let (a, b, d, e) = (rows[c], rows[4 + c], rows[8 + c], rows[12 + c]);
                let even = _mm512_shuffle_f32x4::<0x88>;
                let odd = _mm512_shuffle_f32x4::<0xdd>;
                let (ab, de) = (even(a, b), even(d, e));
                _mm512_storeu_ps(to.wrapping_add(c * to_step), even(ab, de));
                _mm512_storeu_ps(to.wrapping_add((8 + c) * to_step), odd(ab, de));
                let (ab, de) = (odd(a, b), odd(d, e));
                _mm512_storeu_ps(to.wrapping_add((4 + c) * to_step), even(ab, de));
                _mm512_storeu_ps(to.wrapping_add((12 + c) * to_step), odd(ab, de));
            }
        }
    }
}
