//! Products with a matrix that is mostly zeros, such as a batch of digits.
//!
//! `c[i, j] = bias[j] + Σ_k a[i, k] · b[k, j]`, over the `k` where `a[i, k] ≠ 0`
//!
//! Four pixels of MNIST in five are black: what they would add is zero. The rows
//! of `a` are taken four at a time, so that each row of `b` that is read serves
//! four sums; for each four the columns that are not zero in all of them are
//! listed once, with their values ([`Lists`]). Four images leave out six columns
//! in ten; for the gradient of the weights, where a row of `a` is a pixel over
//! the batch, four neighbours leave out seven in ten. Then 4 rows × up to 6
//! vectors of sums stay in registers while a list passes ([`Product`]).
//!
//! `Σ 0 · b` is zero for any finite `b`: only a weight that is infinite or NaN
//! would tell the difference, and only for as long as its pixel stays black.

// Constant indices keep arrays of vectors in registers; iterators do not always.
#![allow(clippy::needless_range_loop)]

use std::ops::Range;

use crate::fast::simd::{self, Kernel, Level, UNIT, Vector, lanes, run_at};
use crate::fast::threads::for_each;
use crate::fast::wide::wide;

#[cfg(test)]
mod tests;

/// Rows of `a` that share a list.
const ROWS: usize = 4;
/// Fours of rows that one thread takes at a time.
const TASK: usize = 16;

/// The columns of each four rows of a matrix that are not all zero, in order.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    rows: usize,
    columns: usize,
    /// Number of listed columns of each four rows.
    counts: Vec<usize>,
    /// `[fours, columns]`, of which the first `counts[f]`.
    places: Vec<u32>,
    /// `[fours, columns, ROWS]`, likewise.
    values: Vec<[f32; ROWS]>,
}

/// The list of four rows, being written.
struct List<'a> {
    places: &'a mut [u32],
    values: &'a mut [[f32; ROWS]],
    listed: usize,
}

impl List<'_> {
    /// Lists column `k` if one of its four values is not zero.
    #[inline(always)]
    fn offer(&mut self, k: usize, four: [f32; ROWS]) {
        // Written in any case, and overwritten by the next unless it counts.
        (self.places[self.listed], self.values[self.listed]) = (k as u32, four);
        let [a, b, c, d] = four.map(f32::to_bits);
        self.listed += usize::from((a | b | c | d) != 0);
    }
}

/// Whether the lists of `a`: `[rows, columns]` would be short, by the first of them.
pub(crate) fn mostly_zero(a: &[f32], columns: usize) -> bool {
    let Some(a) = a.get(..ROWS * columns) else { return false };
    let (ab, cd) = a.split_at(2 * columns);
    let ((a, b), (c, d)) = (ab.split_at(columns), cd.split_at(columns));
    let lit = |four: [f32; ROWS]| four.into_iter().fold(false, |lit, value| lit | (value != 0.0));
    let lit = wide(|| {
        let fours = a.iter().zip(b).zip(c).zip(d);
        fours.map(|(((a, b), c), d)| u32::from(lit([*a, *b, *c, *d]))).sum::<u32>()
    });
    lit as usize * 5 < columns * 3
}

impl Lists {
    /// Lists the rows of `a`: `[rows, columns]`.
    pub(crate) fn of_rows(&mut self, a: &[f32], columns: usize) {
        let black = vec![0.0; columns];
        self.fill(a.len() / columns, columns, |row, list| {
            // Rows beyond the last are black.
            let four = [0, 1, 2, 3].map(|r| {
                let at = (row + r) * columns;
                a.get(at..at + columns).unwrap_or(&black)
            });
            let bits = |r: usize, block: &Range<usize>| {
                four[r][block.clone()].iter().fold(0, |bits, value| bits | value.to_bits())
            };
            for start in (0..columns).step_by(16) {
                let block = start..(start + 16).min(columns);
                // Digits are surrounded with black: whole blocks are skipped.
                if (0..4).fold(0, |all, r| all | bits(r, &block)) != 0 {
                    let [a, b, c, d] = four.map(|row| &row[block.clone()]);
                    for (i, (((a, b), c), d)) in a.iter().zip(b).zip(c).zip(d).enumerate() {
                        list.offer(start + i, [*a, *b, *c, *d]);
                    }
                }
            }
        });
    }

    /// Lists the columns of `a`: `[n, rows]`, that is the rows of its transpose.
    pub(crate) fn of_columns(&mut self, a: &[f32], rows: usize) {
        self.fill(rows, a.len() / rows, |row, list| {
            for (k, image) in a.chunks_exact(rows).enumerate() {
                match image[row..].first_chunk() {
                    Some(four) => list.offer(k, *four),
                    None => {
                        let mut four = [0.0; ROWS];
                        four[..rows - row].copy_from_slice(&image[row..]);
                        list.offer(k, four);
                    }
                }
            }
        });
    }

