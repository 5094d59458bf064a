//! 3×3 convolution with fewer products: Winograd's minimal filtering.
//!
//! Four outputs, 2×2 side by side, of one channel `d` (the 4×4 pixels that they
//! see) with one 3×3 kernel `g` are 36 products. Sixteen are enough:
//!
//! `Y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A`
//!
//! ```text
//!      | 1  0 -1  0 |        | 1   0   0 |
//! Bᵀ = | 0  1  1  0 |    G = | ½   ½   ½ |    Aᵀ = | 1  1  1  0 |
//!      | 0 -1  1  0 |        | ½  -½   ½ |         | 0  1 -1 -1 |
//!      | 0  1  0 -1 |        | 0   0   1 |
//! ```
//!
//! (S. Winograd, *Arithmetic Complexity of Computations*, 1980; A. Lavin and
//! S. Gray, *Fast Algorithms for Convolutional Neural Networks*, 2016.) One row
//! shows why: with `m₁ = (d₀ − d₂) g₀`, `m₂ = (d₁ + d₂)(g₀ + g₁ + g₂)/2`,
//! `m₃ = (d₂ − d₁)(g₀ − g₁ + g₂)/2` and `m₄ = (d₁ − d₃) g₂`, the outputs
//! `d₀g₀ + d₁g₁ + d₂g₂` and `d₁g₀ + d₂g₁ + d₃g₂` are `m₁ + m₂ + m₃` and
//! `m₂ − m₃ − m₄`: four products instead of six.
//!
//! The sum over the channels is taken before `Aᵀ … A`. Each of the sixteen places
//! is then a product of matrices, patches × channels by channels × filters, which
//! [`Correlate`] does; the three transformations are sums only, and pay off when
//! there are channels and filters enough. They round differently from the direct
//! sum, by about a millionth of the largest output.

// Constant indices keep arrays of vectors in registers; iterators do not always.
#![allow(clippy::needless_range_loop)]

use super::places::{Order, repeat};
use crate::fast::convolve::direct::{Correlate, Finish, Taps, Weights};
use crate::fast::convolve::frame::Frame;
use crate::fast::simd::{Level, UNIT, run_at};

mod transforms;

use transforms::{Kernels, Outputs, Patches};

/// Values that fit in the cache next to a core, with the weights.
const CACHE: usize = 1 << 17;
/// Values between two places beyond what they hold: places that are a power of
/// two apart would push each other out of the cache.
const GAP: usize = 16;

/// A 3×3 correlation of images on their sheets; see the module's description.
#[derive(Clone, Debug)]
pub(super) struct Winograd {
    channels: usize,
    filters: usize,
    /// Values from one row of the sheet to the next, and of a whole sheet.
    row_stride: usize,
    sheet_len: usize,
    /// Outputs in a row, and of an image (windows, for [`Order::Windows`]).
    width: usize,
    outputs: usize,
    /// Patches of an image.
    tiles: usize,
    /// First value of each patch, for a block of images.
    patches: Vec<u32>,
    /// First output of each patch (its window, for [`Order::Windows`]).
    places: Vec<u32>,
    /// Where the channels of each patch of a group begin, at each place.
    rows: Vec<u32>,
}

