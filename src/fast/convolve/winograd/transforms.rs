//! The three transformations: of the patches, of the kernels and of the products.

// Constant indices keep arrays of vectors in registers; iterators do not always.
#![allow(clippy::needless_range_loop)]

use crate::fast::convolve::direct::{Finish, Weights, largest, panels};
use crate::fast::simd::{Kernel, Vector};

/// `Bᵀ d`, of one column.
#[inline(always)]
unsafe fn patch<V: Vector>([a, b, c, d]: [V; 4]) -> [V; 4] {
    // SAFETY: the caller's promise, that the processor has the instructions.
    unsafe { [a.minus(c), b.plus(c), c.minus(b), b.minus(d)] }
}

/// `G g`, of one column.
#[inline(always)]
unsafe fn kernel<V: Vector>([a, b, c]: [V; 3]) -> [V; 4] {
    // SAFETY: as above.
    unsafe {
        let (zero, half) = (V::splat(0.0), V::splat(0.5));
        let (outer, inner) = (zero.plus_product(half, a.plus(c)), zero.plus_product(half, b));
        [a, outer.plus(inner), outer.minus(inner), c]
    }
}

/// `Aᵀ m`, of one column.
#[inline(always)]
unsafe fn output<V: Vector>([a, b, c, d]: [V; 4]) -> [V; 2] {
    // SAFETY: as above.
    unsafe { [a.plus(b).plus(c), b.minus(c).minus(d)] }
}

/// `Bᵀ d B` of 4×4 patches, `[16, len]`: at each of the sixteen places the
/// channels of one patch after those of the other.
pub(super) struct Patches<'a> {
    pub(super) x: &'a [f32],
    /// First value of each patch.
    pub(super) at: &'a [u32],
    pub(super) row_stride: usize,
    pub(super) channels: usize,
    pub(super) to: &'a mut [f32],
    pub(super) len: usize,
}

impl Kernel for Patches<'_> {
    #[inline(always)]
    unsafe fn compute<V: Vector>(self) {
        let Self { x, at, row_stride, channels, to, len } = self;
        let last = at.iter().max().map_or(0, |at| *at as usize);
        assert!(last + 3 * row_stride + 4 * channels <= x.len());
        assert!(channels.is_multiple_of(V::LANES) && at.len() * channels <= len);
        assert_eq!(to.len(), 16 * len);
        for (q, at) in at.iter().enumerate() {
            for c in (0..channels).step_by(V::LANES) {
                let x = x.as_ptr().wrapping_add(*at as usize + c);
                let to = to.as_mut_ptr().wrapping_add(q * channels + c);
                // SAFETY: the processor has the instructions (our own promise);
                // the patch and its sixteen places are within the lengths above.
                unsafe {
                    let mut columns = [[V::splat(0.0); 4]; 4];
                    for j in 0..4 {
                        let mut column = [V::splat(0.0); 4];
                        for i in 0..4 {
                            column[i] = V::load(x.wrapping_add(i * row_stride + j * channels));
                        }
                        columns[j] = patch(column);
                    }
                    for i in 0..4 {
                        let [a, b, c, d] = columns;
                        let row = patch([a[i], b[i], c[i], d[i]]);
                        for j in 0..4 {
                            row[j].store(to.wrapping_add((4 * i + j) * len));
                        }
                    }
                }
            }
        }
    }
}

/// `G g Gᵀ` of all kernels: for each of the sixteen places the matrix channels ×
/// filters, packed as [`crate::fast::convolve::direct::Pack`] does, without biases.
pub(super) struct Kernels<'a> {
    pub(super) weights: Weights<'a>,
    pub(super) channels: usize,
    pub(super) filters: usize,
    pub(super) packed: &'a mut [f32],
}

/// The weights of tap `k` for a vector of filters from `o` on.
#[inline(always)]
unsafe fn filters_of<V: Vector>(weights: &Weights<'_>, k: usize, o: usize) -> V {
    let from = &weights.values[(weights.row)(k) + o * weights.step..];
    let mut buffer = [0f32; 16];
    let from = if weights.step == 1 {
        &from[..V::LANES]
    } else {
        let from = from.iter().step_by(weights.step);
        buffer[..V::LANES].iter_mut().zip(from).for_each(|(to, from)| *to = *from);
        &buffer[..]
    };
    // SAFETY: the caller's promise of the instructions; `from` holds a vector.
    unsafe { V::load(from.as_ptr()) }
}

