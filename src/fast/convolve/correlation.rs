//! How a convolution walks over its images: by the loops of [`crate::fast::convolve::direct`],
//! or by [`crate::fast::convolve::winograd`] where its kernels are 3×3 and its channels many.
//!
//! Winograd's form takes pixels from each other: an infinite one makes NaN of outputs
//! that should be infinite, or that do not even see it. A block of images of which not
//! all outputs are finite is done again by the direct loops.

use super::places::{Order, repeat};
use super::winograd::Winograd;
use crate::fast::convolve::direct::{Correlate, Finish, Pack, Taps, Weights, packed_len};
use crate::fast::convolve::frame::Frame;
use crate::fast::convolve::window::Windows;
use crate::fast::simd::{Level, run_at};

/// Weights as they lie in memory, and as [`Correlation::run`] wants them.
#[derive(Clone, Copy)]
pub(crate) struct Prepared<'a> {
    weights: Weights<'a>,
    pub(crate) packed: &'a [f32],
}

/// A correlation of images, laid on sheets of zeros, with kernels.
#[derive(Clone, Debug)]
pub(crate) struct Correlation {
    pub(crate) frame: Frame,
    pub(crate) taps: Taps,
    /// First tap of each output of a block of images.
    pub(crate) at: Vec<u32>,
    filters: usize,
    winograd: Option<Winograd>,
}

impl Correlation {
    /// With `filters` kernels of `size`; `output`: rows and columns.
    pub(crate) fn new(
        frame: Frame,
        size: [usize; 2],
        stride: [usize; 2],
        output: [usize; 2],
        filters: usize,
        order: Order,
    ) -> Self {
        let channels = frame.image[2];
        let row_stride = frame.sheet[1] * channels;
        let taps = Taps { rows: size[0], row_len: size[1] * channels, row_stride };
        let [height, width] = output;
        let places: Vec<_> = match order {
            Order::Rows => (0..height).flat_map(|i| (0..width).map(move |j| (i, j))).collect(),
            Order::Windows => {
                let corners = (0..height / 2).flat_map(|i| (0..width / 2).map(move |j| (i, j)));
                let four =
                    |(i, j)| [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(p, q)| (2 * i + p, 2 * j + q));
                corners.flat_map(four).collect()
            }
        };
        let place = |(i, j)| (i * stride[0] * row_stride + j * stride[1] * channels) as u32;
        let at = places.into_iter().map(place).collect();
        let winograd = Winograd::new(&frame, size, stride, output, filters, order);
        Self { frame, taps, at, filters, winograd }
    }

    /// The same for blocks of up to `images`, one after the other.
    pub(crate) fn repeat(mut self, images: usize) -> Self {
        self.at = repeat(&self.at, images, self.frame.len());
        self.winograd = self.winograd.map(|winograd| winograd.repeat(images));
        self
    }

    /// Whether [`run`](Self::run) goes by the loops of [`crate::fast::convolve::direct`].
    pub(crate) fn is_direct(&self) -> bool {
        self.winograd.is_none()
    }

    /// Number of values of the weights as [`run`](Self::run) wants them.
    pub(crate) fn packed_len(&self, level: Level) -> usize {
        match &self.winograd {
            Some(winograd) => winograd.packed_len(),
            None => packed_len(self.taps.len(), self.filters, level),
        }
    }

    /// Prepares the weights, `packed` being filled.
    pub(crate) fn pack<'a>(
        &self,
        level: Level,
        weights: Weights<'a>,
        packed: &'a mut [f32],
    ) -> Prepared<'a> {
        match &self.winograd {
            Some(winograd) => winograd.pack(level, weights, packed),
            None => self.pack_direct(level, weights, packed),
        }
        Prepared { weights, packed }
    }

    fn pack_direct(&self, level: Level, weights: Weights<'_>, packed: &mut [f32]) {
        let (taps, filters) = (self.taps.len(), self.filters);
        run_at(level, Pack { weights, taps, filters, packed });
    }

    /// Number of values of working memory for [`run`](Self::run).
    pub(crate) fn work_len(&self) -> usize {
        self.winograd.as_ref().map_or(0, Winograd::work_len)
    }

    /// The outputs of images on their sheets.
    pub(crate) fn run(
        &self,
        level: Level,
        x: &[f32],
        Prepared { weights, packed }: Prepared<'_>,
        mut finish: Finish<'_>,
        work: &mut [f32],
    ) {
        let Some(winograd) = &self.winograd else {
            return self.run_direct(level, x, packed, finish);
        };
        winograd.run(level, x, packed, finish.again(), work);
        if !finish.is_finite() {
            let mut packed = vec![0.0; packed_len(self.taps.len(), self.filters, level)];
            self.pack_direct(level, weights, &mut packed);
            self.run_direct(level, x, &packed, finish);
        }
    }

    fn run_direct(&self, level: Level, x: &[f32], packed: &[f32], finish: Finish<'_>) {
        let at = &self.at[..finish.outputs(self.filters)];
        let (taps, filters) = (self.taps, self.filters);
        run_at(level, Correlate { x, at, taps, packed, filters, finish });
    }
}

/// The sheet that holds an image with the zeros around it.
pub(crate) fn forward_frame(windows: &Windows) -> Frame {
    let Windows { input, size, stride, before, output } = *windows;
    let needed = |axis: usize| (output[axis] - 1) * stride[axis] + size[axis];
    let inside = before == [0, 0] && (0..2).all(|axis| needed(axis) <= input[axis]);
    let sheet = if inside { [input[0], input[1]] } else { [needed(0), needed(1)] };
    Frame { image: input, sheet, first: before, stride: [1, 1] }
}
