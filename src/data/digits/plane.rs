//! A grey picture and the few operations that reading digits needs.

use candle_core::{Device, Tensor};

use crate::Result;

/// Grey values, row by row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plane {
    pub width: usize,
    pub height: usize,
    pub values: Vec<f32>,
}

impl Plane {
    pub fn new(width: usize, height: usize, value: f32) -> Self {
        Self { width, height, values: vec![value; width * height] }
    }

    /// A plane whose value at `(x, y)` is `f(x, y)`.
    pub fn from_fn(width: usize, height: usize, f: impl Fn(usize, usize) -> f32) -> Self {
        let values = (0..width * height).map(|i| f(i % width, i / width)).collect();
        Self { width, height, values }
    }

    /// The longer side.
    pub fn side(&self) -> usize {
        self.width.max(self.height)
    }

    pub fn at(&self, x: usize, y: usize) -> f32 {
        self.values[y * self.width + x]
    }

    pub fn map(&self, f: impl Fn(f32) -> f32) -> Self {
        Self { values: self.values.iter().map(|&value| f(value)).collect(), ..*self }
    }

    /// Combines two planes of the same size.
    pub fn zip(&self, other: &Self, f: impl Fn(f32, f32) -> f32) -> Self {
        let values = self.values.iter().zip(&other.values).map(|(&a, &b)| f(a, b)).collect();
        Self { values, ..*self }
    }

    pub fn transposed(&self) -> Self {
        Self::from_fn(self.height, self.width, |x, y| self.at(y, x))
    }

    /// The plane in another size: mean over the covered area when it shrinks,
    /// linear interpolation when it grows.
    pub fn resized(&self, width: usize, height: usize) -> Self {
        self.resized_rows(width).transposed().resized_rows(height).transposed()
    }

    /// The plane with its longer side brought to `side`.
    pub fn scaled_to(&self, side: usize) -> Self {
        let scale = side as f32 / self.side().max(1) as f32;
        let to = |size: usize| ((size as f32 * scale).round() as usize).max(1);
        self.resized(to(self.width), to(self.height))
    }

    fn resized_rows(&self, width: usize) -> Self {
        if width == self.width {
            return self.clone();
        }
        let taps: Vec<(usize, Vec<f32>)> = (0..width).map(|i| taps(self.width, width, i)).collect();
        let rows = self.values.chunks_exact(self.width).flat_map(|row| {
            taps.iter().map(|(start, weights)| {
                row[*start..].iter().zip(weights).map(|(value, weight)| value * weight).sum::<f32>()
            })
        });
        Self { width, height: self.height, values: rows.collect() }
    }

    /// The mean over windows of `2·radius + 1` pixels a side.
    pub fn box_mean(&self, radius: usize) -> Self {
        self.mean_rows(radius).transposed().mean_rows(radius).transposed()
    }

    fn mean_rows(&self, radius: usize) -> Self {
        let mut values = Vec::with_capacity(self.values.len());
        for row in self.values.chunks_exact(self.width) {
            let mut sums = vec![0f64];
            sums.extend(row.iter().scan(0f64, |sum, &value| {
                *sum += f64::from(value);
                Some(*sum)
            }));
            for x in 0..self.width {
                let (from, to) = (x.saturating_sub(radius), (x + radius + 1).min(self.width));
                values.push(((sums[to] - sums[from]) / (to - from) as f64) as f32);
            }
        }
        Self { values, ..*self }
    }

    /// The largest value over windows of `2·radius + 1` pixels a side.
    pub fn dilated(&self, radius: usize) -> Self {
        self.max_rows(radius).transposed().max_rows(radius).transposed()
    }

    /// The smallest value over windows of `2·radius + 1` pixels a side.
    pub fn eroded(&self, radius: usize) -> Self {
        self.map(|value| -value).dilated(radius).map(|value| -value)
    }

    fn max_rows(&self, radius: usize) -> Self {
        let mut values = Vec::with_capacity(self.values.len());
        for row in self.values.chunks_exact(self.width) {
            values.extend((0..self.width).map(|x| {
                let window = &row[x.saturating_sub(radius)..(x + radius + 1).min(self.width)];
                window.iter().copied().fold(f32::NEG_INFINITY, f32::max)
            }));
        }
        Self { values, ..*self }
    }

    /// The value below which the part `q` of the pixels lies.
    pub fn quantile(&self, q: f32) -> f32 {
        quantile(self.values.clone(), q)
    }

    /// As u8 `[height, width]`, 0 for 0 and 255 for 1.
    pub fn to_tensor(&self) -> Result<Tensor> {
        let bytes = self.values.iter().map(|value| (value * 255.0).round() as u8).collect();
        Ok(Tensor::from_vec(bytes, (self.height, self.width), &Device::Cpu)?)
    }
}

/// The value below which the part `q` of `values` lies; 0 when there is none.
pub(crate) fn quantile(mut values: Vec<f32>, q: f32) -> f32 {
    if values.is_empty() {
        return 0.0;
    }
    let rank = ((values.len() - 1) as f32 * q).round() as usize;
    *values.select_nth_unstable_by(rank, f32::total_cmp).1
}

/// Which source pixels make the `i`-th of `to`, from the first one, and their weights.
fn taps(from: usize, to: usize, i: usize) -> (usize, Vec<f32>) {
    let scale = from as f64 / to as f64;
    if to < from {
        let (start, end) = (i as f64 * scale, (i + 1) as f64 * scale);
        let first = start as usize;
        let last = (end.ceil() as usize).min(from);
        let cover = |p: usize| (end.min((p + 1) as f64) - start.max(p as f64)).max(0.0) / scale;
        (first, (first..last).map(|p| cover(p) as f32).collect())
    } else {
        let centre = ((i as f64 + 0.5) * scale - 0.5).clamp(0.0, (from - 1) as f64);
        let first = (centre as usize).min(from.saturating_sub(2));
        let part = (centre - first as f64) as f32;
        (first, vec![1.0 - part, part])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resizing_keeps_the_mean_and_the_ramp() {
        let ramp = Plane::from_fn(30, 20, |x, y| x as f32 + 2.0 * y as f32);
        let mean = |plane: &Plane| plane.values.iter().sum::<f32>() / plane.values.len() as f32;
        let small = ramp.resized(7, 9);
        assert!((mean(&small) - mean(&ramp)).abs() < 1e-3);
        let large = ramp.resized(60, 40);
        // Away from the borders, half a source pixel per pixel.
        assert!((large.at(31, 20) - large.at(30, 20) - 0.5).abs() < 1e-4);
        assert_eq!(ramp.resized(30, 20), ramp);
        assert_eq!(Plane::new(1, 1, 0.5).resized(4, 3), Plane::new(4, 3, 0.5));
    }

    #[test]
    fn windows() {
        let mut dot = Plane::new(7, 5, 0.0);
        dot.values[2 * 7 + 3] = 9.0;
        assert_eq!(dot.box_mean(1).at(3, 2), 1.0);
        assert_eq!(dot.dilated(1).values.iter().sum::<f32>(), 81.0);
        assert_eq!(dot.dilated(1).eroded(1), dot);
        assert_eq!(dot.quantile(1.0), 9.0);
        assert_eq!(dot.quantile(0.5), 0.0);
    }
}