impl Kernel for Kernels<'_> {
    #[inline(always)]
    unsafe fn compute<V: Vector>(self) {
        let Self { weights, channels, filters, packed } = self;
        let len = (channels + 1) * filters;
        assert!(filters.is_multiple_of(V::LANES) && packed.len() == 16 * len);
        for (start, vectors) in panels::<V>(filters) {
            let (first, width) = (start * (channels + 1), vectors * V::LANES);
            for place in packed.chunks_exact_mut(len) {
                // Instead of biases.
                place[first..first + width].fill(0.0);
            }
            for c in 0..channels {
                for o in (0..width).step_by(V::LANES) {
                    let to = first + (c + 1) * width + o;
                    // SAFETY: the processor has the instructions (our own promise);
                    // the sixteen places are in `packed`.
                    unsafe {
                        let to = packed.as_mut_ptr().wrapping_add(to);
                        let mut columns = [[V::splat(0.0); 4]; 3];
                        for j in 0..3 {
                            let mut column = [V::splat(0.0); 3];
                            for i in 0..3 {
                                let tap = (3 * i + j) * channels + c;
                                column[i] = filters_of(&weights, tap, start + o);
                            }
                            columns[j] = kernel(column);
                        }
                        for i in 0..4 {
                            let [a, b, c] = columns;
                            let row = kernel([a[i], b[i], c[i]]);
                            for j in 0..4 {
                                row[j].store(to.wrapping_add((4 * i + j) * len));
                            }
                        }
                    }
                }
            }
        }
    }
}

/// `Aᵀ m A` and the bias, then what [`Finish`] says.
pub(super) struct Outputs<'a> {
    /// `[16, len]`: at each place the filters of one patch after those of the other.
    pub(super) products: &'a [f32],
    pub(super) len: usize,
    /// First output of each patch, or its window.
    pub(super) places: &'a [u32],
    /// Outputs in a row.
    pub(super) width: usize,
    pub(super) bias: &'a [f32],
    pub(super) finish: Finish<'a>,
}

impl Kernel for Outputs<'_> {
    #[inline(always)]
    unsafe fn compute<V: Vector>(self) {
        let Self { products, len, places, width, bias, finish } = self;
        let filters = bias.len();
        let last = places.iter().max().map_or(0, |place| *place as usize);
        assert!(filters.is_multiple_of(V::LANES) && places.len() * filters <= len);
        assert_eq!(products.len(), 16 * len);
        let (y, winners, relu) = match finish {
            Finish::All { y, relu } => {
                assert!((last + width + 2) * filters <= y.len());
                (y.as_mut_ptr(), std::ptr::null_mut(), relu)
            }
            Finish::Largest { y, winners } => {
                assert!((last + 1) * filters <= y.len() && winners.len() == y.len());
                (y.as_mut_ptr(), winners.as_mut_ptr(), true)
            }
        };
        for (q, place) in places.iter().enumerate() {
            for o in (0..filters).step_by(V::LANES) {
                let from = products.as_ptr().wrapping_add(q * filters + o);
                let to = *place as usize * filters + o;
                // SAFETY: the processor has the instructions (our own promise);
                // reads and writes are within the lengths asserted above.
                unsafe {
                    let mut columns = [[V::splat(0.0); 2]; 4];
                    for j in 0..4 {
                        let mut column = [V::splat(0.0); 4];
                        for i in 0..4 {
                            column[i] = V::load(from.wrapping_add((4 * i + j) * len));
                        }
                        columns[j] = output(column);
                    }
                    let [a, b, c, d] = columns;
                    let bias = V::load(bias.as_ptr().wrapping_add(o));
                    let top = output([a[0], b[0], c[0], d[0]]);
                    let bottom = output([a[1], b[1], c[1], d[1]]);
                    let mut four = [top[0], top[1], bottom[0], bottom[1]];
                    for p in 0..4 {
                        four[p] = four[p].plus(bias);
                    }
                    if winners.is_null() {
                        let y = y.wrapping_add(to);
                        let beside = [0, filters, width * filters, (width + 1) * filters];
                        for p in 0..4 {
                            let value = if relu { four[p].relu() } else { four[p] };
                            value.store(y.wrapping_add(beside[p]));
                        }
                    } else {
                        let (best, place) = largest(four);
                        best.store(y.wrapping_add(to));
                        place.store_bytes(winners.wrapping_add(to));
                    }
                }
            }
        }
    }
}
