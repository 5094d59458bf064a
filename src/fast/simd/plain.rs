//! Four values in plain Rust, for processors without a form of their own.

use super::Vector;

/// Four f32.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plain([f32; 4]);

/// `sum + a · b`, rounded once, without the instruction for it: slower than a product
/// and a sum, and right to the last bit.
///
/// In double precision the product is exact. The sum is not, and rounding it twice
/// would sometimes be wrong: it is first brought to the neighbour whose last bit is 1
/// wherever it was rounded at all, from which the second rounding cannot fail
/// (S. Boldo and G. Melquiond, *Emulation of FMA and correctly rounded sums*, 2008).
#[inline(always)]
fn fused(sum: f32, a: f32, b: f32) -> f32 {
    let (product, sum) = (f64::from(a) * f64::from(b), f64::from(sum));
    let total = product + sum;
    // What the sum lost (Knuth): zero, or NaN if there is no finite total.
    let part = total - product;
    let lost = (product - (total - part)) + (sum - part);
    let bits = total.to_bits();
    // Rounded away from zero: one step back is the number with the digits cut off.
    let away = (lost > 0.0) != (total > 0.0);
    let odd = bits.wrapping_sub(u64::from(away)) | 1;
    let rounded = lost != 0.0 && !lost.is_nan();
    f64::from_bits(if rounded { odd } else { bits }) as f32
}

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

    #[inline(always)]
    unsafe fn plus_product(self, a: Self, b: Self) -> Self {
        Self::map(|k| fused(self.0[k], a.0[k], b.0[k]))
    }

    #[inline(always)]
    unsafe fn fused(sum: f32, a: f32, b: f32) -> f32 {
        fused(sum, a, b)
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

#[cfg(test)]
mod tests {
    use super::fused;
    use crate::random::Rng;

    #[test]
    fn is_rounded_once_whatever_the_bits() {
        let mut rng = Rng::new(5);
        let check = |sum: f32, a: f32, b: f32| {
            let (found, expected) = (fused(sum, a, b), a.mul_add(b, sum));
            let same = found.to_bits() == expected.to_bits();
            assert!(same || found.is_nan() && expected.is_nan(), "{sum} {a} {b}: {found}");
        };
        let mut any = || f32::from_bits((rng.below(1 << 32)) as u32);
        for _ in 0..200_000 {
            let (sum, a, b) = (any(), any(), any());
            check(sum, a, b);
            // Terms of like size, which nearly cancel, or of which one is tiny.
            for factor in [1.0, -1.0, 1.000_000_1, -0.999_999_94, 3e7, 6e-8, -6e-8] {
                check(a * b * factor, a, b);
            }
            check(f32::from_bits(sum.to_bits() & 0x80ff_ffff), a, f32::from_bits(0x1a00_0001));
        }
        for special in [0.0, -0.0, f32::MAX, f32::MIN_POSITIVE, f32::INFINITY, f32::NAN, 1e-45] {
            for other in [0.0, -0.0, 1.0, -1.0, f32::INFINITY, 1e-45, -1e-45, f32::MAX] {
                check(special, other, 1.0);
                check(other, special, special);
                check(-special * special, special, special);
            }
        }
    }
}