impl Winograd {
    /// As [`crate::fast::convolve::correlation::Correlation::new`]; `None` where it does not apply.
    pub(super) fn new(
        frame: &Frame,
        size: [usize; 2],
        stride: [usize; 2],
        output: [usize; 2],
        filters: usize,
        order: Order,
    ) -> Option<Self> {
        let (channels, [height, width]) = (frame.image[2], output);
        // Whole vectors, of whatever width.
        let many = [channels, filters].iter().all(|n| *n > 0 && n.is_multiple_of(UNIT));
        let many = many && height >= 2 && width >= 2;
        if !(size == [3, 3] && stride == [1, 1] && many) {
            return None;
        }
        let row_stride = frame.sheet[1] * channels;
        let (rows, columns) = match order {
            // A last odd row is computed with the one before it once more.
            Order::Rows => (height.div_ceil(2), width.div_ceil(2)),
            Order::Windows => (height / 2, width / 2),
        };
        let corner =
            |k: usize| ((2 * (k / columns)).min(height - 2), (2 * (k % columns)).min(width - 2));
        let tiles = rows * columns;
        let corners = || (0..tiles).map(corner);
        let patches = corners().map(|(i, j)| (i * row_stride + j * channels) as u32).collect();
        let (places, outputs): (Vec<_>, _) = match order {
            Order::Rows => {
                (corners().map(|(i, j)| (i * width + j) as u32).collect(), height * width)
            }
            Order::Windows => ((0..tiles as u32).collect(), tiles),
        };
        let group = CACHE / 16 / (channels + filters);
        let rows = (0..group.max(8) / 8 * 8).map(|q| (q * channels) as u32).collect();
        Some(Self {
            channels,
            filters,
            row_stride,
            sheet_len: frame.len(),
            width,
            outputs,
            tiles,
            patches,
            places,
            rows,
        })
    }

    /// The same for blocks of up to `images`, one after the other.
    pub(super) fn repeat(mut self, images: usize) -> Self {
        self.patches = repeat(&self.patches, images, self.sheet_len);
        self.places = repeat(&self.places, images, self.outputs);
        self
    }

    /// Number of values of the weights at one place.
    fn kernel_len(&self) -> usize {
        (self.channels + 1) * self.filters
    }

    /// Number of values of the transformed weights and the biases.
    pub(super) fn packed_len(&self) -> usize {
        16 * self.kernel_len() + self.filters
    }

    /// Transforms the weights.
    pub(super) fn pack(&self, level: Level, weights: Weights<'_>, packed: &mut [f32]) {
        let (channels, filters) = (self.channels, self.filters);
        let (packed, bias) = packed.split_at_mut(16 * self.kernel_len());
        match weights.bias {
            Some(values) => bias.copy_from_slice(values),
            None => bias.fill(0.0),
        }
        run_at(level, Kernels { weights, channels, filters, packed });
    }

    /// Number of values from one place to the next of patches and of products.
    fn places_len(&self) -> [usize; 2] {
        [self.channels, self.filters].map(|depth| self.rows.len() * depth + GAP)
    }

    /// Number of values of working memory.
    pub(super) fn work_len(&self) -> usize {
        16 * self.places_len().iter().sum::<usize>()
    }

    /// The outputs of images on their sheets `x`.
    pub(super) fn run(
        &self,
        level: Level,
        x: &[f32],
        packed: &[f32],
        mut finish: Finish<'_>,
        work: &mut [f32],
    ) {
        let Self { channels, filters, row_stride, width, .. } = *self;
        let [patch_len, product_len] = self.places_len();
        let (patches, products) = work.split_at_mut(16 * patch_len);
        let (packed, bias) = packed.split_at(16 * self.kernel_len());
        let taps = Taps { rows: 1, row_len: channels, row_stride: channels };
        let count = x.len() / self.sheet_len * self.tiles;
        // Groups of much the same size.
        let group = count.div_ceil(count.div_ceil(self.rows.len())).next_multiple_of(8);
        for (at, places) in
            self.patches[..count].chunks(group).zip(self.places[..count].chunks(group))
        {
            run_at(
                level,
                Patches { x, at, row_stride, channels, to: &mut *patches, len: patch_len },
            );
            let rows = &self.rows[..at.len()];
            for place in 0..16 {
                let x = &patches[place * patch_len..][..at.len() * channels];
                let packed = &packed[place * self.kernel_len()..][..self.kernel_len()];
                let y = &mut products[place * product_len..][..at.len() * filters];
                let finish = Finish::All { y, relu: false };
                run_at(level, Correlate { x, at: rows, taps, packed, filters, finish });
            }
            let outputs =
                Outputs { products, len: product_len, places, width, bias, finish: finish.again() };
            run_at(level, outputs);
        }
    }
}
