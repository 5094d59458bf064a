//! The loops of max pooling on whole vectors of channels.

use crate::fast::convolve::window::Windows;
use crate::fast::simd::{Kernel, Vector};

/// Output and winners of one image.
pub(super) struct Largest<'a> {
    pub(super) windows: &'a Windows,
    pub(super) x: &'a [f32],
    pub(super) y: &'a mut [f32],
    pub(super) winners: &'a mut [u8],
}

/// Gradient of one image from that of its output; `dx` is zero before.
pub(super) struct ToWinners<'a> {
    pub(super) windows: &'a Windows,
    pub(super) dy: &'a [f32],
    pub(super) winners: &'a [u8],
    pub(super) dx: &'a mut [f32],
}

/// Where the channels of each pixel of a window start, from those of the first.
fn places(windows: &Windows) -> Vec<usize> {
    let [_, width, channels] = windows.input;
    let row = |a| (0..windows.size[1]).map(move |b| (a * width + b) * channels);
    (0..windows.size[0]).flat_map(row).collect()
}

/// First pixel of each window, in the order of the outputs.
fn corners(windows: &Windows) -> impl Iterator<Item = usize> {
    let [_, width, channels] = windows.input;
    let ([rows, columns], [down, right]) = (windows.output, windows.stride);
    let row = move |i| (0..columns).map(move |j| (i * down * width + j * right) * channels);
    (0..rows).flat_map(row)
}

impl Kernel for Largest<'_> {
    #[inline(always)]
    unsafe fn compute<V: Vector>(self) {
        let Self { windows, x, y, winners } = self;
        let channels = windows.input[2];
        let whole = channels / V::LANES * V::LANES;
        let places = places(windows);
        assert_eq!(x.len(), windows.input_len());
        assert!(y.len() == windows.count() * channels && winners.len() == y.len());
        for (window, corner) in corners(windows).enumerate() {
            let output = window * channels;
            for c in (0..whole).step_by(V::LANES) {
                let x = x.as_ptr().wrapping_add(corner + c);
                // SAFETY: the processor has the instructions (our own promise);
                // windows lie inside the image, vectors inside its channels.
                unsafe {
                    let (mut best, mut place) = (V::load(x), V::splat(0.0));
                    for (p, shift) in places.iter().enumerate().skip(1) {
                        let other = V::load(x.wrapping_add(*shift));
                        (best, place) = best.larger(place, other, V::splat(p as f32));
                    }
                    best.store(y.as_mut_ptr().wrapping_add(output + c));
                    place.store_bytes(winners.as_mut_ptr().wrapping_add(output + c));
                }
            }
            for c in whole..channels {
                let (mut best, mut winner) = (x[corner + c], 0);
                for (p, shift) in places.iter().enumerate().skip(1) {
                    let other = x[corner + c + shift];
                    if other > best || (other.is_nan() && !best.is_nan()) {
                        (best, winner) = (other, p as u8);
                    }
                }
                (y[output + c], winners[output + c]) = (best, winner);
            }
        }
    }
}

impl Kernel for ToWinners<'_> {
    #[inline(always)]
    unsafe fn compute<V: Vector>(self) {
        let Self { windows, dy, winners, dx } = self;
        let channels = windows.input[2];
        let whole = channels / V::LANES * V::LANES;
        let places = places(windows);
        assert_eq!(dx.len(), windows.input_len());
        assert!(dy.len() == windows.count() * channels && winners.len() == dy.len());
        for (window, corner) in corners(windows).enumerate() {
            let output = window * channels;
            for c in (0..whole).step_by(V::LANES) {
                // SAFETY: as forwards.
                unsafe {
                    let one = V::splat(1.0);
                    let dy = V::load(dy.as_ptr().wrapping_add(output + c));
                    let winners = winners.as_ptr().wrapping_add(output + c);
                    for (p, shift) in places.iter().enumerate() {
                        let dx = dx.as_mut_ptr().wrapping_add(corner + c + shift);
                        V::load(dx).plus_product(one, dy.where_byte(winners, p as u8)).store(dx);
                    }
                }
            }
            for c in whole..channels {
                let place = places[usize::from(winners[output + c])];
                dx[corner + c + place] += dy[output + c];
            }
        }
    }
}