    /// `work(row, list)` offers to the list the columns of four rows from `row` on.
    fn fill(&mut self, rows: usize, columns: usize, work: impl Fn(usize, &mut List<'_>) + Sync) {
        let fours = rows.div_ceil(ROWS);
        (self.rows, self.columns) = (rows, columns);
        self.counts.resize(fours, 0);
        if self.places.len() < fours * columns {
            self.places.resize(fours * columns, 0);
            self.values.resize(fours * columns, [0.0; ROWS]);
        }
        let lists = self.places.chunks_mut(TASK * columns);
        let lists = lists.zip(self.values.chunks_mut(TASK * columns));
        let lists = lists.zip(self.counts.chunks_mut(TASK)).enumerate();
        for_each(lists, |(task, ((places, values), counts))| {
            let lists = places.chunks_exact_mut(columns).zip(values.chunks_exact_mut(columns));
            for (f, ((places, values), count)) in lists.zip(counts).enumerate() {
                let mut list = List { places, values, listed: 0 };
                wide(|| work((task * TASK + f) * ROWS, &mut list));
                *count = list.listed;
            }
        });
    }

    /// `c = a · b + bias`, with `b`: `[columns, width]`,
    /// `c`: `[rows, width]`. The width must be whole vectors ([`fits`]).
    pub(crate) fn product(&self, b: &[f32], bias: Option<&[f32]>, c: &mut [f32]) {
        let level = simd::level();
        self.product_at(level, b, bias, c);
    }

    fn product_at(&self, level: Level, b: &[f32], bias: Option<&[f32]>, c: &mut [f32]) {
        let width = c.len() / self.rows;
        assert!(fits(width) && c.len() == self.rows * width);
        assert!(b.len() == self.columns * width && bias.is_none_or(|bias| bias.len() == width));
        let panel = if level == Level::Avx512 { 6 } else { 3 } * lanes(level);
        let to = Target(c.as_mut_ptr());
        let panels = (0..width).step_by(panel);
        let fours = self.counts.len();
        let tasks = panels.flat_map(|j| (0..fours).step_by(TASK).map(move |four| (j, four)));
        for_each(tasks, |(first, four)| {
            let fours = four..(four + TASK).min(fours);
            let columns = first..(first + panel).min(width);
            let (lists, to) = (self, &to);
            run_at(level, Product { lists, fours, columns, width, b, bias, to });
        });
    }
}

/// Whether rows of `width` values are whole vectors, of whatever width.
pub(crate) fn fits(width: usize) -> bool {
    width.is_multiple_of(UNIT)
}

/// The first value of `c`, shared by the threads that fill its blocks.
struct Target(*mut f32);

// SAFETY: each task writes its own block only (see `product_at`).
unsafe impl Sync for Target {}

/// The block `fours` × `columns` of the product.
struct Product<'a> {
    lists: &'a Lists,
    fours: Range<usize>,
    columns: Range<usize>,
    width: usize,
    b: &'a [f32],
    bias: Option<&'a [f32]>,
    to: &'a Target,
}

impl Kernel for Product<'_> {
    #[inline(always)]
    unsafe fn compute<V: Vector>(self) {
        for four in self.fours.clone() {
            let mut j = self.columns.start;
            while j < self.columns.end {
                // SAFETY: the processor has the instructions (our own promise);
                // the block lies within `b` and `c`, whose sizes `product_at`
                // asserted, and every listed place is below `lists.columns`.
                j += V::LANES
                    * unsafe {
                        match (self.columns.end - j) / V::LANES {
                            6.. if V::WIDE => self.tile::<V, 6>(four, j),
                            4.. if V::WIDE => self.tile::<V, 4>(four, j),
                            3.. => self.tile::<V, 3>(four, j),
                            2 => self.tile::<V, 2>(four, j),
                            _ => self.tile::<V, 1>(four, j),
                        }
                    };
            }
        }
    }
}

impl Product<'_> {
    /// Four rows × `N` vectors of columns from `j` on; returns `N`.
    #[inline(always)]
    unsafe fn tile<V: Vector, const N: usize>(&self, four: usize, j: usize) -> usize {
        let from = four * self.lists.columns;
        let places = &self.lists.places[from..from + self.lists.counts[four]];
        let mut values = self.lists.values.as_ptr().wrapping_add(from).cast::<f32>();
        let b = self.b.as_ptr().wrapping_add(j);
        // SAFETY: the caller's promise.
        unsafe {
            let mut first = [V::splat(0.0); N];
            if let Some(bias) = self.bias {
                for v in 0..N {
                    first[v] = V::load(bias.as_ptr().wrapping_add(j + v * V::LANES));
                }
            }
            let mut sums = [first; ROWS];
            for place in places {
                let b = b.wrapping_add(*place as usize * self.width);
                let mut row = [V::splat(0.0); N];
                for v in 0..N {
                    row[v] = V::load(b.wrapping_add(v * V::LANES));
                }
                for r in 0..ROWS {
                    let a = V::broadcast(values.wrapping_add(r));
                    for v in 0..N {
                        sums[r][v] = sums[r][v].plus_product(a, row[v]);
                    }
                }
                values = values.wrapping_add(ROWS);
            }
            // The rows that a last, shorter four lacks fall into the void.
            let mut void = [0f32; 16 * 6];
            let mut to = [void.as_mut_ptr(); ROWS];
            for (r, to) in to.iter_mut().enumerate().take(self.lists.rows - four * ROWS) {
                *to = self.to.0.wrapping_add((four * ROWS + r) * self.width + j);
            }
            for r in 0..ROWS {
                for v in 0..N {
                    sums[r][v].store(to[r].wrapping_add(v * V::LANES));
                }
            }
        }
        N
    }
}

/// The definition: every product, zeros included.
#[cfg(test)]
pub(crate) mod reference {
    /// `a · b + bias` for `a`: `[rows, columns]`.
    pub(crate) fn product(a: &[f32], columns: usize, b: &[f32], bias: Option<&[f32]>) -> Vec<f32> {
        let width = b.len() / columns;
        let cell = |i: usize, j: usize| {
            let products = (0..columns).map(|k| a[i * columns + k] * b[k * width + j]);
            bias.map_or(0.0, |bias| bias[j]) + products.sum::<f32>()
        };
        (0..a.len() / columns * width).map(|at| cell(at / width, at % width)).collect()
    }
}
