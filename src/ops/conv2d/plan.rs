//! Where the taps of a convolution fall on the sheets of a block of images.

use crate::ops::direct::Taps;
use crate::ops::frame::Frame;
use crate::ops::window::Windows;

/// How a correlation walks over its input.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) frame: Frame,
    pub(super) taps: Taps,
    /// First tap of each output of a block of images.
    pub(super) at: Vec<u32>,
}

impl Plan {
    pub(super) fn new(
        frame: Frame,
        size: [usize; 2],
        stride: [usize; 2],
        output: [usize; 2],
    ) -> Self {
        let row_stride = frame.sheet[1] * frame.image[2];
        let taps = Taps { rows: size[0], row_len: size[1] * frame.image[2], row_stride };
        let rows = (0..output[0]).map(|i| i * stride[0] * row_stride);
        let step = stride[1] * frame.image[2];
        let at = rows.flat_map(|row| (0..output[1]).map(move |j| (row + j * step) as u32));
        Self { frame, taps, at: at.collect() }
    }

    /// The same for a block of `images`, one after the other.
    pub(super) fn repeat(&mut self, images: usize) {
        let one = self.at.clone();
        let starts = (1..images).map(|image| (image * self.frame.len()) as u32);
        self.at.extend(starts.flat_map(|start| one.iter().map(move |at| at + start)));
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
